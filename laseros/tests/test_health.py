import json
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.cache import cache

from laseros import health, probe
from laseros.tests import processes
from laseros.tests.test_run import free_port


def states(client) -> tuple[int, dict]:
    response = client.get("/healthz")
    return response.status_code, response.json()


def test_while_starting_nothing_is_called_down(client, db, monkeypatch):
    monkeypatch.setattr(health, "STARTED", time.monotonic())
    assert states(client) == (
        200,
        {"status": "starting", "database": "ok", "worker": "starting", "watcher": "starting"},
    )


def test_silence_after_the_start_is_degraded_and_still_served(client, db, monkeypatch):
    monkeypatch.setattr(health, "STARTED", time.monotonic() - 31)
    assert states(client) == (200, {"status": "degraded", "database": "ok", "worker": "down", "watcher": "down"})


@pytest.mark.parametrize(("age", "state"), [(0, "ok"), (19, "ok"), (21, "down")])
def test_the_watcher_is_there_while_it_was_heard_of_lately(client, db, monkeypatch, age, state):
    monkeypatch.setattr(health, "STARTED", time.monotonic() - 31)
    cache.set(health.WATCHER_KEY, time.time() - age, 60)
    assert states(client)[1]["watcher"] == state


def test_anybody_may_ask_and_nobody_may_keep_the_answer(client, db):
    response = client.get("/healthz")
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response
    assert client.post("/healthz").status_code == 405


@pytest.mark.processes
def test_without_a_database_it_says_so_soon(tmp_path):
    port = free_port()
    environment = {
        **processes.environment(),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "",
        "DATA_DIR": str(tmp_path),
        "PORT": str(port),
    }
    web = subprocess.Popen(
        [sys.executable, "manage.py", "web"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until = time.monotonic() + 120
        status, answer = 0, {}
        while not status and time.monotonic() < until:
            time.sleep(0.3)
            status, answer = probe.ask(f"http://127.0.0.1:{port}/healthz", timeout=8)
        assert (status, answer["status"], answer["database"]) == (503, "down", "down")
        assert "nobody" not in json.dumps(answer)
    finally:
        web.terminate()
        web.communicate(timeout=120)


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ([], "localhost"),
        ([""], "localhost"),
        (["*"], "localhost"),
        ([".example.com"], "example.com"),
        (["a", "b"], "a"),
    ],
)
def test_the_probe_comes_by_a_name_that_is_let_in(allowed, host):
    assert probe.host_we_answer_to(allowed) == host
