"""Client links: what is still good, what is not, and that nothing in a token can be changed."""

import base64
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import get_scope, scope

from accounts.models import Activity, Workspace
from crm import clients, links
from crm.models import AccessLink, Client, Contact


@pytest.fixture
def buyer(scoped):
    return clients.register(Client(workspace=scoped, name="Umgeni Pumps"), None)


@pytest.fixture
def document(buyer):
    """Whatever belongs to a client can be linked to; this room knows no quotes and invoices."""
    return Contact.objects.create(workspace=buyer.workspace, client=buyer, name="Plates")


@pytest.fixture
def link(document, buyer):
    return links.make(document, buyer)


def days_left(link) -> float:
    return (link.expires_at - timezone.now()) / timedelta(days=1)


def test_a_link_opens_the_document_it_was_made_for(link, document, buyer):
    found = links.open_token(links.token(link))
    assert (found.pk, found.target_id, found.client, found.target_type.model) == (
        link.pk,
        document.pk,
        buyer,
        "contact",
    )


def test_its_address_is_whole(link, settings):
    settings.BASE_URL = "https://shop.example/"
    before, _slash, rest = links.url(link).partition("/portal/link/")
    assert (before, links.open_token(rest.removesuffix("/"))) == ("https://shop.example", link)


def test_opening_needs_no_scope_and_leaves_none(link):
    token = links.token(link)
    with scope(workspace=None):
        assert links.open_token(token).pk == link.pk
        assert get_scope() == {"workspace": None, "_enabled": True}


def test_the_same_link_goes_into_every_mail_and_lives_on(document, buyer):
    first = links.make(document, buyer, days=10)
    again = links.make(document, buyer, days=60)
    shorter = links.make(document, buyer, days=5)
    assert first.pk == again.pk == shorter.pk
    assert round(days_left(AccessLink.objects.get()), 3) == 60


def test_two_people_do_not_share_a_link(document, buyer):
    contact = Contact.objects.create(workspace=buyer.workspace, client=buyer, name="Thandi")
    assert links.make(document, buyer).pk != links.make(document, buyer, contact).pk


def test_a_link_is_only_made_for_ones_own_document(document, scoped):
    other = clients.register(Client(workspace=scoped, name="Others"), None)
    with pytest.raises(ValueError, match="is not"):
        links.make(document, other)
    assert AccessLink.objects.count() == 0


def test_after_revoking_or_expiry_a_new_one_is_made(document, buyer):
    first = links.make(document, buyer)
    assert links.revoke(document) == 1
    assert links.revoke(document) == 0
    second = links.make(document, buyer)
    AccessLink.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    third = links.make(document, buyer)
    assert len({first.pk, second.pk, third.pk}) == 3
    assert [links.open_token(links.token(link)) for link in (first, second)] == [None, None]
    assert links.open_token(links.token(third)).pk == third.pk


def test_revoking_one_document_leaves_the_others(document, buyer, link):
    other = Contact.objects.create(workspace=buyer.workspace, client=buyer, name="Others")
    kept = links.make(other, buyer)
    assert links.revoke(document) == 1
    assert links.open_token(links.token(kept)).pk == kept.pk


@pytest.mark.parametrize("gone", ["expired", "revoked", "closed", "deleted", "nonce"])
def test_a_link_that_is_no_good_opens_nothing(link, gone):
    token = links.token(link)
    rows = AccessLink.objects.filter(pk=link.pk)
    if gone == "expired":
        rows.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif gone == "revoked":
        rows.update(revoked_at=timezone.now())
    elif gone == "closed":
        Workspace.objects.filter(pk=link.workspace_id).update(is_active=False)
    elif gone == "nonce":
        rows.update(nonce="another")
    else:
        rows.delete()
    assert links.open_token(token) is None


def forgeries(link) -> dict[str, str]:
    good = links.token(link)
    payload, stamp, signature = good.split(":")
    other = base64.urlsafe_b64encode(f'[{link.pk + 1},"{link.nonce}"]'.encode()).decode().rstrip("=")
    return {
        "nothing": "",
        "words": "let-me-in",
        "a letter more": good + "x",
        "a letter less": good[:-1],
        "another case": good.swapcase(),
        "another record": f"{other}:{stamp}:{signature}",
        "another time": f"{payload}:1aaaaa:{signature}",
        "no signature": f"{payload}:{stamp}:",
        "no payload": f":{stamp}:{signature}",
        "another salt": signing.dumps([link.pk, link.nonce], salt="something else"),
        "another key": signing.dumps([link.pk, link.nonce], salt=links.SALT, key="guessed"),
        "no list": signing.dumps(link.pk, salt=links.SALT),
        "too much": signing.dumps([link.pk, link.nonce, 1], salt=links.SALT),
        "too little": signing.dumps([link.pk], salt=links.SALT),
        "wrong kinds": signing.dumps(["x", None], salt=links.SALT),
        "a list inside": signing.dumps([[link.pk], {"a": 1}], salt=links.SALT),
        "zero bytes": "\x00\x00",
        "emoji": "🔧:🔧:🔧",
        "very long": "A" * 100_000,
    }


def test_a_forged_token_opens_nothing(link):
    opened = {name: links.open_token(token) for name, token in forgeries(link).items()}
    assert {name: found for name, found in opened.items() if found is not None} == {}


def test_asking_writes_nothing(link):
    token = links.token(link)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        links.open_token(token)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


def test_opening_is_noted_once_an_hour_per_person(document, link):
    assert links.note_opened(document, "Thandi", link) is True
    assert links.note_opened(document, "Thandi", link) is False
    assert links.note_opened(document, "Sipho", link) is True
    link.refresh_from_db()
    assert (timezone.now() - link.opened_at).total_seconds() < 5
    assert list(Activity.objects.order_by("id").filter(verb="opened").values_list("actor_name", "target_label")) == [
        ("Thandi", "Plates"),
        ("Sipho", "Plates"),
    ]


def test_an_hour_later_it_is_noted_again(document, link, time_machine_at):
    links.note_opened(document, "Thandi", link)
    with time_machine_at(timezone.now() + timedelta(minutes=59)):
        assert links.note_opened(document, "Thandi", link) is False
    with time_machine_at(timezone.now() + timedelta(minutes=61)):
        assert links.note_opened(document, "Thandi", link) is True


@pytest.fixture
def time_machine_at():
    import time_machine

    return lambda moment: time_machine.travel(moment, tick=False)
