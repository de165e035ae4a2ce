"""Which machines need a person: the one that waits longest first, and none that helps itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from machines import attention
from machines.models import Machine, MachineJob, MachineStatus

pytestmark = pytest.mark.usefixtures("scoped")


def machine(workspace, name, state, minutes, driver="bambu", **status):
    row = Machine.objects.create(workspace=workspace, name=name, kind="printer", driver=driver)
    now = timezone.now()
    since = now - timedelta(minutes=minutes)
    MachineStatus.objects.create(
        workspace=workspace, machine=row, current=state, since=since, **{"seen_at": now, **status}
    )
    return row


def test_oldest_first_and_only_what_needs_somebody(workspace, operator, office):
    machine(workspace, "working", "running", 90)
    machine(workspace, "by hand", "error", 90, driver="manual")
    machine(workspace, "just away", "offline", 2)
    machine(workspace, "broken", "error", 10, message="the nozzle is clogged")
    done = machine(workspace, "done", "finished", 30)
    away = machine(workspace, "away", "offline", 60, message="no route")
    machine(workspace, "silent", "running", 90, seen_at=timezone.now() - timedelta(minutes=5))
    printed = MachineJob.objects.create(
        workspace=workspace, machine=done, key="7", name="Toy", started_at=timezone.now() - timedelta(hours=3),
        ended_at=timezone.now() - timedelta(hours=2), outcome="finished",
    )  # fmt: skip
    found = [(need.machine.name, need.what, need.why, need.tone) for need in attention.needs(operator)]
    assert found == [
        ("done", "Nobody has said whose it is", "Toy", "info"),
        ("away", "Not connected", "no route", "warning"),
        ("done", "It is done and has to be cleared", "", "success"),
        ("broken", "It has stopped with an error", "the nozzle is clogged", "danger"),
        ("silent", "Nothing is heard of it", "", "warning"),
    ]
    urls = {need.what: need.url for need in attention.needs(operator)}
    assert urls["Not connected"] == ""  # the doctor is not for operators
    assert urls["Nobody has said whose it is"] == f"/floor/whose/#work-{printed.pk}"
    manager_sees = {need.what: need.url for need in attention.needs(office)}
    assert manager_sees["Not connected"] in ("", f"/admin/machines/machine/{away.pk}/doctor/")


def test_the_page_and_where_it_is_found(workspace, operator, log_in):
    machine(workspace, "broken", "error", 10)
    browser = log_in(operator)
    page = browser.get("/board/needs/").content.decode()
    assert "It has stopped with an error" in page
    assert "/board/needs/" in browser.get("/board/").content.decode()


def test_nobody_is_needed(operator, log_in):
    assert "Nobody is needed" in log_in(operator).get("/board/needs/").content.decode()
