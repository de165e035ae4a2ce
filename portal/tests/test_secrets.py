"""What is internal never reaches a client: not on a page, not in a piece of one, not in a picture, not in a PDF."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import User
from billing import deliveries, order_papers, statements
from billing.documents import delivery_pdf, invoice_pdf, keep, quote_pdf
from billing.documents.order_paper import order_paper_pdf
from billing.documents.statement import frozen_of, statement_pdf
from billing.models import AccountStatement
from crm.models import Address, Client
from laseros.tests.database import committed
from laseros.tests.ground import figures_joined, new_workspace
from portal import urls as portal_urls
from portal.tests.ground import (
    SECRETS,
    give_faults,
    give_milestones,
    let_in,
    link_to,
    new_client,
    new_drawing,
    new_invoice,
    new_job,
    new_quote,
    put_on_machine,
)
from production import conversation
from production.models import Enquiry, Proof

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker, tmp_path_factory):
    """(a client with one of everything, its documents, their files): committed, and made once for this module."""
    from django.conf import settings

    before, folder = settings.MEDIA_ROOT, tmp_path_factory.mktemp("files")
    settings.MEDIA_ROOT = folder
    with django_db_blocker.unblock(), committed(_everything_there_is) as found:
        settings.MEDIA_ROOT = before
        yield *found, folder


@pytest.fixture
def story(db, told, settings):
    """The documents, as they are in the database of this test."""
    _buyer, documents, settings.MEDIA_ROOT = told
    return {kind: [type(row)._base_manager.get(pk=row.pk) for row in rows] for kind, rows in documents.items()}


@pytest.fixture
def buyer(db, told):
    return Client._base_manager.get(pk=told[0].pk)


@pytest.fixture
def workspace(buyer):
    return buyer.workspace


def _everything_there_is() -> tuple:
    """One of everything, with something secret in every field; and another client's of the same."""
    workspace = new_workspace("cutters")
    buyer, other = new_client(workspace), new_client(workspace, SECRETS["another client"])
    for client in (other, buyer):
        job = new_job(client, lines=[(10, 3), (40, 40)])
        put_on_machine(job)
        give_milestones(job)
        give_faults(job)
        held = new_job(client, "on_hold")
        quote = new_quote(client)
        accepted = new_quote(
            client,
            "accepted",
            job=job,
            decided_by="Thandi",
            decided_at=timezone.now(),
            decided_from=SECRETS["where it was accepted from"],
        )
        invoice = new_invoice(client, paid="500", job=job)
        new_quote(client, "draft", title=SECRETS["the office"])
        with scope(workspace=client.workspace):
            keep(quote, lambda quote=quote: quote_pdf(quote))
            keep(invoice, lambda invoice=invoice: invoice_pdf(invoice))
    return buyer, {"quotes": [quote, accepted], "jobs": [job, held], "invoices": [invoice]}


def pages(story, base) -> list[str]:
    """Every address that answers for these documents, under `base`(document)."""
    found = []
    for kind, documents in story.items():
        for document in documents:
            root, under = base(kind, document)
            found.append(root)
            with scope(workspace=document.workspace):
                lines = [line.pk for line in document.lines.all()]
            if kind != "invoices":
                found += [f"{under}{kind}/{document.pk}/drawings/{line}/" for line in lines]
            if kind == "jobs":
                found += [f"{under}jobs/{document.pk}/{piece}/" for piece in ("progress", "pdf")]
                with scope(workspace=document.workspace):
                    shown = document.milestones.filter(is_shown=True, photos__isnull=False)
                    photos = list(shown.values_list("photos", flat=True))
                found += [f"{under}jobs/{document.pk}/photos/{photo}/" for photo in photos]
            if document.__dict__.get("pdf"):
                found.append(f"{under}{kind}/{document.pk}/pdf/")
    return found


