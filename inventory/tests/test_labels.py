"""Labels as they come out of the printer: every one at its place, and read back by another decoder at print size."""

import re
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from django_scopes import scope
from pypdf import PdfReader

from inventory import locations, lots
from inventory.labels import formats, paper
from inventory.labels.formats import FORMATS
from inventory.labels.label import Label
from inventory.models import LabelSize, Location
from laseros.core.errors import Refused
from machines.models import Machine

pytestmark = pytest.mark.one_database

MM = 72 / 25.4
LABEL = Label(
    "FIL-001", "HTTPS://SHOP.EXAMPLE.COM/Q/CUTTERS/L/FIL-001", "Prusament PLA Galaxy Black", "PLA · 1.75 mm", "1,000 g",
    ("#222233", "#cc8800"),
)  # fmt: skip
LONG = Label(
    "INV-STAINLESS-1.5MM-001", "https://werkstatt.example.de/q/umlazi-laser/p/Regal%202%2FFach%20S%C3%BCd",
    "Edelstahl V2A geschliffen, einseitig foliert, 2500 × 1250 mm, Rückseite mit Schutzfolie", "Edelstahl · 1,5 mm",
    "1,250 sheets",
)  # fmt: skip


def places(pdf: bytes) -> list[tuple[int, float, float]]:
    """(page, x, y) in mm of each label's lower left corner, from the drawing orders themselves."""
    found = []
    for number, page in enumerate(PdfReader(BytesIO(pdf)).pages):
        for moved in re.finditer(rb"\bq\s+2\.834646 0 0 2\.834646 (\S+) (\S+) cm", page.get_contents().get_data()):
            found.append((number, float(moved[1]) / MM, float(moved[2]) / MM))
    return found


def sizes(pdf: bytes) -> set[tuple[float, float]]:
    return {
        (round(float(page.mediabox.width) / MM, 3), round(float(page.mediabox.height) / MM, 3))
        for page in PdfReader(BytesIO(pdf)).pages
    }


