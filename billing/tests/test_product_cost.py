"""What a product costs through all levels, by hand, and that nothing of it is ever stale."""

from decimal import Decimal

import pytest
from django.urls import reverse

from billing import costing, product_cost, quotes
from billing.models import PriceRules
from inventory import stock
from inventory.models import Item
from production import products, recipes
from production.models import Component, Enquiry, EnquiryLine, Product, Step

D = Decimal


@pytest.fixture
def frame(shop, scoped):
    """Two plates (a tenth of a sheet of 1850, 36 s at 900 an hour) and eight screws of 0.50, two minutes' work."""
    PriceRules.objects.update(
        labour_hour=D(300), setup_minutes=D(10), handling_seconds=D(20), waste_percent=D(5), margin_percent=D(30),
        minimum_line=D(50), energy_kwh=D(3), machine_kw=D(20), overhead_percent=D(10),
    )  # fmt: skip
    screw = Item(workspace=shop.workspace, name="Screw", category="part", unit="pcs", price=D("0.50"))
    screw = stock.register(screw, None)
    plate = products.register(
        Product(workspace=shop.workspace, name="Plate", material=shop.material, item=shop.sheet), None
    )
    cut = Step(name="Cut", kind="laser", seconds=36)
    recipes.write_down(plate, [Component(item=shop.sheet, amount=D("0.1"))], [cut], None)
    frame = products.register(Product(workspace=shop.workspace, name="Frame"), None)
    into = [Component(part=plate, amount=D(2)), Component(item=screw, amount=D(8), waste_percent=D(25))]
    recipes.write_down(frame, into, [Step(name="Screw together", kind="hand", seconds=120)], None)
    return frame


def split(product, batch=1) -> dict:
    return product_cost.of(recipes.tree(product), batch).parts


def test_by_hand(frame):
    # Two steps are set up, 20 minutes at 300 an hour; 2 × 20 s of handling and 120 s of work make 13.3333.
    expected = {
        "material": D("370.0000"),  # 2 × 0.1 × 1850
        "components": D("4.0000"),  # 8 × 0.50
        "machine": D("18.0000"),  # 2 × 36 s × 900 / 3600
        "energy": D("1.2000"),  # 20 kW × 72 s × 3 / 3600
        "labour": D("113.3333"),
        "overhead": D("13.1333"),
        "waste": D("19.5000"),  # 5 % of the sheets, 25 % of the screws
    }
    assert split(frame) == expected
    tenth = {**expected, "labour": D("23.3333"), "overhead": D("4.1333")}
    assert split(frame, 10) == tenth
    assert product_cost.of(recipes.tree(frame), 10).total == D("440.1666")


def test_never_stale(frame, shop):
    before = split(frame)
    shop.sheet.price = D(2000)
    shop.sheet.save()
    assert split(frame)["material"] == D("400.0000")
    shop.laser.hourly_rate = D(1000)
    shop.laser.save()
    assert split(frame)["machine"] == D("20.0000")
    PriceRules.objects.update(energy_kwh=D(6))
    assert split(frame)["energy"] == D("2.4000")
    assert split(frame)["components"] == before["components"]


def test_the_chart_is_the_table(frame):
    shown = product_cost.slices(product_cost.of(recipes.tree(frame)))
    assert [row["key"] for row in shown] == list(product_cost.LABELS)
    assert sum(row["percent"] for row in shown) == pytest.approx(100)
    assert all(row["path"].startswith("M") and row["path"].endswith("Z") for row in shown)


def test_an_assembly_is_quoted_by_its_recipe_and_becomes_work(frame, shop, office):
    enquiry = Enquiry.objects.create(
        workspace=shop.workspace, number="EN-1", client=shop.client, contact=shop.contact, title="Frames"
    )
    line = EnquiryLine.objects.create(
        workspace=shop.workspace, enquiry=enquiry, product=frame, description="Frame", quantity=10
    )
    price = costing.price(line)
    assert (price.unpriced, price.unit_price) == ("", D("628.81"))  # 440.1666 / 0.7
    assert sum(D(step["total"]) for step in price.breakdown["steps"]) == pytest.approx(
        price.unit_price * 10, abs=D("0.05")
    )
    job = quotes.accept(
        quotes.send(quotes.draw_up(enquiry, office), office), name="Thandi", despite="Screws come tomorrow"
    )
    assert [row.description for row in job.lines.order_by("pk")] == ["Frame", "Frame: Screw together", "Plate"]
    assert job.quoted_total == D("6288.10")


def test_what_is_not_known_is_said_and_prices_nothing(frame, shop):
    shop.laser.archived_at = "2026-01-01T00:00:00Z"
    shop.laser.save()
    assert product_cost.of(recipes.tree(frame)).missing == ["There is no machine for “Cut”."]


def test_costs_are_for_who_may_see_money(frame, log_in, person, office, shop):
    address = reverse("admin:production_product_change", args=[frame.pk])
    shown = log_in(office).get(f"{address}?batch=10").content.decode()
    assert "in a batch of 10" in shown
    assert "440,17" in shown
    hidden = log_in(person("viewer", shop.workspace)).get(address).content.decode()
    assert "All it takes" in hidden
    assert "What one costs" not in hidden
    assert "440,17" not in hidden
