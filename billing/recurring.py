"""Invoices that come again: a draft for each day that is due, once, however late or however many workers look."""

from calendar import monthrange
from datetime import date, timedelta

from babel.dates import format_date
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, outbox, work
from billing import discounts, law, prices
from billing.models import Invoice, InvoiceLine, RecurringInvoice, RecurringLine, RecurringTurn
from billing.models.recurring import PLACE
from billing.occasions import RECURRING_MADE, RECURRING_STOPPED
from billing.states import RECURRING
from laseros.core.errors import Refused
from laseros.core.retry import retried

SAID = ("position", "description", "quantity", "unit_price", "tax_percent", "discount_percent", "discount_amount")
MOST_AT_ONCE = 60  # of one schedule in one night: more is a mistake in its first day, the rest comes the night after


def day_of(recurring: RecurringInvoice, turn: int) -> date:
    """The day of a turn, the first being 0: counted from the first day, so that 31 January leads to 28 February and
    31 March."""
    first, steps = recurring.starts_on, recurring.every * turn
    if recurring.unit == RecurringInvoice.Unit.WEEK:
        return first + timedelta(weeks=steps)
    year, month = divmod(first.year * 12 + first.month - 1 + steps, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def first_from(recurring: RecurringInvoice, day: date) -> date:
    """The first of its days that is not before `day`."""
    turn = 0
    while (found := day_of(recurring, turn)) < day:
        turn += 1
    return found


def unless_over(recurring: RecurringInvoice, day: date, turns: int) -> date | None:
    """The day, or None where the schedule has ended before it, with so many behind it."""
    over = recurring.count is not None and turns >= recurring.count
    return None if over or (recurring.ends_on and day > recurring.ends_on) else day


@retried
@transaction.atomic
def begin(recurring: RecurringInvoice, by) -> RecurringInvoice:
    """Store a new schedule. Nothing is due before today: what lies in the past was invoiced by hand."""
    _check_first(recurring)
    recurring.next_on = unless_over(recurring, recurring.starts_on, 0)
    recurring.tax_included = prices.include_tax(recurring.client)
    recurring.created_by = by if getattr(by, "pk", None) else None
    recurring.save()
    activity.record("created", recurring, by, details={"due": recurring.next_on or "–"})
    return recurring


def _check_first(recurring: RecurringInvoice) -> None:
    if recurring.starts_on < timezone.localdate():
        raise Refused(_("The first one lies in the past: choose today or a later day."), code="past", field="starts_on")


@retried
@transaction.atomic
def replan(recurring: RecurringInvoice, by) -> RecurringInvoice:
    """Work out the next day after how often, or until when, was changed.

    What was planned next is the earliest: the rhythm changes, and no time is left out or invoiced a second time.
    """
    recurring.refresh_from_db()
    if not recurring.turns and recurring.starts_on != recurring.next_on:
        _check_first(recurring)
    last = recurring.made.order_by("-due_on").values_list("due_on", flat=True).first()
    earliest = recurring.next_on if recurring.turns else recurring.starts_on
    if last is not None:
        earliest = max(earliest or last, last + timedelta(days=1))
    day = first_from(recurring, earliest or recurring.starts_on)
    day = unless_over(recurring, day, recurring.turns)
    RecurringInvoice.objects.filter(pk=recurring.pk).update(next_on=day)
    if day is None:
        RECURRING.try_move(recurring, "end")
    else:
        RECURRING.try_move(recurring, "begin_again")
    recurring.refresh_from_db()
    return recurring


@retried
@transaction.atomic
def switch_prices(recurring: RecurringInvoice, by) -> None:
    """Bring its prices to ones with tax, or to ones without. What was made of it stays as it is."""
    recurring.refresh_from_db()
    included = not recurring.tax_included
    prices.check_may_switch(recurring, included)
    lines = list(recurring.lines.all())
    for line in lines:
        prices.turn_line(line, recurring.workspace.currency, included)
    RecurringLine.objects.bulk_update(lines, ["unit_price", "discount_amount"])
    RecurringInvoice.objects.filter(pk=recurring.pk).update(tax_included=included)
    recurring.tax_included = included
    activity.record("changed", recurring, by, details=prices.told(not included, included))


def pause(recurring: RecurringInvoice, by) -> None:
    with transaction.atomic():
        RECURRING.move(recurring, "pause")
        activity.record("paused", recurring, by)


@retried
@transaction.atomic
def resume(recurring: RecurringInvoice, by) -> None:
    """Go on: what was due during the pause is not made up for."""
    RECURRING.move(recurring, "resume")
    today = timezone.localdate()
    while recurring.next_on is not None and recurring.next_on < today:
        _advance(recurring, recurring.next_on)
    activity.record("resumed", recurring, by, details={"due": recurring.next_on or "–"})


@retried
@transaction.atomic
def skip(recurring: RecurringInvoice, by) -> None:
    """Leave the next one out."""
    recurring.refresh_from_db()
    day = recurring.next_on
    if day is None or recurring.state == "ended" or not _advance(recurring, day):
        raise Refused(_("There is no next one."), code="state")
    RecurringTurn.objects.create(workspace=recurring.workspace, recurring=recurring, due_on=day)
    activity.record("skipped", recurring, by, details={"day": day})


def make_due() -> int:
    """Make every draft that is due in the open workspace; how many. For a client that was archived it is paused."""
    today, made = timezone.localdate(), 0
    for recurring in RecurringInvoice.objects.filter(state="running", next_on__lte=today).select_related("client"):
        if recurring.client.archived_at is not None:
            pause(recurring, None)
            continue
        for _turn in range(MOST_AT_ONCE):
            if recurring.next_on is None or recurring.next_on > today or not make(recurring):
                break
            made += 1
    return made


@retried
@transaction.atomic
def make(recurring: RecurringInvoice) -> Invoice | None:
    """The draft of the next day; None when somebody else has made it, paused it or skipped it meanwhile."""
    day = recurring.next_on
    if not _advance(recurring, day, state="running"):
        return None
    workspace, client = recurring.workspace, recurring.client
    invoice = Invoice.objects.create(
        workspace=workspace,
        client=client,
        currency=workspace.currency,
        treatment=law.proposed(workspace, client, day),
        tax_included=recurring.tax_included,
        supplied_on=day,
        note=filled(recurring, recurring.note, day),
        created_by=recurring.created_by,
    )
    from billing import invoices

    lines = [InvoiceLine(**{name: getattr(line, name) for name in SAID}) for line in recurring.lines.all()]
    for line in lines:
        line.description = filled(recurring, line.description, day)[:200]
    law.charge(lines, client, day)
    if invoice.tax_included and invoice.treatment in prices.LEAVES:
        prices.turn(invoice, lines, invoice.currency, tax_included=False)
        invoice.save(update_fields=["tax_included"])
    invoices.change_lines(invoice, lines, [], None)
    turn = RecurringTurn.objects.create(workspace=workspace, recurring=recurring, due_on=day, invoice=invoice)
    activity.record("created", invoice, details={"from": recurring.title, "due": day}, money={"total": invoice.total})
    if recurring.then == RecurringInvoice.Then.ISSUE:
        work.queue(issue_recurring, workspace, turn.pk, subject=invoice)
    else:
        _tell(RECURRING_MADE, turn)
    return invoice


def _advance(recurring: RecurringInvoice, day: date | None, **state) -> bool:
    """Move to the next day, once: whoever comes second finds another day there."""
    if day is None:
        return False
    following = unless_over(recurring, first_from(recurring, day + timedelta(days=1)), recurring.turns + 1)
    rows = RecurringInvoice.objects.filter(pk=recurring.pk, next_on=day, turns=recurring.turns, **state)
    if not rows.update(next_on=following, turns=F("turns") + 1):
        return False
    if following is None:
        RECURRING.try_move(recurring, "end")
    recurring.turns, recurring.next_on = recurring.turns + 1, following
    return True


def filled(recurring: RecurringInvoice, text: str, day: date) -> str:
    """The text with the month, the year and the days it is for, as the business writes them."""
    workspace = recurring.workspace
    until = first_from(recurring, day + timedelta(days=1)) - timedelta(days=1)
    values = {
        "month": format_date(day, "LLLL", locale=workspace.locale),
        "next_month": format_date(
            date(day.year + day.month // 12, day.month % 12 + 1, 1), "LLLL", locale=workspace.locale
        ),
        "year": f"{day:%Y}",
        "from": format_date(day, "medium", locale=workspace.locale),
        "until": format_date(until, "medium", locale=workspace.locale),
    }
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)


@work.task(gettext_noop("issue a recurring invoice"))
def issue_recurring(pk: int) -> None:
    """Issue it and mail it. What stands in the way is written beside it and told: the draft waits for a person."""
    from billing import invoices

    turn = RecurringTurn.objects.select_related("recurring", "invoice").get(pk=pk)
    if turn.invoice.state != "draft":
        return
    try:
        discounts.check_discounts(turn.invoice, list(turn.invoice.lines.all()))
        invoices.issue(turn.invoice, turn.recurring.created_by)
    except Refused as refusal:
        with transaction.atomic():
            RecurringTurn.objects.filter(pk=turn.pk).update(problem=str(refusal.reason)[:500])
            turn.refresh_from_db()
            _tell(RECURRING_STOPPED, turn)


def _tell(occasion: outbox.Occasion, turn: RecurringTurn) -> None:
    link = settings.BASE_URL.rstrip("/") + reverse("admin:billing_invoice_change", args=[turn.invoice_id])
    outbox.tell(
        occasion, turn, key=f"{occasion.name}:{turn.pk}", link=link, shared=True,
        otherwise=turn.recurring.created_by,
    )  # fmt: skip
