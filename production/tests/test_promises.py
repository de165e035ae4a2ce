"""What approving a job does to the stock: promised or taken at once, refused with what is missing, given back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Activity, Workspace
from inventory import ledger, lots
from inventory.management.commands.check_ledger import wrong
from inventory.models import Move, PurchaseOrder
from inventory.tests.buying import new_supplier, sells, sent
from laseros.core.errors import Refused
from production import jobs, runs, taking, undoing
from production.models import Job, Operation, Priority
from production.tests.ground import line, new_job, operation_of

pytestmark = pytest.mark.usefixtures("scoped")


def stock(shop) -> tuple[Decimal, Decimal]:
    shop.sheet.refresh_from_db()
    return shop.sheet.on_hand, shop.sheet.reserved


def on_order(shop, quantity, day: date) -> None:
    order = sent(sells(new_supplier(shop.workspace), shop.sheet), packs=quantity)
    PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=day)
    order.lines.update(expected_on=None)


# --- too little ------------------------------------------------------------------------------------------------------


def test_too_little_is_refused_with_what_is_missing_and_when_it_comes(shop, office):
    on_order(shop, 5, date(2026, 12, 3))
    before = stock(shop), Job.objects.count(), Activity.objects.count()
    with pytest.raises(Refused) as refusal:
        new_job(shop, lines=[line(shop, quantity=240), line(shop, quantity=10)], despite="")
    assert refusal.value.code == "short"
    (missing,) = refusal.value.details["missing"]
    assert (missing.item, missing.needed, missing.available, missing.missing) == (
        shop.sheet, Decimal("12.500"), Decimal(10), Decimal("2.500"),
    )  # fmt: skip
    assert (missing.on_order, missing.expected_on) == (5, date(2026, 12, 3))
    first, words = refusal.value.reason.split("\n")
    assert first == "There is too little in stock:"
    assert words.startswith(f"{shop.sheet}: ")
    assert "On order for" in words
    assert (stock(shop), Job.objects.count(), Activity.objects.count()) == before
    assert new_job(shop, "b", lines=[line(shop)], despite="").number.endswith("-001")  # no number was lost


def test_accepted_with_a_reason_it_waits_and_the_log_says_why(shop, office):
    job = new_job(shop, by=office, lines=[line(shop, quantity=240)], despite="the sheets come tomorrow")
    told = Activity.objects.get(verb="accepted short")
    assert (told.target_id, told.details["why"]) == (job.pk, "the sheets come tomorrow")
    assert told.details["missing"] == f"2 sheets {shop.sheet.code}"
    assert operation_of(job).reservation.waiting == 2


def test_who_comes_first_gets_what_comes_in(shop, office):
    """The higher priority, then the earlier day, then the older job; what changed is in the item's log."""
    today = timezone.localdate()
    fields = {"lines": [line(shop, quantity=120)]}  # six sheets each
    first = new_job(shop, "a", due_on=today + timedelta(days=9), **fields)
    later = new_job(shop, "b", due_on=today + timedelta(days=9), **fields)
    sooner = new_job(shop, "c", due_on=today + timedelta(days=5), **fields)
    held = lambda: [operation_of(job).reservation.held for job in (first, later, sooner)]  # noqa: E731
    assert held() == [6, 4, 0]
    ledger.post(shop.sheet, 3, "purchase", key="in", by=office)
    assert held() == [6, 1, 6]
    told = Activity.objects.filter(verb="promised anew").latest("pk")
    assert {name: value for name, value in told.details.items() if name != "why"} == {
        f"{later.number} Bracket": ["4.000", "1.000"], f"{sooner.number} Bracket": ["0.000", "6.000"],
    }  # fmt: skip
    urgent = new_job(shop, "d", priority=Priority.URGENT, due_on=today, despite="", **fields)
    assert operation_of(urgent).reservation.held == 6
    assert held() == [1, 0, 6]
    jobs.cancel(urgent, office)
    assert (held(), wrong(shop.workspace)) == ([6, 1, 6], [])


def test_a_run_taken_back_stands_where_it_stood_before_those_who_wait(shop, office, operator):
    run = runs.start(operation_of(new_job(shop, "a")), shop.laser, operator)  # one sheet
    other = new_job(shop, "b", lines=[line(shop, quantity=200)])  # ten, of which nine are there
    held = lambda: [Operation.objects.get(pk=pk).reservation.held for pk in mine]  # noqa: E731
    mine = run.operation_id, operation_of(other).pk
    assert held() == [1, 9]
    runs.finish(run, good=20, scrap=0, material_used="0.4", by=operator)
    assert operation_of(other).reservation.held == Decimal("9.6")
    undoing.undo(run, times=0, by=operator)
    assert (held(), stock(shop), wrong(shop.workspace)) == ([1, 9], (10, 10), [])


