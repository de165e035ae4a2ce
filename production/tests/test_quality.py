"""Checks of pieces: what keeps a run from ending, and what becomes of pieces that are not good."""

from decimal import Decimal

import pytest

from accounts.models import Activity
from inventory.models import Move
from laseros.core.errors import Refused
from production import jobs, products, recipes, runs, undoing
from production.models import (
    Component,
    Job,
    LineCheck,
    NonConformance,
    Operation,
    Product,
    ProductCheck,
    Step,
)
from production.quality import checking, deciding, gate, planning
from production.tests.ground import new_job, operation_of

pytestmark = pytest.mark.django_db


def measured(line, name="Hole", **fields) -> LineCheck:
    fields = {"nominal": Decimal(20), "tolerance": Decimal("0.1"), **fields}
    return planning.add(line, LineCheck(name=name, **fields), None)


def say(check, operation, by, text, seen=None):
    seen = check.results.count() if seen is None else seen
    return checking.record(check, seen=seen, operation=operation, value=checking.value_of(text), by=by)


def refused(code, verb, *args, **kwargs) -> str:
    with pytest.raises(Refused) as found:
        verb(*args, **kwargs)
    assert found.value.code == code
    return str(found.value)


def counts(operation):
    operation.refresh_from_db()
    line = operation.job_line
    line.refresh_from_db()
    return operation.state, operation.good, operation.scrap, line.made_good, line.scrapped


@pytest.fixture
def work(scoped, shop, office):
    """Twenty brackets of a twentieth of a sheet each, one check on the first piece."""
    job = new_job(shop, by=office)
    operation = operation_of(job)
    return job, operation, measured(operation.job_line)


def used(operation) -> Decimal:
    return -sum((move.quantity for move in Move.objects.filter(source__startswith="run:")), Decimal(0))


def test_a_run_does_not_end_without_its_checks_and_says_which(work, shop, operator):
    _job, operation, check = work
    every = measured(operation.job_line, "Edge", how_often="every", every=5, minimum=Decimal(3), nominal=None)
    once = planning.add(operation.job_line, LineCheck(name="Packed", kind="yes_no", how_often="once"), None)
    planning.add(operation.job_line, LineCheck(name="Nice", kind="yes_no", is_required=False), None)
    run = runs.start(operation, shop.laser, operator)
    words = refused("checks", runs.finish, run, good=12, scrap=0, by=operator)
    assert "“Hole” (0 of 1), “Edge” (0 of 3)" in words
    assert counts(operation) == ("in_progress", 0, 0, 0, 0)
    say(check, operation, operator, "20,1")
    for _each in range(3):
        say(every, operation, operator, "3")
    runs.finish(run, good=12, scrap=0, by=operator)
    again = runs.start(operation, shop.laser, operator)
    # the first piece of this run, one in five of all twenty, and what is done once before the last
    words = refused("checks", runs.finish, again, good=8, scrap=0, by=operator)
    assert "“Hole” (0 of 1), “Edge” (3 of 4), “Packed” (0 of 1)" in words
    runs.finish(again, good=0, scrap=1, by=operator)  # nothing good, nothing to check
    third = runs.start(operation, shop.laser, operator)
    say(check, operation, operator, "19.9")
    say(every, operation, operator, "4")
    checking.record(once, seen=0, operation=operation, yes=True, by=operator)
    runs.finish(third, good=8, scrap=0, by=operator)
    assert counts(operation) == ("completed", 20, 1, 20, 1)


