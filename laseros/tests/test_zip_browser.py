"""A client's ZIP becomes a sent quote with its PDF: what a new user does in their first five minutes, in Chromium."""

import io
import re
import zipfile

import ezdxf
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from laseros.tests.browser import DESKTOP, chromium, house, tabs  # noqa: F401 (fixtures)

pytestmark = pytest.mark.browser

NAMES = ("base MS 3mm x4.dxf", "left/ear MS 3mm x2.dxf", "lid.dxf")


def plate(width: int) -> str:
    document = ezdxf.new("R2010", units=4)
    document.modelspace().add_lwpolyline([(0, 0), (width, 0), (width, 60), (0, 60)], close=True)
    document.modelspace().add_circle((20, 30), 5)
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue()


def client_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, name in enumerate(NAMES):
            archive.writestr(name, plate(100 + 10 * number))
        archive.writestr("__MACOSX/._lid.dxf", "x")
        archive.writestr("drawing.pdf", "%PDF-1.4")
    return stream.getvalue()


def test_a_zip_becomes_a_sent_quote(house, tabs, shop, office):  # noqa: F811
    """By clicking alone: whatever comes next is on the page."""
    people = tabs(house("web", "worker"))
    page = people.log_in(people.open(DESKTOP), office.email)
    verbs, main = page.locator(".lo-verbs"), page.get_by_role("main")
    page.locator("#nav-sidebar").get_by_role("link", name="Enquiries").click()
    main.get_by_role("link", name="New enquiry").last.click()
    page.locator("#id_client + .select2").click()
    page.locator(".select2-results__option", has_text="Umgeni").click()
    page.locator("#id_title").fill("Covers")
    page.locator("#submit-row").get_by_role("button", name="Save", exact=True).click()
    page.locator("#drawings-upload").set_input_files(
        {"name": "order.zip", "mimeType": "application/zip", "buffer": client_zip()}
    )
    rows = page.locator("#drawings tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("#drawings[data-waiting]")).to_have_count(0)
    expect(page.locator(".lo-parcel")).to_contain_text("4 of 5 files taken · 1 left out")
    expect(page.locator("#id_title")).to_have_value("Covers")
    page.get_by_role("button", name="Take from the file names (2)").click()
    expect(page.get_by_text("2 parts were changed.")).to_be_visible()
    page.locator("[data-parts-filter]").fill("MS-3MM")
    expect(page.locator("[data-parts-meant]")).to_have_text("All 2 parts:")  # not what could be chosen for the third
    page.locator("[data-parts-filter]").fill("lid")
    expect(page.locator("[data-parts-meant]")).to_have_text("All 1 parts:")
    page.locator("[data-parts-materials]").select_option(index=1)
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("1 part was changed.")).to_be_visible()
    verbs.get_by_role("button", name="Nest for the price").click()
    expect(page.locator(".nest-figures").first).to_be_visible()
    nest = re.search(r"NS-\d+-\d+", page.title())[0]
    if (enough := verbs.get_by_role("button", name="Enough searched")).count():
        enough.click()
    main.get_by_role("link", name="Make the quote on the enquiry").click()
    verbs.get_by_role("button", name="Make a quote").click()
    price = page.locator(".lo-price").first
    price.locator("summary").first.click()
    expect(price).to_contain_text("sheet, as nested, ×")
    expect(price).to_contain_text(f"Nest: {nest}")
    verbs.get_by_role("link", name="Send").click()
    page.locator("dialog[open]").get_by_role("button", name="Send").click()
    expect(page.get_by_text("The quote is on its way.")).to_be_visible()
    number = re.search(r"QT-\d+-\d+", main.inner_text())[0]
    paper = next(people.house.mail("thandi@umgeni.example", number).iter_attachments())
    text = PdfReader(io.BytesIO(paper.get_content())).pages[0].extract_text()
    for part in ("base MS 3mm x4", "ear MS 3mm x2", "lid"):
        assert part in text
