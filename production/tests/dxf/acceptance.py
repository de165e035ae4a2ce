"""Measures a folder of real drawings and compares with figures other programs found.

Not collected by itself: `make acceptance SAMPLES=folder`. The folder, or its folder `dxf`, holds drawings and a
`reference.csv` with one row per file; empty cells are not compared. Columns: file, expect (measure, warn, reject,
reject-or-recover, limit, crash-test), mm_per_unit, cut_layers (names separated by ";", or "*"), cut_len_mm,
closed_contours, open_chains, pierces, outer_contours, net_area_mm2, width_mm, height_mm, x_min_mm, y_min_mm.
"""

import csv
import os
import time
from pathlib import Path

import pytest

from production.dxf import Refused, measure

SAMPLES = Path(os.environ.get("SAMPLES", "samples"))
FOLDER = SAMPLES if (SAMPLES / "reference.csv").exists() else SAMPLES / "dxf"
LENGTH, AREA, PLACE_MM, SECONDS = 0.0005, 0.001, 0.02, 10
COUNTS = ("closed_contours", "open_chains", "pierces", "outer_contours")
PLACES = ("width_mm", "height_mm", "x_min_mm", "y_min_mm")


def rows():
    with open(FOLDER / "reference.csv", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def compare(figures, row):
    wrong = []

    def near(column, value, tolerance):
        if row.get(column) and abs(value - float(row[column])) > tolerance:
            wrong.append(f"{column}: {value:.4f} instead of {row[column]}")

    near("mm_per_unit", figures.mm_per_unit, 1e-9)
    near("cut_len_mm", figures.cut_length_mm, LENGTH * float(row["cut_len_mm"] or 0))
    near("net_area_mm2", figures.net_area_mm2, AREA * float(row["net_area_mm2"] or 0))
    for column in PLACES:
        near(column, getattr(figures, column), PLACE_MM)
    for column in COUNTS:
        near(column, getattr(figures, column), 0)
    return wrong


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"])
def test_sample(row):
    layers = None if row["cut_layers"] in ("", "*") else row["cut_layers"].split(";")
    begin = time.process_time()
    try:
        figures = measure(FOLDER / row["file"], cut_layers=layers)
    except Refused as refusal:
        if row["expect"] == "measure":
            pytest.fail(f"refused: {refusal.reason}")
        return
    finally:
        assert time.process_time() - begin < SECONDS
    assert row["expect"] not in ("reject", "limit")
    if row["expect"] == "warn":
        assert figures.defects or figures.warnings
    assert compare(figures, row) == []
