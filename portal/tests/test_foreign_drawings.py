"""A product made from one client's drawing is sold to another: they get the part, and never the drawing."""

import io
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django_scopes import scope
from pypdf import PdfReader

from billing import deliveries
from billing.documents import delivery_pdf
from billing.models import QuoteLine
from crm.models import Address
from portal.tests.ground import let_in, new_client, new_contact, new_drawing
from production import baskets, job_templates, jobs, products, recipes, work_order
from production.models import DesignFile, Job, JobLine, Product, Step

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("scoped")]

NAME = "bracket-rev-c"


@pytest.fixture
def buyers(workspace):
    """(who drew it, who buys it), each with a contact's log-in."""
    workspace.portal_orders, workspace.checks_deliveries = "all", False
    workspace.save(update_fields=["portal_orders", "checks_deliveries"])
    owner, other = new_client(workspace), new_client(workspace, "Dube Pumps")
    people = [new_contact(owner), new_contact(other, "Zola", "zola@dube.example")]
    return owner, other, *(let_in(each) for each in people)


@pytest.fixture
def product(workspace, buyers):
    """Cut from a drawing that the first of them handed in."""
    asked = new_drawing(buyers[0])
    asked.design_file.content.save("x.bin", ContentFile(b"what they drew"))
    found = products.register(
        Product(workspace=workspace, name="Angle", item=asked.item, design_file=asked.design_file), None
    )
    recipes.write_down(found, [], [Step(name="Cut", kind="laser", seconds=3)], None)
    return Product.objects.get(pk=found.pk)


def ordered(client, product, **fields) -> tuple[Job, JobLine]:
    line = {"description": "Angle", "quantity": 4, "unit_price": Decimal(5), "tax_percent": Decimal(15),
            "product": product, **fields}  # fmt: skip
    job = jobs.open_from(client, key=f"{client.pk} {fields}", title="Angles", lines=[line], despite="x", by=None)
    line = job.lines.get(parent=None)
    assert line.design_file == product.design_file  # the floor cuts it by this
    return job, line


def shown(browser, job, line) -> list[bool]:
    """Whether they see it on the job's page, as a picture, as a file, and named on the work order."""
    page = browser.get(f"/portal/jobs/{job.pk}/").content.decode()
    there = f"/portal/jobs/{job.pk}/drawings/{line.pk}/"
    codes = [browser.get(address).status_code for address in (there, f"{there}file/")]
    with scope(workspace=job.workspace):
        paper = PdfReader(io.BytesIO(work_order.client_pdf(job))).pages[0]
    assert ("Angle" in page, "Angle" in paper.extract_text()) == (True, True)
    return [NAME in page, codes[0] == 200, codes[1] == 200, NAME in paper.extract_text()]


def test_whoever_buys_it_sees_no_drawing_and_who_drew_it_does(buyers, product, log_in):
    owner, other, drawer, buyer = buyers
    job, line = ordered(other, product)
    mine, my_line = ordered(owner, product)
    copy = jobs.clone(job, None, key="again", despite="x")
    browser = log_in(buyer)
    assert shown(browser, job, line) == [False] * 4
    assert shown(browser, copy, copy.lines.get()) == [False] * 4
    assert shown(log_in(drawer), mine, my_line) == [True] * 4


def test_nor_in_a_delivery_note_nor_when_they_order_it_again(buyers, product, log_in):
    _owner, other, _drawer, buyer = buyers
    job, line = ordered(other, product)
    JobLine.objects.filter(pk=line.pk).update(made_good=4)
    Address.objects.create(workspace=job.workspace, client=other, street="1 Main Road", city="Durban")
    delivery = deliveries.ship(deliveries.pack(deliveries.draft_from(job, None), None), None)
    note = PdfReader(io.BytesIO(delivery_pdf(delivery))).pages[0].extract_text()
    assert ("Angle" in note, NAME in note) == (True, False)
    browser = log_in(buyer)
    found = browser.get(f"/portal/again/?text={NAME}").content.decode()
    assert "Angle</p>" not in found
    assert browser.post(f"/portal/again/{line.pk}/").status_code == 302
    basket = baskets.of(other, other.contacts.get())
    row = basket.lines.get()
    assert (row.product, row.design_file) == (product, None)
    page = browser.get("/portal/upload/").content.decode()
    assert "Angle" in page
    assert f"parts/{row.pk}/drawing/" not in page
    assert NAME not in page
    assert browser.get(f"/portal/upload/parts/{row.pk}/drawing/").status_code == 404
    baskets.hand_in(basket, None)
    assert browser.get(f"/portal/enquiries/{basket.pk}/drawings/{row.pk}/").status_code == 404


def test_why_there_is_no_price_names_nothing_of_the_drawing_that_came_with_the_product(buyers, product, log_in):
    _owner, other, _drawer, buyer = buyers
    _job, line = ordered(other, product)
    browser = log_in(buyer)
    assert browser.post(f"/portal/again/{line.pk}/").status_code == 302
    why = f"The block {NAME} is not in the file."
    DesignFile.objects.filter(pk=product.design_file_id).update(state="refused", reason=why)
    page = browser.get("/portal/upload/").content.decode()
    assert NAME not in page
    assert "We work out this price." in page
    browser.post(f"/portal/upload/{baskets.of(other, other.contacts.get()).pk}/ask/", {"title": "Angles"})
    assert why in QuoteLine.objects.get().unpriced  # the office is told


def test_steps_of_a_recipe_are_no_lines_of_the_client(buyers, product, log_in):
    recipes.write_down(
        product, [], [Step(name="Cut", kind="laser", seconds=3), Step(name="Fold", kind="hand", seconds=9)], None
    )
    product = Product.objects.get(pk=product.pk)
    line = {"description": "Angle", "quantity": 4, "unit_price": Decimal(5), "product": product}
    job = jobs.open_from(buyers[1], key="x", title="Angles", lines=[line], despite="x", by=None)
    below = job.lines.exclude(parent=None).exclude(design_file=None).get()
    browser = log_in(buyers[3])
    assert browser.get(f"/portal/jobs/{job.pk}/drawings/{below.pk}/").status_code == 404


def test_the_shops_own_drawing_and_one_they_may_see_are_shown(buyers, product, log_in):
    _owner, other, _drawer, buyer = buyers
    browser = log_in(buyer)
    template = job_templates.keep(ordered(buyers[0], product)[0], "Angles", None)
    job = job_templates.open_job(template, other, key="y", despite="x", shows_drawings=True, by=None)
    assert shown(browser, job, job.lines.get()) == [True] * 4
    DesignFile.objects.filter(pk=product.design_file_id).update(enquiry=None)
    assert shown(browser, *ordered(other, Product.objects.get(pk=product.pk))) == [True] * 4