def test_out_of_limits_is_never_good_and_is_decided_before_the_run_ends(work, shop, operator, manager):
    job, operation, check = work
    run = runs.start(operation, shop.laser, operator)
    result = say(check, operation, operator, "20.1001")
    assert (result.state, result.value) == ("failed", Decimal("20.1001"))
    assert say(check, operation, operator, "20.1001", seen=0).pk == result.pk  # pressed twice
    refused("stale", say, check, operation, manager, "20", seen=0)
    found = NonConformance.objects.get()
    assert (found.reason, found.pieces, found.machine, found.item) == ("size", 1, shop.laser, shop.sheet)
    assert found.number in refused("undecided", runs.finish, run, good=19, scrap=1, by=operator)
    refused("why", deciding.decide, found, "accept", manager)
    refused("pieces", deciding.decide, found, "scrap", operator, pieces=21)
    deciding.decide(found, "scrap", operator, pieces=2, reason="burr")
    deciding.decide(found, "scrap", operator)  # pressed twice
    refused("state", deciding.decide, found, "accept", manager, why="it fits")
    bent = deciding.report(operation.job_line, operation, reason="surface", pieces=3, note="bent", by=operator)
    deciding.decide(bent, "rework", operator)
    refused("checks", runs.finish, run, good=15, scrap=2, by=operator)  # what failed is no check done
    say(check, operation, operator, "20")
    words = refused("counts", runs.finish, run, good=16, scrap=2, by=operator)
    assert "2 were decided to be scrap and 3 to be made again: at most 15 can" in words
    refused("counts", runs.finish, run, good=15, scrap=1, by=operator)
    assert gate.claims(run, operation).proposed(20, 20, 0) == (15, 2)
    runs.finish(run, good=15, scrap=2, by=operator)
    assert counts(operation) == ("queued", 15, 2, 15, 2)
    assert used(operation) == Decimal("0.85")  # of the three nothing, until they are good
    assert Activity.objects.filter(verb="decided").count() == 2
    job.refresh_from_db()
    assert job.state == "in_progress"


def test_as_it_is_counts_and_two_faults_of_one_piece_are_one_piece(work, shop, operator, manager):
    _job, operation, check = work
    other = measured(operation.job_line, "Edge")
    run = runs.start(operation, shop.laser, operator)
    say(check, operation, operator, "21")
    say(other, operation, operator, "19")
    first, second = NonConformance.objects.order_by("id")
    deciding.decide(first, "accept", manager, why="the hole is drilled later")
    assert check.results.get().state == "accepted"
    deciding.decide(second, "same", operator)
    refused("checks", runs.finish, run, good=20, scrap=0, by=operator)
    say(other, operation, operator, "20")
    runs.finish(run, good=20, scrap=0, by=operator)
    assert counts(operation)[0] == "completed"
    lone = deciding.report(operation.job_line, operation, reason="other", pieces=1, note="rust", by=operator)
    NonConformance.objects.exclude(pk=lone.pk).update(state="withdrawn")
    refused("pieces", deciding.decide, lone, "same", operator)


def test_counted_pieces_come_off_everything_and_back_into_the_queue(work, shop, operator):
    job, operation, check = work
    run = runs.start(operation, shop.laser, operator)
    say(check, operation, operator, "20")
    runs.finish(run, good=20, scrap=0, by=operator)
    job.refresh_from_db()
    assert (job.state, used(operation)) == ("made", Decimal("1.00"))
    refused("pieces", deciding.report, operation.job_line, operation, reason="size", pieces=21, note="x", by=operator)
    refused("note", deciding.report, operation.job_line, operation, reason="size", pieces=2, note=" ", by=operator)
    burnt = deciding.report(operation.job_line, operation, reason="other", pieces=2, note="burnt", by=operator)
    deciding.decide(burnt, "scrap", operator)
    assert counts(operation) == ("queued", 18, 2, 18, 2)
    run.refresh_from_db()
    job.refresh_from_db()
    assert ((run.good, run.scrap), job.state, job.made_at) == ((18, 2), "in_progress", None)
    refused("later", undoing.undo, run, times=0, by=operator)
    bent = deciding.report(operation.job_line, operation, reason="surface", pieces=3, note="bent", by=operator)
    deciding.decide(bent, "rework", operator)
    assert counts(operation) == ("queued", 15, 2, 15, 2)
    assert operation.reservation.open_quantity == Decimal("0.1")  # for the two that are new
    again = runs.start(operation, shop.laser, operator)
    say(check, operation, operator, "20")
    runs.finish(again, good=5, scrap=0, by=operator)
    job.refresh_from_db()
    assert (counts(operation), job.state) == (("completed", 20, 2, 20, 2), "made")
    assert used(operation) == Decimal("1.10")  # twenty-two pieces


def test_delivered_pieces_stay_counted(work, shop, operator):
    _job, operation, check = work
    run = runs.start(operation, shop.laser, operator)
    say(check, operation, operator, "20")
    runs.finish(run, good=20, scrap=0, by=operator)
    type(operation.job_line)._base_manager.update(delivered=19)
    found = deciding.report(operation.job_line, operation, reason="size", pieces=2, note="short", by=operator)
    refused("invoiced", deciding.decide, found, "scrap", operator)
    found.refresh_from_db()
    assert (found.state, counts(operation)) == ("open", ("completed", 20, 0, 20, 0))
    deciding.decide(found, "scrap", operator, pieces=1)


