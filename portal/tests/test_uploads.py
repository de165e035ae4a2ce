"""A client uploads drawings: measured, priced, asked for or ordered once, and nothing else than the shop allows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity, OutgoingMail, Workspace
from billing import online
from billing.models import PriceRules, QuantityBreak, Quote
from crm.models import Client, Contact
from inventory.models import Item, Material
from machines.models import Machine
from portal.tests.ground import let_in, new_client, new_contact, new_invoice
from production import baskets
from production.models import CuttingParameter, DesignFile, Enquiry, EnquiryLine, Job
from production.tests.dxf import drawings as dxf

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]

PLATE = dxf.dxf(dxf.plate_text()).encode()
UNSURE = dxf.dxf(dxf.rectangle(0, 0, 90, 60), header=None).encode()
OPEN = dxf.dxf(dxf.line(0, 0, 80, 0) + dxf.line(80, 0, 80, 50) + dxf.line(80, 50, 3, 50)).encode()


def drawing(content=PLATE, name="plate.dxf"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def open_shop(shop):
    """The shop offers its sheet and lets every client order up to 5,000."""
    Workspace.objects.filter(pk=shop.workspace.pk).update(
        portal_orders="all", portal_order_limit=5000, quote_terms="Ex works. Net 30 days."
    )
    with scope(workspace=shop.workspace):
        Item.objects.filter(pk=shop.sheet.pk).update(is_offered=True)
        shop.sheet.refresh_from_db()
        shop.workspace.refresh_from_db()
        QuantityBreak.objects.create(
            workspace=shop.workspace, rules=PriceRules.objects.get(), pieces=50, percent=Decimal(10)
        )
    return shop


@pytest.fixture
def browser(open_shop, log_in):
    return log_in(let_in(open_shop.contact))


def stand(shop, content=PLATE, pieces=10, item=True, name="plate.dxf") -> Enquiry:
    """A basket with one measured part, by the verbs."""
    from laseros.tests.ground import perform_waiting

    with scope(workspace=shop.workspace):
        baskets.receive(shop.client, shop.contact, drawing(content, name), None)
        perform_waiting()
        basket = baskets.of(shop.client, shop.contact)
        line = basket.lines.get(design_file__name=name)
        baskets.change(basket, line, None, item=shop.sheet if item else None, quantity=pieces)
        return basket


def looked(basket):
    with scope(workspace=Workspace.objects.get(pk=basket.workspace_id)):
        return online.look(Enquiry.objects.select_related("client").get(pk=basket.pk))


def reasons(basket) -> list[str]:
    with scope(workspace=Workspace.objects.get(pk=basket.workspace_id)):
        return online.why_not(looked(basket))


def order(browser, basket, seen=None, **more):
    seen = looked(basket).seen if seen is None else seen
    answers = {"seen": seen, "name": "Thandi Nkosi", "agree": "on", "title": "Pump plates", **more}
    return browser.post(f"/portal/upload/{basket.pk}/order/", answers)


def main_of(answer) -> str:
    return answer.content.decode().split("<main")[1].split("</main>")[0]


def test_from_a_drawing_to_a_job_in_the_clients_hands(browser, open_shop, run_work):
    json = {"headers": {"Accept": "application/json"}}
    assert browser.post("/portal/upload/", {"file": drawing()}, **json).json() == {
        "text": "being measured",
        "listed": True,
    }
    page = main_of(browser.get("/portal/upload/"))
    assert "being measured…" in page
    run_work()
    with scope(workspace=open_shop.workspace):
        line = EnquiryLine.objects.get()
        basket = line.enquiry
    answers = {"item": open_shop.sheet.pk, "quantity": "10"}
    page = browser.post(f"/portal/upload/parts/{line.pk}/", answers, headers={"HX-Request": "true"}).content.decode()
    found = looked(basket)
    price = found.parts[0].price
    assert price.breakdown["basis"]["file"]["sha256"] == line.design_file.sha256
    for words in ("Mild steel 3 mm", "100 × 60 mm", "nothing wrong", "Order with obligation to pay", found.seen):
        assert words in page, words
    each = f"R{price.unit_price:.2f}".replace(".", ",")
    assert f"10 × {each}" in page
    assert "50 × R" in page  # the price break
    answer = order(browser, basket)
    with scope(workspace=open_shop.workspace):
        job, quote = Job.objects.get(), Quote.objects.get()
        assert answer.url == f"/portal/jobs/{job.pk}/"
        assert (quote.state, quote.decided_by, quote.terms) == ("accepted", "Thandi Nkosi", "Ex works. Net 30 days.")
        assert (quote.total, job.quoted_total) == (found.sums.total, found.sums.net)
        assert (quote.lines.get().unit_price, job.lines.get().quantity) == (price.unit_price, 10)
        told = Activity.objects.get(verb="accepted", target_id=quote.pk)
        assert told.details["drawings"] == line.design_file.sha256[:12]
        assert len(told.details["terms"]) == 12
        assert (Enquiry.objects.get().state, Enquiry.objects.get().origin) == ("won", "portal")
    assert order(browser, basket, found.seen).url == answer.url  # pressed once more
    with scope(workspace=open_shop.workspace):
        assert (Job.objects.count(), Quote.objects.count()) == (1, 1)
    run_work()
    mails = dict(OutgoingMail._base_manager.order_by("id").values_list("to", "subject"))
    assert mails["thandi@umgeni.example"] == f"Your order {job.number} at Cutters"
    assert "accepted quote" in mails["office@cutters.example"]


def test_what_can_only_be_asked_for(browser, open_shop):
    clean = stand(open_shop)
    assert "Order with" in main_of(browser.get("/portal/upload/"))
    assert reasons(clean) == []
    with scope(workspace=open_shop.workspace):
        CuttingParameter.objects.update(confirmed_at=None)
    assert reasons(clean) == ["“plate” has no price yet."]
    page = main_of(browser.get("/portal/upload/"))
    assert "We work out this price." in page
    assert "confirmed" not in page
    with scope(workspace=open_shop.workspace):
        CuttingParameter.objects.update(confirmed_at=timezone.now())
    Workspace.objects.update(portal_order_limit=1)
    assert reasons(clean)[0].startswith("Orders above R1,00")
    Workspace.objects.update(portal_order_limit=None, portal_orders="terms")
    assert "payment terms" in reasons(clean)[0]
    with scope(workspace=open_shop.workspace):
        Client.objects.filter(pk=open_shop.client.pk).update(credit_limit=Decimal(10000))
        assert reasons(clean) == []
        new_invoice(open_shop.client, lines=((1, "9000", "15"),))
    assert reasons(clean) == ["With this order more would be open than we have agreed."]
    Workspace.objects.update(portal_orders="ask")
    assert "accepting our quote" in reasons(clean)[0]
    assert order(browser, clean).url == "/portal/upload/"
    with scope(workspace=open_shop.workspace):
        assert (Job.objects.count(), Quote.objects.count(), Enquiry.objects.get().state) == (0, 0, "basket")


def test_dirty_and_unsure_drawings_are_named_and_only_asked_for(browser, open_shop, run_work):
    basket = stand(open_shop, OPEN, name="open.dxf")
    stand(open_shop, UNSURE, name="unsure.dxf")
    page = main_of(browser.get("/portal/upload/"))
    assert "What they should enclose does not fall out." in page
    assert "The file does not say its unit." in page
    assert "Order with" not in page
    with scope(workspace=open_shop.workspace):
        line = basket.lines.get(design_file__name="unsure.dxf")
    assert reasons(basket)[-1] == "The size of “unsure” has to be confirmed first."
    assert browser.post(f"/portal/upload/parts/{line.pk}/unit/", {"unit": "in"}).status_code == 302
    run_work()
    page = main_of(browser.get("/portal/upload/"))
    assert "2286 × 1524 mm" in page.replace("\xa0", "").replace(" mm", " mm")
    with scope(workspace=open_shop.workspace):
        wrong = basket.lines.get(design_file__name="open.dxf").pk
    pin = browser.get(f"/portal/upload/parts/{wrong}/drawing/").content.decode()
    assert "dxf-pins" in pin


def test_asked_for_the_office_gets_a_draft_with_the_prices_seen(browser, open_shop, office, run_work):
    basket = stand(open_shop)
    seen = looked(basket)
    answer = browser.post(f"/portal/upload/{basket.pk}/ask/", {"title": "Plates", "note": "Soon, please"})
    assert answer.url == f"/portal/enquiries/{basket.pk}/"
    assert browser.post(f"/portal/upload/{basket.pk}/ask/", {"title": "Again"}).url == answer.url
    page = main_of(browser.get(answer.url))
    assert "Plates" in page
    assert "being looked at" in page
    with scope(workspace=open_shop.workspace):
        row, quote = Enquiry.objects.get(), Quote.objects.get()
        assert (row.state, row.title, row.note, row.origin) == ("open", "Plates", "Soon, please", "portal")
        assert (quote.state, quote.net) == ("draft", seen.sums.net)
        assert baskets.of(open_shop.client, open_shop.contact) is None
    run_work()
    subject = OutgoingMail._base_manager.latest("id").subject
    assert subject == f"Umgeni Pumps asks for a quote: {row.number}"
    browser.force_login(office, backend="accounts.backends.WorkspaceRoleBackend")
    assert "the client, in the portal" in browser.get(f"/admin/production/enquiry/{row.pk}/change/").content.decode()


def test_a_price_that_moved_is_shown_and_not_ordered(browser, open_shop):
    basket = stand(open_shop)
    seen = looked(basket).seen
    with scope(workspace=open_shop.workspace):
        PriceRules.objects.update(labour_hour=Decimal(400), version=2)
    answer = browser.post(f"/portal/upload/{basket.pk}/order/", {"seen": seen, "name": "T", "agree": "on"}, follow=True)
    assert "A price or a part has changed since you looked." in answer.content.decode()
    with scope(workspace=open_shop.workspace):
        assert (Job.objects.count(), Quote.objects.count()) == (0, 0)
    assert order(browser, basket).url.startswith("/portal/jobs/")


def test_too_many_too_large_and_the_wrong_thing(browser, open_shop, settings):
    Workspace.objects.update(portal_uploads=2)
    json = {"headers": {"Accept": "application/json"}}
    send = lambda *file: browser.post("/portal/upload/", {"file": drawing(*file)}, **json)  # noqa: E731
    assert send(b"<html><script>x</script>", "part.svg").status_code == 422
    assert send(b"PK\x03\x04", "all.zip").status_code == 422
    settings.UPLOAD_MAX_BYTES = 10
    assert send().status_code == 413
    settings.UPLOAD_MAX_BYTES = 10_000_000
    assert [send(PLATE + bytes([n]), f"{n}.dxf").status_code for n in (49, 50, 51)] == [200, 200, 429]
    with scope(workspace=open_shop.workspace):
        assert DesignFile.objects.count() == 2
        DesignFile.objects.update(uploaded_at=timezone.now() - timedelta(days=1))
    assert send(PLATE + b"4", "4.dxf").status_code == 200


def test_anothers_basket_is_not_there(browser, open_shop, workspace, log_in):
    basket = stand(open_shop)
    with scope(workspace=workspace):
        line = basket.lines.get().pk
    colleague = new_contact(open_shop.client, "Sipho", "sipho@umgeni.example")
    stranger = new_contact(new_client(workspace, "Others"), "Zola", "zola@other.example")
    for person in (colleague, stranger):
        other = log_in(let_in(person))
        assert other.post(f"/portal/upload/{basket.pk}/order/", {}).status_code == 404
        assert other.post(f"/portal/upload/{basket.pk}/ask/", {}).status_code == 404
        for path in ("", "unit/", "remove/"):
            assert other.post(f"/portal/upload/parts/{line}/{path}", {"quantity": "3"}).status_code == 404
        assert other.get(f"/portal/upload/parts/{line}/drawing/").status_code == 404
        assert other.get(f"/portal/enquiries/{basket.pk}/").status_code == 404
    with scope(workspace=workspace):
        assert (Enquiry.objects.get().state, Job.objects.count()) == ("basket", 0)


def test_only_what_the_shop_offers_may_be_chosen(browser, open_shop):
    basket = stand(open_shop, item=False)
    with scope(workspace=open_shop.workspace):
        line = basket.lines.get()
        Item.objects.update(is_offered=False)
    page = browser.post(
        f"/portal/upload/parts/{line.pk}/",
        {"item": open_shop.sheet.pk, "quantity": "3"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "There is no such material." in page
    with scope(workspace=open_shop.workspace):
        line.refresh_from_db()
    assert (line.item, line.quantity) == (None, 10)


def test_nobody_orders_a_print_for_the_time_their_own_file_says(browser, open_shop):
    workspace = open_shop.workspace
    with scope(workspace=workspace):
        plastic = Material.objects.create(
            workspace=workspace, code="PLA", name="PLA", kind="filament", density_kg_m3=1240
        )
        spool = Item.objects.create(
            workspace=workspace, code="PLA-1", name="PLA", category="filament", unit="g", material=plastic,
            price=Decimal("0.30"), is_offered=True,
        )  # fmt: skip
        Machine.objects.create(workspace=workspace, name="MK4S", kind="printer", hourly_rate=Decimal(60))
    said = b"""; generated by PrusaSlicer 2.9.4 on 2026-09-12 at 08:14:55 UTC
