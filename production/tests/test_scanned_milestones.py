"""Milestones with the scanner: kept without a network, sent later, done once, taken back, or for a person to settle."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from inventory.models import ScanEvent
from inventory.scanning import events
from inventory.scanning.wire import Said
from production import milestones
from production.models import Milestone
from production.tests.ground import new_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(workspace, shop):
    with scope(workspace=workspace):
        return new_job(shop, "scanned")


def said(key, job, row, *, ago=timedelta(0), kind="reach", **data):
    at = timezone.now() - ago
    data = data or {"milestone": row.pk}
    return Said(f"event-{key}", kind, job.number, data, at, at)


def test_a_milestone_said_hours_ago_is_reached_at_that_time_once(scoped, job, operator, office):
    first = milestones.next_of(milestones.of(job))
    event = said("one", job, first, ago=timedelta(hours=2))
    assert events.take(event, scoped, operator).answer == "done"
    assert events.take(event, scoped, operator).answer == "already"
    first.refresh_from_db()
    assert (first.state, first.by, first.at) == ("reached", operator, event.at)
    again = said("two", job, first)
    assert events.take(again, scoped, office).result["before"] is True  # both said the same
    second = milestones.next_of(milestones.of(job))
    assert events.take(said("three", job, second, ago=timedelta(hours=1)), scoped, operator).answer == "done"
    back = said("four", job, second, ago=timedelta(minutes=59, seconds=30), kind="undo", of="event-three")
    assert events.take(back, scoped, operator).answer == "done"
    late = said("five", job, first, ago=timedelta(minutes=30), kind="undo", of="event-one")
    assert events.take(late, scoped, operator).answer == "conflict"
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.state) == ("reached", "open")


def test_what_cannot_be_done_any_more_is_kept_for_a_person(scoped, job, operator, office, person):
    first, second = milestones.of(job)[:2]
    open_now = milestones.next_of(milestones.of(job))
    rest = [row for row in milestones.of(job) if row.state == "open"]
    out_of_turn = events.take(said("one", job, rest[1]), scoped, operator)
    assert (out_of_turn.answer, "comes before" in out_of_turn.reason) == ("conflict", True)
    viewer = person("viewer", scoped)
    assert events.take(said("two", job, open_now), scoped, viewer).answer == "conflict"
    for key, data in (("three", {"milestone": 10**9}), ("four", {"milestone": "x"})):
        assert events.take(said(key, job, open_now, **data), scoped, operator).answer == "conflict"
    assert Milestone.objects.filter(job=job, state="open").count() == len(rest)
    assert ScanEvent.objects.filter(state="conflict").count() == 4
    milestones.reach(open_now, office)
    kept = ScanEvent.objects.get(key="event-one")
    assert kept.get_kind_display() == "Milestone reached"
    events.settle(kept, office)
    rest[1].refresh_from_db()
    assert (rest[1].state, rest[1].by) == ("reached", office)
    assert first.pk != second.pk


def test_a_device_keeps_what_comes_next_of_open_jobs(log_in, operator, workspace, job, shop, django_assert_num_queries):
    client = log_in(operator)
    client.get(reverse("floor:scan_known"))
    with scope(workspace=workspace):
        still = [{"pk": row.pk, "name": row.name} for row in milestones.of(job) if row.state == "open"]
    for more in ((), ("b", "c")):
        for key in more:
            new_job(shop, key)
        with django_assert_num_queries(11):
            found = client.get(reverse("floor:scan_known")).json()["jobs"]
    assert len(found) == 3
    assert found[-1] == {"kind": "job", "code": job.number, "title": "Brackets", "milestones": still}
