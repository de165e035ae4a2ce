"""The sums of what takes an invoice back: all credit notes together are the invoice, to the cent of its tax.

Tax is rounded on each document. Three notes over a third each can come to a cent more, or less, than the invoice said:
so none takes more tax at a rate than the notes before have left, and the one that takes all that is left takes its tax.
Where prices include the tax the sum is what its lines say, and the cent is in the net.
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
        within = _within_the_sum if found.tax_included else _within_the_net
        # A rate that the invoice did not have: the law refuses it, or a person has chosen it.
        rates = {
            percent: within(*sums, *left[percent]) if percent in left else sums for percent, sums in found.rates.items()
        }
    net = sum((net for net, _tax in rates.values()), ZERO)
    tax = sum((tax for _net, tax in rates.values()), ZERO)
    return replace(found, net=net, tax=tax, total=net + tax, rates=rates)


def _within_the_net(net: Decimal, tax: Decimal, left_net: Decimal, left_tax: Decimal) -> tuple[Decimal, Decimal]:
    return net, left_tax if net == left_net else min(tax, max(left_tax, ZERO))


def _within_the_sum(net: Decimal, tax: Decimal, left_net: Decimal, left_tax: Decimal) -> tuple[Decimal, Decimal]:
    """Net and tax are both within what is left, as long as the sum is."""
    whole = net + tax
    tax = min(max(tax, whole - left_net), max(left_tax, ZERO))
    return whole - tax, tax


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
