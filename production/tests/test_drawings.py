from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from accounts.models import Activity, BackgroundTask
from laseros.core.errors import Refused
from production import drawings, enquiries
from production.file_kinds import clean_name, kind_of
from production.models import DesignFile, EnquiryLine, Measurement
from production.tests.ground import SQUARE, new_enquiry, upload

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("scoped")]


@pytest.fixture
def enquiry(shop, office):
    return new_enquiry(shop, office)


@pytest.fixture
def receive(shop, enquiry, office):
    def give(*arguments, **fields):
        fields = {"enquiry": enquiry, "by": office, **fields}
        return drawings.receive(shop.workspace, upload(*arguments), **fields)

    return give


@pytest.fixture
def measured(receive, shop, run_work):
    row = receive(item=shop.sheet, quantity=12)
    assert run_work() == 1
    row.refresh_from_db()
    return row


def test_a_drawing_is_kept_and_becomes_a_part_of_the_enquiry(receive, shop, enquiry, office):
    row = receive(item=shop.sheet, quantity=12)
    assert (row.name, row.kind, row.state, row.size) == ("bracket.dxf", "dxf", "waiting", len(SQUARE))
    with row.content.open("rb") as stored:
        assert stored.read() == SQUARE
    assert row.content.name == f"{shop.workspace.pk}/drawings/{row.sha256[:2]}/{row.sha256}.bin"
    line = EnquiryLine.objects.get()
    assert (line.description, line.item, line.quantity, line.design_file) == ("bracket", shop.sheet, 12, row)
    assert BackgroundTask.objects.get().arguments == [row.pk]
    assert Activity.objects.filter(verb="uploaded").count() == 2


def test_the_same_file_twice_is_one_drawing(receive, shop, office):
    assert receive() == receive("again.dxf")
    assert (DesignFile.objects.count(), EnquiryLine.objects.count(), BackgroundTask.objects.count()) == (1, 1, 1)
    other = new_enquiry(shop, office)
    elsewhere = receive(enquiry=other)
    assert elsewhere.content.name == DesignFile.objects.get(enquiry__title="Brackets", enquiry=other).content.name
    assert len(default_storage.listdir(f"{shop.workspace.pk}/drawings/{elsewhere.sha256[:2]}")[1]) == 1


def test_a_file_cut_short_by_a_crash_is_stored_anew(receive, shop):
    from django.core.files.base import ContentFile

    row = receive()
    path = row.content.name
    default_storage.delete(path)
    default_storage.save(path, ContentFile(SQUARE[:10]))
    DesignFile.objects.all().update(sha256="x")
    again = receive()
    assert again.content.name != path
    with again.content.open("rb") as stored:
        assert stored.read() == SQUARE


def test_figures(measured):
    found = measured.measurement
    assert measured.state == "measured"
    assert (found.width_mm, found.height_mm, found.pierces, found.closed_contours) == (100.0, 100.0, 2, 2)
    assert found.cut_length_mm == pytest.approx(462.832, abs=0.001)
    assert found.net_area_mm2 == pytest.approx(9685.841, abs=0.01)
    assert (found.units, found.units_sure) == ("mm", True)
    assert found.preview.lstrip().startswith("<svg")
    assert len(drawings.contours_of(found)) == 2
    assert drawings.doubts(found) == []


def test_mass_in_a_stock_material(measured, shop):
    assert drawings.mass_kg(measured.measurement, shop.sheet) == Decimal("0.228")
    assert drawings.mass_kg(measured.measurement, None) is None
    shop.sheet.thickness_mm = None
    assert drawings.mass_kg(measured.measurement, shop.sheet) is None


def test_measuring_twice_changes_nothing(measured):
    before = Measurement.objects.get().measured_at
    drawings.measure_file(measured.pk)
    assert Measurement.objects.get().measured_at == before
    drawings.measure_file(999999)


def test_a_worker_killed_in_the_middle_is_followed_by_another(receive):
    from production.states import DESIGN_FILE

    row = receive()
    DESIGN_FILE.move(row, "measure")
    drawings.measure_file(row.pk)
    row.refresh_from_db()
    assert row.state == "measured"


def test_in_another_unit(measured, office, run_work, django_capture_on_commit_callbacks):
    old = measured.measurement.contours.name
    drawings.measure_again(measured, office, unit="in")
    assert measured.state == "waiting"
    with django_capture_on_commit_callbacks(execute=True):
        assert run_work() == 1
    found = Measurement.objects.get()
    assert (found.width_mm, found.units, found.mm_per_unit) == (2540.0, "in", 25.4)
    assert not default_storage.exists(old)
    assert default_storage.exists(found.contours.name)
    with pytest.raises(Refused):
        drawings.measure_again(measured, office, unit="ell")


