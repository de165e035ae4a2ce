"""Verbs about queues: whose turn it is, on which machine, how urgent."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import activity
from inventory.models import Item, Material
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import bell
from machines.models import Machine
from production.models import CuttingParameter, JobLine, Operation, Priority
from production.states import IN_QUEUE

STRIDE = 10  # between two neighbours, so that one more fits in front without moving all others

_KIND_BY_CATEGORY = {Item.Category.SHEET: Machine.Kind.LASER, Item.Category.FILAMENT: Machine.Kind.PRINTER}
_KIND_BY_MATERIAL = {Material.Kind.SHEET: Machine.Kind.LASER, Material.Kind.FILAMENT: Machine.Kind.PRINTER}
_KIND_BY_FILE = {
    "dxf": Machine.Kind.LASER,
    "stl": Machine.Kind.PRINTER,
    "3mf": Machine.Kind.PRINTER,
    "gcode": Machine.Kind.PRINTER,
}


def waiting(machine: Machine) -> QuerySet[Operation]:
    """The queue of a machine, in its order."""
    return Operation.objects.filter(machine=machine, state="queued").order_by("position", "id")


# --- which machine ----------------------------------------------------------------------------------------------------


def kind_for(line: JobLine) -> str | None:
    """The kind of machine that makes a line; None for what no machine makes."""
    if line.made_on:
        return line.made_on if line.made_on in Machine.Kind.values else None
    if line.item is not None:
        return _KIND_BY_CATEGORY.get(line.item.category)
    if line.product is not None and line.product.material is not None:
        return _KIND_BY_MATERIAL.get(line.product.material.kind)
    return _KIND_BY_FILE.get(line.design_file.kind) if line.design_file else None


def machine_for(line: JobLine) -> Machine | None:
    """The machine that gets to it first: of the right kind, large enough, knowing the material, least loaded."""
    kind = kind_for(line)
    if kind is None:
        return None
    load = Sum((F("operations__quantity") - F("operations__good")) * F("operations__seconds_each"),
               filter=Q(operations__state__in=IN_QUEUE))  # fmt: skip
    machines = (
        Machine.objects.filter(kind=kind, archived_at=None)
        .annotate(knows=_knows(line), load=Coalesce(load, 0.0))
        .order_by("-knows", "load", "position", "id")
    )
    return next((machine for machine in machines if _fits(machine, line)), None)


def _knows(line: JobLine):
    """Whether a machine has confirmed values for the line's sheet; for anything else it makes no difference."""
    item = line.item
    rows = CuttingParameter.objects.filter(machine=OuterRef("pk")).exclude(confirmed_at=None)
    if item is None or item.material_id is None or item.thickness_mm is None:
        return Exists(rows.none())
    return Exists(rows.filter(material_id=item.material_id, thickness_mm=item.thickness_mm))


def _fits(machine: Machine, line: JobLine) -> bool:
    """By the part's measured size, lying either way; what nobody measured or wrote down is taken to fit."""
    measurement = getattr(line.design_file, "measurement", None) if line.design_file else None
    if measurement is None or not (machine.bed_width_mm and machine.bed_height_mm):
        return True
    part = sorted((measurement.width_mm, measurement.height_mm))
    bed = sorted((machine.bed_width_mm, machine.bed_height_mm))
    return part[0] <= bed[0] and part[1] <= bed[1]


# --- whose turn -------------------------------------------------------------------------------------------------------


def place_for(machine: Machine, priority: int) -> int:
    """The position behind everything as urgent or more urgent, making room there."""
    hold(machine)
    rows = list(waiting(machine).values_list("pk", "priority"))
    index = max((place + 1 for place, (_pk, other) in enumerate(rows) if other >= priority), default=0)
    # Numbered anew around the gap, so that the new one has a place of its own.
    _number([pk for pk, _other in rows[:index]], start=1)
    _number([pk for pk, _other in rows[index:]], start=index + 2)
    return (index + 1) * STRIDE


def hold(machine: Machine) -> None:
    """Keep the machine's queue to oneself until the transaction ends; pages that show it hear of the change then."""
    bell.ring_queues([machine.pk])


def _number(pks: Sequence[int], start: int = 1) -> None:
    rows = {row.pk: row for row in Operation._base_manager.filter(pk__in=pks).only("position").order_by("pk")}
    changed = []
    for place, pk in enumerate(pks, start=start):
        if rows[pk].position != place * STRIDE:
            rows[pk].position = place * STRIDE
            changed.append(rows[pk])
    Operation._base_manager.bulk_update(changed, ["position"], batch_size=200)


@retried
@transaction.atomic
def reorder(machine: Machine, operation_ids: Sequence[int], by) -> None:
    """Put a machine's queue into this order. Refused ("stale") unless these are exactly the operations in it now."""
    hold(machine)
    now = list(waiting(machine).values_list("pk", flat=True))
    wanted = list(operation_ids)
    if sorted(now) != sorted(wanted):
        raise _stale()
    if now == wanted:
        return
    _number(wanted)
    activity.record("reordered", machine, by)


