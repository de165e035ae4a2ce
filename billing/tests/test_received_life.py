"""A received invoice from the inbox to paid: checked, approved or rejected, settled by the bank, kept as it came."""

import hashlib
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from billing.accounting import archive
from billing.bank import booking, importing, purchases
from billing.documents.sweeping import sweep
from billing.models import Archive, BankLine, BankStatement, ReceivedInvoice, Seal, Settlement
from billing.received import deciding, judging, ordering, owing, paying
from billing.tests.test_received import receive
from billing.verifying import wrong
from inventory.tests.buying import new_supplier, sells, sent
from laseros.core.errors import Refused
from laseros.tests.database import guards_off

pytestmark = pytest.mark.usefixtures("scoped")
D = Decimal
SUMS = (
    "<TaxTotal><TaxAmount>{tax}</TaxAmount></TaxTotal><LegalMonetaryTotal><LineExtensionAmount>{net}"
    "</LineExtensionAmount><TaxExclusiveAmount>{net}</TaxExclusiveAmount><TaxInclusiveAmount>{total}"
    "</TaxInclusiveAmount><PayableAmount>{payable}</PayableAmount></LegalMonetaryTotal>"
)


def steel(number="R-1", net="100.00", tax="15.00", total="115.00", payable="115.00", **parts) -> bytes:
    """An invoice of a steel merchant in UBL; `parts` are XML that stands before its sums."""
    sums = SUMS.format(net=net, tax=tax, total=total, payable=payable)
    line = f"<InvoiceLine><LineExtensionAmount>{parts.get('line', net)}</LineExtensionAmount></InvoiceLine>"
    vat, iban, order = parts.get("vat", "4123456789"), parts.get("iban", "ZA01"), parts.get("order", "")
    return (
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
        f"<ID>{number}</ID><IssueDate>2026-11-02</IssueDate><DueDate>{parts.get('due', '2026-11-16')}</DueDate>"
        f"<DocumentCurrencyCode>{parts.get('currency', 'ZAR')}</DocumentCurrencyCode>"
        f"<OrderReference><ID>{order}</ID></OrderReference>"
        "<AccountingSupplierParty><Party><PartyName><Name>Steel Merchants (Pty) Ltd</Name></PartyName>"
        f"<PartyTaxScheme><CompanyID>{vat}</CompanyID></PartyTaxScheme></Party></AccountingSupplierParty>"
        f"<AccountingCustomerParty><Party><PartyName><Name>{parts.get('buyer', 'Cutters')}</Name></PartyName></Party>"
        "</AccountingCustomerParty>"
        f"<PaymentMeans><PayeeFinancialAccount><ID>{iban}</ID></PayeeFinancialAccount></PaymentMeans>"
        f"{sums}{line}</Invoice>"
    ).encode()


@pytest.fixture
def inbox(shop):
    """inbox(number=…) → a received invoice of 115.00 ZAR."""

    def came(**said) -> ReceivedInvoice:
        return receive(shop, steel(**said))

    return came


@pytest.fixture
def bank(workspace):
    """bank("-115.00", …) → an open line of the statement."""
    day = date(2026, 11, 20)
    statement = BankStatement.objects.create(
        workspace=workspace, name="n", account="Giro", currency="ZAR", from_on=day, until_on=day
    )

    def line(amount, text="", name="Steel Merchants", iban="", currency="ZAR") -> BankLine:
        return BankLine.objects.create(
            workspace=workspace, statement=statement, key=f"{BankLine.objects.count()}", day=day, amount=D(amount),
            currency=currency, name=name, text=text, iban=iban,
        )  # fmt: skip

    return line