def test_a_unit_chosen_while_it_is_measured_wins(receive, office):
    """The measurement at work finds itself unwanted; the one queued after it counts."""
    row = receive()
    from production.states import DESIGN_FILE

    DESIGN_FILE.move(row, "measure")
    found = drawings._measure_apart(row)
    drawings.measure_again(DesignFile.objects.get(), office, unit="in")
    drawings.store_measurement(row, found)
    assert not Measurement.objects.exists()
    drawings.measure_file(row.pk)
    assert Measurement.objects.get().width_mm == 2540.0


def test_doubtful_units_say_so(receive, run_work):
    receive("no-unit.dxf", SQUARE.replace(b"$INSUNITS\n70\n4", b"$INSUNITS\n70\n0"))
    run_work()
    assert "does not say its unit" in drawings.doubts(Measurement.objects.get())[0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7 ...", "This is a PDF file. Please export the drawing as DXF."),
        (b"<!DOCTYPE html><script>alert(1)</script>", "This is a web page, not a drawing"),
        (b"\x00\xff" * 5000, "not a DXF"),
        (SQUARE[:140], ""),
        (b"0\nSECTION\n2\nENTITIES\n0\nENDSEC\n0\nEOF\n", ""),
    ],
)
def test_what_cannot_be_read_says_why(receive, run_work, content, reason):
    row = receive("part.dxf", content)
    assert run_work() == 1
    row.refresh_from_db()
    assert row.state == "refused"
    assert reason in row.reason
    assert row.reason
    assert not Measurement.objects.exists()
    assert BackgroundTask.objects.get().state == "done"  # it did its work: the file is what failed
    assert Activity.objects.get(verb="could not read").details == {"why": row.reason}


def test_too_large_or_empty(receive, settings):
    settings.UPLOAD_MAX_BYTES = 100
    with pytest.raises(Refused) as refusal:
        receive()
    assert refusal.value.code == "too-large"
    with pytest.raises(Refused, match="is empty"):
        receive("empty.dxf", b"")
    assert (DesignFile.objects.count(), EnquiryLine.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ\x90\x00"),
        ("page.html", b"<html><script>alert(1)</script>"),
        ("page.svg", b"<!DOCTYPE html><html></html>"),
        ("model.stl", b"  <script>alert(1)</script>"),
        ("model.3mf", b"not a zip"),
        ("photo.png", b"GIF? no"),
        ("noextension", b"hello"),
    ],
)
def test_what_nobody_could_use(receive, name, content):
    with pytest.raises(Refused, match="not a kind of file we can use") as refusal:
        receive(name, content)
    assert refusal.value.code == "kind"
    assert DesignFile.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.4", "pdf"),
        ("a.PNG", b"\x89PNG\r\n\x1a\n", "image"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image"),
        ("plan.svg", b"\x89PNG\r\n\x1a\n", "image"),
        ("a.stl", b"solid x", "stl"),
        ("a.3mf", b"PK\x03\x04", "3mf"),
        ("a.gcode", b"; generated", "gcode"),
        ("a.step", b"ISO-10303-21", "other"),
        ("drawing", b"0\nSECTION\n2\nHEADER\n", "dxf"),
        ("drawing.txt", b"999\nmade by x\n0\r\nSECTION\r\n", "dxf"),
        ("pdf.dxf", b"%PDF-1.4", "dxf"),
    ],
)
def test_kinds(name, content, kind):
    assert kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.dxf", "passwd.dxf"),
        ("C:\\Users\\me\\Teil 3.dxf", "Teil 3.dxf"),
        ("x\u202efxd.exe\x00.dxf", "xfxd.exe.dxf"),
        ('a<b>"c".dxf', "a b c .dxf"),
        ("", "drawing"),
        ("...", "drawing"),
        ("n" * 300 + ".dxf", "n" * 116 + ".dxf"),
        ("Halter ü.dxf", "Halter ü.dxf"),
    ],
)
def test_names(name, clean):
    assert clean_name(name) == clean


def test_not_for_a_closed_enquiry_nor_with_another_shops_sheet(receive, enquiry, office, shop, other_workspace):
    from django_scopes import scope

    from laseros.tests.ground import stock_shop

    with scope(workspace=other_workspace):
        theirs = stock_shop(other_workspace)
        with pytest.raises(Refused) as refusal:
            drawings.receive(other_workspace, upload(), enquiry=enquiry, by=None)
        assert refusal.value.code == "closed"
    with pytest.raises(Refused) as refusal:
        receive(item=theirs.sheet)
    assert refusal.value.code == "item"
    for quantity in (0, -1, 1.5, 10**9):
        with pytest.raises(Refused) as refusal:
            receive(quantity=quantity)
        assert refusal.value.code == "quantity"
    enquiries.lose(enquiry, office)
    with pytest.raises(Refused, match="Open it again"):
        receive()
    assert (DesignFile.objects.count(), EnquiryLine.objects.count()) == (0, 0)


def test_files_that_are_only_kept(receive):
    row = receive("photo.pdf", b"%PDF-1.4")
    assert row.state == "kept"
    assert BackgroundTask.objects.count() == 0
    with pytest.raises(Refused):
        drawings.measure_again(row, None, unit="mm")
