"""Logging in: throttled in words, by invitation only, and no request waits for a mail server."""

import pytest
from django.core import mail as post_office
from django_q.brokers import get_broker
from django_q.signing import SignedPackage
from django_scopes import scope

from accounts import adapters
from accounts.models import Activity, OutgoingMail

pytestmark = pytest.mark.every_database

PASSWORD = "correct horse battery"


def enter(client, email, password):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_six_wrong_passwords_close_the_door_for_a_while(client, office):
    for _attempt in range(5):
        answer = enter(client, office.email, "wrong")
        assert answer.status_code == 200
        assert "not correct" in answer.content.decode()
    refused = enter(client, office.email, "wrong")
    assert "Too many failed login attempts. Try again later." in refused.content.decode()
    right = enter(client, office.email, PASSWORD)
    assert "Too many failed login attempts. Try again later." in right.content.decode()
    assert client.get("/admin/").status_code == 302
    # Somebody else at the same desk is not shut out with them.
    assert enter(client, "else@x.example", "wrong").status_code == 200


def test_the_right_password_opens_the_room_one_works_in(client, office, operator):
    assert enter(client, office.email.upper(), PASSWORD).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/admin/"


def test_nobody_signs_up_by_themselves(client, db):
    assert client.get("/accounts/signup/").status_code == 404


def test_the_back_office_has_no_door_of_its_own(client, db):
    answer = client.get("/admin/login/")
    assert answer.headers["Location"].startswith("/accounts/login/?next=")
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


def test_who_logs_in_at_the_back_office_and_works_elsewhere_gets_there(client, log_in, operator):
    browser = log_in(operator)
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == "/floor/"
    assert browser.get("/admin/crm/client/", follow=True).status_code == 403  # what was asked for is told apart


def test_logging_out_asks_for_a_click(client, log_in, office):
    browser = log_in(office)
    assert browser.get("/accounts/logout/").status_code == 200
    assert browser.get("/admin/").status_code == 200
    browser.post("/accounts/logout/")
    assert browser.get("/admin/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_password_is_mailed_by_the_worker_and_to_no_outbox(client, office, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    answer = client.post("/accounts/password/reset/", {"email": office.email})
    assert answer.headers["Location"] == "/accounts/password/reset/done/"
    assert post_office.outbox == []
    ((_key, package),) = get_broker().dequeue()
    task = SignedPackage.loads(package)
    assert task["func"] == "accounts.adapters.send_now"
    adapters.send_now(*task["args"])
    sent = post_office.outbox[0]
    assert sent.to == [office.email]
    assert "/accounts/password/reset/key/" in sent.body
    assert OutgoingMail._base_manager.count() == 0  # the link is nobody else's to read


@pytest.mark.django_db(transaction=True)
def test_an_unknown_address_is_answered_alike(client):
    answer = client.post("/accounts/password/reset/", {"email": "nobody@x.example"})
    assert answer.headers["Location"] == "/accounts/password/reset/done/"
    assert get_broker().queue_size() == 0


def test_a_log_in_is_written_down_once_and_a_wrong_password_is_not(client, office, workspace):
    enter(client, office.email, "wrong")
    enter(client, office.email, PASSWORD)
    client.get("/admin/")
    with scope(workspace=workspace):
        assert list(Activity.objects.values_list("verb", "actor_name", "target_label")) == [
            ("logged in", "Office", workspace.name)
        ]
