"""Files on machines and here: found, fetched, sent, cancelled and given back, against simulators on the wire."""

import asyncio
import hashlib
import threading

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Activity
from laseros.core.drivers import RemoteFile
from laseros.core.errors import Refused
from machines import drivers, sealing
from machines.files import finding, moving
from machines.forms import settings_of
from machines.models import Command, Machine, MachineStatus, PrintFile
from machines.simulators.wire.starting import simulator
from machines.tests.gcode import files as made

pytestmark = pytest.mark.usefixtures("scoped")
WIRES = ("bambu", "prusalink", "octoprint", "moonraker")
GCODE = made.prusa(moves="G1 X1 Y1 E.01\n" * 2000)


class OnTheWire:
    """A simulated machine with a loop in a thread of its own: the house speaks to it as to any other."""

    def __init__(self, driver: str):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.machine = simulator(driver)
        self.do(self.machine.start())

    def do(self, deed):
        return asyncio.run_coroutine_threadsafe(deed, self.loop).result(60)

    def stop(self):
        self.do(self.machine.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    @property
    def files(self) -> dict[str, bytes]:
        return self.machine.printing.files


@pytest.fixture
def wire(request):
    found = OnTheWire(getattr(request, "param", "moonraker"))
    yield found
    found.stop()


@pytest.fixture
def printer(wire, request, workspace):
    driver = (getattr(request.node, "callspec", None) and request.node.callspec.params.get("wire")) or "moonraker"
    options = wire.machine.options
    secret = {setting.name for setting in settings_of(driver) if setting.secret}
    return Machine.objects.create(
        workspace=workspace, name="P1", kind="printer", driver=driver,
        options={name: value for name, value in options.items() if name not in secret},
        sealed=sealing.sealed({name: value for name, value in options.items() if name in secret}),
    )  # fmt: skip


def rows():
    return [(row.name, row.state, row.size) for row in PrintFile.objects.order_by("name")]


def bring(workspace, operator, name="Bracket.gcode", content=None):
    return moving.add(workspace, SimpleUploadedFile(name, content or GCODE), operator)


@pytest.mark.parametrize("wire", WIRES, indirect=True)
def test_sent_found_fetched(wire, printer, workspace, operator, run_work):
    mine = bring(workspace, operator, "Bracket.gcode.3mf" if printer.driver == "bambu" else "Bracket.gcode")
    sent = moving.send(mine, printer, operator)
    assert moving.send(mine, printer, operator) == sent  # asked twice
    run_work()
    sent.refresh_from_db()
    assert (sent.state, sent.reason, sent.sha256) == ("downloaded", "", hashlib.sha256(GCODE).hexdigest())
    assert list(wire.files.values()) == [GCODE]
    PrintFile.objects.filter(pk=sent.pk).delete()  # as if somebody else had put it there
    finding.find(printer.pk)
    found = PrintFile.objects.get(machine=printer)
    assert (found.state, found.content.name) == ("available", "")
    moving.fetch(found, operator)
    run_work()
    found.refresh_from_db()
    assert (found.state, found.sha256, found.reason) == ("downloaded", mine.sha256, "")
    assert (found.facts["slicer"], found.facts["grams"]) == (mine.facts["slicer"], mine.facts["grams"])
    with found.content.open("rb") as stored:
        assert stored.read() == GCODE


def test_what_the_machine_lists_is_what_is_shown(printer):
    listed = [RemoteFile("a/Vase 🦊.gcode", 10), RemoteFile("b.gcode", 20), RemoteFile("notes.txt", 5)]
    finding.take(printer, listed)
    finding.take(printer, listed)
    assert rows() == [("Vase 🦊.gcode", "available", 10), ("b.gcode", "available", 20)]
    finding.take(printer, listed[1:])
    assert rows() == [("b.gcode", "available", 20)]


def test_what_is_here_too_stays_when_the_machine_loses_it(printer, workspace):
    finding.take(printer, [RemoteFile("b.gcode", 20)])
    PrintFile.objects.update(state="downloaded", content="kept.bin", sha256="ab" * 32)
    finding.take(printer, [])
    assert rows() == [("b.gcode", "local", 20)]
    finding.take(printer, [RemoteFile("b.gcode", 20)])
    assert rows() == [("b.gcode", "downloaded", 20)]
    finding.take(printer, [RemoteFile("b.gcode", 21)])  # another file of that name
    row = PrintFile.objects.get()
    assert (row.state, row.content.name, row.sha256, row.size) == ("available", "", "", 21)


def test_a_file_that_is_gone_says_so(printer, operator, run_work, wire):
    finding.take(printer, [RemoteFile("gone.gcode", 20)])
    row = PrintFile.objects.get()
    moving.fetch(row, operator)
    run_work()
    row.refresh_from_db()
    assert (row.state, row.content.name) == ("available", "")
    assert row.reason


def test_another_size_than_listed_is_no_file(printer, wire, operator, run_work):
    wire.files["b.gcode"] = GCODE
    finding.take(printer, [RemoteFile("b.gcode", 20)])
    row = PrintFile.objects.get()
    moving.fetch(row, operator)
    run_work()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("available", f"Only {len(GCODE)} of 20 bytes arrived.")


def test_cancelled_before_it_began(printer, operator, workspace, run_work, wire):
    mine = bring(workspace, operator)
    sent = moving.send(mine, printer, operator)
    moving.cancel(sent, operator)
    run_work()
    sent.refresh_from_db()
    assert (sent.state, wire.files) == ("local", {})


def test_the_same_content_is_stored_once_and_given_back_when_nobody_has_it(printer, operator, workspace, run_work):
    mine = bring(workspace, operator)
    assert bring(workspace, operator, "again.gcode") == mine
    sent = moving.send(mine, printer, operator)
    run_work()
    sent.refresh_from_db()
    assert sent.content.name == mine.content.name
    moving.remove(mine, operator)
    assert default_storage.exists(sent.content.name)
    name = sent.content.name
    moving.forget(sent, operator)
    assert not default_storage.exists(name)
    with pytest.raises(Refused):
        moving.remove(PrintFile.objects.get(pk=sent.pk), operator)
    assert Activity.objects.filter(verb="deleted").count() == 2


def test_the_pages(printer, office, manager, log_in, run_work, wire):
    wire.files["Bracket.gcode"] = GCODE
    MachineStatus.objects.create(workspace=printer.workspace, machine=printer, current="idle")
    browser = log_in(manager)
    browser.post(f"/admin/machines/machine/{printer.pk}/do/look/")
    run_work()
    row = PrintFile.objects.get()
    listing = browser.get("/admin/machines/printfile/").content.decode()
    assert "Bracket.gcode" in listing
    answer = browser.post(
        "/admin/machines/printfile/", {"action": "fetch_all", "_selected_action": [row.pk]}, follow=True
    )
    assert answer.status_code == 200
    run_work()
    row.refresh_from_db()
    assert row.state == "downloaded"
    content = browser.get(f"/admin/machines/printfile/{row.pk}/download/")
    assert b"".join(content.streaming_content) == GCODE
    assert content.headers["Content-Disposition"] == 'attachment; filename="Bracket.gcode"'
    browser.post(f"/admin/machines/printfile/{row.pk}/do/print/")
    assert Command.objects.get().arguments == {"file": "Bracket.gcode"}
    assert log_in(office).post(f"/admin/machines/printfile/{row.pk}/do/forget/").status_code == 403


def test_many_to_a_machine_and_cancelled(printer, manager, office, log_in, workspace, run_work, wire):
    """Two are sent at once, of three one is cancelled, and what is not here is not offered."""
    mine = [bring(workspace, manager, f"{name}.gcode", GCODE + name.encode()) for name in ("a", "b", "c")]
    far = PrintFile.objects.create(workspace=workspace, machine=printer, name="far.gcode", path="far.gcode")
    browser = log_in(manager)
    chosen = {"action": "send_all", "_selected_action": [file.pk for file in (*mine, far)]}
    page = browser.post("/admin/machines/printfile/", chosen, follow=True)
    assert ("a.gcode" in page.content.decode(), "far.gcode" in page.content.decode()) == (True, False)
    asked = {"files": ",".join(str(file.pk) for file in (*mine, far)), "machines": [printer.pk]}
    assert (
        "machines" in browser.post("/admin/machines/printfile/send/", asked | {"machines": []}).context["form"].errors
    )
    moved = browser.post("/admin/machines/printfile/send/", asked, follow=True)
    assert [file.name for file in moved.context["files"]] == ["a.gcode", "b.gcode", "c.gcode"]
    assert moved.content.decode().count("<progress") == 3
    third = PrintFile.objects.get(machine=printer, name="c.gcode")
    assert log_in(office).post("/admin/machines/printfile/moving/").status_code == 403
    browser = log_in(manager)
    browser.post("/admin/machines/printfile/moving/", {"files": third.pk})
    run_work()
    assert sorted(wire.files) == ["a.gcode", "b.gcode"]
    sent = PrintFile.objects.filter(machine=printer).exclude(pk=far.pk).order_by("name")
    assert [(row.state, row.done_bytes) for row in sent] == [
        ("downloaded", len(GCODE) + 1), ("downloaded", len(GCODE) + 1), ("local", 0)
    ]  # fmt: skip
    page = browser.get("/admin/machines/printfile/moving/").content.decode()
    assert ("Nothing is on its way." in page, "c.gcode" in page, "Cancelled." in page) == (True, True, True)


def test_all_that_is_on_its_way_is_cancelled(printer, manager, log_in, workspace, run_work, wire):
    for name in ("a", "b"):
        moving.send(bring(workspace, manager, f"{name}.gcode", GCODE + name.encode()), printer, manager)
    log_in(manager).post("/admin/machines/printfile/moving/")
    run_work()
    assert (wire.files, PrintFile.objects.filter(machine=printer, state="local").count()) == ({}, 2)


def test_a_file_of_ones_own(manager, log_in, workspace):
    browser = log_in(manager)
    browser.post("/admin/machines/printfile/add/", {"upload": SimpleUploadedFile("Vase.gcode", GCODE)})
    assert rows() == [("Vase.gcode", "local", len(GCODE))]
    refused = browser.post("/admin/machines/printfile/add/", {"upload": SimpleUploadedFile("Vase.exe", GCODE)})
    assert "No machine prints files of this kind." in refused.content.decode()
    assert len(rows()) == 1


def test_every_driver_with_files_is_shown_here():
    assert sorted(name for name in drivers.DRIVERS if "files" in drivers.capabilities(name)) == sorted(WIRES)
