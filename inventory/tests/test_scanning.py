"""Scans from the floor: each once, late ones with care, and what cannot be done is kept for a person."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from inventory import ledger, locations, lots
from inventory.models import Item, Location, Lot, Material, Move, ScanEvent
from inventory.scanning import codes, events

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.every_database]


@pytest.fixture
def spool(workspace, shop):
    """A spool of a kilogram on a reel of 230 g."""
    material = Material.objects.create(workspace=workspace, code="PLA", name="PLA", kind="filament", density_kg_m3=1240)
    item = Item.objects.create(
        workspace=workspace, code="INV-PLA-001", name="PLA Galaxy Black", category="filament", unit="g",
        material=material, diameter_mm=Decimal("1.75"), colour_hex="#222233", price=Decimal("0.45"),
    )  # fmt: skip
    return lots.receive(
        item, 1000, kind="spool", key="first", by=None, tare_g=230, at=timezone.now() - timedelta(days=2)
    )


@pytest.fixture
def shelf(workspace, shop):
    return locations.store(Location(workspace=workspace, code="R2-S1", name="Shelf 1"), None)


@pytest.fixture
def tablet(log_in, operator):
    return log_in(operator)


def event(number, kind, code, at=None, **data):
    at = (at or timezone.now()).isoformat()
    return {"id": f"00000000-{number:04}", "kind": kind, "code": code, "data": data, "at": at}


def sent(tablet, *batch, now=None):
    body = {"now": (now or timezone.now()).isoformat(), "events": list(batch)}
    answer = tablet.post(reverse("floor:scan_events"), json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return [(each["answer"], each["reason"]) for each in answer.json()["answers"]]


def there(lot):
    lot = Lot.objects.get(pk=lot.pk)
    return lot.quantity, lot.location.code, lot.state


# --- codes --------------------------------------------------------------------------------------------------------


def test_an_address_is_read_back_whatever_reads_it(settings):
    settings.BASE_URL = "https://shop.example.com"
    said = codes.address("cutters", "lot", "FIL-001")
    assert said == "HTTPS://SHOP.EXAMPLE.COM/Q/CUTTERS/L/FIL-001"
    spoken = codes.Spoken("FIL-001", "lot", "cutters")
    # As it is, after a symbology mark, from another host, and from a scanner set to another keyboard than the device.
    for text in (
        said,
        f"]Q1{said}\r\n",
        "http://old:8000/q/cutters/l/FIL-001?x",
        "HTTPSÖ--SHOP.EXAMPLE.COM-Q-CUTTERS-L-FILß001",
    ):
        assert codes.read(text) == spoken
    assert codes.read(codes.address("cutters", "location", "Regal 2/Süd")) == codes.Spoken(
        "Regal 2/Süd", "location", "cutters"
    )
    assert codes.read(" FIL-001\n") == codes.Spoken("FIL-001")
    assert codes.read("https://shop.example.com/floor/operations/12/") == codes.Spoken("12", "operation")
    assert [codes.read(nothing) for nothing in ("", " \x00\n", None)] == [None] * 3


# --- each once ----------------------------------------------------------------------------------------------------


def test_weighed_moved_opened_and_used_up_each_once(tablet, spool, shelf):
    batch = [
        event(1, "weigh", spool.code, gross_g="1042"),
        event(2, "move", codes.address("cutters", "lot", spool.code), place="r2-s1"),
        event(3, "open", spool.code),
        event(4, "use_up", "FILß001"),
    ]
    assert sent(tablet, *batch[:3]) == [("done", "")] * 3
    assert there(spool) == (812, "R2-S1", "free")
    assert Lot.objects.get(pk=spool.pk).opened_at is not None
    assert sent(tablet, *batch) == [("already", "")] * 3 + [("done", "")]
    assert there(spool) == (0, "R2-S1", "used")
    moves = Move.objects.filter(lot=spool).exclude(kind="transfer").order_by("id").values_list("kind", "quantity")
    assert list(moves) == [("purchase", 1000), ("usage", -188), ("usage", -812)]


def test_some_of_what_lies_loose_is_carried_once_and_taken_back(tablet, shop, shelf):
    store = locations.the_store(shop.workspace.pk)
    said = {"from": store.code, "place": "r2-s1", "quantity": "2.5"}
    lies = lambda: dict(shop.sheet.balances.values_list("location__code", "quantity").order_by("pk"))  # noqa: E731
    assert sent(tablet, event(1, "move", shop.sheet.code, **said)) == [("done", "")]
    assert sent(tablet, event(1, "move", shop.sheet.code, **said)) == [("already", "")]
    assert lies() == {store.code: Decimal("7.5"), "R2-S1": Decimal("2.5")}
    assert sent(tablet, event(2, "undo", shop.sheet.code, of="00000000-0001")) == [("done", "")]
    assert lies() == {store.code: 10, "R2-S1": 0}
    for number, (wrong, word) in enumerate(
        (({"quantity": "11"}, "Not enough"), ({"quantity": "-1"}, "Nothing to carry"), ({"quantity": "NaN"}, "NaN"),
         ({"quantity": "1e30"}, "1e30"), ({"from": "X"}, "no place"), ({"place": store.code}, "lies there already")),
        start=3,
    ):  # fmt: skip
        ((answer, reason),) = sent(tablet, event(number, "move", shop.sheet.code, **{**said, **wrong}))
        assert (answer, word in reason) == ("conflict", True), reason
    assert lies() == {store.code: 10, "R2-S1": 0}


def test_carried_without_a_network_it_is_dated_when_it_was_and_asked_about_when_it_is_gone(tablet, shop, shelf):
    store, before = locations.the_store(shop.workspace.pk), timezone.now() - timedelta(hours=1)
    said = {"from": store.code, "place": "R2-S1", "quantity": "6"}
    assert sent(tablet, event(1, "move", shop.sheet.code, at=before, **said)) == [("done", "")]
    assert set(Move.objects.filter(kind="transfer").values_list("at", flat=True).order_by("pk")) == {before}
    assert sent(tablet, event(2, "move", shop.sheet.code, at=before, **said))[0][0] == "conflict"
    kept = ScanEvent.objects.get(state="conflict")
    ledger.post(shop.sheet, 5, "purchase", key="more")
    events.settle(kept, kept.by)
    assert shop.sheet.balances.get(location=shelf).quantity == 12


def test_the_same_id_is_not_used_for_something_else(tablet, spool, workspace, person, client):
    assert sent(tablet, event(1, "weigh", spool.code, gross_g="1042")) == [("done", "")]
    assert sent(tablet, event(1, "use_up", spool.code)) == [("refused", "Another scan had this id.")]
    client.force_login(person("manager", workspace), backend="accounts.backends.WorkspaceRoleBackend")
    assert sent(client, event(1, "weigh", spool.code, gross_g="1042")) == [("refused", "Another scan had this id.")]
    assert there(spool)[0] == 812


def test_what_cannot_be_done_is_kept_with_its_reason_until_a_person_decides(tablet, spool, shelf, operator):
    answers = sent(
        tablet,
        event(1, "weigh", spool.code, gross_g="200"),
        event(2, "weigh", "FIL-999", gross_g="500"),
        event(3, "move", spool.code, place="nowhere"),
        event(4, "weigh", spool.code, gross_g="NaN"),
        event(5, "weigh", spool.code, gross_g="1e30"),
        event(6, "weigh", "INV-PLA-001", gross_g="500"),
        event(7, "weigh", spool.code),
        event(8, "weigh", "HTTP://X/Q/PRINTERS/L/FIL-001", gross_g="500"),
    )
    assert {answer for answer, _reason in answers} == {"conflict"}
    assert [reason for _answer, reason in answers][:3] == [
        "200.0 g is less than the empty spool weighs: 230.0 g.",
        "“FIL-999” is not known here.",
        "nowhere is no place.",
    ]
    assert answers[5][1] == "INV-PLA-001 is no spool, sheet, remnant or batch."
    assert answers[7][1] == "This label belongs to another business."
    assert there(spool) == (1000, "STORE", "free")
    assert events.waiting(operator).count() == 8
    page = tablet.get(reverse("floor:unsettled")).content.decode()
    assert "“FIL-999” is not known here." in page

    Location.objects.filter(pk=shelf.pk).update(code="nowhere")
    move, weigh = (ScanEvent.objects.get(key=f"00000000-{number:04}") for number in (3, 1))
    assert tablet.post(reverse("floor:decide", args=[move.pk]), {"what": "settle"}).status_code == 302
    assert there(spool)[1] == "nowhere"
    assert tablet.post(reverse("floor:decide", args=[weigh.pk]), {"what": "settle"}).status_code == 409
    assert tablet.post(reverse("floor:decide", args=[weigh.pk]), {"what": "drop"}).status_code == 302
    assert tablet.post(reverse("floor:decide", args=[weigh.pk]), {"what": "drop"}).status_code == 404
    states = dict(ScanEvent.objects.values_list("key", "state"))
    assert [states[f"00000000-{number:04}"] for number in (1, 2, 3)] == ["dropped", "conflict", "settled"]
    assert sent(tablet, event(3, "move", spool.code, place="nowhere")) == [("already", "")]


def test_a_batch_that_is_none_is_refused_and_bad_events_stand_alone(tablet, spool):
    door = reverse("floor:scan_events")
    for body in (
        "",
        "[]",
        "{}",
        '{"now": "x", "events": []}',
        "[" * 5000,
        json.dumps({"now": timezone.now().isoformat(), "events": [{}] * 201}),
    ):
        assert tablet.post(door, body, content_type="application/json").status_code == 400
    assert tablet.post(door, "x" * 300_000, content_type="application/json").status_code == 400
    good = event(9, "open", spool.code)
    wrong = [
        {},
        None,
        {**good, "id": "x"},
        {**good, "kind": "burn"},
        {**good, "data": {}, "at": "yesterday"},
        {**good, "code": "x" * 301},
    ]
    assert [answer for answer, _reason in sent(tablet, *wrong, good)] == ["refused"] * 6 + ["done"]
    assert ScanEvent.objects.count() == 1


# --- when ---------------------------------------------------------------------------------------------------------


def test_the_time_of_the_deed_is_kept_whatever_the_devices_clock_says(tablet, spool):
    wrong = timezone.now() - timedelta(days=400)  # the device's clock
    assert sent(tablet, event(1, "weigh", spool.code, wrong - timedelta(hours=1), gross_g="1042"), now=wrong) == [
        ("done", "")
    ]
    found = ScanEvent.objects.get()
    assert abs(timezone.now() - timedelta(hours=1) - found.at) < timedelta(seconds=30)
    assert abs(found.said_at - (wrong - timedelta(hours=1))) < timedelta(seconds=1)
    assert Move.objects.get(key=f"weigh:{found.booking_key}").at == found.at


def test_an_old_weight_does_not_undo_what_was_used_since(tablet, spool, shelf, office):
    hour = timezone.now() - timedelta(hours=1)
    ledger.post(spool.item, -300, "usage", key="run", by=office, lot=spool)
    late, moved = event(1, "weigh", spool.code, hour, gross_g="1100"), event(2, "move", spool.code, hour, place="R2-S1")
    answers = sent(tablet, late, moved)
    assert answers[0][0] == "conflict"
    assert "was changed on" in answers[0][1]
    assert answers[1] == ("done", "")  # used where it lay: it may still be carried
    assert there(spool) == (700, "R2-S1", "free")
    # A later weight that the books agreed with has moved nothing, and counts all the same.
    assert sent(tablet, event(7, "weigh", spool.code, gross_g="930"))[0] == ("done", "")
    assert sent(tablet, event(8, "weigh", spool.code, hour, gross_g="1100"))[0][0] == "conflict"
    assert there(spool)[0] == 700
    # What the same person scanned in order does not overtake itself, although it arrives at one moment.
    two = [event(3, "move", spool.code, hour + timedelta(minutes=1), place="STORE"),
           event(4, "move", spool.code, hour + timedelta(minutes=2), place="R2-S1")]  # fmt: skip
    assert sent(tablet, *two) == [("done", "")] * 2
    assert there(spool)[1] == "R2-S1"
    assert sent(tablet, event(5, "open", spool.code, timezone.now() - timedelta(days=40)))[0] == (
        "conflict",
        "It is older than a month.",
    )


# --- taken back ---------------------------------------------------------------------------------------------------


def test_for_a_minute_it_can_be_taken_back(tablet, spool, shelf):
    deeds = [event(1, "weigh", spool.code, gross_g="1042"), event(2, "move", spool.code, place="R2-S1"),
             event(3, "open", spool.code), event(4, "use_up", spool.code)]  # fmt: skip
    sent(tablet, *deeds)
    backwards = [event(10 + each, "undo", spool.code, of=f"00000000-{each:04}") for each in (4, 3, 2, 1)]
    assert sent(tablet, *backwards, *backwards) == [("done", "")] * 4 + [("already", "")] * 4
    assert there(spool) == (1000, "STORE", "free")
    assert Lot.objects.get(pk=spool.pk).opened_at is None
    assert set(
        ScanEvent.objects.filter(kind__in=("weigh", "move", "open", "use_up")).values_list("state", flat=True)
    ) == {"undone"}


def test_not_later_nor_by_another_nor_over_what_came_since(tablet, spool, office, workspace, person, client):
    now = timezone.now()
    sent(tablet, event(1, "weigh", spool.code, now - timedelta(minutes=2), gross_g="1042"))
    assert sent(tablet, event(2, "undo", spool.code, of="00000000-0001"))[0] == (
        "conflict",
        "It can be taken back for a minute only.",
    )
    sent(tablet, event(3, "weigh", spool.code, gross_g="1000"))
    ledger.post(spool.item, -10, "usage", key="run", by=office, lot=spool)
    assert "Somebody has done something" in sent(tablet, event(4, "undo", spool.code, of="00000000-0003"))[0][1]
    client.force_login(person("manager", workspace), backend="accounts.backends.WorkspaceRoleBackend")
    assert sent(client, event(5, "undo", spool.code, of="00000000-0003"))[0] == (
        "conflict",
        "There is nothing to take back.",
    )
    assert there(spool)[0] == 760


# --- what a code means --------------------------------------------------------------------------------------------


def look(tablet, text):
    return tablet.get(reverse("floor:scan_look"), {"code": text}).json()


def test_a_code_opens_what_it_is_of(tablet, spool, shelf, shop, other_workspace, django_assert_num_queries):
    card = look(tablet, codes.address("cutters", "lot", spool.code))
    expected = {"kind": "lot", "code": "FIL-001", "quantity": "1000", "tare": "230", "grams": "1", "place": "STORE"}
    assert expected.items() <= card.items()
    assert card["facts"] == "PLA · 1,75\xa0mm"
    item = look(tablet, "inv-ms-3mm-001")
    assert (item["kind"], item["quantity"]) == ("item", "10")
    assert [(each["code"], each["quantity"]) for each in item["places"]] == [("STORE", "10")]
    place = look(tablet, "STORE")
    assert [each["code"] for each in place["lots"]] == ["FIL-001"]
    assert [(each["code"], each["quantity"]) for each in place["inside"]] == [("INV-MS-3MM-001", "10")]
    assert look(tablet, codes.address("cutters", "machine", str(shop.laser.pk)))["url"] == reverse(
        "floor:machine", args=[shop.laser.pk]
    )
    assert look(tablet, "X3")["kind"] == "go"
    for text, why in (
        ("", "nothing"),
        ("rubbish", "unknown"),
        ("/q/printers/l/FIL-001", "elsewhere"),
        ("/q/cutters/m/999", "unknown"),
    ):
        assert (look(tablet, text)["kind"], look(tablet, text)["why"]) == ("none", why)
    with scope(workspace=other_workspace):
        theirs = locations.store(Location(workspace=other_workspace, code="THEIRS", name="Theirs"), None)
    assert look(tablet, theirs.code)["why"] == "unknown"
    for lot in range(2):
        lots.receive(spool.item, 1000, kind="spool", key=f"more {lot}", by=None, tare_g=230)
    with django_assert_num_queries(10):
        known = tablet.get(reverse("floor:scan_known")).json()
    assert [len(known[name]) for name in ("lots", "items", "places", "counts")] == [3, 2, 2, 0]


def test_no_price_reaches_a_device(tablet, spool, shelf):
    Item.objects.update(price=Decimal("7319.37"), value=Decimal("7319.37"))
    Lot.objects.update(unit_cost=Decimal("7319.37"))
    sent(tablet, event(1, "weigh", spool.code, gross_g="1042"))
    for door in ("scan", "scan_me", "scan_known", "unsettled", "counts"):
        assert "7319" not in tablet.get(reverse(f"floor:{door}")).content.decode()
    for text in (spool.code, spool.item.code, "STORE"):
        assert "7319" not in json.dumps(look(tablet, text))


def test_the_kept_page_is_nobodys(tablet, operator, workspace):
    page = tablet.get(reverse("floor:scan"))
    text = page.content.decode()
    assert page.headers["X-Shell"] == "scan"
    for secret in (operator.email, operator.name, workspace.name, "csrfmiddlewaretoken"):
        assert secret not in text
    assert '<meta name="csrf-token" content="">' in text
    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    assert "wasm" not in tablet.get(reverse("floor:queue")).headers["Content-Security-Policy"]
    worker = tablet.get(reverse("floor:scan_worker"))
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert tablet.get("/Q/CUTTERS/L/FIL-001").url == "/floor/scan/?code=%2Fq%2FCUTTERS%2FL%2FFIL-001"
