"""Asks a running Laser OS how it is: `python -m laseros.probe [address] [worker|watcher]` ends with 0 when it is well.

Standard library only: a container asks every few seconds, and the supervisor while it starts.
"""

import http.client
import json
import os
import sys
from urllib.parse import urlsplit


def ask(address: str, host: str = "localhost", timeout: float = 8.0) -> tuple[int, dict]:
    """The answer of /healthz: its HTTP status and the states; (0, {}) when nobody answers."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
    try:
        connection.request("GET", where.path or "/healthz", headers={"Host": host})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()


def host_we_answer_to(allowed: list[str]) -> str:
    """A name that ALLOWED_HOSTS lets in, since the probe comes by an address that it may not."""
    first = next((name.strip() for name in allowed if name.strip()), "localhost")
    return "localhost" if first == "*" else first.lstrip(".")


def main(arguments: list[str]) -> int:
    address = arguments[0] if arguments else f"http://127.0.0.1:{os.environ.get('PORT') or 8000}/healthz"
    status, states = ask(address, host_we_answer_to(os.environ.get("ALLOWED_HOSTS", "").split(",")))
    print(status, json.dumps(states))
    if len(arguments) > 1:
        return 0 if states.get(arguments[1]) in ("ok", "starting") else 1
    return 0 if status == http.HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
