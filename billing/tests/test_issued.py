"""What was issued stays: triggers refuse, the chain remembers, the verifier names the cell that was changed."""

import hashlib
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from billing import chain, guards, invoices, payments, verifying
from billing.documents import papers
from billing.models import Allocation, Invoice, InvoiceLine, Payment, Seal
from billing.tests.ground import issued_invoice, made_job
from laseros.core.errors import Refused
from laseros.tests.database import guards_off

pytestmark = pytest.mark.usefixtures("scoped", "one_paper")
ONE = Decimal(1)


def wrong(workspace) -> list[str]:
    return list(verifying.wrong(workspace))


def test_issuing_stores_the_pdf_with_its_print_and_seals_it(workspace, shop, office, own_papers):
    first, second = issued_invoice(shop, office), issued_invoice(shop, office)
    for invoice in (first, second):
        assert hashlib.sha256(invoice.pdf.read()).hexdigest() == invoice.pdf_sha256
    offer, one, other, two = Seal.objects.all()
    assert [seal.invoice for seal in (offer, one, other, two)] == [None, first, None, second]
    assert (one.position, one.previous, two.position, two.previous) == (2, offer.link, 4, other.link)
    assert two.link == hashlib.sha256(f"{other.link}\n4\n{two.content}".encode()).hexdigest()
    assert first.number in one.content
    assert first.pdf_sha256 in one.content
    assert wrong(workspace) == []
    assert verifying.head() == f"4 links, the last one is {two.link}"


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE billing_invoice SET total = 1",
        "UPDATE billing_invoice SET number = 'X'",
        "UPDATE billing_invoice SET issued_on = '2020-01-01'",
        "UPDATE billing_invoice SET client_id = client_id + 1",
        "UPDATE billing_invoice SET note = 'nothing', state = 'paid'",
        "UPDATE billing_invoice SET pdf_sha256 = 'x'",
        "DELETE FROM billing_invoice",
        "UPDATE billing_invoiceline SET quantity = 9",
        "DELETE FROM billing_invoiceline",
        "INSERT INTO billing_invoiceline (workspace_id, invoice_id, position, description, quantity, unit_price,"
        " tax_percent, amount) SELECT workspace_id, invoice_id, 9, 'more', 1, 1, 0, 1 FROM billing_invoiceline",
        "UPDATE billing_seal SET content = '{}'",
        "DELETE FROM billing_seal",
        "UPDATE billing_payment SET amount = 1",
        "DELETE FROM billing_payment",
        "UPDATE billing_allocation SET amount = 1",
        "DELETE FROM billing_allocation",
    ],
)
def test_plain_sql_cannot_change_what_was_issued(workspace, shop, office, deed):
    invoice = issued_invoice(shop, office)
    payments.receive(invoice, invoice.total, key="all", received_on=invoice.issued_on)
    with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed)
    assert wrong(workspace) == []


# What a database offers beside UPDATE and DELETE.
AROUND = {
    "sqlite": 'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"',
    "postgresql": 'TRUNCATE "{table}" CASCADE',
}


@pytest.mark.parametrize("table", ["billing_invoice", "billing_invoiceline", "billing_seal"])
def test_nor_by_replacing_or_truncating(workspace, shop, office, table):
    issued_invoice(shop, office)
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with work before it is not emptied
    with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(AROUND[connection.vendor].format(table=table))
    assert wrong(workspace) == []


def test_a_draft_and_what_may_move_of_an_issued_one_still_move(workspace, shop, office):
    invoice = issued_invoice(shop, office)
    draft = invoices.draft_from(made_job(shop, office), office)
    InvoiceLine._base_manager.filter(invoice=draft).update(description="Other")
    Invoice._base_manager.filter(pk=draft.pk).update(note="Hello")
    Invoice._base_manager.filter(pk=invoice.pk).update(created_by=None)
    draft.lines.all().delete()
    Invoice._base_manager.filter(pk=draft.pk).delete()
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize(
    ("deed", "names"),
    [
        ("UPDATE billing_invoiceline SET unit_price = 37.21",
         "{number} (invoice {pk}), line 1 (invoice line {line}): unit_price was '37.2000' and is '37.2100'"),
        ("UPDATE billing_invoice SET net = 371 ", "{number} (invoice {pk}): net was '372.0000' and is '371.0000'"),
        ("UPDATE billing_invoice SET pdf = 'documents/other.pdf'",
         "{number} (invoice {pk}): the file documents/other.pdf is missing"),
        ("DELETE FROM billing_invoiceline", "{number} (invoice {pk}), line 1 (invoice line {line}): it is gone"),
        ("UPDATE billing_seal SET content = replace(content, '37.2000', '37.2100')",
         "chain: link 2 ({number}) does not fit what it holds"),
        ("UPDATE billing_invoice SET paid = 5", "{number} (invoice {pk}): payments add up to 0, paid is 5.0000"),
        ("DELETE FROM billing_seal", "{number} (invoice {pk}): it was never sealed"),
    ],
)  # fmt: skip
def test_with_triggers_off_one_changed_cell_is_named(workspace, shop, office, deed, names):
    invoice = issued_invoice(shop, office)
    line = invoice.lines.get()
    with guards_off(), connection.cursor() as cursor:
        cursor.execute(deed)
    assert names.format(number=invoice.number, pk=invoice.pk, line=line.pk) in wrong(workspace)
    errors = StringIO()
    with pytest.raises(CommandError, match="not as they were"):
        call_command("verify_documents", workspace="cutters", stdout=StringIO(), stderr=errors)
    assert names.format(number=invoice.number, pk=invoice.pk, line=line.pk) in errors.getvalue()


