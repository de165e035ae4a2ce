"""Shops, sheets and parts for the tests, by hand and by hypothesis."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from billing.pricing import CutParameters, CutPart, PrintPart, Rates, SheetMaterial

RATES = Rates(
    machine_hour=Decimal(900),
    labour_hour=Decimal(240),
    setup_minutes=Decimal(15),
    handling_seconds=Decimal(30),
    margin_percent=Decimal(30),
    minimum_line=Decimal(0),
    waste_percent=Decimal(4),
    energy_kwh_price=Decimal("2.00"),
    machine_kw=Decimal(12),
    gas_price_m3=Decimal("9.00"),
    currency="ZAR",
)
STEEL = SheetMaterial("Mild steel 3 mm", 7850, 3, 2500, 1250, Decimal("1850.00"))
NITROGEN = CutParameters(3000, 0.5, "N2", 15, 2, 0.2, 5000, 100_000, "2026-01")
BRACKET = CutPart(200, 100, 18_000, 20_000, 1000, pierces=3)


def rates(**changes) -> Rates:
    return replace(RATES, **changes)


def amounts(most=5000, places=2):
    return st.decimals(0, most, places=places, allow_nan=False)


def lengths(least, most):
    return st.floats(least, most, allow_nan=False)


currencies = st.sampled_from(["ZAR", "EUR", "JPY", "KWD"])
quantities = st.integers(1, 5000)
percents = amounts(100)
any_rates = st.builds(
    Rates,
    machine_hour=amounts(),
    labour_hour=amounts(),
    setup_minutes=amounts(120),
    handling_seconds=amounts(600),
    margin_percent=amounts(90),
    minimum_line=amounts(1000),
    waste_percent=amounts(50),
    energy_kwh_price=amounts(10, places=4),
    machine_kw=amounts(30),
    gas_price_m3=amounts(50),
    currency=currencies,
)
sheets = st.builds(
    SheetMaterial,
    name=st.just("Steel"),
    density_kg_m3=lengths(500, 9000),
    thickness_mm=lengths(0.5, 30),
    sheet_width_mm=lengths(1300, 4000),
    sheet_height_mm=lengths(1300, 4000),
    sheet_price=amounts(20_000),
)
tables = st.builds(
    CutParameters,
    feed_mm_min=lengths(100, 40_000),
    pierce_s=lengths(0, 5),
    gas=st.sampled_from(["N2", "O2", "air", ""]),
    gas_pressure_bar=lengths(0, 25),
    nozzle_mm=lengths(0.5, 4),
    kerf_mm=lengths(0, 1),
    acceleration_mm_s2=lengths(0, 20_000),
    rapid_mm_min=lengths(0, 200_000),
    version=st.just("1"),
)


@st.composite
def parts(draw):
    width, height = draw(lengths(1, 1200)), draw(lengths(1, 1200))
    gross = width * height * draw(st.floats(0.1, 1))
    return CutPart(
        width,
        height,
        gross * draw(st.floats(0.1, 1)),
        gross,
        draw(lengths(0, 20_000)),
        draw(st.integers(0, 300)),
        draw(st.none() | lengths(0, 5000)),
        draw(st.integers(0, 9)),
    )


prints = st.builds(
    PrintPart,
    grams=lengths(0, 5000),
    seconds=lengths(0, 500_000),
    filament_price_kg=amounts(2000),
    colour=st.sampled_from(["", "red"]),
)


@st.composite
def breaks(draw):
    starts = sorted(draw(st.sets(st.integers(1, 1000), max_size=4)))
    offs = sorted(draw(st.lists(amounts(60), min_size=len(starts), max_size=len(starts))))
    return tuple(zip(starts, offs, strict=True))
