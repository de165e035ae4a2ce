"""Machine jobs: one row for each piece of work, with the right outcome, whatever was missed in between."""

from datetime import timedelta

import pytest
from django.utils import timezone

from laseros.core.drivers import Ended, Outcome, Reading, State
from laseros.core.errors import Refused
from machines import machine_jobs, telemetry
from machines.models import Machine, MachineJob, MachineStatus, StateChange
from machines.signals import work_began, work_ended

START = timezone.now() - timedelta(hours=2)


def at(seconds: float):
    return START + timedelta(seconds=seconds)


@pytest.fixture
def printer(scoped):
    return Machine.objects.create(workspace=scoped, name="P1", kind="printer", driver="bambu")


@pytest.fixture
def say(printer):
    """say(seconds, state, …) -> nothing: one reading at that moment."""

    def tell(seconds, state, **said):
        telemetry.ingest(printer, Reading(State(state), **said), at(seconds))

    return tell


def rows():
    return [
        (job.key, job.outcome, None if job.ended_at is None else (job.ended_at - START).total_seconds())
        for job in MachineJob.objects.order_by("started_at", "id")
    ]


def test_a_finish_at_first_contact_is_history(say):
    say(0, "finished", job_key="7", outcome=Outcome.FINISHED)
    say(30, "idle", job_key="7", outcome=Outcome.CANCELLED, ended=(Ended(Outcome.FINISHED, "6", at=at(-50)),))
    assert rows() == []


def test_a_list_that_tells_what_was_cut_is_believed_once(say):
    """The number of the second is only in the list: while it was at it, the machine gave none."""
    told = {"pierces": 56.0, "cut_seconds": 350.5, "material": "S235", "parts": 4.0}
    say(0, "idle")
    say(10, "running", job_key="a@1", file="a.lxds")
    say(400, "idle")
    say(500, "running", file="b.lxds")
    first = Ended(Outcome.FINISHED, "a@1", file="a.lxds", at=at(395), metres=12.5, facts=told)
    second = Ended(Outcome.CANCELLED, "b@1", file="b.lxds", at=at(790), facts={"pierces": 1e12})
    unseen = Ended(Outcome.FINISHED, "c@1", file="c.lxds", at=at(450), began=at(420), reported=True, facts=told)
    for seconds in (800, 900):
        say(seconds, "idle", ended=(first, second, unseen))
    numbered = MachineJob.objects.order_by("started_at").values_list("file", "outcome", "pierces", "cut_seconds")
    assert list(numbered) == [
        ("a.lxds", "finished", 56, 350.5), ("c.lxds", "finished", 56, 350.5), ("b.lxds", "cancelled", None, None),
    ]  # fmt: skip
    job = MachineJob.objects.get(file="a.lxds")
    assert (job.metres, job.facts) == (12.5, {"material": "S235", "parts": 4.0})
    assert list(MachineJob.objects.filter(reported=True).values_list("file", flat=True)) == ["c.lxds"]


def test_one_row_for_a_print_however_often_its_end_is_told(say):
    say(0, "idle")
    say(10, "preparing", job_key="7", job_name="Bracket", file="b.3mf", values={"grams": 40.0})
    say(30, "running", job_key="7", progress=0.1)
    say(500, "finished", job_key="7", outcome=Outcome.FINISHED, progress=1.0)
    say(520, "finished", job_key="7", outcome=Outcome.FINISHED, progress=1.0)
    say(600, "idle")
    say(700, "finished", job_key="7", outcome=Outcome.FINISHED)  # said again after a reconnect
    assert rows() == [("7", "finished", 500.0)]
    job = MachineJob.objects.get()
    assert (job.name, job.file, job.started_at, job.grams, job.progress) == ("Bracket", "b.3mf", at(10), 40.0, 1.0)


def test_cancelled_part_of_the_way_took_part_of_the_filament(say):
    say(0, "running", job_key="7", progress=0.0, values={"grams": 40.0, "energy_kwh": 10.0})
    say(100, "running", job_key="7", progress=0.25, values={"grams": 40.0, "energy_kwh": 10.1})
    say(110, "idle", job_key="7", outcome=Outcome.CANCELLED, values={"energy_kwh": 10.25})
    job = MachineJob.objects.get()
    assert (job.outcome, job.progress, job.grams, round(job.kwh, 3)) == ("cancelled", 0.25, 10.0, 0.25)


def test_a_machine_that_names_no_work_counts_pieces_by_its_own_counter(say):
    """Held, interrupted, offline: one piece of work, and one change for each. A counter that went back says nothing."""
    say(0, "running", values={"parts": 100.0})
    for seconds, state in ((20, "running"), (40, "paused"), (60, "offline"), (80, "unknown"), (100, "running")):
        say(seconds, state, values={"parts": 102.0})
    say(120, "finished", outcome=Outcome.FINISHED, values={"parts": 104.0})
    say(140, "running", values={"parts": 104.0})
    say(160, "idle", values={"parts": 2.0})
    jobs = MachineJob.objects.order_by("started_at")
    assert [(job.outcome, job.facts.get("parts")) for job in jobs] == [("finished", 4.0), ("unclear", None)]
    assert StateChange.objects.count() == 8  # the second reading of the work that runs is none


