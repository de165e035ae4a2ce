"""`manage.py run` as a newcomer meets it: the real web, worker and watcher on the database under test."""

import signal
import socket
import sys

import pytest
from django.core.management import CommandError

from laseros import probe
from laseros.management.commands.run import refuse_taken_port
from laseros.tests import processes
from laseros.tests.test_supervisor import start  # noqa: F401 (a fixture)

# As people start it; on a busy machine each may take longer to stop than a shop is asked to wait.
PATIENTLY = """
import runpy, sys
from laseros import supervisor
supervisor.GRACE, sys.argv = 120.0, ["manage.py", "run"]
runpy.run_path("manage.py", run_name="__main__")
"""


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


@pytest.fixture
def run(transactional_db, start, tmp_path):  # noqa: F811
    """run() -> (the started shop, the address of its /healthz); its files apart from those of other tests."""

    def begin():
        port = free_port()
        environment = {
            **processes.environment(),
            "DATA_DIR": str(tmp_path / "data"),
            "PORT": str(port),
            "HOST": "127.0.0.1",
            "LOG_LEVEL": "INFO",
        }
        return start([sys.executable, "-c", PATIENTLY], environment), f"http://127.0.0.1:{port}/healthz"

    return begin


@pytest.mark.one_database
@pytest.mark.processes
def test_the_shop_runs_says_how_it_is_and_leaves_nothing_behind(run):
    shop, address = run()
    shop.wait_for("is ready after")
    assert probe.ask(address) == (200, {"status": "ok", "database": "ok", "worker": "ok", "watcher": "ok"})
    assert {"manage.py web", "manage.py qcluster", "manage.py watch_machines"} == {
        words.strip().split("/")[-1] for words in shop.alive()
    }
    assert shop.send(signal.SIGINT) == 0
    assert shop.said[-1] == "Stopped.\n"
    assert shop.alive() == []
    assert not any("did not stop by itself" in line for line in shop.said)


@pytest.mark.one_database
@pytest.mark.processes
def test_killed_it_takes_its_processes_along(run):
    shop, address = run()
    shop.wait_for("is ready after")
    shop.send(signal.SIGKILL)
    assert shop.all_gone_soon()
    assert probe.ask(address, timeout=1) == (0, {})


def test_a_taken_port_is_refused_with_a_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port}: Address already in use.*PORT={port + 1} make run"):
            refuse_taken_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(CommandError, match=r"Cannot listen on 192\.0\.2\.1"):
        refuse_taken_port("192.0.2.1", 8000)


def test_a_free_port_is_fine():
    refuse_taken_port("127.0.0.1", free_port())
