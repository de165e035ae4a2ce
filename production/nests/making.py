"""Verbs that put a nest together: from work that waits, from an enquiry, from drawings; and that change its parts."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity, numbering
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines.models import Machine
from production import following
from production.models import (
    DesignFile,
    Enquiry,
    Nest,
    NestingRules,
    NestPart,
    Operation,
    Priority,
)
from production.nests import shapes
from production.states import OPEN_NEST

MOST_PARTS = 200  # kinds of part in one nest
MOST_PIECES = 5000
QUOTE_SECONDS = 10
FIELDS = ("gap_mm", "margin_mm", "turning", "seconds", "clamps")


def blank(workspace, **fields) -> Nest:
    """A nest as the shop's rules have it, not stored yet."""
    rules = NestingRules.of(workspace)
    return Nest(workspace=workspace, **{**{name: getattr(rules, name) for name in FIELDS}, **fields})


@retried
@transaction.atomic
def register(nest: Nest, by) -> Nest:
    """Store a new nest under the next number."""
    if nest.machine.kind != Machine.Kind.LASER:
        raise Refused(_("%(machine)s cuts no sheets.") % {"machine": nest.machine}, code="machine")
    if nest.item is not None:
        nest.material, nest.thickness_mm = nest.item.material, nest.item.thickness_mm
    nest.number = numbering.draw(nest.workspace, "nest")
    nest.created_by = by if getattr(by, "pk", None) else None
    nest.save()
    activity.record("created", nest, by)
    return nest


@retried
@transaction.atomic
def from_operations(operations: Iterable[Operation], by, **fields) -> Nest:
    """A nest of work that waits for one laser, of one material and thickness, from as many jobs as there are.

    Raises `Refused` with code "nothing", "mixed", "state", "before" or what a drawing cannot be nested for.
    """
    pks = [operation.pk for operation in operations]
    related = ("machine", "job_line__job", "job_line__item__material", "job_line__design_file")
    rows = list(Operation.objects.filter(pk__in=pks, sheet=None).select_related(*related).order_by("position", "id"))
    if not rows:
        raise Refused(_("Choose what is to be nested."), code="nothing")
    turns = following.turns(row.job_line for row in rows)
    for row in rows:
        _check_operation(row, turns.get(row.job_line_id))
    kinds = {_kind(row.job_line.item) for row in rows}
    if len(kinds) > 1 or len({row.machine_id for row in rows}) > 1:
        raise Refused(_("Only work of one material, one thickness and one machine lies on one sheet."), code="mixed")
    first = rows[0]
    item = first.job_line.item
    nest = blank(first.workspace, machine=first.machine, material=item.material, thickness_mm=item.thickness_mm)
    for name, value in fields.items():
        setattr(nest, name, value)
    register(nest, by)
    for row in rows:
        line = row.job_line
        _add(
            nest, line.design_file, row.left, line.description, operation=row, priority=row.priority,
            due_on=line.job.due_on,
        )  # fmt: skip
    _check_size(nest)
    return nest


def _check_operation(row: Operation, turn: following.Turn | None) -> None:
    line = row.job_line
    if row.state != "queued":
        raise Refused(
            _("%(what)s is %(state)s: it cannot be nested.") % {"what": line, "state": row.get_state_display()},
            code="state",
        )
    if turn is not None and turn.room < row.left:
        raise Refused(
            _("“%(what)s” waits for %(before)s.") % {"what": line.description, "before": turn.words}, code="before"
        )
    if line.design_file is None:
        raise Refused(_("%(what)s has no drawing.") % {"what": line}, code="no-drawing")
    item = line.item
    if item is None or item.category != Item.Category.SHEET or item.material_id is None or not item.thickness_mm:
        raise Refused(_("%(what)s is not cut from sheet.") % {"what": line}, code="no-sheet")


def _kind(item: Item) -> tuple:
    return item.material_id, item.thickness_mm


