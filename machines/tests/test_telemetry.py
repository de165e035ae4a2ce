"""Readings become rows: changes once, progress seldom, nonsense not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from laseros.core.drivers import Reading, State
from machines import telemetry
from machines.models import Machine, MachineStatus, StateChange
from machines.signals import state_changed

START = timezone.now() - timedelta(hours=1)


def later(seconds: float):
    return START + timedelta(seconds=seconds)


@pytest.fixture
def laser(scoped):
    return Machine.objects.create(workspace=scoped, name="Läser 🦊", driver="simulator")


def running(progress: float | None = 0.0, **fields) -> Reading:
    return Reading(State.RUNNING, job_key="run-1", job_name="Bracket", progress=progress, **fields)


def changes(machine):
    rows = StateChange.objects.filter(machine=machine).order_by("id")
    return [(row.before, row.after, row.job_key, row.version) for row in rows]


def test_the_first_reading_makes_the_row(laser):
    change = telemetry.ingest(laser, running(0.25, seconds_left=90, values={"power_w": 2340}), later(0))
    assert (change.before, change.after, change.job_key, change.progress) == ("unknown", "running", "run-1", 0.25)
    status = MachineStatus.objects.get(machine=laser)
    assert (status.current, status.since, status.seen_at, status.job_name, status.progress, status.seconds_left) == (
        "running", later(0), later(0), "Bracket", 0.25, 90,
    )  # fmt: skip
    assert (status.values, status.version) == ({"power_w": 2340}, 1)


def test_only_a_new_state_or_job_is_a_change(laser):
    telemetry.ingest(laser, running(0.1), later(0))
    telemetry.ingest(laser, running(0.2), later(20))
    telemetry.ingest(laser, Reading(State.PAUSED, job_key="run-1", progress=0.2), later(21))
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="run-2"), later(22))
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="run-3"), later(23))
    assert changes(laser) == [
        ("unknown", "running", "run-1", 1),
        ("running", "paused", "run-1", 3),
        ("paused", "running", "run-2", 4),
        ("running", "running", "run-3", 5),
    ]
    assert MachineStatus.objects.get(machine=laser).since == later(23)


def test_progress_is_written_at_most_every_ten_seconds(laser):
    for second in range(60):
        telemetry.ingest(laser, running(second / 100), later(second))
    status = MachineStatus.objects.get(machine=laser)
    assert (status.version, status.progress, status.seen_at) == (6, 0.5, later(50))


def test_a_machine_with_nothing_new_is_noted_every_twenty_seconds(laser):
    for second in range(60):
        telemetry.ingest(laser, Reading(State.IDLE), later(second))
    status = MachineStatus.objects.get(machine=laser)
    assert (status.version, status.seen_at, status.since) == (3, later(40), later(0))


def test_a_reading_too_soon_costs_one_query_and_no_write(laser, django_assert_num_queries):
    telemetry.ingest(laser, running(0.1), later(0))
    with django_assert_num_queries(1):
        assert telemetry.ingest(laser, running(0.2), later(1)) is None


def test_late_and_doubled_readings_change_nothing(laser):
    telemetry.ingest(laser, running(0.5), later(30))
    telemetry.ingest(laser, Reading(State.FINISHED, job_key="run-1", progress=1.0), later(40))
    assert telemetry.ingest(laser, running(0.6), later(35)) is None
    assert telemetry.ingest(laser, Reading(State.FINISHED, job_key="run-1", progress=1.0), later(40)) is None
    assert [row[1] for row in changes(laser)] == ["running", "finished"]
    assert MachineStatus.objects.get(machine=laser).current == "finished"


def test_a_clock_that_runs_ahead_is_not_believed(laser):
    telemetry.ingest(laser, running(0.5), timezone.now() + timedelta(days=3))
    assert MachineStatus.objects.get(machine=laser).seen_at <= timezone.now()


def test_impossible_numbers_are_not_known(laser):
    telemetry.ingest(
        laser,
        Reading(
            "dancing",
            raw_state="\x00" + "x" * 200,
            job_name="🦊 half \ud83d",
            progress=float("nan"),
            seconds_left=-7,
            message="m" * 1000,
            values={"a": float("inf"), "b": 60.0, "c": "hot", "d": True, "e": 10**400},
        ),
        later(0),
    )
    status = MachineStatus.objects.get(machine=laser)
    assert (status.current, status.raw_state, status.job_name) == ("unknown", "x" * 80, "🦊 half ?")
    assert (status.progress, status.seconds_left, len(status.message), status.values) == (None, None, 300, {"b": 60.0})


@pytest.mark.parametrize(
    ("said", "known"), [(1.7, 1.0), (-0.2, 0.0), (None, None), ("0.5", None), (True, None), (float("inf"), None)]
)
def test_progress_is_a_share(said, known):
    assert telemetry.believable(running(said)).progress == known


def test_offline_leaves_the_work_open(laser):
    telemetry.ingest(laser, running(0.5), later(0))
    change = telemetry.offline(laser, "no route")
    assert (change.before, change.after, change.job_key, change.message) == ("running", "offline", "run-1", "no route")
    assert telemetry.offline(laser, "no route") is None
    status = MachineStatus.objects.get(machine=laser)
    assert (status.current, status.job_name, status.progress, status.seen_at) == ("offline", "Bracket", 0.5, later(0))
    back = telemetry.ingest(laser, running(0.8), timezone.now())
    assert (back.before, back.after, back.job_key) == ("offline", "running", "run-1")


def test_another_reason_for_being_offline_is_said_but_is_no_change(laser):
    telemetry.offline(laser, "no route")
    assert telemetry.offline(laser, "the access code is wrong") is None
    assert MachineStatus.objects.get(machine=laser).message == "the access code is wrong"
    assert len(changes(laser)) == 1


def test_two_writers_make_one_change(laser):
    """The other one wrote between our look and our write."""
    telemetry.ingest(laser, running(0.5), later(0))
    before = telemetry.status_of(laser)
    telemetry.ingest(laser, Reading(State.FINISHED, job_key="run-1"), later(5))
    written = telemetry._write(laser, before, Reading(State.PAUSED, job_key="run-1"), later(6), seen_at=later(6))
    assert written == (False, None)
    assert [row[1] for row in changes(laser)] == ["running", "finished"]


def test_other_rooms_hear_of_it_after_commit(laser, django_capture_on_commit_callbacks):
    heard = []

    def deaf(**said):
        raise RuntimeError("a broken receiver")

    def listen(machine, change, **said):
        heard.append((machine.name, change.after))

    state_changed.connect(deaf)
    state_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            telemetry.ingest(laser, running(0.1), later(0))
            assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            telemetry.ingest(laser, running(0.2), later(11))
    finally:
        state_changed.disconnect(deaf)
        state_changed.disconnect(listen)
    assert heard == [("Läser 🦊", "running")]


def test_stale_is_for_machines_that_talk(laser, workspace):
    telemetry.ingest(laser, running(0.5), later(0))
    status = telemetry.status_of(laser)
    assert not telemetry.is_stale(laser, status, later(60))
    assert telemetry.is_stale(laser, status, later(61))
    with scope(workspace=workspace):
        by_hand = Machine.objects.create(workspace=workspace, name="By hand", driver="manual")
    telemetry.ingest(by_hand, running(None), later(0))
    assert not telemetry.is_stale(by_hand, telemetry.status_of(by_hand), later(9999))
