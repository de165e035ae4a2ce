"""Production's pages in the back office, as the office asks for them."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from crm import clients
from crm.models import Client
from inventory import ledger
from laseros.tests.ground import stock_shop
from machines.models import Machine
from production import drawings, queue, runs
from production.models import CuttingParameter, DesignFile, Enquiry, EnquiryLine, Job, Operation, Product, Run
from production.tests.ground import SQUARE, line, new_enquiry, new_job, operation_of, upload

JSON = {"HTTP_ACCEPT": "application/json"}
MODELS = (Enquiry, DesignFile, Product, CuttingParameter, Job, Operation, Run)


@pytest.fixture
def desk(log_in, office):
    return log_in(office)


@pytest.fixture
def enquiry(shop, office):
    return new_enquiry(shop, office)


@pytest.fixture
def drawing(shop, enquiry, office, run_work):
    with scope(workspace=shop.workspace):
        row = drawings.receive(shop.workspace, upload(), enquiry=enquiry, item=shop.sheet, quantity=12, by=office)
    run_work()
    row.refresh_from_db()
    return row


def page_of(record, action="change") -> str:
    return reverse(f"admin:production_{record._meta.model_name}_{action}", args=[record.pk])


def do(browser, record, name, **data):
    address = reverse(f"admin:production_{record._meta.model_name}_verb", args=[record.pk, name])
    return browser.post(address, data, follow=True)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def everything(shop, office, operator, drawing) -> list:
    """One record of each kind, each with what belongs to it."""
    with scope(workspace=shop.workspace):
        from production import products

        product = products.register(
            Product(
                workspace=shop.workspace,
                name="Bracket",
                material=shop.material,
                thickness_mm=Decimal(3),
                price=Decimal(4711),
            ),
            office,
        )
        job = new_job(shop, lines=[line(shop, design_file=drawing, product=product, unit_price=Decimal(4711))])
        run = runs.start(operation_of(job), shop.laser, operator)
        return [drawing.enquiry, drawing, product, shop.parameters, job, run.operation, run]


# --- enquiries and drawings -------------------------------------------------------------------------------------------


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
    assert answer.json() == {"text": "being measured", "url": page_of(row)}
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


# --- products and the cutting table -----------------------------------------------------------------------------------


def test_a_product_gets_the_next_sku_of_its_material(desk, shop):
    said = {"name": "Bracket", "material": shop.material.pk, "thickness_mm": "3", "price": "12.50"}
    for number in ("SKU-MS3-0001", "SKU-MS3-0002"):
        assert desk.post(reverse("admin:production_product_add"), said).status_code == 302
        with scope(workspace=shop.workspace):
            assert Product.objects.first().sku == number


def test_editing_confirmed_values_unconfirms_them(desk, log_in, manager, shop):
    row = shop.parameters
    said = {
        "machine": row.machine_id, "material": row.material_id, "thickness_mm": "3", "gas": "O2",
        "gas_pressure_bar": "0.8", "nozzle_mm": "1.2", "feed_mm_min": "4100", "pierce_s": "0.5", "kerf_mm": "0.2",
        "source": "",
    }  # fmt: skip
    assert desk.post(page_of(row), said).status_code == 302
    row.refresh_from_db()
    assert (row.version, row.confirmed_at, row.feed_mm_min) == (2, None, 4100)
    assert do(desk, row, "confirm").status_code == 403  # the office enters values, a manager answers for them
    row.refresh_from_db()
    assert row.confirmed_at is None
    do(log_in(manager), row, "confirm")
    row.refresh_from_db()
    assert (row.confirmed_by, row.version) == (manager, 2)


# --- jobs, operations, runs -------------------------------------------------------------------------------------------


def test_held_continued_and_cancelled(desk, shop):
    job = new_job(shop)
    do(desk, job, "hold", why="waits for a drawing")
    assert "on hold: waits for a drawing" in text_of(desk.get(page_of(job)))
    do(desk, job, "continue")
    job.refresh_from_db()
    assert job.state == "approved"
    do(desk, job, "cancel", why="client withdrew")
    job.refresh_from_db()
    shop.sheet.refresh_from_db()
    assert (job.state, shop.sheet.reserved) == ("cancelled", 0)


def test_cancelling_while_it_runs_says_why_not(desk, shop, operator):
    job = new_job(shop)
    with scope(workspace=shop.workspace):
        runs.start(operation_of(job), shop.laser, operator)
    response = do(desk, job, "cancel", why="")
    assert response.status_code == 409
    assert "X3 is working on this job" in text_of(response)
    job.refresh_from_db()
    assert job.state == "in_progress"


def test_what_is_missing_is_said_and_tried_again(desk, shop):
    job = new_job(shop, lines=[line(shop, quantity=400)])
    assert "10 of 20 sheets of" in text_of(desk.get(page_of(job)))
    assert "10 of 20 sheets of" in text_of(do(desk, job, "prepare"))
    with scope(workspace=shop.workspace):
        ledger.post(shop.sheet, 20, "purchase", key="p")
    assert "Everything is queued and reserved." in text_of(do(desk, job, "prepare"))
    assert operation_of(job).reservation.quantity == 20


def test_made_without_a_machine(desk, shop):
    job = new_job(shop, lines=[line(shop, item=None, description="Delivery", quantity=1)])
    assert "Counted as made." in text_of(do(desk, job, "by-hand"))
    job.refresh_from_db()
    assert job.state == "made"


def test_the_jobs_priority_is_its_operations(desk, shop):
    job = new_job(shop)
    said = {"title": "Brackets", "contact": shop.contact.pk, "priority": "4", "due_on": "", "note": ""}
    said |= {
        f"{rows}-{count}_FORMS": int(rows == "lines") for rows in ("lines", "proofs") for count in ("TOTAL", "INITIAL")
    }
    assert desk.post(page_of(job), said).status_code == 302
    assert operation_of(job).priority == 4


def test_operations_move_by_verbs_only(desk, shop, workspace):
    operation = operation_of(new_job(shop))
    with scope(workspace=workspace):
        other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
        printer = Machine.objects.create(workspace=workspace, name="P1", kind="printer")
    assert desk.post(page_of(operation), {"machine": other.pk, "quantity": 1}).status_code == 403
    do(desk, operation, "priority", priority="3")
    do(desk, operation, "move", machine=printer.pk)
    operation.refresh_from_db()
    assert (operation.priority, operation.machine_id, operation.quantity) == (3, shop.laser.pk, 20)
    do(desk, operation, "move", machine=other.pk)
    operation.refresh_from_db()
    assert operation.machine_id == other.pk


def test_the_queue_shows_what_is_to_be_done(desk, shop, operator):
    done, waits = operation_of(new_job(shop, "a")), operation_of(new_job(shop, "b"))
    with scope(workspace=shop.workspace):
        runs.finish(runs.start(done, shop.laser, operator), good=20, scrap=0, by=operator)
    address = reverse("admin:production_operation_changelist")

    def shown(**query):
        page = text_of(desk.get(address, query))
        return {row for row in (done, waits) if f"/admin/production/operation/{row.pk}/change/" in page}

    assert shown() == {waits}
    assert shown(which="all") == {done, waits}
    assert shown(state__exact="completed") == {done}
    assert shown(state__exact="queued", reservation__isnull="True") == set()
    assert shown(which="all", job_line__job__id__exact=done.job_line.job_id) == {done}


def test_a_run_says_what_the_books_could_not_give(desk, shop, operator):
    with scope(workspace=shop.workspace):
        run = runs.start(operation_of(new_job(shop)), shop.laser, operator)
        ledger.post(shop.sheet, -8, "count", key="count")
        runs.finish(run, good=20, scrap=0, material_used=5, by=operator)
    page = text_of(desk.get(page_of(run)))
    assert "5.000" in page or "5,000" in page
    assert "2 sheets" in page


# --- who may ----------------------------------------------------------------------------------------------------------


def test_no_price_for_who_may_not_see_one(log_in, person, workspace, shop, office, operator, drawing):
    records = everything(shop, office, operator, drawing)
    viewer = log_in(person("viewer", workspace))
    for record in records:
        for address in (
            page_of(record),
            page_of(record, "history"),
            _list(type(record)),
            _list(type(record)) + "?q=Br",
        ):
            response = viewer.get(address)
            assert response.status_code == 200, address
            page = response.content.decode().replace("\xa0", " ")
            assert not any(amount in page for amount in ("4711.", "4711,", "4 711", "94220.", "94220,", "94 220")), (
                address
            )
    assert log_in(office).get(page_of(records[4])).content.decode().replace("\xa0", " ").count("4 711") == 1


def _list(model) -> str:
    return reverse(f"admin:production_{model._meta.model_name}_changelist")


def test_who_only_looks_changes_nothing(log_in, person, workspace, shop, office, operator, drawing):
    records = everything(shop, office, operator, drawing)
    viewer = log_in(person("viewer", workspace))
    assert viewer.post(page_of(drawing.enquiry, "upload"), {"file": upload("x.dxf")}, **JSON).status_code == 403
    for record, name in (
        (drawing.enquiry, "lose"),
        (drawing, "measure"),
        (records[4], "hold"),
        (records[5], "priority"),
    ):
        assert do(viewer, record, name, why="", unit="in", priority=1).status_code == 403
    assert "Drop drawings here" not in text_of(viewer.get(page_of(drawing.enquiry)))
    assert viewer.get(page_of(drawing, "download")).status_code == 200


def test_the_operator_has_no_back_office(log_in, operator, shop, office, drawing):
    browser = log_in(operator)
    for address in (page_of(drawing, "picture"), page_of(drawing, "download"), page_of(drawing.enquiry)):
        assert browser.get(address).status_code in (302, 403)


def test_somebody_elses_records_are_not_there(log_in, person, other_workspace, shop, office, operator, drawing):
    records = everything(shop, office, operator, drawing)
    stranger = log_in(person("manager", other_workspace))
    for record in records:
        response = stranger.get(page_of(record))
        assert response.status_code in (302, 404), record
        assert "Bracket" not in text_of(stranger.get(page_of(record), follow=True))
    for action in ("upload", "drawings"):
        assert stranger.post(page_of(drawing.enquiry, action), {"file": upload()}, **JSON).status_code == 404
    for action in ("picture", "download"):
        assert stranger.get(page_of(drawing, action)).status_code == 404
    for record, name in (
        (records[4], "cancel"),
        (drawing.enquiry, "lose"),
        (drawing, "measure"),
        (records[3], "confirm"),
    ):
        assert do(stranger, record, name, why="").status_code == 404
    records[4].refresh_from_db()
    assert records[4].state == "in_progress"


# --- how often it asks ------------------------------------------------------------------------------------------------

QUERIES = {
    "CuttingParameter": 13,
    "DesignFile": 7,
    "Enquiry": 8,
    "Job": 9,
    "Operation": 8,
    "Product": 9,
    "Run": 8,
}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_lists(desk, shop, office, operator, rows, run_work):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    fill(shop, office, operator, rows)
    run_work()
    counted = {}
    for model in MODELS:
        desk.get(_list(model))
        with CaptureQueriesContext(connection) as asked:
            page = text_of(desk.get(_list(model)))
        counted[model] = len(asked)
        assert page.count('name="_selected_action"') + page.count("/change/") >= rows
    assert {model.__name__: n for model, n in counted.items()} == QUERIES


def fill(shop, office, operator, rows) -> None:
    with scope(workspace=shop.workspace):
        from production import products

        for number in range(rows):
            enquiry = new_enquiry(shop, office)
            drawings.receive(shop.workspace, upload(), enquiry=enquiry, item=shop.sheet, by=office)
            machine = Machine.objects.create(workspace=shop.workspace, name=f"L{number}", kind="laser")
            operation = operation_of(new_job(shop, str(number)))
            queue.move(operation, machine, office)
            runs.start(operation, machine, operator)
            products.register(Product(workspace=shop.workspace, name="Bracket", material=shop.material), office)
            if number:
                row = CuttingParameter.objects.get(pk=shop.parameters.pk)
                row.pk, row.thickness_mm = None, 10 + number
                row.save()


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


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_job(desk, shop, rows, django_assert_num_queries):
    job = new_job(shop, lines=[line(shop) for _row in range(rows)])
    desk.get(page_of(job))
    with django_assert_num_queries(27):
        desk.get(page_of(job))


def test_every_deed_is_in_the_log(desk, shop, office, enquiry):
    do(desk, enquiry, "lose", why="x")
    job = new_job(shop)
    do(desk, job, "hold", why="y")
    with scope(workspace=shop.workspace):
        told = list(Activity.objects.filter(actor=office).order_by("id").values_list("verb", "actor_name"))
    assert told[-2:] == [("lost", "Office"), ("held", "Office")]


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
