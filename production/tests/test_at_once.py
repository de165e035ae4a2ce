"""Several processes at one piece of work: started once, counted once, ordered once."""

from decimal import Decimal

import pytest
from django_scopes import scope

from inventory.management.commands import check_ledger
from inventory.models import Item, Lot, Move
from laseros.tests.processes import run_together
from machines.models import Machine
from production import runs
from production.models import Job, JobLine, Nest, Operation, Run
from production.nests import deciding
from production.tests.ground import new_job, operation_of
from production.tests.nest_ground import drawn, grid, laid, nested, ordered

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
DO = "production.tests.at_once:"


def test_one_operation_is_started_once(shop, workspace, person):
    operation = operation_of(new_job(shop))
    people = [person("operator", workspace, f"{number}@cutters.example") for number in range(6)]
    answers = run_together(
        DO + "start", [(workspace.pk, operation.pk, shop.laser.pk, somebody.pk) for somebody in people]
    )
    with scope(workspace=workspace):
        run = Run.objects.get()
    assert sorted(answers) == sorted([str(run.pk), *["running"] * 5])


def test_one_machine_runs_one_thing(shop, workspace, operator):
    operations = [operation_of(new_job(shop, str(number))) for number in range(6)]
    answers = run_together(
        DO + "start", [(workspace.pk, operation.pk, shop.laser.pk, operator.pk) for operation in operations]
    )
    with scope(workspace=workspace):
        run = Run.objects.get()
        assert Operation.objects.filter(state="queued").count() == 5
        assert Job.objects.filter(state="approved").count() == 5
    assert sorted(answers) == sorted([str(run.pk), *["machine-busy"] * 5])


def test_one_run_is_finished_once(shop, workspace, operator):
    with scope(workspace=workspace):
        run = runs.start(operation_of(new_job(shop)), shop.laser, operator)
    assert run_together(DO + "finish", [(workspace.pk, run.pk, operator.pk)] * 6) == ["finished"] * 6
    with scope(workspace=workspace):
        operation, item = Operation.objects.get(), Item.objects.get()
        assert (operation.good, operation.scrap, operation.state) == (15, 5, "queued")
        assert Move.objects.filter(kind="usage").count() == 1
        assert (item.on_hand, item.reserved) == (Decimal(9), Decimal("0.250"))


def test_what_is_taken_back_and_what_follows_from_it_never_both(shop, workspace, operator):
    with scope(workspace=workspace):
        run = runs.start(operation_of(new_job(shop)), shop.laser, operator)
        runs.finish(run, good=15, scrap=0, by=operator)
    deeds = ("undo", "start", "cancel", "charge", "undo", "charge")
    answers = run_together(DO + "undo_or_go_on", [(workspace.pk, run.pk, operator.pk, deed) for deed in deeds])
    with scope(workspace=workspace):
        line, taken_back = JobLine.objects.get(), Run.objects.get(pk=run.pk).undone
        assert ("undo" in answers) == bool(taken_back)
        assert (line.made_good, taken_back) in ((15, 0), (0, 1))
        assert Move.objects.filter(key__startswith="run:").count() == 1 + taken_back
        assert not (taken_back and (line.invoiced or Run.objects.count() > 1 or Job.objects.get().state == "cancelled"))
        assert check_ledger.wrong(workspace) == []
    assert set(answers) & set(deeds)


def test_cancelled_or_started_never_both(shop, workspace, operator):
    operation = operation_of(new_job(shop))
    asked = [(workspace.pk, operation.pk, shop.laser.pk, operator.pk, cancels) for cancels in (True, False) * 2]
    answers = run_together(DO + "cancel_or_start", asked)
    operation.refresh_from_db()
    with scope(workspace=workspace):
        state, active = Job.objects.get().state, Run.objects.count()
    assert (state, operation.state, active) in {("cancelled", "cancelled", 0), ("in_progress", "in_progress", 1)}
    assert ("cancelled" in answers) == (state == "cancelled")


def test_one_order_is_one_job(shop, workspace):
    answers = run_together(DO + "order", [(workspace.pk, shop.client.pk, shop.sheet.pk)] * 6)
    assert len(set(answers)) == 1
    with scope(workspace=workspace):
        assert (Job.objects.count(), Operation.objects.count(), Item.objects.get().reserved) == (1, 1, 1)


def test_a_queue_sorted_by_several_keeps_everything(shop, workspace):
    for number in range(5):
        new_job(shop, str(number))
    assert run_together(DO + "sort", [(workspace.pk, shop.laser.pk, 10)] * 4) == [5] * 4
    with scope(workspace=workspace):
        assert sorted(Operation.objects.values_list("position", flat=True)) == [10, 20, 30, 40, 50]


def test_two_sheets_of_one_nest_end_at_the_same_moment(shop, workspace, operator):
    with scope(workspace=workspace):
        nest = nested(shop, ordered(shop, (drawn(shop), 40)), operator)
        part = nest.parts.get()
        laid(nest, *(grid(f"item:{shop.sheet.pk}", part, 20, 20, 105, start=start) for start in (10, 12)))
        deciding.approve(nest, operator)
        first, second = Operation.objects.exclude(sheet=None).order_by("id")
        other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
        Operation.objects.filter(pk=second.pk).update(machine=other)
        second.refresh_from_db()
        both = [runs.start(first, shop.laser, operator), runs.start(second, other, operator)]
    answers = run_together(DO + "finish_sheet", [(workspace.pk, run.pk, operator.pk) for run in both] * 3)
    assert answers == ["finished"] * 6
    with scope(workspace=workspace):
        operation = part.operation
        operation.refresh_from_db()
        assert (operation.good, operation.state, Nest.objects.get().state) == (40, "completed", "done")
        assert (Lot.objects.count(), Move.objects.filter(kind="usage").count()) == (2, 2)
        assert check_ledger.wrong(workspace) == []
