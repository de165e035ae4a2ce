"""What a job takes that is not promised to it, or not there at all: how much, and when more is expected."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.db.models import Case, F, FloatField, When
from django.db.models.functions import Cast
from django.db.models.lookups import LessThan
from django.utils.translation import gettext as _

from inventory import ledger
from inventory.models import Item, Reservation
from inventory.purchasing import expected
from laseros.core.templatetags.laseros import day, number
from production import exploding
from production.models import Job, JobLine, Operation, Step
from production.states import OPEN_OPERATION


def material_for(line: JobLine, pieces: int) -> Decimal:
    return (line.material_each * pieces).quantize(ledger.STEP, ROUND_CEILING)


def lines_of(job: Job) -> list[JobLine]:
    """The lines of a job with all that says what they take and what they are promised, for what is asked below."""
    related = ("operations__reservation__lot", "materials__reservation", "materials__item", "parts")
    return list(job.lines.select_related("item").prefetch_related(*related))


def wanting(job: Job, lines: list[JobLine] | None = None) -> list[str]:
    """What keeps a job from being made, in words: material that is not there, lines that no machine can take."""
    words = []
    for line in lines_of(job) if lines is None else lines:
        for row in exploding.lacking(line):
            words.append(_not_reserved(line, row.item, row.reservation, exploding.needed(row, line.missing)))
        operations = [row for row in line.operations.all() if row.state in OPEN_OPERATION]
        if line.missing and not operations and not line.parts.all() and line.made_on != Step.Kind.HAND:
            words.append(_("%(line)s: no machine has it in its queue.") % {"line": line.description})
        for row in operations:
            if lacks_material(row, line):
                needed = material_for(line, row.left) - row.taken
                words.append(_not_reserved(line, line.item, row.reservation, needed))
    return words


def _not_reserved(line: JobLine, item: Item, promise: Reservation | None, needed: Decimal) -> str:
    held = promise.open_quantity if promise is not None else 0
    said = {"line": line.description, "item": item, "held": number(held), "needed": number(needed)}
    if not held:
        return _("%(line)s: %(item)s is not reserved.") % said
    return _("%(line)s: %(held)s of %(needed)s %(unit)s of %(item)s reserved.") % {
        **said, "unit": item.unit_of(needed),
    }  # fmt: skip


def short_of(job: Job, lines: list[JobLine] | None = None) -> dict[Item, Decimal]:
    """{item: quantity} a job takes and is not promised, less what is free: what has to be bought for it."""
    wanted: dict[Item, Decimal] = {}
    for line in lines_of(job) if lines is None else lines:
        rows = exploding.wanted(line)
        operations = [row for row in line.operations.all() if row.state in OPEN_OPERATION]
        rows += [(line.item, _not_promised(row, line)) for row in operations if lacks_material(row, line)]
        if line.item is not None and line.missing and not operations and not line.parts.all():
            rows.append((line.item, material_for(line, line.missing)))
        for item, quantity in rows:
            wanted[item] = wanted.get(item, Decimal(0)) + quantity
    short = {item: quantity - max(item.available, Decimal(0)) for item, quantity in wanted.items()}
    return {item: quantity for item, quantity in short.items() if quantity > 0}


def to_buy(short: dict[Item, Decimal]) -> dict[Item, Decimal]:
    """{item: quantity} of what is short that stands on no order yet, sent or not."""
    there = expected.in_drafts(short) if short else {}
    coming = expected.on_order(short) if short else {}
    left = {item: count - there.get(item.pk, 0) - coming.get(item.pk, (0, None))[0] for item, count in short.items()}
    return {item: count for item, count in left.items() if count > 0}


def _not_promised(operation: Operation, line: JobLine) -> Decimal:
    promised = operation.reservation.open_quantity if operation.reservation else Decimal(0)
    return material_for(line, operation.left) - promised - operation.taken


def lacks_material(operation: Operation, line: JobLine | None) -> bool:
    """Whether a queued operation is promised less than its pieces take; `line` is None for a sheet of a nest."""
    if operation.state != "queued":
        return False
    promised = operation.reservation.open_quantity if operation.reservation else 0
    if line is None:
        return promised + ledger.STEP < operation.sheet.extra * operation.left
    if line.item_id is None or not line.material_each:
        return False
    # A thousandth is lost where runs are rounded one by one.
    return promised + operation.taken + ledger.STEP < material_for(line, operation.left)


def without_material():
    """Queued operations promised less material than they take, or none, as a queryset: see `lacks_material`."""
    held = Case(When(reservation__state="active", then=F("reservation__held")), default=Decimal(0))
    promised = Cast(held + F("taken"), FloatField())
    takes = Cast(F("job_line__material_each") * (F("quantity") - F("good")), FloatField())
    too_little = LessThan(promised + float(ledger.STEP) + 1e-6, takes)  # what floats make of a thousandth
    rows = Operation.objects.filter(state="queued", job_line__item__isnull=False, job_line__material_each__gt=0)
    return rows.filter(too_little)


# --- what is not there at all ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """Of one item, in its unit: what a job needs, what of that it is promised or could take, and what is on its way."""

    item: Item
    needed: Decimal
    available: Decimal
    on_order: Decimal
    expected_on: date | None

    @property
    def missing(self) -> Decimal:
        return self.needed - self.available


def of(job: Job, lines: list[JobLine] | None = None) -> list[Missing]:
    """What is missing for an open job, item by item; nothing where everything is promised or free."""
    short = short_of(job, lines)
    coming = expected.on_order(short) if short else {}
    needed = needs(job, short) if short else {}
    return [
        Missing(item, needed[item.pk], needed[item.pk] - missing, *coming.get(item.pk, (Decimal(0), None)))
        for item, missing in short.items()
    ]


def needs(job: Job, items) -> dict[int, Decimal]:
    """{item id: quantity} that is still to be used for a job, of these items."""
    found = {item.pk: Decimal(0) for item in items}
    for line in JobLine.objects.filter(job=job).prefetch_related("materials", "parts"):
        if line.item_id in found and not line.parts.all():
            found[line.item_id] += material_for(line, line.missing)
        for row in line.materials.all():
            if row.item_id in found and not row.at_once:
                found[row.item_id] += exploding.needed(row, line.missing)
    return found


def said(row: Missing) -> str:
    """In a sentence for whoever asked."""
    words = _("%(item)s: %(needed)s %(unit)s needed, %(available)s there, %(missing)s missing.") % {
        "item": row.item, "unit": row.item.unit_of(row.needed), "needed": number(row.needed),
        "available": number(row.available), "missing": number(row.missing),
    }  # fmt: skip
    when = {"amount": row.item.amount(row.on_order), "day": day(row.expected_on)}
    if not row.on_order:
        more = _("None is on order.")
    elif row.expected_on is None:
        more = _("On order: %(amount)s.") % when
    else:
        more = _("On order for %(day)s: %(amount)s.") % when
    return f"{words} {more}"


@dataclass(frozen=True)
class Wanted:
    """What one line of a job still takes of an item: promised to it, taken already, waited for, and on its way."""

    line: JobLine
    item: Item
    needed: Decimal
    promise: Reservation | None
    taken: Decimal
    on_order: Decimal = Decimal(0)
    expected_on: date | None = None

    @property
    def promised(self) -> Decimal:
        return self.promise.open_quantity if self.promise is not None else Decimal(0)

    @property
    def missing(self) -> Decimal:
        missing = self.needed - self.taken - self.promised
        return missing if missing > ledger.STEP else Decimal(0)


def material(lines: list[JobLine]) -> list[Wanted]:
    """Everything that open lines still take from stock, and how it stands; `lines` as `lines_of` reads them."""
    found = []
    for line in lines:
        for row in line.operations.all():
            if row.state in ("queued", "in_progress") and line.item is not None and line.material_each:
                found.append(Wanted(line, line.item, material_for(line, row.left), row.reservation, row.taken))
        for row in line.materials.all():
            needed = exploding.needed(row, line.missing)
            if needed:
                found.append(Wanted(line, row.item, needed, row.reservation, needed if row.at_once else Decimal(0)))
    short = {row.item for row in found if row.missing}
    coming = expected.on_order(short) if short else {}
    return [
        replace(row, on_order=coming[row.item.pk][0], expected_on=coming[row.item.pk][1])
        if row.missing and row.item.pk in coming else row
        for row in found
    ]  # fmt: skip