def read(pdf: bytes, dots_per_inch: int) -> list:
    """What another decoder finds on each page, printed so finely: [(text, left edge in mm, upper edge in mm)]."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            page = document[number]
            bitmap = page.render(scale=dots_per_inch / 72, grayscale=True)
            for code in zxingcpp.read_barcodes(bitmap.to_numpy()):
                corner = code.position.top_left
                found.append((code.text, corner.x / dots_per_inch * 25.4, corner.y / dots_per_inch * 25.4))
            bitmap.close()
            page.close()
    finally:
        document.close()
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_every_size_is_read_back_at_print_size(name):
    form = FORMATS[name]
    # 203 dots per inch are a thermal printer's, 300 the coarsest of a laser printer.
    pdf = paper.pdf([LABEL, LONG], form)
    assert sorted(text for text, _x, _y in read(pdf, 300 if form.sheet else 203)) == [LABEL.address, LONG.address]
    assert sizes(pdf) == {form.page}


def test_every_label_of_a_sheet_lies_where_the_sheet_has_it():
    form = FORMATS["l7160"]
    pdf = paper.pdf([LABEL] * 22, form, start=20, offset=(0.4, -0.7))
    # From the maker's table: 63.5 × 38.1 mm in 3 × 7, the first 7.21 mm from the left and 15.15 mm from the top.
    expected = []
    for index in range(19, 41):
        page, place = divmod(index, 21)
        row, column = divmod(place, 3)
        expected.append((page, 7.21 + column * 66.04 + 0.4, 297 - 15.15 - (row + 1) * 38.1 + 0.7))
    found = places(pdf)
    assert len(found) == 22
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=0.001)
    # And as it is seen: the code's left upper corner, where label, padding and quiet zone put it.
    modules = len(paper.modules(LABEL.address))
    side = min(form.height - 2 * form.padding, (form.width - 2 * form.padding) * 0.5, paper.LARGEST_QR)
    quiet = paper.QUIET * side / modules
    text, x, y = read(paper.pdf([LABEL], form, start=20, offset=(0.4, -0.7)), 600)[0]
    assert text == LABEL.address
    assert x == pytest.approx(7.21 + 66.04 + 0.4 + form.padding + quiet, abs=0.15)
    assert y == pytest.approx(15.15 + 6 * 38.1 - 0.7 + (form.height - side) / 2 + quiet, abs=0.15)


def test_every_sheet_stays_on_the_paper():
    for form in FORMATS.values():
        for _page, x, y in form.places(form.on_page):
            assert x >= 0
            assert y >= 0
            assert x + form.width <= form.page[0] + 0.001
            assert y + form.height <= form.page[1] + 0.001


def test_a_viewer_prints_it_as_large_as_it_is():
    reader = PdfReader(BytesIO(paper.pdf([LABEL], FORMATS["62x29"])))
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/PrintScaling"] == "/None"


def test_what_a_person_reads_stands_there():
    for form in FORMATS.values():
        text = PdfReader(BytesIO(paper.pdf([replace(LABEL, colours=())], form))).pages[0].extract_text()
        assert "FIL-001" in text
        assert "1,000 g" in text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("labels", "more", "code"),
    [([LABEL], {"start": 22}, "start"), ([LABEL], {"start": 0}, "start"), ([], {}, "count"),
     ([LABEL] * 1001, {}, "count"), ([LABEL], {"offset": (0, 99)}, "offset")],
)  # fmt: skip
def test_what_cannot_be_printed_is_refused(labels, more, code):
    with pytest.raises(Refused) as refused:
        paper.pdf(labels, FORMATS["l7160"], **more)
    assert refused.value.code == code


# --- through the doors --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_many_from_a_list_with_the_printers_offset_kept(log_in, office, workspace, other_workspace, shop, settings):
    settings.BASE_URL = "https://shop.example.com"
    browser = log_in(office)
    with scope(workspace=workspace):
        found = [lots.receive(shop.sheet, 1, kind="sheet", key=f"{n}", by=None, heat="H1") for n in range(3)]
    marked = {"action": "print_labels", "_selected_action": [lot.pk for lot in found]}
    page = browser.post("/admin/inventory/lot/", marked)
    assert page.status_code == 302
    assert browser.get(page.url).context["count"] == 3
    wanted = {"size": "h4614", "copies": "2", "start": "3", "right": "0.5", "down": "-1"}
    answer = browser.post(page.url, wanted)
    assert answer["Content-Type"] == "application/pdf"
    order = [lot.code for lot in reversed(found) for _copy in range(2)]
    by_rows = sorted(read(answer.content, 300), key=lambda one: (round(one[2]), one[1]))
    assert [text.rsplit("/", 1)[1] for text, _x, _y in by_rows] == order
    assert places(answer.content)[0][1] == pytest.approx(5.7 + 2 * 66 + 0.5, abs=0.001)
    with scope(workspace=workspace):
        assert list(LabelSize.objects.values_list("name", "right_mm", "down_mm")) == [("h4614", 0.5, -1)]
    assert browser.get(page.url).context["form"].initial["size"] == "h4614"
    assert browser.post(page.url, wanted | {"start": "25"}).status_code == 422
    assert browser.post(page.url, wanted | {"right": "99"}).status_code == 422
    with scope(workspace=other_workspace):
        theirs = Machine.objects.create(workspace=other_workspace, name="P1")
    for wrong in (f"kind=machine&pk={theirs.pk}", "kind=lot&pk=", "kind=client&pk=1", "kind=lot&pk=1,999999", "pk=1"):
        assert browser.get(f"{reverse('admin:labels')}?{wrong}").status_code == 404


@pytest.mark.django_db
def test_a_label_for_each_kind_from_the_floor(log_in, operator, workspace, shop):
    tablet = log_in(operator)
    with scope(workspace=workspace):
        shelf = locations.store(Location(workspace=workspace, code="Regal 2/Süd", name="Fach Süd"), None)
        lot = lots.receive(shop.sheet, 1, kind="sheet", key="a", by=None)
    for kind, record, said in (("lot", lot, f"/L/{lot.code}"), ("item", shop.sheet, f"/I/{shop.sheet.code}"),
                               ("location", shelf, "/q/cutters/p/Regal%202%2FS%C3%BCd"),
                               ("machine", shop.laser, f"/M/{shop.laser.pk}")):  # fmt: skip
        answer = tablet.get(reverse("floor:label", args=[kind, record.pk]))
        assert read(answer.content, 203)[0][0].endswith(said)
        assert sizes(answer.content) == {FORMATS[formats.USUAL].page}
    assert tablet.get(reverse("floor:label", args=["lot", 999_999])).status_code == 404
