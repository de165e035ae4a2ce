"""Clients and contacts in the back office, through its pages."""

import pytest
from django.core import mail as post_office

from accounts.models import Activity, OutgoingMail, User
from crm.models import Address, Client, Contact

pytestmark = pytest.mark.usefixtures("scoped")

EMPTY = {
    f"{prefix}-{name}": value
    for prefix in ("contacts", "addresses")
    for name, value in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0), ("MIN_NUM_FORMS", 0), ("MAX_NUM_FORMS", 1000))
}
NEW = {"name": "Kaya Steel", "kind": "business", "discount_percent": "5", "invoice_format": "pdf"} | EMPTY


def row(prefix, number, **fields):
    return {f"{prefix}-{number}-{name}": value for name, value in fields.items()}


def pressed(browser, record, verb, **data):
    return browser.post(f"/admin/crm/{record._meta.model_name}/{record.pk}/do/{verb}/", data)


def test_a_client_is_registered_with_contact_and_address(office, log_in):
    data = NEW | {"contacts-TOTAL_FORMS": 1, "addresses-TOTAL_FORMS": 1}
    data |= row("contacts", 0, name="Zola", email="zola@kaya.example")
    data |= row("addresses", 0, kind="invoice", street="1 Main Road", city="Durban")
    answer = log_in(office).post("/admin/crm/client/add/", data)
    client = Client.objects.get()
    assert answer.headers["Location"] == f"/admin/crm/client/{client.pk}/change/"  # where the next step is
    assert (client.code, client.name, client.discount_percent) == ("CL-0001", "Kaya Steel", 5)
    assert list(Contact.objects.values_list("name", "email", "workspace")) == [
        ("Zola", "zola@kaya.example", client.workspace_id)
    ]
    assert Address.objects.get().client == client
    assert list(Activity.objects.values_list("verb", "actor_name")) == [("created", "Office")]


def test_a_client_without_a_name_draws_no_number(office, log_in):
    browser = log_in(office)
    assert browser.post("/admin/crm/client/add/", NEW | {"name": ""}).status_code == 200
    browser.post("/admin/crm/client/add/", NEW)
    assert list(Client.objects.values_list("code", flat=True)) == ["CL-0001"]


def test_a_contact_is_invited_and_shut_out(shop, office, log_in):
    browser = log_in(office)
    pressed(browser, shop.client, "invite", contact=shop.contact.pk)
    shop.contact.refresh_from_db()
    assert shop.contact.user.has_perm("crm.act_for_client", shop.client)
    assert OutgoingMail.objects.get().to == "thandi@umgeni.example"
    pressed(browser, shop.contact, "shut-out")
    user = shop.contact.user
    shop.contact.refresh_from_db()
    assert shop.contact.user is None
    assert not type(user).objects.get(pk=user.pk).has_perm("crm.act_for_client", shop.client)
    verbs = Activity.objects.filter(target_label="Thandi Nkosi").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["invited", "withdrawn"]


