"""For the accountant: bookings that add up, DATEV's file to the byte, the archive with its prints, month end."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Workspace
from billing import closing, invoices, order_papers, payments
from billing.accounting import archive, datev, journal
from billing.accounting.accounts import Accounts
from billing.accounting.journal import Booking
from billing.admin import closing as month_end
from billing.models import Archive, BooksRules, ExchangeRate, Invoice
from billing.tests.ground import issued_invoice, made_job
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.export import cell, csv_text

D = Decimal
FILE = Path(__file__).with_name("datev") / "EXTF_Buchungsstapel.csv"
FACTS = {"currency": "EUR", "rate": D(1), "side": "S"}
BOOKINGS = [
    Booking(day=date(2026, 10, 1), amount=D("1190.00"), booked=D("1190.00"), account="10007", contra="4400",
            number="INV-2026-0001", text="Rechnung Müller & Söhne", due_on=date(2026, 10, 31),
            supplied_on=date(2026, 9, 30), percent=D(19), **FACTS),
    Booking(day=date(2026, 10, 2), amount=D("107.00"), booked=D("107.00"), account="10007", contra="4300",
            number="CN-2026-0001", text='Gutschrift "verbogen"', percent=D(7), **{**FACTS, "side": "H"}),
    Booking(day=date(2026, 10, 3), amount=D("500.00"), booked=D("462.96"), account="10008", contra="4125",
            number="INV_2026/0002", text="Invoice Ζεύς; ltd\nline", vat_number="FR 12 345678901",
            **{**FACTS, "currency": "USD", "rate": D("0.92592593")}),
    Booking(day=date(2026, 10, 30), amount=D("1190.00"), booked=D("1190.00"), account="1800", contra="10007",
            number="INV-2026-0001", text="Erhalten " + "x" * 70, **FACTS),
]  # fmt: skip


def test_the_file_is_datevs_to_the_byte():
    rules = BooksRules(consultant_number=29098, client_number=55003)
    at = datetime(2026, 11, 2, 8, 30, 15, 123_000, tzinfo=UTC)
    content = datev.written(BOOKINGS, rules, date(2026, 10, 1), date(2026, 10, 31), "EUR", at=at, is_fixed=True)
    assert content == FILE.read_bytes()
    lines = content.decode("cp1252").split("\r\n")
    assert (len(datev.COLUMNS), len(lines[0].split(";")), lines[-1]) == (125, 31, "")
    assert lines[1].split(";")[113:115] == ["Festschreibung", "Leistungsdatum"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_same_as_a_table_opens_in_the_spreadsheet_of_the_country(language):
    """A German Excel takes a comma for a decimal one, and a point for a day or for thousands."""
    with translation.override(language):
        rows = [[cell(value) for value in row] for row in month_end._rows(BOOKINGS)]
    assert csv_text(rows, language).encode() == FILE.with_name(f"bookings-{language}.csv").read_bytes()


def test_what_datev_cannot_take_is_refused():
    at, days = datetime(2026, 1, 1, tzinfo=UTC), (date(2026, 10, 1), date(2026, 10, 31))
    with pytest.raises(Refused, match="accountant's number"):
        datev.written([], BooksRules(), *days, "EUR", at=at)
    rules = BooksRules(consultant_number=1001, client_number=1, year_begins=7)
    with pytest.raises(Refused, match="one business year"):
        datev.written([], rules, date(2026, 6, 1), date(2026, 7, 31), "EUR", at=at)
    assert datev.year_of(date(2026, 6, 30), 7) == date(2025, 7, 1)


def test_accounts_of_the_charts_and_ones_own():
    accounts = Accounts(BooksRules(chart="03", accounts={"bank": "1210"}, account_length=5))
    assert accounts.revenue("standard", D("19.00")) == "84000"
    assert accounts.revenue("standard", D(16)) == "82000"
    assert (accounts.of("bank"), accounts.of("cash"), accounts.loss_of("bad_debt", D(7))) == ("1210", "10000", "24010")


@pytest.mark.usefixtures("scoped")
def test_each_client_has_an_account_of_their_own_for_ever(workspace):
    """Codes whose digits are alike, or too many for an account, get the next number that is free."""
    rows = [
        Client.objects.create(workspace=workspace, code=code, name=code)
        for code in ("CL-0007", "CL-00-07", "X7", "CL-2026-0001", "Nobody")
    ]
    said = ["10007", "10008", "10009", "10010", "10000"]
    assert [Accounts(BooksRules()).debtor(row) for row in rows] == said
    Client.objects.filter(pk=rows[0].pk).update(code="CL-0099")
    rows[0].refresh_from_db()
    late = Client.objects.create(workspace=workspace, code="CL-0009", name="Late")
    assert Accounts(BooksRules()).debtor(late) == "10011"
    accounts = Accounts(BooksRules(first_debtor=20_000))
    assert [accounts.debtor(row)[1:] for row in rows] == [number[1:] for number in said]
    with pytest.raises(Refused, match="No number is left"):
        Accounts(BooksRules(first_debtor=70_000)).debtor(Client.objects.create(workspace=workspace, code="1", name="x"))


@settings(deadline=None)
@given(st.integers(1, 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_what_is_divided_adds_up(amount, weights):
    parts = journal.shared(D(amount) / 100, [D(weight) for weight in weights], "EUR")
    assert sum(parts) == D(amount) / 100
    assert all(part == round(part, 2) for part in parts)


def test_bookings_of_a_month_add_up_to_what_is_open(scoped, workspace, shop, office):
    today = timezone.localdate()
    ExchangeRate.objects.create(workspace=workspace, currency="USD", rate=D("18.50"))
    first = issued_invoice(shop, office)
    draft = invoices.draft_from(made_job(shop, office), office)
    second = invoices.issue(Invoice.objects.get(pk=invoices.change_currency(draft, "USD", office).pk), office)
    paid = payments.take(shop.client, D(500), [first], key="k", received_on=today, currency="ZAR")
    ExchangeRate.objects.update(rate=D("18.00"))
    payments.take(shop.client, D("20"), [second], key="usd", received_on=today, currency="USD")
    off = payments.write_off(second, D("3.13"), key="w", day=today, reason="bad_debt", explanation="Gone")
    payments.refund_credit(paid, D(2), key="r", paid_on=today, method="cash")
    payments.reverse(off, day=today, reason="They are back")
    credit = invoices.credit(second, office, "Bent")
    invoices.discard(credit, office)
    found = journal.of(workspace, today.replace(day=1), today)
    debtor = Accounts(BooksRules()).debtor(shop.client)
    balance = D(0)
    for each in found:
        if each.account == debtor:
            balance += each.booked if each.side == "S" else -each.booked
        if each.contra == debtor:
            balance -= each.booked if each.side == "S" else -each.booked
    from billing import ageing

    assert balance == sum(row.books for row in ageing.rows_of())
    assert {each.contra for each in found if each.account == debtor} >= {"4200"}


def test_the_archive_holds_every_paper_with_its_print(
    scoped, workspace, shop, office, run_work, client, monkeypatch
):  # fmt: skip
    monkeypatch.setattr(archive, "TURN", 0)  # a year of papers takes longer to draw than a task may
    invoice = issued_invoice(shop, office)
    today = invoice.issued_on
    confirmed = order_papers.write_for_job(invoice.job, "confirmation", office)
    row = archive.order(workspace, today, today, office, key="a")
    assert archive.order(workspace, today, today, office, key="b") == row  # it is in the making
    archive.make_archive(row.pk)
    row.refresh_from_db()
    assert (row.done, row.total, row.file.name) == (2, 3, "")  # one was drawn when it was issued, one now
    run_work()
    row.refresh_from_db()
    assert archive.order(workspace, today, today, office, key="a") == row  # the same press again
    assert Archive.objects.count() == 1
    assert (row.done, row.total, bool(row.made_at)) == (3, 3, True)
    client.force_login(office)
    content = b"".join(client.get(reverse("admin:billing_archive_zip", args=[row.pk])).streaming_content)
    assert hashlib.sha256(content).hexdigest() == row.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))
        papers = {each["kind"]: each for each in manifest["files"]}
        quote = invoice.job.quote
        assert {each["file"] for each in manifest["files"]} == {
            f"invoices/{invoice.number}.pdf", f"quotes/{quote.number}.pdf", f"orders/{confirmed.number}.pdf"
        }  # fmt: skip
        paper = papers["invoice"]
        assert paper["sha256"] == invoice.pdf_sha256 == hashlib.sha256(zipped.read(paper["file"])).hexdigest()
        assert len(zipped.read("manifest.csv").splitlines()) == 4
    with pytest.raises(Refused, match="up to a year"):
        archive.order(workspace, today, today.replace(year=today.year + 2), office)
    with invoice.pdf.storage.open(invoice.pdf.name, "wb") as stored:
        stored.write(b"forged")
    other = Archive.objects.create(workspace=workspace, from_on=today, until_on=today)
    with pytest.raises(Refused, match="not the one that was stored"):
        archive.make_archive(other.pk)


def test_month_end_leads_through_and_closes(scoped, workspace, shop, log_in, office, person):
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        issued_invoice(shop, office)
    BooksRules.objects.create(workspace=workspace, consultant_number=1001, client_number=1)
    with time_machine.travel("2026-04-02T09:00:00Z", tick=False):
        page = reverse("admin:billing_periodclose_month")
        shown = log_in(office).get(page).content.decode()
        assert ("Closing is for the manager." in shown, 'value="close"' in shown) == (True, False)
        assert "A month is closed when it is over." in log_in(office).get(f"{page}?month=2026-04").content.decode()
        manager = person("manager", workspace)
        browser = log_in(manager)
        page = reverse("admin:billing_periodclose_month")
        shown = browser.get(page).content.decode()
        assert "Close until 31 Mar 2026" in shown
        bookings = reverse("admin:billing_periodclose_bookings", args=["datev"])
        file = browser.get(f"{bookings}?month=2026-03").content.decode("cp1252")
        assert '427,80;"S";"ZAR"' in file
        assert file.splitlines()[0].split(";")[20] == "0"
        assert browser.post(page, {"what": "close"}).status_code == 302
        assert closing.closed_until() == date(2026, 3, 31)
        assert "lock_open" not in browser.get(page).content.decode()
        assert browser.get(f"{bookings}?month=2026-03").content.decode("cp1252").splitlines()[0].split(";")[20] == "1"
        refused = browser.post(page, {"what": "reopen", "until": "31.2.x", "reason": "A slip"}).content.decode()
        assert ('value="A slip"' in refused, 'value="31.2.x"' in refused) == (True, True)  # nobody types it again
        assert closing.closed_until() == date(2026, 3, 31)
        assert browser.post(page, {"what": "reopen", "until": "", "reason": "The bank was wrong"}).status_code == 302
        assert closing.closed_until() is None
        table = reverse("admin:billing_periodclose_bookings", args=["csv"])
        assert ",427.80,ZAR," in browser.get(f"{table}?month=2026-03").content.decode()
        Workspace.objects.filter(pk=workspace.pk).update(language="de")
        assert ";427,80;ZAR;" in browser.get(f"{table}?month=2026-03").content.decode()
        Workspace.objects.filter(pk=workspace.pk).update(language="en")
        said = browser.get(reverse("admin:billing_periodclose_procedure")).content.decode()
        assert ("Sales with tax: 4200" in said, "19 %" in said) == (True, False)
        assert browser.get(reverse("admin:billing_periodclose_procedure"), {"pdf": "1"}).content[:5] == b"%PDF-"