def test_a_changed_file_a_missing_number_and_a_missing_trigger_are_named(workspace, shop, office):
    invoice, second = issued_invoice(shop, office), issued_invoice(shop, office)
    default_storage.delete(invoice.pdf.name)
    default_storage.save(invoice.pdf.name, ContentFile(b"another"))
    with guards_off(), connection.cursor() as cursor:
        for table in ("billing_invoiceline", "billing_seal"):
            cursor.execute(f'DELETE FROM "{table}" WHERE invoice_id = %s', [second.pk])
        cursor.execute("DELETE FROM billing_invoice WHERE id = %s", [second.pk])
    found = wrong(workspace)
    assert (
        f"{invoice.number} (invoice {invoice.pk}): the file {invoice.pdf.name} is not the one that was stored" in found
    )
    assert f"{second.number[:-4]}2: this number was drawn and no document has it" in found
    with guards_off():
        assert len(guards.missing()) == len(guards._wanted(connection))
    assert guards.missing() == []
    guards.lay()  # again is nothing new
    assert guards.missing() == []


def test_a_good_business_is_told_its_last_link(workspace, shop, office):
    issued_invoice(shop, office)
    out = StringIO()
    call_command("verify_documents", stdout=out, stderr=out)
    assert out.getvalue() == (
        f"cutters: 2 links, the last one is {Seal.objects.get(quote=None).link}\n"
        "Every document says what it said when it was issued.\n"
    )
    with pytest.raises(CommandError, match="no business"):
        call_command("verify_documents", workspace="nobody")


def test_overtaken_the_papers_are_made_again_and_none_is_left_over(workspace, shop, office, monkeypatch, own_papers):
    """Somebody else draws the number while our PDF is made."""
    mine, theirs = (invoices.draft_from(made_job(shop, office), office) for _n in range(2))
    store, made = papers.store, []

    def slow(invoice, lines):
        stored = store(invoice, lines)
        made.append(stored)
        if len(made) == 1:
            invoices.issue(theirs, office)
        return stored

    monkeypatch.setattr(papers, "store", slow)
    invoices.issue(mine, office)
    numbers = [theirs.number, Invoice.objects.get(pk=mine.pk).number]
    assert [number[-4:] for number in numbers] == ["0001", "0002"]
    assert [default_storage.exists(each.fields["pdf"]) for each in made] == [False, True, True]
    assert wrong(workspace) == []


def test_what_cannot_be_stored_is_not_issued(workspace, shop, office, settings):
    draft = invoices.draft_from(made_job(shop, office), office)
    settings.MEDIA_ROOT.parent.mkdir(exist_ok=True)
    settings.MEDIA_ROOT.write_bytes(b"a file where a folder should be")
    with pytest.raises(OSError):
        invoices.issue(draft, office)
    settings.MEDIA_ROOT.unlink()
    draft.refresh_from_db()
    assert (draft.state, draft.number, Seal.objects.filter(quote=None).count()) == ("draft", None, 0)
    assert invoices.issue(draft, office).number.endswith("0001")


def test_a_long_one_is_issued_by_the_worker_and_a_very_long_one_not_at_all(workspace, shop, office, run_work):
    draft = invoices.draft_from(made_job(shop, office), office)
    lines = [
        InvoiceLine(description=f"Part {n}", quantity=1, unit_price=ONE, position=n, tax_percent=15 * ONE)
        for n in range(61)
    ]
    invoices.change_lines(draft, lines, [], office)
    assert invoices.issue_soon(draft, office) is False
    draft.refresh_from_db()
    assert draft.state == "draft"
    run_work()
    draft.refresh_from_db()
    assert (draft.state, draft.number[-4:], bool(draft.pdf)) == ("issued", "0001", True)
    long = invoices.draft_from(made_job(shop, office), office)
    rows = [
        InvoiceLine(workspace=workspace, invoice=long, description="x", unit_price=1, amount=1) for _n in range(1000)
    ]
    InvoiceLine.objects.bulk_create(rows)
    with pytest.raises(Refused) as refusal:
        invoices.issue_soon(long, office)
    assert refusal.value.code == "too-long"


def test_the_content_is_the_same_text_again(shop, office):
    invoice = issued_invoice(shop, office)
    again = Invoice.objects.get(pk=invoice.pk)
    assert chain.written(chain.content_of(again, list(again.lines.all()))) == Seal.objects.get(invoice=again).content
    assert (Payment.objects.count(), Allocation.objects.count()) == (0, 0)


def test_papers_that_a_killed_process_left_behind_are_swept_when_they_are_old(shop, office, settings):
    from datetime import timedelta

    from billing.documents.sweeping import sweep

    invoice = issued_invoice(shop, office)
    folder = f"documents/{shop.workspace.pk}"
    lost = default_storage.save(f"{folder}/invoice-9-0123456789abcdef.pdf", ContentFile(b"lost"))
    other = default_storage.save(f"{folder}/purchaseorder-9-0123456789abcdef.pdf", ContentFile(b"kept"))
    assert sweep(shop.workspace) == 0  # somebody may be about to issue with it
    assert sweep(shop.workspace, timedelta(0)) == 1
    assert [default_storage.exists(name) for name in (lost, other, invoice.pdf.name)] == [False, True, True]
