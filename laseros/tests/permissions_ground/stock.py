"""Clients, items and lots, what is bought, counted and scanned."""

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Activity, BackgroundTask, MessageHook, OutgoingMail
from billing.models import (
    ExtraOperation,
    PriceRules,
    TaxRate,
)
from crm import clients
from crm.models import Client, ExemptionCertificate, FollowUp, Tag
from inventory import counting, ledger, locations, lots, stock
from inventory.models import CountLine, Item, Location, Move, Need, ScanEvent, StockCount
from inventory.purchasing import orders as purchases
from inventory.purchasing import suppliers
from inventory.reorder import needs
from inventory.scanning import events
from inventory.scanning.wire import Said
from inventory.tests.buying import came, draft, new_supplier, sells, sent
from laseros.tests.permissions_ground.names import LOGO
from laseros.tests.permissions_ground.work import an_order
from production.models import (
    CuttingParameter,
    Operation,
    Product,
)


def lay_clients_and_stock(world) -> None:
    workspace, shop = world.workspace, world.shop
    world.client, world.item, world.material = shop.client, shop.sheet, shop.material
    world.twin = clients.register(Client(workspace=workspace, name="Twin"), None)
    world.tag = Tag.objects.create(workspace=workspace, name="Key", colour="blue")
    world.exemption = ExemptionCertificate(workspace=workspace, client=shop.client, number="ST-1", state="MA")
    world.exemption.file.save("exemption.pdf", ContentFile(b"%PDF-1.7 exempt"))
    world.archived_client = clients.register(Client(workspace=workspace, name="Gone", kind="private"), None)
    clients.archive(world.archived_client, None)
    world.spare = stock.register(Item(workspace=workspace, name="Spare", material=shop.material), None)
    world.archived_item = stock.register(Item(workspace=workspace, name="Old", material=shop.material), None)
    stock.archive(world.archived_item, None)
    world.move = Move.objects.first()
    world.reservation = ledger.reserve(shop.sheet, 1, key="by hand", label="by hand", by=None)


def lay_settings(world) -> None:
    workspace, shop = world.workspace, world.shop
    world.tax_rate, world.price_rules = TaxRate.objects.get(), PriceRules.objects.get()
    world.folding = ExtraOperation.objects.create(workspace=workspace, name="Fold")
    world.archived_folding = ExtraOperation.objects.create(workspace=workspace, name="Bend", archived_at=timezone.now())
    world.draft_line = world.draft.lines.exclude(enquiry_line=None).first()
    world.second_rate = TaxRate.objects.create(workspace=workspace, name="None", percent=0)
    world.parameters = shop.parameters
    world.unconfirmed = CuttingParameter.objects.create(
        workspace=workspace,
        machine=shop.laser,
        material=shop.material,
        thickness_mm=5,
        gas="O2",
        feed_mm_min=2400,
        pierce_s=1,
    )


def lay_sent_and_done(world) -> None:
    workspace, shop = world.workspace, world.shop
    world.product, world.archived_product = (
        Product.objects.create(workspace=workspace, sku=sku, name=sku, material=shop.material, item=shop.sheet)
        for sku in ("SKU-OLD-0001", "SKU-OLD-0002")
    )
    Product.objects.filter(pk=world.archived_product.pk).update(archived_at=timezone.now())
    world.activity = Activity.objects.first()
    world.task = BackgroundTask.objects.create(
        workspace=workspace, name="send a message", arguments=[0], state="failed", error="no route"
    )
    world.mail = OutgoingMail.objects.create(
        workspace=workspace, key="x", to="a@b.example", subject="Hello", text="Hello", state="failed"
    )
    world.unclear_mail = OutgoingMail.objects.create(
        workspace=workspace, key="y", to="a@b.example", subject="Hello", text="Hello", state="unclear"
    )
    world.hook = MessageHook.objects.create(
        workspace=workspace, name="Shop", url="https://1.1.1.1/x", occasions=["ready"], body='{"text": "{subject}"}'
    )
    world.follow_up = FollowUp.objects.create(
        workspace=workspace, client=world.client, what="Ring them", due_on=timezone.localdate(), key="x"
    )
    world.occasion, world.language = "ready", "de"
    workspace.logo.save("logo.png", ContentFile(LOGO))
    world.crm_label, world.slug, world.client_type = "crm", workspace.slug, ContentType.objects.get_for_model(Client).pk


