"""Material that clients leave with us: booked in at the office, promised to their jobs, seen in the portal."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Activity
from crm import clients
from crm.models import Client
from inventory.management.commands.check_ledger import wrong
from inventory.models import Lot, Move
from production import client_material, runs
from production.tests.ground import new_job, operation_of

pytestmark = pytest.mark.usefixtures("scoped")


def page_of(client) -> str:
    return reverse("admin:production_job_material", args=[client.pk])


def brought(shop, browser, **said):
    fields = {"item": shop.sheet.pk, "kind": "sheet", "quantity": "3", "heat": "H-77", "once": "form-1", **said}
    return browser.post(page_of(shop.client), fields)


def test_booked_in_on_the_clients_page_it_is_promised_to_his_jobs_in_place_of_ours(shop, office, log_in):
    job = new_job(shop)  # promised one sheet of ours
    answer = brought(shop, log_in(office))
    assert (answer.status_code, answer.url) == (302, page_of(shop.client))
    lot = Lot.objects.get()
    assert (lot.owner_key, lot.owner_label, lot.quantity, lot.heat) == (
        f"client:{shop.client.pk}", str(shop.client), 3, "H-77",
    )  # fmt: skip
    promise = operation_of(job).reservation
    assert (promise.lot, promise.held) == (lot, 1)
    shop.sheet.refresh_from_db()
    assert (shop.sheet.on_hand, shop.sheet.owned, shop.sheet.reserved) == (13, 3, 0)
    assert Move.objects.get(lot=lot).value == 0
    page = log_in(office).get(page_of(shop.client)).content.decode()
    for words in (lot.code, "H-77", f"{job.number} Bracket: 1"):
        assert words in page
    brought(shop, log_in(office))  # the same form again
    assert Lot.objects.count() == 1
    assert wrong(shop.workspace) == []


def test_what_cannot_be_booked_in_is_said_in_the_form(shop, office, log_in):
    for said, words in (({"quantity": "0"}, "Nothing to book."), ({"item": "0"}, "valid choice"),
                        ({"kind": "remnant"}, "valid choice"), ({"quantity": "NaN"}, "number")):  # fmt: skip
        answer = brought(shop, log_in(office), **said)
        assert (answer.status_code, words in answer.content.decode()) == (409, True), said
    assert (Lot.objects.count(), Activity.objects.filter(verb="received").count()) == (0, 0)


def test_who_only_looks_sees_it_and_books_nothing(shop, person, log_in):
    viewer = log_in(person("viewer", shop.workspace))
    assert "Book in" not in viewer.get(page_of(shop.client)).content.decode()
    assert brought(shop, viewer).status_code == 403
    assert Lot.objects.count() == 0


def test_client_and_job_lead_there_and_to_the_trace(shop, office, log_in):
    job, browser = new_job(shop), log_in(office)
    client_page = browser.get(reverse("admin:crm_client_change", args=[shop.client.pk])).content.decode()
    assert page_of(shop.client) in client_page
    job_page = browser.get(reverse("admin:production_job_change", args=[job.pk])).content.decode()
    assert f"{page_of(shop.client)}?item={shop.sheet.pk}" in job_page
    assert f"?of=job:{job.pk}" in job_page
    assert (
        f'value="{shop.sheet.pk}" selected'
        in browser.get(page_of(shop.client), {"item": shop.sheet.pk}).content.decode()
    )


def test_the_trace_leads_from_the_lot_to_the_job_and_back(shop, office, operator, log_in):
    lot = client_material.receive(shop.client, shop.sheet, 3, key="in", by=office, kind="sheet")
    job = new_job(shop)
    run = runs.start(operation_of(job), shop.laser, operator)
    runs.finish(run, good=20, scrap=0, by=operator)
    browser = log_in(office)
    for name in (f"lot:{lot.pk}", f"run:{run.pk}", f"job:{job.pk}"):
        page = browser.get(reverse("admin:inventory_lot_trace"), {"of": name}).content.decode()
        assert (lot.code in page, job.number in page) == (True, True), name
    for model, pk, name in (("run", run.pk, f"run:{run.pk}"), ("job", job.pk, f"job:{job.pk}")):
        assert f"?of={name}" in browser.get(reverse(f"admin:production_{model}_change", args=[pk])).content.decode()


def test_another_client_gets_none_of_it(shop, office):
    other = clients.register(Client(workspace=shop.workspace, name="Other"), office)
    lot = client_material.receive(other, shop.sheet, 3, key="in", by=office, kind="sheet")
    assert operation_of(new_job(shop)).reservation.lot is None
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (Decimal(3), 0)
    assert list(client_material.of(shop.client)) == []
