"""Statements of a bank: read, matched with reasons, each line once, booked and taken back."""

import base64
import json
import re
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_scopes import scope

from billing import payments, verifying
from billing.admin.bank import packed, unpacked
from billing.bank import booking, columns, importing, reading
from billing.bank.matching import Line, Open, propose
from billing.models import BankLine, BankStatement, Invoice, Payment
from billing.tests.ground import issued_invoice
from laseros.core.errors import Refused
from laseros.tests.processes import run_together

FILES = Path(__file__).with_name("bank")
pytestmark = pytest.mark.usefixtures("one_paper")
D = Decimal
OPEN = [
    Open(1, "INV-2026-0001", 10, "CL-0010", "Müller Maschinenbau GmbH", D("1190.00"), "EUR"),
    Open(2, "INV-2026-0002", 10, "CL-0010", "Müller Maschinenbau GmbH", D("600.00"), "EUR"),
    Open(3, "INV-2026-0003", 10, "CL-0010", "Müller Maschinenbau GmbH", D("114.00"), "EUR"),
    Open(4, "INV-2026-0004", 11, "CL-0011", "Jacht AG", D("150.00"), "EUR"),
    Open(5, "INV-2026-0005", 12, "CL-0012", "Muster, Erika", D("60.00"), "EUR"),
    Open(6, "INV-2026-0006", 12, "CL-0012", "Muster, Erika", D("40.00"), "EUR"),
    Open(7, "INV-2026-0007", 13, "CL-0013", "Dollar Ltd", D("100.00"), "USD"),
]


def golden(name: str, found) -> None:
    """Byte for byte what lies in the file."""
    said = (json.dumps(found, indent=1, ensure_ascii=False, default=str) + "\n").encode()
    assert said == (FILES / name).read_bytes()


def read(name: str) -> dict:
    return reading.read(base64.b64encode((FILES / name).read_bytes()).decode())


def test_what_a_statement_says_and_what_it_is_for_byte_for_byte():
    (statement,) = read("statement.xml")["camt"]
    golden("statement.json", statement)
    matched = [
        {"line": line["text"], "proposals": [asdict(each) for each in propose(_line(line), OPEN, PAYERS)]}
        for line in statement["lines"]
    ]
    golden("matched.json", matched)


PAYERS = {"DE89370400440532013000": 10}


def _line(said: dict) -> Line:
    return Line(D(said["amount"]), said["currency"], said["name"], said["iban"], said["text"])


@pytest.mark.parametrize(
    ("line", "first"),
    [
        (Line(D("1190"), "EUR", text="INV-2026-0001"), ((1,), ("number", "amount"))),
        (Line(D("1000"), "EUR", text="inv 2026/0001"), ((1,), ("number", "part"))),
        (Line(D("1190"), "EUR", text="INV-2026-00011"), ((1,), ("amount", "only_one"))),
        (Line(D("100"), "EUR", "Erika Muster"), ((5, 6), ("sum", "name"))),
        (Line(D("1904"), "EUR", "MUELLER MASCHINENBAU"), ((1, 2, 3), ("sum", "name"))),
        (Line(D("100"), "USD", "nobody"), ((7,), ("amount", "only_one"))),
        (Line(D("7.77"), "EUR", "nobody"), None),
        (Line(D("-1190"), "EUR", text="INV-2026-0001"), None),
    ],
)
def test_what_a_line_is_for(line, first):
    found = propose(line, OPEN)
    if first is None:
        assert found == []
    else:
        assert (found[0].invoices, found[0].reasons) == first


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("1 234,5-", "-1234.5"), ("(12.00)", "-12.00"),
     ("1.234", "1234"), ("€ 5", "5"), ("+3,10 EUR", "3.10"), ("", None), ("x", None)],
)  # fmt: skip
def test_amounts_as_banks_write_them(text, amount):
    assert columns.amount_of(text) == (None if amount is None else D(amount))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Document>&a;</Document>', "unreadable"),
        (b"<Document><Other/></Document>", "not-camt"),
        (b"<Document", "unreadable"),
        (b"a;b\n1;2\n", "no-table"),
        (b"", "empty"),
        (b"day;amount;text\n\0;1;2", "unreadable"),
    ],
)
def test_what_is_no_statement_is_refused(content, code):
    with pytest.raises(Refused) as refusal:
        reading_in_a_child(content)
    assert refusal.value.code == code


def reading_in_a_child(content):
    """The verb itself for one; the others read here, a child each takes its time."""
    if content.startswith(b"<!"):
        return importing.read(content)
    try:
        return reading.read(base64.b64encode(content).decode())
    except reading.Wrong as wrong:
        raise Refused(wrong.reason, wrong.code) from None