def refused(deed, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refusal:
        deed(*args, **kwargs)
    return refusal.value.code


# --- kept as it came --------------------------------------------------------------------------------------------------


def test_it_is_a_link_of_the_chain_and_plain_sql_changes_nothing_of_it(workspace, inbox, office):
    row = inbox()
    content = json.loads(Seal.objects.get().content)
    assert (content["kind"], content["document"]["sha256"], content["document"]["total"]) == (
        "received", row.sha256, "115.0000"
    )  # fmt: skip
    for deed in (
        "UPDATE billing_receivedinvoice SET total = 1", "UPDATE billing_receivedinvoice SET sha256 = ''",
        "UPDATE billing_receivedinvoice SET facts = '{}'", "UPDATE billing_receivedinvoice SET due_on = NULL",
        "DELETE FROM billing_receivedinvoice", "UPDATE billing_receivedinvoice SET file = 'x'",
        "UPDATE billing_receivedinvoice SET received_at = '2020-01-01'",
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)
    deciding.approve(row, office)
    paying.pay(row, D(115), timezone.localdate(), "Cash", office)
    assert list(wrong(workspace)) == []


@pytest.mark.parametrize(
    ("deed", "names"),
    [
        ("UPDATE billing_receivedinvoice SET total = 116", "total was '115.0000' and is '116.0000'"),
        ("UPDATE billing_receivedinvoice SET number = 'R-9'", "number was 'R-1' and is 'R-9'"),
        ("UPDATE billing_receivedinvoice SET sha256 = 'x'", "the file {file} is not the one that was stored"),
        ("UPDATE billing_receivedinvoice SET paid = 1", "payments add up to 0, paid is 1.0000"),
        ("DELETE FROM billing_seal", "it was never sealed"),
    ],
)
def test_with_triggers_off_a_changed_cell_is_named(workspace, inbox, deed, names):
    row = inbox()
    with guards_off(), connection.cursor() as cursor:
        cursor.execute(deed)
    said = [each for each in wrong(workspace) if names.format(file=row.file.name) in each]
    assert len(said) == 1
    assert f"(received invoice {row.pk})" in said[0]


def test_a_forged_or_a_missing_file_is_named(workspace, inbox):
    row = inbox()
    with default_storage.open(row.file.name, "wb") as stored:
        stored.write(b"<Invoice/>")
    where = f"R-1 (received invoice {row.pk}): the file {row.file.name}"
    assert list(wrong(workspace)) == [f"{where} is not the one that was stored"]
    default_storage.delete(row.file.name)
    assert list(wrong(workspace)) == [f"{where} is missing"]


def test_the_archive_holds_it_under_its_print(workspace, inbox, office, run_work):
    row, today = inbox(), timezone.localdate()
    made = archive.order(workspace, today, today, office)
    run_work()
    made = Archive.objects.get(pk=made.pk)
    assert (made.done, made.total) == (1, 1)
    with made.file.open("rb") as handle, zipfile.ZipFile(handle) as zipped:
        (said,) = json.loads(zipped.read("manifest.json"))["files"]
        content = zipped.read(said["file"])
    assert said["sha256"] == row.sha256 == hashlib.sha256(content).hexdigest()
    assert (said["kind"], said["number"], said["day"]) == ("received invoice", "R-1", "2026-11-02")


def test_a_file_that_a_killed_process_left_behind_is_swept(workspace, inbox):
    row = inbox()
    folder = row.file.name.rpartition("/")[0]
    lost = default_storage.save(f"{folder}/0123456789abcdef.xml", ContentFile(b"lost"))
    assert (sweep(workspace), sweep(workspace, timedelta(0))) == (0, 1)
    assert (default_storage.exists(lost), default_storage.exists(row.file.name)) == (False, True)


# --- what is odd ------------------------------------------------------------------------------------------------------


def test_the_same_invoice_in_another_file_waits_until_the_first_is_rejected(inbox, office):
    first = inbox()
    files = default_storage.listdir(first.file.name.rpartition("/")[0])[1]
    assert refused(inbox, iban="ZA02") == "twin"
    assert (ReceivedInvoice.objects.count(), Seal.objects.count()) == (1, 1)
    assert default_storage.listdir(first.file.name.rpartition("/")[0])[1] == files
    deciding.reject(first, "Wrong account number", office)
    second = inbox(iban="ZA02")
    assert refused(deciding.look_again, first, office) == "twin"
    assert [row.state for row in ReceivedInvoice.objects.order_by("pk")] == ["rejected", "to_check"]
    assert second.number == first.number


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, []),
        ({"tax": "15.02"}, ["Net and tax are R115,02, the invoice says R115,00."]),
        ({"line": "90.00"}, ["Its lines add up to R90,00, the invoice says R100,00."]),
        ({"payable": "100.00"}, ["After what was paid before R115,00 are left, the invoice asks for R100,00."]),
        ({"vat": "DE12345"}, ["DE12345 is no VAT number of DE."]),
        ({"vat": ""}, ["It charges tax and names no VAT or tax number of the seller."]),
        ({"buyer": "Somebody Else"}, ["It is made out to “Somebody Else”, we are “Cutters”."]),
        ({"order": "PO-1"}, ["It names the order “PO-1”, which is none of ours."]),
    ],
)
def test_what_is_odd_is_said_and_nothing_is_refused(inbox, said, words):
    found = list(judging.doubts(inbox(**said)))
    assert found == words


