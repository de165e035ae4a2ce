"""What holds for every price, whatever the shop and the part."""

import json
from dataclasses import fields, replace
from decimal import Decimal

from babel.numbers import get_currency_precision
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.pricing import KEYS, Priced, price_cut, price_print

from .shops import any_rates, breaks, parts, percents, prints, quantities, sheets, tables

quick = settings(max_examples=60, deadline=None)
work = st.one_of(
    st.tuples(parts(), sheets, tables).map(
        lambda cut: lambda quantity, rates, *more: price_cut(cut[0], quantity, cut[1], cut[2], rates, *more)
    ),
    prints.map(lambda part: lambda quantity, rates, *more: price_print(part, quantity, rates, *more)),
)


def cent(currency: str) -> Decimal:
    return Decimal(1).scaleb(-get_currency_precision(currency))


@quick
@given(work, quantities, any_rates, percents, breaks())
def test_the_steps_add_up_and_the_total_is_the_unit_price_times_the_quantity(price, quantity, rates, off, table):
    priced = price(quantity, rates, off, table)
    assert sum(step.total for step in priced.steps) == priced.total == priced.unit_price * quantity
    assert sum(step.each for step in priced.steps) == priced.unit_price
    assert priced.total >= rates.minimum_line
    assert priced.cost_total == sum(step.total for step in priced.steps[:-4])
    assert [step.key for step in priced.steps[-4:]] == ["margin", "discount", "minimum", "rounding"]
    assert all(step.total == step.total.quantize(cent(rates.currency)) for step in priced.steps)
    # half a cent for each rounded step, and up to a cent per piece for the unit price
    assert abs(priced.step("rounding").total) <= cent(rates.currency) * (quantity + len(priced.steps) / Decimal(2))


@quick
@given(work, quantities, quantities, any_rates, percents, breaks())
def test_more_pieces_never_raise_the_unit_price(price, one, other, rates, off, table):
    few, many = sorted((one, other))
    assert price(many, rates, off, table).unit_price <= price(few, rates, off, table).unit_price


@quick
@given(work, st.integers(1, 5000), any_rates, percents, breaks())
def test_one_more_piece_never_raises_the_unit_price(price, quantity, rates, off, table):
    assert price(quantity + 1, rates, off, table).unit_price <= price(quantity, rates, off, table).unit_price


@quick
@given(work, quantities, quantities, any_rates, percents)
def test_more_pieces_never_lower_the_total_by_more_than_rounding(price, one, other, rates, off):
    """A unit price in whole cents times thousands of pieces moves in leaps: half a cent per piece, a cent if raised."""
    few, many = sorted((one, other))
    slack = cent(rates.currency) * (few + Decimal(many) / 2)
    assert price(many, rates, off).total >= price(few, rates, off).total - slack


@quick
@given(work, quantities, any_rates)
def test_twice_the_rates_are_twice_the_price(price, quantity, rates):
    money = ("machine_hour", "labour_hour", "energy_kwh_price", "gas_price_m3", "minimum_line")
    double = replace(rates, **{name: getattr(rates, name) * 2 for name in money})
    once = price(quantity, rates)
    twice = price(quantity, double)
    material = once.step("material").total + once.step("waste").total  # the same in both
    kept = material * 100 / (100 - rates.margin_percent)
    slack = cent(rates.currency) * (2 * quantity + 40)
    assert 2 * once.total - kept - slack <= twice.total <= 2 * once.total + slack


@quick
@given(parts(), sheets, tables, quantities, any_rates, st.integers(2, 50))
def test_a_price_scales_with_all_its_money(part, sheet, table, quantity, rates, times):
    money = ("machine_hour", "labour_hour", "energy_kwh_price", "gas_price_m3", "minimum_line")
    dear = replace(rates, **{name: getattr(rates, name) * times for name in money})
    dear_sheet = replace(sheet, sheet_price=sheet.sheet_price * times)
    once = price_cut(part, quantity, sheet, table, rates).unit_price
    scaled = price_cut(part, quantity, dear_sheet, table, dear).unit_price
    assert abs(scaled - once * times) <= cent(rates.currency) * (times + 1)


@quick
@given(parts(), sheets, tables, quantities, any_rates, st.floats(0, 1000), st.integers(0, 50))
def test_more_cutting_never_costs_less(part, sheet, table, quantity, rates, length, pierces):
    part = replace(part, cut_seconds=None)
    longer = replace(part, cut_length_mm=part.cut_length_mm + Decimal(repr(length)), pierces=part.pierces + pierces)
    assert (
        price_cut(longer, quantity, sheet, table, rates).total >= price_cut(part, quantity, sheet, table, rates).total
    )


@quick
@given(work, quantities, any_rates, percents, breaks())
def test_it_survives_json_and_holds_no_float(price, quantity, rates, off, table):
    priced = price(quantity, rates, off, table)
    told = json.loads(json.dumps(priced.as_dict(), allow_nan=False))
    assert Priced.from_dict(told) == priced
    assert Priced.from_dict(told).as_dict() == priced.as_dict() == told
    for record in (priced, *priced.steps):
        for field in fields(record):
            if field.type is Decimal:
                value = getattr(record, field.name)
                assert type(value) is Decimal
                assert value.is_finite()
                assert not (value.is_zero() and value.is_signed())
    assert not [value for value in _leaves(told) if not isinstance(value, str)]


@quick
@given(work, quantities, any_rates)
def test_every_step_is_known_and_says_how(price, quantity, rates):
    priced = price(quantity, rates)
    assert all(step.key in KEYS and step.how["key"] for step in priced.steps)
    assert all(isinstance(value, str) for row in priced.assumptions for value in row.values())
    assert len({row["key"] for row in priced.assumptions}) == len(priced.assumptions)


def _leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return [value]
    return [leaf for item in value for leaf in _leaves(item)]
