"""Many lines are priced from one reading of the tables, and what was offered is what is made."""

from decimal import Decimal

import pytest

from billing import costing, quotes, staleness
from billing.admin.pricing_progress import pricing
from billing.models import QuoteLine
from billing.price_book import WITH, PriceBook
from billing.quotes import large
from billing.tests.ground import measured_drawing, new_enquiry
from inventory.models import Material
from laseros.core.errors import Refused
from production import jobs, products, recipes
from production.models import Component, Enquiry, EnquiryLine, Job, JobLine, Product, Step

pytestmark = pytest.mark.usefixtures("scoped")


def frame_of(shop, by, name: str = "Frame") -> Product:
    """Two plates, cut from a tenth of a sheet each and folded, screwed together by hand."""
    plate = products.register(
        Product(workspace=shop.workspace, name=f"{name} plate", material=shop.material, item=shop.sheet), by
    )
    steps = [Step(name="Cut", kind="laser", seconds=36), Step(name="Fold", kind="hand", seconds=30)]
    recipes.write_down(plate, [Component(item=shop.sheet, amount=Decimal("0.1"))], steps, by)
    frame = products.register(Product(workspace=shop.workspace, name=name), by)
    recipes.write_down(
        frame, [Component(part=plate, amount=Decimal(2))], [Step(name="Screw", kind="hand", seconds=60)], by
    )
    return frame


def of_every_kind(shop, by, number: int) -> list[dict]:
    """A drawing in a material of its own, a product by its drawing, and an assembly by its recipe."""
    material = Material.objects.create(
        workspace=shop.workspace, code=f"M{number}", name=f"Metal {number}", density_kg_m3=7850
    )
    sheet, row = (
        type(shop.sheet).objects.get(pk=shop.sheet.pk),
        type(shop.parameters).objects.get(pk=shop.parameters.pk),
    )
    for copy, changes in ((sheet, {"code": f"INV-{number}"}), (row, {})):
        copy.pk, copy.material = None, material
        for name, value in changes.items():
            setattr(copy, name, value)
        copy.save()
    part = products.register(
        Product(workspace=shop.workspace, name=f"Part {number}", material=shop.material, item=shop.sheet,
                design_file=measured_drawing(shop, name=f"part-{number}.dxf")), by,
    )  # fmt: skip
    return [
        {"item": sheet, "quantity": 5},
        {"item": None, "design_file": None, "product": part, "quantity": 4},
        {"item": None, "design_file": None, "product": frame_of(shop, by, f"Frame {number}"), "quantity": 3},
    ]


@pytest.mark.parametrize("kinds", [1, 3])
def test_three_times_the_lines_ask_no_more_often(shop, office, kinds, django_assert_num_queries):
    lines = [line for number in range(kinds) for line in of_every_kind(shop, office, number)]
    enquiry = new_enquiry(shop, *lines)
    with django_assert_num_queries(14):
        asked = list(enquiry.lines.select_related(*WITH))
        book = PriceBook(asked)
        found = [costing.price(line, book=book) for line in asked]
    assert len(found) == 3 * kinds
    assert [price.unpriced for price in found] == [""] * len(found)
    assert {price.unit_price for price in found} == {Decimal("44.34"), Decimal("47.91"), Decimal("671.19")}


def test_a_line_alone_costs_what_it_costs_among_others(shop, office):
    lines = [line for number in range(2) for line in of_every_kind(shop, office, number)]
    asked = list(new_enquiry(shop, *lines).lines.select_related(*WITH))
    book = PriceBook(asked)
    for line in asked:
        assert costing.price(EnquiryLine.objects.get(pk=line.pk)) == costing.price(line, book=book)


# --- what was offered is what is made ---------------------------------------------------------------------------------


def asks_for(shop, product: Product, **line) -> Enquiry:
    return new_enquiry(shop, {"item": None, "design_file": None, "product": product, "quantity": 3, **line})


def made(job: Job) -> list[tuple]:
    rows = job.lines.select_related("design_file").order_by("pk")
    return [(row.description, row.quantity, row.revision, row.design_file and row.design_file.name, row.seconds_each)
            for row in rows]  # fmt: skip


def test_an_accepted_quote_makes_what_was_quoted_whatever_the_product_is_now(shop, office):
    first, second = measured_drawing(shop, name="first.dxf"), measured_drawing(shop, name="second.dxf")
    product = products.make_from(first, office, item=shop.sheet, name="Bracket")
    quote = quotes.send(quotes.draw_up(asks_for(shop, product), office), office)
    products.revise(product, second, office)
    product.refresh_from_db()
    recipes.write_down(product, [Component(item=shop.sheet, amount=Decimal("0.5"))],
                       [Step(name="Other", kind="hand", seconds=9)], office)  # fmt: skip
    line = quote.lines.get()
    assert (line.design_file, line.item, line.product, line.revision) == (first, shop.sheet, product, 1)
    assert line.breakdown["basis"]["file"]["sha256"] == first.sha256
    assert line.breakdown["basis"]["revision"] == 1
    job = quotes.accept(quote, name="Thandi")
    assert made(job) == [("Base plate", 3, 1, "first.dxf", 0.0)]
    assert job.lines.get().material_each == Decimal("0.006664")  # 0.02 m² of 2450 × 1225 mm
    later = jobs.open_from(shop.client, key="x", title="x", by=office, lines=[
        {"description": "Base plate", "quantity": 3, "product": product, "unit_price": Decimal(1)}])  # fmt: skip
    assert made(later) == [("Base plate", 3, 2, None, 9.0)]


