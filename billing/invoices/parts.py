"""An order that is invoiced piece by piece: all its invoices together come to what was ordered, to the cent.

Of a price with three digits each part is rounded apart: 2 × 12.345 are 24.69, and twice 12.35 is a cent too much. The
last pieces take what the invoices before have left of the line, and none takes more, as credit notes do.
"""

from collections.abc import Iterable
from decimal import Decimal

from billing import totals
from billing.discounts import GIVEN
from billing.models import InvoiceLine
from laseros.core.money import ZERO, cents


def carry(rows: Iterable[InvoiceLine], draft) -> list[InvoiceLine]:
    """Bring `rounding` and `amount` of a draft's lines up to date, in memory; answers those that changed. `draft` is an
    invoice of a job, or says the same of one: `job`, `currency` and `tax_included`.

    Nothing is rounded where a price or a discount is another than the order's: what somebody typed is what they meant.
    """
    rows = [row for row in rows if row.job_line_id]
    before = _issued({row.job_line_id for row in rows if _is_rounded_apart(row, draft.currency)}, draft)
    changed = []
    for row in rows:
        was, row.rounding = row.rounding, ZERO
        if (there := before.get(row.job_line_id)) is not None:
            row.rounding = _beside(row, there, draft.currency)
            there.append(row)  # each delivery has a line of its own on one invoice
        if row.rounding != was:
            changed.append(row)
        row.amount = totals.amount_of(row, draft.currency)
    return changed


def _is_rounded_apart(row: InvoiceLine, currency: str) -> bool:
    in_part = row.quantity < row.job_line.quantity
    return in_part and (row.unit_price != cents(row.unit_price, currency) or bool(row.discount_percent))


def _issued(parts: set[int], draft) -> dict[int, list[InvoiceLine]]:
    """{line of the order: its lines on invoices that stand}; none of an order that is invoiced in other prices."""
    if not parts or draft.tax_included != draft.job.tax_included:
        return {}
    found: dict[int, list[InvoiceLine]] = {part: [] for part in parts}
    lines = InvoiceLine.objects.filter(job_line__in=parts, invoice__kind="invoice", invoice__state__in=GIVEN)
    other = lines.exclude(invoice__currency=draft.currency, invoice__tax_included=draft.tax_included)
    for part in other.values_list("job_line", flat=True):
        found.pop(part, None)
    for line in lines.filter(job_line__in=found).select_related("job_line"):
        found[line.job_line_id].append(line)
    return found


def _is_as_ordered(row: InvoiceLine) -> bool:
    of = row.job_line
    return (row.unit_price, row.discount_percent) == (of.unit_price, of.discount_percent)


def _beside(row: InvoiceLine, before: list[InvoiceLine], currency: str) -> Decimal:
    """What this line takes beside its own pieces."""
    of = row.job_line
    if not all(map(_is_as_ordered, (row, *before))):
        return ZERO
    left = max(totals.amount_of(of, currency) - sum((each.amount for each in before), ZERO), ZERO)
    beside = left - totals.amount_of(row, currency)
    pieces = sum(each.quantity for each in before) + row.quantity
    if pieces < of.quantity:
        return min(beside, ZERO)
    off = sum((each.discount_amount for each in before), row.discount_amount)
    return beside if pieces == of.quantity and off == of.discount_amount else ZERO
