"""Ground for billing's tests: what stands before and after a quote, made through the real verbs where there are any."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import time_machine
from django.utils import timezone

from billing import invoices, quotes
from billing.models import Invoice, Quote
from crm.models import Address
from laseros.tests.ground import Shop
from laseros.tests.laid import laid_further
from production.models import DesignFile, Enquiry, EnquiryLine, Job, JobLine, Measurement
from production.states import JOB

# What a German business has to say of itself for an electronic invoice.
BANK = "Beispielbank\nIBAN: DE89 3704 0044 0532 0130 00\nBIC: COBADEFFXXX"
FULL = {"bank_details": BANK, "phone": "+49 341 555 0107", "registration_number": "HRB 1"}


def measured_drawing(shop: Shop, enquiry: Enquiry | None = None, name: str = "plate.dxf") -> DesignFile:
    """A plate of 200 × 100 mm with four holes: 700 mm to cut, five pierces."""
    drawing = DesignFile.objects.create(
        workspace=shop.workspace,
        enquiry=enquiry,
        name=name,
        kind="dxf",
        content=f"{name}.bin",
        size=10,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        state="measured",
    )
    Measurement.objects.create(
        workspace=shop.workspace,
        design_file=drawing,
        engine="test",
        units="mm",
        mm_per_unit=1,
        width_mm=200,
        height_mm=100,
        cut_length_mm=700,
        pierces=5,
        closed_contours=5,
        open_chains=0,
        outer_contours=1,
        net_area_mm2=19_500,
        gross_area_mm2=20_000,
    )
    return drawing


def new_enquiry(shop: Shop, *lines: dict) -> Enquiry:
    """An enquiry for ten plates, or for `lines`."""
    number = Enquiry.objects.count() + 1
    enquiry = Enquiry.objects.create(
        workspace=shop.workspace,
        number=f"EN-{number:04}",
        client=shop.client,
        contact=shop.contact,
        title="Pump base plates",
    )
    drawing = measured_drawing(shop, enquiry)
    for line in lines or ({"quantity": 10},):
        line = {"description": "Base plate", "item": shop.sheet, "design_file": drawing, "quantity": 1, **line}
        EnquiryLine.objects.create(workspace=shop.workspace, enquiry=enquiry, **line)
    return enquiry


def sent_quote(shop: Shop, by=None, *lines: dict) -> Quote:
    def send() -> Quote:
        return quotes.send(quotes.draw_up(new_enquiry(shop, *lines), by), by)

    return send() if lines else laid_further(("sent quote",), send, shop, by)


def made_job(shop: Shop, by=None, *lines: dict) -> Job:
    """An accepted order, all of which has been made."""

    def accept() -> Job:
        return make(quotes.accept(sent_quote(shop, by, *lines), name="Thandi Nkosi"))

    return accept() if lines else laid_further(("made job",), accept, shop, by)


def make(job: Job) -> Job:
    """Everything made, as the floor would leave it."""
    for line in job.lines.all():
        JobLine._base_manager.filter(pk=line.pk).update(made_good=line.quantity)
    JOB.move(job, "make")
    return job


def issued_invoice(shop: Shop, by=None, *lines: dict) -> Invoice:
    def issue() -> Invoice:
        return invoices.issue(invoices.draft_from(made_job(shop, by, *lines), by), by)

    return issue() if lines else laid_further(("issued invoice",), issue, shop, by)


def late_invoice(shop: Shop, by=None) -> Invoice:
    """Issued ninety days ago, and due long since."""
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        return issued_invoice(shop, by)


def with_address(shop: Shop) -> None:
    Address.objects.create(
        workspace=shop.workspace,
        client=shop.client,
        street="12 Umgeni Road",
        postcode="4001",
        city="Durban",
        country=shop.workspace.country,
    )


def add_line(quote: Quote, **fields):
    """A line typed into a draft, stored as the admin does."""
    from billing.models import QuoteLine

    line = QuoteLine(**{"description": "Delivery", "quantity": 1, "unit_price": Decimal("350"), **fields})
    quotes.change_lines(quote, [line], [], None)
    return line
