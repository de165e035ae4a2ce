"""Verbs about what somebody at a client puts together in the portal, before they ask for it or order it."""

from collections.abc import Iterable
from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import activity, numbering
from crm.families import family
from crm.models import Client, Contact
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import drawings, parcels, parts
from production.models import DesignFile, Enquiry, EnquiryLine, JobLine, Origin
from production.states import ENQUIRY

MOST_PARTS = 30
SHEET_KINDS = ("dxf", "svg")


def of(client: Client, contact: Contact) -> Enquiry | None:
    return client.enquiries.filter(contact=contact, state="basket").first()


@retried
def open_for(client: Client, contact: Contact, by) -> Enquiry:
    """The one they are putting together, or a new one: two uploads at once begin one."""
    try:
        return of(client, contact) or _begin(client, contact, by)
    except IntegrityError:
        return Enquiry.objects.get(contact=contact, state="basket")


@transaction.atomic
def _begin(client: Client, contact: Contact, by) -> Enquiry:
    with translation.override(client.workspace.language):
        title = _("Uploaded drawings")
    basket = Enquiry.objects.create(
        workspace_id=client.workspace_id,
        number=numbering.draw(client.workspace, "enquiry"),
        client=client,
        contact=contact,
        title=title,
        state="basket",
        origin=Origin.PORTAL,
        created_by=by if getattr(by, "pk", None) else None,
    )
    activity.record("created", basket, by)
    return basket


def receive(client: Client, contact: Contact, upload, by) -> DesignFile:
    """Take one file of a client's. Raises `Refused`: "too-many" for more than the shop takes in a day, "parts" for
    more than one order holds, "kind" for an archive, and what `drawings.receive` raises.
    """
    if parcels.is_one(upload):
        raise Refused(_("Please send the drawings themselves, several at once, instead of an archive."), code="kind")
    workspace = client.workspace
    _check_day(client)  # before a file is kept for nothing
    basket = open_for(client, contact, by)
    if basket.lines.count() >= MOST_PARTS:
        raise Refused(_("More than %(most)s parts do not fit into one order.") % {"most": MOST_PARTS}, code="parts")
    return drawings.receive(workspace, upload, enquiry=basket, by=by, check=lambda: _check_held_day(client))


def _check_held_day(client: Client) -> None:
    """Once more where it is written down, so that two uploads at once are counted one after the other."""
    Client._base_manager.filter(pk=client.pk).update(name=F("name"))
    _check_day(client)


def _check_day(client: Client) -> None:
    workspace = client.workspace
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
    today = DesignFile.objects.filter(
        enquiry__client__in=family(client), enquiry__origin=Origin.PORTAL, uploaded_at__gte=midnight, mended_from=None
    )
    if today.count() >= workspace.portal_uploads:
        raise Refused(
            _("More than %(most)s files a day are not taken here. Please come back tomorrow, or write to us.")
            % {"most": workspace.portal_uploads},
            code="too-many",
        )


def offered() -> list[Item]:
    """What clients may choose among: one item for each thing they can tell apart, by material, thickness and colour."""
    rows = parts.materials().filter(is_offered=True).exclude(material=None)
    found: dict[tuple, Item] = {}
    for item in rows.order_by("material__name", "thickness_mm", "colour", "code"):
        found.setdefault((item.category, item.material_id, item.thickness_mm, item.colour), item)
    return list(found.values())


def fits(item: Item, file: DesignFile | None) -> bool:
    """Sheets for what is cut, filament for what is printed."""
    return (item.category == Item.Category.SHEET) == (file is None or file.kind in SHEET_KINDS)


def change(basket: Enquiry, line: EnquiryLine, by, *, item: Item | None, quantity: int) -> None:
    """Another material or quantity. Raises `Refused` with code "item" for what the shop does not offer to clients.

    What a part was ordered in before stays possible. A product is what it is: its price rests on its material.
    """
    if line.product_id is not None and (item.pk if item is not None else None) != line.item_id:
        raise Refused(_("There is no such material."), code="item")
    if item is not None and not item.is_offered and item.pk != line.item_id:
        raise Refused(_("There is no such material."), code="item")
    parts.change(basket, {line.pk: {"item": item, "quantity": quantity}}, by)


