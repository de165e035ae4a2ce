"""Runs one function in a child process with limits, for files that strangers send.

    dxf = sandbox.run("production.dxf.child:measure_file", path, None, None)

The child knows no secret, writes no file, starts no process, and ends when its memory or time is used up. Arguments and
the result travel as JSON. A refusal raised there (any exception with `reason` and `code`) is raised here again.
"""

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

from laseros.core import errors, fork_server

PROJECT = Path(__file__).resolve().parents[2]
MAX_RESULT = 128 * 1024 * 1024
MEGABYTE = 1024 * 1024
SOON = 0.001  # s
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class SandboxError(errors.Refused):
    """The work was not done; `reason` is for the person who sent the file."""


class Refused(SandboxError):
    """The function itself refused the file."""


class TookTooLong(SandboxError):
    """The wall clock or the processor time ran out."""


class TooBig(SandboxError):
    """The memory ran out, or the result was too large."""


class Crashed(SandboxError):
    """The child ended without an answer; `details["error"]` names the exception, if there was one."""


def run(module_function: str, *args, seconds: float = 25, cpu_seconds: int = 20, memory_mb: int = 1024):
    """Call "package.module:function" with `args` in a fresh child and return its result, both as JSON has them.

    The child is forked by a process that has imported the module and nothing else (`laseros.core.fork_server`).

    Raises `Refused`, `TookTooLong`, `TooBig` or `Crashed`, all of them `SandboxError`.
    """
    request = {
        "function": module_function,
        "args": args,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "memory_mb": memory_mb,
    }
    module, _, _function = module_function.partition(":")
    status, answer, timed_out = _converse(module, json.dumps(request).encode(), seconds)
    if timed_out or status in (-signal.SIGXCPU, -signal.SIGALRM):
        raise TookTooLong("The file is too complicated: reading it took too long.", "took-too-long")
    if len(answer) > MAX_RESULT:
        raise _too_big()
    return _understood(status, answer)


def _converse(module: str, request: bytes, seconds: float) -> tuple[int, bytes, bool]:
    """Start the child, hand over the request, and return exit status, what it wrote, and whether time ran out."""
    until, answer = time.monotonic() + seconds, bytearray()
    try:
        child = fork_server.start(module, _environment())
    except ConnectionError as error:
        raise Crashed("The file could not be read.", "crashed", error=type(error).__name__) from None
    reader = threading.Thread(target=_read, args=(child.stdout, answer), daemon=True)
    reader.start()
    timed_out = False
    try:
        _write(child.stdin, request)
        child.wait(max(until - time.monotonic(), SOON))
        reader.join(timeout=5)
    except TimeoutError:
        timed_out = True
    finally:
        child.end()
        reader.join(timeout=5)
        child.close()
    return child.returncode, bytes(answer), timed_out


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {"LANG": "C.UTF-8", **kept, **QUIET, "PYTHONPATH": str(PROJECT)}


def _read(stream, answer: bytearray) -> None:
    while chunk := stream.read1(MEGABYTE):
        if len(answer) <= MAX_RESULT:  # read on without keeping it, so that the child never waits for us
            answer += chunk


def _write(stream, request: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # it ended before it listened: its exit status says why
        stream.write(request)
        stream.close()


def _understood(status: int, answer: bytes):
    try:
        said = json.loads(answer)
    except ValueError:
        raise Crashed("The file could not be read.", "crashed", error=f"exit status {status}") from None
    if "result" in said:
        return said["result"]
    if "refused" in said:
        raise Refused(said["refused"], said["code"])
    if "too_big" in said:
        raise _too_big()
    raise Crashed("The file could not be read.", "crashed", error=said.get("crashed", ""))


def _too_big() -> TooBig:
    return TooBig("The file is too large or too complicated to be read.", "too-big")


# -- in the child ------------------------------------------------------------------------------------------------------


def _limit(request: dict) -> None:
    memory, cpu = int(request["memory_mb"]) * MEGABYTE, int(request["cpu_seconds"])
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_NPROC, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.alarm(int(request["seconds"]) + 2)  # in case whoever started us is gone


def _answer(request: dict) -> dict:
    try:
        module, _, function = request["function"].partition(":")
        return {"result": getattr(importlib.import_module(module), function)(*request["args"])}
    except MemoryError:
        return {"too_big": True}
    except Exception as error:
        if hasattr(error, "reason") and hasattr(error, "code"):
            return {"refused": str(error.reason), "code": str(error.code)}
        return {"crashed": f"{type(error).__name__}: {error}"[:500]}


def _encoded(answer: dict) -> bytes:
    try:
        return json.dumps(answer, separators=(",", ":")).encode()
    except MemoryError:
        return b'{"too_big": true}'
    except (TypeError, ValueError) as error:
        return json.dumps({"crashed": f"the result is no JSON: {error}"}).encode()


def main() -> None:
    """The child itself: the request comes in on standard input, the answer goes out on standard output."""
    request = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed in there must not get into the answer
    _limit(request)
    answer.write(_encoded(_answer(request)))
    answer.flush()
