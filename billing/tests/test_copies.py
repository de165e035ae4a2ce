"""A South African tax invoice leaves once as the original; everything handed out after it says "Copy"."""

import hashlib
import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts import activity
from accounts.models import OutgoingMail
from accounts.outbox import sending
from billing import invoices, verifying
from billing.tests.ground import issued_invoice, made_job, with_address
from billing.tests.test_documents import text_of
from crm import links
from crm.models import Client, Contact


def body(answer) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def story(invoice) -> list[str]:
    return [line.verb for line in activity.of(invoice) if line.verb.startswith("gave")][::-1]


@pytest.mark.parametrize("mailed", [True, False])
def test_the_first_one_out_is_the_original_and_each_later_one_says_copy(shop, person, log_in, client, run_work, mailed):
    with scope(workspace=shop.workspace):
        with_address(shop)
        draft = invoices.draft_from(made_job(shop), None)
        if not mailed:
            Client.objects.update(email="")
            Contact.objects.update(email="")
        invoice = invoices.issue(draft, None)
        original = invoice.pdf.read()
        token = links.token(invoices.link(invoice))
        office, portal = (
            reverse("admin:billing_invoice_pdf", args=[invoice.pk]),
            reverse("portal:link_invoice_pdf", args=[token, invoice.pk]),
        )
        client.head(portal)  # who only asks how large it is has got nothing
        if mailed:
            run_work()
            assert attached(invoice) == [original]
        browser, client = log_in(person("office", shop.workspace)), Browser()
        out = [body(browser.get(office)), body(browser.get(office)), body(client.get(portal))]
        assert [content == original for content in out] == [not mailed, False, False]
        told = ["gave copy"] * 2 if mailed else ["gave original", "gave copy", "gave copy"]
        for _turn in range(3):  # a link is opened by anybody, as often as they like
            assert story(invoice) == told
            body(client.get(portal))
            body(browser.get(office))
        with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
            body(client.get(portal))
        assert story(invoice) == [*told, "gave copy"]
        for content in out[1:]:
            words = text_of(content)
            assert "COPY" in words
            assert f"Tax invoice {invoice.number}" in words
        assert "COPY" not in text_of(original)
        invoice.refresh_from_db()
        assert hashlib.sha256(invoice.pdf.read()).hexdigest() == invoice.pdf_sha256
        assert list(verifying.wrong(shop.workspace)) == []


def test_a_mail_that_waits_is_not_the_original_and_one_that_is_refused_was_not(
    shop, person, log_in, run_work, monkeypatch
):
    """Somebody prints it before the mail goes out; and a server that says no has got nothing."""
    with scope(workspace=shop.workspace):
        with_address(shop)
        printed, refused = issued_invoice(shop), issued_invoice(shop)
        browser = log_in(person("office", shop.workspace))
        url = reverse("admin:billing_invoice_pdf", args=[printed.pk])
        assert body(browser.get(url)) == printed.pdf.read()
        with monkeypatch.context() as patch:
            patch.setattr(EmailMultiAlternatives, "send", refuse)
            run_work()
        waiting = OutgoingMail.objects.filter(state="waiting").count()
        assert (waiting >= 2, mail.outbox) == (True, [])
        refused.refresh_from_db()
        printed.refresh_from_db()
        assert (refused.original_at, printed.original_at is None) == (None, False)
        OutgoingMail.objects.update(due_at=timezone.now(), created_at=timezone.now() - timedelta(minutes=1))
        assert sending.sweep() == waiting
        assert attached(refused) == [refused.pdf.read()]
        assert ["COPY" in text_of(content) for content in attached(printed)] == [True]
        assert story(refused) == []


def refuse(message):
    raise smtplib.SMTPRecipientsRefused({message.to[0]: (450, b"later")})


def attached(invoice) -> list[bytes]:
    """What mails brought of it."""
    found = [each for message in mail.outbox for each in message.attachments]
    return [content for name, content, _type in found if invoice.number in name]


@pytest.mark.one_database
def test_elsewhere_and_without_vat_nothing_is_marked(shop, person, log_in):
    with scope(workspace=shop.workspace):
        with_address(shop)
        type(shop.workspace).objects.filter(pk=shop.workspace.pk).update(vat_number="")
        shop.workspace.refresh_from_db()
        invoice = issued_invoice(shop)
        assert invoice.tax == 0
        browser = log_in(person("office", shop.workspace))
        url = reverse("admin:billing_invoice_pdf", args=[invoice.pk])
        assert body(browser.get(url)) == body(browser.get(url)) == invoice.pdf.read()
        assert story(invoice) == []
