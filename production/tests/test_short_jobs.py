"""What a job lacks is bought with one press, once, and not what is on its way already."""

from decimal import Decimal

import pytest

from billing import quotes
from billing.tests.ground import sent_quote
from inventory.models import PurchaseOrder
from inventory.purchasing import orders
from inventory.tests.buying import new_supplier, sells
from production import shortages
from production.models import JobLine, Operation

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.mark.every_database
def test_what_a_job_lacks_goes_onto_an_order(shop, office, log_in):
    job = quotes.accept(sent_quote(shop), name="Thandi Nkosi")
    assert shortages.short_of(job) == {}
    Operation.objects.update(reservation=None)
    JobLine.objects.update(material_each=Decimal("1.5"), quantity=10)
    Operation.objects.update(quantity=10)
    shop.sheet.refresh_from_db()
    short = 15 - shop.sheet.available
    assert shortages.short_of(job) == {shop.sheet: short}
    sells(new_supplier(shop.workspace), shop.sheet)
    browser, press = log_in(office), f"/admin/production/job/{job.pk}/do/buy/"
    job_page = f"/admin/production/job/{job.pk}/change/"
    assert f"{browser.get(job_page).context['step'].verb.label}" == "Buy what is missing"
    page = browser.get(press)
    once = page.context["form"]["once"].value()
    for _click in range(2):
        browser.post(press, {"once": once})
    order = PurchaseOrder.objects.get()
    assert order.lines.get().quantity >= short
    step = browser.get(job_page).context["step"]
    assert (step.verb.name, "is on an order" in f"{step.words}") == ("prepare", True)
    orders.send(order, office)
    answer = browser.post(press, {"once": "another page"})
    assert answer.status_code == 409
    assert PurchaseOrder.objects.count() == 1
