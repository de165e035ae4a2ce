"""Many drawings at once: a client's ZIP, and the parts table they become."""

import io
import zipfile
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_scopes import scope

from inventory import stock
from inventory.models import Item
from laseros.core import sandbox
from laseros.core.errors import Refused
from production import drawings, enquiries, file_names, parcels, parts, unzipping
from production.file_names import Sheet
from production.models import DesignFile, Parcel
from production.tests.ground import SQUARE, new_enquiry, upload

MB = 1024 * 1024


def square(number: int) -> bytes:
    return SQUARE.replace(b"40\n10\n", f"40\n{number}\n".encode())


def zipped(files: dict[str, bytes], method=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def sent(content: bytes, name="client.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def enquiry(shop, office):
    return new_enquiry(shop, office)


@pytest.fixture
def three(shop, enquiry, office):
    """Three parts by the names clients give them."""
    with scope(workspace=shop.workspace):
        for number, name in enumerate(("bracket_x4.dxf", "2x plate MS 3mm.dxf", "cover.dxf")):
            drawings.receive(shop.workspace, upload(name, square(11 + number)), enquiry=enquiry, by=office)
        return list(enquiry.lines.all())


def state_of(enquiry) -> list[tuple]:
    return list(enquiry.lines.values_list("description", "quantity", "item"))


# --- what names say ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("bracket_x4.dxf", 4), ("4x bracket.dxf", 4), ("4 x bracket.dxf", 4), ("bracket-x4-rev2.dxf", 4),
        ("plate_qty12.dxf", 12), ("20off plate.DXF", 20), ("3 Stk Halter.dxf", 3), ("Halter×7.dxf", 7),
        ("part (x8) MS 3mm.dxf", 8), ("plate 100x50.dxf", None), ("M4x10 plate.dxf", None), ("plate 6x6.dxf", None),
        ("2x100mm.dxf", None), ("12 brackets.dxf", None), ("x0.dxf", None), ("rev2.dxf", None),
    ],
)  # fmt: skip
def test_quantities_in_names(name, quantity):
    assert file_names.quantity(name) == quantity


@pytest.mark.parametrize(
    ("name", "pk"),
    [
        ("plate_MS_3mm_x4.dxf", 1), ("MS3 plate.dxf", 1), ("3mm-MS plate.dxf", 1), ("mild steel 3.0mm.dxf", 1),
        ("plate MS 1,5mm.dxf", 2), ("plate 304L 2mm.dxf", 5), ("plate 304 2mm.dxf", 4), ("brass.dxf", 6),
        ("cover MS.dxf", None), ("3mm cover.dxf", None), ("MS 12mm.dxf", None), ("arms 3mm.dxf", None),
    ],
)  # fmt: skip
def test_materials_in_names(name, pk):
    sheets = [
        Sheet(1, "MS", "Mild steel", Decimal(3), Decimal(5)),
        Sheet(2, "MS", "Mild steel", Decimal("1.5")),
        Sheet(3, "MS", "Mild steel", Decimal(3), Decimal(2)),
        Sheet(4, "304", "Stainless", Decimal(2)),
        Sheet(5, "304L", "Stainless L", Decimal(2)),
        Sheet(6, "BR", "Brass", Decimal(1)),
    ]
    assert file_names.sheet(name, sheets) == pk


# --- ZIP files --------------------------------------------------------------------------------------------------------


