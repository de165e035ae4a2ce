"""Strangers' files are read by children that are forked: what they need is imported once, and nobody is left."""

import importlib
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from laseros.core import fork_server, sandbox
from laseros.tests.browser import eventually


def server() -> int:
    """The process that forked the child: each has a session of its own."""
    return sandbox.run("os:getsid", 0)


def gone(process: int) -> bool:
    try:
        return not Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return True


def test_one_process_forks_whoever_needs_the_same():
    assert len({server() for _time in range(3)}) == 1
    with ThreadPoolExecutor(4) as pool:
        children = set(pool.map(lambda _number: sandbox.run("os:getpid"), range(8)))
    assert len(children) == 8
    assert not children & {server(), os.getpid()}
    assert sandbox.run("posix:getsid", 0) != server()  # with other imports it is another


@pytest.mark.parametrize(
    "module",
    ["production.dxf.child", "production.dxf.mended", "machines.gcode.child", "laseros.core.pictures",
     "billing.bank.reading", "billing.received.reading"],
)  # fmt: skip
def test_what_is_imported_late_is_there(module):
    for late in importlib.import_module(module).NEEDED:
        importlib.import_module(late)


def test_one_that_is_gone_is_started_anew():
    before = server()
    os.kill(before, signal.SIGKILL)
    assert server() != before


def test_it_ends_when_whoever_asked_lets_go_of_it():
    before = server()
    fork_server._servers.clear()
    eventually(lambda: gone(before))


def test_it_ends_when_nobody_has_asked_for_a_while():
    waits = "from laseros.core import fork_server; fork_server.IDLE_S = 0.2; fork_server.main('os')"
    door, theirs = socket.socketpair()
    with door, theirs:
        ended = subprocess.run([sys.executable, "-c", waits], cwd=settings.BASE_DIR, stdin=theirs, timeout=120)
    assert ended.returncode == 0


def test_it_ends_with_whoever_started_it():
    asks = "import os; from laseros.core import sandbox; print(sandbox.run('os:getsid', 0), flush=True); os.abort()"
    told = subprocess.run(
        [sys.executable, "-c", asks], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    eventually(lambda: gone(int(told.stdout)))
