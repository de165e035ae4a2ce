"""Buying through its verbs: prices from breaks, orders that say what they said, goods taken in once."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import OutgoingMail
from inventory import ledger, purchasing, stock
from inventory.models import Item, Lot, Move, PurchaseLine, PurchaseOrder, Receipt, ReceiptLine, SupplierItem
from inventory.purchasing import orders, performance, receiving, sources, suppliers, wants
from inventory.purchasing.document import purchase_pdf
from inventory.purchasing.receiving import Arrival
from inventory.tests.buying import came, draft, new_supplier, sells, sent
from laseros.core.errors import Refused
from laseros.core.money import show

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def steel(shop):
    return new_supplier(shop.workspace)


@pytest.fixture
def source(shop, steel):
    return sells(steel, shop.sheet, breaks=((5, "1700"), (20, "1600")))


def books(item):
    return Item.objects.get(pk=item.pk).on_hand, Move.objects.filter(item=item).count()


def refused(code, call, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        call(*args, **kwargs)
    assert refusal.value.code == code
    return str(refusal.value.reason)


# --- where and how much -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("packs", "price"), [(1, 1800), (4, 1800), (5, 1700), (19, 1700), (20, 1600), (900, 1600)])
def test_a_price_comes_from_the_break_it_reaches(source, packs, price):
    assert sources.price_of(source, packs) == price


def test_whole_packs_are_ordered_and_not_fewer_than_are_sold(shop, steel):
    spool = sells(steel, shop.sheet, sku="SP", pack_size=Decimal(1000), minimum_packs=3)
    assert [sources.packs_for(spool, Decimal(grams)) for grams in (1, 3000, 3001)] == [3, 3, 4]


def test_bought_is_where_it_is_preferred_and_otherwise_where_it_takes_least(shop, steel, source):
    other = sells(new_supplier(shop.workspace, "Cheap"), shop.sheet, price="1750")
    free = sells(new_supplier(shop.workspace, "Unpriced"), shop.sheet, price="0")
    known = sources.sources_of([shop.sheet])[shop.sheet.pk]
    assert sources.best(known, Decimal(4)) == other
    assert sources.best(known, Decimal(5)) == source
    suppliers.prefer(free)
    known = sources.sources_of([shop.sheet])[shop.sheet.pk]
    assert sources.best(known, Decimal(5)) == free
    suppliers.prefer(other)
    assert list(SupplierItem.objects.filter(preferred=True)) == [other]


# --- orders -----------------------------------------------------------------------------------------------------------


def test_one_click_makes_one_order_for_each_supplier_once(shop, source):
    gas = Item.objects.create(workspace=shop.workspace, code="GAS-1", name="Oxygen", unit="bottle")
    nobodys = Item.objects.create(workspace=shop.workspace, code="X-1", name="Nobody sells this")
    sells(new_supplier(shop.workspace, "Gases"), gas, sku="O2", price="600")
    wanted = [wants.Want(shop.sheet, Decimal("4.5")), wants.Want(gas, Decimal(2)), wants.Want(nobodys, Decimal(1))]
    bought = wants.order(shop.workspace, wanted, key="click", by=None)
    again = wants.order(shop.workspace, wanted, key="click", by=None)
    assert [(order.supplier.name, order.net) for order in bought.orders] == [("Steel & Co", 8500), ("Gases", 1200)]
    assert (again.orders, bought.unsold) == (bought.orders, [nobodys])
    assert [order.number[-4:] for order in PurchaseOrder.objects.order_by("id")] == ["0001", "0002"]
    # Another tab: what stands on a draft is not put there twice, and more of it goes onto the same draft.
    assert wants.order(shop.workspace, wanted[:1], key="tab", by=None).covered == [shop.sheet]
    more = wants.order(shop.workspace, [wants.Want(shop.sheet, Decimal(7))], key="more", by=None)
    assert [(order.number[-4:], order.lines.count()) for order in more.orders] == [("0001", 2)]


def test_a_typed_price_stays_and_a_listed_one_follows_the_packs(source):
    order = draft(source, packs=4)
    line = order.lines.get()
    assert (line.unit_price, line.net, order.net) == (1800, 7200, 7200)
    line.packs = 20
    orders.change_lines(order, [line], [], None)
    assert order.lines.get().unit_price == 1600
    line = order.lines.get()
    line.unit_price, line.packs = Decimal("1500.55"), 2
    orders.change_lines(order, [line], [], None)
    line = order.lines.get()
    line.packs = 5
    orders.change_lines(order, [line], [], None)
    assert (order.lines.get().unit_price, order.net) == (Decimal("1500.55"), Decimal("7502.75"))


def test_once_sent_it_says_what_it_said(source, office):
    order = sent(source, packs=6, by=office)
    line = order.lines.get()
    today = timezone.localdate()
    assert (order.state, order.expected_on, line.expected_on) == ("sent", *[today + timedelta(days=5)] * 2)
    line.packs = 99
    words = refused("state", orders.change_lines, order, [line], [], office)
    assert "says what it said" in words
    refused("state", orders.send, order, office)
    assert PurchaseLine.objects.get(pk=line.pk).packs == 6
    copy = orders.duplicate(order, office)
    assert (copy.state, copy.net, copy.lines.get().packs) == ("draft", order.net, 6)
    assert copy.number != order.number


def test_an_order_goes_out_as_a_pdf_in_the_suppliers_language(source, steel, office, run_work):
    steel.language, steel.customer_number = "de", "K-4711"
    steel.save()
    order = sent(source, packs=6, by=office)
    run_work()
    order.refresh_from_db()
    mail = OutgoingMail.objects.get(key=f"purchase:{order.pk}")
    assert (mail.to, mail.subject) == ("orders@steel.example", f"Bestellung {order.number} von Cutters")
    words = text_of(order.pdf.open("rb"))
    for text in ("Bestellung", order.number, "ST-3", "K-4711", "10.200,00"):
        assert text in words
    assert "Entwurf" not in words
    assert "Entwurf" in text_of(io.BytesIO(purchase_pdf(orders.duplicate(order, None))))


def test_an_order_of_several_pages_carries_its_sum_over(source, office):
    order = sent(source, packs=6, by=office)
    copy = orders.duplicate(order, office)
    row = copy.lines.get()
    for _number in range(24):
        row.pk = None
        row.save(force_insert=True)
    first, second, *_ = [page.extract_text() for page in PdfReader(io.BytesIO(purchase_pdf(copy))).pages]
    lines = first.count("ST-3")
    amount = show(row.net * lines, copy.currency, "en_ZA").replace("\xa0", " ")
    for page, words in ((first, "Carried over"), (second, "Brought forward")):
        assert f"{words}: {amount}" in page.replace("\xa0", " ")
    assert second.count("ST-3") == 25 - lines
    assert "Carried over" not in second


def text_of(file) -> str:
    return " ".join(page.extract_text() for page in PdfReader(file).pages).replace("\xa0", " ").replace("\u202f", " ")


def test_what_cannot_be_sent_is_refused_with_the_reason(shop, steel, source):
    empty = orders.open_draft(PurchaseOrder(workspace=shop.workspace, supplier=steel), None)
    refused("no-lines", orders.send, empty, None)
    order = draft(source, packs=1, key="small")
    steel.minimum_order = Decimal(5000)
    steel.save()
    order.refresh_from_db()
    assert "5000" in refused("minimum", orders.send, order, None)
    steel.minimum_order, steel.email = Decimal(0), ""
    steel.save()
    order = PurchaseOrder.objects.get(pk=order.pk)
    refused("no-email", orders.send, order, None)
    assert orders.send(order, None, by_mail=False).state == "sent"
    assert "open" in refused("expected", suppliers.archive, steel, None)


def test_what_is_bought_for_the_first_time_is_on_their_list_afterwards(shop, steel):
    order = orders.open_draft(PurchaseOrder(workspace=shop.workspace, supplier=steel), None)
    line = PurchaseLine(item=shop.sheet, sku="NEW-1", packs=2, pack_size=None, unit_price=Decimal(1900))
    orders.change_lines(order, [line], [], None)
    orders.send(order, None)
    learned = SupplierItem.objects.get()
    assert (learned.supplier, learned.item, learned.sku, learned.price) == (steel, shop.sheet, "NEW-1", 1900)


# --- goods in ---------------------------------------------------------------------------------------------------------


def test_goods_come_in_parts_and_each_key_once(shop, source, office):
    order = sent(source, packs=10, by=office)
    assert purchasing.on_order([shop.sheet]) == {shop.sheet.pk: (10, order.expected_on)}
    first = came(order, 4, by=office, price="1750", heat="H-77", delivery_note="LS 12")
    assert came(order, 4, by=office) == first
    order.refresh_from_db()
    assert (order.state, books(shop.sheet), Receipt.objects.count()) == ("partly_received", (14, 2), 1)
    move = Move.objects.first()
    assert (move.kind, move.quantity, move.unit_cost, move.source) == ("purchase", 4, 1750, f"po:{order.pk}")
    row = ReceiptLine.objects.get()
    assert (row.heat, row.pack_price, row.state) == ("H-77", 1750, "stocked")
    came(order, 6, key="rest", by=office, take_prices=True)
    order.refresh_from_db()
    assert (order.state, books(shop.sheet)) == ("received", (20, 3))
    assert Item.objects.get(pk=shop.sheet.pk).price == 1700
    assert purchasing.on_order([shop.sheet]) == {}
    refused("state", came, order, 1, key="late")
    assert books(shop.sheet) == (20, 3)


@pytest.mark.parametrize(
    "wrong", [{"good": -1}, {"good": "NaN"}, {"good": "1e30"}, {"good": 0}, {"good": 1, "price": "NaN"}]
)
def test_what_is_no_quantity_takes_nothing_in(shop, source, wrong):
    order, before = sent(source), books(shop.sheet)
    with pytest.raises(Refused):
        came(order, **wrong)
    assert (books(shop.sheet), Receipt.objects.count()) == (before, 0)


def test_nothing_is_received_for_a_draft_or_a_cancelled_order(shop, source):
    order, before = draft(source), books(shop.sheet)
    refused("state", came, order, 1)
    orders.send(order, None)
    orders.cancel(order, None, why="too dear")
    refused("state", came, order, 1)
    assert (books(shop.sheet), Receipt.objects.count()) == (before, 0)


def test_a_line_of_another_order_is_not_received(shop, source):
    order = sent(source)
    other = sent(source, key="other")
    with pytest.raises(PurchaseLine.DoesNotExist):
        receiving.receive(order, [Arrival(other.lines.get(), Decimal(1))], key="k", by=None)
    assert books(shop.sheet) == (10, 1)


def test_more_than_ordered_needs_a_reason_and_is_remembered(shop, source):
    order = sent(source, packs=5)
    assert "2 sheets more than ordered" in refused("reason", came, order, 7)
    assert books(shop.sheet) == (10, 1)
    came(order, 7, reason="kept, they were in the bundle")
    row = ReceiptLine.objects.get()
    assert (row.quantity, row.over, books(shop.sheet)[0]) == (7, 2, 17)
    assert PurchaseOrder.objects.get().state == "received"


def test_what_is_wrong_is_set_aside_and_sent_back(shop, source, office):
    order = sent(source, packs=5)
    refused("reason", came, order, 3, bad=2)
    came(order, 3, bad=2, reason="2 mm instead of 3")
    order.refresh_from_db()
    assert (order.state, order.lines.get().rejected, books(shop.sheet)[0]) == ("partly_received", 2, 13)
    good, bad = ReceiptLine.objects.order_by("id")
    refused("quantity", receiving.send_back, bad, 3, key="b", by=office, reason="wrong")
    for _click in range(2):
        receiving.send_back(bad, 2, key="b", by=office, reason="wrong")
    bad.refresh_from_db()
    assert (bad.state, bad.returned, books(shop.sheet)[0]) == ("returned", 2, 13)
    receiving.send_back(good, 1, key="g", by=office, reason="bent")
    good.refresh_from_db()
    assert (good.state, good.returned, books(shop.sheet)[0]) == ("stocked", 1, 12)
    move = Move.objects.first()
    assert (move.kind, move.quantity) == ("return", -1)
    orders.close(order, office, why="not replaced")
    assert purchasing.on_order([shop.sheet]) == {}


def test_spools_and_heats_become_lots_and_go_back_from_them(shop, steel):
    pla = Item.objects.create(workspace=shop.workspace, code="PLA-1", name="PLA", category="filament", unit="g")
    order = sent(sells(steel, pla, sku="SP", price="19", pack_size=Decimal(1000)), packs=3)
    for _click in range(2):
        came(order, 2500)
    spools = list(Lot.objects.filter(item=pla).order_by("id"))
    assert [(lot.kind, lot.quantity, lot.unit_cost, lot.supplier_text) for lot in spools] == [
        ("spool", 1000, Decimal("0.019"), "Steel & Co"),
        ("spool", 1000, Decimal("0.019"), "Steel & Co"),
        ("spool", 500, Decimal("0.019"), "Steel & Co"),
    ]
    assert {lot.source for lot in spools} == {f"po:{order.pk}"}
    row = ReceiptLine.objects.get()
    for _click in range(2):
        receiving.send_back(row, 1200, key="b", by=None, reason="wet")
    assert [Lot.objects.get(pk=lot.pk).quantity for lot in spools] == [0, 800, 500]
    ledger.post(pla, -1200, "usage", key="used")
    refused("short", receiving.send_back, row, 500, key="c", by=None, reason="wet")
    sheets = sent(sells(steel, shop.sheet), packs=4, key="sheets")
    came(sheets, 4, key="heat", heat="H-77")
    assert [(lot.kind, lot.quantity, lot.heat) for lot in Lot.objects.filter(item=shop.sheet)] == [("sheet", 4, "H-77")]


def test_a_currency_of_theirs_is_booked_in_ours(shop):
    abroad = new_supplier(shop.workspace, "Blech GmbH", currency="EUR")
    order = draft(sells(abroad, shop.sheet, price="90", pack_size=Decimal(2)), packs=3)
    assert order.currency == "EUR"
    PurchaseOrder.objects.filter(pk=order.pk).update(rate=Decimal("19.5"))
    order.refresh_from_db()
    orders.send(order, None)
    came(order, 6)
    assert Move.objects.first().unit_cost == Decimal("877.5")


# --- how well they do -------------------------------------------------------------------------------------------------


def test_what_a_supplier_did_is_measured_from_what_came(shop, steel, source):
    today = date(2026, 11, 20)
    plan = ((date(2026, 9, 10), date(2026, 9, 10), "1700"), (date(2026, 10, 5), date(2026, 10, 9), "1785"))
    for number, (expected, arrived, price) in enumerate(plan):
        order = sent(source, packs=5, key=f"o{number}")
        PurchaseLine.objects.filter(order=order).update(expected_on=expected)
        came(order, 5, key=f"c{number}", price=price, received_on=arrived, bad=number, reason="bent")
    overdue = sent(source, packs=5, key="overdue")
    PurchaseLine.objects.filter(order=overdue).update(expected_on=date(2026, 11, 18))
    did = performance.of(steel, today)
    assert (did.lines, did.late, did.late_days, did.arrivals, did.faulty) == (3, 2, 6, 3, 1)
    assert (did.on_time_percent, did.faulty_percent, did.drift_percent) == (Decimal("33.3"), Decimal("33.3"), 5)
    assert did.late_days_each == 3
    assert did.stars == Decimal("2.5")
    assert [(row["month"].month, row["on_time"], row["late"]) for row in did.months[-3:]] == [
        (9, 1, 0), (10, 0, 1), (11, 0, 1),
    ]  # fmt: skip


def test_a_receipt_leads_to_the_labels_of_its_lots_and_to_the_trace(shop, steel, office, log_in):
    pla = Item(workspace=shop.workspace, name="PLA", category="filament", unit="g", price=Decimal("0.4"))
    stock.register(pla, None)
    order = sent(sells(steel, pla, sku="PLA", pack_size=1000), packs=2, by=office)
    receipt, made = came(order, 2000), list(Lot.objects.order_by("pk"))
    came_loose = came(sent(sells(steel, shop.sheet), packs=1, by=office, key="loose"), 1, key="loose")
    browser = log_in(office)
    page = lambda record: browser.get(f"/admin/inventory/{record}/change/").content.decode()  # noqa: E731
    labels = f"/admin/labels/?kind=lot&amp;pk={made[0].pk}%2C{made[1].pk}"
    assert labels in page(f"receipt/{receipt.pk}")
    assert "/admin/labels/" not in page(f"receipt/{came_loose.pk}")  # nothing of it has a number
    assert browser.get(labels.replace("&amp;", "&")).status_code == 200
    for record in (f"receipt/{receipt.pk}", f"purchaseorder/{order.pk}"):
        assert f"?of=po:{order.pk}" in page(record)
    trail = browser.get("/admin/inventory/lot/trace/", {"of": f"po:{order.pk}"}).content.decode()
    assert [lot.code in trail for lot in made] == [True, True]