G28
G1 X10 Y10 E1
; filament used [mm] = 10
; filament used [g] = 0.10
; estimated printing time (normal mode) = 6s
"""
    basket = stand(open_shop, said, item=False, name="vase.gcode")
    with scope(workspace=workspace):
        baskets.change(basket, basket.lines.get(), None, item=spool, quantity=10)
    assert looked(basket).parts[0].standing == "priced"
    assert reasons(basket) == ["We want to look at the drawing of “vase” first."]
    assert order(browser, basket).url == "/portal/upload/"
    with scope(workspace=workspace):
        assert Job.objects.count() == 0


def test_who_may_see_no_money_sees_none_and_orders_nothing(browser, open_shop):
    basket = stand(open_shop)
    each = f"{looked(basket).sums.total:.2f}".replace(".", ",")
    with scope(workspace=open_shop.workspace):
        Contact.objects.update(sees_money=False)
    page = main_of(browser.get("/portal/upload/"))
    assert "R" + each not in page
    assert "Price" not in page
    assert order(browser, basket).url == "/portal/upload/"
    assert browser.get("/portal/quotes/").context["page"].object_list == []
    with scope(workspace=open_shop.workspace):
        assert Job.objects.count() == 0


def test_a_shop_that_takes_no_uploads_has_no_such_pages(browser, open_shop):
    Workspace.objects.update(portal_orders="off")
    assert browser.get("/portal/upload/").status_code == 404
    assert "/portal/upload/" not in browser.get("/portal/").content.decode()


@pytest.mark.parametrize("parts", [1, 3])
def test_the_basket_takes_as_many_queries_for_three_parts_as_for_one(
    parts, browser, open_shop, django_assert_num_queries
):
    for number in range(parts):
        stand(open_shop, PLATE + f"\n{number}".encode() * number, name=f"{number}.dxf")
    browser.get("/portal/upload/")
    with django_assert_num_queries(QUERIES):
        browser.get("/portal/upload/")


QUERIES = 20
