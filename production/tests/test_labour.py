"""People's time: one clock for a person, forgotten ones asked about, corrected with a reason, added up by the week."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from billing.models import PriceRules
from laseros.core.errors import Refused
from laseros.tests.ground import figures_joined
from production import jobs
from production.labour import clocks, weeks
from production.models import LabourTime
from production.tests.ground import new_job

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Africa/Johannesburg")


@pytest.fixture(autouse=True)
def _noon():
    """Clocks here began hours ago, and a clock from yesterday is another matter."""
    with time_machine.travel(timezone.now().replace(hour=10, minute=0, second=0, microsecond=0), tick=True):
        yield


@pytest.fixture
def job(workspace, shop, office):
    with scope(workspace=workspace):
        return new_job(shop, "first")


def ago(clock, **back):
    LabourTime.objects.filter(pk=clock.pk).update(started_at=timezone.now() - timedelta(**back))
    return LabourTime.objects.select_related("job", "person").get(pk=clock.pk)


def test_one_clock_runs_for_a_person_and_another_start_stops_it(scoped, job, shop, office, operator):
    other = new_job(shop, "other")
    operation = job.lines.get().operations.get()
    first = clocks.start(operator, job, operation)
    assert clocks.start(operator, job, operation).pk == first.pk  # pressed twice
    with pytest.raises(IntegrityError), transaction.atomic():
        LabourTime.objects.create(workspace=scoped, person=operator, job=other)
    ago(first, minutes=90)
    clocks.pause(first, operator)
    with pytest.raises(Refused):
        clocks.pause(first, operator)
    LabourTime.objects.filter(pk=first.pk).update(paused_at=timezone.now() - timedelta(minutes=30))
    clocks.resume(first, operator)
    second = clocks.start(operator, other)
    first.refresh_from_db()
    assert (first.state, second.state, second.operation) == ("stopped", "running", None)
    assert abs(first.seconds - 3600) <= 2  # ninety minutes, of them thirty paused
    assert clocks.stop(first, operator).seconds == first.seconds  # pressed twice
    clocks.start(office, job)  # somebody else's is their own
    assert LabourTime.objects.filter(state="running").count() == 2
    jobs.cancel(other, office)
    clocks.stop(second, operator)
    with pytest.raises(Refused) as refused:
        clocks.start(operator, other)
    assert refused.value.code == "state"


@pytest.mark.every_database
def test_a_forgotten_clock_is_asked_about_and_not_guessed(log_in, workspace, job, operator):
    client = log_in(operator)
    client.post(reverse("floor:time_start"), {"job": job.pk})
    with scope(workspace=workspace), timezone.override(HERE):
        clock = LabourTime.objects.get()
        yesterday = timezone.localtime() - timedelta(days=1)
        began = yesterday.replace(hour=8, minute=0, second=0, microsecond=0)
        LabourTime.objects.update(started_at=began)
    assert "since" in client.get(reverse("floor:times")).content.decode()
    stop = reverse("floor:time_stop", args=[clock.pk])
    assert client.post(stop).status_code == 409
    assert client.post(stop, {"until": f"{began - timedelta(hours=1):%Y-%m-%dT%H:%M}"}).status_code == 422
    assert client.post(stop, {"until": f"{began + timedelta(hours=17):%Y-%m-%dT%H:%M}"}).status_code == 422
    with scope(workspace=workspace):
        assert LabourTime.objects.get().state == "running"
    assert client.post(stop, {"until": f"{began + timedelta(hours=8):%Y-%m-%dT%H:%M}"}).status_code == 302
    with scope(workspace=workspace):
        assert LabourTime.objects.get().seconds == 8 * 3600


def test_a_correction_has_a_reason_and_the_log_keeps_both(log_in, workspace, job, operator, office, client):
    with scope(workspace=workspace):
        clock = clocks.stop(ago(clocks.start(operator, job), hours=3), operator)
        theirs = clocks.stop(ago(clocks.start(office, job), hours=1), office)
    log_in(operator)
    address = reverse("floor:time_correct", args=[clock.pk])
    start = timezone.localtime(clock.started_at, HERE).replace(second=0, microsecond=0)
    said = {"started_at": f"{start:%Y-%m-%dT%H:%M}", "stopped_at": f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}"}
    assert client.post(address, {**said, "why": ""}).status_code == 422
    assert client.post(reverse("floor:time_correct", args=[theirs.pk]), {**said, "why": "x"}).status_code == 404
    assert client.post(address, {**said, "why": "lunch"}).status_code == 302
    with scope(workspace=workspace):
        fresh = LabourTime.objects.get(pk=clock.pk)
        assert (fresh.seconds, fresh.corrected) == (7200, True)
        told = Activity.objects.get(verb="corrected")
        assert (told.actor, told.details["why"]) == (operator, "lunch")
        assert told.details["stopped"][0] == str(clock.stopped_at)
    client.logout()
    log_in(office)
    address = reverse("admin:production_labourtime_verb", args=[clock.pk, "correct"])
    said["stopped_at"] = f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    assert client.post(address, {**said, "why": "agreed"}).status_code == 302
    with scope(workspace=workspace):
        assert LabourTime.objects.get(pk=clock.pk).seconds == 3600


def test_the_weekly_sheet_adds_up_by_person_and_by_job(log_in, workspace, job, operator, office, client):
    with scope(workspace=workspace), timezone.override(HERE):
        for person, day, hours in ((operator, 23, 2), (operator, 24, 3), (office, 24, 1.5)):
            start = datetime(2026, 11, day, 8, tzinfo=HERE)
            LabourTime.objects.create(
                workspace=workspace, person=person, job=job, state="stopped", started_at=start,
                stopped_at=start + timedelta(hours=hours), seconds=hours * 3600,
            )  # fmt: skip
        rows = weeks.sheet(weeks.monday_of("2026-W48"), "job")
        assert [(row.days[:2], row.total) for row in rows] == [([7200, 16200], 23400)]
        assert [row.label for row in weeks.sheet(weeks.monday_of("2026-W48"), "person")] == ["Office", "Operator"]
        PriceRules.objects.update(labour_hour=Decimal(300))
        assert weeks.of_job(job).cost == Decimal("1950.00")
    log_in(office)
    page = client.get(reverse("admin:production_labourtime_week"), {"week": "2026-W48"}).content.decode()
    assert "Operator" in page
    assert "6 h 30 min" in page
    file = client.get(reverse("admin:production_labourtime_week_export", args=["csv"]), {"week": "2026-W48"})
    assert file.content.decode("utf-8-sig").splitlines()[2].startswith("Operator,2.0,3.0,0.0")
    page = client.get(reverse("admin:production_job_change", args=[job.pk]))
    assert "195000" in figures_joined(page.content.decode())
    for kind, status in (("xlsx", 200), ("pdf", 404)):
        assert client.get(reverse("admin:production_labourtime_week_export", args=[kind])).status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_times_ask_the_same_however_many(rows, log_in, workspace, job, operator, office, django_assert_num_queries):
    with scope(workspace=workspace):
        for _number in range(rows):
            clocks.stop(clocks.start(operator, job), operator)
    client = log_in(operator)
    with django_assert_num_queries(6):
        assert client.get(reverse("floor:times")).status_code == 200
    client.logout()
    client.force_login(office, backend="accounts.backends.WorkspaceRoleBackend")
    with django_assert_num_queries(8):
        assert client.get(reverse("admin:production_labourtime_changelist")).status_code == 200
    with django_assert_num_queries(6):
        assert client.get(reverse("admin:production_labourtime_week")).status_code == 200