def test_what_the_machine_says_it_used_counts_before_the_plan(say):
    say(0, "running", job_key="7", values={"grams": 40.0})
    say(60, "error", job_key="7", outcome=Outcome.FAILED, message="the nozzle is clogged",
        values={"grams_used": 3.5, "metres_used": 1.2})  # fmt: skip
    job = MachineJob.objects.get()
    assert (job.outcome, job.grams, job.metres, job.why) == ("failed", 3.5, 1.2, "the nozzle is clogged")


def test_a_counter_that_was_reset_says_nothing(say):
    say(0, "running", job_key="7", values={"energy_kwh": 10.0})
    say(60, "finished", job_key="7", outcome=Outcome.FINISHED, values={"energy_kwh": 0.1})
    assert MachineJob.objects.get().kwh is None


def test_the_link_gone_ends_nothing(printer, say):
    say(0, "running", job_key="7", progress=0.3)
    telemetry.offline(printer, "no route")
    telemetry.ingest(printer, Reading(State.RUNNING, job_key="7", progress=0.6), timezone.now())
    assert rows() == [("7", "", None)]


def test_ended_while_nobody_listened(say):
    """The machine's own list has it: which ended how, and what ran meanwhile."""
    say(0, "running", job_key="7", progress=0.5)
    say(3000, "idle", ended=(
        Ended(Outcome.FINISHED, "8", at=at(2000), began=at(1500), file="c.gcode", grams=5.0),
        Ended(Outcome.CANCELLED, "7", at=at(400), grams=12.0),
        Ended(Outcome.FINISHED, "3", at=at(-4000)),
    ))  # fmt: skip
    assert rows() == [("7", "cancelled", 400.0), ("8", "finished", 2000.0)]
    say(3100, "idle", ended=(Ended(Outcome.FINISHED, "8", at=at(2000), file="c.gcode"),))
    assert len(rows()) == 2


def test_an_end_nobody_saw_waits_for_a_person(say, manager):
    say(0, "running", job_key="7", progress=0.5)
    say(3000, "idle")
    assert rows() == [("7", "unclear", 3000.0)]
    job = MachineJob.objects.get()
    machine_jobs.settle(job, "finished", manager)
    assert rows() == [("7", "finished", 3000.0)]
    with pytest.raises(Refused):
        machine_jobs.settle(job, "failed", manager)
    say(3050, "idle", ended=(Ended(Outcome.CANCELLED, "7", at=at(2900)),))
    assert rows() == [("7", "finished", 3000.0)]  # a person's word stays


def test_the_machine_says_later_how_it_ended(say):
    say(0, "running", job_key="7", progress=0.5)
    say(100, "idle")
    say(101, "idle", job_key="7", outcome=Outcome.CANCELLED)
    assert rows() == [("7", "cancelled", 101.0)]


def test_not_over_after_all(say):
    say(0, "running", job_key="7", progress=0.5)
    say(100, "idle")
    say(120, "running", job_key="7", progress=0.5)
    assert rows() == [("7", "", None)]


def test_the_same_number_again_is_another_execution(say):
    say(0, "running", job_key="7")
    say(60, "finished", job_key="7", outcome=Outcome.FINISHED)
    say(90, "running", job_key="7", progress=0.1)
    say(200, "finished", job_key="7", outcome=Outcome.FINISHED)
    assert rows() == [("7", "finished", 60.0), ("7#2", "finished", 200.0)]


def test_new_work_that_begins_under_the_last_ones_name(say):
    say(0, "running", job_key="7")
    say(60, "finished", job_key="7", outcome=Outcome.FINISHED)
    say(90, "preparing", job_key="7", job_name="old", progress=0.0)
    say(92, "preparing", job_key="8", job_name="new", progress=0.0)
    say(200, "finished", job_key="8", outcome=Outcome.FINISHED)
    assert rows() == [("7", "finished", 60.0), ("8", "finished", 200.0)]
    assert MachineJob.objects.get(key="8").name == "new"


# --- machines that number nothing ---------------------------------------------------------------------------------


def test_work_without_a_number_gets_one_of_ours(printer, say):
    say(0, "running", file="a.gcode", progress=0.1)
    key = MachineStatus.objects.get().job_key
    assert key.startswith("a.gcode@")
    say(20, "running", file="a.gcode", progress=0.2)
    say(40, "paused", file="a.gcode", progress=0.2)
    assert (MachineStatus.objects.get().job_key, len(rows())) == (key, 1)
    say(60, "finished", file="a.gcode", outcome=Outcome.FINISHED)
    assert rows() == [(key, "finished", 60.0)]


