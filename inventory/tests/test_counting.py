"""Stock counts: blind, by several people, while stock moves; reviewed, and booked as one act."""

import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from inventory import counting, ledger, locations, lots, stock
from inventory.models import CountEntry, CountLine, Item, Location, Lot, Move, StockCount
from inventory.tests.test_scanning import event, sent, shelf, spool  # noqa: F401 (fixtures)
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def screws(workspace, shop, shelf):  # noqa: F811
    item = stock.register(Item(workspace=workspace, name="Screw M4", category="part", unit="pcs", price=2), None)
    ledger.post(item, 100, "opening", key="screws", location=shelf, at=timezone.now() - timedelta(days=1))
    item.refresh_from_db()
    return item


@pytest.fixture
def count(workspace, shop, spool, screws):  # noqa: F811
    return counting.begin(StockCount(workspace=workspace), None)


def line_of(count, code):
    return next(
        line for line in CountLine.objects.filter(count=count).select_related("lot", "item") if str(line) == code
    )


def amounts(count):
    return {str(row.line): row.amount for row in counting.differences(count)}


def test_the_list_is_what_the_books_say_lies_there(workspace, count, shelf, screws, shop):  # noqa: F811
    lines = CountLine.objects.filter(count=count).order_by("item__code", "lot__code")
    assert [(str(line), line.location.code, line.expected) for line in lines] == [
        (shop.sheet.code, "STORE", 10), (screws.code, "R2-S1", 100), ("FIL-001", "STORE", 1000),
    ]  # fmt: skip
    inner = locations.store(Location(workspace=workspace, code="R2-S1-A", name="Box", parent=shelf), None)
    ledger.transfer(screws, 30, source_location=shelf, target_location=inner, key="into", by=None)
    there = counting.begin(StockCount(workspace=workspace, location=shelf), None)
    assert sorted(line.expected for line in there.lines.all()) == [30, 70]
    parts = counting.begin(StockCount(workspace=workspace, category="filament"), None)
    assert [str(line) for line in parts.lines.all()] == ["FIL-001"]
    with pytest.raises(Refused) as refused:
        counting.begin(StockCount(workspace=workspace, category="gas"), None)
    assert refused.value.code == "empty"


def test_what_moves_while_it_is_counted_is_taken_into_account(count, screws, operator, office):
    now = timezone.now()
    counting.count(line_of(count, screws.code), 97, key="a", by=operator, at=now - timedelta(hours=2))
    assert amounts(count)[screws.code] == -3
    # Used an hour ago, after the counting; and something that was used before it, and arrives late.
    ledger.post(screws, -40, "usage", key="run", by=office, location=Location.objects.get(code="R2-S1"))
    assert amounts(count)[screws.code] == -3
    ledger.post(screws, -2, "usage", key="late", by=office, at=now - timedelta(hours=3))
    assert amounts(count)[screws.code] == -1
    counting.post(count, office)
    screws.refresh_from_db()
    assert screws.on_hand == 57
    with pytest.raises(Refused):
        counting.count(line_of(count, screws.code), 90, key="b", by=operator)
    with pytest.raises(Refused):
        counting.post(count, office)
    assert Move.objects.filter(item=screws, kind="count").count() == 1


def test_booked_as_one_act_or_not_at_all(count, screws, spool, shop, operator, office, django_assert_num_queries):  # noqa: F811
    counting.count(line_of(count, screws.code), 90, key="a", by=operator)
    counting.count(line_of(count, "FIL-001"), 1003, key="b", by=operator)
    with django_assert_num_queries(3):
        assert amounts(count) == {screws.code: -10, "FIL-001": 3, shop.sheet.code: None}
    # What lies on the shelf is less than what was counted would leave: nothing of it is booked.
    CountLine.objects.filter(pk=line_of(count, "FIL-001").pk).update(counted=Decimal("5"))
    lots.quarantine(spool, "wet", office)
    before = Move.objects.count()
    ledger.reserve(screws, 95, key="job", label="a job", by=office)
    assert counting.post(count, office) == 2  # promises of what is not there give way
    assert Move.objects.filter(kind="count").count() == 2
    assert Move.objects.count() == before + 2
    screws.refresh_from_db()
    assert (screws.on_hand, screws.reserved) == (90, 90)
    assert Lot.objects.get(pk=spool.pk).quantity == 5
    assert amounts(StockCount.objects.get(pk=count.pk)) == {screws.code: -10, "FIL-001": -995, shop.sheet.code: None}