@retried
@transaction.atomic
def place(operation: Operation, by, *, after: int | None, before: int | None) -> None:
    """Put one operation between two neighbours, None at the ends. Refused ("stale") when these are not neighbours now.

    By neighbours, not by the whole order: two people sorting one queue do not undo each other.
    """
    machine = operation.machine
    hold(machine)
    now = list(waiting(machine).values_list("pk", flat=True))
    if operation.pk not in now:
        raise _stale()
    rest = [pk for pk in now if pk != operation.pk]
    index = rest.index(after) + 1 if after in rest else 0
    there = (rest[index - 1] if index else None, rest[index] if index < len(rest) else None)
    if (after, before) != there:
        raise _stale()
    _put(machine, operation, [*rest[:index], operation.pk, *rest[index:]], now, by)


@retried
@transaction.atomic
def shift(operation: Operation, by, *, up: bool) -> None:
    """Change places with the neighbour in front or behind; at the end of the queue nothing happens."""
    machine = operation.machine
    hold(machine)
    now = list(waiting(machine).values_list("pk", flat=True))
    if operation.pk not in now:
        raise _stale()
    wanted = list(now)
    index = wanted.index(operation.pk)
    other = max(index - 1, 0) if up else min(index + 1, len(wanted) - 1)
    wanted[index], wanted[other] = wanted[other], wanted[index]
    _put(machine, operation, wanted, now, by)


def _put(machine, operation, wanted, now, by) -> None:
    if wanted == now:
        return
    _number(wanted)
    activity.record(
        "reordered",
        machine,
        by,
        details={"what": operation, "from": now.index(operation.pk) + 1, "to": wanted.index(operation.pk) + 1},
    )


def _stale() -> Refused:
    return Refused(_("The queue has changed meanwhile. Look at it again and repeat your change."), code="stale")


@retried
@transaction.atomic
def move(operation: Operation, machine: Machine, by) -> None:
    """Let another machine do it. Refused for one of another kind, and for work that is not waiting any more."""
    before = operation.machine
    if before == machine:
        return
    if machine.workspace_id != operation.workspace_id or machine.archived_at is not None:
        raise Refused(_("There is no such machine any more."), code="machine")
    if machine.kind != before.kind:
        raise Refused(_("%(machine)s does other work.") % {"machine": machine}, code="kind")
    position = place_for(machine, operation.priority)
    rows = Operation._base_manager.filter(pk=operation.pk, state="queued", machine=before)
    if not rows.update(machine=machine, position=position):
        raise Refused(_("This work is not waiting on %(machine)s any more.") % {"machine": before}, code="stale")
    bell.ring_queues([before.pk])
    operation.machine, operation.position = machine, position
    activity.record("moved", operation, by, details={"machine": [before, machine]})


@retried
@transaction.atomic
def split(operation: Operation, pieces: int, by) -> Operation:
    """Put some pieces of a waiting operation into one of their own behind it, so that two machines can be at them.

    Refused: "state" for what does not wait, "quantity" when nothing would be left, "step" for steps of a recipe and
    sheets, whose pieces wait for each other.
    """
    fresh = Operation._base_manager.select_related("machine", "job_line__item", "reservation").get(pk=operation.pk)
    hold(fresh.machine)
    line = fresh.job_line
    if line is None or line.step:
        raise Refused(_("This cannot be divided: its pieces belong together."), code="step")
    if not 0 < pieces < fresh.left:
        raise Refused(_("There are %(left)s pieces to divide.") % {"left": fresh.left}, code="quantity")
    rows = Operation._base_manager.filter(pk=fresh.pk, state="queued", quantity=fresh.quantity)
    if not rows.update(quantity=fresh.quantity - pieces):
        raise Refused(_("This work is not waiting on %(machine)s any more.") % {"machine": fresh.machine}, code="stale")
    part = Operation.objects.create(
        workspace_id=fresh.workspace_id, job_line=line, machine=fresh.machine, priority=fresh.priority,
        quantity=pieces, seconds_each=fresh.seconds_each, position=place_for(fresh.machine, fresh.priority),
    )  # fmt: skip
    activity.record("divided", fresh, by, details={"pieces": [fresh.quantity, fresh.quantity - pieces]})
    operation.refresh_from_db()
    return part


@retried
@transaction.atomic
def prioritise(operation: Operation, priority: int, by) -> None:
    """Make an operation more or less urgent: it goes behind what is as urgent."""
    if priority not in Priority.values:
        raise Refused(_("There is no such priority."), code="priority")
    fresh = Operation._base_manager.select_related("machine").get(pk=operation.pk)
    if fresh.priority == priority:
        return
    Operation._base_manager.filter(pk=fresh.pk).update(priority=priority)
    if fresh.state == "queued":
        hold(fresh.machine)
        rest = [row for row in waiting(fresh.machine).values_list("pk", "priority") if row[0] != fresh.pk]
        index = max((place + 1 for place, (_pk, other) in enumerate(rest) if other >= priority), default=0)
        pks = [pk for pk, _other in rest]
        _number([*pks[:index], fresh.pk, *pks[index:]])
    activity.record(
        "changed", fresh, by, details={"priority": [Priority(fresh.priority).label, Priority(priority).label]}
    )
    operation.priority = priority
