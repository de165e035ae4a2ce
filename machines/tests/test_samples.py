"""What is kept of a machine's temperatures, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from django_scopes import scope

from machines import samples
from machines.models import Machine, Sample

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.usefixtures("scoped")
def test_a_month_is_kept_whole_then_one_an_hour_and_after_a_year_none(workspace):
    machine = Machine.objects.create(workspace=workspace, name="P1")
    other = Machine.objects.create(workspace=workspace, name="P2")
    lately, long_ago, forgotten = NOW - timedelta(days=29), NOW - timedelta(days=40), NOW - timedelta(days=366)
    for begin in (lately, long_ago, forgotten):
        for minutes in (0, 10, 50, 60):
            Sample.objects.create(workspace=workspace, machine=machine, at=begin + timedelta(minutes=minutes))
    Sample.objects.create(workspace=workspace, machine=other, at=long_ago + timedelta(minutes=50))
    assert samples.tidy(NOW) == 6
    kept = Sample.objects.order_by("machine__name", "at").values_list("machine__name", "at")
    assert list(kept) == [
        ("P1", long_ago),
        ("P1", long_ago + timedelta(minutes=60)),
        *(("P1", lately + timedelta(minutes=minutes)) for minutes in (0, 10, 50, 60)),
        ("P2", long_ago + timedelta(minutes=50)),
    ]
    assert samples.tidy(NOW) == 0


def test_the_night_tidies_every_business_without_a_scope(workspace):
    with scope(workspace=workspace):
        machine = Machine.objects.create(workspace=workspace, name="P1")
        Sample.objects.create(workspace=workspace, machine=machine, at=NOW - timedelta(days=400))
    assert samples.tidy(NOW) == 1
