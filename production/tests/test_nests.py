"""A nest from the queue to sheets and back: made, searched, approved, taken back."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Activity, BackgroundTask
from inventory import lots
from inventory.management.commands.check_ledger import wrong
from inventory.models import Item, Lot
from laseros.core.errors import Refused
from production import jobs, runs
from production.models import Nest, NestPart, NestSheet, Operation
from production.nests import deciding, making, searching
from production.nests import layout as layouts
from production.tests.dxf.drawings import dxf, line
from production.tests.ground import new_enquiry
from production.tests.nest_ground import drawn, grid, laid, nested, ordered, plate

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def bracket(shop):
    return drawn(shop)


def test_work_of_several_jobs_is_one_nest(shop, office, bracket):
    cover = drawn(shop, plate(300, 200, 60), "cover.dxf")
    first = ordered(shop, (bracket, 12), (cover, 4))
    second = ordered(shop, (bracket, 8), key="b")
    nest = nested(shop, [*first, *second], office)
    assert (nest.number[:3], nest.state, nest.material, nest.machine) == ("NS-", "draft", shop.material, shop.laser)
    assert (nest.gap_mm, nest.margin_mm, nest.turning, nest.seconds) == (5, 10, "quarters", 60)
    parts = list(nest.parts.values_list("description", "quantity", "operation__job_line__job__key"))
    assert parts == [("bracket", 12, "a"), ("cover", 4, "a"), ("bracket", 8, "b")]
    assert nest.parts.first().area_mm2 == pytest.approx(10_000)
    assert Operation.objects.filter(state="queued").count() == 3


def test_what_does_not_go_together_is_refused(shop, office, bracket, workspace):
    thick = Item.objects.get(pk=shop.sheet.pk)
    thick.pk, thick.code, thick.thickness_mm, thick.on_hand = None, "INV-MS-6MM-001", Decimal(6), 0
    thick.save()
    thin, other = ordered(shop, (bracket, 1)), ordered(shop, (bracket, 1), key="b", item=thick)
    bare = ordered(shop, (bracket, 1), key="c", item=None)
    jobs.cancel(ordered(shop, (bracket, 1), key="d")[0].job_line.job, office)
    gone = Operation.objects.filter(job_line__job__key="d")
    for chosen, code in (([*thin, *other], "mixed"), (bare, "no-sheet"), (gone, "state"), ([], "nothing")):
        with pytest.raises(Refused) as refusal:
            nested(shop, chosen, office)
        assert refusal.value.code == code
    assert Nest.objects.count() == 0


def test_it_is_searched_in_the_background_and_every_piece_is_on_a_sheet(shop, office, bracket, run_work, monkeypatch):
    monkeypatch.setattr(searching, "LEAST_SLICE_S", 1)
    nest = nested(
        shop, ordered(shop, (bracket, 12), (drawn(shop, plate(300, 200, 60), "cover.dxf"), 4)), office, seconds=1
    )
    searching.ask(nest, office)
    assert (nest.state, BackgroundTask.objects.get(state="waiting", name="search a nest").subject) == (
        "waiting",
        nest.number,
    )
    run_work()
    nest.refresh_from_db()
    assert (nest.state, nest.progress, nest.unplaced) == ("ready", 1, {})
    sheet = nest.sheets.get()
    assert (sheet.item, sheet.repeats, len(sheet.placements)) == (shop.sheet, 1, 16)
    assert sheet.counts() == dict(nest.parts.values_list("pk", "quantity"))
    # 12 squares of 400 mm with a hole of 20 mm, 4 covers 300 × 200 with corners of 5 mm and a hole of 60 mm.
    cover = 2 * (290 + 190) + 10 * 3.14159265 + 60 * 3.14159265
    assert sheet.cut_length_mm == pytest.approx(12 * (400 + 20 * 3.14159265) + 4 * cover, abs=0.01)
    assert (sheet.pierces, sheet.utilisation) == (32, pytest.approx(0.12, abs=0.001))
    assert sheet.seconds > sheet.cut_length_mm / 3900 * 60 + 32 * 0.5
    assert Activity.objects.filter(verb="nested").count() == 1
    searching.stop(nest, office)  # pressed as it ended: it has what was asked for
    assert Nest.objects.get(pk=nest.pk).state == "ready"


def test_a_search_nobody_wants_any_more_stores_nothing(shop, office, bracket, run_work):
    nest = nested(shop, ordered(shop, (bracket, 12)), office)
    searching.ask(nest, office)
    searching.stop(nest, office)
    nest.refresh_from_db()
    assert (nest.state, nest.reason) == ("failed", "It was stopped before anything was found.")
    run_work()
    assert NestSheet.objects.count() == 0
    searching.ask(nest, office)
    deciding.discard(nest, office)
    run_work()
    nest.refresh_from_db()
    assert (nest.state, NestSheet.objects.count()) == ("cancelled", 0)


def test_a_search_whose_worker_died_goes_on(shop, office, bracket, run_work, first_layout):
    nest = nested(shop, ordered(shop, (bracket, 12)), office, seconds=1)
    searching.ask(nest, office)
    searching.NEST.move(nest, "search")  # as the dead one left it
    run_work()
    nest.refresh_from_db()
    assert (nest.state, nest.sheets.get().counts()) == ("ready", {nest.parts.get().pk: 12})


def test_a_search_goes_on_from_what_is_on_the_screen(shop, office, bracket, run_work, first_layout):
    nest = nested(shop, ordered(shop, (bracket, 12)), office, seconds=1)
    laid(nest, grid(f"item:{shop.sheet.pk}", nest.parts.get(), 12, 6, 105.0))
    before = nest.sheets.get()
    searching.ask(nest, office)
    run_work()
    nest.refresh_from_db()
    after = nest.sheets.get()
    assert nest.state == "ready"
    assert after.remnant["area_mm2"] >= before.remnant["area_mm2"]
    assert after.counts() == before.counts()


def test_without_sheets_in_stock_it_fails_and_says_so(shop, office, bracket, run_work):
    nest = nested(shop, ordered(shop, (bracket, 12)), office)
    Item.objects.update(on_hand=0, reserved=0)
    searching.ask(nest, office)
    run_work()
    nest.refresh_from_db()
    assert (nest.state, nest.reason) == ("failed", "No sheet of this material and thickness is in stock.")


def test_what_finds_no_place_is_named_with_the_reason(shop, office, bracket, run_work, first_layout):
    nest = nested(shop, ordered(shop, (bracket, 2), (drawn(shop, plate(2600, 50), "rail.dxf"), 1)), office, seconds=1)
    searching.ask(nest, office)
    run_work()
    nest.refresh_from_db()
    rail = NestPart.objects.get(description="rail")
    assert nest.unplaced[str(rail.pk)]["count"] == 1
    assert nest.unplaced[str(rail.pk)]["why"]


def test_a_nest_for_a_price_takes_sheets_that_are_not_there_and_is_never_cut(
    shop, office, bracket, run_work, first_layout
):
    enquiry = new_enquiry(shop)
    enquiry.wanted_by = date(2026, 12, 24)
    enquiry.save()
    enquiry.lines.create(workspace=shop.workspace, design_file=bracket, item=shop.sheet, quantity=40)
    Item.objects.update(on_hand=0, reserved=0)
    (nest,) = making.from_enquiry(enquiry, office, seconds=1)
    assert (nest.seconds, nest.only_stock, nest.parts.get().due_on) == (1, False, enquiry.wanted_by)
    searching.ask(nest, office)
    run_work()
    nest.refresh_from_db()
    assert (nest.state, nest.sheets.get().counts()) == ("ready", {nest.parts.get().pk: 40})
    with pytest.raises(Refused) as refusal:
        deciding.approve(nest, office)
    assert refusal.value.code == "price-only"


def test_all_drawings_that_cannot_be_nested_for_a_price_are_named_at_once(shop, office, bracket):
    enquiry = new_enquiry(shop)
    slit = drawn(shop, dxf(line(0, 0, 90, 0)).encode(), "slit.dxf")
    bend = drawn(shop, dxf(line(0, 0, 80, 0) + line(80, 0, 80, 9)).encode(), "hook.dxf")
    for drawing in (slit, bracket, bend):
        enquiry.lines.create(workspace=shop.workspace, design_file=drawing, item=shop.sheet, quantity=1)
    with pytest.raises(Refused) as refusal:
        making.from_enquiry(enquiry, office, seconds=1)
    assert refusal.value.code == "no-parts"
    assert "slit.dxf has no closed outline" in refusal.value.reason
    assert "hook.dxf has no closed outline" in refusal.value.reason
    assert "bracket.dxf" not in refusal.value.reason
    assert not Nest.objects.exists()


def test_remnants_come_first(shop, office, bracket, run_work, first_layout):
    square = [[0, 0], [400, 0], [400, 400], [0, 400]]
    lot = lots.keep(shop.sheet, outline=square, rectangle=[0, 0, 400, 400], key="a", by=office)
    nest = nested(shop, ordered(shop, (bracket, 12)), office, seconds=1)
    searching.ask(nest, office)
    run_work()
    sheets = list(nest.sheets.order_by("position"))
    assert [(sheet.lot, len(sheet.placements)) for sheet in sheets] == [(lot, 9), (None, 3)]
    assert sheets[0].remnant is None
    nest.refresh_from_db()
    deciding.approve(nest, office)
    lot.refresh_from_db()
    assert (lot.state, lot.reserved_for) == ("reserved", nest.number)
    deciding.take_back(nest, office)
    lot.refresh_from_db()
    assert (lot.state, lot.reserved_for, wrong(shop.workspace)) == ("free", "", [])


# --- into the queue and out of it -------------------------------------------------------------------------------------


@pytest.fixture
def ready(shop, office, bracket):
    """20 brackets of one job and 10 of another: 28 on a sheet, 25 of them cut twice would be too many."""
    operations = ordered(shop, (bracket, 20)) + ordered(shop, (bracket, 10), key="b")
    nest = nested(shop, operations, office)
    first, second = nest.parts.order_by("id")
    sheet = grid(f"item:{shop.sheet.pk}", first, 20, 10, 105)
    sheet["placements"] += grid("", second, 8, 10, 105, start=10)["placements"]
    for place in sheet["placements"][20:]:
        place["y_mm"] += 210
    return laid(nest, sheet)


def test_approved_sheets_take_the_place_of_the_work_on_them(shop, office, ready):
    deciding.approve(ready, office)
    ready.refresh_from_db()
    sheet = ready.sheets.get()
    waits = list(Operation.objects.filter(state="queued").order_by("position"))
    assert (ready.state, sheet.state, waits[-1].sheet) == ("approved", "queued", sheet)
    assert (str(waits[-1]), waits[-1].reference) == (f"1 × Sheet 1 of {ready.number}", ready.number)
    # 28 of 30 have a place: the two without one wait by themselves, with their material.
    nested_ones = Operation.objects.filter(state="nested").order_by("id")
    assert [row.quantity for row in nested_ones] == [20, 8]
    rest = Operation.objects.get(state="queued", sheet=None)
    assert (rest.quantity, rest.job_line, rest.reservation.quantity) == (2, nested_ones[1].job_line, Decimal("0.100"))
    assert sheet.remnant["rectangle"] == [0, 325, 2450, 1225]  # all above the third row and a gap
    shop.sheet.refresh_from_db()
    assert (shop.sheet.on_hand, shop.sheet.reserved) == (
        10,
        Decimal("1.500"),
    )  # 1.4 for what is nested, 0.1 for the rest
    assert wrong(shop.workspace) == []


def test_a_nest_is_approved_once_and_only_what_still_waits(shop, office, operator, ready):
    runs.start(ready.parts.first().operation, shop.laser, operator)
    with pytest.raises(Refused, match="has changed meanwhile") as refusal:
        deciding.approve(ready, office)
    ready.refresh_from_db()
    assert (refusal.value.code, ready.state, Operation.objects.exclude(sheet=None).count()) == ("changed", "ready", 0)


def test_a_layout_that_is_not_asked_for_any_more_is_not_approved(shop, office, ready):
    NestPart.objects.filter(pk=ready.parts.first().pk).update(quantity=19)
    with pytest.raises(Refused) as refusal:
        deciding.approve(ready, office)
    assert refusal.value.code == "faults"


def test_taken_back_everything_waits_as_before(shop, office, ready):
    deciding.approve(ready, office)
    ready.refresh_from_db()
    deciding.take_back(ready, office)
    ready.refresh_from_db()
    shop.sheet.refresh_from_db()
    assert (ready.state, ready.sheets.get().state, Operation.objects.exclude(sheet=None).count()) == (
        "ready",
        "planned",
        0,
    )
    assert sorted(Operation.objects.filter(state="queued").values_list("quantity", flat=True)) == [2, 8, 20]
    assert (shop.sheet.reserved, wrong(shop.workspace)) == (Decimal("1.500"), [])


def test_equal_sheets_are_one_program(shop, office, bracket):
    nest = nested(shop, ordered(shop, (bracket, 40)), office)
    part = nest.parts.get()
    sheet = grid(f"item:{shop.sheet.pk}", part, 20, 10, 105)
    again = {**sheet, "placements": list(reversed(sheet["placements"]))}
    laid(nest, sheet, again)
    row = nest.sheets.get()
    assert (row.repeats, row.left) == (2, 2)
    assert len(layouts.as_layout([row])["sheets"]) == 2


def test_cancelling_a_job_takes_its_pieces_off_the_sheet(shop, office, ready):
    deciding.approve(ready, office)
    job = ready.parts.first().operation.job_line.job
    jobs.cancel(job, office)
    assert list(Operation.objects.filter(job_line__job=job).values_list("state", flat=True)) == ["cancelled"]
    assert Lot.objects.count() == 0
    assert wrong(shop.workspace) == []