def test_a_slip_of_the_finger_is_taken_back_with_what_it_made(work, shop, operator, office):
    _job, operation, check = work
    run = runs.start(operation, shop.laser, operator)
    result = say(check, operation, operator, "201")
    refused("too-late", checking.undo, result, office)
    checking.undo(result, operator)
    checking.undo(result, operator)
    assert (NonConformance.objects.get().state, check.results.get().state) == ("withdrawn", "withdrawn")
    refused("checks", runs.finish, run, good=20, scrap=0, by=operator)
    result = say(check, operation, operator, "20.1")
    type(result).objects.filter(pk=result.pk).update(at="2020-01-01T08:00Z")
    refused("too-late", checking.undo, result, operator)
    refused("done", planning.remove, check, office)
    runs.finish(run, good=20, scrap=0, by=operator)
    for text in ("", "abc", "1e30", "NaN", "1.234,5"):
        refused("value", checking.value_of, text)


def test_pieces_of_two_findings_do_not_vanish_between_them(work, shop, operator):
    """Said to be those of another, which is taken back then: nobody would have decided about them."""
    _job, operation, check = work
    run = runs.start(operation, shop.laser, operator)
    say(check, operation, operator, "25")
    second = say(check, operation, operator, "26")
    first, other = NonConformance.objects.order_by("pk")
    for how in ("accept", "same"):
        refused("pieces", deciding.decide, first, how, operator, why="x", pieces=10**12)
    deciding.decide(first, "same", operator)
    refused("pieces", checking.undo, second, operator)
    other.refresh_from_db()
    second.refresh_from_db()
    assert (other.state, second.state) == ("open", "failed")
    refused("undecided", runs.finish, run, good=20, scrap=0, by=operator)
    deciding.decide(other, "scrap", operator)


def test_each_job_of_a_product_has_its_checks_at_the_right_step(scoped, shop, office, operator):
    plate = products.register(Product(workspace=scoped, name="Plate", item=shop.sheet, material=shop.material), office)
    recipes.write_down(plate, [Component(item=shop.sheet, amount=Decimal("0.1"))],
                       [Step(name="Cut", kind="laser", seconds=36)], office)  # fmt: skip
    frame = products.register(Product(workspace=scoped, name="Frame"), office)
    steps = [Step(name="Screw", kind="hand"), Step(name="Paint", kind="hand")]
    recipes.write_down(frame, [Component(part=plate, amount=Decimal(2))], steps, office)
    for product, name, step in ((plate, "Size", None), (frame, "Tight", 1), (frame, "Colour", None), (frame, "Old", 7)):
        ProductCheck.objects.create(workspace=scoped, product=product, name=name, kind="yes_no", step=step,
                                    how_often="once")  # fmt: skip
    wish = {"description": "Frame", "quantity": 3, "unit_price": Decimal(100), "product": frame}
    job = new_job(shop, lines=[wish])
    on = lambda job: {(c.job_line.description, c.name) for c in LineCheck.objects.filter(job_line__job=job)}  # noqa: E731
    wanted = {("Plate", "Size"), ("Frame: Screw", "Tight"), ("Frame: Paint", "Colour"), ("Frame: Paint", "Old")}
    assert on(job) == wanted
    plates = Operation.objects.get(job_line__job=job)
    by_hand = measured(plates.job_line, "Flat", nominal=Decimal(0), tolerance=Decimal("0.5"))
    assert on(jobs.clone(job, office, key="x", despite="x")) == wanted | {("Plate", "Flat")}
    refused("parts", planning.add, job.lines.get(parent=None), LineCheck(name="Whole", kind="yes_no"), office)
    run = runs.start(plates, shop.laser, operator)
    say(by_hand, plates, operator, "-0.5")
    checking.record(plates.job_line.checks.get(name="Size"), seen=0, operation=plates, yes=True, by=operator)
    runs.finish(run, good=6, scrap=0, by=operator)
    words = refused("checks", jobs.made_by_hand, job, office)
    assert "Frame: Screw" in words
    for check in LineCheck.objects.filter(job_line__job=job, job_line__step__gt=0):
        checking.record(check, seen=0, yes=True, by=operator)
    jobs.made_by_hand(job, office)
    assert Job.objects.get(pk=job.pk).state == "made"