def test_without_a_number_going_back_in_a_gap_is_another_piece(say):
    say(0, "running", file="a.gcode", progress=0.5)
    say(1000, "running", file="a.gcode", progress=0.6)  # a restart of ours in between
    assert [outcome for _key, outcome, _end in rows()] == [""]
    say(3000, "running", file="a.gcode", progress=0.05)
    assert [outcome for _key, outcome, _end in rows()] == ["unclear", ""]
    say(3020, "running", file="a.gcode", progress=0.06, ended=(Ended(Outcome.FINISHED, file="a.gcode", at=at(2500)),))
    assert [outcome for _key, outcome, _end in rows()] == ["finished", ""]


def test_without_a_number_an_end_is_known_by_file_and_time(say):
    say(0, "running", file="a.gcode", progress=0.5)
    say(3000, "idle", ended=(Ended(Outcome.FINISHED, file="a.gcode", at=at(-9000)),))  # the last time, not this one
    assert [outcome for _key, outcome, _end in rows()] == ["unclear"]
    say(3020, "idle", ended=(Ended(Outcome.FINISHED, file="a.gcode", at=at(2500)),))
    assert [(outcome, end) for _key, outcome, end in rows()] == [("finished", 2500.0)]
    say(3040, "idle", ended=(Ended(Outcome.FINISHED, file="a.gcode", at=at(2500)),))
    assert len(rows()) == 1


def test_the_last_print_of_the_same_file_a_minute_ago_ends_nothing(say):
    say(0, "running", file="a.gcode", progress=0.1)
    say(20, "running", file="a.gcode", progress=0.2, ended=(Ended(Outcome.CANCELLED, file="a.gcode", at=at(-60)),))
    assert [outcome for _key, outcome, _end in rows()] == [""]


# --- others hear --------------------------------------------------------------------------------------------------


def test_cancelled_and_begun_anew_at_once_ends_one_of_them(say):
    say(0, "idle")
    say(10, "running", file="a.gcode", progress=0.0)
    say(40, "idle", ended=(Ended(Outcome.CANCELLED, file="a.gcode", at=at(40)),))
    say(44, "running", file="a.gcode", progress=0.0)
    # After a reconnect its list of last prints still has the first one.
    say(900, "running", file="a.gcode", progress=0.4, ended=(Ended(Outcome.CANCELLED, file="a.gcode", at=at(40.6)),))
    assert [(outcome, end) for _key, outcome, end in rows()] == [("cancelled", 40.0), ("", None)]


def test_two_ends_within_seconds_are_of_two_prints(say):
    for begin, end in ((10, 40), (42, 44)):
        say(begin, "running", file="a.gcode", progress=0.0)
        say(end, "idle", ended=(Ended(Outcome.CANCELLED, file="a.gcode", at=at(end - 0.4)),))
    assert [(outcome, end) for _key, outcome, end in rows()] == [("cancelled", 39.6), ("cancelled", 43.6)]


def test_an_end_before_first_contact_ends_nothing(say):
    say(0, "idle")
    say(3, "running", file="a.gcode", progress=0.0)
    say(6, "running", file="a.gcode", progress=0.02, ended=(Ended(Outcome.CANCELLED, file="a.gcode", at=at(-1)),))
    assert [(outcome, end) for _key, outcome, end in rows()] == [("", None)]


def test_other_rooms_hear_of_beginning_and_end_once(say, django_capture_on_commit_callbacks):
    heard = []

    def began(job, **said):
        heard.append(("began", job.key))

    def ended(job, **said):
        heard.append((job.outcome, job.key))

    work_began.connect(began)
    work_ended.connect(ended)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            say(0, "running", job_key="7")
            say(60, "finished", job_key="7", outcome=Outcome.FINISHED)
            say(80, "finished", job_key="7", outcome=Outcome.FINISHED)
    finally:
        work_began.disconnect(began)
        work_ended.disconnect(ended)
    assert heard == [("began", "7"), ("finished", "7")]


def test_claiming(say, manager):
    say(0, "running", job_key="7")
    job = MachineJob.objects.get()
    assert machine_jobs.claim(job, "J-2026-0001 Bracket", manager)
    assert not machine_jobs.claim(job, "J-2026-0001 Bracket", manager)
    job.refresh_from_db()
    assert (job.claim, job.work) == ("ours", "J-2026-0001 Bracket")


def test_a_machine_worked_by_hand_has_no_jobs_of_its_own(scoped):
    bench = Machine.objects.create(workspace=scoped, name="Hand", driver="manual")
    telemetry.ingest(bench, Reading(State.RUNNING, job_key="run-1"), at(0))
    telemetry.ingest(bench, Reading(State.IDLE), at(10))
    assert rows() == []