def test_another_account_number_than_before_is_said(inbox, office):
    inbox()
    again = inbox(number="R-2", iban="ZA99")
    assert [text.split(":")[0] for text in judging.doubts(again)] == ["The account number ZA99 is new"]


def test_a_huge_file_is_refused_before_it_is_read(shop):
    class Huge(SimpleUploadedFile):
        def read(self, *args):
            raise AssertionError("nobody reads 50 MB")

    upload = Huge("x.xml", b"")
    upload.size = 50_000_000
    from billing.received import keeping

    assert refused(keeping.receive, ReceivedInvoice(workspace=shop.workspace), upload, None) == "too-large"
    assert ReceivedInvoice.objects.count() == 0


# --- our order --------------------------------------------------------------------------------------------------------


def test_the_order_it_names_is_linked_and_shown_both_ways(shop, inbox, office, log_in):
    order = sent(sells(new_supplier(shop.workspace, "Steel Merchants"), shop.sheet, price="10"), packs=10)
    row = inbox(order=order.number.lower())
    assert (row.order, judging.doubts(row)) == (order, [])
    more = inbox(number="R-2", order=order.number)
    assert list(judging.doubts(more)) == [f"R200,00 net were invoiced for {order.number}, R100,00 were ordered."]
    deciding.reject(more, "Twice", office)
    browser = log_in(office)
    page = browser.get(reverse("admin:inventory_purchaseorder_change", args=[order.pk])).content.decode()
    assert f"?order__id__exact={order.pk}" in page
    ordering.link(more, "", office)
    page = browser.get(reverse("admin:inventory_purchaseorder_change", args=[order.pk])).content.decode()
    assert reverse("admin:billing_receivedinvoice_change", args=[row.pk]) in page
    page = browser.get(reverse("admin:billing_receivedinvoice_change", args=[row.pk])).content.decode()
    assert reverse("admin:inventory_purchaseorder_change", args=[order.pk]) in page
    assert refused(ordering.link, row, "PO-404", office) == "gone"
    row.refresh_from_db()
    assert row.order == order


def test_an_order_of_another_business_is_none_of_ours(shop, inbox, other_workspace):
    from laseros.tests.ground import stock_shop

    with scope(workspace=other_workspace):
        theirs = stock_shop(other_workspace)
        order = sent(sells(new_supplier(other_workspace), theirs.sheet))
        ReceivedInvoice.objects.count()
    row = inbox(order=order.number)
    assert row.order is None
    assert refused(ordering.link, row, order.number) == "gone"


# --- decided and paid -------------------------------------------------------------------------------------------------


