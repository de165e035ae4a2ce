"""Materials, items and bookings in the back office, through its pages."""

from decimal import Decimal

import pytest

from inventory import ledger
from inventory.models import Item, Material, Move, Reservation

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def browser(office, log_in):
    return log_in(office)


def pressed(browser, item, verb, **data):
    return browser.post(f"/admin/inventory/item/{item.pk}/do/{verb}/", data)


def books(item):
    there = Item.objects.get(pk=item.pk)
    return there.on_hand, there.reserved, Move.objects.filter(item=item).count()


def test_an_item_gets_its_code_from_material_and_thickness(browser, shop):
    data = {
        "name": "Mild steel 6 mm",
        "category": "sheet",
        "unit": "sheet",
        "material": shop.material.pk,
        "thickness_mm": "6",
        "minimum": "0",
        "price": "3400",
    }
    answer = browser.post("/admin/inventory/item/add/", data)
    assert set(answer.context["adminform"].form.errors) == {"width_mm", "height_mm"}
    assert not Item.objects.filter(name="Mild steel 6 mm").exists()
    data |= {"width_mm": "2450", "height_mm": "1225"}
    assert browser.post("/admin/inventory/item/add/", data).status_code == 302
    item = Item.objects.get(name="Mild steel 6 mm")
    assert (item.code, item.price, item.on_hand) == ("INV-MS-6MM-001", Decimal(3400), 0)


@pytest.mark.every_database
def test_booking_in_and_out_moves_the_books_once_however_often_it_is_sent(browser, shop):
    page = browser.get(f"/admin/inventory/item/{shop.sheet.pk}/do/book-in/")
    once = page.context["form"]["once"].value()
    for _click in range(3):
        data = {"once": once, "quantity": "5", "kind": "purchase", "unit_cost": "1900", "reason": "delivery 7"}
        assert pressed(browser, shop.sheet, "book-in", **data).status_code == 302
    assert books(shop.sheet) == (15, 0, 2)
    move = Move.objects.latest("id")
    assert (move.quantity, move.unit_cost, move.reason, str(move.by)) == (5, 1900, "delivery 7", "Office")
    pressed(browser, shop.sheet, "book-out", once="b", quantity="4", kind="waste")
    assert books(shop.sheet) == (11, 0, 3)


def test_who_goes_back_and_sends_it_again_is_asked(browser, shop):
    data = {"quantity": "4", "kind": "waste", "reason": "rust"}
    pages = [browser.get(f"/admin/inventory/item/{shop.sheet.pk}/do/book-out/") for _page in range(2)]
    first, second = (page.context["form"]["once"].value() for page in pages)
    assert first != second
    assert pressed(browser, shop.sheet, "book-out", once=first, **data).status_code == 302
    for _press in range(2):
        answer = pressed(browser, shop.sheet, "book-out", once=second, **data)
        assert answer.status_code == 409
        assert "You have done just this a moment ago" in answer.content.decode()
        assert 'name="once_more"' in answer.content.decode()
        assert books(shop.sheet) == (6, 0, 2)
    assert pressed(browser, shop.sheet, "book-out", once=second, **{**data, "quantity": "1"}).status_code == 302
    assert pressed(browser, shop.sheet, "book-out", once="third", once_more="on", **data).status_code == 302
    assert books(shop.sheet) == (1, 0, 4)


def test_more_than_is_free_is_refused_in_words_and_nothing_moves(browser, shop):
    ledger.reserve(shop.sheet, 8, key="job", label="JB-1")
    before = books(shop.sheet)
    answer = pressed(browser, shop.sheet, "book-out", once="x", quantity="3", kind="usage")
    assert answer.status_code == 409
    assert "Not enough" in answer.content.decode()
    assert books(shop.sheet) == before


@pytest.mark.parametrize("quantity", ["", "-1", "nan", "1e30", "x", "0"])
def test_what_is_no_quantity_moves_nothing(browser, shop, quantity):
    before = books(shop.sheet)
    for verb in ("book-in", "book-out"):
        answer = pressed(browser, shop.sheet, verb, once=verb, quantity=quantity, kind="return")
        assert answer.status_code in (200, 409)
    assert books(shop.sheet) == before


