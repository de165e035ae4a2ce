"""What a part asked for costs, and so what it is offered for: the shop's tables brought to `billing.pricing`.

What was used is written beside the price: versions of the tables, the machine, the hash of the drawing. A part that
cannot be priced says why, in words for the office.
"""

from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from billing import extras, product_cost, words
from billing.choices import Choices
from billing.models import PriceRules
from billing.price_book import PriceBook
from billing.pricing import (
    Charge,
    CutParameters,
    CutPart,
    Priced,
    PrintPart,
    Rates,
    SheetMaterial,
    price_cut,
    price_print,
)
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, less_tax, plus_tax
from machines.models import Machine
from production import drawings
from production.dxf.cut_time import CutTime
from production.experience import Drift
from production.frozen_recipes import frozen
from production.models import CuttingParameter, EnquiryLine, Measurement

MILLIONTH = Decimal("0.000001")
GRAMS = {Item.Unit.GRAM: 1, Item.Unit.KILOGRAM: 1000}


@dataclass(frozen=True)
class MadeOf:
    """What a line is made from, in the words of `QuoteLine`: two are equal when the same is made."""

    design_file_id: int | None = None
    item_id: int | None = None
    product_id: int | None = None
    revision: int | None = None
    recipe: dict = field(default_factory=dict)


@dataclass(frozen=True)
class LinePrice:
    """A price for one piece with how it came about, or the reason why there is none."""

    unit_price: Decimal = ZERO
    breakdown: dict = field(default_factory=dict)
    material_each: Decimal = ZERO  # in the unit of the item
    seconds_each: float = 0
    unpriced: str = ""
    made_of: MadeOf = MadeOf()


RULES_SAY = Choices()


@dataclass(frozen=True)
class Wish:
    """What is to be made: the enquiry's line, with what it leaves open taken from its product."""

    line: EnquiryLine
    quantity: int
    choices: Choices = RULES_SAY
    book: PriceBook = field(default_factory=PriceBook)
    tax: Decimal = ZERO  # percent that the price includes

    def __getattr__(self, name):
        value = getattr(self.line, name)
        return getattr(self.line.product, name) if value is None and self.line.product else value


def price(
    line: EnquiryLine, quantity: int | None = None, choices: Choices | None = None, book: PriceBook | None = None,
    *, tax: Decimal = ZERO,
) -> LinePrice:  # fmt: skip
    """Price an enquiry's line, for as many pieces as it asks for or for another number, with what was chosen.

    `tax`: the percent that the price is to include; none where it is added to it.

    Lines that are priced together share a `book`; read them with `price_book.WITH`.
    """
    wish = Wish(line, quantity or line.quantity, choices or RULES_SAY, book or PriceBook([line]), tax)
    try:
        found = _price(wish)
    except Refused as refusal:
        found = LinePrice(unpriced=words.said(refusal.reason)[:300])
    return replace(found, made_of=made_of(line, wish.book))


def made_of(line: EnquiryLine, book: PriceBook) -> MadeOf:
    """What a line would be made from now."""
    wish, product = Wish(line, line.quantity, book=book), line.product
    recipe = {}
    if product is not None and book.recipes.has_one(product) and line.design_file_id in (None, product.design_file_id):
        try:
            recipe = frozen(book.tree(product), book.seconds)
        except Refused:
            recipe = {}  # a recipe that cannot be made prices nothing either, and the line says why
    return MadeOf(
        wish.design_file.pk if wish.design_file else None,
        wish.item.pk if wish.item else None,
        product.pk if product else None,
        book.revision(line),
        recipe,
    )


def _price(wish: Wish) -> LinePrice:
    if wish.line.product and wish.line.product.price is not None:
        return _list_price(wish)
    if wish.item is None and wish.line.product and wish.book.recipes.has_one(wish.line.product):
        return _recipe(wish)
    if wish.item is None:
        raise Refused(_("No material has been chosen from stock."), code="no-material")
    rules = wish.book.rules
    if rules is None:
        raise Refused(_("There are no price rules yet."), code="no-rules")
    if wish.item.category == Item.Category.SHEET:
        return _sheet(wish, rules)
    if wish.item.category == Item.Category.FILAMENT:
        return _print(wish, rules)
    raise Refused(
        _("%(category)s cannot be priced by itself: enter a price.") % {"category": wish.item.get_category_display()},
        code="by-hand",
    )


def _list_price(wish: Wish) -> LinePrice:
    product, percent = wish.line.product, _discount(wish)
    unit = cents(plus_tax(product.price * (100 - percent) / 100, wish.tax), wish.line.workspace.currency)
    breakdown = {
        "unit_price": f"{unit:f}",
        "list_price": f"{product.price:f}",
        "discount_percent": f"{percent:f}",
        **({"tax_percent": f"{wish.tax:f}"} if wish.tax else {}),
        "basis": _product(wish),
    }
    item, seconds = wish.item, float((wish.minutes_each or 0) * 60)
    material = wish.grams_each / GRAMS[item.unit] if item and wish.grams_each and item.unit in GRAMS else ZERO
    if item and item.category == Item.Category.SHEET and (rules := wish.book.rules):
        calculated = _sheet(wish, rules)
        material, seconds = calculated.material_each, calculated.seconds_each
    return LinePrice(unit, breakdown, material, seconds)