def text_of(answer) -> str:
    """What a client can read in an answer: the text of a page or a picture, or of a PDF."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer["Content-Type"] != "application/pdf":
        return body.decode()
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(body))
    return " ".join([page.extract_text() for page in reader.pages] + [str(value) for value in reader.metadata.values()])


def leaks(client, paths) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        everything = text_of(answer) + str(answer.headers)
        joined = figures_joined(everything)
        names = [name for name, secret in SECRETS.items() if secret in everything or secret in joined]
        if names:
            found[path] = names
    return found


def test_a_contact_reads_nothing_internal(story, contact, log_in):
    paths = ["/portal/", "/portal/quotes/", "/portal/jobs/", "/portal/jobs/?state=on_hold", "/portal/invoices/"]
    paths += pages(story, lambda kind, document: (f"/portal/{kind}/{document.pk}/", "/portal/"))
    assert len(paths) == 22
    assert leaks(log_in(let_in(contact)), paths) == {}


def test_whoever_has_a_link_reads_nothing_internal(story, client):
    def base(kind, document):
        path = link_to(document)[1]
        return path, path

    assert leaks(client, pages(story, base)) == {}


def test_the_secrets_are_really_there(story, buyer):
    """Each of them stands in a record one of the pages starts from: the test above would find it."""
    from django.apps import apps

    with scope(workspace=buyer.workspace):
        rows = [
            str(row)
            for model in apps.get_models()
            if model._meta.app_label in ("accounts", "crm", "inventory", "machines", "production", "billing")
            and "workspace" in {field.name for field in model._meta.fields}
            for row in model.objects.order_by("pk").values()
        ]
    everything = " ".join(rows + list(User.objects.values_list("name", flat=True)))
    assert [name for name, secret in SECRETS.items() if secret not in everything] == []


def test_a_leak_would_be_found(client, workspace):
    leaky = new_client(workspace, SECRETS["another client"])
    path = link_to(new_quote(leaky))[1]
    assert leaks(client, [path]) == {path: ["another client"]}


def test_what_a_client_uploads_orders_again_and_approves_shows_nothing_internal(story, buyer, contact, log_in):
    """The pages on which clients do something themselves."""
    job = story["jobs"][0]
    with scope(workspace=buyer.workspace):
        buyer.workspace.portal_orders = "all"
        buyer.workspace.save(update_fields=["portal_orders"])
        asked, basket = new_drawing(buyer), new_drawing(buyer)
        for line, state in ((asked, "open"), (basket, "basket")):
            Enquiry.objects.filter(pk=line.enquiry_id).update(origin="portal", state=state, note="", contact=contact)
        by = User.objects.get_or_create(email="proofs@shop.example", defaults={"name": SECRETS["the office"]})[0]
        proof = Proof.objects.create(
            workspace=buyer.workspace, job=job, version=1, design_file=asked.design_file, sent_by=by
        )
        type(contact).objects.filter(pk=contact.pk).update(manages_people=True)
    paths = [
        "/portal/", "/portal/upload/", f"/portal/upload/parts/{basket.pk}/drawing/", "/portal/enquiries/",
        f"/portal/enquiries/{asked.enquiry_id}/", f"/portal/enquiries/{asked.enquiry_id}/drawings/{asked.pk}/",
        "/portal/again/", "/portal/people/", f"/portal/jobs/{job.pk}/",
        f"/portal/jobs/{job.pk}/proofs/{proof.pk}/picture/",
    ]  # fmt: skip
    browser = log_in(let_in(contact))
    assert leaks(browser, paths) == {}
    piece = browser.post(
        f"/portal/upload/parts/{basket.pk}/", {"quantity": "3", "item": basket.item_id}, headers={"HX-Request": "true"}
    )
    assert [name for name, secret in SECRETS.items() if secret in text_of(piece)] == []


# Addresses that only take something, and answer with a page above.
TAKES_ONLY = {
    "switch", "quote_accept", "quote_decline", "proof_approve", "proof_change", "upload_ask", "upload_order",
    "upload_part", "upload_unit", "upload_remove", "again", "job_again", "people_invite", "people_allow",
    "people_shut_out", "link", "invoice_pay",
}  # fmt: skip
# Files as somebody gave them to us: nothing of ours is written into them.
AS_IT_CAME = {"job_drawing_file", "proof_file", "job_file", "delivery_certificate"}


@pytest.fixture
def everything(story, buyer, contact):
    """A path for every page and PDF there is, by the name of its address."""
    job, quote, invoice = story["jobs"][0], story["quotes"][0], story["invoices"][0]
    with scope(workspace=buyer.workspace):
        office = User.objects.get_or_create(email="so@x.example", defaults={"name": SECRETS["the office"]})[0]
        buyer.workspace.portal_orders, buyer.workspace.checks_deliveries = "all", False
        buyer.workspace.save(update_fields=["portal_orders", "checks_deliveries"])
        Address.objects.create(workspace=buyer.workspace, client=buyer, street="1 Main Road", city="Durban")
        asked, basket = new_drawing(buyer), new_drawing(buyer)
        for row, state in ((asked, "open"), (basket, "basket")):
            Enquiry.objects.filter(pk=row.enquiry_id).update(origin="portal", state=state, note="", contact=contact)
        proof = Proof.objects.create(
            workspace=buyer.workspace, job=job, version=1, design_file=asked.design_file, sent_by=office
        )
        conversation.write(job, SECRETS["note for the shop"], side="shop", by=office, internal=True, key="note")
        type(contact).objects.filter(pk=contact.pk).update(manages_people=True)
        delivery = deliveries.ship(deliveries.pack(deliveries.draft_from(job, office), office), office, tracking="T1")
        paper = order_papers.write_for_job(job, "confirmation", office)
        today = timezone.localdate()
        account = statements.account_of(buyer, "ZAR", today, today)
        statement = AccountStatement.objects.create(
            workspace=buyer.workspace, client=buyer, currency="ZAR", from_on=today, until_on=today, by=office,
            balance=account.closing, frozen=frozen_of(account),
        )  # fmt: skip
        for document, pdf in (
            (delivery, delivery_pdf), (paper, order_paper_pdf), (statement, lambda _row: statement_pdf(account)),
        ):  # fmt: skip
            keep(document, lambda document=document, pdf=pdf: pdf(document))
        photo = job.milestones.filter(is_shown=True, photos__isnull=False).values_list("photos", flat=True).first()
        line, offered = job.lines.order_by("pk").first(), quote.lines.order_by("pk").first()
    return {
        **{name: [] for name in ("home", "quotes", "jobs", "upload", "ordered", "people", "enquiries", "preferences",
                                 "material", "deliveries", "invoices", "account", "account_pdf")},
        **{key: [quote.pk] for key in ("quote", "quote_pdf")}, "quote_drawing": [quote.pk, offered.pk],
        **{key: [job.pk] for key in ("job", "job_progress", "job_pdf", "job_messages")}, "job_photo": [job.pk, photo],
        "job_drawing": [job.pk, line.pk], "proof_picture": [job.pk, proof.pk], "upload_drawing": [basket.pk],
        "enquiry": [asked.enquiry_id], "enquiry_drawing": [asked.enquiry_id, asked.pk],
        **{key: [delivery.pk] for key in ("delivery", "delivery_pdf")}, "order_paper_pdf": [paper.pk],
        **{key: [invoice.pk] for key in ("invoice", "invoice_pdf")},
        **{key: [statement.pk] for key in ("statement", "statement_pdf")},
    }  # fmt: skip


def test_every_address_of_the_portal_is_looked_at_and_every_pdf_a_client_can_get(everything, contact, log_in):
    """A new address fails here until it is looked at, or is named as one that shows nothing."""
    names = {pattern.name for pattern in portal_urls.urlpatterns if getattr(pattern, "name", None)}
    assert names - TAKES_ONLY - AS_IT_CAME == set(everything)
    assert {name for name in everything if "pdf" in name} == {
        "quote_pdf", "job_pdf", "invoice_pdf", "delivery_pdf", "order_paper_pdf", "statement_pdf", "account_pdf",
    }  # fmt: skip
    browser = log_in(let_in(contact))
    paths = [reverse(f"portal:{name}", args=arguments) for name, arguments in everything.items()]
    assert leaks(browser, paths) == {}
    pdfs = [reverse(f"portal:{name}", args=found) for name, found in everything.items() if "pdf" in name]
    assert {browser.get(path)["Content-Type"] for path in pdfs} == {"application/pdf"}
