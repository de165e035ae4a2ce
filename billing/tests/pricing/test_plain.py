"""The forty-first part and the hundreds after it: any shop, sheet and part costs what the formulas say in fractions."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision

from billing.pricing import MODES, Charge, CutParameters, CutPart, Extra, Rates, SheetMaterial, price_cut

from . import plain

CASES = 300


class Dice(random.Random):
    def money(self, most: float, places: int = 2) -> Decimal:
        return Decimal(self.randint(0, int(most * 10**places))).scaleb(-places)

    def mm(self, least: float, most: float) -> Decimal:
        return Decimal(self.randint(int(least * 1000), int(most * 1000))).scaleb(-3)


def case(seed: int) -> dict:
    dice = Dice(seed)
    width, height = dice.mm(1, 1200), dice.mm(1, 1200)
    gross = width * height * dice.mm(0.1, 1)
    return {
        "part": CutPart(width, height, gross * dice.mm(0.1, 1), gross, dice.mm(0, 20_000), dice.randint(0, 300),
                        dice.choice([None, dice.mm(0, 900)])),
        "quantity": dice.choice([1, 2, dice.randint(3, 60), dice.randint(61, 5000)]),
        "sheet": SheetMaterial("Sheet", 7850, dice.mm(0.5, 30), dice.mm(1300, 4000), dice.mm(1300, 4000),
                               dice.money(20_000)),
        "table": CutParameters(dice.randint(100, 40_000), dice.mm(0, 5), dice.choice(["N2", "O2", "air"]),
                               dice.mm(0, 25), dice.mm(0.5, 4), dice.mm(0, 8), 9810, 100_000, "1",
                               dice.randint(0, 300)),
        "rates": Rates(dice.money(5000), dice.money(900), dice.money(120), dice.money(600), dice.money(95),
                       dice.choice([Decimal(0), dice.money(900)]), dice.money(50), dice.money(10, 4), dice.money(30),
                       dice.money(50), dice.choice([Decimal(0), Decimal("0.05"), Decimal("0.5"), Decimal(1)]),
                       dice.random() < 0.3, dice.random() < 0.5, currency=dice.choice(["ZAR", "EUR", "JPY", "KWD"])),
        "charge": Charge(dice.choice(MODES), dice.money(100), dice.choice([None, dice.mm(0.001, 1)])),
        "extras": [Extra("Tap", "hole", dice.mm(0, 40), dice.money(20), dice.money(200))
                   for _extra in range(dice.randint(0, 3))],
        "client": dice.choice([Decimal(0), dice.money(60)]),
        "breaks": list(zip(sorted(dice.sample(range(1, 1000), 3)), sorted(dice.money(60) for _row in range(3)),
                           strict=True)),
    }  # fmt: skip


def fractions(record, **names) -> dict:
    """The numbers of a record as fractions, some under plainer names."""
    found = {names.get(name, name): value for name, value in vars(record).items()}
    return {name: Fraction(value) if isinstance(value, Decimal) else value for name, value in found.items()}


@pytest.mark.parametrize("start", range(0, CASES, 100))
def test_every_price_is_what_the_formulas_say(start):
    for seed in range(start, start + 100):
        given = case(seed)
        ours = price_cut(
            given["part"], given["quantity"], given["sheet"], given["table"], given["rates"], given["client"],
            given["breaks"], charge=given["charge"], extras=given["extras"],
        )  # fmt: skip
        theirs = plain.unit_price(
            fractions(given["part"], width_mm="width", height_mm="height", net_area_mm2="net_area",
                      cut_length_mm="cut_length"),
            given["quantity"],
            fractions(given["sheet"], sheet_width_mm="width", sheet_height_mm="height", sheet_price="price"),
            fractions(given["table"]), fractions(given["rates"]), fractions(given["charge"]),
            [fractions(extra) for extra in given["extras"]], Fraction(given["client"]),
            [(pieces, Fraction(off)) for pieces, off in given["breaks"]],
            get_currency_precision(given["rates"].currency),
        )  # fmt: skip
        assert Fraction(ours.unit_price) == theirs, seed
        assert sum(step.total for step in ours.steps) == ours.total == ours.unit_price * given["quantity"]
