"""The processes of one search, as seen by who started them: they say what they find, are told the best, and are
ended.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
LONGEST_LINE = 16 * 1024 * 1024
WAITING = 64  # lines


class Crew:
    """Use as a context manager: leaving it ends everybody."""

    def __init__(self):
        self.members: list[subprocess.Popen] = []
        self._said: queue.Queue = queue.Queue(WAITING)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for member in self.members:
            self.end(member)
        for member in self.members:
            member.wait()
            with contextlib.suppress(OSError):
                member.stdin.close()

    def end(self, member) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(member.pid, 9)

    def start(self, **asked):
        """Start a search, see `production.nesting.child`; the member it is."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        member = subprocess.Popen(
            [sys.executable, "-m", "production.nesting.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env={"LANG": "C.UTF-8", **kept, **QUIET, "PYTHONPATH": str(PROJECT)},
            process_group=0,  # in the session it came from: niceness only counts within one
        )
        self.members.append(member)
        threading.Thread(target=self._converse, args=(member, json.dumps(asked) + "\n"), daemon=True).start()
        return member

    def _converse(self, member, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            _send(member, line)
            while said := member.stdout.readline(LONGEST_LINE):
                self._said.put((member, said))

    def heard(self, seconds: float):
        """(member, what it said) or None after `seconds`; what is no JSON is not heard."""
        try:
            member, line = self._said.get(timeout=seconds)
            return member, json.loads(line)
        except (queue.Empty, ValueError):
            return None

    def tell(self, line: str, but) -> None:
        """Tell everybody but the one it came from."""
        for member in self.members:
            if member is not but and member.poll() is None:
                threading.Thread(target=_try_to_send, args=(member, line), daemon=True).start()

    def at_work(self) -> bool:
        return not self._said.empty() or any(member.poll() is None for member in self.members)


def _send(member, line: str) -> None:
    member.stdin.write(line.encode())
    member.stdin.flush()


def _try_to_send(member, line: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        _send(member, line)
