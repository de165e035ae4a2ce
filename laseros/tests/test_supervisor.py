"""Real processes: what the supervisor starts says its lines, comes back when it falls, and never stays behind."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.processes
PATIENCE = 120.0  # for what takes a second where nothing else runs

# A leader with a helper, as the worker has: the helper ignores being asked.
LEADER = """
import subprocess, sys, time, signal
helper = "from signal import *; import time; signal(SIGTERM, SIG_IGN); print('helps', flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", helper])
print("leads", flush=True)
time.sleep(600)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('stays', flush=True); time.sleep(600)"
)
SAYS_WHEN_ASKED = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("was asked", flush=True))
print("stays", flush=True)
while True:
    time.sleep(600)
"""
FALLS = "print('falls', end='', flush=True); raise SystemExit(3)"
SUPERVISE = """
import sys
from laseros import supervisor
supervisor.GRACE = 1.0
supervisor.BACK_OFF = (0.2, 0.4)
services = [supervisor.Service(f"s{number}", [sys.executable, "-c", code]) for number, code in enumerate(sys.argv[1:])]
supervisor.Supervisor(services, say=supervisor.line_to_stdout).run(when_ready=lambda: print("READY", flush=True))
print("NOTHING LEFT", flush=True)
"""


class Started:
    """A supervisor in a process of its own, and all that descends from it, known by a mark in the environment."""

    def __init__(self, command, environment):
        self.mark = f"LASEROS_MARK={uuid.uuid4().hex}"
        name, value = self.mark.split("=")
        self.process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**environment, name: value},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = []

    def wait_for(self, words: str, times: int = 1) -> None:
        while sum(words in line for line in self.said) < times:
            line = self.process.stdout.readline()
            assert line, f"it ended before it said {words!r}:\n{''.join(self.said)}"
            self.said.append(line)

    def send(self, number: int) -> int:
        self.process.send_signal(number)
        self.said += self.process.stdout.readlines()
        return self.process.wait(timeout=180)

    def alive(self) -> list[str]:
        return [words for pid, words in processes_with(self.mark) if pid != self.process.pid]

    def all_gone_soon(self) -> bool:
        until = time.monotonic() + PATIENCE
        while self.alive() and time.monotonic() < until:
            time.sleep(0.1)
        return self.alive() == []

    def clear_away(self) -> None:
        for pid, _words in processes_with(self.mark):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


def processes_with(mark: str):
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue


@pytest.fixture
def start():
    started = []

    def begin(command, environment=None):
        started.append(Started(command, os.environ if environment is None else environment))
        return started[-1]

    yield begin
    for one in started:
        one.clear_away()


@pytest.fixture
def supervise(start):
    return lambda *codes: start([sys.executable, "-c", SUPERVISE, *codes])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_everything_and_what_it_started(supervise, number):
    shop = supervise(LEADER, STUBBORN)
    shop.wait_for("helps")
    shop.wait_for("stays")
    assert len(shop.alive()) == 3
    assert shop.send(number) == 0
    assert shop.alive() == []
    assert shop.said[-1] == "NOTHING LEFT\n"


def test_lines_carry_the_name_of_who_says_them(supervise):
    shop = supervise(LEADER)
    shop.wait_for("s0 | leads\n")
    shop.wait_for("s0 | helps\n")


def test_a_fallen_process_starts_again_later_and_later(supervise):
    shop = supervise(FALLS, LEADER)
    shop.wait_for("s0 | falls\n", times=3)
    said = "".join(shop.said)
    assert "ended with code 3; starts again in 0.2 s" in said
    assert "ended with code 3; starts again in 0.4 s" in said
    assert said.count("s1 | leads") == 1


def test_helpers_of_a_killed_leader_are_gone_before_it_starts_again(supervise):
    shop = supervise(LEADER)
    shop.wait_for("helps")
    leader = next(
        pid for pid, words in processes_with(shop.mark) if "subprocess.Popen" in words and pid != shop.process.pid
    )
    os.kill(leader, signal.SIGKILL)
    shop.wait_for("helps", times=2)
    assert any("ended with SIGKILL" in line for line in shop.said)
    assert len(shop.alive()) == 2


def test_a_session_of_its_own_does_not_save_an_orphan(supervise):
    alone = LEADER.replace("helper])", "helper], start_new_session=True)") + "raise SystemExit(1)"
    shop = supervise(alone.replace("time.sleep(600)\nraise", "time.sleep(0.3)\nraise"))
    shop.wait_for("leads", times=3)
    assert len(shop.alive()) <= 2
    assert shop.send(signal.SIGTERM) == 0
    assert shop.alive() == []


def test_a_second_signal_does_not_wait(start):
    patient = SUPERVISE.replace("GRACE = 1.0", "GRACE = 600.0")
    shop = start([sys.executable, "-c", patient, SAYS_WHEN_ASKED])
    shop.wait_for("stays")
    shop.process.send_signal(signal.SIGINT)
    shop.wait_for("was asked")
    began = time.monotonic()
    assert shop.send(signal.SIGINT) == 0
    assert time.monotonic() - began < PATIENCE  # and not GRACE
    assert shop.alive() == []


def test_processes_end_when_the_supervisor_is_killed(supervise):
    plain = "import time; print('waits', flush=True); time.sleep(600)"
    shop = supervise(plain, plain)
    shop.wait_for("waits", times=2)
    shop.send(signal.SIGKILL)
    assert shop.all_gone_soon()