def test_checked_approved_and_paid_part_by_part(inbox, office):
    row, day = inbox(), timezone.localdate()
    assert refused(paying.pay, row, D(10), day) == "unchecked"
    deciding.approve(row, office)
    assert (row.state, row.decided_by, bool(row.decided_at)) == ("approved", office, True)
    assert refused(deciding.approve, row, office) == "state"
    assert refused(paying.pay, row, D(116), day) == "amount"
    assert refused(paying.pay, row, D("-1"), day) == "amount"
    assert refused(paying.pay, row, D("1.001"), day) == "precision"
    assert refused(paying.pay, row, D(1), day + timedelta(days=1)) == "future"
    assert (Settlement.objects.count(), owing.to_pay().get().left) == (0, 115)
    row = paying.pay(row, D(15), day, "Cash", office)
    assert (row.state, row.paid, row.left) == ("approved", 15, 100)
    assert refused(deciding.reject, row, "Late", office) == "paid"
    assert refused(deciding.look_again, row, office) == "paid"
    row = paying.pay(row, D(100), day, by=office)
    assert (row.state, row.left, owing.to_pay().count()) == ("paid", 0, 0)
    assert refused(paying.pay, row, D(1), day) == "state"
    row = paying.take_back(row, "Booked twice", office)
    assert (row.state, row.paid, Settlement.objects.count()) == ("approved", 0, 0)
    assert [line.verb for line in Activity.objects.filter(verb__in=("approved", "paid", "taken back"))].count(
        "paid"
    ) == 2


def test_parts_add_up_to_the_cent(inbox, office):
    """As floating points 0.1 and 0.2 are more than 0.3, which no invoice allows."""
    row, day = inbox(net="0.26", tax="0.04", total="0.30", payable="0.30"), timezone.localdate()
    deciding.approve(row, office)
    for amount in ("0.1", "0.2"):
        row = paying.pay(row, D(amount), day)
    assert (row.state, row.paid) == ("paid", D("0.30"))
    assert paying.take_back(row, "Wrong", office).paid == 0


def test_the_rest_is_not_paid_for_a_reason(inbox, office):
    row = inbox()
    deciding.approve(row, office)
    assert refused(paying.forgo, row, "2 %", office) == "unpaid"
    paying.pay(row, D("112.70"), timezone.localdate(), by=office)
    assert refused(paying.forgo, row, " ", office) == "reason"
    row = paying.forgo(row, "2 % for ten days", office)
    row.refresh_from_db()
    assert (row.state, row.left, row.reason) == ("paid", D("2.30"), "2 % for ten days")
    row = paying.take_back(row, "The bank sent it back", office)
    assert (row.state, row.left, row.reason) == ("approved", 115, "")


def test_rejected_for_a_reason_and_looked_at_again(inbox, office):
    row = inbox()
    assert refused(deciding.reject, row, " ", office) == "reason"
    deciding.reject(row, "Never ordered", office)
    assert (row.state, row.reason, owing.to_pay().count()) == ("rejected", "Never ordered", 0)
    assert refused(paying.pay, row, D(1), timezone.localdate()) == "state"
    deciding.look_again(row, office)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("to_check", "")


def test_one_that_was_paid_before_it_came_is_paid_when_it_is_approved(inbox, office):
    row = inbox(payable="0.00")
    deciding.approve(row, office)
    assert (row.state, row.left) == ("paid", 0)


# --- the bank ---------------------------------------------------------------------------------------------------------


def proposed(line) -> list[tuple]:
    return [(each.invoices, each.reasons) for each in purchases.proposals([line])[line.pk]]


def test_money_that_left_is_proposed_by_number_amount_name_and_account(inbox, bank, office):
    first, second = inbox(), inbox(number="R-2", net="50", tax="7.50", total="57.50", payable="57.50")
    assert proposed(bank("-115", "Invoice R-1")) == [((first.pk,), ("number", "amount", "name"))]
    assert proposed(bank("-172.50"))[0] == ((first.pk, second.pk), ("sum", "name"))
    assert proposed(bank("-57.50", name="", iban="ZA 01"))[0] == ((second.pk,), ("amount", "only_one", "account"))
    assert proposed(bank("-100", "R-1"))[0] == ((first.pk,), ("number", "part", "name"))
    assert proposed(bank("-200", "R-1")) == []  # more than it asks for
    assert proposed(bank("115", "R-1")) == []
    assert proposed(bank("-115", "R-1", currency="EUR")) == []
    deciding.reject(first, "Never ordered", office)
    assert [each for each, _why in proposed(bank("-115", "R-1"))] == []


