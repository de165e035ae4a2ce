"""A person asks to be erased: documents, money and the log of deeds stay and verify, everything else is blank."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, OutgoingMail, User
from billing import payments, verifying
from billing.models import Invoice, Quote
from billing.tests.ground import issued_invoice, sent_quote
from crm import clients, erasing, links
from crm.models import AccessLink, Client, Contact
from laseros.core.errors import Refused

pytestmark = [pytest.mark.usefixtures("scoped", "one_paper")]


@pytest.fixture
def known(shop, office, run_work):
    """The contact of an issued invoice and of a quote they declined, with a log-in."""
    contact = shop.contact
    user = clients.invite(contact, office)
    invoice = issued_invoice(shop, office)
    declined = sent_quote(shop, office, {"quantity": 3})
    run_work()
    Quote._base_manager.filter(pk=declined.pk).update(decided_by=contact.name, decided_from="203.0.113.7")
    return contact, user, invoice


def test_a_contact_is_blanked_and_what_the_law_keeps_stays(workspace, shop, office, known, log_in):
    contact, user, invoice = known
    name, email = contact.name, contact.email
    link = links.make(invoice, shop.client, contact)
    papers = OutgoingMail.objects.filter(to=email).exclude(attachments=[]).count()
    assert (papers > 0, OutgoingMail.objects.filter(to=email, attachments=[]).exists()) == (True, True)
    page = reverse("admin:crm_contact_verb", args=[contact.pk, "erase"])
    browser = log_in(office)
    assert "as tax law wants it" in browser.get(page).content.decode()
    assert browser.post(page, {"why": ""}).status_code == 200
    assert Contact.objects.get(pk=contact.pk).name == name
    assert browser.post(page, {"why": "Asked by letter"}).status_code == 302
    contact, user = Contact.objects.get(pk=contact.pk), User.objects.get(pk=user.pk)
    assert (contact.name, contact.email, contact.phone, contact.role) == ("erased person", "", "", "")
    assert contact.user is None
    assert (user.name, user.is_active, user.has_usable_password()) == ("", False, False)
    assert user.email == f"erased-{user.pk}@erased.invalid"
    assert AccessLink.objects.get(pk=link.pk).revoked_at is not None
    # The letters that carried a document stay, and so does who accepted the order.
    assert set(OutgoingMail.objects.filter(to=email).values_list("attachments__0__type", flat=True)) == {
        "application/pdf"
    }
    assert OutgoingMail.objects.filter(to=email).count() == papers
    assert not OutgoingMail.objects.filter(to="").exclude(text="").exists()
    assert sorted(Quote.objects.values_list("state", "decided_by")) == [("accepted", "Thandi Nkosi"), ("sent", "")]
    lines = Activity.objects.filter(target_type__model="contact", target_id=contact.pk).order_by("id")
    assert {line.target_label for line in lines} == {"erased person"}
    assert [line.details for line in lines if line.details] == [{"why": "Asked by letter"}]
    assert Invoice.objects.get().frozen["buyer"]["name"] == shop.client.name
    assert list(verifying.wrong(workspace)) == []


def test_a_private_client_is_blanked_once_nothing_is_open(workspace, shop, office, known):
    _contact, _user, invoice = known

    def refused() -> str:
        with pytest.raises(Refused) as refusal:
            erasing.erase_client(shop.client, office, why="Asked")
        assert Client.objects.get(pk=shop.client.pk).name == shop.client.name
        return refusal.value.code

    assert refused() == "business"
    Client.objects.filter(pk=shop.client.pk).update(kind="private", email="home@umgeni.example")
    assert refused() == "archived"
    clients.archive(shop.client, office)
    assert refused() == "open"
    payments.receive(invoice, invoice.total, key="all", received_on=timezone.localdate())
    Quote._base_manager.filter(state="sent").update(state="declined")
    erasing.erase_client(shop.client, office, why="Asked")
    client = Client.objects.get(pk=shop.client.pk)
    assert (client.name, client.email, client.addresses.count()) == ("erased person", "", 0)
    assert set(client.contacts.values_list("name", flat=True)) == {"erased person"}
    assert Invoice.objects.get().frozen["buyer"]["name"] == shop.client.name
    assert list(verifying.wrong(workspace)) == []