def test_a_count_books_the_difference(browser, shop):
    assert pressed(browser, shop.sheet, "count", once="c", quantity="7.5", seen="10").status_code == 302
    assert books(shop.sheet) == (Decimal("7.5"), 0, 2)
    assert Move.objects.latest("id").kind == "count"
    pressed(browser, shop.sheet, "count", once="c", quantity="7.5", seen="10")  # the same page, sent again
    assert books(shop.sheet) == (Decimal("7.5"), 0, 2)


def test_a_count_of_stock_that_moved_meanwhile_is_refused(browser, shop):
    ledger.post(shop.sheet, -1, "usage", key="run")
    before = books(shop.sheet)
    answer = pressed(browser, shop.sheet, "count", once="c", quantity="10", seen="10")
    assert "Stock was moved while you counted." in answer.content.decode()
    assert books(shop.sheet) == before


def test_a_count_below_what_is_reserved_is_refused(browser, shop):
    ledger.reserve(shop.sheet, 8, key="job", label="JB-1")
    before = books(shop.sheet)
    assert pressed(browser, shop.sheet, "count", once="c", quantity="7", seen="10").status_code == 409
    assert books(shop.sheet) == before


def test_only_who_may_book_books(shop, person, workspace, log_in):
    browser = log_in(person("viewer", workspace))
    before = books(shop.sheet)
    for verb in ("book-in", "book-out", "count", "archive"):
        assert pressed(browser, shop.sheet, verb, once="v", quantity="1", kind="usage", seen="10").status_code == 403
    assert books(shop.sheet) == before


def test_the_books_cannot_be_edited(browser, shop):
    move = Move.objects.get()
    promise = ledger.reserve(shop.sheet, 1, key="job", label="JB-1")
    for page in (f"move/{move.pk}", f"reservation/{promise.pk}"):
        assert browser.get(f"/admin/inventory/{page}/change/").status_code == 200
        assert browser.post(f"/admin/inventory/{page}/change/", {"quantity": "99"}).status_code == 403
    assert browser.get("/admin/inventory/move/add/").status_code == 403
    data = {"name": "Same", "category": "sheet", "minimum": "0", "price": "1", "on_hand": "99", "unit": "kg"}
    data |= {"material": shop.material.pk, "thickness_mm": "3", "width_mm": "2450", "height_mm": "1225"}
    browser.post(f"/admin/inventory/item/{shop.sheet.pk}/change/", data)
    there = Item.objects.get(pk=shop.sheet.pk)
    assert (there.name, there.on_hand, there.unit) == ("Same", 10, "sheet")


def test_a_reservation_can_be_released(browser, shop):
    promise = ledger.reserve(shop.sheet, 6, key="job", label="JB-1")
    browser.post(f"/admin/inventory/reservation/{promise.pk}/do/release/")
    assert Reservation.objects.get().state == "released"
    assert books(shop.sheet)[:2] == (10, 0)


@pytest.mark.every_database
def test_what_is_low_is_found(browser, shop, workspace):
    Item.objects.create(workspace=workspace, code="GAS-1", name="Oxygen")
    assert browser.get("/admin/inventory/item/?stock=low").context["cl"].result_count == 0
    ledger.reserve(shop.sheet, 7, key="job", label="JB-1")
    assert [i.code for i in browser.get("/admin/inventory/item/?stock=low").context["cl"].result_list] == [
        shop.sheet.code
    ]
    assert [i.code for i in browser.get("/admin/inventory/item/?stock=none").context["cl"].result_list] == ["GAS-1"]


def test_an_item_in_stock_is_not_archived(browser, shop):
    answer = pressed(browser, shop.sheet, "archive")
    assert answer.status_code == 302
    assert "is still in stock" in browser.get("/admin/inventory/item/").content.decode()
    assert Item.objects.get().archived_at is None


@pytest.mark.every_database
def test_a_code_twice_is_said_at_the_field_and_not_a_crash(browser, shop):
    data = {"code": "MS", "name": "Again", "kind": "sheet", "density_kg_m3": "7850"}
    answer = browser.post("/admin/inventory/material/add/", data)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors() or answer.context["adminform"].form.errors
    assert Material.objects.count() == 1


def test_a_refused_booking_keeps_its_words_and_what_was_typed(browser, shop):
    answer = pressed(browser, shop.sheet, "book-out", once="x", quantity="99999", kind="usage", reason="")
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert [field.label for field in answer.context["form"].visible_fields()] == ["Quantity", "Why", "Note"]
    assert 'value="99999"' in shown
    assert books(shop.sheet) == (10, 0, 1)
