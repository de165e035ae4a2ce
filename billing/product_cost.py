"""What one piece of a product costs, through all levels of its recipe: worked out each time it is asked for, from the
prices of items, the machines' rates, the cutting table and the price rules as they are now. Nothing of it is stored.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from billing.models import PriceRules
from billing.price_book import PriceBook
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, plus_tax
from production.models import Step
from production.recipes import Node

LABELS = {
    "material": _("Material"),
    "components": _("Components"),
    "machine": _("Machine time"),
    "energy": _("Energy"),
    "labour": _("Labour"),
    "overhead": _("Overhead"),
    "waste": _("Waste"),
}
MATERIALS = (Item.Category.SHEET, Item.Category.FILAMENT)
HOUR = 3600
EXACT = Decimal("0.0001")


@dataclass
class Cost:
    """Amounts for one piece, exact to a hundredth of a cent; `missing` says in words what could not be counted."""

    batch: int
    parts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(LABELS, ZERO))
    seconds: Decimal = ZERO
    missing: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum(self.parts.values(), ZERO)

    def add(self, key: str, amount: Decimal) -> None:
        self.parts[key] += amount


def of(node: Node, batch: int = 1, book: PriceBook | None = None) -> Cost:
    """The cost of one piece when `batch` are made together: setting up is shared among them.

    Material and components as stock values them now; waste is what the recipe and the rules add to them. Machine time
    by the hourly rate of the first machine of its kind, energy by the rules' power and price, labour for handling at
    each step, for setting up and for steps by hand. Overhead is a percentage of machine time and labour.
    """
    book = book or PriceBook()
    rules, found = book.rules, Cost(batch)
    if rules is None:
        found.missing.append(str(_("There are no price rules yet.")))
        return found
    for place in node.walk():
        _items(found, place, rules)
        for step in place.steps:
            _step(found, step, place, book)
    overhead = (found.parts["machine"] + found.parts["labour"]) * rules.overhead_percent / 100
    found.add("overhead", overhead)
    found.parts = {key: amount.quantize(EXACT) for key, amount in found.parts.items()}
    return found


def _items(found: Cost, place: Node, rules: PriceRules) -> None:
    for row, amount in place.items:
        is_material = row.item.category in MATERIALS
        worth = amount * row.item.price * place.total
        found.add("material" if is_material else "components", worth)
        percent = row.waste_percent or (rules.waste_percent if is_material else 0)
        found.add("waste", worth * percent / 100)


def _step(found: Cost, step: Step, place: Node, book: PriceBook) -> None:
    rules = book.rules
    try:
        seconds = Decimal(str(book.seconds(step, place.product))) * place.total
    except Refused as refusal:
        found.missing.append(str(refusal.reason))
        return
    labour = rules.setup_minutes * 60 / found.batch
    if step.kind == Step.Kind.HAND:
        labour += seconds
    else:
        labour += rules.handling_seconds * place.total
        machine = book.machines.get(step.kind)
        if machine is None:
            found.missing.append(str(_("There is no machine for “%(step)s”.") % {"step": step.name}))
        else:
            found.seconds += seconds
            found.add("machine", seconds * machine.hourly_rate / HOUR)
            found.add("energy", rules.machine_kw * seconds / HOUR * rules.energy_kwh)
    if step.kind != Step.Kind.HAND and not seconds:
        found.missing.append(str(_("How long “%(step)s” takes is not known.") % {"step": step.name}))
    found.add("labour", labour * rules.labour_hour / HOUR)


def price_of(
    cost: Cost, quantity: int, book: PriceBook, discount_percent: Decimal, currency: str, tax_percent: Decimal = ZERO
) -> Decimal:
    """What one is offered for: the margin of the rules on the cost, the break for the quantity, the client's discount,
    the least for a line; with the tax that the price is to include."""
    rules = book.rules
    percent = rules.margin_percent
    by_markup = rules.price_by == PriceRules.Way.MARKUP
    full = cost.total * (100 + percent) / 100 if by_markup else cost.total * 100 / (100 - percent)
    off = max(((pieces, off) for pieces, off in book.breaks if pieces <= quantity), default=(0, ZERO))[1]
    full = full * (100 - off) / 100 * (100 - discount_percent) / 100
    return max(
        cents(plus_tax(full, tax_percent), currency),
        cents(plus_tax(rules.minimum_line, tax_percent) / quantity, currency),
    )


# --- a picture of it --------------------------------------------------------------------------------------------------


def slices(cost: Cost) -> list[dict]:
    """The parts of a ring chart: `{"key", "label", "amount", "percent", "path"}`, paths in a box of 200 × 200."""
    from math import cos, pi, sin

    shown, total, at = [], cost.total, 0.0
    for key, amount in cost.parts.items():
        if not amount or not total:
            continue
        share = float(amount / total)
        begin, end = at * 2 * pi, min(at + share, at + 0.99999) * 2 * pi
        at += share
        (x0, y0), (x1, y1) = ((100 + 95 * sin(a), 100 - 95 * cos(a)) for a in (begin, end))
        (u0, v0), (u1, v1) = ((100 + 55 * sin(a), 100 - 55 * cos(a)) for a in (begin, end))
        far = int(share > 0.5)
        path = (
            f"M{x0:.2f} {y0:.2f}A95 95 0 {far} 1 {x1:.2f} {y1:.2f}L{u1:.2f} {v1:.2f}A55 55 0 {far} 0 {u0:.2f} {v0:.2f}Z"
        )
        shown.append({"key": key, "label": LABELS[key], "amount": amount, "percent": 100 * share, "path": path})
    return shown
