"""OctoPrint gives a key when somebody there allows it: kept sealed, asked for by a page that waits."""

import pytest

from accounts.models import Activity
from machines import sealing
from machines.models import Machine
from machines.tests.test_files import OnTheWire

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def wire():
    found = OnTheWire("octoprint")
    yield found
    found.stop()


@pytest.fixture
def printer(workspace, wire):
    host = wire.machine.options["host"]
    return Machine.objects.create(
        workspace=workspace, name="P1", kind="printer", driver="octoprint", options={"host": host},
        sealed=sealing.sealed({"api_key": "wrong"}),
    )  # fmt: skip


def address(printer) -> str:
    return f"/admin/machines/machine/{printer.pk}/pair/"


def key_of(printer) -> str:
    printer.refresh_from_db()
    return sealing.opened(printer.sealed).get("api_key")


def test_asked_waited_for_and_kept(printer, wire, manager, log_in):
    browser = log_in(manager)
    assert address(printer) in browser.get(f"/admin/machines/machine/{printer.pk}/change/").content.decode()
    assert "Ask for a key" in browser.get(address(printer)).content.decode()
    page = browser.post(address(printer), follow=True).content.decode()
    assert "Waiting. Open the machine’s own page now" in page
    waiting = browser.get(address(printer), {"ask": "1"}, headers={"HX-Request": "true"})
    assert (waiting.status_code, "HX-Redirect" in waiting.headers, key_of(printer)) == (204, False, "wrong")
    wire.machine.tokens.update(dict.fromkeys(wire.machine.tokens, wire.machine.options["api_key"]))
    done = browser.get(address(printer), {"ask": "1"}, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == f"/admin/machines/machine/{printer.pk}/change/"
    assert key_of(printer) == wire.machine.options["api_key"]
    assert key_of(printer) not in str(Activity.objects.filter(verb="changed").values_list("details", flat=True))


def test_denied_keeps_the_old_key(printer, wire, manager, log_in):
    browser = log_in(manager)
    browser.post(address(printer))
    wire.machine.tokens.clear()
    refused = browser.get(address(printer), {"ask": "1"}, headers={"HX-Request": "true"})
    assert refused.headers["HX-Redirect"] == address(printer)
    assert "It was denied there" in browser.get(address(printer)).content.decode()
    assert key_of(printer) == "wrong"


def test_a_machine_that_is_away_says_so(printer, manager, log_in):
    Machine.objects.filter(pk=printer.pk).update(options={"host": "127.0.0.1:9"})
    page = log_in(manager).post(address(printer), follow=True).content.decode()
    assert "Cannot be reached" in page
