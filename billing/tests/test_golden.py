"""Invoices at the limits of the law, as text and as pictures: what a reader sees does not change unnoticed.

`GOLDEN=write make test ARGS="-k golden"` writes them anew; look at them before they are kept.
"""

import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django_scopes import scope
from PIL import Image, ImageChops
from pypdf import PdfReader

from billing import copies, invoices
from billing.models import Invoice
from billing.tests.test_law import GERMAN_STREET, client_of, draft
from crm.models import AccessLink, Address

pytestmark = pytest.mark.one_database
KEPT = Path(__file__).parent / "golden"
NOON = datetime(2026, 11, 27, 10, tzinfo=UTC)
SCALE = 0.7  # of 72 dots an inch: every line of text has its place, and a page is a few kilobytes
ZA = {"street": "12 Umgeni Road", "postcode": "4001", "city": "Durban"}
CASES = [
    ("za", "50.00", "15"), ("za", "50.01", "15"), ("za", "5000.00", "15"), ("za", "5000.01", "15"),
    ("de", "250.00", "19"), ("de", "250.01", "19"),
]  # fmt: skip


def picture(pdf: bytes) -> Image.Image:
    page = pypdfium2.PdfDocument(pdf)[0]
    return page.render(scale=SCALE, grayscale=True).to_pil().convert("L")


def text(pdf: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(" ".join(line.split()) for line in page.extract_text().splitlines() if line.strip()) + "\n"


def compare(name: str, pdf: bytes) -> None:
    """Text to the letter; of the picture every dot, but for what another way of smoothing edges makes of it."""
    if os.environ.get("GOLDEN") == "write":
        KEPT.mkdir(exist_ok=True)
        (KEPT / f"{name}.txt").write_text(text(pdf), encoding="utf-8")
        picture(pdf).quantize(16).save(KEPT / f"{name}.png", optimize=True)
    assert text(pdf) == (KEPT / f"{name}.txt").read_text(encoding="utf-8")
    with Image.open(KEPT / f"{name}.png") as kept:
        now, then = picture(pdf), kept.convert("L")
        assert now.size == then.size
        differs = ImageChops.difference(now, then).point(lambda value: 255 if value > 64 else 0)
    dots = differs.histogram()[255]
    assert dots <= now.width * now.height // 5000, f"{name}: {dots} dots differ within {differs.getbbox()}"


@pytest.fixture
def businesses(workspace, other_workspace, settings):
    settings.SECRET_KEY = "golden-" * 10
    settings.BASE_URL = "https://shop.example"
    return {"za": workspace, "de": other_workspace}


@pytest.mark.parametrize(("country", "gross", "percent"), CASES)
def test_an_invoice_at_the_limit_is_the_golden_one(businesses, country, gross, percent):
    with time_machine.travel(NOON, tick=False), scope(workspace=businesses[country]):
        workspace = businesses[country]
        client = client_of(workspace)
        if gross in ("5000.01", "250.01"):  # from here on the law wants the buyer's address
            place = ZA if country == "za" else GERMAN_STREET
            Address.objects.create(workspace=workspace, client=client, **place)
        invoice = draft(client, gross, percent)
        address = AccessLink(pk=7007, nonce="golden", workspace=workspace, client=client, target_id=invoice.pk)
        address.target_type = ContentType.objects.get_for_model(Invoice)
        address.expires_at = datetime(2199, 1, 1, tzinfo=UTC)
        address.save()
        issued = invoices.issue(invoice, None)
        pdf = issued.pdf.read()
        compare(f"{country}-{gross}", pdf)
        if gross == "5000.01":
            compare("za-copy", copies.stamped(pdf, "en"))


def test_a_picture_with_something_else_on_it_is_another():
    blank = Image.new("L", (400, 560), 255)
    other = blank.copy()
    other.paste(0, (40, 40, 60, 50))
    assert ImageChops.difference(blank, other).point(lambda value: 255 if value > 64 else 0).histogram()[255] > 44
