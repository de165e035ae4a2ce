"""Production's pages in the back office, as the office asks for them."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django_scopes import scope

from accounts.models import Activity
from inventory import ledger
from machines.models import Machine
from production import drawings, queue, runs
from production.models import CuttingParameter, DesignFile, Enquiry, Job, Operation, Product, Run
from production.tests.ground import line, new_enquiry, new_job, operation_of, upload
from production.tests.pages import JSON, do, page_of, text_of

MODELS = (Enquiry, DesignFile, Product, CuttingParameter, Job, Operation, Run)


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
