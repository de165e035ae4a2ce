"""Real processes on the database under test: what threads in one process would not show."""

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

# Django is started once for all tests of a process and then forked: the processes are real, their start is cheap.
_FORKS = """
import importlib, json, os, sys, traceback
import django
django.setup()
from django.db import connection

def answer_of(function, arguments, ready, go):
    try:
        connection.ensure_connection()
        os.write(ready, b"r")
        os.read(go, 1)
        return {"answer": function(*arguments)}
    except BaseException:
        os.write(ready, b"r")  # the others are not kept waiting for it
        return {"trouble": traceback.format_exc()}

def together(function, argument_lists):
    ready_in, ready = os.pipe()
    go, go_out = os.pipe()
    children = []
    for arguments in argument_lists:
        answers, answer = os.pipe()
        child = os.fork()
        if not child:
            os.close(go_out)
            said = json.dumps(answer_of(function, arguments, ready, go)).encode()
            while said:
                said = said[os.write(answer, said):]
            os._exit(0)
        os.close(answer)
        children.append((child, answers))
    os.close(ready)
    os.close(go)
    for _child in children:
        os.read(ready_in, 1)
    os.close(go_out)  # all at once
    said = []
    for child, answers in children:
        said.append(b"".join(iter(lambda: os.read(answers, 65536), b"")))
        os.close(answers)
    os.close(ready_in)
    ended = [os.waitpid(child, 0)[1] for child, _answers in children]
    return [json.loads(each) if each else {"trouble": f"ended with {code}"} for each, code in zip(said, ended)]

for line in sys.stdin:
    module, name, argument_lists = json.loads(line)
    print(json.dumps(together(getattr(importlib.import_module(module), name), argument_lists)), flush=True)
"""
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
    parent, (module, name) = _forks(), function.split(":")
    request = json.dumps([module, name, [list(each) for each in argument_lists]])
    parent.stdin.write(f"{request}\n".encode())
    parent.stdin.flush()
    said = _line_of(parent)
    if not said:
        raise AssertionError(f"{function} gave no answer within {PATIENCE:.0f} s")
    answers = json.loads(said)
    if some_die:
        answers = [{"answer": None} if KILLED.match(each.get("trouble", "")) else each for each in answers]
    troubles = [each["trouble"] for each in answers if "trouble" in each]
    if troubles:
        raise AssertionError(f"{function}: " + "\n".join(troubles))
    return [each["answer"] for each in answers]


def _forks() -> subprocess.Popen:
    around = {name: value for name, value in environment().items() if name != "PYTEST_CURRENT_TEST"}
    key = tuple(sorted(around.items()))
    if key not in _forking or _forking[key].poll() is not None:
        _forking[key] = subprocess.Popen(
            [sys.executable, "-c", _FORKS],
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
