"""Every kind of mail there is goes out over SMTP to a catcher on this computer, in English and German, text and HTML.

The kinds come from the code: one without a row below fails, and so does a row without a kind.
"""

import email
import re
from email import policy
from html import unescape

import pytest
from aiosmtpd.controller import Controller
from django.apps import apps
from django.core.cache import cache
from django.test import Client as Browser
from django.utils.timezone import localdate
from django_q.brokers import get_broker
from django_q.signing import SignedPackage
from django_scopes import scope

from accounts import adapters, outbox
from accounts.models import MessageHook, OutgoingMail
from accounts.outbox.occasions import every
from accounts.outbox.sending import sweep
from billing.models import RecurringInvoice, RecurringTurn
from crm import diary
from laseros.tests import permissions_ground as ground
from laseros.tests.ground import perform_waiting
from laseros.tests.test_run import free_port

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("one_paper")]  # what is attached is not read

# kind → words that stand in it, subject or text, in English and in German
ROWS = {
    "arrived": ("has arrived", "ist angekommen"),
    "asked": ("asks for a quote", "bittet um ein Angebot"),
    "client_message": ("has written about", "hat zu"),
    "contact_known": ("Your access to", "Ihr Zugang zu"),
    "contact_new": ("Choose your password", "Wählen Sie hier Ihr Passwort"),
    "invoice": ("Invoice", "Rechnung"),
    "job_message": ("has written", "Nachricht von"),
    "letter": ("Hello Zoë Weiß", "Guten Tag Zoë Weiß"),
    "machine": ("needs somebody", "braucht jemanden"),
    "milestone": ("your job", "mit Ihrem Auftrag"),
    "needs": ("Running low", "Wird knapp"),
    "order_paper": ("from Cutters", "von Cutters"),
    "ordered": ("Your order", "Ihre Bestellung"),
    "paid": ("Payment received", "Zahlungseingang"),
    "person_known": ("Your access to", "Ihr Zugang zu"),
    "person_new": ("Your access to", "Ihr Zugang zu"),
    "proof": ("Please approve", "Bitte freigeben"),
    "proof_answered": ("on version", "zu Version"),
    "purchase": ("Purchase order", "Bestellung"),
    "quote": ("Quote", "Angebot"),
    "quote_accepted": ("accepted quote", "angenommen"),
    "quote_declined": ("declined quote", "abgelehnt"),
    "ready": ("is ready", "ist fertig"),
    "recurring_made": ("Draft invoice for", "Rechnungsentwurf für"),
    "recurring_stopped": ("Not issued", "Nicht gestellt"),
    "reminder": ("invoice", "Rechnung"),
    "shipped": ("is on its way", "ist unterwegs"),
    "statement": ("Statement of account", "Kontoauszug"),
}
LANGUAGES = ("en", "de")
LINK = "https://shop.example/portal/"


class Catcher:
    def __init__(self):
        self.caught = []

    async def handle_DATA(self, server, session, envelope):
        self.caught.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def world(db, tmp_path):
    with ground.files_in(tmp_path):
        yield ground.build()


@pytest.fixture
def server(settings):
    catcher = Catcher()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 10
    controller = Controller(catcher, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    cache.clear()
    yield catcher
    controller.stop()


def posted(world, occasion, language: str) -> OutgoingMail:
    """As the room's own verb posts it: its first record, and a text for each place that only the verb knows."""
    model = apps.get_model(occasion.model)
    record = world.workspace if occasion.model == "accounts.Workspace" else model.objects.order_by("pk").first()
    assert record is not None, occasion.model
    own = occasion.values(record)
    more = {name: f"»{name}«" for name in occasion.places if name not in own and name != "password_link"}
    message = outbox.post(
        occasion, record, key=f"row:{occasion.name}:{language}", to=f"{occasion.name}.{language}@shop.example",
        name="Zoë Weiß", link=LINK, language=language, values=more,
    )  # fmt: skip
    OutgoingMail._base_manager.filter(pk=message.pk).update(due_at=message.created_at)
    return message


def words_of(html: str) -> str:
    """What a person reads of HTML."""
    body = re.sub(r"(?is)<(style|script|head).*?</\1>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.one_database
@pytest.mark.django_db
def test_each_kind_arrives_in_both_languages_as_text_and_html(world, server):
    kinds = [occasion.name for occasion in every()]
    assert sorted(kinds) == sorted(ROWS)
    with scope(workspace=world.workspace):
        type(world.workspace).objects.filter(pk=world.workspace.pk).update(silent_occasions=[])
        world.workspace.refresh_from_db()
        OutgoingMail.objects.exclude(state__in=("sent", "failed")).update(state="withdrawn")
        MessageHook.objects.update(is_active=False)  # nobody outside is asked
        diary.note(world.shop.client, "Your plates\n\nThey are here.", kind="mail", key="x", by=None)
        turn = {"due_on": localdate(), "invoice": world.draft_invoice, "problem": "The day of supply is missing."}
        RecurringTurn.objects.create(workspace=world.workspace, recurring=RecurringInvoice.objects.first(), **turn)
        missing = {one.model for one in every() if not apps.get_model(one.model)._base_manager.exists()}
        assert missing == set()
        for occasion in every():
            for language in LANGUAGES:
                posted(world, occasion, language)
    perform_waiting(400)
    sweep()
    caught = {mail["To"].partition("@")[0].strip("<"): mail for mail in server.caught if "." in mail["To"]}
    assert sorted(name for name in caught if name.rpartition(".")[0] in kinds) == sorted(
        f"{kind}.{language}" for kind in kinds for language in LANGUAGES
    )
    for kind, subjects in ROWS.items():
        for language, words in zip(LANGUAGES, subjects, strict=True):
            mail = caught[f"{kind}.{language}"]
            text = mail.get_body(("plain",)).get_content()
            html = mail.get_body(("html",)).get_content()
            shown = words_of(html)
            assert words in f"{mail['Subject']} {text}", (kind, language, text)
            assert not re.search(r"\{[a-z_]+\}", text + html + mail["Subject"]), (kind, language)
            assert f'lang="{language}"' in html
            # Both say the same: each word of the text stands in the HTML, in its order a line at a time.
            for line in re.split("Kind regards|Mit freundlichen", text)[0].splitlines():
                plain = " ".join(line.lstrip("->*– ").split()).rstrip(":")
                if plain and "://" not in plain:
                    assert plain.replace(":", "") in shown.replace(":", ""), (kind, language, plain)
            assert mail["From"]
            assert mail["Message-ID"]
        assert subjects[0] != subjects[1], kind


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "words"), [("en", "password"), ("de", "Passwort")])
def test_the_way_back_in_arrives_too(server, person, workspace, language, words):
    """The account package's own mail, which is in no outbox: as the worker sends it."""
    user = person("office", workspace)
    Browser().post("/accounts/password/reset/", {"email": user.email}, headers={"Accept-Language": language})
    ((_key, package),) = get_broker().dequeue()
    adapters.send_now(*SignedPackage.loads(package)["args"])
    (mail,) = server.caught
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert words in text
    assert words in words_of(html)
    link = next(line for line in text.splitlines() if "/password/reset/key/" in line).strip()
    assert f'href="{link}"' in html
    assert f'lang="{language}' in html
