"""What was paid of received invoices: by a line of the bank, or by hand where no bank says so.

Nothing of it enters the books: the accountant's system takes purchases in (`docs/adr/0012-books.md`). `paid` is the sum
of the settlements; amounts have the sign of `owed`, so what a supplier gives back is less than nothing.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import BankLine, ReceivedInvoice, Settlement
from billing.states import BANK_LINE, RECEIVED
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, show
from laseros.core.retry import retried


@retried
@transaction.atomic
def pay(row: ReceivedInvoice, amount: Decimal, paid_on: date, note: str = "", by=None) -> ReceivedInvoice:
    """Paid in another way than through a bank that is read in: cash, a card. Part by part until nothing is left."""
    if amount != cents(amount, row.currency):
        raise Refused(_("That is not an amount that can be paid."), code="precision", field="amount")
    if paid_on > timezone.localdate():
        raise Refused(_("This day lies in the future."), code="future", field="paid_on")
    held = _held(row)
    _settle(held, amount, paid_on, by, note=note.strip()[:120])
    activity.record("paid", row, by, details={"note": note} if note else {}, money={"amount": amount})
    row.refresh_from_db()
    return row


@retried
@transaction.atomic
def settle(line: BankLine, rows: Sequence[ReceivedInvoice], by=None) -> BankLine:
    """Money that left the account, or came back, is for these received invoices, in this order and to the last cent."""
    line = BankLine.objects.select_for_update().get(pk=line.pk)
    if line.state != "open":
        BANK_LINE.move(line, "settle")  # says how it stands
    held = [_held(row) for row in sorted(rows, key=lambda row: row.pk)]
    held = [next(one for one in held if one.pk == row.pk) for row in rows]
    if wrong := next((row for row in held if row.currency != line.currency), None):
        raise Refused(_("%(invoice)s is in another currency.") % {"invoice": wrong}, code="currency")
    for row, amount in _shares(-line.amount, held, line):
        _settle(row, amount, line.day, by, line=line)
        activity.record("paid", row, by, details={"what": str(line)}, money={"amount": amount})
    BANK_LINE.move(line, "settle")
    activity.record("booked", line, by, details={"what": ", ".join(row.number for row in held)},
                    money={"amount": line.amount})  # fmt: skip
    return line


@retried
@transaction.atomic
def reopen(line: BankLine, reason: str, by=None) -> BankLine:
    """It was for something else: what it paid is owed again, and the line waits."""
    line = BankLine.objects.select_for_update().get(pk=line.pk)
    if line.state != "settled":
        raise Refused(_("%(line)s is not booked.") % {"line": line}, code="state")
    for part in line.settlements.order_by("invoice"):
        _take_back(part, reason, by)
    BANK_LINE.move(line, "unsettle")
    activity.record("taken back", line, by, details={"why": reason})
    return line


@retried
@transaction.atomic
def take_back(row: ReceivedInvoice, reason: str, by=None) -> ReceivedInvoice:
    """Recorded by mistake: what was paid by hand is owed again, and so is what was forgone; a line of the bank is taken
    back where it stands."""
    _held(row, states=("approved", "paid"))
    parts = row.settlements.order_by("id")
    if line := next((part.line for part in parts.select_related("line") if part.line_id), None):
        raise Refused(_("%(line)s paid it: take that line of the bank back.") % {"line": line}, code="bank")
    for part in parts:
        _take_back(part, reason, by)
    RECEIVED.try_move(row, "unpay")
    row.refresh_from_db()
    return row


@retried
@transaction.atomic
def forgo(row: ReceivedInvoice, reason: str, by=None) -> ReceivedInvoice:
    """The rest is not paid: a discount for paying soon, a few cents."""
    if not reason.strip():
        raise Refused(_("Say why the rest is not paid."), code="reason", field="reason")
    held = _held(row)
    if not held.paid:
        raise Refused(_("Nothing of it is paid yet. What is not owed at all is rejected."), code="unpaid")
    RECEIVED.move(row, "pay", reason=reason.strip()[:300])
    activity.record("settled", row, by, details={"why": reason}, money={"amount": held.left})
    return row


def _held(row: ReceivedInvoice, states: tuple[str, ...] = ("approved",)) -> ReceivedInvoice:
    held = ReceivedInvoice.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.state == "to_check":
        raise Refused(_("%(invoice)s has to be approved before it is paid.") % {"invoice": held}, code="unchecked")
    if held.state not in states:
        RECEIVED.move(held, "pay")  # says how it stands
    return held


def _shares(money: Decimal, rows: Sequence[ReceivedInvoice], line: BankLine) -> list[tuple[ReceivedInvoice, Decimal]]:
    """What of the money is for which: all that is left of each; the last may be paid in part."""
    found, rest = [], money
    for row in rows:
        is_part = row is rows[-1] and rest * row.left > 0 and abs(rest) < abs(row.left)
        found.append((row, rest if is_part else row.left))
        rest -= found[-1][1]
    if rest != ZERO or not all(amount for _row, amount in found):
        left = sum((row.left for row in rows), ZERO)
        said = {
            name: show(abs(value), line.currency, line.workspace.locale)
            for name, value in (("amount", money), ("left", left))
        }
        raise Refused(_("%(amount)s do not fit: %(left)s are left to be paid.") % said, code="amount")
    return found


def _settle(row: ReceivedInvoice, amount: Decimal, day: date, by, **facts) -> None:
    if amount * row.left <= 0 or abs(amount) > abs(row.left):
        left = show(row.left, row.currency, row.workspace.locale)
        raise Refused(_("More than is left to be paid: %(left)s.") % {"left": left}, code="amount", field="amount")
    Settlement.objects.create(
        workspace_id=row.workspace_id, invoice=row, amount=amount, paid_on=day,
        by=by if getattr(by, "pk", None) else None, **facts,
    )  # fmt: skip
    _count(row, amount)
    if row.left == ZERO:
        RECEIVED.move(row, "pay")


def _count(held: ReceivedInvoice, amount: Decimal) -> None:
    """The row is held, so its sum is written as it is: SQLite adds 0.1 and 0.2 to more than 0.3."""
    held.paid += amount
    ReceivedInvoice._base_manager.filter(pk=held.pk).update(paid=held.paid)


def _take_back(part: Settlement, reason: str, by) -> None:
    held = ReceivedInvoice.objects.select_for_update(of=("self",)).get(pk=part.invoice_id)
    _count(held, -part.amount)
    RECEIVED.try_move(held, "unpay", reason="")
    activity.record("taken back", held, by, details={"why": reason}, money={"amount": part.amount})
    part.delete()