def _recipe(wish: Wish) -> LinePrice:
    """An assembly: its cost through all levels, with the shop's margin. Its material is taken by its own recipe."""
    product, rules = wish.line.product, wish.book.rules
    tree, currency = wish.book.tree(product), wish.line.workspace.currency
    cost = product_cost.of(tree, wish.quantity, wish.book)
    if cost.missing:
        raise Refused(cost.missing[0], code="recipe")
    unit = product_cost.price_of(cost, wish.quantity, wish.book, _discount(wish), currency, wish.tax)
    total = unit * wish.quantity
    tax = (unit - less_tax(unit, wish.tax)).quantize(product_cost.EXACT)
    shares = [*cost.parts.items(), ("margin", unit - tax - cost.total)]
    shares += [("tax", tax)] if wish.tax else []
    steps = [
        {
            "key": key,
            **({} if key in words.STEPS else {"name": str(product_cost.LABELS[key])}),
            "each": f"{amount:f}",
            "total": f"{cents(amount * wish.quantity, wish.line.workspace.currency):f}",
            "how": {"key": "recipe"},
        }
        for key, amount in shares
    ]
    basis = {**_product(wish), "price_rules": rules.version}
    offers = []
    for pieces in (start for start, _off in wish.book.breaks if start > wish.quantity):
        batch = product_cost.of(tree, pieces, wish.book)
        each = product_cost.price_of(batch, pieces, wish.book, _discount(wish), currency, wish.tax)
        offers.append({"quantity": str(pieces), "unit_price": f"{each:f}"})
    breakdown = {"unit_price": f"{unit:f}", "total": f"{total:f}", "steps": steps, "basis": basis, "offers": offers}
    return LinePrice(unit, breakdown, ZERO, float(cost.seconds))


def _product(wish: Wish) -> dict:
    product = wish.line.product
    return {"product": product.sku, "revision": wish.book.revision(wish.line)} if product else {}


def _sheet(wish: Wish, rules: PriceRules) -> LinePrice:
    book, measurement = wish.book, _measurement(wish)
    row = _parameters(wish)
    time = book.time(measurement, row)
    taken = [one for one in extras.of(measurement, wish.choices, book) if one.count]
    nested = book.nested.share(wish) if _mode(wish, rules) == "share" else None
    priced = price_cut(
        _cut_part(measurement, time),
        wish.quantity,
        _sheet_material(wish.item),
        _cut_parameters(row),
        _rates(rules, row.machine, wish, row.gas),
        _discount(wish),
        book.breaks,
        charge=Charge(_mode(wish, rules), rules.remnant_percent, nested.share if nested else None),
        extras=[one.extra for one in taken],
    )
    priced.assumptions.extend(_experience(book.drift(row)))
    priced.assumptions.extend({"key": "doubt", "text": text} for text in drawings.doubts(measurement))
    basis = {
        "file": {"id": measurement.pk, "name": measurement.design_file.name, "sha256": measurement.design_file.sha256},
        "engine": measurement.engine,
        "cutting_parameters": {"id": row.pk, "version": row.version},
        "operations": [_named(one.operation, version=one.operation.version) for one in taken],
    }
    if nested:
        basis["nest"] = nested.named
    found = _with_basis(wish, priced, priced.sheets_per_piece, row.machine, rules, basis)
    if time is not None:
        found.breakdown["time"] = {name: round(value, 3) for name, value in asdict(time).items()}
    return found


def _print(wish: Wish, rules: PriceRules) -> LinePrice:
    item = wish.item
    if not wish.grams_each or not wish.minutes_each:
        raise Refused(_("Grams and minutes of one piece are not known yet."), code="no-print-figures")
    if item.unit not in GRAMS:
        raise Refused(_("%(item)s is not kept in grams or kilograms.") % {"item": item}, code="unit")
    machine = wish.book.machines.get(Machine.Kind.PRINTER)
    if machine is None:
        raise Refused(_("There is no printer to make it on."), code="no-machine")
    per_gram = item.price / GRAMS[item.unit]
    part = PrintPart(
        wish.grams_each,
        wish.minutes_each * 60,
        per_gram * 1000,
        item.colour,
        item.material.name if item.material else "",
    )
    taken = [one for one in extras.of(None, wish.choices, wish.book) if one.count]
    priced = price_print(
        part, wish.quantity, _rates(rules, machine, wish), _discount(wish), wish.book.breaks,
        extras=[one.extra for one in taken],
    )  # fmt: skip
    basis = {"operations": [_named(one.operation, version=one.operation.version) for one in taken]}
    return _with_basis(wish, priced, wish.grams_each / GRAMS[item.unit], machine, rules, basis)