@retried
@transaction.atomic
def from_enquiry(enquiry: Enquiry, by, **fields) -> list[Nest]:
    """Nests for the price of what is asked for: one for each material and thickness. They are never cut.

    Sheets that are not in stock count too: who offers buys what is missing. Raises `Refused`, naming all drawings
    that cannot be nested ("no-parts").
    """
    lines = enquiry.lines.select_related("design_file", "item__material").exclude(design_file=None)
    groups: dict[tuple, list] = {}
    for line in lines.filter(item__category=Item.Category.SHEET).exclude(item__material=None):
        groups.setdefault(_kind(line.item), []).append(line)
    if not groups:
        raise Refused(_("No part of this enquiry has a drawing and a sheet to cut it from."), code="nothing")
    machine = Machine.objects.filter(kind=Machine.Kind.LASER, archived_at=None).first()
    if machine is None:
        raise Refused(_("There is no laser to cut it on."), code="machine")
    nests, unfit = [], []
    for group in groups.values():
        item = group[0].item
        nest = blank(
            enquiry.workspace, machine=machine, material=item.material, thickness_mm=item.thickness_mm,
            enquiry=enquiry, use_remnants=False, only_stock=False,
        )  # fmt: skip
        nest.seconds = QUOTE_SECONDS
        for name, value in fields.items():
            setattr(nest, name, value)
        register(nest, by)
        for line in group:
            try:
                _add(
                    nest, line.design_file, line.quantity, line.description, enquiry_line=line,
                    due_on=enquiry.wanted_by,
                )  # fmt: skip
            except Refused as refusal:
                unfit.append(str(refusal.reason))
        _check_size(nest)
        nests.append(nest)
    if unfit:
        unfit.append(_("Please mend the drawings named, or take them off the list."))
        raise Refused(" ".join(map(str, unfit)), code="no-parts")
    return nests


@retried
@transaction.atomic
def add_drawing(nest: Nest, design_file: DesignFile, quantity: int, by) -> list[NestPart]:
    """Add every part of a drawing to a nest by hand."""
    check_open(nest)
    added = _add(nest, design_file, quantity, design_file.name.rsplit(".", 1)[0])
    _check_size(nest)
    activity.record("changed", nest, by, details={"what": design_file.name, "quantity": quantity})
    return added


def check_open(nest: Nest) -> None:
    state = Nest._base_manager.values_list("state", flat=True).get(pk=nest.pk)
    if state not in OPEN_NEST:
        raise Refused(
            _("%(nest)s is %(state)s: its parts stay as they are.")
            % {"nest": nest, "state": dict(Nest._meta.get_field("state").flatchoices)[state]},
            code="state",
        )


def _add(
    nest: Nest, design_file: DesignFile, quantity: int, description: str, *, due_on: date | None = None,
    priority: int = Priority.NORMAL, **source,
) -> list[NestPart]:  # fmt: skip
    """One row for each part of the drawing: a piece of a drawing with three parts is all three of them."""
    found = shapes.of_file(design_file)
    rows = []
    for index, shape in enumerate(found):
        name = description if len(found) == 1 else f"{description} ({index + 1}/{len(found)})"
        rows.append(
            NestPart.objects.create(
                workspace_id=nest.workspace_id, nest=nest, design_file=design_file, part_index=index,
                description=name[:200], quantity=quantity, priority=priority, due_on=due_on,
                area_mm2=shape.gross_area_mm2, **source,
            )
        )  # fmt: skip
    return rows


def _check_size(nest: Nest) -> None:
    quantities = list(nest.parts.values_list("quantity", flat=True))
    if len(quantities) > MOST_PARTS or sum(quantities) > MOST_PIECES:
        raise Refused(
            _("A nest holds at most %(parts)s kinds of part and %(pieces)s pieces. Nest in several steps.")
            % {"parts": MOST_PARTS, "pieces": MOST_PIECES},
            code="too-many",
        )
