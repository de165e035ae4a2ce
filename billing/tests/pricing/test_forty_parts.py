"""Forty parts priced by a spreadsheet's own formulas (see `spreadsheet.py`) and by us: equal to the cent."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from billing.pricing import Charge, CutParameters, CutPart, Extra, Rates, SheetMaterial, price_cut

from .spreadsheet import GIVEN, WORKED_OUT, given

pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no default style")
FILE = Path(__file__).with_name("forty_parts.xlsx")


def exact(value) -> Decimal:
    return Decimal(str(value))


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    sheet = openpyxl.load_workbook(FILE, data_only=True)["Parts"]
    columns = [*GIVEN, *WORKED_OUT]
    return [
        dict(zip(columns, row, strict=True))
        for row in sheet.iter_rows(min_row=2, max_col=len(columns), values_only=True)
    ]


def priced(row: dict):
    area = row["width_mm"] * row["height_mm"]
    part = CutPart(row["width_mm"], row["height_mm"], row["net_mm2"], area, row["length_mm"], int(row["pierces"]),
                   row["cut_s"])  # fmt: skip
    material = SheetMaterial("Sheet", row["density"], row["thickness"], row["sheet_w"], row["sheet_h"],
                             exact(row["sheet_price"]))  # fmt: skip
    table = CutParameters(row["feed"], row["pierce_s"], row["gas"], row["bar"], row["nozzle"], row["kerf"], 9810,
                          100_000, "1", row["load_s"])  # fmt: skip
    names = ("machine_h", "labour_h", "setup_min", "handling_s", "percent", "minimum", "waste_pct", "kwh_price", "kw",
             "gas_price", "round_to")  # fmt: skip
    rates = Rates(*(exact(row[name]) for name in names), bool(row["round_up"]), bool(row["markup"]), currency="ZAR")
    extras = []
    if row["extra_count"] or row["extra_setup"]:
        extras = [Extra("Tap", "hole", row["extra_count"], exact(row["extra_rate"]), exact(row["extra_setup"]))]
    share = None if row["nested_share"] is None else exact(row["nested_share"])
    return price_cut(
        part, int(row["quantity"]), material, table, rates, exact(row["client_pct"]),
        [(int(row["break_from"]), exact(row["break_pct"]))],
        charge=Charge(row["mode"], exact(row["credit_pct"]), share), extras=extras,
    )  # fmt: skip


def test_the_file_holds_the_parts_it_was_made_from(rows):
    assert [{name: row[name] for name in GIVEN} for row in rows] == given()
    formulas = openpyxl.load_workbook(FILE)["Parts"]
    assert all(str(cell.value).startswith("=") for cell in formulas[2][len(GIVEN) :])


@pytest.mark.parametrize("number", range(40))
def test_equal_to_the_cent(rows, number):
    row, ours = rows[number], priced(rows[number])
    assert (f"{ours.unit_price:.2f}", f"{ours.total:.2f}") == (f"{row['unit_price']:.2f}", f"{row['total']:.2f}")
    assert float(ours.sheets_per_piece) == pytest.approx(row["sheets_each"], abs=1e-9)
    material = ours.step("material").each
    assert float(material) == pytest.approx(row["material"], abs=1e-4)
