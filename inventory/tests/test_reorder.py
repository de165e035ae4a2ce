"""What to buy: every figure from the ledger, the board's one press, mail for those who want it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import OutgoingMail
from inventory import ledger
from inventory.models import Item, Need, PurchaseOrder
from inventory.purchasing import orders, wants
from inventory.reorder import ordering, work_out
from inventory.reorder.arithmetic import Facts
from inventory.reorder.tasks import every_night
from inventory.tests.buying import came, new_supplier, sells
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")


def facts(**known):
    usual = {"use_30": 2, "use_90": 1, "available": 30, "on_order": 0, "minimum": 0, "target": 0}
    days = {"lead_days": 5, "safety_days": 7, "cover_days": 30}
    return Facts(**{name: Decimal(value) for name, value in {**usual, **known}.items()}, **days)


@pytest.mark.parametrize(
    ("known", "reorder_at", "days_left", "wanted"),
    [
        ({}, 24, "15.0", 0),  # 2 × (5 + 7); 30 are there
        ({"available": 24}, 24, "12.0", 60),  # down to the point: up to 24 + 2 × 30, less 24
        ({"available": 20, "on_order": 5}, 24, "10.0", 0),
        ({"use_30": 1, "use_90": 2, "available": 10}, 24, "5.0", 74),  # the larger of the two
        ({"minimum": 40}, 40, "15.0", 70),
        ({"use_30": 0, "use_90": 0, "available": 3, "minimum": 4}, 4, None, 1),
        ({"use_30": 0, "use_90": 0, "available": 4, "minimum": 4}, 4, None, 0),
        ({"use_30": 0, "use_90": 0, "available": 3, "minimum": 4, "target": 12}, 4, None, 9),
        ({"use_30": 0, "use_90": 0, "available": 0}, 0, None, 0),
        ({"available": -6}, 24, "0.0", 90),
    ],
)
def test_the_arithmetic(known, reorder_at, days_left, wanted):
    found = facts(**known)
    assert (found.reorder_at, found.wanted) == (reorder_at, wanted)
    assert found.days_left == (None if days_left is None else Decimal(days_left))


@pytest.fixture
def used(shop):
    """Three sheets two weeks ago, three more sixty days ago, one given back; four of ten and one are there."""
    now = timezone.now()
    for days, count in ((14, 3), (60, 3)):
        ledger.post(shop.sheet, -count, "usage", key=f"used {days}", at=now - timedelta(days=days))
    move = ledger.post(shop.sheet, -1, "usage", key="wrong", at=now - timedelta(days=3))
    ledger.reverse(move, key="back")
    return sells(new_supplier(shop.workspace), shop.sheet, pack_size=Decimal(2))


def test_use_is_measured_from_the_ledger(shop, used, workspace):
    assert work_out(workspace) == 0
    need = Need.objects.get()
    assert (need.use_30, need.use_90) == (Decimal("0.1"), Decimal("0.066667"))
    assert (need.lead_days, need.safety_days, need.reorder_at) == (5, 7, 4)  # 0.1 × 12 = 1.2; the minimum is higher
    assert (need.available, need.days_left, need.is_low, need.suggested) == (4, 40, False, 0)
    ledger.post(shop.sheet, -2, "usage", key="more")
    assert work_out(workspace) == 1
    need.refresh_from_db()
    # 5 ÷ 30 a day; up to 4 + 30 × 0.166667 = 9.000, less 2: 7 and a bit, in packs of two.
    assert (need.use_30, need.suggested, need.packs, need.source) == (Decimal("0.166667"), 8, 4, used)


def test_the_board_orders_once_by_supplier_and_knows_what_is_coming(shop, used, workspace, office):
    ledger.post(shop.sheet, -2, "usage", key="more")
    work_out(workspace)
    (order,) = ordering.order(workspace, Need.objects.all(), key="press", by=office).orders
    assert ordering.order(workspace, Need.objects.all(), key="press", by=office).orders == [order]
    assert ordering.order(workspace, Need.objects.all(), key="other tab", by=office).covered == [shop.sheet]
    assert [(line.packs, line.quantity) for line in order.lines.all()] == [(4, 8)]
    orders.send(order, office)
    need = Need.objects.get()
    assert (need.is_low, need.on_order, need.expected_on) == (False, 8, order.expected_on)
    came(order, 8)
    need.refresh_from_db()
    assert (need.available, need.on_order) == (10, 0)


def test_filament_of_one_material_and_colour_counts_together(shop, workspace):
    spools = [
        Item.objects.create(
            workspace=workspace, code=f"F{n}", name=f"PLA {n}", category="filament", unit="g", material=shop.material,
            colour=colour, brand="Extruda", minimum=500, price=1,
        )
        for n, colour in enumerate(("Black", "black ", "white"))
    ]  # fmt: skip
    ledger.post(spools[0], 900, "opening", key="a")
    sells(new_supplier(workspace), spools[1], sku="SP", pack_size=Decimal(750))
    work_out(workspace)
    black, white = Need.objects.filter(key__startswith="filament").order_by("id")
    assert (black.members, black.minimum, black.available, black.is_low) == (
        [s.pk for s in spools[:2]],
        1000,
        900,
        True,
    )
    assert (black.item, black.packs, black.suggested) == (spools[1], 1, 750)
    assert (white.members, white.source, white.suggested) == ([spools[2].pk], None, 500)


def test_those_who_want_it_are_mailed_once_in_their_language(shop, workspace, office, person):
    german = person("manager", workspace)
    german.language = "de"
    german.save()
    ordering.mail_me(workspace, german, True)
    ordering.mail_me(workspace, office, True)
    ordering.mail_me(workspace, office, False)
    every_night()
    assert not OutgoingMail.objects.exists()
    ledger.post(shop.sheet, -8, "usage", key="much")
    for _night in range(2):
        assert every_night() == {workspace.slug: 1}
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (german.email, "Wird knapp: 1 Artikel")
    assert shop.sheet.code in mail.text
    assert "/admin/inventory/need/" in mail.text


def test_the_board_in_the_back_office(shop, used, workspace, office, log_in):
    browser = log_in(office)
    ledger.post(shop.sheet, -2, "usage", key="more")
    do = "/admin/inventory/need/do/"
    assert browser.get("/admin/inventory/need/").context["ready"] == 0
    browser.post(do, {"what": "recalculate"})
    page = browser.get("/admin/inventory/need/")
    assert [need.item for need in page.context["cl"].result_list] == [shop.sheet]
    need = Need.objects.get()
    shown = browser.get(f"/admin/inventory/need/{need.pk}/change/").content.decode()
    assert "(5 days of delivery + 7 of safety) = 2,0; minimum 4. The larger: 4 sheets." in shown
    for _click in range(2):
        answer = browser.post(do, {"what": "order", "once": page.context["once"]})
    order = PurchaseOrder.objects.get()
    assert answer["Location"] == f"/admin/inventory/purchaseorder/{order.pk}/change/"
    browser.post(do, {"what": "rules", "safety_days": "0", "cover_days": "10"})
    need.refresh_from_db()
    assert (need.safety_days, need.cover_days, need.suggested) == (0, 10, 4)
    browser.post(do, {"what": "rules", "safety_days": "-1", "cover_days": "1e9"})
    need.refresh_from_db()
    assert need.safety_days == 0


def test_what_nobody_sells_is_said(shop, workspace, office):
    ledger.post(shop.sheet, -8, "usage", key="much")
    work_out(workspace)
    bought = ordering.order(workspace, Need.objects.all(), key="press", by=office)
    assert (bought.orders, bought.unsold) == ([], [shop.sheet])
    with pytest.raises(Refused):
        wants.told(bought)
    assert ordering.sold_by(new_supplier(workspace), Need.objects.all(), office) == 1
    (order,) = ordering.order(workspace, Need.objects.all(), key="again", by=office).orders
    # One of ten used a day that was thirty: 8 ÷ 30 × (5 + 7) is 3.2; the minimum of 4 is higher; plus 30 days.
    assert [(line.packs, line.unit_price) for line in order.lines.all()] == [(10, 1850)]


def test_the_board_asks_the_same_of_the_database_for_one_row_and_for_three(
    shop, workspace, office, log_in, django_assert_num_queries
):
    browser = log_in(office)
    Item.objects.update(minimum=100)
    for number in range(3):
        if number == 1:
            Item.objects.create(workspace=workspace, code="B", name="B", minimum=3)
            Item.objects.create(workspace=workspace, code="C", name="C", minimum=3)
        work_out(workspace)
        if number == 0:
            browser.get("/admin/inventory/need/")
        with django_assert_num_queries(QUERIES):
            browser.get("/admin/inventory/need/")


QUERIES = 16
