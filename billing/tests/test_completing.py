"""A job is over: by itself when it is paid, or cost nothing and is delivered; and by a person who may say so."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Activity
from billing import completing, deliveries, invoices, payments
from billing.models import Invoice
from billing.tests.ground import make, with_address
from laseros.core.errors import Refused
from laseros.tests.permissions_doors import filled_form
from production import jobs, milestones
from production.models import Job
from production.tests.ground import line, new_job

pytestmark = pytest.mark.usefixtures("scoped")


def made(shop, price="0", **fields) -> Job:
    job = new_job(shop, lines=[line(shop, unit_price=Decimal(price), quantity=4)], **fields)
    make(job)
    return Job.objects.get(pk=job.pk)


def state(job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def deliver(job, by, quantity: int) -> None:
    """So many pieces have left, and have arrived."""
    draft = deliveries.draft_from(job, by)
    row = draft.lines.get()
    type(row).objects.filter(pk=row.pk).update(quantity=quantity)
    deliveries.arrive(deliveries.ship(deliveries.pack(draft, by), by), by, received_by="Thandi")


@pytest.fixture
def unchecked(workspace):
    workspace.checks_deliveries = False
    workspace.save(update_fields=["checks_deliveries"])


def test_a_job_without_a_price_is_not_to_be_invoiced_and_ends_with_its_last_delivery(shop, office, unchecked):
    with_address(shop)
    job, priced = made(shop), made(shop, "45.50", key="priced")
    assert list(jobs.to_invoice()) == [priced]
    assert [row.to_invoice for row in job.lines.all()] == [0]
    deliver(job, office, 3)
    assert state(job) == "made"
    deliver(job, office, 1)
    deliver(priced, office, 4)
    assert (state(job), state(priced)) == ("completed", "made")  # the priced one waits for its money
    assert list(Activity.objects.filter(verb="completed").values_list("target_id", "details")) == [(job.pk, {})]


@pytest.mark.parametrize("off", [{"discount_percent": Decimal(100)}, {"discount_amount": Decimal(182)}])
@pytest.mark.parametrize("whole", [True, False])
def test_a_job_of_which_all_is_taken_off_costs_nothing_and_ends_with_its_last_delivery(
    shop, office, unchecked, off, whole
):
    with_address(shop)
    row = line(shop, unit_price=Decimal("45.50"), quantity=4, **({} if whole else off))
    job = new_job(shop, lines=[row], **(off if whole else {}))
    make(job)
    assert list(jobs.to_invoice()) == []
    assert [row.to_invoice for row in job.lines.all()] == [0]
    with pytest.raises(Refused):
        invoices.draft_from(job, office)
    deliver(Job.objects.get(pk=job.pk), office, 4)
    assert (state(job), Invoice.objects.count()) == ("completed", 0)


def test_a_free_line_of_a_priced_job_stands_on_the_invoice(shop, office):
    job = new_job(shop, lines=[line(shop), line(shop, description="Sample", unit_price=Decimal(0))])
    make(job)
    assert [row.to_invoice for row in Job.objects.get(pk=job.pk).lines.all()] == [20, 20]


def test_a_person_completes_what_costs_nothing(shop, office):
    job = made(shop)
    completing.complete(job, office)
    assert state(job) == "completed"
    with pytest.raises(Refused, match="is completed"):
        completing.complete(job, office)


def test_what_costs_something_is_completed_with_a_reason_and_never_beside_an_open_invoice(shop, office):
    job = made(shop, "45.50")
    for why in ("", "   "):
        with pytest.raises(Refused) as refusal:
            completing.complete(job, office, why=why)
        assert (refusal.value.code, refusal.value.details["field"]) == ("why", "why")
    draft = invoices.draft_from(job, office)
    for step in (lambda: None, lambda: invoices.issue(draft, office)):
        step()
        with pytest.raises(Refused) as refusal:
            completing.complete(job, office, why="lost")
        assert refusal.value.code == "unpaid"
    assert state(job) == "made"
    invoice = Invoice.objects.get()
    payments.receive(invoice, invoice.total, key="all", received_on=invoice.issued_on, by=office)
    assert state(job) == "completed"


def test_one_that_is_not_made_is_not_completed(shop, office):
    job = new_job(shop, lines=[line(shop, unit_price=Decimal(0))])
    with pytest.raises(Refused) as refusal:
        completing.complete(job, office)
    assert (refusal.value.code, state(job)) == ("state", "approved")


@pytest.mark.one_database
def test_the_button_is_there_when_nothing_is_left_to_do(shop, office, operator, log_in):
    free, priced = made(shop), made(shop, "45.50", key="priced")
    desk = log_in(office)
    address = {job: reverse("admin:production_job_verb", args=[job.pk, "complete"]) for job in (free, priced)}

    def offered(job) -> bool:
        page = desk.get(reverse("admin:production_job_change", args=[job.pk])).content.decode()
        return "../do/complete/" in page

    assert (offered(free), offered(priced)) == (True, False)
    for row in priced.milestones.filter(state="open"):
        milestones.reach(row, office)
    assert offered(priced)
    asked = desk.get(address[priced]).content.decode()
    assert "4 × Bracket" in asked
    assert "This field is required" in desk.post(address[priced], {**filled_form(asked), "why": ""}).content.decode()
    assert state(priced) == "made"
    assert desk.post(address[priced], {**filled_form(asked), "why": "Replaced what broke"}).status_code == 302
    assert desk.post(address[free], filled_form(desk.get(address[free]).content.decode())).status_code == 302
    assert (state(free), state(priced)) == ("completed", "completed")
    told = dict(Activity.objects.filter(verb="completed").values_list("target_id", "details"))
    assert told == {free.pk: {}, priced.pk: {"why": "Replaced what broke"}}
    assert log_in(operator).get(address[free]).status_code in (302, 403)
