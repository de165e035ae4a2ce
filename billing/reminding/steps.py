"""Which step of which invoice is due; the proposal of it, and its sending. Each step of an invoice once."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, work
from billing import chain
from billing.documents.reminder import frozen_of
from billing.models import Invoice, Kind, Reminder, ReminderHold, rules_of
from billing.reminding.claims import Claim, claim_of
from billing.states import OWED, REMINDER
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.retry import retried

LAST = 3


def held_on(day: date):
    """Holds in force: a dispute until it is lifted, a promise until its day is over."""
    return ReminderHold.objects.filter(lifted_at=None).filter(Q(kind="dispute") | Q(until__gte=day))


def waiting():
    """Proposals somebody has to look at, the oldest debt first."""
    rows = Reminder.objects.filter(state="proposed").select_related(
        "invoice__client", "invoice__workspace", "invoice__job__contact"
    )
    return rows.order_by("invoice__due_on", "id")


@retried
@transaction.atomic
def propose(workspace) -> int:
    """Write a proposal for every invoice whose next step is due, drop those that are settled, and bring the others to
    what is owed now. Runs every night.

    Answers how many are new; run again it finds nothing more.
    """
    today, rules = timezone.localdate(), rules_of(workspace)
    _drop_settled(today)
    Reminder.objects.bulk_update(as_of_today(waiting()), ["open", "fee", "flat", "interest"], batch_size=200)
    after = {1: rules.remind_after, 2: rules.remind_again, 3: rules.remind_last}
    waiting_now = Reminder.objects.filter(invoice=OuterRef("pk"), state="proposed")
    late = Invoice.objects.filter(state__in=OWED, kind=Kind.INVOICE, due_on__lt=today)
    late = late.exclude(Exists(waiting_now)).exclude(Exists(held_on(today).filter(invoice=OuterRef("pk"))))
    sent = Q(reminders__state="sent")
    late = late.annotate(done=Max("reminders__step", filter=sent), last=Max("reminders__sent_on", filter=sent))
    new = []
    for invoice in late.select_related("client").defer("note"):
        step = (invoice.done or 0) + 1
        since = invoice.last or invoice.due_on
        if step > LAST or today < since + timedelta(days=after[step]):
            continue
        claim = claim_of(invoice, step, rules, today)
        new.append(Reminder(workspace=workspace, invoice=invoice, step=step, proposed_on=today, **_amounts(claim)))
    Reminder.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def as_of_today(reminders: Iterable[Reminder]) -> list[Reminder]:
    """Bring proposals to what is owed now, in memory: part of it may have been paid since. Those that changed."""
    today, changed = timezone.localdate(), []
    proposed = [reminder for reminder in reminders if reminder.state == "proposed"]
    rules = rules_of(proposed[0].invoice.workspace) if proposed else None
    for reminder in proposed:
        amounts = _amounts(claim_of(reminder.invoice, reminder.step, rules, today))
        if any(getattr(reminder, name) != amount for name, amount in amounts.items()):
            for name, amount in amounts.items():
                setattr(reminder, name, amount)
            changed.append(reminder)
    return changed


def _amounts(claim: Claim) -> dict:
    return {"open": claim.open, "fee": claim.fee, "flat": claim.flat, "interest": claim.interest}


def _drop_settled(today: date) -> None:
    stopped = held_on(today).values("invoice")
    gone = Reminder.objects.filter(state="proposed").filter(~Q(invoice__state__in=OWED) | Q(invoice__in=stopped))
    for reminder in gone:
        REMINDER.try_move(reminder, "drop")


def send(reminders: Iterable[Reminder], by) -> tuple[list[Reminder], list[str]]:
    """Send these, each in a transaction of its own: those that went out, and why the others did not."""
    sent, refused = [], []
    for reminder in reminders:
        try:
            sent.append(_send(reminder, by))
        except Refused as refusal:
            refused.append(str(refusal.reason))
    return sent, refused


@retried
@transaction.atomic
def _send(reminder: Reminder, by) -> Reminder:
    from billing.tasks import send_reminder

    rows = Invoice.objects.select_for_update(of=("self",)).select_related("workspace", "client", "job__contact")
    invoice = rows.get(pk=reminder.invoice_id)
    today, rules = timezone.localdate(), rules_of(invoice.workspace)
    if invoice.state not in OWED:
        raise Refused(_("Nothing is owed on %(invoice)s any more.") % {"invoice": invoice}, code="state")
    if held_on(today).filter(invoice=invoice).exists():
        raise Refused(_("Reminders of %(invoice)s are stopped.") % {"invoice": invoice}, code="held")
    claim = claim_of(invoice, reminder.step, rules, today)
    pay_by = today + timedelta(days=rules.pay_within)
    frozen = frozen_of(invoice, claim)
    person = by if getattr(by, "pk", None) else None
    REMINDER.move(reminder, "send", sent_on=today, pay_by=pay_by, frozen=frozen, by=person, **_amounts(claim))
    activity.record(
        "reminded", invoice, by, details={"step": reminder.step, "due": pay_by},
        money={"balance": claim.open, "amount": cents(reminder.asked, invoice.currency)},
    )  # fmt: skip
    chain.seal(reminder, by)
    work.queue(send_reminder, invoice.workspace, reminder.pk, subject=reminder, by=by)
    return reminder


@retried
@transaction.atomic
def drop(reminder: Reminder, by) -> None:
    """Not this time. It is proposed again tomorrow, unless reminders of the invoice are stopped."""
    REMINDER.move(reminder, "drop")
    activity.record("dropped", reminder.invoice, by, details={"step": reminder.step})