def test_a_line_of_the_bank_settles_and_is_taken_back(workspace, inbox, bank, office):
    row, line = inbox(), bank("-115", "R-1")
    assert refused(paying.settle, line, [row], office) == "unchecked"
    deciding.approve(row, office)
    assert refused(paying.settle, bank("-116"), [row], office) == "amount"
    assert refused(paying.settle, bank("115"), [row], office) == "amount"
    assert refused(paying.settle, bank("-115", currency="EUR"), [row], office) == "currency"
    assert Settlement.objects.count() == 0
    paying.settle(line, [row], office)
    row.refresh_from_db()
    line.refresh_from_db()
    assert (row.state, row.paid, line.state, line.payment) == ("paid", 115, "settled", None)
    part = Settlement.objects.get()
    assert (part.amount, part.paid_on, part.line, part.by) == (115, date(2026, 11, 20), line, office)
    assert refused(paying.settle, line, [row], office) == "state"
    assert refused(booking.take_up, line, office) == "state"
    assert refused(booking.leave_out, line, "Rent", office) == "state"
    assert refused(paying.take_back, row, "Wrong", office) == "bank"
    assert list(wrong(workspace)) == []
    booking.undo(line, "Another one", office)
    row.refresh_from_db()
    line.refresh_from_db()
    assert (row.state, row.paid, line.state, Settlement.objects.count()) == ("approved", 0, "open", 0)


def test_one_line_for_several_and_a_supplier_who_gives_something_back(inbox, bank, office):
    first, second = inbox(), inbox(number="R-2", net="50", tax="7.50", total="57.50", payable="57.50")
    back = inbox(number="R-3", net="-10", tax="-1.50", total="-11.50", payable="-11.50")
    for row in (first, second, back):
        deciding.approve(row, office)
    assert sum(row.left for row in owing.to_pay()) == D("161.00")
    line = bank("-161")
    paying.settle(line, [first, second, back], office)
    assert {row.state for row in ReceivedInvoice.objects.all()} == {"paid"}
    booking.undo(line, "Wrong", office)
    assert {row.state for row in ReceivedInvoice.objects.all()} == {"approved"}
    came = bank("11.50", "R-3")
    assert proposed(came) == [((back.pk,), ("number", "amount", "name"))]
    paying.settle(came, [back], office)
    back.refresh_from_db()
    assert (back.state, back.paid) == ("paid", D("-11.50"))


def test_two_tabs_press_the_same_proposal(inbox, bank, office, log_in):
    row, line = inbox(), bank("-115", "R-1")
    deciding.approve(row, office)
    browser = log_in(office)
    match = reverse("admin:billing_bankline_match")
    page = browser.get(match, {"way": "out"}).content.decode()
    assert ("Money that left: 1" in page, f'name="received" value="{row.pk}"' in page) == (True, True)
    accept = reverse("admin:billing_bankline_accept", args=[line.pk])
    answers = [browser.post(accept, {"received": row.pk}, follow=True).content.decode() for _tab in range(2)]
    assert ("is booked." in answers[0], "This is no longer possible" in answers[1]) == (True, True)
    assert Settlement.objects.count() == 1


def test_one_that_nobody_has_checked_is_shown_and_not_booked(inbox, bank, office, log_in):
    row = inbox()
    bank("-115", "R-1")
    page = log_in(office).get(reverse("admin:billing_bankline_match"), {"way": "out"}).content.decode()
    assert (f'name="received" value="{row.pk}"' in page, "It has to be approved before it is paid." in page) == (
        False, True
    )  # fmt: skip


