"""What a message says: originals in every language, words of a business's own, nothing that breaks out."""

import pytest
from django.conf import settings as django_settings

from accounts import password_links
from accounts.models import Activity, MessageWording
from accounts.outbox import choosing, occasions, wording
from accounts.outbox.occasions import CLIENT, STAFF
from accounts.tests.mail import post
from crm.occasions import CONTACT_KNOWN
from production.occasions import READY


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_occasion_has_an_original_whose_places_are_all_known(language):
    found = list(occasions.every())
    assert len(found) >= 14
    for occasion in found:
        path = django_settings.BASE_DIR / "templates" / "messages" / language / f"{occasion.name}.txt"
        assert path.exists(), path
        wording.check(occasion, *occasion.original(language))


@pytest.mark.usefixtures("scoped")
def test_words_are_filled_once_and_never_become_markup(shop, workspace):
    body = "{greeting}\n\n{client}\n\n[Go]({link})\n\n[No]({client})\n\n"
    body += "| Who: {client}\n| Empty: {title}\n\n- {client}\n\n> {title}"
    values = {
        "greeting": "{link}",
        "client": "<b>A</b>\n[x](https://evil.example)",
        "link": "https://x.example/",
        "title": "",
    }
    written = wording.write(workspace, READY, "en", ("{client} {job}", body), values)
    assert written.subject == "<b>A</b> [x](https://evil.example)"
    assert written.text == (
        "{link}\n\n<b>A</b>\n[x](https://evil.example)\n\nGo:\nhttps://x.example/\n\n"
        "Who: <b>A</b>\n[x](https://evil.example)\n\n- <b>A</b>\n- [x](https://evil.example)\n\n"
        "Kind regards\nCutters\noffice@cutters.example\n"
    )
    assert written.html.count("<a ") == 1
    assert "<b>A" not in written.html


@pytest.mark.usefixtures("scoped")
def test_nobody_writes_the_place_of_a_secret_link_into_a_message(workspace):
    place = password_links.PLACE
    values = {"client": f"look [[{place}]] [[link-to-{place}choose-a-password]]", "link": place}
    written = wording.write(workspace, READY, "en", ("{client}", "{client}\n\n> {client}\n\n[Go]({link})"), values)
    assert written.subject == "look [[…]] [[link-to-…choose-a-password]]"
    assert (written.text.count(place), written.html.count(place)) == (1, written.html.count(f'href="{place}"') or 1)
    assert f"Go:\n{place}" in written.text


@pytest.mark.parametrize(
    ("subject", "body"),
    [("{total}", "x"), ("x", "{client.workspace}"), ("x", "{ client }"), ("x", "{client"), ("", "x")],
)
@pytest.mark.usefixtures("scoped")
def test_what_is_not_in_the_list_is_refused_on_saving(workspace, manager, log_in, subject, body):
    answer = log_in(manager).post("/admin/message-texts/ready/en/", {"subject": subject, "body": body, "do": "save"})
    assert (answer.status_code, bool(answer.context["form"].errors)) == (422, True)
    assert not MessageWording.objects.exists()


@pytest.mark.usefixtures("scoped")
def test_a_business_words_its_messages_and_goes_back_to_the_original(shop, workspace, manager, office, log_in, client):
    assert log_in(office).get("/admin/message-texts/").status_code == 403
    browser, page = log_in(manager), "/admin/message-texts/contact_known/de/"
    assert "Umgeni Pumps" in browser.get(page).content.decode()  # with the newest contact
    data = {"subject": "Hallo {business}", "body": "{greeting}\n\nHier: {link}"}
    shown = browser.post(page, data | {"do": "preview"})
    assert "Hier: https://…" in shown.content.decode()
    assert 'srcdoc="&lt;!doctype html&gt;' in shown.content.decode()  # in a frame of its own, not in this page
    assert not MessageWording.objects.exists()
    browser.post(page, data | {"do": "save"})
    message = post(shop.contact, language="de")
    assert (message.subject, message.text.splitlines()[:3]) == (
        "Hallo Cutters",
        ["Guten Tag Thandi Nkosi,", "", "Hier: https://x.example/"],
    )
    assert Activity.objects.get(verb="changed").target_label == "contact_known (de)"
    browser.post(page, {"do": "original"})
    assert not MessageWording.objects.exists()
    assert post(shop.contact, "again", language="de").subject == "Ihr Zugang zu Cutters"


@pytest.mark.usefixtures("scoped")
def test_an_occasion_can_be_silent(shop, workspace, manager, log_in):
    log_in(manager).post("/admin/message-texts/", {"occasion": "contact_known", "silent": "yes"})
    workspace.refresh_from_db()
    shop.contact.workspace.refresh_from_db()
    assert post(shop.contact) is None
    choosing.silence(workspace, CONTACT_KNOWN, False, manager)
    assert post(shop.contact) is not None


def test_audiences_are_what_is_meant():
    assert {one.audience for one in occasions.every()} == {CLIENT, STAFF, "supplier"}
