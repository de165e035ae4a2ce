"""Our copies of printer files: what a rule proposes, what the worker then deletes, and how much room they take."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Activity
from laseros.core.errors import Refused
from machines.files import cleaning, space
from machines.files.cleaning import HERE, Rule
from machines.models import Machine, MachineJob, PrintFile
from machines.signals import files_needed

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]
CLEAN_UP, ROOM = "/admin/machines/printfile/clean-up/", "/admin/machines/printfile/room/"


@pytest.fixture
def printer(workspace):
    return Machine.objects.create(workspace=workspace, name="P1", kind="printer", driver="moonraker")


def a_file(workspace, name, *, machine=None, size=1000, days=0, sha256="", state=None) -> PrintFile:
    sha256 = sha256 or (name.encode().hex() * 8)[:64].ljust(64, "0")
    stored = f"{workspace.pk}/prints/{sha256}.bin"
    if not default_storage.exists(stored):
        default_storage.save(stored, ContentFile(b"G1"))
    return PrintFile.objects.create(
        workspace=workspace, machine=machine, path=name if machine else "", name=name, size=size, content=stored,
        sha256=sha256, state=state or ("downloaded" if machine else "local"),
        created_at=timezone.now() - timedelta(days=days),
    )  # fmt: skip


def printed(machine, file, outcome="finished", grams=10.0, key=""):
    now = timezone.now()
    over = {"ended_at": now, "outcome": outcome} if outcome else {}
    return MachineJob.objects.create(workspace=machine.workspace, machine=machine, key=key or f"{file}-{outcome}",
                                     file=file, started_at=now, grams=grams, **over)  # fmt: skip


def names(rule: Rule) -> list[str]:
    return sorted(row.name for row in cleaning.propose(rule).files)


def test_what_a_rule_proposes(workspace, printer):
    a_file(workspace, "old.gcode", days=100)
    a_file(workspace, "new.gcode", size=3_000_000)
    a_file(workspace, "vase.gcode", machine=printer, size=2_500_000, days=40)
    a_file(workspace, "failed.gcode", machine=printer)
    a_file(workspace, "moving.gcode", machine=printer, days=500, state="sending")
    PrintFile.objects.create(workspace=workspace, machine=printer, path="far.gcode", name="far.gcode", size=10**9)
    printed(printer, "vase.gcode")
    printed(printer, "failed.gcode", "failed")
    assert names(Rule(days=30)) == ["old.gcode", "vase.gcode"]
    assert names(Rule(megabytes=2)) == ["new.gcode", "vase.gcode"]
    assert names(Rule(days=30, megabytes=2)) == ["vase.gcode"]
    assert names(Rule(printed=True)) == ["vase.gcode"]
    assert names(Rule(machine=str(printer.pk))) == ["failed.gcode", "vase.gcode"]
    assert names(Rule(machine=HERE)) == ["new.gcode", "old.gcode"]
    with pytest.raises(Refused) as refusal:
        cleaning.propose(Rule())
    assert refusal.value.code == "rule"


def test_what_work_needs_stays_and_shared_content_frees_nothing(workspace, printer):
    busy, wanted = a_file(workspace, "busy.gcode", machine=printer, days=9), a_file(workspace, "wanted.gcode", days=9)
    a_file(workspace, "twin.gcode", machine=printer, days=9, sha256="ab" * 32, size=500)
    a_file(workspace, "twin2.gcode", sha256="ab" * 32, size=500)
    a_file(workspace, "alone.gcode", days=9, size=70)
    printed(printer, "busy.gcode", "")

    def needs(sender, **kwargs):
        return {wanted.sha256}

    files_needed.connect(needs)
    try:
        found = cleaning.propose(Rule(days=5))
        assert sorted(row.name for row in found.files) == ["alone.gcode", "twin.gcode"]
        assert (found.needed, found.freed, found.more) == (2, 70, False)
        cleaning.clear({"days": 5}, [row.pk for row in (*found.files, busy, wanted)], None)
    finally:
        files_needed.disconnect(needs)
    assert set(PrintFile.objects.exclude(content="").values_list("name", flat=True)) == {
        "busy.gcode", "wanted.gcode", "twin2.gcode",
    }  # fmt: skip
    assert PrintFile.objects.get(name="twin.gcode").state == "available"
    assert not PrintFile.objects.filter(name="alone.gcode").exists()


def test_the_page_previews_and_the_worker_deletes_what_was_shown(workspace, printer, manager, office, log_in, run_work):
    old = a_file(workspace, "old.gcode", days=100)
    browser = log_in(manager)
    assert CLEAN_UP in browser.get("/admin/machines/printfile/").content.decode()
    shown = browser.get(CLEAN_UP, {"days": "30"}).content.decode()
    assert "old.gcode" in shown
    assert "1 file would be deleted here" in shown
    assert "Say at least one thing" in browser.get(CLEAN_UP, {"days": ""}).content.decode()
    later = a_file(workspace, "later.gcode", days=100)
    browser.post(CLEAN_UP, {"days": "200", "files": str(later.pk)})  # it does not meet that
    browser.post(CLEAN_UP, {"days": "30", "files": f"{old.pk},x,"})
    assert PrintFile.objects.count() == 2  # not in the request
    run_work()
    assert [row.name for row in PrintFile.objects.all()] == ["later.gcode"]
    assert Activity.objects.filter(verb="deleted", actor=manager).count() == 1
    browser.post(CLEAN_UP, {"days": "30", "files": ""})
    assert log_in(office).post(CLEAN_UP, {"days": "30", "files": str(later.pk)}).status_code == 403
    run_work()
    assert PrintFile.objects.count() == 1


def test_what_is_ordered_while_files_are_being_deleted_stays(workspace):
    rows = [a_file(workspace, f"{name}.gcode", days=9) for name in ("first", "second")]

    def needs(sender, **kwargs):
        """As soon as the first one is gone somebody orders what is made from the second."""
        return set() if PrintFile.objects.filter(name="first.gcode").exists() else {rows[1].sha256}

    files_needed.connect(needs)
    try:
        cleaning.clear({"days": 5}, [row.pk for row in rows], None)
    finally:
        files_needed.disconnect(needs)
    assert list(PrintFile.objects.values_list("name", flat=True)) == ["second.gcode"]


@pytest.mark.parametrize("said", ["987654321", "9" * 5000, "²"])
def test_files_that_are_not_there_are_nothing_to_clear(workspace, manager, log_in, said):
    answer = log_in(manager).post(CLEAN_UP, {"days": "30", "files": said})
    assert "There is nothing to clear." in answer.content.decode()


def test_room(workspace, printer, office, log_in):
    a_file(workspace, "a.gcode", size=3_000_000, sha256="ab" * 32)
    a_file(workspace, "b.gcode", machine=printer, size=3_000_000, sha256="ab" * 32)
    a_file(workspace, "c.gcode", machine=printer, size=1_000_000, days=40)
    PrintFile.objects.create(workspace=workspace, machine=printer, path="far.gcode", name="far.gcode", size=10**9)
    for number in range(3):
        printed(printer, "b.gcode", key=str(number))
    printed(printer, "b.gcode", "cancelled")
    assert space.whole() == (2, 4_000_000)
    assert [(row["where"], row["listed"], row["here"], row["bytes"]) for row in space.by_machine()] == [
        ("P1", 3, 2, 4_000_000), (None, 1, 1, 3_000_000),
    ]  # fmt: skip
    months = space.by_month()
    assert (len(months), sum(month.bytes for month in months)) == (12, 4_000_000)
    assert (months[-1].first.day, sum(month.count for month in months)) == (1, 2)
    assert [(row["file"], row["times"], row["grams"]) for row in space.most_printed()] == [("b.gcode", 3, 30.0)]
    page = log_in(office).get(ROOM).content.decode()
    assert 'class="lo-bar-used"' in page
    assert CLEAN_UP not in page


def test_months_end_with_this_one(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 2, 28, 12, tzinfo=UTC))
    months = space._last_months()
    assert (str(months[0]), str(months[-1])) == ("2025-03-01", "2026-02-01")