def test_a_recipe_is_made_as_it_was_offered_through_all_levels(shop, office):
    frame = frame_of(shop, office)
    quote = quotes.send(quotes.draw_up(asks_for(shop, frame), office), office)
    plate = frame.components.get().part
    recipes.write_down(plate, [Component(item=shop.sheet, amount=Decimal("0.9"))], [], office)
    recipes.write_down(frame, [Component(part=plate, amount=Decimal(7))], [], office)
    job = quotes.accept(quote, name="Thandi")
    assert [(row[0], row[1], row[4]) for row in made(job)] == [
        ("Base plate", 3, 0.0), ("Frame: Screw", 3, 60.0),
        ("Frame plate", 6, 0.0), ("Frame plate: Cut", 6, 36.0), ("Frame plate: Fold", 6, 30.0),
    ]  # fmt: skip
    assert JobLine.objects.get(description="Frame plate: Cut").material_each == Decimal("0.1")


def test_what_is_made_otherwise_than_it_was_priced_is_not_sent(shop, office):
    enquiry = new_enquiry(shop, {"quantity": 10}, {"quantity": 10})
    quote = quotes.draw_up(enquiry, office)
    typed, calculated = quote.lines.all()
    typed.unit_price = Decimal(99)
    quotes.change_lines(quote, [typed], [], office)
    mended = measured_drawing(shop, enquiry, "mended.dxf")
    EnquiryLine.objects.update(design_file=mended)
    said = ["The drawing is another one now: mended.dxf."]
    assert staleness.of(quote) == {typed.pk: said, calculated.pk: said}
    with pytest.raises(Refused) as refusal:
        quotes.send(quote, office)
    assert refusal.value.code == "changed"
    assert not quote.lines.filter(design_file=mended).exists()
    quote.refresh_from_db()
    assert (quote.state, quote.pdf.name) == ("draft", "")
    quotes.reprice(quote, office)
    assert staleness.of(quote) == {}
    lines = QuoteLine.objects.filter(quote=quote)
    assert list(lines.values_list("design_file", "unit_price")) == [
        (mended.pk, Decimal(99)),
        (mended.pk, Decimal("37.20")),
    ]
    assert lines.last().breakdown["basis"]["file"]["sha256"] == mended.sha256
    assert quotes.send(quote, office).state == "sent"


def test_a_price_names_the_version_of_every_table_it_was_made_from(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    type(shop.parameters).objects.update(version=2)
    assert staleness.of(quote) == {quote.lines.get().pk: ["The cutting parameters have changed."]}
    quotes.reprice(quote, office)
    assert quote.lines.get().breakdown["basis"]["cutting_parameters"]["version"] == 2
    assert staleness.of(quote) == {}


# --- many lines -------------------------------------------------------------------------------------------------------


def test_many_lines_are_priced_by_the_worker_and_edits_meanwhile_stay(shop, office, run_work, monkeypatch):
    monkeypatch.setattr(large, "MOST_AT_ONCE", 2)
    enquiry = new_enquiry(shop, *({"quantity": 10} for _line in range(30)))
    quote = quotes.draw_up(enquiry, office)
    assert set(quote.lines.values_list("unpriced", "unit_price")) == {("This price is being worked out.", 0)}
    assert pricing(quote) == {"quote": quote, "left": 30, "lines": 30, "percent": 0, "failed": ""}
    with pytest.raises(Refused) as refusal:
        quotes.send(quote, office)
    assert refusal.value.code == "pricing"
    typed = quote.lines.last()
    typed.unit_price, typed.quantity = Decimal(7), 3
    quotes.change_lines(quote, [typed], [], office)
    assert run_work() == 1
    quote.refresh_from_db()
    assert (quote.to_price, pricing(quote)) == (0, None)
    prices = list(quote.lines.values_list("unpriced", "unit_price", "quantity"))
    assert prices == [("", Decimal("37.20"), 10)] * 29 + [("", Decimal(7), 3)]
    assert quote.net == 29 * Decimal("372.00") + 21
    quotes.reprice(quote, office, by_hand=True)
    quotes.reprice(quote, office, by_hand=True)
    assert run_work() == 1
    assert quote.lines.last().unit_price == Decimal("53.86")
    assert staleness.of(quote) == {}


def test_a_quote_sent_before_the_worker_came_says_what_it_said(shop, office, run_work, monkeypatch):
    quote = quotes.draw_up(new_enquiry(shop), office)
    monkeypatch.setattr(large, "MOST_AT_ONCE", 0)
    quotes.reprice(quote, office)
    type(quote).objects.update(to_price=0)
    quote.refresh_from_db()
    quotes.send(quote, office)
    type(shop.sheet).objects.update(price=9999)
    before = list(quote.lines.values())
    run_work()
    assert list(quote.lines.values()) == before
