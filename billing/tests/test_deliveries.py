"""Deliveries: what can leave, packed, checked by another, counted and booked once, given back."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts import outbox
from accounts.models import Activity, OutgoingMail
from billing import deliveries, documents, invoices
from billing.accounting import archive
from billing.carriers import page_of
from billing.deliveries.origin import lots_of
from billing.documents import parcel_labels
from billing.documents.delivery import link as delivery_link
from billing.law import limits
from billing.models import Delivery, DeliveryLine, Invoice, Parcel
from billing.signals import delivery_arrived, delivery_shipped
from billing.tests.ground import made_job, with_address
from crm import clients, links
from inventory import ledger, lots, stock, trace
from inventory.models import Item, Move
from laseros.core.errors import Refused
from laseros.tests.ground import new_person, perform_waiting
from production import jobs, products
from production.models import Component, Event, Job, JobLine, Milestone, Operation, Product
from production.tests.ground import line as order_line
from production.tests.ground import new_job

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def packer(scoped, workspace):
    return new_person("operator", workspace, email="packer@shop.example")


@pytest.fixture
def checker(scoped, workspace):
    return new_person("operator", workspace, email="checker@shop.example")


@pytest.fixture
def job(scoped, shop):
    with_address(shop)
    return made_job(shop)


def ready_to_go(job, packer, checker, quantity: int | None = None) -> Delivery:
    """Drafted, packed by one and checked by another."""
    delivery = deliveries.draft_from(job, packer)
    if quantity is not None:
        line = delivery.lines.get()
        line.quantity = quantity
        deliveries.change_lines(delivery, [line], [], packer)
    delivery = deliveries.pack(delivery, packer)
    for line in delivery.lines.all():
        deliveries.tick(line, checker)
    return deliveries.check(delivery, checker)


def refused(code: str, verb, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refusal:
        verb(*args, **kwargs)
    assert refusal.value.code == code
    return str(refusal.value.reason)


def delivered(job) -> int:
    return JobLine.objects.get(job=job).delivered


def test_a_delivery_from_draft_to_arrival(job, packer, checker, django_capture_on_commit_callbacks):
    heard = []
    delivery_shipped.connect(
        lambda delivery, **_: heard.append(("shipped", delivery.pk)), weak=False, dispatch_uid="t1"
    )
    delivery_arrived.connect(
        lambda delivery, **_: heard.append(("arrived", delivery.pk)), weak=False, dispatch_uid="t2"
    )
    milestone = Milestone.objects.filter(job=job, event=Event.DELIVERED).first() or Milestone.objects.create(
        workspace=job.workspace, job=job, position=99, name="Delivered", event=Event.DELIVERED
    )
    try:
        with django_capture_on_commit_callbacks(execute=True):
            delivery = ready_to_go(job, packer, checker)
            assert (delivery.number, delivery.state) == (f"DN-{timezone.localdate().year}-0001", "checked")
            assert delivery.address == "12 Umgeni Road\nDurban 4001"
            assert delivery.parcels.count() == 1
            deliveries.ship(delivery, packer, carrier="dhl", tracking=" 00340 ")
            assert delivered(job) == 10
            milestone.refresh_from_db()
            assert milestone.state == "open"  # under way is not there yet
            deliveries.arrive(delivery, packer, received_by="  Thandi  Nkosi ", picture=ContentFile(b"jpeg"))
        perform_waiting()
    finally:
        delivery_shipped.disconnect(dispatch_uid="t1")
        delivery_arrived.disconnect(dispatch_uid="t2")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.received_by, delivery.tracking) == ("delivered", "Thandi Nkosi", "00340")
    assert delivery.pdf
    assert len(delivery.pdf_sha256) == 64
    assert delivery.proof.read() == b"jpeg"
    milestone.refresh_from_db()
    assert milestone.state == "reached"
    assert heard == [("shipped", delivery.pk), ("arrived", delivery.pk)]
    verbs = Activity.objects.filter(target_id=delivery.pk, target_type__model="delivery").values_list("verb", flat=True)
    assert list(verbs.order_by("id")) == ["created", "packed", "checked", "shipped", "delivered"]


def test_who_packed_does_not_check(job, packer, checker):
    delivery = deliveries.pack(deliveries.draft_from(job, packer), packer)
    line = delivery.lines.get()
    refused("same-person", deliveries.tick, line, packer)
    refused("same-person", deliveries.check, delivery, packer)
    refused("same-person", deliveries.check, delivery, None)
    assert "Base plate" in refused("unticked", deliveries.check, delivery, checker)
    refused("unchecked", deliveries.ship, delivery, checker)
    assert delivered(job) == 0
    assert Delivery.objects.get().state == "packed"
    job.workspace.checks_deliveries = False
    job.workspace.save()
    delivery.refresh_from_db()
    assert deliveries.ship(Delivery.objects.get(), checker).state == "shipped"


def test_no_more_leaves_than_is_made(job, packer, checker):
    first = ready_to_go(job, packer, checker, quantity=6)
    second = deliveries.draft_from(job, packer)
    assert second.pk != first.pk
    assert second.lines.get().quantity == 4
    assert deliveries.draft_from(job, packer).pk == second.pk  # one draft, however often it is pressed
    line = second.lines.get()
    line.quantity = 5
    deliveries.change_lines(second, [line], [], packer)
    assert "only 4" in refused("more-than-made", deliveries.pack, second, packer)
    # Counted by somebody else meanwhile: the line has nothing left, and nothing of it is half done.
    JobLine._base_manager.filter(job=job).update(delivered=5)
    assert "only 5" in refused("more-than-made", deliveries.ship, first, packer)
    first.refresh_from_db()
    assert (first.state, first.shipped_on, delivered(job)) == ("checked", None, 5)


def test_shipped_twice_is_shipped_once(job, packer, checker):
    delivery = ready_to_go(job, packer, checker, quantity=3)
    other_tab = Delivery.objects.get()
    deliveries.ship(delivery, packer)
    refused("state", deliveries.ship, other_tab, packer)
    refused("state", deliveries.unpack, other_tab, packer)
    refused("state", deliveries.hold_draft, other_tab)
    refused("state", deliveries.change_lines, other_tab, [], [], packer)
    refused("state", deliveries.set_parcels, other_tab, [], [], packer)
    refused("future", deliveries.arrive, other_tab, packer, received_by="X", at=timezone.now() + timedelta(days=1))
    refused("early", deliveries.arrive, other_tab, packer, received_by="X", at=timezone.now() - timedelta(days=3))
    refused("no-name", deliveries.arrive, other_tab, packer, received_by=" ")
    assert delivered(job) == 3


def test_cancelled_and_returned_give_back_and_keep_the_number(job, packer, checker):
    first = ready_to_go(job, packer, checker, quantity=4)
    deliveries.ship(first, packer)
    refused("no-reason", deliveries.cancel, first, packer, reason=" ")
    deliveries.cancel(first, packer, reason="Wrong address")
    assert delivered(job) == 0
    assert first.number
    second = ready_to_go(job, packer, checker)
    deliveries.ship(second, packer)
    deliveries.arrive(second, packer, received_by="Thandi")
    refused("state", deliveries.cancel, second, packer, reason="Too late")
    assert deliveries.come_back(second, packer, reason="Scratched").state == "returned"
    assert delivered(job) == 0
    third = deliveries.pack(deliveries.draft_from(job, packer), packer)
    deliveries.unpack(third, packer)
    assert deliveries.pack(third, packer).number.endswith("0003")  # packed again, the number stays


def test_what_is_sold_from_stock_leaves_it_when_it_ships(shop, packer, checker):
    screws = stock.register(
        Item(workspace=shop.workspace, name="Screws M8", category="part", unit="pcs", price=2), None
    )
    stock.book(screws, 100, "opening", key="screws", by=None)
    with_address(shop)
    job = new_job(shop, "trade", lines=[order_line(shop, quantity=30, item=screws, design_file=None, material_each=0)])
    Operation.objects.filter(job_line__job=job).delete()
    jobs.made_by_hand(job, None)
    delivery = ready_to_go(job, packer, checker)
    screws.refresh_from_db()
    assert screws.on_hand == 100
    deliveries.ship(delivery, packer)
    screws.refresh_from_db()
    assert screws.on_hand == 70
    start, before, _after = trace.around(f"delivery:{delivery.pk}")
    assert start.label == delivery.number
    assert f"item:{screws.pk}" in [thing.name for thing in before[0]]
    deliveries.cancel(delivery, packer, reason="Not wanted")
    screws.refresh_from_db()
    assert screws.on_hand == 100
    assert Move.objects.filter(source=f"delivery:{delivery.pk}").count() == 2
    # Sold to somebody else meanwhile: refused as a whole.
    delivery = ready_to_go(job, packer, checker)
    ledger.post(screws, -90, "usage", key="elsewhere")
    refused("short", deliveries.ship, delivery, packer)
    assert delivered(job) == 0
    assert Delivery.objects.get(pk=delivery.pk).state == "checked"


def test_sets_say_which_part_holds_up_the_rest(shop):
    leg, top = (
        Product.objects.create(workspace=shop.workspace, sku=f"SKU-{name}", name=name, material=shop.material)
        for name in ("Leg", "Top")
    )
    table = products.register(Product(workspace=shop.workspace, name="Table"), None)
    for part, count in ((leg, 4), (top, 1)):
        Component.objects.create(workspace=shop.workspace, product=table, part=part, amount=count)
    job = new_job(shop, "tables", lines=[{"description": "Table", "quantity": 5, "product": table}])
    parent = job.lines.get(parent=None)
    JobLine._base_manager.filter(parent=parent, product=leg).update(made_good=11)
    JobLine._base_manager.filter(parent=parent, product=top).update(made_good=5)
    jobs.make_if_done(job, None)
    (found,) = deliveries.sets_of(list(job.lines.all()))
    assert (found.complete, found.waiting, [part.product for part in found.holding]) == (2, 3, [leg])
    assert [row.pieces for row in deliveries.ready_of(list(job.lines.all()))] == [2]
    assert deliveries.draft_from(job, None).lines.get().quantity == 2
    assert job in deliveries.to_deliver()


def test_a_line_is_found_by_what_a_scanner_says(job, packer):
    delivery = deliveries.draft_from(job, packer)
    line = delivery.lines.get()
    operation = Operation.objects.get(job_line__job=job)
    for said in ("1", f"https://shop.example/floor/operations/{operation.pk}/", "base plate"):
        assert deliveries.find_line(delivery, said) == line
    refused("unknown", deliveries.find_line, delivery, "SKU-OTHER")
    deliveries.tick(line, packer)
    assert DeliveryLine.objects.get().is_packed
    assert not DeliveryLine.objects.get().is_checked


def test_the_note_names_pieces_and_parcels_and_no_price(job, packer, checker):
    delivery = ready_to_go(job, packer, checker, quantity=6)
    heavy = Parcel(position=1, weight_kg=Decimal("12.5"), length_cm=60, width_cm=40, height_cm=20)
    parcels = [heavy, Parcel(position=2)]
    deliveries.set_parcels(delivery, parcels, list(delivery.parcels.all()), packer)
    delivery = deliveries.ship(delivery, packer, carrier="gls", tracking="123")
    pages = PdfReader(io.BytesIO(documents.note_of(delivery))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for word in ("Delivery note", delivery.number, "12,5", "60 × 40 × 20 cm", "1 / 2", "2 / 2", "To follow", "GLS"):
        assert word in text, word
    line = JobLine.objects.get(job=job)
    assert f"{line.unit_price:.2f}".replace(".", ",") not in text
    archive._kept(delivery)
    delivery.refresh_from_db()
    assert [entry[:3] for entry in archive._papers_of(delivery)] == [
        (f"deliveries/{delivery.number}.pdf", "delivery", delivery.number)
    ]
    assert "R\u00a0" not in text
    # What was kept says what it said, whatever becomes of the job.
    kept = documents.note_of(delivery)
    job.workspace.name = "Other"
    job.workspace.save()
    assert documents.note_of(Delivery.objects.get()) == kept


def test_labels_are_exact_to_the_millimetre(job, packer, checker):
    delivery = ready_to_go(job, packer, checker)
    delivery.address = "\n".join(["Donaudampfschifffahrtsgesellschaftskapitänsweg 123456", "04177 Leipzig", "DE"])
    for name, size in parcel_labels.SIZES.items():
        (page,) = PdfReader(io.BytesIO(parcel_labels.labels_pdf(delivery, name))).pages
        box = page.mediabox
        found = [round(float(side) / 72 * 25.4, 2) for side in (box.width, box.height)]
        assert found == [size.width, size.height]
        text = page.extract_text()
        assert delivery.number in text
        assert "Umgeni Pumps" in text
        assert "Parcel 1 of 1" in text
        assert "04177 Leipzig" in text


def test_carriers_pages_hold_the_number_and_nothing_else():
    assert page_of("gls", "a b/c") == "https://gls-group.com/track/a%20b%2Fc"
    assert page_of("own", "1") == page_of("dhl", "") == page_of("", "1") == ""
    assert page_of("dhl", "1", "https://own.example/") == "https://own.example/"


def test_lots_and_certificates_of_a_delivery(shop, packer, checker, office, log_in):
    with_address(shop)
    plates = stock.register(Item(workspace=shop.workspace, name="Plates", category="part", unit="pcs", price=2), None)
    paper = ContentFile(b"%PDF-1.7", "c.pdf")
    lot = lots.receive(plates, 50, kind="batch", key="heat", by=None, heat="H-77", certificate=paper)
    job = new_job(shop, "trade", lines=[order_line(shop, quantity=5, item=plates, design_file=None, material_each=0)])
    Operation.objects.filter(job_line__job=job).delete()
    jobs.made_by_hand(job, None)
    delivery = ready_to_go(job, packer, checker)
    deliveries.ship(delivery, packer)
    assert lots_of(delivery) == [lot]
    _lot, _before, after = trace.around(f"lot:{lot.pk}")
    assert f"delivery:{delivery.pk}" in [thing.name for step in after for thing in step]
    # The page does not wait for the walk: it asks for them once it is there.
    desk, page = log_in(office), reverse("admin:billing_delivery_change", args=[delivery.pk])
    lots_page = reverse("admin:billing_delivery_lots", args=[delivery.pk])
    shown = desk.get(page).content.decode()
    assert f'hx-get="{lots_page}" hx-trigger="load"' in shown
    assert "H-77" not in shown
    found = desk.get(lots_page).content.decode()
    assert "heat H-77" in found
    assert reverse("admin:inventory_lot_certificate", args=[lot.pk]) in found
    # Whoever sees no lots gets none.
    Group.objects.get(name="office").permissions.remove(Permission.objects.get(codename="view_lot"))
    assert lots_page not in desk.get(page).content.decode()
    assert desk.get(lots_page).status_code == 403


# --- invoices of what is delivered ------------------------------------------------------------------------------------


def test_what_is_delivered_is_invoiced_once(job, packer, checker, office):
    job.workspace.invoices_delivered = True
    job.workspace.save()
    refused("nothing-made", invoices.draft_from, Job.objects.get(), office)
    first = deliveries.ship(ready_to_go(job, packer, checker, quantity=6), packer)
    draft = invoices.draft_from(Job.objects.get(), office)
    (line,) = draft.lines.all()
    assert (line.quantity, line.delivery_line, draft.supplied_on) == (6, first.lines.get(), first.shipped_on)
    line.quantity = 7
    invoices.change_lines(draft, [line], [], office)
    assert "only 6" in refused("more-than-delivered", invoices.issue, draft, office)
    line.quantity = 6
    invoices.change_lines(draft, [line], [], office)
    issued = invoices.issue(draft, office)
    assert JobLine.objects.get(job=job).invoiced == DeliveryLine.objects.get().invoiced == 6
    text = " ".join(page.extract_text() for page in PdfReader(issued.pdf.open()).pages)
    assert f"Delivery {first.number} of" in " ".join(text.split())
    refused("invoiced", deliveries.cancel, first, packer, reason="Wrong")
    refused("nothing-made", invoices.draft_from, Job.objects.get(), office)
    # The invoice is taken back: the pieces of this delivery are to be invoiced again, and may be cancelled.
    invoices.cancel(issued, office, "Wrong client")
    assert DeliveryLine.objects.get().invoiced == 0
    second = deliveries.ship(ready_to_go(job, packer, checker), packer)
    assert [line.quantity for line in invoices.draft_from(Job.objects.get(), office).lines.all()] == [6, 4]
    invoices.discard(Invoice.objects.get(state="draft"), office)
    alone = invoices.draft_from(job, office, delivery=second)
    assert alone.lines.get().delivery_line.delivery == second


def test_what_was_invoiced_as_made_is_not_invoiced_as_delivered(job, packer, checker, office):
    invoices.issue(invoices.draft_from(job, office), office)
    job.workspace.invoices_delivered = True
    job.workspace.save()
    deliveries.ship(ready_to_go(job, packer, checker), packer)
    refused("nothing-made", invoices.draft_from, Job.objects.get(), office)


def test_the_rate_is_the_one_of_the_day_of_supply():
    assert limits.moved("DE", Decimal(19), date(2020, 6, 20), date(2020, 7, 2)) == 16
    assert limits.moved("DE", Decimal(7), date(2020, 12, 20), date(2021, 1, 2)) == 7
    assert limits.moved("DE", Decimal(5), date(2020, 12, 20), date(2021, 1, 2)) == 7
    assert limits.moved("DE", Decimal("10.7"), date(2020, 6, 20), date(2020, 7, 2)) == Decimal("10.7")
    assert limits.moved("FR", Decimal(20), date(2020, 6, 20), date(2020, 7, 2)) == 20


# --- doors ------------------------------------------------------------------------------------------------------------


def test_packed_and_checked_on_a_tablet_and_shipped_in_the_office(job, packer, checker, office, client):
    client.force_login(packer)
    board = client.get("/floor/deliveries/").content.decode()
    assert "Pump base plates" in board
    assert "10 pieces can leave" in board
    page = client.post(f"/floor/deliveries/jobs/{job.pk}/", follow=True)
    delivery = Delivery.objects.get()
    assert page.redirect_chain[-1][0] == f"/floor/deliveries/{delivery.pk}/"
    here, line = f"/floor/deliveries/{delivery.pk}/", delivery.lines.get()
    said = client.post(f"{here}scan/", {"code": "XY-9"}, follow=True).content.decode()
    assert "“XY-9” is not in this delivery." in said
    assert "In it: 10 × Base plate" in client.post(f"{here}scan/", {"code": "1"}, follow=True).content.decode()
    client.post(f"{here}pack/")
    client.post(
        f"{here}parcels/", {"parcel": [""], "weight": ["7,25"], "length": ["30"], "width": ["20"], "height": ["x"]}
    )
    assert delivery.parcels.get().weight_kg is None  # no length: nothing was stored
    key = delivery.parcels.get().pk
    row = {"parcel": [key], "weight": ["7,25"], "length": ["30"], "width": ["20"], "height": ["10"], "add": "1"}
    client.post(f"{here}parcels/", row)
    assert [parcel.size for parcel in delivery.parcels.all()] == ["30 × 20 × 10 cm", ""]
    own = client.post(f"{here}tick/{line.pk}/", follow=True).content.decode()
    assert "You packed it yourself" in own
    assert not DeliveryLine.objects.get().is_checked
    assert client.post(f"{here}ship/").status_code == 403
    client.force_login(checker)
    client.post(f"{here}tick/{line.pk}/")
    assert "Checked: it can go." in client.post(f"{here}check/", follow=True).content.decode()
    assert client.get(f"{here}labels/a6.pdf").content[:5] == client.get(f"{here}note.pdf").content[:5] == b"%PDF-"
    client.force_login(office)
    change = f"/admin/billing/delivery/{delivery.pk}/"
    shipped = client.post(
        f"{change}do/ship/",
        {"shipped_on": timezone.localdate().isoformat(), "carrier": "gls", "tracking": "77"},
        follow=True,
    )
    text = shipped.content.decode()
    assert "It is under way" in text
    assert "https://gls-group.com/track/77" in text
    assert "Operator" in text
    arrived = client.post(f"{change}do/arrive/", {"received_by": "Gate 3"}, follow=True).content.decode()
    assert "Gate 3" in arrived
    assert Delivery.objects.get().state == "delivered"


def test_the_office_changes_a_draft_and_sees_what_waits(job, packer, office, client):
    client.force_login(office)
    made = client.post(f"/admin/production/job/{job.pk}/do/deliver/", follow=True)
    delivery = Delivery.objects.get()
    page, line = made.content.decode(), delivery.lines.get()
    assert "Pack and check" in page
    assert "Take in what is ready" in page
    form = {
        "recipient": "Umgeni Pumps, gate 3", "address": "1 Dock Road\nDurban 4001", "note": "", "planned_on": "",
        "carrier": "", "tracking": "", "tracking_page": "", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1",
        "lines-0-id": line.pk, "lines-0-delivery": delivery.pk, "lines-0-position": "1",
        "lines-0-description": "Base plate", "lines-0-quantity": "7", "parcels-TOTAL_FORMS": "1",
        "parcels-INITIAL_FORMS": "0", "parcels-0-position": "1", "parcels-0-weight_kg": "4",
        "parcels-0-delivery": delivery.pk,
    }  # fmt: skip
    assert client.post(f"/admin/billing/delivery/{delivery.pk}/change/", form).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.recipient, delivery.pieces, delivery.parcels.get().weight_kg) == ("Umgeni Pumps, gate 3", 7, 4)
    deliveries.pack(delivery, packer)
    # A tab that was opened while it was a draft changes nothing of what stands on the parcels.
    client.post(
        f"/admin/billing/delivery/{delivery.pk}/change/", {**form, "recipient": "Elsewhere", "lines-0-quantity": "1"}
    )
    delivery.refresh_from_db()
    assert (delivery.recipient, DeliveryLine.objects.get().quantity) == ("Umgeni Pumps, gate 3", 7)
    board = client.get("/admin/billing/delivery/board/").content.decode()
    assert delivery.number in board
    assert "3 pieces can leave" in board
    assert job.number in client.get("/admin/production/job/?deliver=open").content.decode()


def test_a_client_sees_what_has_left_and_nothing_internal(job, packer, checker, shop, client):
    delivery = ready_to_go(job, packer, checker, quantity=4)
    user = clients.invite(shop.contact, None)
    client.force_login(user)
    assert client.get(f"/portal/deliveries/{delivery.pk}/").status_code == 404
    deliveries.ship(delivery, packer, carrier="gls", tracking="4711")
    perform_waiting()
    assert delivery.number in client.get("/portal/deliveries/").content.decode()
    assert delivery.number in client.get(f"/portal/jobs/{job.pk}/").content.decode()
    page = client.get(f"/portal/deliveries/{delivery.pk}/").content.decode()
    assert "https://gls-group.com/track/4711" in page
    assert "Base plate" in page
    assert "Operator" not in page
    assert "packer" not in page
    assert "Checked" not in page
    assert b"".join(client.get(f"/portal/deliveries/{delivery.pk}/pdf/").streaming_content)[:5] == b"%PDF-"
    client.logout()
    token = links.token(delivery_link(delivery))
    assert delivery.number in client.get(f"/portal/link/{token}/").content.decode()


def test_lists_ask_the_same_for_one_and_for_three(shop, packer, checker, office, client):
    with_address(shop)
    client.force_login(office)
    counts = {"/admin/billing/delivery/": [], "/admin/billing/delivery/board/": [], "/floor/deliveries/": []}
    for rows in (1, 2):
        for _row in range(rows):
            ready_to_go(made_job(shop), packer, checker, quantity=6)
            deliveries.pack(deliveries.draft_from(made_job(shop), packer), packer)
        for page, found in counts.items():
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            found.append(len(asked))
    for page, (of_one, of_three) in counts.items():
        assert of_one == of_three, page


def test_the_client_is_told_when_it_leaves_and_not_when_it_was_cancelled_at_once(job, packer, checker):
    first = ready_to_go(job, packer, checker, quantity=1)
    deliveries.ship(first, packer, carrier="dhl", tracking="00340")
    told = OutgoingMail.objects.get(kind="shipped")
    assert (told.state, told.about, told.to) == ("waiting", first, job.contact.email)
    assert first.number in told.subject
    assert page_of("dhl", "00340") in told.text
    deliveries.cancel(first, packer, reason="wrong van")
    told.refresh_from_db()
    assert told.state == "withdrawn"
    second = ready_to_go(job, packer, checker, quantity=1)
    deliveries.ship(second, packer)
    deliveries.arrive(second, packer, received_by="Gate")
    kinds = outbox.of(second).values_list("kind", flat=True)  # a quote may have the same key
    assert list(kinds) == ["shipped"]  # that it is there is silent until a business wants it said
