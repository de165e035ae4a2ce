"""A quote that was sent goes on saying what it offered: triggers, chain, verifier. What becomes of it moves on."""

import json

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import BackgroundTask, Sequence
from billing import guards, quotes, verifying
from billing.models import Quote, QuoteLine, Seal
from billing.tests.ground import new_enquiry, sent_quote
from crm import merging
from crm.models import Client
from laseros.tests.database import guards_off

pytestmark = pytest.mark.usefixtures("scoped", "one_paper")

COLUMNS = ", ".join(
    f'"{field.column}"' for field in QuoteLine._meta.concrete_fields if field.name not in ("id", "position")
)
AROUND = {
    "sqlite": 'INSERT OR REPLACE INTO "{0}" SELECT * FROM "{0}"',
    "postgresql": 'TRUNCATE "{0}" CASCADE',
}


def wrong(workspace) -> list[str]:
    return list(verifying.wrong(workspace))


def rows() -> list:
    return [*Quote.objects.values(), *QuoteLine.objects.values()]


def test_no_one_changes_an_offer_by_sql(workspace, shop, office):
    sent_quote(shop, office)
    before = rows()
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    for deed in (
        "UPDATE billing_quote SET total = 1",
        "UPDATE billing_quote SET number = 'X'",
        "UPDATE billing_quote SET currency = 'EUR', state = 'accepted'",
        "UPDATE billing_quote SET valid_until = '2099-12-31'",
        "UPDATE billing_quote SET terms = 'none'",
        "UPDATE billing_quote SET client_id = client_id + 1",
        "UPDATE billing_quote SET frozen = '{}'",
        "UPDATE billing_quote SET sent_at = NULL",
        "DELETE FROM billing_quote",
        "UPDATE billing_quoteline SET unit_price = 1",
        "UPDATE billing_quoteline SET discount_percent = 5",
        "UPDATE billing_quoteline SET breakdown = '{}'",
        "DELETE FROM billing_quoteline",
        f"INSERT INTO billing_quoteline (position, {COLUMNS}) SELECT 9, {COLUMNS} FROM billing_quoteline",
        *(AROUND[connection.vendor].format(table) for table in ("billing_quote", "billing_quoteline")),
    ):
        with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)
    assert rows() == before
    assert wrong(workspace) == []


def test_a_draft_changes_and_life_goes_on_with_what_was_sent(workspace, shop, office, run_work):
    quote = sent_quote(shop, office)
    run_work()
    quote.refresh_from_db()
    offered, paper = quote.seals.all()
    assert (offered.is_paper, paper.is_paper) == (False, True)
    assert quote.pdf_sha256 in paper.content
    said = json.loads(offered.content)
    assert (said["document"]["number"], said["document"]["total"]) == (quote.number, "427.8000")
    assert said["document"]["frozen"]["buyer"]["name"] == shop.client.name
    assert [(line["quantity"], line["unit_price"], len(line["breakdown"])) for line in said["lines"]] == [
        ("10", "37.2000", 64)
    ]
    newer = quotes.revise(quote, office)
    QuoteLine.objects.filter(quote=newer).update(description="Other")
    quotes.send(newer, office)
    job = quotes.accept(newer, name="Thandi")
    Quote.objects.filter(pk=quote.pk).update(contact=None, created_by=None)
    newer.refresh_from_db()
    quote.refresh_from_db()
    assert (quote.state, newer.state, newer.job) == ("withdrawn", "accepted", job)
    draft = quotes.draw_up(new_enquiry(shop), office)
    draft.lines.all().delete()
    draft.delete()
    assert wrong(workspace) == []


def test_with_triggers_off_a_changed_cell_is_named(workspace, shop, office, run_work):
    quote = sent_quote(shop, office)
    run_work()
    quote.refresh_from_db()
    line = quote.lines.get()
    with guards_off(), connection.cursor() as cursor:
        for deed in (
            "UPDATE billing_quote SET total = 1, terms = 'none', pdf_sha256 = 'x'",
            "UPDATE billing_quoteline SET unit_price = 37.21, breakdown = '{}'",
            f"INSERT INTO billing_quoteline (position, {COLUMNS}) SELECT 9, {COLUMNS} FROM billing_quoteline",
        ):
            cursor.execute(deed)
    where, added = f"{quote.number} (quote {quote.pk})", QuoteLine.objects.get(position=9)
    found = wrong(workspace)
    for sentence in (
        f"{where}: total was '427.8000' and is '1.0000'",
        f"{where}: terms was '{quote.terms}' and is 'none'",
        f"{where}: pdf_sha256 was '{quote.pdf_sha256}' and is 'x'",
        f"{where}, line 1 (quote line {line.pk}): unit_price was '37.2000' and is '37.2100'",
        f"{where}: line 9 (quote line {added.pk}) was added",
    ):
        assert sentence in found
    assert any("breakdown was" in sentence for sentence in found)
    with guards_off(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_seal")
    assert f"{where}: it was never sealed" in wrong(workspace)


def test_what_cannot_be_sealed_is_not_sent(workspace, shop, office):
    sent_quote(shop, office)
    draft = quotes.draw_up(new_enquiry(shop), office)
    Sequence.objects.filter(prefix="seal:").update(last=0)  # the place that comes next is taken
    before = (*rows(), BackgroundTask.objects.count())
    with pytest.raises(IntegrityError), transaction.atomic():
        quotes.send(draft, office)
    draft.refresh_from_db()
    assert (draft.state, draft.sent_at, draft.frozen, Seal.objects.count()) == ("draft", None, {}, 1)
    assert (*rows(), BackgroundTask.objects.count()) == before
    Sequence.objects.filter(prefix="seal:").update(last=1)
    assert quotes.send(draft, office).state == "sent"
    assert wrong(workspace) == []


def test_an_offer_to_a_client_that_was_merged_stands_and_the_order_is_the_others(workspace, shop, office):
    quote = sent_quote(shop, office)
    other = Client.objects.create(workspace=workspace, code="CL-OTHER", name="Other", email="other@example.com")
    merging.merge(other, shop.client, office)
    quote = Quote.objects.get()
    assert quote.client_id == shop.client.pk
    assert quotes.revise(quote, office).client_id == other.pk
    assert quotes.accept(quote, name="Thandi").client_id == other.pk
    assert wrong(workspace) == []
