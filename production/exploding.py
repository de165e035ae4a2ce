"""A job line of a product with a recipe becomes work: lines for its steps and parts, and all the material it takes.

The recipe is copied: what is changed in it later changes no job. A line with lines below it is made when those are;
what it takes beside them is booked as its pieces come together. Everything here runs under the job's lock.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from inventory import ledger
from inventory.models import Item, Move
from laseros.core.errors import Refused
from production import booking, following, recipes
from production.foreign_drawings import is_foreign
from production.frozen_recipes import thawed
from production.models import Job, JobLine, LineMaterial, Step
from production.recipes import Node

_CATEGORY = {Step.Kind.LASER: Item.Category.SHEET, Step.Kind.PRINTER: Item.Category.FILAMENT}
MOST_PIECES = 2_000_000_000


def explode(line: JobLine, recipe: dict | None = None) -> bool:
    """Turn one line into the work of its product's recipe; False when there is nothing to turn.

    `recipe` is the one it was offered by (`production.frozen_recipes`), empty when there was none. Without it the
    product's own is taken; a line with a drawing of its own is made by that drawing and not by the recipe.
    """
    product = line.product
    if product is None or line.parent_id is not None:
        return False
    if recipe is not None:
        if recipe:
            _explode(line, thawed(recipe))
        return bool(recipe)
    line.revision = product.revision
    JobLine._base_manager.filter(pk=line.pk).update(revision=product.revision)
    if not recipes.has_one(product) or line.design_file_id not in (None, product.design_file_id):
        return False
    _explode(line, recipes.tree(product))
    return True


def _explode(line: JobLine, node: Node) -> None:
    product, items = node.product, list(node.items)
    if len(node.steps) <= 1 and not node.parts:
        step = node.steps[0] if node.steps else None
        _make_on(line, step, product, _main(step, items))
        _take(line, items)
        return
    mains = [_main(step, items) for step in node.steps]
    _make_on(line, None, product, None)
    _take(line, items)
    for number, (step, main) in enumerate(zip(node.steps, mains, strict=True), start=1):
        below = _below(line, f"{product.name}: {step.name}", 1)
        below.step, below.starts = number, step.starts
        _make_on(below, step, product, main)
    for part in node.parts:
        below = _below(line, part.product.name, part.count, product=part.product)
        _explode(below, part)


def _main(step: Step | None, items: list) -> tuple | None:
    """What a machine cuts or prints in this step, taken out of `items`: the first sheet or filament there is."""
    wanted = _CATEGORY.get(step.kind) if step is not None else None
    found = next((row for row in items if row[0].item.category == wanted), None) if wanted else None
    if found is not None:
        items.remove(found)
    return found


def _make_on(line: JobLine, step: Step | None, product, main: tuple | None) -> None:
    line.made_on = step.kind if step is not None else Step.Kind.HAND
    line.seconds_each = recipes.seconds_of(step, product) if step is not None else 0
    line.item, line.material_each = None, Decimal(0)
    if main is not None:
        component, amount = main
        line.item, line.material_each = component.item, recipes.with_waste(component, amount)
    if step is not None and step.kind != Step.Kind.HAND:
        if line.design_file_id is None:
            line.hides_drawing = is_foreign(product.design_file, line.job.client)
        line.design_file = product.design_file
    line.save()


def _below(line: JobLine, description: str, per_parent: int, product=None) -> JobLine:
    quantity = line.quantity * per_parent
    if quantity > MOST_PIECES:
        raise Refused(_("%(part)s: that is more pieces than can be counted.") % {"part": description}, code="large")
    return JobLine(
        workspace_id=line.workspace_id,
        job=line.job,
        parent=line,
        per_parent=per_parent,
        position=line.position,
        description=description[:200],
        product=product,
        revision=product.revision if product else None,
        quantity=quantity,
    )


def _take(line: JobLine, items: list) -> None:
    found: dict[int, LineMaterial] = {}
    for component, amount in items:
        row = found.setdefault(
            component.item_id,
            LineMaterial(workspace_id=line.workspace_id, job_line=line, item=component.item, each=Decimal(0)),
        )
        row.each += recipes.with_waste(component, amount)
    for row in found.values():
        row.save()


# --- promises ---------------------------------------------------------------------------------------------------------


def lacking(line: JobLine) -> list[LineMaterial]:
    """What a line still takes from stock and is promised too little of. Fetch `materials__reservation` with it."""
    pieces = line.missing
    return [row for row in line.materials.all() if pieces and not row.at_once and needed(row, pieces) > _promised(row)]


def needed(row: LineMaterial, pieces: int) -> Decimal:
    """What so many pieces of its line take of it, in the item's unit."""
    return (row.each * pieces).quantize(ledger.STEP)


