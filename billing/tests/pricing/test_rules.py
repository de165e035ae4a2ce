"""Discounts, assumptions, and what is refused."""

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.pricing import Charge, CutPart, Extra, PricingError, PrintPart, SheetMaterial, price_cut, price_print
from laseros.core.errors import Refused

from .shops import BRACKET, NITROGEN, STEEL, rates

FREE = rates(machine_hour=0, labour_hour=0, margin_percent=0, waste_percent=0, machine_kw=0)
RATES_OFF = ("machine_hour", "labour_hour", "margin_percent", "waste_percent", "machine_kw", "gas_price_m3")
TEN_EACH = PrintPart(1000, 0, Decimal(10))  # with FREE, a piece costs exactly 10.00


def keys(priced) -> list[str]:
    return [row["key"] for row in priced.assumptions]


def cut(quantity=1, part=BRACKET, sheet=STEEL, table=NITROGEN, shop=FREE, **more):
    return price_cut(part, quantity, sheet, table, shop, **more)


def test_break_and_discount_apply_in_turn():
    priced = price_print(TEN_EACH, 10, FREE, Decimal(10), ((1, 0), (10, 20), (50, 30)))
    assert str(priced.unit_price) == "7.20"
    assert priced.step("discount").how == {
        "key": "break_discount", "off": "20", "pieces": "10", "percent": "10", "price": "10",
    }  # fmt: skip


@pytest.mark.parametrize(("quantity", "unit"), [(1, "10.00"), (9, "10.00"), (10, "8.00"), (49, "8.00"), (50, "7.00")])
def test_a_break_begins_with_its_quantity(quantity, unit):
    priced = price_print(TEN_EACH, quantity, FREE, quantity_breaks=[[50, "30"], [10, "20"]])
    assert str(priced.unit_price) == unit


def test_it_says_when_the_next_break_is_cheaper_in_total():
    table = ((10, 20),)
    assert price_print(TEN_EACH, 9, FREE, quantity_breaks=table).assumptions[-1] == {
        "key": "next_break",
        "pieces": "10",
        "price": "80",
        "quantity": "9",
    }
    assert "next_break" not in keys(price_print(TEN_EACH, 8, FREE, quantity_breaks=table))
    assert "next_break" not in keys(price_print(TEN_EACH, 10, FREE, quantity_breaks=table))


def test_a_discount_below_cost_shows_as_negative_margin():
    priced = price_print(TEN_EACH, 1, FREE, Decimal(20))
    assert (priced.total, priced.cost_total, priced.margin_percent) == (8, 10, -25)


def test_a_free_line_has_no_margin_to_divide_by():
    priced = price_print(TEN_EACH, 1, FREE, Decimal(100))
    assert (priced.total, priced.margin_percent) == (0, 0)


def test_no_amount_is_minus_zero():
    shop = replace(FREE, machine_hour=Decimal("3.02"), machine_kw=Decimal("2.28"), energy_kwh_price=Decimal(1))
    priced = price_print(PrintPart(0, 396_173, Decimal(0)), 1, shop)
    assert (priced.total, priced.cost_total) == (Decimal("583.25"), Decimal("583.26"))  # 332.345… + 250.909…
    assert str(priced.margin_percent) == "0.00"


def test_currencies_round_to_their_own_digits():
    part = PrintPart(1234.5, 0, Decimal(1))
    unit = {code: str(price_print(part, 1, replace(FREE, currency=code)).unit_price) for code in ("JPY", "EUR", "KWD")}
    assert unit == {"JPY": "1", "EUR": "1.23", "KWD": "1.235"}


def test_the_modelled_time_is_used_when_there_is_one():
    modelled = cut(part=replace(BRACKET, cut_seconds=60.25), shop=rates())
    simple = cut(shop=rates())
    assert (modelled.seconds_each, simple.seconds_each) == (Decimal("60.25"), Decimal("21.5"))
    assert keys(modelled) == ["grid", "charged_share", "time_modelled", "parameters"]
    assert keys(simple) == ["grid", "charged_share", "time_simple", "parameters"]