def test_the_invitation_leads_to_the_password_and_types_no_address(shop, office, log_in, client, run_work, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    browser = log_in(office)
    for deed in ("invite", "shut-out", "invite"):
        pressed(browser, shop.contact, deed)
    assert "/password/reset/" not in "".join(kept.text + kept.html for kept in OutgoingMail.objects.all())
    run_work()
    assert len(post_office.outbox) == 2  # invited anew is told anew
    link = next(line for line in post_office.outbox[-1].body.splitlines() if "/password/reset/key/" in line)
    browser.logout()
    page = client.get(link.removeprefix(settings.BASE_URL), follow=True)
    assert b'name="password1"' in page.content
    assert b'name="email"' not in page.content
    client.post(page.request["PATH_INFO"], {"password1": "correct horse battery", "password2": "correct horse battery"})
    user = User.objects.get(email="thandi@umgeni.example")
    assert user.check_password("correct horse battery")
    log_in(office)
    pressed(browser, shop.contact, "shut-out")
    pressed(browser, shop.contact, "invite")
    run_work()
    known = post_office.outbox[-1].body
    assert ("/password/reset/" in known, "Log in with the password you have:" in known) == (False, True)
    pressed(browser, shop.contact, "shut-out")
    User.objects.filter(pk=user.pk).update(is_active=False)
    pressed(browser, shop.contact, "invite")
    assert b"This account was closed" in browser.get(f"/admin/crm/contact/{shop.contact.pk}/change/").content
    shop.contact.refresh_from_db()
    assert shop.contact.user is None


def test_only_a_contact_of_this_client_can_be_invited(shop, workspace, office, log_in):
    other = Client.objects.create(workspace=workspace, code="CL-0099", name="Other")
    stranger = Contact.objects.create(workspace=workspace, client=other, name="X", email="x@x.example")
    answer = pressed(log_in(office), shop.client, "invite", contact=stranger.pk)
    assert answer.status_code == 200
    assert "contact" in answer.context["form"].errors
    assert OutgoingMail.objects.count() == 0


def test_a_contact_that_goes_loses_the_log_in(shop, office, log_in):
    browser = log_in(office)
    pressed(browser, shop.contact, "invite")
    shop.contact.refresh_from_db()
    user = shop.contact.user
    data = NEW | {"name": shop.client.name, "contacts-TOTAL_FORMS": 1, "contacts-INITIAL_FORMS": 1}
    data |= row("contacts", 0, id=shop.contact.pk, client=shop.client.pk, name="Thandi Nkosi", DELETE="on")
    assert browser.post(f"/admin/crm/client/{shop.client.pk}/change/", data).status_code == 302
    assert Contact.objects.count() == 0
    assert not type(user).objects.get(pk=user.pk).has_perm("crm.act_for_client", shop.client)


def test_a_viewer_reads_and_does_nothing(shop, person, workspace, log_in):
    browser = log_in(person("viewer", workspace))
    page = browser.get(f"/admin/crm/client/{shop.client.pk}/change/")
    assert page.context["verbs"] == []
    assert "Discount" not in page.content.decode()
    assert browser.get("/admin/crm/client/add/").status_code == 403
    for verb in ("invite", "archive", "restore"):
        assert pressed(browser, shop.client, verb, contact=shop.contact.pk).status_code == 403
    answer = browser.post(f"/admin/crm/client/{shop.client.pk}/change/", NEW | {"name": "Mine"})
    assert answer.status_code == 403
    assert Client.objects.get().name == "Umgeni Pumps"


def test_every_client_leads_to_what_it_led_to(shop, office, log_in):
    page = log_in(office).get(f"/admin/crm/client/{shop.client.pk}/change/")
    assert {link.label for link in page.context["related"]} >= {"Contacts", "New enquiry"}
    browser = log_in(office)
    for link in page.context["related"]:
        assert browser.get(link.url).status_code == 200, link


def test_nothing_is_deleted_here(shop, office, log_in):
    assert log_in(office).post(f"/admin/crm/client/{shop.client.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Client.objects.count() == 1


def test_a_country_is_chosen_by_its_name(office, log_in):
    browser = log_in(office)
    data = NEW | {"addresses-TOTAL_FORMS": 1}
    data |= row("addresses", 0, kind="invoice", street="1 Main Road", city="Durban", country="South Africa")
    assert browser.post("/admin/crm/client/add/", data).status_code == 200
    assert not Client.objects.exists()
    browser.post("/admin/crm/client/add/", data | row("addresses", 0, country="ZA"))
    assert Address.objects.get().country == "ZA"
    client = Client.objects.get()
    Address.objects.update(country="XX")
    shown = browser.get(f"/admin/crm/client/{client.pk}/change/").content.decode()
    assert '<option value="XX" selected>' in shown
    assert ">South Africa</option>" in shown


def test_a_term_longer_than_the_calendar_is_refused(office, log_in):
    answer = log_in(office).post("/admin/crm/client/add/", NEW | {"payment_days": "99999999999"})
    assert set(answer.context["adminform"].form.errors) == {"payment_days"}
    assert not Client.objects.exists()