def _promised(row: LineMaterial) -> Decimal:
    # A thousandth is lost where bookings are rounded one by one.
    return (row.reservation.open_quantity if row.reservation else Decimal(0)) + ledger.STEP


def reserve(line: JobLine, by) -> bool:
    """Promise a line everything it takes beside its operation; False when some of it waits for stock."""
    rows = lacking(line)
    for row in rows:
        old, job = row.reservation, line.job
        if old is not None:
            ledger.release(old, by, share=False)
        wanted = max(needed(row, line.missing), ledger.STEP)
        row.reservation = ledger.reserve(
            row.item, wanted, key=f"line-material:{row.pk}:{row.reservation_id or 0}",
            label=f"{job.number} {line.description}", by=by, priority=job.priority, due_on=job.due_on,
            source=f"job:{job.pk}", despite=_("ordered by the client"), since=old.created_at if old else None,
        )  # fmt: skip
        row.save(update_fields=["reservation"])
        if old is not None:
            ledger.share_out(row.item, by, why=job.number)
            row.reservation.refresh_from_db()
    return not any(row.reservation.waiting for row in rows)


def take(job: Job, by) -> None:
    """Book at once all that the lines of a job take beside their operations, where they are promised all of it."""
    rows = LineMaterial.objects.filter(job_line__job=job, at_once=False, reservation__state="active")
    for row in rows.select_related("item", "reservation", "job_line").order_by("pk"):
        if not row.reservation.waiting:
            LineMaterial._base_manager.filter(pk=row.pk).update(at_once=True)
    settle(job, by)


def release(job: Job, by) -> None:
    """Give back all that is promised to a job's lines beside their operations, or was taken at once and not used."""
    if LineMaterial._base_manager.filter(job_line__job=job, at_once=True).update(at_once=False):
        settle(job, by)
    rows = LineMaterial.objects.filter(job_line__job=job, reservation__state="active").select_related("reservation")
    for row in rows.order_by("pk"):
        ledger.release(row.reservation, by)


# --- what was made ----------------------------------------------------------------------------------------------------


def settle(job: Job, by) -> None:
    """Count what came together of the lines below, and book what that took. Harmless to run twice; counts may fall,
    where a count is taken back."""
    lines = {line.pk: line for line in JobLine.objects.filter(job=job).order_by("-pk")}  # the lowest first
    below: dict[int, list[JobLine]] = {}
    for line in lines.values():
        if line.parent_id is not None:
            below.setdefault(line.parent_id, []).append(line)
    for line in lines.values():
        if line.pk in below:
            made = min(line.quantity, *(part.made_good // part.per_parent for part in below[line.pk]))
            if made < line.made_good and made < max(line.invoiced, line.delivered):
                raise Refused(_("Pieces of this run are on an invoice or delivered already."), code="invoiced")
            if made != line.made_good:
                line.made_good = made
                JobLine._base_manager.filter(pk=line.pk).update(made_good=made)
    if any(line.step for line in lines.values()):
        following.ring(job)
    rows = LineMaterial.objects.filter(job_line__job=job).select_related("item", "reservation").order_by("pk")
    for row in rows:
        line = lines[row.job_line_id]
        pieces = line.quantity if row.at_once else line.made_good
        if row.booked != pieces:
            _book(job, pieces, row, by)
        if (not line.missing or row.at_once) and row.reservation is not None:
            ledger.release(row.reservation, by)


def _book(job: Job, pieces: int, row: LineMaterial, by) -> None:
    """Bring what is booked to so many pieces. Where the books hold less, all they can give is booked, as for runs."""
    keys = f"line-material:{row.pk}:booking:"
    said = {"key": f"{keys}{row.bookings + 1}", "by": by, "reason": job.number, "source": f"job:{job.pk}"}
    target, before = needed(row, pieces), needed(row, row.booked)
    if target < before:
        moves = Move.objects.filter(source=said["source"], key__startswith=keys).select_related(
            "item", "lot", "location"
        )
        booking.give_back(moves, before - target, **said)
    elif target > before:
        booking.take(row.item, target - before, row.reservation, **said)
    LineMaterial._base_manager.filter(pk=row.pk).update(booked=pieces, bookings=row.bookings + 1)


def wanted(line: JobLine) -> list[tuple[Item, Decimal]]:
    """(item, quantity) a line takes beside its operation and is not promised. Fetch as for `lacking`."""
    pieces = line.missing
    return [(row.item, needed(row, pieces) - _promised(row) + ledger.STEP) for row in lacking(line)]
