"""Keeps the processes of one machine together: starts them, repeats what they say, restarts what falls, stops them all.

Each process leads a group of its own, so one signal to us stops everything in order, and what a process started ends
with it. Orphans come to us (PR_SET_CHILD_SUBREAPER) and are ended too. A process never outlives us, even when we are
killed, because the kernel tells it (PR_SET_PDEATHSIG).
"""

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE = 10.0  # seconds between "please stop" and the end
BACK_OFF = (1, 2, 5, 10, 30)  # seconds before the next start, by the number of falls in a row
STEADY = 60.0  # a process that ran this long fell for a new reason
LONGEST_LINE = 16_384

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Service:
    """One process to keep running."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    falls: int = 0
    unfinished: bytes = field(default=b"", repr=False)

    def start(self, environment: dict[str, str]) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=_end_with_parent(os.getpid()),
        )
        os.set_blocking(self.process.stdout.fileno(), False)

    def has_ended(self) -> bool:
        """Looks without reaping, so that the group's number cannot be given away before we have emptied it."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def ask_to_stop(self) -> None:
        # The leader alone: a worker's leader ends its helpers in order, and they would die of this signal.
        os.kill(self.process.pid, signal.SIGTERM)

    def clear_away(self) -> int:
        """End whatever is left of the group, reap it, answer the leader's exit code."""
        group = self.process.pid
        _kill_group(group)
        code = self.process.wait()
        patience = time.monotonic() + 5  # a killed process that sits in the kernel cannot hold us for ever
        while _kill_group(group) and time.monotonic() < patience:
            _reap_group(group)
            time.sleep(0.02)
        self.process.stdout.close()
        self.process = None
        return code


class Supervisor:
    """Runs services until a signal: `Supervisor(services, say=print).run()` answers when nothing is left running."""

    def __init__(self, services: list[Service], *, say: Callable[[str], None] = print, environment=None):
        self.services = services
        self.say = say
        self.environment = environment if environment is not None else dict(os.environ)
        self.width = max(len(service.name) for service in services)
        self.signals = 0
        self.selector = selectors.DefaultSelector()

    def run(self, is_ready: Callable[[], bool] = lambda: True, when_ready: Callable[[], None] = lambda: None) -> None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        before = {number: signal.signal(number, self._on_signal) for number in _STOP_SIGNALS}
        announced = False
        try:
            for service in self.services:
                self._start(service)
            while not self.signals:
                self._repeat_what_they_say(0.2)
                self._restart_the_fallen()
                if not announced and is_ready():
                    announced = True
                    when_ready()
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number, frame) -> None:
        self.signals += 1

    def _start(self, service: Service) -> None:
        service.start(self.environment)
        self.selector.register(service.process.stdout, selectors.EVENT_READ, service)

    def _repeat_what_they_say(self, seconds: float) -> None:
        events = self.selector.select(seconds)
        for key, _mask in events:
            if not self._read(key.data):
                self.selector.unregister(key.fileobj)
        if not events and not self.selector.get_map():
            time.sleep(seconds)  # a selector of nothing answers at once

    def _read(self, service: Service) -> bool:
        """Repeat the lines that are there, with the speaker's name; False when there will be no more."""
        try:
            said = os.read(service.process.stdout.fileno(), 65_536)
        except BlockingIOError:
            return True
        *lines, service.unfinished = (service.unfinished + said).split(b"\n")
        if (not said or len(service.unfinished) > LONGEST_LINE) and service.unfinished:
            lines.append(service.unfinished)
            service.unfinished = b""
        for line in lines:
            self._say(f"{service.name:<{self.width}} | {line.decode(errors='replace').rstrip()}")
        return bool(said)

    def _say(self, line: str) -> None:
        try:
            self.say(line)
        except OSError:  # nobody listens any more: the terminal or the pipe is gone
            self.say = lambda line: None
            self.signals += 1

    def _restart_the_fallen(self) -> None:
        now = time.monotonic()
        self._end_orphans()
        for service in self.services:
            if service.process is None:
                if now >= service.due_at:
                    self._start(service)
            elif service.has_ended():
                service.falls = 1 if now - service.started_at > STEADY else service.falls + 1
                wait = BACK_OFF[min(service.falls, len(BACK_OFF)) - 1]
                service.due_at = now + wait
                code = self._clear_away(service)
                self._say(f"{service.name:<{self.width}} | ended with {_ending(code)}; starts again in {wait} s")

    def _clear_away(self, service: Service) -> int:
        pipe = service.process.stdout
        while pipe in self.selector.get_map() and self._has_more_to_say(service):
            pass
        if pipe in self.selector.get_map():
            self.selector.unregister(pipe)
        return service.clear_away()

    def _has_more_to_say(self, service: Service) -> bool:
        ready = selectors.DefaultSelector()
        with ready:
            ready.register(service.process.stdout, selectors.EVENT_READ)
            return bool(ready.select(0)) and self._read(service)

    def _stop_all(self) -> None:
        running = [service for service in self.services if service.process is not None]
        for service in running:
            if not service.has_ended():
                service.ask_to_stop()
        asked, patience = self.signals, time.monotonic() + GRACE
        while (waiting := [s for s in running if s.process is not None]) and time.monotonic() < patience:
            if self.signals > asked:  # a second Ctrl-C: at once, then
                break
            self._repeat_what_they_say(0.05)
            for service in waiting:
                if service.has_ended():
                    self._clear_away(service)
        for service in running:
            if service.process is not None:
                self._say(f"{service.name:<{self.width}} | did not stop by itself and was ended")
                self._clear_away(service)
        while self._end_orphans():
            time.sleep(0.02)
        self.selector.close()

    def _end_orphans(self) -> int:
        """End what a fallen process left in a session of its own (a sandbox): nobody is there to take its answer."""
        ours = {service.process.pid for service in self.services if service.process is not None}
        orphans = _children() - ours
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, os.WNOHANG)
        return len(orphans)


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _end_with_parent(parent: int) -> Callable[[], None]:
    def in_child() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it ended before we asked to be told
            os._exit(1)

    return in_child


def _kill_group(group: int) -> bool:
    """Kill what is in the group; False when nothing is."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _reap_group(group: int) -> None:
    try:
        while os.waitpid(-group, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return


def _children() -> set[int]:
    """Our children, started or inherited: we adopt whoever outlives its parent below us."""
    return {int(pid) for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split()}


def _ending(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name


def line_to_stdout(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
