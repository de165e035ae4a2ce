"""An invoice in the back office, from the draft to the last payment, driven as people press it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import invoices
from billing.models import Invoice, Payment
from billing.tests.ground import issued_invoice, made_job
from billing.tests.pages import page, press


def test_from_draft_to_paid_in_the_back_office(ground, enter, scoped):
    job = ground(made_job)
    invoice = invoices.draft_from(job, None)
    client = enter("office")
    other = reverse("admin:billing_invoice_verb", args=[invoice.pk, "currency"])
    rates = reverse("admin:billing_exchangerate_add")
    assert f'You have no rate yet. <a class="lo-link" href="{rates}">' in client.get(other).content.decode()
    client.post(rates, {"currency": "usd", "day": f"{timezone.localdate()}", "rate": "18.50"})
    assert client.get(other).context["form"].fields["currency"].choices == [("USD", "USD")]
    seen = {"seen": re.search(r'name="seen" value="(\w+)"', client.get(page(invoice)).content.decode())[1]}
    note, invoice.note = invoice.note, "In another tab"
    invoice.save(update_fields=["note"])
    press(client, invoice, "issue", seen)
    assert "Somebody changed this meanwhile" in client.get(page(invoice)).content.decode()
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == ("draft", None)
    Invoice.objects.filter(pk=invoice.pk).update(note=note)
    assert press(client, invoice, "issue", seen).status_code == 302
    invoice.refresh_from_db()
    assert invoice.state == "issued"
    form = client.get(reverse("admin:billing_invoice_verb", args=[invoice.pk, "receive"])).context["form"]
    once = form["once"].value()
    data = {"once": once, "amount": "100.00", "received_on": f"{timezone.localdate()}", "method": "transfer"}
    for _click in range(2):
        assert press(client, invoice, "receive", data).status_code == 302
    assert (Payment.objects.count(), Invoice.objects.get().paid) == (1, Decimal(100))
    too_much = press(client, invoice, "receive", {**data, "once": "another", "amount": "500"})
    assert too_much.status_code == 409
    assert "327,80" in too_much.content.decode()
    rest = client.get(reverse("admin:billing_invoice_verb", args=[invoice.pk, "receive"])).context["form"]
    assert rest["amount"].value() == Decimal("327.80")
    press(client, invoice, "receive", {**data, "once": rest["once"].value(), "amount": "327.80"})
    assert Invoice.objects.get().state == "paid"
    job.refresh_from_db()
    assert job.state == "completed"
    words = client.get(page(invoice)).content.decode()
    assert "do/receive/" not in words
    assert "PY-" in words


def test_going_back_and_sending_a_payment_again_asks_first(ground, enter, scoped):
    """The browser's Back shows what was typed, under a fresh key."""
    invoice = ground(issued_invoice)
    client = enter("office")
    url = reverse("admin:billing_invoice_verb", args=[invoice.pk, "receive"])
    data = {"amount": "100.00", "received_on": f"{timezone.localdate()}", "method": "transfer"}
    press(client, invoice, "receive", {**data, "once": "first"})
    assert "again" not in client.get(url).context["form"].fields
    asked = press(client, invoice, "receive", {**data, "once": "second", "reference": "statement 8"})
    words = asked.content.decode()
    assert asked.status_code == 409
    assert f"as payment {Payment.objects.get()}. Book it a second time?" in words
    assert 'value="statement 8"' in words
    box = re.search(r'<input type="checkbox" name="again"[^>]*>', words)[0]
    assert not re.search(r" checked[ >]", box)
    assert (Payment.objects.count(), Invoice.objects.get().paid) == (1, Decimal(100))
    again = {**data, "once": asked.context["form"]["once"].value(), "again": "on"}
    for _click in range(2):
        assert press(client, invoice, "receive", again).status_code == 302
    assert (Payment.objects.count(), Invoice.objects.get().paid) == (2, Decimal(200))


@pytest.mark.parametrize(
    "other", [{"amount": "100.01"}, {"received_on": f"{timezone.localdate() - timedelta(days=1)}"}]
)
def test_another_amount_or_day_is_another_payment(ground, enter, scoped, other):
    invoice = ground(issued_invoice)
    client = enter("office")
    data = {"amount": "100.00", "received_on": f"{timezone.localdate()}", "method": "transfer"}
    for once, more in (("first", {}), ("second", other)):
        assert press(client, invoice, "receive", {**data, "once": once, **more}).status_code == 302
    assert Payment.objects.count() == 2


@pytest.mark.parametrize("amount", ["NaN", "-5", "0", "1.005", "12345678901234567", "x"])
def test_impossible_amounts_are_said_no_to(ground, enter, scoped, amount):
    invoice = ground(issued_invoice)
    data = {"once": "o", "amount": amount, "received_on": f"{timezone.localdate()}", "method": "transfer"}
    response = press(enter("office"), invoice, "receive", data)
    assert response.status_code in (200, 409)
    assert (Payment.objects.count(), Invoice.objects.get().paid) == (0, 0)


def test_an_issued_invoice_has_no_form(ground, enter, scoped):
    invoice = ground(issued_invoice)
    client = enter("admin")
    words = client.get(page(invoice)).content.decode()
    assert 'name="note"' not in words
    assert 'name="lines-0-unit_price"' not in words
    assert "takes the tax off all lines" not in words  # what to type helps nobody who reads
    answer = client.post(page(invoice), {"note": "changed"}, follow=True)
    assert "Nothing was stored." in answer.content.decode()
    assert Invoice.objects.get().note == ""
    assert client.post(reverse("admin:billing_invoice_delete", args=[invoice.pk]), {"post": "yes"}).status_code == 403


def test_a_draft_is_read_with_its_rates_in_percent(ground, enter, scoped):
    draft = invoices.draft_from(ground(made_job), None)
    shown = enter("viewer").get(page(draft)).content.decode()
    assert ("15 %" in shown, "15.00" in shown) == (True, False)


def test_a_draft_of_some_hundred_lines_is_saved(ground, enter, scoped):
    """Each line is nine fields of the form, and a form may have a thousand where nobody says otherwise."""
    invoice = invoices.draft_from(ground(made_job), None)
    client, first = enter("office"), invoice.lines.get()
    row = {"id": "", "invoice": invoice.pk, "description": "Part", "quantity": "1", "unit_price": "2", "discount": "",
           "tax_percent": "15.00", "DELETE": ""}  # fmt: skip
    data = {"treatment": "standard", "supplied_on": "", "discount_percent": "0", "discount_amount": "0", "note": "",
            "lines-TOTAL_FORMS": "115", "lines-INITIAL_FORMS": "1"}  # fmt: skip
    for number in range(115):
        said = {**row, "position": number + 1, "id": "" if number else first.pk}
        data |= {f"lines-{number}-{name}": value for name, value in said.items()}
    assert len(data) > 1000
    assert client.post(page(invoice), data).status_code == 302
    assert (invoice.lines.count(), Invoice.objects.get().net) == (115, 230)