def test_a_zip_becomes_parts_and_says_what_it_left_out(shop, enquiry, office, run_work):
    content = zipped(
        {
            "job/bracket_x4.dxf": square(11),
            "job/left/plate.dxf": square(12),
            "job/right/plate.dxf": square(13),
            "job/twin.dxf": square(11),
            "job/drawing.pdf": b"%PDF-1.4",
            "__MACOSX/job/._bracket_x4.dxf": b"junk",
            "job/Thumbs.db": b"junk",
            "job/inner.zip": b"PK",
            "job/empty.dxf": b"",
            "job/macro.exe": b"MZ",
        }
    )
    with scope(workspace=shop.workspace):
        parcel = parcels.receive(shop.workspace, sent(content), enquiry=enquiry, by=office)
        again = parcels.receive(shop.workspace, sent(content), enquiry=enquiry, by=office)
        assert (again.pk, Parcel.objects.count()) == (parcel.pk, 1)
    assert run_work() > 0
    with scope(workspace=shop.workspace):
        parcel.refresh_from_db()
        assert (parcel.state, parcel.files, parcel.taken) == ("opened", 10, 4)
        assert {row["name"]: row["why"] for row in parcel.left_out} == {
            "_bracket_x4.dxf": "left behind by a computer, not a drawing",
            "Thumbs.db": "left behind by a computer, not a drawing",
            "inner.zip": "an archive in the archive: please unpack it",
            "empty.dxf": "empty",
            "twin.dxf": "the same file as bracket_x4.dxf",
            "macro.exe": "macro.exe is not a kind of file we can use. Send a DXF for cutting, or a PDF or picture to"
            " explain it.",
        }
        names = [row.design_file.name for row in enquiry.lines.select_related("design_file")]
        assert names == ["bracket_x4.dxf", "left plate.dxf", "right plate.dxf"]
        assert set(DesignFile.objects.values_list("name", "state")) == {
            ("bracket_x4.dxf", "measured"), ("left plate.dxf", "measured"), ("right plate.dxf", "measured"),
            ("drawing.pdf", "kept"),
        }  # fmt: skip
    with scope(workspace=shop.workspace):
        parcels.open_parcel(parcel.pk)  # a worker may get it twice
        assert (enquiry.lines.count(), DesignFile.objects.count()) == (3, 4)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 and nothing more", "This ZIP file is damaged. Please send it again."),
        (zipped({"a.dxf": SQUARE})[:-40], "This ZIP file is damaged. Please send it again."),
        (zipped({f"{n}.dxf": b"x" for n in range(501)}),
         "There are more than 500 files in it. Please send it in parts."),
    ],
)  # fmt: skip
def test_a_zip_that_cannot_be_opened_says_why(shop, enquiry, office, run_work, content, reason):
    with scope(workspace=shop.workspace):
        parcel = parcels.receive(shop.workspace, sent(content), enquiry=enquiry, by=office)
    run_work()
    with scope(workspace=shop.workspace):
        parcel.refresh_from_db()
        assert (parcel.state, parcel.reason, enquiry.lines.count()) == ("refused", reason, 0)


def test_a_bomb_and_a_locked_file_are_left_out(tmp_path):
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped({"bomb.dxf": b"0" * (20 * MB), "../../etc/passwd.dxf": SQUARE, "fine.dxf": SQUARE}))
    found = sandbox.run("production.unzipping:look", str(path), 50 * MB)
    assert found["left_out"] == [{"name": "bomb.dxf", "code": "bomb"}]
    assert [row["name"] for row in found["files"]] == ["passwd.dxf", "fine.dxf"]
    small = unzipping.look(str(path), 1 * MB)
    assert small["left_out"] == [{"name": "bomb.dxf", "code": "too-large"}]


