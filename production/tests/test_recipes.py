"""Recipes through all levels: what they take, what can be built, what they become in a job, what they may not be."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django_scopes import scope

from inventory import ledger, stock
from inventory.models import Item, Reservation
from laseros.core.errors import Refused
from production import drawings, jobs, products, recipes, runs
from production.models import Component, JobLine, Operation, Product, ProductRevision, Step
from production.tests.ground import SQUARE, new_enquiry, new_job, upload

ONE = Decimal(1)


@pytest.fixture
def works(shop, office, scoped):
    """A frame of two plates and eight screws, put together by hand; the plate is cut from a tenth of a sheet."""
    screw = stock.register(
        Item(workspace=shop.workspace, name="Screw", category="part", unit="pcs", price=Decimal("0.50")), None
    )
    ledger.post(screw, 100, "opening", key="opening:screw")
    screw.refresh_from_db()
    plate = product(shop, office, "Plate", material=shop.material, item=shop.sheet)
    recipes.write_down(plate, [Component(item=shop.sheet, amount=Decimal("0.1"))],
                       [Step(name="Cut", kind="laser", seconds=36)], office)  # fmt: skip
    frame = product(shop, office, "Frame")
    recipes.write_down(
        frame,
        [Component(part=plate, amount=Decimal(2)), Component(item=screw, amount=Decimal(8), waste_percent=Decimal(25))],
        [Step(name="Screw together", kind="hand", seconds=120)],
        office,
    )
    return SimpleNamespace(shop=shop, screw=screw, plate=plate, frame=frame, sheet=shop.sheet)


def product(shop, by, name, **fields) -> Product:
    return products.register(Product(workspace=shop.workspace, name=name, **fields), by)


def ordered(works, quantity=3, **line):
    wish = {"description": "Frame", "quantity": quantity, "unit_price": Decimal(100), "product": works.frame, **line}
    return new_job(works.shop, lines=[wish])


def left(item) -> tuple[Decimal, Decimal]:
    item.refresh_from_db()
    return item.on_hand, item.reserved


def test_what_one_takes_and_how_many_can_be_built(works):
    tree = recipes.tree(works.frame)
    assert recipes.needs(tree) == {works.sheet: Decimal("0.2"), works.screw: Decimal(10)}
    assert recipes.can_build(tree) == (10, [works.screw])  # 100 screws; ten sheets would make fifty
    ledger.reserve(works.sheet, Decimal("8.5"), key="x", label="x")
    works.sheet.refresh_from_db()
    assert recipes.can_build(recipes.tree(works.frame)) == (7, [works.sheet])


@pytest.mark.parametrize(
    ("measure", "amount", "expected"),
    [("m2", "0.300125", "0.1"), ("g", "7067.94375", "0.1"), ("unit", "0.1", "0.1")],
)
def test_a_sheet_is_measured_by_area_weight_or_share(works, measure, amount, expected):
    row = Component(item=works.sheet, amount=Decimal(amount), measure=measure)
    assert recipes.in_unit(row) == Decimal(expected)


def test_what_cannot_be_measured_says_so(works):
    for item, measure in ((works.sheet, "mm"), (works.screw, "m2"), (works.screw, "g")):
        with pytest.raises(Refused) as refusal:
            recipes.in_unit(Component(item=item, amount=ONE, measure=measure))
        assert refusal.value.code == "measure"


def test_no_product_contains_itself(works, office):
    before = list(Component.objects.values_list("product", "part", "item", "amount"))
    for rows in ([Component(part=works.frame, amount=ONE)], [Component(part=works.plate, amount=ONE)]):
        with pytest.raises(Refused) as refusal:
            recipes.write_down(works.plate, rows, [], office)
        assert refusal.value.code == "cycle"
    assert list(Component.objects.values_list("product", "part", "item", "amount")) == before
    with pytest.raises(Refused) as refusal:
        recipes.write_down(works.frame, [Component(part=works.plate, amount=Decimal("1.5"))], [], office)
    assert refusal.value.code == "amount"


def test_levels_end(works, office):
    top = works.frame
    for level in range(recipes.DEEPEST - 2):
        above = product(works.shop, office, f"Level {level}")
        recipes.write_down(above, [Component(part=top, amount=ONE)], [], office)
        top = above
    too_deep = product(works.shop, office, "Too deep")
    with pytest.raises(Refused) as refusal:
        recipes.write_down(too_deep, [Component(part=top, amount=ONE)], [], office)
    assert refusal.value.code == "deep"
    below = product(works.shop, office, "Below")
    with pytest.raises(Refused) as refusal:  # a level more at the bottom is one too many for the top
        recipes.write_down(works.plate, [Component(part=below, amount=ONE)], [], office)
    assert refusal.value.code == "deep"
    wide = product(works.shop, office, "Wide")
    with pytest.raises(Refused) as refusal:
        recipes.write_down(wide, [Component(part=works.frame, amount=ONE) for _n in range(101)], [], office)
    assert refusal.value.code == "large"


def test_a_line_becomes_work_and_promises(works):
    job = ordered(works)
    top, _by_hand, plates = job.lines.order_by("pk")
    shown = [
        (row.description, row.quantity, row.parent, row.per_parent, row.made_on) for row in job.lines.order_by("pk")
    ]
    assert shown == [
        ("Frame", 3, None, 1, "hand"), ("Frame: Screw together", 3, top, 1, "hand"), ("Plate", 6, top, 2, "laser"),
    ]  # fmt: skip
    operation = Operation.objects.get()
    assert (operation.job_line, operation.quantity, operation.machine) == (plates, 6, works.shop.laser)
    assert (operation.seconds_each, operation.reservation.quantity) == (36.0, Decimal("0.600"))
    assert left(works.screw) == (100, 30)
    assert left(works.sheet) == (10, Decimal("0.600"))
    assert jobs.wanting(job) == []
    assert (top.to_invoice, top.unit_price, plates.unit_price) == (0, 100, 0)


def test_made_from_the_bottom_up(works, office, operator):
    job = ordered(works)
    top = job.lines.get(parent=None)
    run = runs.start(Operation.objects.get(), works.shop.laser, operator)
    runs.finish(run, good=5, scrap=1, by=operator)
    top.refresh_from_db()
    assert (top.made_good, left(works.screw)) == (0, (100, 30))
    jobs.made_by_hand(job, office)
    top.refresh_from_db()
    assert (top.made_good, top.to_invoice, left(works.screw)) == (2, 2, (80, 10))
    run = runs.start(Operation.objects.get(), works.shop.laser, operator)
    runs.finish(run, good=1, scrap=0, by=operator)
    jobs.made_by_hand(job, office)  # the third could not be put together before its plates were there
    top.refresh_from_db()
    job.refresh_from_db()
    assert (top.made_good, job.state, left(works.screw)) == (3, "made", (70, 0))
    assert left(works.sheet) == (Decimal("9.300"), 0)  # six good and one scrapped
    assert [row.to_invoice for row in job.lines.order_by("pk")] == [3, 0, 0]
    assert not Reservation.objects.filter(state="active").exists()


def test_short_of_one_part_waits_for_the_rest_and_says_which(works, office):
    job = ordered(works, quantity=11)
    assert left(works.screw) == (100, 100)
    assert jobs.wanting(job) == [f"Frame: 100 of 110 pcs of {works.screw} reserved."]
    ledger.post(works.screw, 10, "purchase", key="more")
    assert jobs.wanting(job) == []
    assert jobs.prepare(job, office) == []
    assert left(works.screw) == (110, 110)
    jobs.cancel(job, office)
    assert (left(works.screw), left(works.sheet)) == ((110, 0), (10, 0))


def test_a_recipe_that_cannot_be_undoes_the_whole_order(works, office):
    Component.objects.create(workspace=works.shop.workspace, product=works.plate, part=works.frame, amount=ONE)
    before = (JobLine.objects.count(), left(works.screw), left(works.sheet))
    with pytest.raises(Refused) as refusal:
        ordered(works)
    assert refusal.value.code == "cycle"
    assert (JobLine.objects.count(), left(works.screw), left(works.sheet)) == before


def test_a_later_recipe_changes_no_job(works, office):
    job = ordered(works)
    recipes.write_down(works.frame, [Component(item=works.screw, amount=ONE)], [], office)
    assert jobs.prepare(job, office) == []
    assert (job.lines.count(), left(works.screw)) == (3, (100, 30))


# --- products from drawings, revisions --------------------------------------------------------------------------------


@pytest.fixture
def drawing(shop, office, run_work):
    enquiry = new_enquiry(shop, office)
    with scope(workspace=shop.workspace):
        row = drawings.receive(shop.workspace, upload("bracket.dxf"), enquiry=enquiry, item=shop.sheet, by=office)
    run_work()
    row.refresh_from_db()
    return row


def test_a_product_in_two_clicks(log_in, office, shop, drawing):
    desk = log_in(office)
    address = reverse("admin:production_designfile_verb", args=[drawing.pk, "product"])
    asked = desk.get(address).content.decode()
    assert 'value="bracket"' in asked
    for _press in range(2):
        answer = desk.post(address, {"name": "bracket", "item": shop.sheet.pk})
    with scope(workspace=shop.workspace):
        made = Product.objects.get()
        (row,), (step,) = made.components.all(), made.steps.all()
        assert (made.sku, made.design_file, made.item, made.revision) == ("SKU-MS3-0001", drawing, shop.sheet, 1)
        assert (row.item, row.amount, row.measure) == (shop.sheet, Decimal("0.0100"), "m2")
        assert recipes.seconds_of(step, made) == pytest.approx(8.1, abs=2)
    assert answer.url == reverse("admin:production_product_change", args=[made.pk])
    shown = desk.get(answer.url).content.decode()
    assert "What one costs" in shown
    assert "can be built from what is free in stock." in shown


def test_chosen_parts_become_products(log_in, office, shop, drawing):
    with scope(workspace=shop.workspace):
        line = drawing.enquiry.lines.get()
    address = reverse("admin:production_enquiry_parts", args=[drawing.enquiry_id])
    log_in(office).post(address, {"deed": "products", "part": line.pk})
    line.refresh_from_db()
    assert line.product.name == "bracket"


def test_a_new_drawing_is_a_new_revision_and_old_jobs_keep_theirs(shop, office, drawing, run_work):
    with scope(workspace=shop.workspace):
        made = products.make_from(drawing, office, item=shop.sheet)
        job = new_job(shop, lines=[{"description": "b", "quantity": 1, "unit_price": ONE, "product": made}])
        changed = upload("bracket2.dxf", SQUARE.replace(b"40\n10\n", b"40\n12\n"))
        products.revise_by(made, changed, office, note="larger hole")
        for wrong, code in ((made.design_file, "same"), (drawing, None)):
            if code:
                with pytest.raises(Refused) as refusal:
                    products.revise(made, wrong, office)
                assert refusal.value.code == code
        assert list(ProductRevision.objects.values_list("number", "note")) == [(2, "larger hole"), (1, "")]
        assert (made.revision, made.design_file.name) == (2, "bracket2.dxf")
        assert job.lines.get().design_file == drawing
        later = new_job(shop, "2", lines=[{"description": "b", "quantity": 1, "unit_price": ONE, "product": made}])
        assert later.lines.get().design_file == made.design_file


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_product(log_in, office, works, rows, django_assert_num_queries):
    """The levels are read one by one; how many rows a level has makes no difference."""
    for number in range(rows):
        part = product(works.shop, office, f"Part {number}")
        recipes.write_down(
            part, [Component(item=works.screw, amount=ONE)], [Step(name="x", kind="hand", seconds=1)], office
        )
        Component.objects.create(workspace=works.shop.workspace, product=works.frame, part=part, amount=ONE)
    desk, address = log_in(office), reverse("admin:production_product_change", args=[works.frame.pk])
    desk.get(address)
    with django_assert_num_queries(23):
        assert desk.get(address).content.decode().count("lo-tree-1") == rows + 1


def test_the_form_refuses_a_ring(log_in, office, works):
    desk, address = log_in(office), reverse("admin:production_product_change", args=[works.plate.pk])
    row = works.plate.components.get()
    said = {
        "name": "Plate renamed", "material": works.shop.material.pk, "thickness_mm": "", "item": works.sheet.pk,
        "grams_each": "", "minutes_each": "", "price": "",
        "components-TOTAL_FORMS": 2, "components-INITIAL_FORMS": 1, "components-0-id": row.pk,
        "components-0-product": works.plate.pk, "components-0-position": 1, "components-0-item": works.sheet.pk,
        "components-0-part": "", "components-0-amount": "0.1", "components-0-measure": "unit",
        "components-0-waste_percent": "0", "components-1-product": works.plate.pk, "components-1-position": 2,
        "components-1-item": "", "components-1-part": works.frame.pk, "components-1-amount": "1",
        "components-1-measure": "unit", "components-1-waste_percent": "0",
        "steps-TOTAL_FORMS": 0, "steps-INITIAL_FORMS": 0, "checks-TOTAL_FORMS": 0, "checks-INITIAL_FORMS": 0,
    }  # fmt: skip
    answer = desk.post(address, said)
    assert answer.status_code == 409
    assert "A product cannot contain itself" in answer.content.decode()
    works.plate.refresh_from_db()
    assert (works.plate.name, works.plate.components.count()) == ("Plate", 1)
    both = {**said, "components-1-item": works.screw.pk}
    assert desk.post(address, both).status_code == 200
    assert works.plate.components.count() == 1
    assert desk.post(address, {**said, "components-1-part": "", "components-1-item": works.screw.pk}).status_code == 302
    assert works.plate.components.count() == 2
