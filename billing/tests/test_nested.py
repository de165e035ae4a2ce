"""What a nest made for an enquiry makes of the price, and what a price says when the nest is another one."""

from decimal import Decimal

import pytest

from billing import quotes, staleness
from billing.tests.ground import measured_drawing, new_enquiry
from production.models import Nest, NestPart, NestSheet

pytestmark = pytest.mark.usefixtures("scoped")


def nest_for(shop, enquiry, number: str, *counts: int, remnant: float = 0) -> Nest:
    """A finished nest of the enquiry: on one sheet so many of each line, which cover 20 000, 30 000 … mm² a piece."""
    sheet = shop.sheet
    nest = Nest.objects.create(
        workspace=shop.workspace, number=number, material=sheet.material, thickness_mm=sheet.thickness_mm,
        machine=shop.laser, enquiry=enquiry, state="ready", version=1,
    )  # fmt: skip
    placements = []
    for position, (line, count) in enumerate(zip(enquiry.lines.order_by("id"), counts, strict=True)):
        part = NestPart.objects.create(
            workspace=shop.workspace, nest=nest, enquiry_line=line, design_file=line.design_file, quantity=count,
            description=line.description, area_mm2=20_000 + 10_000 * position,
        )  # fmt: skip
        placements += [{"part": part.pk, "x_mm": 0, "y_mm": 0, "angle_deg": 0, "in_hole": False}] * count
    NestSheet.objects.create(
        workspace=shop.workspace, nest=nest, position=1, item=sheet, width_mm=float(sheet.width_mm),
        height_mm=float(sheet.height_mm), placements=placements,
        remnant={"area_mm2": remnant} if remnant else None,
    )  # fmt: skip
    return nest


@pytest.fixture
def enquiry(shop):
    found = new_enquiry(shop, {"quantity": 10}, {"quantity": 10})
    other = found.lines.order_by("id").last()
    other.design_file = measured_drawing(shop, found, "other.dxf")
    other.save()
    return found


def material_of(quote) -> list[tuple[Decimal, str]]:
    """(share of a sheet, money for it) of each line."""
    rows = quote.lines.exclude(enquiry_line=None)
    steps = [next(step for step in row.breakdown["steps"] if step["key"] == "material") for row in rows]
    return [(row.material_each, step["each"]) for row, step in zip(rows, steps, strict=True)]


def test_material_is_shared_by_what_the_parts_cover(shop, enquiry, office):
    sheet = shop.sheet
    area = sheet.width_mm * sheet.height_mm
    # Half of the sheet is kept: the other half is paid by 10 × 20 000 and 10 × 30 000 mm², two fifths and three.
    nest = nest_for(shop, enquiry, "NE-1", 10, 10, remnant=float(area) / 2)
    quote = quotes.draw_up(enquiry, office)
    assert [share for share, _each in material_of(quote)] == [Decimal("0.02"), Decimal("0.03")]
    assert [Decimal(each) for _share, each in material_of(quote)] == [sheet.price * 2 / 100, sheet.price * 3 / 100]
    basis = quote.lines.first().breakdown["basis"]["nest"]
    assert basis == {"id": nest.pk, "name": "NE-1", "version": 1, "share": "0.0200000000"}
    assert staleness.of(quote) == {}


def test_a_nest_without_a_place_for_all_pieces_prices_nothing(shop, enquiry, office):
    nest_for(shop, enquiry, "NE-1", 9, 10)
    quote = quotes.draw_up(enquiry, office)
    assert ["nest" in row.breakdown["basis"] for row in quote.lines.exclude(enquiry_line=None)] == [False, True]
    assert staleness.of(quote) == {}


def test_a_price_older_than_the_nest_says_so(shop, enquiry, office, django_assert_max_num_queries):
    quote = quotes.draw_up(enquiry, office)
    lines = list(quote.lines.exclude(enquiry_line=None).values_list("pk", flat=True))
    assert staleness.of(quote) == {}
    first = nest_for(shop, enquiry, "NE-1", 10, 10)
    assert staleness.of(quote) == {key: ["The nest NE-1 is newer than the price."] for key in lines}
    quotes.reprice(quote, office)
    assert staleness.of(quote) == {}
    Nest.objects.filter(pk=first.pk).update(version=2)  # approved, say: the layout is what it was
    assert staleness.of(quote) == {}
    nest_for(shop, enquiry, "NE-2", 10, 10, remnant=1_000_000)
    assert staleness.of(quote) == {key: ["The nest NE-2 is newer than the price."] for key in lines}
    quotes.reprice(quote, office)
    with django_assert_max_num_queries(7):
        assert staleness.of(quote) == {}
    Nest.objects.update(state="draft")
    assert staleness.of(quote) == {key: ["The nest NE-2 has no place for all pieces any more."] for key in lines}