def _with_basis(wish: Wish, priced: Priced, material: Decimal, machine: Machine, rules, basis: dict) -> LinePrice:
    used = {
        "price_rules": rules.version,
        "machine": _named(machine, values=machine_values(machine)),
        "item": _named(wish.item, price=f"{wish.item.price:f}"),
        "client_discount": f"{_discount(wish):f}",
        **_product(wish),
        **basis,
    }
    for offer in priced.offers:  # of a print every piece takes the same, whatever their number
        sheets = Decimal(offer.pop("sheets_per_piece"))
        offer["material_each"] = f"{(sheets or material).quantize(MILLIONTH):f}"
    return LinePrice(
        priced.unit_price,
        {**priced.as_dict(), "basis": used},
        material.quantize(MILLIONTH),
        float(priced.seconds_each),
    )


def _measurement(wish: Wish) -> Measurement:
    design_file = wish.design_file
    if design_file is None:
        raise Refused(_("There is no drawing to measure."), code="no-drawing")
    measurement = wish.book.measurement(design_file)
    if design_file.state == "refused":
        raise Refused(
            _("%(name)s could not be read: %(reason)s") % {"name": design_file.name, "reason": design_file.reason},
            code="unreadable",
        )
    if measurement is None and design_file.state in ("waiting", "measuring"):
        raise Refused(_("%(name)s is still being measured.") % {"name": design_file.name}, code="not-measured")
    if measurement is None:
        raise Refused(_("%(name)s is not a drawing that can be measured.") % {"name": design_file.name}, code="kind")
    return measurement


def _named(record, **more) -> dict:
    return {"id": record.pk, "name": str(record), **more}


def machine_values(machine: Machine) -> list[str]:
    """What of a machine goes into a price, as it is compared later."""
    values = (
        machine.hourly_rate.quantize(Decimal("0.0001")), machine.acceleration_mm_s2, machine.rapid_mm_min,
        machine.corner_mm.quantize(Decimal("0.001")), machine.load_seconds,
    )  # fmt: skip
    return [str(value) for value in values]


def _mode(wish: Wish, rules: PriceRules) -> str:
    return wish.choices.mode or rules.material_mode


def _parameters(wish: Wish) -> CuttingParameter:
    item = wish.item
    if item.material is None or not item.thickness_mm:
        raise Refused(_("%(item)s has no material or thickness.") % {"item": item}, code="no-thickness")
    return wish.book.row(item.material, item.thickness_mm, machine=wish.choices.machine, gas=wish.choices.gas)


def _cut_part(measurement: Measurement, time: CutTime | None) -> CutPart:
    return CutPart(
        measurement.width_mm,
        measurement.height_mm,
        measurement.net_area_mm2,
        measurement.gross_area_mm2,
        measurement.cut_length_mm,
        measurement.pierces,
        time.seconds if time is not None else None,
        measurement.findings.get("bends", 0),
    )


def _cut_parameters(row: CuttingParameter) -> CutParameters:
    return CutParameters(
        row.feed_mm_min,
        row.pierce_s,
        row.gas,
        row.gas_pressure_bar,
        row.nozzle_mm,
        row.kerf_mm,
        row.machine.acceleration_mm_s2,
        row.machine.rapid_mm_min,
        str(row.version),
        row.machine.load_seconds,
    )


def _sheet_material(item: Item) -> SheetMaterial:
    if not item.width_mm or not item.height_mm:
        raise Refused(_("%(item)s has no sheet size.") % {"item": item}, code="no-sheet-size")
    return SheetMaterial(
        item.name, item.material.density_kg_m3, item.thickness_mm, item.width_mm, item.height_mm, item.price
    )


def _rates(rules: PriceRules, machine: Machine, wish: Wish, gas: str = "") -> Rates:
    margin = rules.margin_percent if wish.choices.margin is None else wish.choices.margin
    return Rates(
        machine.hourly_rate,
        rules.labour_hour,
        rules.setup_minutes,
        rules.handling_seconds,
        margin,
        rules.minimum_line,
        rules.waste_percent,
        rules.energy_kwh,
        rules.machine_kw,
        wish.book.gas_price(gas),
        rules.round_to,
        rules.round_up,
        rules.price_by == PriceRules.Way.MARKUP,
        wish.tax,
        currency=wish.line.workspace.currency,
    )


def _experience(found: Drift | None):
    """What runs of the same machine, material and thickness say about estimates like this one."""
    if found is not None and found.is_off:
        key = "over" if found.percent > 0 else "under"
        yield {"key": key, "percent": str(abs(found.percent)), "runs": str(found.runs)}


def _discount(wish: Wish) -> Decimal:
    return wish.line.enquiry.client.discount_percent
