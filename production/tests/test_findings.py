"""What is wrong with a drawing, in words: the gravest first, what it costs, and what mends it."""

import pytest

from production import drawings, findings, mending
from production.models import DesignFile, EnquiryLine
from production.tests.dxf.drawings import circle, dxf, line, rectangle, tags
from production.tests.ground import new_enquiry, upload

pytestmark = pytest.mark.usefixtures("scoped")

TEXT = tags((0, "TEXT"), (8, "0"), (10, 10), (20, 50), (40, 5), (1, "A1"))
# Twice the lower edge, a hole of 1.6 mm, a web of 1 mm, a gap, text, and a second part.
FLAWED = dxf(
    rectangle(0, 0, 120, 80) + line(0, 0, 120, 0) + circle(20, 20, 0.8) + circle(40, 40, 8) + circle(57, 40, 8)
    + line(70, 60, 100, 60) + line(100, 60, 100, 70) + line(100, 70, 70, 70) + line(70, 70, 70, 60.3)
    + TEXT + rectangle(150, 0, 200, 30)
).encode()  # fmt: skip


@pytest.fixture
def row(shop, office, run_work):
    row = drawings.receive(
        shop.workspace, upload("part.dxf", FLAWED), enquiry=new_enquiry(shop, office), quantity=10, by=office
    )
    run_work()
    return DesignFile.objects.select_related("measurement", "enquiry").get(pk=row.pk)


def seen(found):
    return [(kind.severity, kind.kind, kind.count, kind.mend) for kind in found.kinds]


def test_the_gravest_first_with_what_mends_it(row):
    found = findings.of(row, curves=drawings.curves_of(row.measurement))
    assert found.checked_for == ""
    assert seen(found) == [
        ("refuse", "gap", 1, "gaps"),
        ("warn", "duplicate", 1, "duplicates"),
        ("warn", "text", 1, ""),
        ("info", "several-parts", 2, "split"),
    ]
    assert found.can_be_mended
    assert [(mark["number"], mark["x_mm"], mark["y_mm"]) for mark in found.markers] == [
        (1, 70, pytest.approx(60.15)), (2, 60, 0), (3, 10, 50),
    ]  # fmt: skip
    assert found.kinds[1].price == "120 mm more to cut: 16,1 % more."


def test_the_material_of_the_line_is_checked_for(row, shop, office, django_assert_num_queries):
    EnquiryLine.objects.update(item=shop.sheet)
    found = findings.of(row)
    assert found.checked_for == "Mild steel 3 mm"
    assert seen(found)[:3] == [
        ("refuse", "gap", 1, "gaps"),
        ("refuse", "thin-web", 1, ""),
        ("warn", "small-hole", 1, ""),
    ]
    with django_assert_num_queries(2):  # the second time it is known: the line, and how it is cut
        assert seen(findings.of(row)) == seen(found)


def test_money_only_where_there_is_a_price_and_it_may_be_seen(row, shop, office):
    from billing import quotes

    EnquiryLine.objects.update(item=shop.sheet)
    assert "R" not in _price(findings.of(row, sees_money=True))
    quotes.draw_up(row.enquiry, office)
    assert "more for each piece" in _price(findings.of(row, sees_money=True))
    assert _price(findings.of(row, sees_money=True)).startswith("120 mm more to cut: R")
    assert _price(findings.of(row, sees_money=False)) == "120 mm more to cut: 16,1 % more."


def _price(found):
    return next(kind.price for kind in found.kinds if kind.kind == "duplicate")


def test_an_edge_two_parts_share_is_mended_by_splitting(shop, office, run_work):
    pair = _square(0) + _square(50)
    row = drawings.receive(shop.workspace, upload("pair.dxf", dxf(pair).encode()), by=office)
    run_work()
    row = DesignFile.objects.select_related("measurement").get(pk=row.pk)
    found = findings.of(row, curves=drawings.curves_of(row.measurement))
    assert seen(found) == [("warn", "overlap", 1, "split"), ("info", "several-parts", 2, "split")]


def _square(x):
    corners = [(x, 0), (x + 50, 0), (x + 50, 50), (x, 50)]
    places = [tag for corner in corners for tag in zip((10, 20), corner, strict=True)]
    return tags((0, "LWPOLYLINE"), (8, "0"), (90, 4), (70, 1), *places)


def test_a_workshop_drawing_is_cleared_by_one_click(shop, office, run_work):
    notes = "".join(line(5 * n, 90, 5 * n + 3, 92) for n in range(25))
    row = drawings.receive(
        shop.workspace, upload("w.dxf", dxf(rectangle(0, 0, 100, 60) + notes).encode()),
        enquiry=new_enquiry(shop, office), by=office,
    )  # fmt: skip
    run_work()
    row = DesignFile.objects.select_related("measurement", "enquiry").get(pk=row.pk)
    found = findings.of(row)
    assert seen(found)[0] == ("refuse", "looks-like-drawing", 1, "paperwork")
    assert found.kinds[0].meaning.startswith("This looks like a workshop drawing with dimensions or notes")
    mending.mend(row, office, "paperwork")
    run_work()
    version = row.mended.select_related("measurement").get()
    assert version.mends == [{"mend": "notes", "count": 25}]
    assert (version.measurement.cut_length_mm, version.measurement.open_chains) == (320, 0)
    assert EnquiryLine.objects.get().design_file == version