def test_sizes_are_not_believed(tmp_path):
    """The directory says ten bytes, the stream holds more."""
    content = bytearray(zipped({"a.dxf": SQUARE}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    path = tmp_path / "liar.zip"
    path.write_bytes(bytes(content))
    assert unzipping.read(str(path), [0], 50 * MB) == [{"code": "damaged"}]


def test_a_zip_dropped_on_the_page(log_in, office, shop, enquiry, run_work):
    desk = log_in(office)
    address = reverse("admin:production_enquiry_upload", args=[enquiry.pk])
    answer = desk.post(address, {"file": sent(zipped({"a_x3.dxf": SQUARE}))}, headers={"Accept": "application/json"})
    assert answer.json() == {"text": "being opened"}
    shown = desk.get(reverse("admin:production_enquiry_drawings", args=[enquiry.pk])).content.decode()
    assert 'data-waiting=""' in shown
    assert "client.zip: being opened: 0 of ?" in shown
    run_work()
    shown = desk.get(reverse("admin:production_enquiry_drawings", args=[enquiry.pk])).content.decode()
    assert "client.zip: 1 of 1 files taken" in shown
    assert "Take from the file name (1)" in shown


# --- much at once -----------------------------------------------------------------------------------------------------


def test_material_and_quantity_for_the_chosen(shop, enquiry, office, three, scoped):
    assert parts.choose(enquiry, [three[0].pk, three[2].pk], office, item=shop.sheet, quantity=7) == 2
    sheet = shop.sheet.pk
    assert state_of(enquiry) == [("bracket_x4", 7, sheet), ("2x plate MS 3mm", 1, None), ("cover", 7, sheet)]
    for wrong, code in (({}, "nothing"), ({"quantity": 0}, "quantity"), ({"quantity": 10**7}, "quantity")):
        with pytest.raises(Refused) as refusal:
            parts.choose(enquiry, [three[0].pk], office, **wrong)
        assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        parts.choose(enquiry, [three[0].pk, 10**9], office, quantity=9)
    assert refusal.value.code == "parts"
    assert state_of(enquiry)[0][1] == 7


def test_names_propose_and_what_was_chosen_stays(shop, enquiry, office, three, scoped):
    other = stock.register(
        Item(workspace=shop.workspace, name="MS 2", material=shop.material, thickness_mm=Decimal(2)), None
    )
    parts.choose(enquiry, [three[1].pk], office, item=other)
    assert parts.from_names(enquiry, office) == 2
    assert state_of(enquiry) == [("bracket_x4", 4, None), ("2x plate MS 3mm", 2, other.pk), ("cover", 1, None)]
    with pytest.raises(Refused) as refusal:
        parts.from_names(enquiry, office)
    assert refusal.value.code == "names"


def test_a_column_of_a_spreadsheet(shop, enquiry, office, three, scoped):
    order = [three[2].pk, three[0].pk, three[1].pk]
    assert parts.paste(enquiry, order, "1 200\r\n5.00\tx\r\n6\r\n", office) == 3
    assert [row[1] for row in state_of(enquiry)] == [5, 6, 1200]
    for column in ("1\n2", "1\n2\nx", "1\n-2\n3", "1\n2.5\n3"):
        with pytest.raises(Refused) as refusal:
            parts.paste(enquiry, order, column, office)
        assert refusal.value.code == ("count" if column == "1\n2" else "quantity")
    assert [row[1] for row in state_of(enquiry)] == [5, 6, 1200]


def test_taken_off_and_sent_again(shop, enquiry, office, three, scoped):
    assert parts.remove(enquiry, [three[0].pk], office) == 1
    assert enquiry.lines.count() == 2
    drawings.receive(shop.workspace, upload("bracket_x4.dxf", square(11)), enquiry=enquiry, by=office)
    assert (enquiry.lines.count(), DesignFile.objects.count()) == (3, 3)


def test_a_closed_enquiry_stays_as_it_is(shop, enquiry, office, three, scoped):
    enquiries.lose(enquiry, office)
    before = state_of(enquiry)
    for deed in (
        lambda: parts.choose(enquiry, [three[0].pk], office, quantity=3),
        lambda: parts.remove(enquiry, [three[0].pk], office),
        lambda: parts.from_names(enquiry, office),
    ):
        with pytest.raises(Refused) as refusal:
            deed()
        assert refusal.value.code == "closed"
    assert state_of(enquiry) == before


def test_with_a_material_the_buttons_of_the_page_follow(log_in, office, shop, enquiry, three, run_work):
    run_work()
    desk = log_in(office)
    page = reverse("admin:production_enquiry_change", args=[enquiry.pk])
    assert "Nest for the price" not in desk.get(page).content.decode()
    address = reverse("admin:production_enquiry_parts", args=[enquiry.pk])
    data = {"deed": "choose", "item": shop.sheet.pk}
    answer = desk.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert answer.count('id="deeds" hx-swap-oob="true"') == 1
    assert "Nest for the price" in answer


def test_the_buttons_of_the_table(log_in, office, shop, enquiry, three):
    desk = log_in(office)
    address = reverse("admin:production_enquiry_parts", args=[enquiry.pk])
    answer = desk.post(address, {"deed": "choose", "item": shop.sheet.pk, "quantity": "3"}, follow=True)
    assert "3 parts were changed." in answer.content.decode()
    answer = desk.post(address, {"deed": "paste", "column": "1\n2", "shown": [three[1].pk, three[0].pk]})
    with scope(workspace=shop.workspace):
        assert [row[1] for row in state_of(enquiry)] == [2, 1, 3]
    answer = desk.post(
        address, {"deed": "paste", "column": "1", "part": [row.pk for row in three]}, headers={"HX-Request": "true"}
    )
    assert "The column has 1 numbers, and 3 parts are chosen." in answer.content.decode()
    desk.post(address, {"deed": "remove"})
    with scope(workspace=shop.workspace):
        assert enquiry.lines.count() == 3  # nothing was ticked
    assert desk.get(address).status_code == 405
