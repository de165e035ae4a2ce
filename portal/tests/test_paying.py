"""A client pays an invoice online: by account or by link, through the provider's page and back."""

import re
from decimal import Decimal

import pytest
from django_scopes import scope

from billing import cards
from billing.models import PaymentAttempt, ProviderAccount
from crm.models import Contact
from portal.tests.ground import link_to, new_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(workspace, settings):
    settings.SIMULATED_CARDS = True
    with scope(workspace=workspace):
        account = cards.new_account(ProviderAccount(workspace=workspace, kind="simulated", is_on=True))
        account.save()
        return account


def attempts(workspace) -> list:
    with scope(workspace=workspace):
        return list(PaymentAttempt.objects.order_by("id").values_list("state", "amount"))


def test_by_link_a_refused_card_and_then_a_good_one(client, buyer, account, workspace):
    invoice = new_invoice(buyer, paid="500")
    path = link_to(invoice)[1]
    page = client.get(path).content.decode()
    assert "Pay now" in page
    assert f'action="{path}invoices/{invoice.pk}/pay/"' in page
    to_provider = client.post(f"{path}invoices/{invoice.pk}/pay/").headers["Location"]
    asked = client.get(to_provider)
    shown = asked.content.decode()
    assert (asked.status_code, asked.headers["Referrer-Policy"]) == (200, "same-origin")
    assert re.search("R919,68", shown)
    assert "No money moves here" in shown
    assert client.post(to_provider, {"outcome": "nonsense"}).status_code == 200
    assert client.post(to_provider, {"outcome": "fail"}).headers["Location"] == path
    page = client.get(path).content.decode()
    assert "did not go through" in page
    assert "Pay now" in page
    assert attempts(workspace) == [("failed", Decimal("919.68"))]
    to_provider = client.post(f"{path}invoices/{invoice.pk}/pay/").headers["Location"]
    assert client.post(to_provider, {"outcome": "succeed"}).headers["Location"] == path
    page = client.get(path).content.decode()
    assert "Paid in full" in page
    assert "Card" in page
    assert "Pay now" not in page
    answer = client.post(f"{path}invoices/{invoice.pk}/pay/", follow=True).content.decode()
    assert "Nothing is owed" in answer
    assert attempts(workspace) == [("failed", Decimal("919.68")), ("paid", Decimal("919.68"))]
    for wrong in ("0", "-1", "919.69", "0.001", "much", "NaN"):
        answer = client.post(to_provider, {"outcome": "refund", "amount": wrong})
        assert (answer.status_code, "is-invalid" in answer.content.decode()) == (422, True), wrong
    for part, back in (("19.68", "19.68"), ("0.01", "19.69")):
        client.post(to_provider, {"outcome": "refund", "amount": part})
        with scope(workspace=workspace):
            assert PaymentAttempt.objects.order_by("-id").values_list("state", "refunded").first() == (
                "paid",
                Decimal(back),
            )
    assert "R19,69 of it went back to the card." in client.get(to_provider).content.decode()
    assert "R19,69" in client.get(path).content.decode()
    client.post(to_provider, {"outcome": "refund"})  # the rest
    assert "R919,68" in client.get(path).content.decode()
    assert attempts(workspace)[1] == ("refunded", Decimal("919.68"))


def test_only_who_sees_money_pays_and_nobody_another_clients(
    buyer_logged_in, contact, buyer, other_buyer, account, workspace
):
    mine, other = new_invoice(buyer), new_invoice(other_buyer)
    assert buyer_logged_in.get(f"/portal/invoices/{mine.pk}/pay/").headers["Location"] == f"/portal/invoices/{mine.pk}/"
    assert buyer_logged_in.post(f"/portal/invoices/{other.pk}/pay/").status_code == 404
    link = link_to(mine)[1]
    assert buyer_logged_in.post(f"{link}invoices/{other.pk}/pay/").status_code == 404
    with scope(workspace=workspace):
        Contact.objects.filter(pk=contact.pk).update(sees_money=False)
    assert buyer_logged_in.post(f"/portal/invoices/{mine.pk}/pay/").status_code == 404
    assert attempts(workspace) == []


def test_switched_off_there_is_no_button_and_no_page(client, buyer, account, workspace, settings):
    invoice = new_invoice(buyer)
    path = link_to(invoice)[1]
    to_provider = client.post(f"{path}invoices/{invoice.pk}/pay/").headers["Location"]
    away = client.post(f"{to_provider.split('?')[0]}?back=https://evil.example/", {"outcome": "cancel"})
    assert away.headers["Location"] == "/portal/"
    with scope(workspace=workspace):
        ProviderAccount.objects.update(is_on=False)
    assert "Pay now" not in client.get(path).content.decode()
    assert client.post(f"{path}invoices/{invoice.pk}/pay/").headers["Location"] == path
    settings.SIMULATED_CARDS = False
    assert client.get(to_provider).status_code == 404
    assert attempts(workspace) == [("failed", Decimal("1419.68"))]
