"""A process that has imported a module and forks itself for whoever asks: numpy and shapely are imported once, not for
every drawing.

    child = fork_server.start("production.dxf.child", environment)

What the module imports late it may name in `NEEDED`. The process knows only the environment it was given, runs nothing
but imports, and ends when whoever started it is gone or when nobody has asked for a while.
`python -m laseros.core.fork_server MODULE` is the process itself.
"""

import contextlib
import gc
import importlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
IDLE_S = 60.0
LONGEST_END_S = 5.0
NUMBER = struct.Struct("i")

_servers: dict[str, "_Server"] = {}  # of this process, by what they have imported
_starting = threading.Lock()


def _forget() -> None:
    """They belong to the process that was forked."""
    global _starting
    _starting = threading.Lock()
    _servers.clear()


os.register_at_fork(after_in_child=_forget)


def start(module: str, environment: dict[str, str]) -> "Child":
    """A child that has imported `module`; it is told what to do, and answers, as `sandbox.main` says.

    Raises `ConnectionError` where none can be had.
    """
    with contextlib.suppress(ConnectionError):
        return _server(module, environment).fork()
    return _server(module, environment).fork()  # it had waited long enough, just now


def _server(module: str, environment: dict[str, str]) -> "_Server":
    with _starting:
        server = _servers.get(module)
        if server is None or server.ended():
            server = _servers[module] = _Server(module, environment)
        return server


class _Server:
    def __init__(self, module: str, environment: dict[str, str]):
        self.door, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "laseros.core.fork_server", module],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=PROJECT,
                env=environment,
                start_new_session=True,
            )
        self.gone = False

    def ended(self) -> bool:
        return self.gone or self.process.poll() is not None

    def fork(self) -> "Child":
        """Raises `ConnectionError` where it ended meanwhile."""
        request, stdin = os.pipe()
        stdout, answer = os.pipe()
        told, theirs = socket.socketpair()
        child = Child(told, os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"))
        try:
            with theirs:
                socket.send_fds(self.door, [b"f"], [request, answer, theirs.fileno()])
        except ConnectionError:
            self._lost(child)
            raise
        finally:
            os.close(request)
            os.close(answer)
        if not child.begun():
            self._lost(child)
            raise ConnectionError
        return child

    def _lost(self, child: "Child") -> None:
        self.gone = True
        child.close()


class Child:
    """Much as `subprocess.Popen`: whoever has it writes to `stdin`, reads `stdout`, and ends it."""

    def __init__(self, told: socket.socket, stdin, stdout):
        self._told, self.stdin, self.stdout = told, stdin, stdout
        self._pid = 0
        self.returncode: int | None = None

    def begun(self) -> bool:
        self._pid = self._hear() or 0
        return self._pid > 0

    def wait(self, seconds: float) -> None:
        """Raises `TimeoutError` where it has not ended by then."""
        self._told.settimeout(seconds)
        code = self._hear()
        self.returncode = -signal.SIGKILL if code is None else code  # who watched over it may be gone too

    def end(self) -> None:
        """At once, with all it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody of the group is left
            os.killpg(self._pid, signal.SIGKILL)
        if self.returncode is None:
            with contextlib.suppress(TimeoutError):
                self.wait(LONGEST_END_S)

    def close(self) -> None:
        for each in (self._told, self.stdin, self.stdout):
            with contextlib.suppress(BrokenPipeError):
                each.close()

    def _hear(self) -> int | None:
        try:
            said = self._told.recv(NUMBER.size)
        except ConnectionError:
            return None
        return NUMBER.unpack(said)[0] if said else None


# -- the process itself ------------------------------------------------------------------------------------------------


def main(module: str) -> None:
    from laseros.core import sandbox

    with contextlib.suppress(Exception):  # the child fails at the same, and says so
        for late in getattr(importlib.import_module(module), "NEEDED", ()):
            importlib.import_module(late)
    door = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)
    gc.collect()
    gc.freeze()
    door.settimeout(IDLE_S)
    while True:
        try:
            said, (*pipes,), _flags, _address = socket.recv_fds(door, 1, 3)
        except TimeoutError:
            return
        if not said:
            return
        if not os.fork():
            door.close()
            _watch(*pipes, sandbox.main)
        for pipe in pipes:
            os.close(pipe)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _watch(request: int, answer: int, told: int, work: Callable[[], None]) -> None:
    """Fork the child, in a group of its own, and say how it ended."""
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        _work(request, answer, work)
    with contextlib.suppress(PermissionError, ProcessLookupError):  # it has done so itself, or has ended already
        os.setpgid(child, child)
    os.close(request)
    os.close(answer)
    with contextlib.suppress(OSError):  # nobody wants to know any more
        os.write(told, NUMBER.pack(child))
        os.write(told, NUMBER.pack(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
    os._exit(0)


def _work(request: int, answer: int, work: Callable[[], None]) -> None:
    status = 1
    try:
        os.dup2(request, 0)
        os.dup2(answer, 1)
        os.closerange(3, 256)
        work()
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1])
