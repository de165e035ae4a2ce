"""Packing and checking on a tablet: tick or scan each line, weigh the parcels, print their labels."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing import deliveries, documents
from billing.carriers import CARRIERS, CHOICES
from billing.deliveries.boards import columns
from billing.documents import parcel_labels
from billing.models import Delivery, DeliveryLine, Parcel
from billing.models.delivery import ON_THE_WAY_OUT
from laseros.core.errors import Refused
from production import serving
from production.models import Job
from production.views.access import floor

LOOK, PACK, SHIP = "billing.view_delivery", "billing.pack_delivery", "billing.ship_delivery"
MOST_WEIGHT, MOST_SIDE = Decimal(99_999), 9_999


@floor(LOOK)
@require_safe
def board(request):
    context = {**columns(), "can_pack": request.user.has_perm(PACK)}
    return render(request, "deliveries/board.html", context)


@floor(PACK)
@require_POST
def make(request, pk):
    """A delivery of what is ready of a job."""
    job = get_object_or_404(Job.objects.select_related("client"), pk=pk)
    return redirect("deliveries:page", pk=deliveries.draft_from(job, request.user).pk)


@floor(LOOK)
@require_safe
def page(request, pk):
    delivery = _delivery(pk)
    lines = list(delivery.lines.select_related("job_line__product"))
    second = delivery.state == "packed"
    for line in lines:
        line.is_there = line.is_checked if second else line.is_packed
    own = second and delivery.packed_by_id == request.user.pk
    context = {
        "delivery": delivery,
        "lines": lines,
        "left": sum(not line.is_there for line in lines),
        "parcels": list(delivery.parcels.all()),
        "sizes": parcel_labels.SIZES,
        "carriers": CHOICES,
        "second": second,
        "own": own,
        "can_tick": request.user.has_perm(PACK) and delivery.state in ("draft", "packed") and not own,
        "can_pack": request.user.has_perm(PACK),
        "can_ship": request.user.has_perm(SHIP) and _may_go(delivery),
        "is_open": delivery.state in ON_THE_WAY_OUT,
    }
    return render(request, "deliveries/page.html", context)


def _may_go(delivery: Delivery) -> bool:
    return delivery.state == "checked" or (delivery.state == "packed" and not delivery.workspace.checks_deliveries)


def _delivery(pk) -> Delivery:
    return get_object_or_404(Delivery.objects.select_related("client", "job", "packed_by", "checked_by"), pk=pk)


def _done(request, delivery, verb, said="", **answers):
    """Call a verb; what it refuses is said on the page it came from."""
    try:
        verb(delivery, request.user, **answers)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        if said:
            messages.success(request, said)
    return redirect("deliveries:page", pk=delivery.pk)


@floor(PACK)
@require_POST
def tick(request, pk, line):
    row = get_object_or_404(DeliveryLine.objects.select_related("delivery__job"), pk=line, delivery=pk)
    there = request.POST.get("there") != "no"
    return _done(request, row.delivery, lambda _delivery, by: deliveries.tick(row, by, there=there))


@floor(PACK)
@require_POST
def scan(request, pk):
    """A code from a camera, a hand scanner or the keyboard ticks the line it stands for."""
    delivery, code = _delivery(pk), request.POST.get("code", "")

    def found(delivery, by):
        line = deliveries.find_line(delivery, code)
        deliveries.tick(line, by)
        messages.success(request, _("In it: %(line)s") % {"line": line})

    return _done(request, delivery, found)


@floor(PACK)
@require_POST
def parcels(request, pk):
    """The parcels with weight and size, as many rows as there are parcels; an empty row beyond them is none."""

    def store(delivery, by):
        there = {parcel.pk: parcel for parcel in delivery.parcels.all()}
        changed, kept = [], set()
        for number, (key, *values) in enumerate(_rows(request.POST), start=1):
            parcel = there.get(key) or Parcel()
            kept.add(parcel.pk)
            parcel.position = number
            parcel.weight_kg, parcel.length_cm, parcel.width_cm, parcel.height_cm = values
            changed.append(parcel)
        removed = [parcel for key, parcel in there.items() if key not in kept]
        deliveries.set_parcels(delivery, changed, removed, by)

    return _done(request, _delivery(pk), store, _("The parcels are stored."))


def _rows(data):
    """(key, weight, length, width, height) of each row that is not taken out."""
    keys = data.getlist("parcel")
    columns = [data.getlist(name) for name in ("weight", "length", "width", "height")]
    for number, key in enumerate(keys[:99]):
        cells = [column[number] if number < len(column) else "" for column in columns]
        gone = f"remove-{number + 1}" in data
        if gone or (not key and not any(cell.strip() for cell in cells) and "add" not in data):
            continue
        yield (int(key) if key.isdecimal() and len(key) < 19 else None, _weight(cells[0]), *map(_side, cells[1:]))
    if "add" in data:
        yield (None, None, None, None, None)


def _weight(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        weight = Decimal(text.strip().replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Refused(_("“%(text)s” is no weight.") % {"text": text[:20]}, code="weight") from None
    if not weight.is_finite() or not 0 <= weight <= MOST_WEIGHT:
        raise Refused(_("“%(text)s” is no weight.") % {"text": text[:20]}, code="weight")
    return weight


def _side(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text[:9]) <= MOST_SIDE:
        raise Refused(_("“%(text)s” is no length in whole centimetres.") % {"text": text[:20]}, code="side")
    return int(text)


@floor(PACK)
@require_POST
def pack(request, pk):
    return _done(request, _delivery(pk), deliveries.pack, _("Packed. Now somebody else checks it."))


@floor(PACK)
@require_POST
def unpack(request, pk):
    return _done(request, _delivery(pk), deliveries.unpack, _("It can be changed again and keeps its number."))


@floor(PACK)
@require_POST
def check(request, pk):
    return _done(request, _delivery(pk), deliveries.check, _("Checked: it can go."))


@floor(SHIP)
@require_POST
def ship(request, pk):
    carrier = request.POST.get("carrier", "")
    way = {"carrier": carrier if carrier in CARRIERS else "", "tracking": request.POST.get("tracking", "")[:80]}
    return _done(request, _delivery(pk), deliveries.ship, _("It is under way."), **way)


@floor(LOOK)
@require_safe
def note(request, pk):
    delivery = _delivery(pk)
    return serving.attachment(documents.note_of(delivery), documents.file_name(delivery), "application/pdf")


@floor(LOOK)
@require_safe
def labels(request, pk, size):
    delivery = _delivery(pk)
    if size not in parcel_labels.SIZES or not delivery.number:
        raise Http404
    return serving.attachment(parcel_labels.labels_pdf(delivery, size), f"labels-{pk}.pdf", "application/pdf")
