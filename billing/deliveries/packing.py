"""Packing a delivery line by line, and the second person who looks whether everything is in it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering
from billing.deliveries.drafting import MOST_LINES, hold_draft, number_parcels
from billing.deliveries.ready import ready_of
from billing.models import Delivery, DeliveryLine, Parcel
from billing.states import DELIVERY
from inventory.scanning import codes
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import jobs
from production.models import Operation


@retried
@transaction.atomic
def tick(line: DeliveryLine, by, *, there: bool = True) -> DeliveryLine:
    """Say that a line lies in the parcel: while it is packed by the packer, afterwards by a second person.

    Said twice it is said once. Raises `Refused` with code "same-person" or "state".
    """
    delivery = _held(line.delivery)
    if delivery.state not in ("draft", "packed"):
        raise _too_late(delivery)
    if delivery.state == "packed":
        _check_second(delivery, by)
    field = "is_packed" if delivery.state == "draft" else "is_checked"
    DeliveryLine._base_manager.filter(pk=line.pk, delivery=delivery).update(**{field: there})
    setattr(line, field, there)
    return line


def find_line(delivery: Delivery, text: str) -> DeliveryLine:
    """The line a scanned or typed code means: of an operation, a product's or item's number, or its position.

    Raises `Refused` with code "unknown" for what is not in this delivery.
    """
    spoken = codes.read(text)
    lines = list(delivery.lines.select_related("job_line__product", "job_line__item", "job_line__design_file"))
    if spoken is not None:
        wanted = spoken.code.casefold()
        if spoken.kind == "operation":
            operation = Operation.objects.filter(pk=int(spoken.code)).select_related("job_line").first()
            top = _top(operation.job_line) if operation is not None and operation.job_line else None
            lines = [line for line in lines if top is not None and line.job_line_id == top.pk]
        else:
            lines = [line for line in lines if wanted in _names(line)]
        if len(lines) > 1:  # the one that is not ticked yet
            field = "is_packed" if delivery.state == "draft" else "is_checked"
            lines = [line for line in lines if not getattr(line, field)] or lines
        if lines:
            return lines[0]
    raise Refused(_("“%(code)s” is not in this delivery.") % {"code": text[:60].strip()}, code="unknown")


def _top(line):
    while line.parent_id is not None:
        line = line.parent
    return line


def _names(line: DeliveryLine) -> set[str]:
    job_line = line.job_line
    names = {str(line.position), line.description}
    names |= {job_line.product.sku} if job_line.product else set()
    names |= {job_line.item.code} if job_line.item else set()
    names |= {job_line.design_file.name} if job_line.design_file else set()
    return {name.casefold() for name in names}


@retried
@transaction.atomic
def pack(delivery: Delivery, by) -> Delivery:
    """Everything on it lies in its parcels. It gets its number, which stands on them and on the note.

    Raises `Refused`: "state", "no-lines", "address", "more-than-made", "too-long".
    """
    delivery = _held(delivery)
    hold_draft(delivery)
    lines = list(delivery.lines.select_related("job_line"))
    _check_complete(delivery, lines)
    ready = {row.line.pk: row.pieces for row in ready_of([line.job_line for line in lines], but=delivery.pk)}
    for line in lines:
        if line.quantity > ready.get(line.job_line_id, 0):
            raise more_than_made(line, ready.get(line.job_line_id, 0))
    number = delivery.number or numbering.draw(delivery.workspace, "delivery")
    DELIVERY.move(delivery, "pack", number=number, packed_by=_person(by), packed_at=timezone.now(), reason="")
    delivery.lines.update(is_packed=True, is_checked=False)
    if not delivery.parcels.exists():
        Parcel.objects.create(workspace=delivery.workspace, delivery=delivery, position=1)
    number_parcels(delivery)
    activity.record("packed", delivery, by, details={"parcels": delivery.parcels.count()})
    return delivery


def _check_complete(delivery: Delivery, lines: list[DeliveryLine]) -> None:
    if not lines:
        raise Refused(_("There is nothing on this delivery yet."), code="no-lines")
    if len(lines) > MOST_LINES:
        raise Refused(
            _("%(count)s lines are more than one document can carry: make several.") % {"count": len(lines)},
            code="too-long",
        )
    if not delivery.recipient.strip() or not delivery.address.strip():
        raise Refused(_("Where does it go? Name and address are missing."), code="address")


def more_than_made(line: DeliveryLine, there: int) -> Refused:
    return Refused(
        _("“%(line)s”: only %(number)s are made and not delivered or packed elsewhere.")
        % {"line": line.description, "number": there},
        code="more-than-made",
    )


@retried
@transaction.atomic
def unpack(delivery: Delivery, by) -> Delivery:
    """Open the parcels again: it can be changed, keeps its number, and is packed and checked anew."""
    delivery = _held(delivery)
    DELIVERY.move(delivery, "unpack", packed_by=None, packed_at=None, checked_by=None, checked_at=None)
    delivery.lines.update(is_packed=False, is_checked=False)
    activity.record("unpacked", delivery, by)
    return delivery


@retried
@transaction.atomic
def check(delivery: Delivery, by) -> Delivery:
    """A second person has found every line in it. Raises `Refused`: "same-person", "unticked", "state"."""
    delivery = _held(delivery)
    if delivery.state == "packed":
        _check_second(delivery, by)
        left = delivery.lines.filter(is_checked=False).first()
        if left is not None:
            raise Refused(_("“%(line)s” is not ticked yet.") % {"line": left.description}, code="unticked")
    DELIVERY.move(delivery, "check", checked_by=_person(by), checked_at=timezone.now())
    activity.record("checked", delivery, by)
    return delivery


def _check_second(delivery: Delivery, by) -> None:
    if _person(by) is None or by.pk == delivery.packed_by_id:
        raise Refused(_("You packed it yourself: somebody else has to check it."), code="same-person")


def _held(delivery: Delivery) -> Delivery:
    """The delivery as it is now; its job is held until the transaction ends."""
    job = delivery.job
    jobs.lock(job)
    return Delivery.objects.select_related("workspace", "client", "job").get(pk=delivery.pk)


def _too_late(delivery: Delivery) -> Refused:
    words = _("This is no longer possible: %(what)s is %(state)s now.")
    return Refused(words % {"what": delivery, "state": delivery.get_state_display()}, code="state")


def _person(by):
    return by if getattr(by, "pk", None) else None