def lay_lots(world) -> None:
    """Two spools that can be put together, one in quarantine, places in use and not, an item with a picture."""
    places = [Location(workspace=world.workspace, code=code, name=code) for code in ("R1", "R2")]
    world.rack, world.archived_rack = (locations.store(place, None) for place in places)
    locations.archive(world.archived_rack, None)
    world.pictured = stock.register(
        Item(workspace=world.workspace, name="PLA", category="filament", unit="g", diameter_mm="1.75"), None
    )
    stock.picture(world.pictured, ContentFile(LOGO, name="item.png"), None)
    said = {"by": None, "kind": "spool", "tare_g": 200}
    world.spool, world.second_spool, world.barred_spool = (
        lots.receive(world.pictured, 1000, key=f"spool:{number}", certificate=ContentFile(b"%PDF-1.7", "c.pdf"), **said)
        for number in range(3)
    )
    lots.quarantine(world.barred_spool, "wet", None)
    world.csv = "csv"


def lay_buying(world) -> None:
    """A supplier who sells the sheet, orders in every state there is a button for, goods that came."""
    world.supplier, world.archived_supplier, world.idle_supplier = (
        new_supplier(world.workspace, name) for name in ("Steel & Co", "Gone", "Idle")
    )
    suppliers.archive(world.archived_supplier, None)
    world.supplier_item = sells(world.supplier, world.shop.sheet, breaks=((20, "1700"),))
    world.draft_purchase = draft(world.supplier_item)
    purchases.send(world.draft_purchase, None)
    world.sent_purchase = world.draft_purchase
    world.part_purchase = sent(world.supplier_item, key="part")
    world.receipt = came(world.part_purchase, 4, heat="H-1")
    row = world.receipt.lines.get()
    row.certificate.save("heat.pdf", ContentFile(b"%PDF-1.7 heat"))
    world.receipt_row = row
    world.draft_purchase = draft(world.supplier_item, key="draft")
    Item.objects.filter(pk=world.spare.pk).update(minimum=5)
    sells(world.supplier, world.spare, sku="SP")
    needs.work_out(world.workspace)
    world.need = Need.objects.get(item=world.spare)
    rare = stock.register(Item(workspace=world.workspace, name="Rare", material=world.shop.material), None)
    sells(world.supplier, rare, sku="R")
    _quote, world.short_job, operation = an_order(world)
    Operation.objects.filter(pk=operation.pk).update(reservation=None)
    world.short_job.lines.update(item=rare, material_each=2)


def lay_scanned(world) -> None:
    """A scan that could not be done when it arrived and can be now, and a count that is going on."""
    operator, now = world.operator, timezone.now()
    item = stock.register(Item(workspace=world.workspace, name="Rivets", category="part", unit="pcs"), None)
    lot = world.scanned_lot = lots.receive(item, 5, kind="batch", key="scanned", by=None)
    events.take(Said("permissions-1", "move", lot.code, {"place": "R9"}, now, now), world.workspace, operator)
    world.conflict = ScanEvent.objects.get()
    locations.store(Location(workspace=world.workspace, code="R9", name="Rack 9"), None)
    world.stock_count = counting.begin(StockCount(workspace=world.workspace), None)
    world.count_line = CountLine.objects.get(lot=lot)
    counting.count(world.count_line, 4, key="scanned", by=operator)
    world.label_kind, world.letter, world.a_code = "lot", "l", lot.code