def test_each_line_is_taken_once_whatever_file_it_comes_in(scoped, workspace, office):
    found = read("statement.csv")
    (first,) = importing.understood(workspace, found, "Giro")
    assert first.columns == {"day": 0, "amount": 5, "name": 2, "text": 4, "iban": 3, "currency": 6}
    row = importing.store(workspace, "november.csv", b"x", first, office)
    assert (row.lines_new, row.lines_known, str(row.from_on)) == (4, 0, "2026-11-02")
    table, new = found["table"], [9, ["04.11.26", "", "New", "", "t", "5", "EUR"]]
    longer = {"table": {**table, "rows": [*table["rows"], new]}}
    (second,) = importing.understood(workspace, longer, "Giro")
    assert second.known == 4
    row = importing.store(workspace, "again.csv", b"x", second, office)
    assert (row.lines_new, row.lines_known, BankLine.objects.count()) == (1, 4, 5)
    assert BankLine.objects.filter(amount=20).count() == 2  # the same twice on one day is two
    (statement,) = importing.understood(workspace, read("statement.xml"))
    assert importing.store(workspace, "camt.xml", b"y", statement, office).lines_new == 5
    assert importing.store(workspace, "camt.xml", b"y", statement, office).lines_new == 0
    (other,) = importing.understood(workspace, found, "Savings")
    assert importing.store(workspace, "other.csv", b"z", other, office).lines_new == 4


def camt(*days, reference="NONREF") -> dict:
    """A file with a statement for each day, one line in each that has an amount."""
    each = [
        {"day": day, "amount": amount, "currency": "EUR", "name": "Müller", "iban": "", "text": "", "reference": "",
         "bank_reference": reference}
        for day, amount in days
    ]  # fmt: skip
    return {"camt": [{"account": "DE1", "currency": "EUR", "lines": [one] if one["amount"] else []} for one in each]}


def test_a_reference_that_is_none_hides_no_line_and_a_quiet_day_stops_none(scoped, workspace, office):
    def taken(found, account=""):
        rows = importing.store_all(workspace, "x.xml", b"x", importing.understood(workspace, found, account), office)
        return [(row.lines_new, row.lines_known) for row in rows]

    assert taken(camt(("2026-11-02", "10"))) == [(1, 0)]
    assert taken(camt(("2026-11-03", "20"), ("2026-11-04", ""), ("2026-11-05", "20"))) == [(1, 0), (1, 0)]
    assert taken(camt(("2026-11-05", "20")), "under another name") == [(0, 1)]
    assert taken(camt(("2026-11-02", "10"), reference="7")) == [(1, 0)]
    assert taken(camt(("2026-11-03", "10"), reference="7")) == [(1, 0)]  # begins to count anew each day
    with pytest.raises(Refused, match="can be paid"):
        taken(camt(("2026-11-06", "30"), ("2026-11-07", "0.001")))
    assert not BankLine.objects.filter(amount=30).exists()  # all of a file or nothing
    with pytest.raises(Refused, match="No line"):
        taken(camt(("2026-11-08", "")))


def test_the_same_table_for_another_account_is_refused(scoped, workspace, office):
    """Its lines would be others, and every payment in it be there twice."""
    found = read("statement.csv")

    def taken(account):
        return importing.store_all(workspace, "a.csv", b"x", importing.understood(workspace, found, account), office)

    taken("Giro 1")
    with pytest.raises(Refused, match="before, for the account “Giro 1”"):
        taken("Sparkasse")
    assert (BankLine.objects.count(), BankStatement.objects.count()) == (4, 1)
    assert [row.lines_new for row in taken("giro1")] == [0]


def test_the_largest_file_comes_back_from_the_page_it_was_looked_at_on():
    rows = b"".join(b"%d;02.11.2026;Client %d;INV-2026-%d;%d,50\n" % (n, n * 7, n * 13, n * 3) for n in range(100_000))
    content = rows[: reading.MOST_BYTES]
    field = packed(content)
    assert len(field) < settings.DATA_UPLOAD_MAX_MEMORY_SIZE < len(base64.b64encode(rows[:1] * reading.MOST_BYTES))
    assert unpacked(field) == content


def test_an_account_number_is_no_amount():
    assert columns.line_of(["2026-11-02", "DE89370400440532013000"], {"day": 0, "amount": 1}, "EUR") is None


