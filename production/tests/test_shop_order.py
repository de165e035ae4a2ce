"""The work order for the shop: a PDF with codes, drawing, material, milestones and checks, and without any price."""

import io
from decimal import Decimal

import numpy
import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from pypdf import PdfReader

from laseros.tests.ground import figures_joined
from production import drawings, milestones, shop_order, work_order
from production.models import LineCheck
from production.quality import planning
from production.tests.ground import line, new_enquiry, new_job, operation_of, upload

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]


@pytest.fixture
def job(shop, office, run_work):
    """A bracket with its drawing, to be checked, and a bend that no machine makes."""
    row = drawings.receive(shop.workspace, upload(), enquiry=new_enquiry(shop), item=shop.sheet, by=office)
    run_work()
    bend = line(shop, description="Bend", quantity=7, item=None, material_each=Decimal(0), made_on="hand")
    job = new_job(shop, lines=[line(shop, design_file=row), bend], note="Deburr <all> edges", by=office)
    bracket, bend = job.lines.order_by("position")
    planning.add(bracket, LineCheck(name="Bore", nominal=Decimal(20), tolerance=Decimal("0.1"), unit="mm"), office)
    planning.add(bend, LineCheck(name="Looks good", kind="yes_no", how_often="every", every=2), office)
    return job


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def codes_of(pdf: bytes) -> set[str]:
    """What a scanner reads on all of its pages."""
    pages = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=3, grayscale=True).to_numpy() for page in pages]
    return {code.text for each in pictures for code in zxingcpp.read_barcodes(numpy.squeeze(each))}


def test_the_shop_gets_codes_drawing_material_milestones_and_checks(job, log_in, operator, settings):
    settings.BASE_URL = "https://shop.example"
    milestones.reach(job.milestones.first(), operator)
    inner = job.milestones.filter(is_shown=False).first()
    answer = log_in(operator).get(reverse("floor:shop_pdf", args=[job.pk]))
    assert (answer["Content-Type"], job.number in answer["Content-Disposition"]) == ("application/pdf", True)
    text = text_of(answer.content)
    operation = operation_of(job)
    for words in (f"Job sheet {job.number}", job.workspace.name, job.client.name, "Deburr <all> edges", "20 × Bracket",
                  operation.machine.name, "INV-MS-3MM-001", "bracket.dxf", "7 × Bend", "by hand", "Bore", "20 ± 0,1 mm",
                  "Looks good", "one in 2", "☐ ☐ ☐ ☐", inner.name, "internal", "☑", "Material still"):  # fmt: skip
        assert words in text, words
    assert "45.50" not in figures_joined(text)
    assert f"https://shop.example/floor/operations/{operation.pk}/" in codes_of(answer.content)
    assert {code.upper() for code in codes_of(answer.content)} == {
        f"HTTPS://SHOP.EXAMPLE/FLOOR/OPERATIONS/{operation.pk}/", f"HTTPS://SHOP.EXAMPLE/Q/CUTTERS/J/{job.number}",
    }  # fmt: skip
    assert codes_of(work_order.client_pdf(job)) == set()


def test_it_stands_on_the_page_of_the_job_and_asks_as_much_for_many_lines(
    job, shop, log_in, office, django_assert_max_num_queries
):
    desk = log_in(office)
    address = reverse("floor:shop_pdf", args=[job.pk])
    for page in ("admin:production_job_change", "floor:traveller"):
        assert address in desk.get(reverse(page, args=[job.pk])).content.decode()
    many = new_job(shop, key="many", lines=[line(shop, description=f"Part {number}") for number in range(12)])
    with django_assert_max_num_queries(24):
        text = text_of(shop_order.shop_pdf(many))
    assert [number for number in range(12) if f"Part {number}" not in text] == []
