"""What happened in a while as bookings: documents on revenue, deposits as received before they are earned, money on
bank, losses where they belong.

One booking is an amount on an account with its counter account; `side` S is debit of the first. Sums are exact: what is
divided over rates adds up to what was divided.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.db.models import F, Prefetch
from django.utils.translation import gettext as _

from billing.accounting.accounts import Accounts
from billing.exchange import in_books
from billing.models import Allocation, Invoice, InvoiceLine, Kind, Payment, Treatment, rules_of
from laseros.core.money import ZERO, cents

OTHER_SIDE = {"S": "H", "H": "S"}


@dataclass(frozen=True)
class Booking:
    day: date
    amount: Decimal  # in the document's currency
    currency: str
    rate: Decimal
    booked: Decimal  # in the books'
    side: str
    account: str
    contra: str
    number: str
    text: str
    due_on: date | None = None
    supplied_on: date | None = None
    vat_number: str = ""
    percent: Decimal | None = None


def of(workspace, from_on: date, until_on: date) -> list[Booking]:
    """Every booking of a while, by day."""
    accounts = Accounts(rules_of(workspace))
    found = [*_documents(workspace, accounts, from_on, until_on), *_money(workspace, accounts, from_on, until_on)]
    return sorted(found, key=lambda booking: (booking.day, booking.number, booking.contra))


def _documents(workspace, accounts: Accounts, from_on: date, until_on: date) -> Iterator[Booking]:
    rows = Invoice.objects.filter(number__isnull=False, issued_on__gte=from_on, issued_on__lte=until_on)
    taken_off = InvoiceLine.objects.exclude(deposit=None).select_related("deposit").order_by("position", "id")
    rows = rows.select_related("client", "origin").prefetch_related(Prefetch("lines", taken_off, to_attr="taken_off"))
    for row in rows.order_by("id").iterator(chunk_size=500):
        crossing = row.treatment in (Treatment.INTRA, Treatment.REVERSE)
        document = Booking(
            day=row.issued_on, amount=ZERO, currency=row.currency, rate=row.rate, booked=ZERO,
            side="S" if row.kind == Kind.INVOICE else "H", account=accounts.debtor(row.client), contra="",
            number=row.number, text=f"{row.get_kind_display()} {row.client.name}", due_on=row.due_on,
            supplied_on=row.supplied_on,
            vat_number=row.frozen.get("buyer", {}).get("vat_number", "") if crossing else "",
        )  # fmt: skip
        yield from _earned(workspace, accounts, row, document)
        yield from _no_longer_prepaid(workspace, accounts, row, document)


def _earned(workspace, accounts: Accounts, row: Invoice, document: Booking) -> Iterator[Booking]:
    """What a document says rate by rate, before deposits were taken off: revenue, or received before it is earned."""
    deposit = row.is_deposit or (row.origin is not None and row.origin.is_deposit)
    account = accounts.prepaid if deposit else accounts.revenue
    whole, booked = dict(_rates_of(row)), in_books(row.total, row.rate, workspace)
    for line in row.taken_off:
        if line.deposit.rate == row.rate:
            whole[line.tax_percent] = whole.get(line.tax_percent, ZERO) + line.deposit_total
            booked += in_books(line.deposit_total, row.rate, workspace)
        else:  # earned at the rate it was received at: the foreign money was worth that much
            yield _of(document, line.deposit_total, in_books(line.deposit_total, line.deposit.rate, workspace),
                      account(row.treatment, line.tax_percent), line.tax_percent, line.deposit.rate)  # fmt: skip
    parts = shared(booked, list(whole.values()), workspace.currency)
    for (percent, gross), part in zip(whole.items(), parts, strict=True):
        if gross or part:
            yield _of(document, gross, part, account(row.treatment, percent), percent, row.rate)


def _no_longer_prepaid(workspace, accounts: Accounts, row: Invoice, document: Booking) -> Iterator[Booking]:
    """A deposit that the final invoice takes off is no longer one: back by way of the client, as it was booked."""
    back = replace(document, side=OTHER_SIDE[document.side])
    for line in row.taken_off:
        booked = in_books(line.deposit_total, line.deposit.rate, workspace)
        account = accounts.prepaid(line.deposit.treatment, line.tax_percent)
        text = _("Deposit %(number)s taken off") % {"number": line.deposit.number}
        yield replace(_of(back, line.deposit_total, booked, account, line.tax_percent, line.deposit.rate), text=text)


def _of(document: Booking, amount: Decimal, booked: Decimal, contra: str, percent: Decimal, rate: Decimal) -> Booking:
    """A booking of a document; amounts are more than nothing and the side says which way."""
    side = OTHER_SIDE[document.side] if amount < 0 else document.side
    return replace(
        document, amount=abs(amount), booked=abs(booked), contra=contra, percent=percent, rate=rate, side=side
    )


def _rates_of(invoice: Invoice) -> list[tuple[Decimal, Decimal]]:
    """(percent, gross) as the document says it."""
    rates = [
        (Decimal(rate["percent"]), Decimal(rate["net"]) + Decimal(rate["tax"]))
        for rate in invoice.frozen.get("vat", ())
    ]
    return rates or [(ZERO, invoice.total)]


def shared(amount: Decimal, weights: list[Decimal], currency: str) -> list[Decimal]:
    """An amount divided like the weights, to the cent; the cents that are left go to the largest."""
    whole = sum(weights, ZERO)
    if not whole:
        return [amount, *[ZERO] * (len(weights) - 1)]
    cent = Decimal(1).scaleb(cents(Decimal(1), currency).as_tuple().exponent)
    parts = [(amount * weight / whole).quantize(cent, rounding=ROUND_DOWN) for weight in weights]
    largest = max(range(len(weights)), key=lambda place: weights[place])
    parts[largest] += amount - sum(parts, ZERO)
    return parts


def _money(workspace, accounts: Accounts, from_on: date, until_on: date) -> Iterator[Booking]:
    invoices = Invoice.objects.only("workspace", "number", "total", "frozen", "treatment", "rate")
    given = Prefetch("allocations", Allocation.objects.prefetch_related(Prefetch("invoice", invoices)).order_by("id"))
    rows = Payment.objects.filter(received_on__gte=from_on, received_on__lte=until_on)
    rows = rows.select_related("client", "reverses").prefetch_related(
        given, Prefetch("reverses__allocations", given.queryset)
    )
    for row in rows.order_by("id"):
        yield from _payment(workspace, accounts, row)
    booked = Allocation.objects.filter(booked_on__gte=from_on, booked_on__lte=until_on)
    booked = booked.select_related("payment__client", "invoice__client").order_by("id")
    for part in booked.exclude(gain=0):
        yield _gain(workspace, accounts, part)
    for part in booked.exclude(invoice=None).exclude(invoice__client=F("payment__client")):
        yield _brought_over(workspace, accounts, part)


def _payment(workspace, accounts: Accounts, payment: Payment) -> Iterable[Booking]:
    """Money on the bank beside the client, or a loss beside them; what takes one back is on the other side."""
    meant = payment.reverses or payment
    side = "H" if meant.kind == Payment.Kind.REFUND else "S"
    if payment.reverses is not None:
        side = OTHER_SIDE[side]
    shared_facts = {
        "day": payment.received_on, "currency": payment.currency, "rate": payment.rate, "side": side,
        "contra": accounts.debtor(payment.client), "text": f"{payment.get_kind_display()} {payment.client.name}",
    }  # fmt: skip
    numbers = list(dict.fromkeys(part.invoice.number for part in meant.allocations.all() if part.invoice_id))
    number = numbers[0] if len(numbers) == 1 else payment.number
    if meant.kind != Payment.Kind.WRITE_OFF:
        account = accounts.of("bank" if meant.method == Payment.Method.TRANSFER else meant.method)
        booked = in_books(payment.amount, payment.rate, workspace)
        return [Booking(amount=payment.amount, booked=booked, account=account, number=number, **shared_facts)]
    rates = _rates_of(next(part.invoice for part in meant.allocations.all() if part.invoice_id))
    parts = shared(payment.amount, [gross for _percent, gross in rates], payment.currency)
    return [
        Booking(
            amount=part, booked=in_books(part, payment.rate, workspace), number=number, percent=percent,
            account=accounts.loss_of(meant.reason, percent), **shared_facts,
        )
        for (percent, _gross), part in zip(rates, parts, strict=True)
        if part
    ]  # fmt: skip


def _brought_over(workspace, accounts: Accounts, part: Allocation) -> Booking:
    """Money of one client for an invoice of another that was merged with it: from the one's account to the other's."""
    payer, debtor = (accounts.debtor(row.client) for row in (part.payment, part.invoice))
    amount, rate = abs(part.amount), part.payment.rate
    return Booking(
        day=part.booked_on, amount=amount, currency=part.payment.currency, rate=rate,
        booked=in_books(amount, rate, workspace), side="S" if part.amount > 0 else "H", account=payer, contra=debtor,
        number=part.invoice.number,
        text=_("Payment %(number)s of %(client)s") % {
            "number": part.payment.number, "client": part.payment.client.name,
        },
    )  # fmt: skip


def _gain(workspace, accounts: Accounts, part: Allocation) -> Booking:
    debtor = accounts.debtor((part.invoice or part.payment).client)
    gain = part.gain > 0
    return Booking(
        day=part.booked_on, amount=abs(part.gain), currency=workspace.currency, rate=Decimal(1), booked=abs(part.gain),
        side="S", account=debtor if gain else accounts.of("loss"), contra=accounts.of("gain") if gain else debtor,
        number=part.invoice.number if part.invoice else part.payment.number,
        text=_("Exchange gain") if gain else _("Exchange loss"),
    )  # fmt: skip