def line_of(workspace, amount="427.80", text="", **more) -> BankLine:
    number = BankLine.objects.count()
    statement = BankStatement.objects.create(
        workspace=workspace, name="x", account="A", currency="ZAR", from_on="2026-01-02", until_on="2026-01-02"
    )
    return BankLine.objects.create(
        workspace=workspace, statement=statement, key=f"k{number}", day=date(2026, 1, 2), amount=D(amount),
        currency="ZAR", name="Umgeni Pumps", text=text, **more,
    )  # fmt: skip


def test_one_tap_books_and_the_line_waits_again_when_it_is_taken_back(scoped, workspace, shop, office, client,
                                                                       django_assert_num_queries):  # fmt: skip
    first, second = issued_invoice(shop, office), issued_invoice(shop, office)
    line = line_of(workspace, "900", f"{first.number} {second.number}", iban="ZA1")
    other = line_of(workspace, "10", "rent")
    with django_assert_num_queries(2):
        best = booking.proposals([line, other])[line.pk][0]
    assert (best.invoices, best.reasons) == ((first.pk, second.pk), ("all_numbers", "over", "name"))
    client.force_login(office)
    page = client.get(reverse("admin:billing_bankline_match")).content.decode()
    assert "names all of these invoices" in page
    accept = reverse("admin:billing_bankline_accept", args=[line.pk])
    assert client.get(accept).status_code == 404
    for _tap in range(2):  # the second finds it booked
        assert client.post(accept, {"invoices": f"{first.pk},{second.pk}"}).status_code == 302
    line.refresh_from_db()
    assert (line.state, line.payment.amount, line.payment.unused, Payment.objects.count()) == (
        "booked", 900, D("44.40"), 1)  # fmt: skip
    assert set(Invoice.objects.values_list("state", flat=True)) == {"paid"}
    page = client.get(reverse("admin:billing_bankline_change", args=[line.pk])).content.decode()
    assert line.payment.number in page
    undo = reverse("admin:billing_bankline_verb", args=[line.pk, "undo"])
    assert client.post(undo, {"reason": "Wrong"}).status_code == 302
    line.refresh_from_db()
    assert (line.state, line.payment, payments.credit_of(shop.client, "ZAR")) == ("open", None, 0)
    booking.book(line, shop.client, [second], office)
    line.refresh_from_db()
    assert (line.payment.key, line.payment.unused) == (f"bank:{line.pk}:1", D("472.20"))
    payments.reverse(line.payment, day=line.day, reason="From the payment's page")
    line.refresh_from_db()
    assert line.state == "open"
    booking.leave_out(other, "Rent", office)
    with pytest.raises(Refused):
        booking.book(other, shop.client, [], office)
    booking.take_up(other, office)
    assert list(verifying.wrong(workspace)) == []


def test_the_page_reads_a_file_shows_it_and_takes_it(scoped, workspace, office, client):
    client.force_login(office)
    address = reverse("admin:billing_bankline_import")
    content = (FILES / "statement.csv").read_bytes()
    shown = client.post(address, {"file": SimpleUploadedFile("n.csv", content), "account": "Giro"}).content.decode()
    assert "4 lines, 0 of them known before." in shown
    assert BankLine.objects.count() == 0
    field = re.search('name="content" value="([^"]+)"', shown)[1]
    data = {"content": field, "name": "n.csv", "account": "Giro", "store": "1",
            "column-day": "0", "column-amount": "5", "column-text": "4"}  # fmt: skip
    assert client.post(address, {**data, "account": ""}).status_code == 409
    bomb = packed(b"0" * (reading.MOST_BYTES + 1))
    for wrong in ("no base64", base64.b64encode(content).decode(), bomb):
        assert "Choose a file." in client.post(address, {**data, "content": wrong}).content.decode()
    assert client.post(address, data).status_code == 302
    assert set(BankLine.objects.values_list("name", flat=True)) == {""}  # that column was not said
    assert client.get(address).context["form"]["account"].value() == "Giro"
    listed = client.get(reverse("admin:billing_bankline_changelist")).content.decode()
    assert "Strom; Abschlag" in listed


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_eight_processes_book_one_line_once(workspace, shop, office):
    with scope(workspace=workspace):
        rows = [issued_invoice(shop, office) for _n in range(2)]
        line = line_of(workspace, "500")
    arguments = [(workspace.pk, line.pk, [row.pk for row in rows[:: 1 if n % 2 else -1]]) for n in range(8)]
    said = run_together("billing.tests.at_once:book_line", arguments)
    assert sorted(said) == ["booked", *["state"] * 7]
    with scope(workspace=workspace):
        assert sum(Invoice.objects.values_list("paid", flat=True)) == 500
        assert Payment.objects.count() == 1