@retried
@transaction.atomic
def say_unit(basket: Enquiry, line: EnquiryLine, unit: str, by) -> None:
    """What the numbers in a drawing are. Raises `Refused`: "state" once it was handed in, "right" for a drawing that
    came with another order: what is made from it keeps its size.
    """
    _hold(basket)
    if line.design_file.enquiry_id != basket.pk:
        raise Refused(_("You may not change this."), code="right")
    drawings.measure_again(line.design_file, by, unit=unit)


def _hold(basket: Enquiry) -> None:
    """Keep it a basket until the transaction ends; raises `Refused` ("state") when it was handed in meanwhile."""
    if not Enquiry._base_manager.filter(pk=basket.pk, state="basket").update(title=F("title")):
        raise Refused(_("This has been sent to us already."), code="state")


def ordered_by(client: Client):
    """The last line of each part a client has ordered: what they can order again. As a queryset, the newest first."""
    made = Q(design_file__isnull=False) | Q(product__isnull=False)
    rows = JobLine.objects.filter(made, job__client=client, parent=None).exclude(job__state="cancelled")
    last = rows.order_by().values("design_file", "product", "item").annotate(last=Max("pk")).values("last")
    return JobLine.objects.filter(pk__in=last).order_by("-pk")


def again(client: Client, contact: Contact, lines: Iterable[JobLine], by) -> int:
    """Put what was ordered before into the basket: the same drawing, material and number of pieces, at today's prices.

    Answers how many parts came in; what lies there already comes once. Raises `Refused`: "nothing", "parts".
    """
    wanted = [line for line in lines if line.parent_id is None and (line.design_file_id or line.product_id)]
    if not wanted:
        raise Refused(_("Nothing of this can be ordered again here. Please write to us."), code="nothing")
    return _again(open_for(client, contact, by), wanted, by)


@retried
@transaction.atomic
def _again(basket: Enquiry, lines: list[JobLine], by) -> int:
    _hold(basket)
    there = {(row.design_file_id, row.product_id, row.item_id) for row in basket.lines.all()}
    position, came = basket.lines.aggregate(last=Max("position"))["last"] or 0, 0
    for line in lines:
        product = line.product if line.product is not None and line.product.archived_at is None else None
        # A drawing of another client stays where it is; as a product the part can be ordered again all the same.
        drawing = None if line.hides_drawing else line.design_file_id
        key = (drawing, product.pk if product else None, line.item_id)
        if key in there or not (key[0] or key[1]):
            continue
        if len(there) >= MOST_PARTS:
            raise Refused(_("More than %(most)s parts do not fit into one order.") % {"most": MOST_PARTS}, code="parts")
        there.add(key)
        came += 1
        EnquiryLine.objects.create(
            workspace_id=basket.workspace_id, enquiry=basket, position=position + came, product=product,
            design_file_id=drawing, description=line.description, item_id=line.item_id,
            quantity=line.quantity,
        )  # fmt: skip
    if came:
        activity.record("changed", basket, by, details={"what": lines[0].job.number, "parts": came})
    return came


@retried
@transaction.atomic
def hand_in(basket: Enquiry, by, *, title: str = "", note: str = "") -> bool:
    """It is an enquiry from now on. False when it was one already. Raises `Refused` ("no-lines") for nothing."""
    lines = list(basket.lines.order_by("position", "id")[:1])
    if not lines:
        raise Refused(_("Nothing is asked for yet: add a drawing or a part first."), code="no-lines")
    title = " ".join(title.split())[:160] or lines[0].description[:160]
    fields = {"title": title, "note": note.strip()[:2000], "created_at": timezone.now()}
    if not ENQUIRY.try_move(basket, "ask", **fields):
        return False
    activity.record("sent", basket, by)
    return True
