"""An enquiry in the back office: drawings are dropped, measured, asked about; parts are chosen."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from crm import clients
from crm.models import Client
from laseros.tests.ground import stock_shop
from production import drawings
from production.models import DesignFile, Enquiry, EnquiryLine
from production.tests.ground import SQUARE, new_enquiry, upload
from production.tests.pages import JSON, do, page_of, text_of


def test_a_new_enquiry_leads_to_where_drawings_are_dropped(desk, shop, office):
    said = {"client": shop.client.pk, "title": "Twelve brackets", "note": "", "wanted_by": ""}
    response = desk.post(reverse("admin:production_enquiry_add"), said)
    with scope(workspace=shop.workspace):
        enquiry = Enquiry.objects.get()
    assert response.url == page_of(enquiry)
    assert enquiry.number == f"EN-{timezone.localdate():%Y}-0001"
    assert enquiry.created_by == office
    assert "Drop drawings here" in text_of(desk.get(page_of(enquiry)))


def test_dropped_measured_and_shown(desk, shop, enquiry, run_work):
    address = page_of(enquiry, "upload")
    answer = desk.post(address, {"file": upload()}, **JSON)
    with scope(workspace=shop.workspace):
        row = DesignFile.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {"text": "being measured", "listed": True, "url": page_of(row)}
    with scope(workspace=shop.workspace):
        part = EnquiryLine.objects.get().pk
    waiting = text_of(desk.get(page_of(enquiry, "drawings")))
    assert f'data-waiting="{part}"' in waiting
    run_work()
    with scope(workspace=shop.workspace):
        EnquiryLine.objects.update(item=shop.sheet)
    measured = text_of(desk.get(page_of(enquiry, "drawings")))
    assert "data-waiting" not in measured
    for words in ("100,0 × 100,0 mm", "463 mm", "2 closed, 0 open", "96,9 cm²", "0,228 kg"):
        assert words in measured
    assert desk.get(page_of(row, "picture"))["Content-Type"].startswith("image/svg+xml")


def test_the_same_file_under_another_name_says_which_part_it_is(desk, shop, enquiry):
    address = page_of(enquiry, "upload")
    desk.post(address, {"file": upload("plate.dxf")}, **JSON)
    again = desk.post(address, {"file": upload("plate, copy.dxf")}, **JSON)
    assert again.json()["text"] == "the same file as plate.dxf, which is on the list already"
    assert not again.json()["listed"]  # what it says stands nowhere else
    with scope(workspace=shop.workspace):
        assert EnquiryLine.objects.get().description == "plate"


def test_without_scripts_several_files_at_once(desk, shop, enquiry):
    files = [upload("a.dxf"), upload("b.pdf", b"%PDF-1.4"), upload("c.exe", b"MZ")]
    response = desk.post(page_of(enquiry, "upload"), {"file": files}, follow=True)
    assert response.redirect_chain == [(page_of(enquiry), 302)]
    assert "c.exe is not a kind of file we can use" in text_of(response)
    with scope(workspace=shop.workspace):
        assert sorted(DesignFile.objects.values_list("name", "state")) == [("a.dxf", "waiting"), ("b.pdf", "kept")]


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("virus.exe", b"MZ", 422, "kind"),
        ("page.svg", b"<html><script>alert(1)</script></html>", 422, "kind"),
        ("empty.dxf", b"", 422, "empty"),
        ("big.dxf", SQUARE * 3, 413, "too-large"),
    ],
)
def test_wrong_files_say_why(desk, shop, enquiry, settings, name, content, status, code):
    settings.UPLOAD_MAX_BYTES = len(SQUARE) + 1
    answer = desk.post(page_of(enquiry, "upload"), {"file": upload(name, content)}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["reason"]
    with scope(workspace=shop.workspace):
        assert (DesignFile.objects.count(), EnquiryLine.objects.count()) == (0, 0)


def test_nothing_uploaded_is_no_drawing(desk, enquiry):
    assert desk.post(page_of(enquiry, "upload"), {}, **JSON).json()["code"] == "nothing"
    assert "No file was chosen." in text_of(desk.post(page_of(enquiry, "upload"), {}, follow=True))
    assert desk.get(page_of(enquiry, "upload")).status_code == 405


def test_a_hostile_file_is_read_apart_and_says_why(desk, shop, enquiry, run_work):
    desk.post(page_of(enquiry, "upload"), {"file": upload("part.dxf", b"<html><script>alert(1)</script>")}, **JSON)
    run_work()
    page = text_of(desk.get(page_of(enquiry)))
    assert "This is a web page, not a drawing" in page
    assert "<script>alert" not in page


def test_what_was_uploaded_leaves_as_a_download_only(desk, drawing):
    answer = desk.get(page_of(drawing, "download"))
    assert answer["Content-Disposition"] == 'attachment; filename="bracket.dxf"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert b"".join(answer.streaming_content) == SQUARE


def test_material_and_quantity_are_chosen_for_each_part(desk, shop, enquiry, drawing):
    with scope(workspace=shop.workspace):
        row = EnquiryLine.objects.get()
    said = {f"description-{row.pk}": "Bracket left", f"item-{row.pk}": shop.sheet.pk, f"quantity-{row.pk}": "40"}
    answer = desk.post(page_of(enquiry, "parts"), {"deed": "save", **said}, **JSON)
    assert answer.json() == {"text": "1 part was changed.", "states": {str(row.pk): "can be priced"}}
    row.refresh_from_db()
    assert (row.description, row.quantity, row.item, row.design_file) == ("Bracket left", 40, shop.sheet, drawing)
    for wrong in ("0", "-1", "1.5", "x", "", "9" * 30):
        assert desk.post(page_of(enquiry, "parts"), {f"quantity-{row.pk}": wrong}, **JSON).status_code == 422
    row.refresh_from_db()
    assert row.quantity == 40


def test_what_is_refused_while_saving_comes_back_as_it_was_typed(desk, shop, enquiry):
    with scope(workspace=shop.workspace):
        row = EnquiryLine.objects.create(
            workspace=shop.workspace, enquiry=enquiry, description="Welding", item=shop.sheet, quantity=12
        )
        other = clients.register(Client(workspace=shop.workspace, name="Other works"), None)
    said = {
        "client": other.pk, "contact": shop.contact.pk, "title": "Typed title", "note": "Typed note", "wanted_by": "",
        "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 1, "lines-0-id": row.pk, "lines-0-enquiry": enquiry.pk,
        "lines-0-position": 1, "lines-0-description": "Typed part", "lines-0-item": "", "lines-0-quantity": 77,
        "lines-0-grams_each": "", "lines-0-minutes_each": "", "lines-0-product": "",
    }  # fmt: skip
    with scope(workspace=shop.workspace):
        lines = Activity.objects.count()
    answer = desk.post(page_of(enquiry), said)
    assert answer.status_code == 409
    form, (rows,) = answer.context["adminform"].form, answer.context["inline_admin_formsets"]
    assert form.errors == {"contact": ["Thandi Nkosi is no contact of CL-0002 Other works."]}
    assert {name: form[name].value() for name in ("client", "title", "note")} == {
        "client": str(other.pk), "title": "Typed title", "note": "Typed note"}  # fmt: skip
    assert rows.formset.forms[0]["quantity"].value() == "77"
    shown = text_of(answer)
    for words in ("is no contact of", "Typed title", "Typed note", "Typed part"):
        assert words in shown
    row.refresh_from_db()
    enquiry.refresh_from_db()
    assert (enquiry.client, enquiry.title, row.quantity) == (shop.client, "Brackets", 12)
    with scope(workspace=shop.workspace):
        assert Activity.objects.count() == lines
    assert desk.post(page_of(enquiry), {**said, "contact": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.description, row.quantity) == ("Typed part", 77)


def test_a_sheet_of_another_shop_is_no_choice(desk, shop, enquiry, other_workspace):
    with scope(workspace=other_workspace):
        theirs = stock_shop(other_workspace)
    with scope(workspace=shop.workspace):
        row = EnquiryLine.objects.create(
            workspace=shop.workspace, enquiry=enquiry, description="Welding", item=shop.sheet
        )
    said = {
        "client": theirs.client.pk, "title": "Brackets", "note": "", "wanted_by": "", "contact": "",
        "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 1, "lines-0-id": row.pk, "lines-0-enquiry": enquiry.pk,
        "lines-0-position": 1, "lines-0-description": "x", "lines-0-item": theirs.sheet.pk, "lines-0-quantity": 1,
    }  # fmt: skip
    assert desk.post(page_of(enquiry), said).status_code == 200
    row.refresh_from_db()
    enquiry.refresh_from_db()
    assert (row.item, enquiry.client) == (shop.sheet, shop.client)


@pytest.fixture
def doubtful(shop, enquiry, office, run_work):
    """A square of 100 units in a file that does not say which."""
    text = SQUARE.replace(b"$INSUNITS\n70\n4", b"$INSUNITS\n70\n0")
    with scope(workspace=shop.workspace):
        row = drawings.receive(shop.workspace, upload("no-unit.dxf", text), enquiry=enquiry, item=shop.sheet, by=office)
    run_work()
    return row


def test_the_size_nobody_is_sure_of_is_confirmed_where_it_is_doubted(desk, shop, enquiry, doubtful, run_work):
    shown = text_of(desk.get(page_of(enquiry))).replace("\xa0", " ")
    address = reverse("admin:production_enquiry_unit", args=[enquiry.pk, doubtful.pk])
    assert f'formaction="{address}"' in shown
    for unit, words in (("mm", "mm: it is 100,0 × 100,0 mm"), ("in", "inch: it is 2 540,0 × 2 540,0 mm")):
        assert re.search(rf'name="unit" value="{unit}" .*?</span>{words}</button>', shown)
    answer = desk.post(address, {"unit": "cm"}, headers={"HX-Request": "true"})
    assert 'id="drawings"' in text_of(answer)
    assert "waiting to be measured" in text_of(answer)
    run_work()
    with scope(workspace=shop.workspace):
        found = DesignFile.objects.get(pk=doubtful.pk).measurement
    assert (found.width_mm, found.units, found.units_sure) == (1000.0, "cm", True)
    assert address not in text_of(desk.get(page_of(enquiry)))
    assert desk.post(address, {"unit": "mm"})["Location"] == page_of(enquiry)


def test_the_page_of_a_drawing_asks_for_its_unit_too(desk, doubtful, run_work):
    assert 'name="unit" value="mm">' in text_of(desk.get(page_of(doubtful)))
    do(desk, doubtful, "measure", unit="mm")
    run_work()
    assert 'name="unit" value="mm">' not in text_of(desk.get(page_of(doubtful)))


def test_only_a_drawing_of_the_enquiry_and_a_unit_there_is(desk, shop, enquiry, doubtful, office, log_in, person):
    other = new_enquiry(shop, office)
    elsewhere = reverse("admin:production_enquiry_unit", args=[other.pk, doubtful.pk])
    assert desk.post(elsewhere, {"unit": "in"}).status_code == 404
    address = reverse("admin:production_enquiry_unit", args=[enquiry.pk, doubtful.pk])
    assert desk.post(address, {"unit": "ell"}).status_code == 409
    viewer = log_in(person("viewer", shop.workspace))
    assert address not in text_of(viewer.get(page_of(enquiry)))
    assert viewer.post(address, {"unit": "in"}).status_code == 403
    doubtful.refresh_from_db()
    assert (doubtful.unit, doubtful.state) == ("", "measured")


def test_measured_again_in_inches(desk, shop, drawing, run_work):
    assert "It is being measured again." in text_of(do(desk, drawing, "measure", unit="in"))
    run_work()
    drawing.refresh_from_db()
    with scope(workspace=shop.workspace):
        assert drawing.measurement.width_mm == 2540.0
    assert "2 540,0 × 2 540,0 mm" in text_of(desk.get(page_of(drawing))).replace("\xa0", " ")
    assert do(desk, drawing, "measure", unit="ell").status_code == 200
    drawing.refresh_from_db()
    assert drawing.unit == "in"


def test_lost_and_opened_again(desk, enquiry):
    do(desk, enquiry, "lose", why="too dear")
    enquiry.refresh_from_db()
    assert enquiry.state == "lost"
    assert "Drop drawings here" not in text_of(desk.get(page_of(enquiry)))
    answer = desk.post(page_of(enquiry, "upload"), {"file": upload()}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "closed")
    do(desk, enquiry, "reopen")
    enquiry.refresh_from_db()
    assert enquiry.state == "open"


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_an_enquiry(desk, shop, enquiry, office, rows, run_work, django_assert_num_queries):
    with scope(workspace=shop.workspace):
        for number in range(rows):
            content = SQUARE.replace(b"40\n10\n", f"40\n{10 + number}\n".encode())
            drawings.receive(
                shop.workspace, upload(f"{number}.dxf", content), enquiry=enquiry, item=shop.sheet, by=office
            )
    run_work()
    desk.get(page_of(enquiry))
    with django_assert_num_queries(21):
        assert text_of(desk.get(page_of(enquiry))).count('<tr id="part-') == rows


@pytest.mark.every_database
def test_a_list_writes_days_short_and_on_one_line(desk, enquiry):
    Enquiry._base_manager.update(wanted_by=date(2026, 12, 4))
    assert re.search(
        r'field-wanted_by[^"]* lo-whole"[^>]*>0?4 Dec 2026<',
        text_of(desk.get(reverse("admin:production_enquiry_changelist"))),
    )


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "31.02.2026"])
def test_a_day_nobody_means_is_refused(desk, shop, day):
    sent = {"client": shop.client.pk, "title": "Plates", "wanted_by": day}
    answer = desk.post("/admin/production/enquiry/add/", sent)
    assert set(answer.context["adminform"].form.errors) == {"wanted_by"}
    assert not Enquiry._base_manager.exists()
