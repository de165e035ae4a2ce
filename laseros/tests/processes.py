"""Real processes on the database under test: what threads in one process would not show.

Django is started once for all tests of a process and then forked (`forks`): they are real, and their start is cheap.
"""

import atexit
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

PATIENCE = 180.0
KILLED = re.compile(rf"ended with {int(signal.SIGKILL)}$")
_forking: dict[tuple, subprocess.Popen] = {}  # one for each environment, until the tests end


def database_url() -> str:
    """The address of the database under test, for a process of its own."""
    conf = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{conf['NAME']}"
    where = f"{quote(conf['USER'] or '')}:{quote(conf['PASSWORD'] or '')}@{quote(conf['HOST'] or '', safe='')}"
    return f"postgres://{where}:{conf['PORT'] or ''}/{conf['NAME']}"


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "laseros.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
    }


def run_together(function: str, argument_lists, *, some_die: bool = False) -> list:
    """Run one process per list of arguments, all let go at the same moment; their answers, in order.

    With `some_die` one that was killed by a signal answers None instead of failing the test.
    """
    answers = _ask(_forks(environment()), together=function, arguments=[list(each) for each in argument_lists])
    if some_die:
        answers = [{"answer": None} if KILLED.match(each.get("trouble", "")) else each for each in answers]
    troubles = [each["trouble"] for each in answers if "trouble" in each]
    if troubles:
        raise AssertionError(f"{function}: " + "\n".join(troubles))
    return [each["answer"] for each in answers]


class Command:
    """`manage.py name` as a process of its own, in a session of its own, in this environment."""

    def __init__(self, name: str, around: dict[str, str], log: Path):
        self.name, self.parent = name, _forks(around)
        self.pid = _ask(self.parent, begin=name, log=str(log))
        self._gone = False

    def ended(self, *, wait: bool = False) -> bool:
        self._gone = self._gone or _ask(self.parent, ended=self.pid, wait=wait)
        return self._gone

    def kill(self) -> None:
        """At once, with all it started."""
        if not self.ended():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.ended(wait=True)


def _ask(parent: subprocess.Popen, **request):
    parent.stdin.write(f"{json.dumps(request)}\n".encode())
    parent.stdin.flush()
    said = _line_of(parent)
    if not said:
        raise AssertionError(f"no answer within {PATIENCE:.0f} s to {request}")
    return json.loads(said)


def _forks(around: dict[str, str]) -> subprocess.Popen:
    around = {name: value for name, value in around.items() if name != "PYTEST_CURRENT_TEST"}
    key = tuple(sorted(around.items()))
    if key not in _forking or _forking[key].poll() is not None:
        _forking[key] = subprocess.Popen(
            [sys.executable, "-m", "laseros.tests.forks"],
            env=around,
            cwd=Path(settings.BASE_DIR),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        atexit.register(_end, _forking[key])
    return _forking[key]


def _line_of(parent: subprocess.Popen) -> bytes:
    """What it says next; nothing, and its end, when that takes too long."""
    said, until = b"", time.monotonic() + PATIENCE
    while not said.endswith(b"\n"):
        there, _, _ = select.select([parent.stdout], [], [], max(0, until - time.monotonic()))
        more = os.read(parent.stdout.fileno(), 65536) if there else b""
        if not more:
            _end(parent)
            return b""
        said += more
    return said


def _end(parent: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        os.killpg(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
