"""A sheet on the machine: started, finished part by part, its material shared over the jobs, its remnant kept."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Activity
from inventory import ledger, lots
from inventory.management.commands.check_ledger import wrong
from inventory.models import Item, Lot, Move, Reservation
from laseros.core.errors import Refused
from production import jobs, progress, runs, sheet_runs, sheet_undoing
from production.models import JobLine, NestSheet, Operation, Run, RunPart
from production.nests import deciding
from production.tests.ground import started
from production.tests.nest_ground import drawn, grid, laid, nested, ordered

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def nest(shop, office):
    """20 brackets of job a and 8 of job b on one sheet, cut once; its upper 900 mm are left."""
    bracket = drawn(shop)
    operations = ordered(shop, (bracket, 20)) + ordered(shop, (bracket, 8), key="b")
    nest = nested(shop, operations, office)
    first, second = nest.parts.order_by("id")
    sheet = grid(f"item:{shop.sheet.pk}", first, 20, 10, 105)
    sheet["placements"] += [
        {**place, "y_mm": place["y_mm"] + 210} for place in grid("", second, 8, 10, 105)["placements"]
    ]
    laid(nest, sheet)
    deciding.approve(nest, office)
    return nest


@pytest.fixture
def operation(nest):
    return Operation.objects.select_related("machine").get(sheet__nest=nest)


@pytest.fixture
def run(shop, operation, operator):
    return started(shop, operator, operation)


def of_jobs(nest):
    return [part.operation for part in nest.parts.select_related("operation__job_line__job").order_by("id")]


def stock(shop):
    shop.sheet.refresh_from_db()
    assert wrong(shop.workspace) == []
    return shop.sheet.on_hand, shop.sheet.reserved, shop.sheet.in_lots


def test_started_it_is_work_on_every_job_of_it(shop, nest, run):
    assert (run.quantity, run.estimated_seconds) == (28, nest.sheets.get().seconds or 0)
    assert list(run.parts.order_by("id").values_list("quantity", "area_mm2")) == [(20, 200_000.0), (8, 80_000.0)]
    a, b = (operation.job_line.job for operation in of_jobs(nest))
    assert (a.state, b.state) == ("in_progress", "in_progress")
    assert [(live.pieces, live.description) for live in progress.of(b).live] == [(8, "bracket")]
    assert runs.start(run.operation, shop.laser, run.operator) == run
    with pytest.raises(Refused) as refusal:
        jobs.cancel(a, None)
    assert refusal.value.code == "running"


def test_a_job_on_hold_keeps_its_sheet_from_starting(shop, nest, operation, operator, office):
    job = of_jobs(nest)[1].job_line.job
    jobs.hold(job, office)
    with pytest.raises(Refused, match="on hold") as refusal:
        runs.start(operation, shop.laser, operator)
    operation.refresh_from_db()
    assert (refusal.value.code, operation.state, Run.objects.count()) == ("state", "queued", 0)


def test_all_good_and_the_remnant_kept(shop, nest, run, operator):
    sheet_runs.finish(run, {}, keep=True, place="Rack 2", by=operator)
    lot = Lot.objects.get()
    # 2450 × 900 of 2450 × 1225 mm.
    assert (lot.quantity, lot.rectangle, lot.place) == (Decimal("0.735"), [0, 0, 2450, 900], "Rack 2")
    used = Move.objects.filter(kind="usage").order_by("id").values_list("quantity", "reason")
    a, b = (operation.job_line.job.number for operation in of_jobs(nest))
    assert list(used) == [(Decimal("-0.189"), f"{a} {nest.number}"), (Decimal("-0.076"), f"{b} {nest.number}")]
    assert stock(shop) == (Decimal("9.735"), 0, Decimal("0.735"))
    assert list(JobLine.objects.order_by("id").values_list("made_good", "job__state")) == [(20, "made"), (8, "made")]
    run.refresh_from_db()
    nest.refresh_from_db()
    assert (run.state, run.good, run.scrap, run.material_used) == ("finished", 28, 0, Decimal("0.265"))
    assert (nest.state, nest.sheets.get().state) == ("done", "cut")
    assert set(Operation.objects.values_list("state", flat=True)) == {"completed"}
    assert Activity.objects.filter(verb="completed").count() == 1


def test_said_twice_it_is_said_once(shop, nest, run, operator):
    first = of_jobs(nest)[0]
    sheet_runs.finish(run, {first.pk: (19, 1)}, by=operator)
    sheet_runs.finish(run, {first.pk: (19, 1)}, by=operator)
    with pytest.raises(Refused) as refusal:
        sheet_runs.finish(run, {first.pk: (20, 0)}, by=operator)
    assert (refusal.value.code, stock(shop)[0], Move.objects.filter(kind="usage").count()) == ("told-otherwise", 9, 2)


def test_what_is_short_goes_back_to_the_front_by_itself(shop, nest, run, operator):
    behind = ordered(shop, (drawn(shop, name="other.dxf"), 5), key="c")[0]
    a, b = of_jobs(nest)
    sheet_runs.finish(run, {a.pk: (17, 3)}, by=operator, note="burr")
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.state, a.good, a.scrap, a.left, b.state) == ("queued", 17, 3, 3, "completed")
    assert a.reservation.open_quantity == Decimal("0.286")  # of 1.000; its pieces took 0.714 of the sheet
    assert list(Operation.objects.filter(state="queued").order_by("position", "id")) == [a, behind]
    # A whole sheet is gone; 5 other brackets are promised 0.25.
    assert stock(shop) == (9, Decimal("0.536"), 0)
    again = runs.start(a, shop.laser, operator)
    assert again.quantity == 3
    runs.finish(again, good=3, scrap=0, by=operator)
    a.job_line.job.refresh_from_db()
    assert a.job_line.job.state == "made"


def test_more_than_lies_there_is_refused(shop, nest, run, operator):
    a, b = of_jobs(nest)
    stranger = ordered(shop, (drawn(shop, name="other.dxf"), 5), key="c")[0]
    for counts in ({a.pk: (20, 1)}, {a.pk: (-1, 0)}, {b.pk: (1.5, 0)}, {stranger.pk: (1, 0)}):
        with pytest.raises(Refused) as refusal:
            sheet_runs.finish(run, counts, by=operator)
        assert refusal.value.code == "counts"
    run.refresh_from_db()
    assert (run.state, stock(shop)[0], JobLine.objects.filter(made_good__gt=0).count()) == ("running", 10, 0)


def test_given_up_before_the_cut_the_sheet_goes_back(shop, nest, run, operation, operator):
    before = stock(shop)
    sheet_runs.abort(run, {}, spoilt=False, by=operator)
    operation.refresh_from_db()
    assert (operation.state, operation.good, stock(shop)) == ("queued", 0, (10, before[1], 0))
    assert NestSheet.objects.get().cut == 0


def test_spoilt_the_sheet_is_gone_and_everything_is_made_again(shop, nest, run, operator):
    a, b = of_jobs(nest)
    sheet_runs.abort(run, {b.pk: (8, 0)}, spoilt=True, by=operator)
    a.refresh_from_db()
    b.refresh_from_db()
    nest.refresh_from_db()
    assert (a.state, a.left, b.state, nest.state) == ("queued", 20, "completed", "done")
    assert stock(shop)[0] == 9


def test_a_remnant_is_used_and_what_is_left_of_it_kept(shop, office, operator, run_work):
    lot = lots.keep(shop.sheet, outline=[[0, 0], [1225, 0], [1225, 1225], [0, 1225]],
                    rectangle=[0, 0, 1225, 1225], key="a", by=office)  # fmt: skip
    nest = nested(shop, ordered(shop, (drawn(shop), 11)), office)
    sheet = grid(f"lot:{lot.pk}", nest.parts.get(), 11, 11, 105)
    laid(nest, {**sheet, "width_mm": 1225.0})
    deciding.approve(nest, office)
    run = runs.start(Operation.objects.get(sheet__nest=nest), shop.laser, operator)
    sheet_runs.finish(run, {}, keep=True, by=operator)
    lot.refresh_from_db()
    kept = Lot.objects.exclude(pk=lot.pk).get()
    assert (lot.state, kept.rectangle, kept.quantity) == ("used", [0, 0, 1225, 1110], Decimal("0.453"))
    assert Move.objects.get(kind="usage").lot == lot
    assert stock(shop) == (Decimal("9.953"), 0, Decimal("0.453"))
    assert Item.objects.get(pk=shop.sheet.pk).loose == Decimal("9.500")


def test_an_empty_book_keeps_nobody_at_the_machine(shop, nest, run, operator):
    for promise in Reservation.objects.filter(state="active").order_by("id"):
        ledger.release(promise)
    ledger.post(shop.sheet, "-9.7", "waste", key="lost")
    sheet_runs.finish(run, {}, keep=True, by=operator)
    run.refresh_from_db()
    assert run.state == "finished"
    said = Activity.objects.get(verb="finished", target_type__model="operation").details
    assert "not in the books" not in said  # 0.265 were there
    assert stock(shop) == (Decimal("0.735"), 0, Decimal("0.735"))  # the remnant is there: it was found


def test_repeats_are_one_program_cut_again(shop, office, operator):
    nest = nested(shop, ordered(shop, (drawn(shop), 40)), office)
    sheet = grid(f"item:{shop.sheet.pk}", nest.parts.get(), 20, 20, 105)
    laid(nest, sheet, sheet)
    deciding.approve(nest, office)
    operation = Operation.objects.get(sheet__nest=nest)
    # Two sheets less what is kept of each, less the 2 promised to 40 brackets.
    assert (operation.quantity, operation.reservation) == (2, None)
    part = nest.parts.get().operation
    for cut, state in ((1, "nested"), (2, "completed")):
        sheet_runs.finish(runs.start(operation, shop.laser, operator), {}, by=operator)
        part.refresh_from_db()
        assert (NestSheet.objects.get().cut, part.good, part.state) == (cut, 20 * cut, state)
    assert stock(shop) == (8, 0, 0)


def test_the_floor_shows_a_sheet_and_takes_the_word_of_the_operator(shop, nest, operation, operator, log_in):
    door = log_in(operator)
    page = door.get(reverse("floor:queue")).content.decode()
    assert f"Sheet 1 of 1 · {nest.number}" in page
    assert "28 parts" in page
    assert "of 2 jobs" in page
    picture = door.get(reverse("floor:drawing", args=[operation.pk]))
    assert picture.content.count(b'class="nest-part"') == 28
    page = door.get(reverse("floor:operation", args=[operation.pk])).content.decode()
    assert "20 × bracket" in page
    a, b = of_jobs(nest)
    assert door.get(reverse("floor:operation", args=[a.pk])).content.decode().count(f"Sheet 1 of {nest.number}") == 1
    door.post(reverse("floor:start", args=[operation.pk]), {"machine": shop.laser.pk})
    run = Run.objects.get()
    page = door.get(reverse("floor:queue")).content.decode()
    assert f"Sheet 1 of {nest.number}" in page
    page = door.get(reverse("floor:finish", args=[run.pk])).content.decode()
    assert 'name="keep" class="form-check-input" id="id_keep" checked' in page or "checked" in page
    said = {f"good_{a.pk}": 19, f"scrap_{a.pk}": 1, f"good_{b.pk}": 8, f"scrap_{b.pk}": 0, "keep": "on"}
    assert door.post(reverse("floor:finish", args=[run.pk]), said).status_code == 422  # why scrap?
    answer = door.post(reverse("floor:finish", args=[run.pk]), {**said, "reason": "Burr or dross"}, follow=True)
    assert "27 good, 1 scrap. 1 short" in answer.content.decode()
    run.refresh_from_db()
    assert (run.state, run.note, Lot.objects.count()) == ("finished", "Burr or dross", 1)


def test_the_queue_costs_as_many_queries_for_three_sheets_as_for_one(
    shop, office, operator, log_in, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def sheets(count, key):
        for number in range(count):
            nest = nested(shop, ordered(shop, (drawn(shop), 20), key=f"{key}{number}"), office)
            laid(nest, grid(f"item:{shop.sheet.pk}", nest.parts.get(), 20, 20, 105))
            deciding.approve(nest, office)

    door = log_in(operator)
    sheets(1, "x")
    door.get(reverse("floor:queue"))
    with CaptureQueriesContext(connection) as one:
        door.get(reverse("floor:queue"))
    sheets(2, "y")
    with django_assert_num_queries(len(one)):
        door.get(reverse("floor:queue"))


def standing(shop, nest):
    """All that the end of a run of a sheet changes."""
    nest.refresh_from_db()
    return {
        "stock": stock(shop),
        "nest": (nest.state, *nest.sheets.values_list("state", "cut").order_by("position")),
        "operations": list(Operation.objects.order_by("id").values_list("state", "good", "scrap")),
        "promised": sum(row.open_quantity for row in Reservation.objects.filter(state="active")),
        "lines": list(JobLine.objects.order_by("id").values_list("made_good", "scrapped", "job__state")),
        "lots": list(Lot.objects.filter(state__in=("free", "reserved")).values_list("state", "quantity")),
        "parts": list(RunPart.objects.order_by("id").values_list("good", "scrap", "material_used")),
    }


@pytest.mark.parametrize("said", [{}, {0: (17, 3)}])
def test_what_was_said_of_a_sheet_is_taken_back(shop, nest, run, operator, said):
    before = standing(shop, nest)
    counts = {of_jobs(nest)[index].pk: count for index, count in said.items()}
    sheet_runs.finish(run, counts, keep=True, place="Rack 2", by=operator)
    after = standing(shop, nest)
    assert after["nest"] == ("done", ("cut", 1))
    sheet_undoing.undo(run, times=0, by=operator)
    again = sheet_undoing.undo(run, times=0, by=operator)  # pressed twice
    assert (again.state, again.undone, again.material_used) == ("running", 1, 0)
    assert standing(shop, nest) == before
    sheet_runs.finish(again, counts, keep=True, place="Rack 2", by=operator)
    assert standing(shop, nest) == after
    assert Activity.objects.filter(verb="undone").count() == 1


def test_given_up_and_taken_back_it_runs_again(shop, nest, run, operator):
    before = standing(shop, nest)
    sheet_runs.abort(run, {}, spoilt=False, by=operator)
    sheet_undoing.undo(run, times=0, by=operator)
    assert standing(shop, nest) == before


def test_of_a_remnant_it_is_taken_back_too(shop, office, operator):
    lot = lots.keep(shop.sheet, outline=[[0, 0], [1225, 0], [1225, 1225], [0, 1225]],
                    rectangle=[0, 0, 1225, 1225], key="a", by=office)  # fmt: skip
    nest = nested(shop, ordered(shop, (drawn(shop), 11)), office)
    laid(nest, {**grid(f"lot:{lot.pk}", nest.parts.get(), 11, 11, 105), "width_mm": 1225.0})
    deciding.approve(nest, office)
    run = runs.start(Operation.objects.get(sheet__nest=nest), shop.laser, operator)
    before = standing(shop, nest)
    assert before["lots"] == [("reserved", Decimal("0.500"))]
    sheet_runs.finish(run, {}, keep=True, by=operator)
    kept = Lot.objects.get(state="free")
    with transaction.atomic():
        lots.reserve(kept, "somebody")
        with pytest.raises(Refused) as refusal:
            sheet_undoing.undo(run, times=0, by=operator)
        assert refusal.value.code == "remnant"
        lots.release(kept)
    sheet_undoing.undo(run, times=0, by=operator)
    assert standing(shop, nest) == before


def test_on_the_floor_a_sheet_is_taken_back_with_one_press(shop, nest, run, operator, log_in):
    door = log_in(operator)
    door.post(reverse("floor:finish", args=[run.pk]), {"keep": "on"})
    page = door.get(reverse("floor:queue")).content.decode()
    address = reverse("floor:undo", args=[run.pk, 0])
    assert page.count(f'action="{address}"') == 1
    assert address in door.get(reverse("floor:operation", args=[run.operation_id])).content.decode()
    answer = door.post(address)
    assert answer["Location"] == reverse("floor:finish", args=[run.pk])
    run.refresh_from_db()
    assert (run.state, JobLine.objects.filter(made_good__gt=0).count()) == ("running", 0)
