"""A sliced file of a client says what the print takes, on the part asked for and on its own page."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_scopes import scope

from accounts.models import Activity
from machines.tests.gcode import files
from production import drawings, enquiries
from production.models import DesignFile, Enquiry, EnquiryLine

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]


@pytest.fixture
def enquiry(shop, workspace, office):
    with scope(workspace=workspace):
        return enquiries.take(Enquiry(workspace=workspace, client=shop.client, title="Prints"), office)


def given(enquiry, name: str, data: bytes, by) -> DesignFile:
    with scope(workspace=enquiry.workspace):
        return drawings.receive(enquiry.workspace, SimpleUploadedFile(name, data), enquiry=enquiry, by=by)


def test_time_and_filament_fill_the_part_asked_for(enquiry, office, run_work, log_in):
    row = given(enquiry, "cube.gcode.3mf", files.bambu(), office)
    run_work()
    with scope(workspace=enquiry.workspace):
        line = EnquiryLine.objects.get(design_file=row)
        assert (line.grams_each, line.minutes_each) == (Decimal("3.00"), Decimal("19.25"))
        row.refresh_from_db()
        assert row.slicing.slicer == "BambuStudio 02.04.00.70"
        assert Activity.objects.filter(verb="measured", target_id=row.pk).exists()
    browser = log_in(office)
    page = browser.get(f"/admin/production/designfile/{row.pk}/change/").content.decode()
    for said in ("3,00 g", "0,98 m", "Bambu Lab A1 mini", "19 min"):
        assert said in page
    picture = browser.get(f"/admin/production/designfile/{row.pk}/picture.png")
    assert picture.status_code == 200
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")


def test_what_a_person_typed_stays(enquiry, office, run_work):
    row = given(enquiry, "box.bgcode", files.bgcode(), office)
    with scope(workspace=enquiry.workspace):
        EnquiryLine.objects.filter(design_file=row).update(grams_each=Decimal("9.50"))
    run_work()
    with scope(workspace=enquiry.workspace):
        line = EnquiryLine.objects.get(design_file=row)
        assert (line.grams_each, line.minutes_each) == (Decimal("9.50"), Decimal("3.69"))


def test_a_file_that_cannot_be_read_says_why_and_fills_nothing(enquiry, office, run_work, log_in):
    row = given(enquiry, "letter.gcode", b"Dear Sirs, please print this.", office)
    run_work()
    with scope(workspace=enquiry.workspace):
        line = EnquiryLine.objects.get(design_file=row)
        assert (line.grams_each, line.minutes_each) == (None, None)
        row.refresh_from_db()
        assert row.slicing.reason.startswith("This is no G-code")
    page = log_in(office).get(f"/admin/production/designfile/{row.pk}/change/").content.decode()
    assert "This is no G-code" in page
