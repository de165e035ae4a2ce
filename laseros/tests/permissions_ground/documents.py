"""Enquiries, quotes, invoices and deliveries in every state there is a button for."""

from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from billing import deliveries, documents, invoices, order_papers, payments, quotes
from billing.models import (
    ExchangeRate,
    Invoice,
)
from billing.tests.ground import new_enquiry, with_address
from crm import links
from crm.models import AccessLink, Contact
from inventory import ledger, lots, stock
from inventory.models import Item
from laseros.tests.permissions_ground.books import lay_bank, lay_cards, lay_closed, lay_reminded
from laseros.tests.permissions_ground.names import DRAWING, LOGO
from laseros.tests.permissions_ground.work import a_made_job
from production import enquiries, layer_rules
from production.models import (
    DesignFile,
    Enquiry,
    Measurement,
    Proof,
)


def lay_documents(world) -> None:
    shop = world.shop
    world.enquiry = new_enquiry(shop)
    world.lost = new_enquiry(shop)
    enquiries.lose(world.lost, None)
    world.design_file = DesignFile.objects.get(pk=world.enquiry.lines.get().design_file_id)
    world.design_file.content.save("plate.dxf", ContentFile(b"0\nEOF\n"))
    world.line.design_file.content.save("plate.dxf", ContentFile(b"0\nEOF\n"))
    world.layer_rule = layer_rules.learn(shop.workspace, "X7", "engrave", None, client=shop.client)
    with_address(shop)
    _uploads(world)
    world.draft = quotes.draw_up(new_enquiry(shop), None)
    world.typed = quotes.draw_up(new_enquiry(shop), None)
    world.drafted = quotes.draw_up(new_enquiry(shop), None).enquiry
    typed = world.typed.lines.get()
    typed.unit_price += 1
    quotes.change_lines(world.typed, [typed], [], None)
    world.sent = quotes.send(quotes.draw_up(new_enquiry(shop), None), None)
    world.sent_line = world.sent.lines.get()
    _invoices(world)
    Measurement.objects.update(preview=DRAWING)
    for document in (world.sent, world.invoice):
        documents.keep(document, lambda: b"%PDF-1.7 kept")
    world.link_forged = "forged"
    world.link_quote, world.link_job, world.link_invoice = (
        links.token(links.make(record, shop.client)) for record in (world.sent, world.job, world.invoice)
    )


def _invoices(world) -> None:
    shop = world.shop
    world.made_job = a_made_job(world)
    world.invoice = invoices.issue(invoices.draft_from(world.made_job, None), None)
    world.payment = payments.receive(
        world.invoice, world.invoice.total / 2, key="half", received_on=timezone.localdate()
    )
    world.credit = payments.take(
        shop.client, Decimal(5), [], key="credit", received_on=timezone.localdate(), currency=shop.workspace.currency
    )
    lay_bank(world)
    lay_cards(world)
    lay_reminded(world)
    lay_closed(world)
    world.today = f"{timezone.localdate():%Y-%m-%d}"
    world.exchange_rate = ExchangeRate.objects.create(workspace=shop.workspace, currency="USD", rate=18)
    world.seal = world.invoice.seals.get()
    job = a_made_job(world)
    world.draft_credit = invoices.credit(invoices.issue(invoices.draft_from(job, None), None), None, "Bent")
    job = a_made_job(world)
    world.wrong_invoice = invoices.issue(invoices.draft_from(job, None), None)
    world.paid_back = _too_much_paid(world)
    job = a_made_job(world)
    world.draft_invoice = invoices.draft_from(job, None)
    job = a_made_job(world)
    invoices.issue(invoices.draft_deposit(job, None, percent=Decimal(10)), None)
    world.final_draft = invoices.draft_from(job, None)
    job = a_made_job(world)
    world.moved_draft = invoices.draft_from(job, None)
    Invoice.objects.filter(pk=world.moved_draft.pk).update(treatment="export")  # as for a client who has moved since
    world.uninvoiced = a_made_job(world)
    world.given_away = a_made_job(world)
    world.given_away.milestones.all().delete()


def _uploads(world) -> None:
    """The shop takes drawings from clients; one is being put together, one was handed in."""
    world.workspace.portal_orders = "all"
    world.workspace.save(update_fields=["portal_orders"])
    world.basket, world.asked = new_enquiry(world.shop), new_enquiry(world.shop)
    for row, state in ((world.basket, "basket"), (world.asked, "open")):
        Enquiry.objects.filter(pk=row.pk).update(origin="portal", state=state)
    world.basket_line, world.asked_line = world.basket.lines.get(), world.asked.lines.get()
    files = (world.basket_line.design_file_id, world.asked_line.design_file_id, world.design_file.pk)
    Measurement.objects.filter(design_file__in=files).update(preview="<svg/>")
    Contact.objects.filter(pk=world.contact.pk).update(manages_people=True)
    world.access_link = AccessLink.objects.order_by("pk").first()
    world.proof = Proof.objects.create(
        workspace=world.workspace, job=world.job, version=1, design_file=world.design_file
    )


def _too_much_paid(world):
    """Paid, and then taken back."""
    job = a_made_job(world)
    invoice = invoices.issue(invoices.draft_from(job, None), None)
    payments.receive(invoice, invoice.total, key="whole", received_on=timezone.localdate())
    invoices.cancel(invoice, None, "Bent")
    return invoice


def lay_deliveries(world) -> None:
    """One to be packed, one packed, one under way with a certificate behind it, one that has arrived, and pieces."""
    world.workspace.checks_deliveries = False  # so that a packed one may be shipped by anybody who may ship
    world.workspace.save()
    for name in ("draft", "packed", "shipped", "arrived"):
        job = a_made_job(world)
        delivery = deliveries.draft_from(job, None)
        setattr(world, f"{name}_delivery", delivery if name == "draft" else deliveries.pack(delivery, None))
    world.packed_line = world.packed_delivery.lines.get()
    world.packed_delivery.lines.update(is_checked=True)
    for delivery in (world.shipped_delivery, world.arrived_delivery):
        deliveries.ship(delivery, None)
        documents.keep(delivery, lambda: b"%PDF-1.7 kept")
    deliveries.arrive(world.arrived_delivery, None, received_by="Gate", picture=ContentFile(LOGO))
    world.undelivered = a_made_job(world)
    world.order_paper = order_papers.write_for_job(world.made_job, "confirmation", None)
    documents.keep(world.order_paper, lambda: b"%PDF-1.7 kept")
    world.delivery_address, world.a6 = world.shop.client.addresses.first(), "a6"
    plates = stock.register(Item(workspace=world.workspace, name="Plates", category="part", unit="pcs"), None)
    world.certified_lot = lots.receive(
        plates, 5, kind="batch", key="certified", by=None, certificate=ContentFile(b"%PDF-1.7", "c.pdf")
    )
    source = f"delivery:{world.shipped_delivery.pk}"
    ledger.post(plates, -1, "usage", key="certified:out", lot=world.certified_lot, source=source)
    world.link_made_job = links.token(links.make(world.made_job, world.made_job.client))
    world.link_delivery = links.token(links.make(world.shipped_delivery, world.shop.client))
