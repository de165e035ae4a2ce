from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.pricing import PricingError, SheetMaterial, TooBig, pieces_per_sheet, price_cut

from .shops import BRACKET, NITROGEN, rates


def grid(width, height, gap=5, margin=10, sheet=(2500, 1250)):
    return pieces_per_sheet(*(Decimal(str(value)) for value in (width, height, *sheet, gap, margin)))


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ((80, 80), (29, 14)),
        ((1235, 1230), (2, 1)),  # exactly two with their gap
        ((1238, 1230), (1, 1)),  # 2 × 1238 + 5 is 1 mm too long
        ((1230, 2480), (1, 1)),  # exactly inside the margins, turned
        ((100, 200), (23, 6)),  # turned it would be 12 × 11
        ((200, 100), (23, 6)),
    ],
)
def test_pieces_on_a_plain_grid(part, expected):
    assert grid(*part) == expected


def test_the_known_bracket_on_a_steel_sheet():
    assert grid(80, 80, gap=2, margin=6, sheet=(1225, 2450)) == (14, 29)  # 406, as counted by hand


def test_a_part_in_the_margin_has_the_sheet_to_itself_and_says_so():
    assert grid(2500, 1250) == (1, 1)
    sheet = SheetMaterial("Steel", 7850, 3, 205, 105, Decimal(100))
    priced = price_cut(BRACKET, 1, sheet, NITROGEN, rates())
    assert priced.sheets_per_piece == 1
    assert priced.step("material").total == 100
    assert "no_margin" in {row["key"] for row in priced.assumptions}


def test_a_part_larger_than_the_sheet_is_refused_with_its_sides():
    sheet = SheetMaterial("Steel", 7850, 3, 250, 99.5, Decimal(100))
    with pytest.raises(TooBig, match=r"200 × 100 mm and does not fit on a sheet of 250 × 99\.5 mm") as refusal:
        price_cut(BRACKET, 1, sheet, NITROGEN, rates())
    assert isinstance(refusal.value, PricingError)
    assert isinstance(refusal.value, ValueError)


def test_gap_and_margin_are_the_shops_choice_and_the_kerf_is_the_least_gap():
    sheet = SheetMaterial("Steel", 7850, 3, 400, 200, Decimal(100))
    tight = price_cut(BRACKET, 1, sheet, NITROGEN, rates(), gap_mm=0, margin_mm=0)
    assert tight.sheets_per_piece == Decimal("0.3333333333")  # four would touch: the kerf of 0.2 mm needs its room
    roomy = SheetMaterial("Steel", 7850, 3, 400.2, 200.2, Decimal(100))
    assert price_cut(BRACKET, 1, roomy, NITROGEN, rates(), gap_mm=0, margin_mm=0).sheets_per_piece == Decimal("0.25")


sides = st.decimals(1, 3000, places=3)


@settings(max_examples=100, deadline=None)
@given(sides, sides, sides, sides, st.decimals(0, 50, places=2), st.decimals(0, 50, places=2))
def test_the_grid_fits_and_turning_changes_nothing(width, height, sheet_width, sheet_height, gap, margin):
    try:
        columns, rows = pieces_per_sheet(width, height, sheet_width, sheet_height, gap, margin)
    except TooBig:
        assert max(width, height) > max(sheet_width, sheet_height) or min(width, height) > min(
            sheet_width, sheet_height
        )
        return
    pieces = columns * rows
    assert pieces >= 1
    assert pieces * width * height <= sheet_width * sheet_height
    if pieces > 1:
        needed = [
            (columns * across + (columns - 1) * gap, rows * along + (rows - 1) * gap)
            for across, along in ((width, height), (height, width))
        ]
        assert any(x <= sheet_width - 2 * margin and y <= sheet_height - 2 * margin for x, y in needed)
    turned = pieces_per_sheet(height, width, sheet_width, sheet_height, gap, margin)
    assert turned[0] * turned[1] == pieces