def test_two_who_differ_are_noticed_and_it_is_counted_again(count, screws, operator, office):
    line, now = line_of(count, screws.code), timezone.now()
    counting.count(line, 90, key="a", by=operator, at=now - timedelta(minutes=2))
    counting.count(line, 91, key="b", by=operator, at=now - timedelta(minutes=1))  # corrected by oneself is no dispute
    assert not CountLine.objects.get(pk=line.pk).disputed
    counting.count(line, 88, key="c", by=office, at=now)
    found = CountLine.objects.get(pk=line.pk)
    assert (found.disputed, found.counted) == (True, 88)
    with pytest.raises(Refused) as refused:
        counting.post(count, office)
    assert refused.value.code == "disputed"
    assert StockCount.objects.get(pk=count.pk).state == "open"
    counting.again(line, office)
    found = CountLine.objects.get(pk=line.pk)
    assert (found.disputed, found.counted, found.again) == (False, None, True)
    counting.count(line, 91, key="d", by=operator)
    counting.count(line, 91, key="d", by=operator)
    assert CountEntry.objects.filter(line=line, void=False).count() == 1
    assert counting.post(count, office) == 1


def test_by_scan_from_the_floor_blind_and_taken_back(log_in, operator, count, screws, spool, shop, workspace):  # noqa: F811
    tablet = log_in(operator)
    lines = tablet.get(reverse("floor:count_lines", args=[count.pk])).json()["lines"]
    assert len(lines) == 3
    assert not any("expected" in line or "1000" in json.dumps(line) for line in lines)
    said = {"count": count.pk}
    assert sent(
        tablet,
        event(1, "count", screws.code, **said, place="R2-S1", quantity="97"),
        event(2, "count", "FIL-001", **said, gross_g="1042"),
        event(3, "count", screws.code, **said, place="R2-S1", quantity="-1"),
        event(4, "count", "FIL-001", count=999, gross_g="1042"),
        event(5, "count", "FIL-001", **said, gross_g="100"),
        event(6, "count", "R2-S1", **said, quantity="1"),
    ) == [
        ("done", ""), ("done", ""), ("conflict", "-1.000 is not a quantity."), ("conflict", "There is no such count."),
        ("conflict", "100 is not a weight."), ("conflict", "R2-S1 is a place: scan what lies there."),
    ]  # fmt: skip
    assert amounts(count) == {screws.code: -3, "FIL-001": -188, shop.sheet.code: None}
    assert sent(tablet, event(7, "undo", screws.code, of="00000000-0001")) == [("done", "")]
    assert amounts(count)[screws.code] is None
    # What is not on the list is added; what is counted in passing gets a list of its own.
    other = lots.receive(spool.item, 500, kind="spool", key="late", by=None, tare_g=230)
    assert sent(tablet, event(8, "count", other.code, **said, gross_g="700"))[0] == ("done", "")
    assert line_of(count, other.code).found
    assert sent(tablet, event(9, "count", screws.code, place="R2-S1", quantity="50"))[0] == ("done", "")
    spot = StockCount.objects.get(spot=True)
    assert (spot.state, amounts(spot)) == ("open", {screws.code: -50})
    assert Item.objects.get(pk=screws.pk).on_hand == 100


def test_the_office_reviews_prints_and_books(log_in, office, person, workspace, screws, spool, client):  # noqa: F811
    browser = log_in(office)
    page = browser.post(
        "/admin/inventory/stockcount/add/", {"location": "", "category": "", "blind": "on", "note": "Year end"}
    )
    count = StockCount.objects.get()
    assert (page.status_code, count.number[:3], count.note) == (302, "SC-", "Year end")
    line = line_of(count, screws.code)
    door = f"/admin/inventory/stockcount/{count.pk}"
    assert browser.post(f"{door}/do/enter/", {"once": "x", "line": line.pk, "quantity": "90"}).status_code == 302
    text = browser.get(f"{door}/change/?show=different").content.decode()
    assert "R-20,00" in text or "-R20,00" in text
    assert "FIL-001" not in text.split('id="lines"')[1].split("</section>")[0]
    paper = " ".join(page.extract_text() for page in PdfReader(BytesIO(browser.get(f"{door}/paper/").content)).pages)
    assert "Screw M4" in paper
    assert "100" not in paper.replace("FIL-001", "")
    result = browser.get(f"{door}/result/").content.decode()
    assert f"Shelf 1,{screws.code},Screw M4,pcs,100.000,90.000,-10.000,-20.00,Office" in result
    client.force_login(person("viewer", workspace), backend="accounts.backends.WorkspaceRoleBackend")
    assert "-20.00" not in client.get(f"{door}/result/").content.decode()
    assert "20,00" not in client.get(f"{door}/change/").content.decode()
    browser = log_in(office)
    assert browser.post(f"{door}/do/post/").status_code == 302
    assert Item.objects.get(pk=screws.pk).on_hand == 90
    assert browser.post(f"{door}/do/cancel/").status_code == 302
    assert StockCount.objects.get().state == "posted"
