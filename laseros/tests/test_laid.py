"""What is laid is what is made: the same rows and the same objects, as of now."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django_q.models import Schedule
from django_scopes import scope

from billing import verifying
from billing.tests.ground import issued_invoice, late_invoice, made_job
from inventory.models import Item
from laseros.tests import laid
from laseros.tests.database import tables_with_rows
from laseros.tests.ground import new_workspace, stock_shop
from laseros.tests.typesetting import one_paper
from production.tests.ground import line, new_job


def whole_database() -> dict[str, list]:
    with connection.cursor() as cursor:
        found = {}
        for table in tables_with_rows(cursor):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            found[table] = [tuple(map(when, row)) for row in cursor.fetchall()]
        return found


def when(value):
    """Whatever has just been is now."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return "now" if timezone.now() - aware < timedelta(minutes=5) else aware
    return value


def values(model) -> dict:
    found = {field.attname: when(getattr(model, field.attname)) for field in model._meta.concrete_fields}
    return {
        name: str(value) if isinstance(value, models.fields.files.FieldFile) else value for name, value in found.items()
    }


def made() -> tuple[dict, dict]:
    """(rows by table, objects by name) of a business; then none of it is there."""
    with transaction.atomic():
        workspace = new_workspace("cutters")
        with scope(workspace=workspace):
            shop = stock_shop(workspace)
            assert shop.workspace is shop.laser.workspace is workspace
            found = whole_database(), {name: values(each) for name, each in vars(shop).items()}
        transaction.set_rollback(True)
    return found


def test_what_is_laid_is_what_was_made(db):
    laid.forget()
    first = made()
    assert [record is not None for record in laid._records.values()] == [True, True]
    (rows, objects), (rows_again, objects_again) = first, made()
    assert {table: rows_again.pop(table, None) for table in list(rows)} == rows
    assert objects_again == objects
    assert (rows_again, len(rows["accounts_activity"])) == ({}, 3)


def test_what_stands_there_already_is_not_trodden_on(db):
    laid.forget()
    made()
    other = new_workspace("printers")
    workspace = new_workspace("cutters")
    assert (workspace.pk > other.pk, laid.as_it_was(workspace)) == (True, False)
    with scope(workspace=workspace):
        assert stock_shop(workspace).client.code == "CL-0001"


@pytest.mark.parametrize("changed", [True, False])
def test_a_business_that_was_changed_gets_its_shop_by_the_verbs(db, changed):
    laid.forget()
    made()
    workspace = new_workspace("cutters")
    if changed:
        workspace.number_formats = {"client": "K{n:3}"}
        workspace.save()
    with scope(workspace=workspace):
        assert stock_shop(workspace).client.code == ("K001" if changed else "CL-0001")


def ordered(change=lambda shop: None, order=made_job) -> tuple[dict, dict]:
    """(rows by table, the job) of a business with an order that was made; then none of it is there."""
    with transaction.atomic():
        workspace = new_workspace("cutters")
        with scope(workspace=workspace):
            shop = stock_shop(workspace)
            change(shop)
            job = order(shop)
            found = whole_database(), values(job)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(("order", "steps"), [(made_job, ["quote", "it"]), (new_job, ["it"])])
def test_an_order_is_laid_as_it_was_made(db, order, steps):
    laid.forget()
    first = ordered(order=order)
    made_by_the_verbs = dict(laid._steps)
    assert [step is not None for step in made_by_the_verbs.values()] == [True for _each in steps]
    assert ordered(order=order) == first
    assert laid._steps == made_by_the_verbs


@pytest.mark.parametrize(("quantity", "other"), [(20, {"key": "other"}), (20, {"priority": 2}), (21, {})])
def test_another_order_is_not_laid_in_its_place(db, quantity, other):
    laid.forget()
    first = ordered(order=new_job)
    assert ordered(order=lambda shop: new_job(shop, lines=[line(shop, quantity=quantity)], **other)) != first
    assert len(laid._steps) == 2


@pytest.mark.parametrize("stored", [True, False])
def test_where_anything_is_otherwise_an_order_is_made_by_the_verbs(db, stored):
    laid.forget()
    ordered()
    made_by_the_verbs = len(laid._steps)

    def dearer(shop):
        shop.sheet.price += 1
        if stored:
            Item.objects.filter(pk=shop.sheet.pk).update(price=shop.sheet.price)
            shop.sheet.refresh_from_db()

    _rows, job = ordered(dearer)
    assert len(laid._steps) == made_by_the_verbs + 2
    assert job["state"] == "made"


def test_an_invoice_is_laid_with_its_paper_and_its_seal(db):
    laid.forget()
    papers = []
    for _time in range(2):
        with transaction.atomic():
            workspace = new_workspace("cutters")
            with scope(workspace=workspace):
                shop, steps = stock_shop(workspace), len(laid._steps)
                invoice = issued_invoice(shop)
                assert list(verifying.wrong(workspace)) == []
                papers.append((invoice.pdf.name, invoice.pdf.read()))
                invoice.pdf.close()
            transaction.set_rollback(True)
        shutil.rmtree(settings.MEDIA_ROOT)
    assert papers[0] == papers[1]
    assert papers[0][1].startswith(b"%PDF")
    assert len(laid._steps) == steps == 3


def test_an_order_more_and_an_invoice_of_long_ago_are_laid_too(db):
    """A mail waits for its minute when the second is made, and what stood there before is later than the invoice.

    The timetable is of another moment each time.
    """
    laid.forget()
    numbers, steps = [], []
    for hour in range(2):
        with transaction.atomic():
            Schedule.objects.update(next_run=timezone.now() - timedelta(hours=hour))
            workspace = new_workspace("cutters")
            with scope(workspace=workspace):
                shop = stock_shop(workspace)
                jobs, late = [made_job(shop), made_job(shop)], late_invoice(shop)
                assert {when(job.approved_at) for job in jobs} == {"now"}
                assert (late.due_on < timezone.localdate(), list(verifying.wrong(workspace))) == (True, [])
                numbers.append([late.number, late.issued_on, *(job.number for job in jobs)])
                steps.append(len(laid._steps))
            transaction.set_rollback(True)
        shutil.rmtree(settings.MEDIA_ROOT)
    assert numbers[0] == numbers[1]
    assert steps == [7, 7]


def test_a_paper_that_nobody_was_to_read_is_laid_for_nobody_who_reads(db):
    laid.forget()

    def paper() -> bytes:
        with transaction.atomic():
            workspace = new_workspace("cutters")
            with scope(workspace=workspace):
                found = issued_invoice(stock_shop(workspace)).pdf.read()
            transaction.set_rollback(True)
        return found

    with one_paper():
        blank = paper()
        assert paper() == blank
    assert len(paper()) > 3 * len(blank)