def test_assumptions_name_the_grid_the_table_and_the_bends():
    said = {row["key"]: row for row in cut(part=replace(BRACKET, bend_count=2)).assumptions}
    assert said["grid"] == {
        "key": "grid", "material": "Mild steel 3 mm", "pieces": "138", "columns": "23", "rows": "6", "gap": "5",
        "margin": "10", "filled": "100", "width": "2500", "height": "1250",
    }  # fmt: skip
    assert said["parameters"] == {
        "key": "parameters", "version": "2026-01", "feed": "3000", "gas": "N2", "pressure": "15", "nozzle": "2",
    }  # fmt: skip
    assert said["bends"] == {"key": "bends", "count": "2"}
    folded = cut(part=replace(BRACKET, bend_count=2), extras=[Extra("Folding", "bend", 2, Decimal(12))])
    assert "bends" not in keys(folded)


BIG = SheetMaterial("Steel", 7850, 3, 1000, 500, Decimal(400))  # 4 columns of 2 of the plate below, each 205 mm
PLATE = CutPart(200, 200, 30_000, 40_000, 0, 0)


@pytest.mark.parametrize(
    ("charge", "quantity", "unit", "sheets"),
    [
        (Charge(), 3, "50.00", "0.125"),
        (Charge(nested_share="0.08"), 3, "32.00", "0.08"),
        (Charge("net"), 3, "24.00", "0.125"),  # 30 000 mm² of 500 000 mm²
        # 10 + 205 mm of 1000 hold two, 10 + 2 × 205 = 420 mm three: 400 × 0.42 / 3
        (Charge("bounds"), 2, "43.00", "0.1075"),
        (Charge("bounds"), 3, "56.00", "0.14"),
        (Charge("bounds"), 8, "50.00", "0.125"),
        (Charge("bounds"), 11, "51.64", "0.1290909091"),  # (1 + 0.42) × 400 / 11
        (Charge("sheet"), 3, "133.33", "0.3333333333"),
        (Charge("sheet", Decimal(50)), 3, "94.67", "0.3333333333"),  # 400 - 400 × 0.58 × 50 % = 284
        (Charge("sheet", Decimal(100)), 16, "50.00", "0.125"),  # nothing left of two full sheets
    ],
)
def test_material_is_charged_as_the_shop_chose(charge, quantity, unit, sheets):
    priced = cut(quantity, PLATE, BIG, shop=rates(**dict.fromkeys(RATES_OFF, 0)), charge=charge)
    assert (str(priced.unit_price), priced.sheets_per_piece) == (unit, Decimal(sheets))


def test_whole_sheets_waste_nothing_on_top():
    shop = rates(**{**dict.fromkeys(RATES_OFF, 0), "waste_percent": 10})
    assert cut(8, PLATE, BIG, shop=shop).step("waste").total == 40
    assert cut(8, PLATE, BIG, shop=shop, charge=Charge("sheet")).step("waste").total == 0


def test_extra_operations_cost_by_the_unit_and_once():
    # 4 holes × 3.50 = 14.00 a piece; setup 60.00 / 5 pieces = 12.00
    tap = Extra("Tap M6", "hole", 4, Decimal("3.5"), Decimal(60))
    priced = price_print(TEN_EACH, 5, FREE, extras=[tap])
    step = priced.step("operation")
    assert (step.name, str(step.each), str(step.total)) == ("Tap M6", "26.0000", "130.00")
    assert step.how == {"key": "extra_setup", "count": "4", "unit": "hole", "price": "3.5", "cost": "60"}
    assert str(priced.unit_price) == "36.00"


def test_loading_a_sheet_is_shared_by_what_is_on_it():
    # 138 to a sheet; 69 s × 900 / 3600 = 17.25 a sheet, 0.125 a piece
    table = replace(NITROGEN, load_s=69)
    priced = cut(138, table=table, shop=rates())
    assert str(priced.step("loading").total) == "17.25"
    assert str(priced.seconds_each) == "22.000"


def test_markup_is_of_the_cost():
    priced = price_print(TEN_EACH, 1, replace(FREE, margin_percent=Decimal(40), markup=True))
    assert (str(priced.unit_price), str(priced.margin_percent)) == ("14.00", "28.57")
    assert priced.step("margin").how == {"key": "markup", "percent": "40", "cost": "10"}