def test_lines_of_a_statement_that_is_read_in_settle_it(workspace, inbox, office):
    """A CSV as the bank writes it: what left is less than nothing."""
    row = inbox()
    deciding.approve(row, office)
    content = "Datum;Name;Buchungstext;Betrag;Währung\n20.11.2026;Steel Merchants;Invoice R-1;-115,00;ZAR\n".encode()
    found = importing.understood(workspace, importing.read(content), "Giro")
    importing.store_all(workspace, "n.csv", content, found, office)
    line = BankLine.objects.get()
    assert proposed(line) == [((row.pk,), ("number", "amount", "name"))]
    paying.settle(line, [row], office)
    row.refresh_from_db()
    assert row.state == "paid"


def test_what_another_business_received_pays_nothing_here(shop, bank, office, log_in, other_workspace):
    with scope(workspace=other_workspace):
        theirs = ReceivedInvoice(
            workspace=other_workspace, sha256="1", number="R-1", seller="Steel", currency="ZAR", total=115, owed=115,
            state="approved", facts={"pdf": False, "credit": False, "lines": []},
        )  # fmt: skip
        theirs.save()
    line, browser = bank("-115", "R-1"), log_in(office)
    assert proposed(line) == []
    accept = reverse("admin:billing_bankline_accept", args=[line.pk])
    assert "not there any more" in browser.post(accept, {"received": theirs.pk}, follow=True).content.decode()
    settle = reverse("admin:billing_bankline_verb", args=[line.pk, "settle"])
    assert browser.post(settle, {"received": theirs.pk}).status_code == 200
    for name in ("approve", "pay", "reject"):
        page = reverse("admin:billing_receivedinvoice_verb", args=[theirs.pk, name])
        assert browser.post(page, {"reason": "x"}).status_code == 404
    line.refresh_from_db()
    assert (line.state, Settlement.objects.count()) == ("open", 0)
    with scope(workspace=other_workspace):
        assert ReceivedInvoice.objects.get().state == "approved"


# --- the desk ---------------------------------------------------------------------------------------------------------


def test_the_list_says_what_is_owed_and_what_is_late(inbox, office, log_in, django_assert_max_num_queries):
    today = timezone.localdate()
    for number, due in (("R-1", today - timedelta(days=3)), ("R-2", today + timedelta(days=3)), ("R-3", None)):
        deciding.approve(inbox(number=number, due=due.isoformat() if due else ""), office)
    browser, listed = log_in(office), reverse("admin:billing_receivedinvoice_changelist")
    with django_assert_max_num_queries(25):
        page = browser.get(listed).content.decode()
    assert [page.count(amount) for amount in ("R345,00",)] == [1]

    def listed_as(owed):
        shown = browser.get(listed, {"owed": owed}).content.decode()
        return [number for number in ("R-1", "R-2", "R-3") if f">{number}</a>" in shown]

    shown = {owed: listed_as(owed) for owed in ("open", "late", "soon")}
    assert shown == {"open": ["R-1", "R-2", "R-3"], "late": ["R-1"], "soon": ["R-2"]}


def test_the_desk_pays_by_hand_once_and_a_viewer_sees_no_sums(inbox, workspace, office, log_in, person):
    row = inbox()
    deciding.approve(row, office)
    page = reverse("admin:billing_receivedinvoice_change", args=[row.pk])
    pay = reverse("admin:billing_receivedinvoice_verb", args=[row.pk, "pay"])
    browser = log_in(office)
    form = {"amount": "15", "paid_on": timezone.localdate().isoformat(), "note": "Cash", "once": "a"}
    assert browser.post(pay, form).status_code == 302
    again = browser.post(pay, {**form, "once": "b"})
    assert (again.status_code, Settlement.objects.count()) == (409, 1)
    shown = browser.get(page).content.decode()
    assert ("R100,00" in shown, "Cash" in shown) == (True, True)
    viewer = log_in(person("viewer", workspace))
    for address in (page, reverse("admin:billing_receivedinvoice_changelist")):
        shown = viewer.get(address).content.decode()
        assert ("R-1" in shown, "100,00" in shown, "115,00" in shown) == (True, False, False)
