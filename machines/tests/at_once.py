"""What the processes of the tests do, and the watcher as a process of its own."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from laseros.tests.processes import environment
from machines import leases

PATIENCE = 90.0  # for what normally takes a moment: two cores may be busy with other tests
# What is promised holds for a machine that is not at something else: run alone, these tests ask for just that.
BESIDE_OTHERS = 6 if "PYTEST_XDIST_WORKER" in os.environ else 1


def claim_all(owner: str) -> list[int]:
    """One round of a watcher: the machines it holds now."""
    return [machine.pk for machine in leases.round_of(owner)]


@contextmanager
def watchers(home: Path, **more: str):
    """watchers(tmp_path) gives `begin()`, which starts a watcher; all are gone afterwards."""
    begun = []

    def begin() -> subprocess.Popen:
        child = subprocess.Popen(
            [sys.executable, "manage.py", "watch_machines"],
            env={**environment(), "DATA_DIR": str(home), **more},
            cwd=Path(settings.BASE_DIR),
        )
        begun.append(child)
        return child

    try:
        yield begin
    finally:
        for child in begun:
            child.kill()
            child.wait()


@contextmanager
def on_the_wire(machine):
    """The simulated machine in a thread of its own: what is tested here is not asynchronous."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(machine.start(), loop).result(20)
    try:
        yield machine
    finally:
        asyncio.run_coroutine_threadsafe(machine.stop(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


def eventually(look: Callable, seconds: float = PATIENCE):
    """What `look` answers once it is true; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (answer := look()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {look.__name__}")
        time.sleep(0.1)
    return answer


def as_promised(look: Callable, seconds: float):
    """The same where the seconds themselves are what is tested; `BESIDE_OTHERS` times as many beside other tests."""
    return eventually(look, seconds * BESIDE_OTHERS)
