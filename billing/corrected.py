"""The sums of what takes an invoice back: all credit notes together are the invoice, to the cent of its tax.

Tax is rounded on each document. Three notes over a third each can come to a cent more, or less, than the invoice said:
so none takes more tax at a rate than the notes before have left, and the one that takes all that is left takes its tax.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from billing import totals
from billing.models import Invoice
from laseros.core.money import ZERO


def sums_of(invoice: Invoice, lines: Iterable) -> totals.Totals:
    """Totals of any document of the family, with the tax of its origin where it takes one back."""
    found = totals.of(lines, invoice.currency, invoice)
    if not invoice.origin_id:
        return found
    if invoice.number:
        rates = dict(_said(invoice))
    else:
        left = _left(invoice)
        rates = {percent: (net, _tax(net, tax, left.get(percent))) for percent, (net, tax) in found.rates.items()}
    tax = sum((tax for _net, tax in rates.values()), ZERO)
    return replace(found, tax=tax, total=found.net + tax, rates=rates)


def _tax(net: Decimal, tax: Decimal, left: tuple[Decimal, Decimal] | None) -> Decimal:
    if left is None:  # a rate that the invoice did not have: the law refuses it, or a person has chosen it
        return tax
    return left[1] if net == left[0] else min(tax, max(left[1], ZERO))


def _left(note: Invoice) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """{percent: (net, tax)} of its invoice that the other notes have not taken back."""
    left: dict[Decimal, tuple[Decimal, Decimal]] = {}
    others = note.origin.corrections.exclude(number=None).exclude(pk=note.pk)
    for sign, document in ((1, note.origin), *((-1, other) for other in others)):
        for percent, (net, tax) in _said(document):
            there = left.get(percent, (ZERO, ZERO))
            left[percent] = (there[0] + sign * net, there[1] + sign * tax)
    return left


def _said(document: Invoice) -> Iterable[tuple[Decimal, tuple[Decimal, Decimal]]]:
    """(percent, (net, tax)) as it was frozen."""
    return [(Decimal(row["percent"]), (Decimal(row["net"]), Decimal(row["tax"]))) for row in document.frozen["vat"]]
