"""The processes of the bench: wires, watcher, web and browsers, started, watched and stopped."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from accounts.models import Workspace
from laseros.bench.fleet import ground

PATIENCE = 180.0
WARM_UP = 12.0  # the first progress of every machine has been written and shown
SETTLE = 3.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Run:
    """What was seen. Times are seconds of the monotonic clock; `load` is [at, {process: (cpu seconds, RSS in MB)}]."""

    machines: list[int]
    quiet: list[int]
    began: float = 0.0
    ended: float = 0.0
    changes: list = field(default_factory=list)
    said: int = 0
    heard: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    last: dict = field(default_factory=dict)
    load: list = field(default_factory=list)


def run(workspace: Workspace, machines: int, browsers: int, seconds: float, every: float, say) -> Run:
    with ExitStack() as stack:
        wires = _Talk(stack, "laseros.bench.fleet.wires")
        wires.tell({"machines": machines})
        pks = ground.machines(workspace, wires.answer())
        port = free_port()
        watcher = _server(stack, "watch_machines")
        web = _server(stack, "web", HOST="127.0.0.1", PORT=str(port))
        say(f"{machines} machines on the wire; waiting until all of them are at work")
        _wait(lambda: ground.at_work(workspace) == machines)
        _wait(lambda: _answers(port))
        listening = _Talk(stack, "laseros.bench.fleet.browsers")
        origin = f"http://127.0.0.1:{port}"
        address = f"ws://127.0.0.1:{port}/ws/bell/?workspace={workspace.pk}&cards=1"
        listening.tell({"url": address, "origin": origin, "cookies": ground.cookies(workspace, browsers)})
        say(f"{listening.answer()['greeted']} browsers on the board; {seconds:g} s after {WARM_UP:g} s to warm up")
        time.sleep(WARM_UP)
        among = max(1, machines // 4)
        found = Run(pks, pks[among:], began=time.monotonic(), before=ground.versions(workspace))
        wires.tell({"among": among, "every": every, "seconds": seconds})
        _watch(found, {"web": web.pid, "watcher": watcher.pid}, seconds)
        done = wires.answer()
        found.ended, found.after = time.monotonic(), ground.versions(workspace)
        found.changes, found.said = done["changes"], done["said"]
        time.sleep(SETTLE)
        listening.tell({})
        found.heard, found.last = listening.answer(), ground.versions(workspace)
        return found


def _watch(found: Run, pids: dict[str, int], seconds: float) -> None:
    while True:
        found.load.append((time.monotonic(), {name: _used(pid) for name, pid in pids.items()}))
        left = found.began + seconds - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(1.0, left))


def _used(pid: int) -> tuple[float, float]:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return (int(words[11]) + int(words[12])) / TICKS, pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class _Talk:
    """A process of ours that is told and answers a line at a time."""

    def __init__(self, stack: ExitStack, module: str):
        self.process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=settings.BASE_DIR, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        stack.callback(_end, self.process)

    def tell(self, what) -> None:
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[-1]} ended with {self.process.wait()}")
        return json.loads(line)


def _server(stack: ExitStack, command: str, **more: str) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), command], cwd=settings.BASE_DIR,
        env={**os.environ, "LOG_LEVEL": "WARNING", **more},
    )  # fmt: skip
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5):
            return True
    except OSError:
        return False


def _wait(is_so) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            raise RuntimeError(f"not within {PATIENCE:g} s")
        time.sleep(0.5)