def test_what_is_cut_was_there_whoever_was_promised_it(shop, operator):
    """A heat lot holds most of the stock: what the books give is not only what lies loose."""
    for number in range(2):
        lots.receive(shop.sheet, 3, key=f"heat{number}", by=operator, kind="sheet", heat=f"H-{number}")
    run = runs.start(operation_of(new_job(shop, "a")), shop.laser, operator)
    new_job(shop, "b", lines=[line(shop, quantity=300)])  # all that is left
    assert stock(shop) == (16, 16)
    done = runs.finish(run, good=20, scrap=0, material_used=20, by=operator)
    assert done.state == "finished"
    assert -sum(move.quantity for move in Move.objects.filter(kind="usage")) == 16
    assert (stock(shop), wrong(shop.workspace)) == ((0, 0), [])


# --- taken at once ---------------------------------------------------------------------------------------------------


@pytest.fixture
def at_once(shop):
    Workspace.objects.filter(pk=shop.workspace.pk).update(takes_at_once=True)
    shop.workspace.takes_at_once = True
    return shop


def taken(job) -> Decimal:
    return operation_of(job).taken


def test_taken_when_approved_and_given_back_when_cancelled(at_once, office):
    job = new_job(at_once, by=office)
    assert (stock(at_once), taken(job), jobs.wanting(job)) == ((9, 0), 1, [])
    move = Move.objects.get(kind="usage")
    assert (move.source, move.quantity) == (f"job:{job.pk}", -1)
    value = at_once.sheet.value
    jobs.cancel(job, office)
    assert (stock(at_once), taken(job), wrong(at_once.workspace)) == ((10, 0), 0, [])
    assert at_once.sheet.value == value - move.value


def test_a_run_uses_what_was_taken_and_gives_back_the_rest(at_once, operator):
    job = new_job(at_once)
    run = runs.start(operation_of(job), at_once.laser, operator)
    runs.finish(run, good=20, scrap=0, material_used="0.7", by=operator)
    assert (stock(at_once), taken(job)) == ((Decimal("9.3"), 0), 0)
    undoing.undo(run, times=0, by=operator)
    assert (stock(at_once), taken(job)) == ((9, 0), 1)
    runs.finish(run, good=10, scrap=0, by=operator)  # half of it; the rest is still taken
    assert (stock(at_once), taken(job)) == ((9, 0), Decimal("0.5"))
    again = runs.start(operation_of(job), at_once.laser, operator)
    runs.finish(again, good=10, scrap=0, material_used=2, by=operator)
    assert (stock(at_once), taken(job), wrong(at_once.workspace)) == ((Decimal("7.5"), 0), 0, [])


def test_a_cancelled_run_has_used_a_part_and_cancelling_gives_back_the_rest(at_once, office, operator):
    job = new_job(at_once, lines=[line(at_once, quantity=100)])  # five sheets
    assert stock(at_once) == (5, 0)
    run = runs.start(operation_of(job), at_once.laser, operator)
    runs.abort(run, good=0, scrap=0, material_used="1.25", by=operator)
    assert (stock(at_once), taken(job)) == ((Decimal("5"), Decimal("1.25")), Decimal("3.75"))
    jobs.cancel(job, office)
    assert (stock(at_once), taken(job), wrong(at_once.workspace)) == ((Decimal("8.75"), 0), 0, [])


def test_from_spools_it_goes_back_onto_the_spools(at_once, office):
    for number, amount in enumerate((2, 3)):
        lots.receive(at_once.sheet, amount, key=f"s{number}", by=office, kind="sheet", heat=f"H{number}")
    ledger.post(at_once.sheet, -10, "waste", key="loose")
    job = new_job(at_once, lines=[line(at_once, quantity=80)])  # four: two of the first, two of the second
    lots_left = lambda: sorted(lot.quantity for lot in at_once.sheet.lots.all())  # noqa: E731
    assert lots_left() == [0, 1]
    jobs.cancel(job, office)
    assert (lots_left(), stock(at_once), wrong(at_once.workspace)) == ([2, 3], (5, 0), [])


def test_what_waits_for_stock_is_not_taken(at_once, office):
    job = new_job(at_once, lines=[line(at_once, quantity=240)])
    assert (stock(at_once), taken(job)) == ((10, 10), 0)
    ledger.post(at_once.sheet, 2, "purchase", key="in")
    assert jobs.prepare(job, office) == []
    assert (stock(at_once), taken(job)) == ((0, 0), 12)
    taking.take(job, office)  # harmless
    assert stock(at_once) == (0, 0)