@pytest.mark.parametrize(
    ("step", "up", "unit"),
    [
        ("0", False, "10.12"),
        ("0.05", False, "10.10"),
        ("0.05", True, "10.15"),
        ("1", False, "10.00"),
        ("5", True, "15.00"),
    ],
)  # fmt: skip
def test_unit_prices_are_rounded_by_the_shops_rule(step, up, unit):
    part = PrintPart("1012.3", 0, Decimal(10))
    assert str(price_print(part, 1, replace(FREE, round_to=Decimal(step), round_up=up)).unit_price) == unit


@pytest.mark.parametrize("gas", ["air", "Air", " none", ""])
def test_air_is_not_bought(gas):
    shop = rates(gas_price_m3=9)
    assert cut(table=replace(NITROGEN, gas=gas), shop=shop).step("gas").total == 0
    assert cut(shop=shop).step("gas").total > 0


def test_floats_are_taken_as_they_print_and_fractions_of_a_billionth_are_nothing():
    part = CutPart(0.1, 0.3, 0.03, 0.03, 1e-300, 0)
    assert (part.width_mm, part.height_mm, part.cut_length_mm) == (Decimal("0.1"), Decimal("0.3"), 0)


@pytest.mark.parametrize("quantity", [0, -1, 1.0, "3", None, True, 1_000_001])
def test_refused_quantities(quantity):
    with pytest.raises(PricingError, match="quantity must be"):
        cut(quantity)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -1, -0.001, Decimal("NaN"), "nan", "12,5", "", True, None, 1e12]
)
@pytest.mark.parametrize("name", ["width_mm", "net_area_mm2", "cut_length_mm"])
def test_refused_geometry(name, value):
    with pytest.raises(PricingError, match=name.replace("_", " ")):
        replace(BRACKET, **{name: value})


@pytest.mark.parametrize("value", [1.5, Fraction(1, 2), Decimal("Infinity"), Decimal(-1), "x", None, False])
@pytest.mark.parametrize("name", ["machine_hour", "minimum_line", "margin_percent", "gas_price_m3"])
def test_refused_money(name, value):
    with pytest.raises(PricingError, match=name.replace("_", " ")):
        rates(**{name: value})


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: replace(BRACKET, width_mm=0), "width mm must be more than zero"),
        (lambda: replace(BRACKET, pierces=1.5), "pierces must be a whole number"),
        (lambda: replace(BRACKET, pierces=-1), "pierces must be from 0"),
        (lambda: replace(BRACKET, cut_seconds=float("nan")), "cut seconds must be a finite number"),
        (lambda: replace(BRACKET, net_area_mm2=20_100), "area without holes is smaller"),
        (lambda: replace(BRACKET, width_mm=90), "larger than the rectangle"),
        (lambda: replace(NITROGEN, feed_mm_min=0), "feed mm min must be more than zero"),
        (lambda: replace(STEEL, thickness_mm=0), "thickness mm must be more than zero"),
        (lambda: replace(STEEL, sheet_price=1850.0), "sheet price must be a Decimal, not float"),
        (lambda: replace(TEN_EACH, filament_price_kg=1.0), "filament price kg must be a Decimal"),
        (lambda: replace(TEN_EACH, grams=-1), "grams must not be negative"),
        (lambda: rates(margin_percent=100), "margin percent must be at most 99"),
        (lambda: rates(currency="rand"), "currency must be a code"),
        (lambda: rates(currency=None), "currency must be a code"),
        (lambda: cut(gap_mm=-1), "gap mm must not be negative"),
        (lambda: cut(margin_mm=float("inf")), "margin mm must be a finite number"),
        (lambda: cut(discount_percent=Decimal(101)), "discount percent must be at most 100"),
        (lambda: cut(discount_percent=2.5), "discount percent must be a Decimal"),
        (lambda: cut(quantity_breaks=((0, 5),)), "quantity break must be from 1"),
        (lambda: cut(quantity_breaks=((5, 5), (5, 6))), "two quantity breaks from 5"),
        (lambda: cut(quantity_breaks=((5, 5), (10, 4))), "discount from 10 pieces is smaller than the one from 5"),
        (lambda: price_print(PrintPart(10**9, 0, 10**9), 10**4, FREE), "too large to be meant"),
    ],
)
def test_refused_in_words(build, words):
    with pytest.raises(PricingError, match=words) as refusal:
        build()
    assert isinstance(refusal.value, Refused)
    assert isinstance(refusal.value, ValueError)
    assert refusal.value.code == "pricing"


def test_it_needs_no_django():
    code = "import sys, billing.pricing; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
