"""From the cost of one piece to the price of a line: what cutting and printing share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext

from babel.numbers import get_currency_precision

from laseros.core.money import ZERO, cents

from .errors import PricingError
from .inputs import Discounts, Extra, Rates
from .numbers import EXACT, count
from .steps import Priced, Step, facts

EACH = Decimal("0.0001")
SHEETS = Decimal("1e-10")
MILLISECOND = Decimal("0.001")
HOUR = 3600
BEYOND_BELIEF = Decimal(10) ** 15


@dataclass(frozen=True)
class Cost:
    """An exact cost of one piece, before any rounding; material also says how much of a sheet it is.

    `wasted` material bears the shop's waste on top.
    """

    key: str
    each: Decimal
    how: dict[str, str]
    sheets: Decimal = ZERO
    wasted: bool = True
    name: str = ""


@dataclass(frozen=True)
class Piece:
    """One piece: its material for a quantity, its machine work, and the facts that the price record shows."""

    material: Callable[[int], Cost]
    work: tuple[Cost, ...]
    seconds: Decimal
    load_s: Decimal
    mass_kg: Decimal
    extras: tuple[Extra, ...]
    assumptions: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Line:
    """The rules that turn costs into a price, each amount per piece and exact until `unit_price` rounds."""

    piece: Piece
    rates: Rates
    discounts: Discounts
    _known: dict[int, tuple[Cost, ...]] = field(default_factory=dict, compare=False)

    def costs(self, quantity: int) -> tuple[Cost, ...]:
        """Asked for by every step of a price, and worked out once for each quantity."""
        if quantity not in self._known:
            piece, material = self.piece, self.piece.material(quantity)
            self._known[quantity] = (
                material,
                *piece.work,
                *self._loading(material),
                *self._work_by_hand(quantity),
                self._waste(material),
                *self._extras(quantity),
            )
        return self._known[quantity]

    def seconds(self, quantity: int) -> Decimal:
        """Of the machine for one piece, with its part of loading the sheets."""
        return self.piece.seconds + self.piece.load_s * self.piece.material(quantity).sheets

    def _loading(self, material: Cost):
        load = self.piece.load_s
        if load:
            rate, sheets = self.rates.machine_hour, material.sheets
            how = facts("loading", seconds=load, part=sheets, rate=rate)
            yield Cost("loading", load * sheets * rate / HOUR, how)

    def _work_by_hand(self, quantity: int):
        rates, hours = self.rates, self.piece.seconds / HOUR
        yield Cost(
            "energy",
            rates.machine_kw * hours * rates.energy_kwh_price,
            facts("energy", power=rates.machine_kw, hours=hours, price=rates.energy_kwh_price),
        )
        yield Cost(
            "setup",
            rates.setup_minutes * rates.labour_hour / 60 / quantity,
            facts("setup", minutes=rates.setup_minutes, rate=rates.labour_hour),
        )
        yield Cost(
            "handling",
            rates.handling_seconds * rates.labour_hour / HOUR,
            facts("by_hour", seconds=rates.handling_seconds, rate=rates.labour_hour),
        )

    def _waste(self, material: Cost) -> Cost:
        percent = self.rates.waste_percent if material.wasted else ZERO
        return Cost("waste", material.each * percent / 100, facts("waste", percent=percent, price=material.each))

    def _extras(self, quantity: int):
        for extra in self.piece.extras:
            how = facts("extra", count=extra.count, unit=extra.unit, price=extra.rate)
            if extra.setup:
                how = facts("extra_setup", count=extra.count, unit=extra.unit, price=extra.rate, cost=extra.setup)
            each = extra.count * extra.rate + extra.setup / quantity
            yield Cost("operation", each, how, name=extra.name)

    def cost_each(self, quantity: int) -> Decimal:
        return sum((cost.each for cost in self.costs(quantity)), ZERO)

    def full_each(self, quantity: int) -> Decimal:
        if self.rates.markup:
            return self.cost_each(quantity) * (100 + self.rates.margin_percent) / 100
        return self.cost_each(quantity) * 100 / (100 - self.rates.margin_percent)

    def net_each(self, quantity: int) -> Decimal:
        return self.full_each(quantity) * self.discounts.keep(quantity)

    def top_up(self, quantity: int) -> Decimal:
        """What the whole line lacks of the minimum charge."""
        return max(ZERO, self.rates.minimum_line - self.net_each(quantity) * quantity)

    def taxed(self, net: Decimal) -> Decimal:
        """With the tax, where prices include it."""
        return net * (100 + self.rates.tax_percent) / 100

    def unit_price(self, quantity: int) -> Decimal:
        """What the client reads, rounded by the shop's rule, but up where the line would otherwise fall below the
        minimum charge."""
        cent = Decimal(1).scaleb(-get_currency_precision(self.rates.currency))
        step = max(cent, self.rates.round_to)
        way = ROUND_CEILING if self.rates.round_up else ROUND_HALF_UP
        price = (self.taxed(self.net_each(quantity)) / step).quantize(Decimal(1), rounding=way) * step
        least = (self.taxed(self.rates.minimum_line) / quantity / step).quantize(
            Decimal(1), rounding=ROUND_CEILING
        ) * step
        return max(price, least).quantize(cent, rounding=ROUND_HALF_UP)


def price_line(piece: Piece, quantity, rates: Rates, discount_percent, quantity_breaks) -> Priced:
    quantity = count("quantity", quantity, least=1)
    line = Line(piece, rates, Discounts.read(discount_percent, quantity_breaks))
    with localcontext(EXACT):
        if line.full_each(quantity) * quantity > BEYOND_BELIEF:
            raise PricingError("This price is too large to be meant. Check the rates and the units of the drawing.")
        unit = line.unit_price(quantity)
        total = unit * quantity
        costs = [_step(line, quantity, cost) for cost in line.costs(quantity)]
        steps = [*costs, *(_step(line, quantity, cost) for cost in _on_top(line, quantity))]
        cost_total = sum((step.total for step in costs), ZERO)
        return Priced(
            unit_price=unit,
            total=total,
            currency=rates.currency,
            steps=(*steps, _rounding(line, quantity, unit, steps)),
            cost_total=cost_total,
            margin_percent=_margin(total * 100 / (100 + rates.tax_percent), cost_total),
            sheets_per_piece=piece.material(quantity).sheets.quantize(SHEETS),
            mass_kg_each=piece.mass_kg.quantize(Decimal("1e-6")),
            seconds_each=line.seconds(quantity).quantize(MILLISECOND),
            assumptions=[*piece.assumptions, *_cheaper_by_more(line, quantity, total)],
            offers=[_offer(line, start) for start, _off in line.discounts.breaks if start > quantity],
        )


def _margin(net: Decimal, cost: Decimal) -> Decimal:
    return ((net - cost) * 100 / net if net else ZERO).quantize(Decimal("0.01")) + ZERO


def _offer(line: Line, quantity: int) -> dict[str, str]:
    """The price of another quantity, with what one piece of it takes."""
    return {
        "quantity": str(quantity),
        "unit_price": f"{line.unit_price(quantity):f}",
        "sheets_per_piece": f"{line.piece.material(quantity).sheets.quantize(SHEETS):f}",
        "seconds_each": f"{line.seconds(quantity).quantize(MILLISECOND):f}",
    }


def machine_work(key: str, seconds: Decimal, rates: Rates) -> Cost:
    return Cost(key, seconds * rates.machine_hour / HOUR, facts("by_hour", seconds=seconds, rate=rates.machine_hour))


def _on_top(line: Line, quantity: int) -> tuple[Cost, ...]:
    cost, full, net = line.cost_each(quantity), line.full_each(quantity), line.net_each(quantity)
    key = "markup" if line.rates.markup else "margin"
    return (
        Cost("margin", full - cost, facts(key, percent=line.rates.margin_percent, cost=cost)),
        Cost("discount", net - full, _discount(line, quantity)),
        Cost("minimum", line.top_up(quantity) / quantity, _minimum(line, quantity)),
        *_tax(line, net + line.top_up(quantity) / quantity),
    )


def _tax(line: Line, net: Decimal):
    if percent := line.rates.tax_percent:
        yield Cost("tax", net * percent / 100, facts("tax", percent=percent, price=net))


def _step(line: Line, quantity: int, cost: Cost) -> Step:
    """Each total is rounded to cents on its own. Adding zero turns -0.00 into 0.00."""
    total = cents(cost.each * quantity, line.rates.currency)
    return Step(cost.key, cost.each.quantize(EACH) + ZERO, total + ZERO, cost.how, cost.name)


def _rounding(line: Line, quantity: int, unit: Decimal, steps: list[Step]) -> Step:
    """What is left between the rounded steps and the price, so that both columns add up."""
    each = unit - sum(step.each for step in steps)
    total = unit * quantity - sum(step.total for step in steps)
    return Step("rounding", each + ZERO, total + ZERO, facts("rounding", price=unit, quantity=quantity))


def _discount(line: Line, quantity: int) -> dict:
    start, off = line.discounts.break_at(quantity)
    percent, price = line.discounts.percent, line.full_each(quantity)
    if off and percent:
        return facts("break_discount", off=off, pieces=start, percent=percent, price=price)
    if off:
        return facts("break", off=off, pieces=start, price=price)
    return facts("discount", percent=percent, price=price) if percent else facts("no_discount")


def _minimum(line: Line, quantity: int) -> dict:
    minimum = line.rates.minimum_line
    if not minimum:
        return facts("no_minimum")
    if not line.top_up(quantity):
        return facts("minimum_reached", price=minimum)
    return facts("minimum", price=minimum, net=line.net_each(quantity) * quantity)


def _cheaper_by_more(line: Line, quantity: int, total: Decimal):
    """A break table may make more pieces cost less in total. The table is the shop's word: say so, change nothing."""
    more = line.discounts.next_break(quantity)
    if more and (instead := line.unit_price(more) * more) < total:
        yield facts("next_break", pieces=more, price=instead, quantity=quantity)
