"""Verbs about jobs: opening one, getting it ready, holding, cancelling, and what follows when it is made and paid."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, When
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering
from crm.models import Client, Contact
from inventory import ledger
from inventory.models import Item, Reservation
from laseros.core.discounts import by_rate, taken_off
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, tax_in
from laseros.core.retry import retried
from production import (
    client_material,
    exploding,
    following,
    job_tree,
    milestone_events,
    milestones,
    queue,
    shortages,
    taking,
    telling,
)
from production.models import (
    DesignFile,
    Enquiry,
    Event,
    Job,
    JobLine,
    MilestoneTemplate,
    Operation,
    Priority,
    Product,
    Run,
)
from production.quality import gate, planning
from production.shortages import lacks_material, material_for, wanting
from production.signals import job_changed, job_made
from production.states import ACTIVE_RUN, JOB, OPEN_OPERATION, OPERATION


class NewLine(TypedDict, total=False):
    """Plain data in the words of `JobLine`, so that whoever orders needs no model of ours."""

    position: int
    description: str
    quantity: int
    unit_price: Decimal
    tax_percent: Decimal
    discount_percent: Decimal
    discount_amount: Decimal
    material_each: Decimal  # of the item, in its unit
    seconds_each: float
    item: Item | None
    design_file: DesignFile | None
    hides_drawing: bool  # from the client: it came with a product, from another one
    product: Product | None
    item_id: int | None
    design_file_id: int | None
    product_id: int | None
    revision: int | None  # of the product
    recipe: dict  # as `production.frozen_recipes` keeps it, empty for none; without it the product's own is taken
    checks: list[dict]  # beside those of its product, as `production.quality.planning.carried` writes them


@retried
def open_from(
    client: Client,
    *,
    key: str,
    title: str,
    lines: Iterable[NewLine],
    contact: Contact | None = None,
    enquiry: Enquiry | None = None,
    due_on: date | None = None,
    priority: int = Priority.NORMAL,
    quoted_total: Decimal | None = None,
    discount_percent: Decimal = ZERO,
    discount_amount: Decimal = ZERO,
    tax_included: bool = False,
    note: str = "",
    template: MilestoneTemplate | None = None,
    parent: Job | None = None,
    despite: str = "",
    by,
) -> Job:
    """The client's order: a job with its lines, its work in the queues, its material reserved. One per `key`.

    All or nothing. Where there is too little in stock it is refused ("short") with a list of what is missing, unless
    `despite` says why it is accepted all the same: then its promises wait for stock. What no machine can make at the
    moment does not undo the order: it is shown to the office, and `prepare` tries again.
    A discount is on the whole order; `quoted_total` is after it, and without tax whether prices include it or not.
    Clients follow it by `template`, else by the enquiry's or the standard one.
    With a `parent` it is a part of that job; refused where that takes none (`job_tree.hold`).
    """
    lines = [dict(line) for line in lines]
    if not lines:
        raise Refused(_("An order needs at least one line."), code="no-lines")
    try:
        with transaction.atomic():
            if done := _opened(client, key):
                return done
            if parent is not None:
                job_tree.hold(parent, client)
            off = SimpleNamespace(discount_percent=discount_percent, discount_amount=discount_amount)
            total = _net(lines, off, client.workspace.currency, tax_included) if quoted_total is None else quoted_total
            job = Job.objects.create(
                workspace_id=client.workspace_id,
                number=numbering.draw(client.workspace, "job", client=client.short_code),
                client=client,
                contact=contact,
                enquiry=enquiry,
                parent=parent,
                title=title[:160],
                priority=priority,
                due_on=due_on,
                approved_at=timezone.now(),
                quoted_total=total,
                discount_percent=discount_percent,
                discount_amount=discount_amount,
                tax_included=tax_included,
                note=note,
                key=key,
            )
            _put(lines, job)
            _begin(job, template, despite, by)
            return job
    except IntegrityError:
        # Somebody opened this job at the same moment: theirs is the job.
        if done := _opened(client, key):
            return done
        raise


def _begin(job: Job, template: MilestoneTemplate | None, despite: str, by) -> None:
    """What follows once its lines stand there: it is told, planned, queued, and its material is reserved."""
    activity.record("created", job, by, money={"quoted": job.quoted_total})
    if job.parent is not None:
        activity.record("part added", job.parent, by, details={"job": job.number})
        tell(job_changed, job.parent)
    milestones.plan(job, template or (job.enquiry.milestones if job.enquiry else None), by)
    _prepare(job, by)
    promised = _accept_shortage(job, despite, by)
    milestone_events.look_for_material(job, by, promised)
    if job.workspace.takes_at_once:
        taking.take(job, by)
    tell(job_changed, job)


def _opened(client: Client, key: str) -> Job | None:
    return Job._base_manager.filter(workspace_id=client.workspace_id, key=key).first()


def _put(lines: list[dict], job: Job) -> None:
    """The lines of a new job, each with what it is made of, and what is checked on them."""
    checks = {}
    for position, line in enumerate(lines, start=1):
        line = {"position": position, **line}
        recipe, checks[line["position"]] = line.pop("recipe", None), line.pop("checks", ())
        exploding.explode(JobLine.objects.create(workspace_id=job.workspace_id, job=job, **line), recipe)
    planning.plan(job, checks)


def _net(lines: list[dict], discount, currency: str, tax_included: bool) -> Decimal:
    """Without tax, less what is taken off the lines and then off the whole."""
    sums: dict[Decimal, Decimal] = {}
    for line in lines:
        percent = Decimal(line.get("tax_percent", ZERO))
        amount = cents(line.get("unit_price", ZERO) * line["quantity"], currency)
        amount -= taken_off(amount, SimpleNamespace(**line), currency)
        sums[percent] = sums.get(percent, ZERO) + amount
    off = by_rate(sums, discount, currency)
    whole = {percent: amount - off.get(percent, ZERO) for percent, amount in sums.items()}
    tax = sum((tax_in(amount, percent, currency) for percent, amount in whole.items()), ZERO) if tax_included else ZERO
    return sum(whole.values(), ZERO) - tax


def clone(job: Job, by, *, key: str, title: str = "", due_on: date | None = None, despite: str = "") -> Job:
    """The same once more as a job of its own: lines, prices and the client as they were, products as they are made now.

    One per `key`; raises what `open_from` raises.
    """
    names = ("position", "description", "quantity", "unit_price", "tax_percent", "discount_percent", "discount_amount",
             "material_each", "seconds_each", "item_id", "design_file_id", "hides_drawing", "product_id")  # fmt: skip
    lines, checks = job.lines.filter(parent=None).order_by("position", "id"), planning.carried(job.lines.all())
    lines = [{**line, "checks": checks.get(line["position"], [])} for line in lines.values(*names)]
    return open_from(
        job.client, key=f"clone:{job.pk}:{key}"[:80], title=title or job.title, lines=lines, contact=job.contact,
        due_on=due_on, priority=job.priority, discount_percent=job.discount_percent,
        discount_amount=job.discount_amount, tax_included=job.tax_included, note=job.note, despite=despite, by=by,
    )  # fmt: skip


# --- work and material ------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def prepare(job: Job, by) -> list[str]:
    """Queue and reserve what is still missing. Answers in words what is missing after that."""
    lock(job)
    job.refresh_from_db()
    if job.state not in ("approved", "in_progress", "on_hold"):
        raise Refused(_("%(job)s is %(state)s.") % {"job": job, "state": job.get_state_display()}, code="state")
    _prepare(job, by)
    milestone_events.look_for_material(job, by)
    if job.workspace.takes_at_once:
        taking.take(job, by)
    return wanting(job)


def _accept_shortage(job: Job, despite: str, by) -> list[JobLine]:
    """The lines of the job, with what they are promised now."""
    if job.priority > Priority.NORMAL:
        _come_first(job, by)
    lines = shortages.lines_of(job)
    missing = shortages.of(job, lines)
    if not missing:
        return lines
    if not despite:
        words = [shortages.said(row) for row in missing]
        raise Refused("\n".join([_("There is too little in stock:"), *words]), code="short", missing=missing)
    rows = ", ".join(f"{row.missing.normalize():f} {row.item.unit_of(row.missing)} {row.item.code}" for row in missing)
    activity.record("accepted short", job, by, details={"why": despite, "missing": rows[:300]})
    return lines


def _prepare(job: Job, by) -> None:
    lines = job.lines.select_related("job", "item__material", "product__material", "design_file__measurement")
    for line in lines.prefetch_related("materials__reservation", "materials__item"):
        exploding.reserve(line, by)
        # Several where the pieces were divided over machines.
        operations = list(line.operations.filter(state__in=OPEN_OPERATION)) or [_queue(job, line, by)]
        for operation in operations:
            if operation is not None and lacks_material(operation, line):
                reserve(operation, line, by)


def _queue(job: Job, line: JobLine, by) -> Operation | None:
    """Put a line's work into the queue of the machine that gets to it first; None when there is none for it."""
    if not line.missing or line.operations.exclude(state="cancelled").exists():
        return None
    machine = queue.machine_for(line)
    if machine is None:
        return None
    operation = Operation.objects.create(
        workspace_id=job.workspace_id,
        job_line=line,
        machine=machine,
        quantity=line.missing,
        priority=job.priority,
        seconds_each=line.seconds_each,
        position=queue.place_for(machine, job.priority),
    )
    activity.record("queued", operation, by, details={"machine": machine, "for": job.number})
    return operation


def reserve(operation: Operation, line: JobLine, by) -> bool:
    """Promise the operation the material for what is left of it; False when some of it waits for stock.

    Reserved is what the pieces take, `material_each` times their number, rounded up to the thousandth that the books
    hold; not whole sheets, because the rest of a sheet belongs to the next job. What a run really used, be it the
    whole sheet, is booked when it is finished.
    """
    needed = material_for(line, operation.left) - operation.taken
    if line.item is None or needed <= 0:
        return False
    old, job = operation.reservation, line.job
    if old is not None:
        ledger.release(old, by, share=False)
    reservation = ledger.reserve(
        line.item, needed, key=f"operation:{operation.pk}" + (f":after:{old.pk}" if old is not None else ""),
        label=f"{job.number} {line.description}", by=by, priority=job.priority, due_on=job.due_on,
        source=f"job:{job.pk}", despite=_("ordered by the client"), since=old.created_at if old is not None else None,
        **_of_the_client(line, needed),
    )  # fmt: skip
    Operation._base_manager.filter(pk=operation.pk).update(reservation=reservation)
    if old is not None:
        # What it gave up and did not take again is for those who wait; it stands among them where it stood before.
        ledger.share_out(line.item, by, why=job.number)
        reservation.refresh_from_db()
    operation.reservation = reservation
    return not reservation.waiting


def _of_the_client(line: JobLine, needed: Decimal) -> dict:
    """A lot that the client left with us and that is enough for it comes before our own material."""
    lot = client_material.enough_of(line.job.client_id, line.item, needed)
    return {"lot": lot, "owner_key": lot.owner_key} if lot is not None else {}


@retried
@transaction.atomic
def made_by_hand(job: Job, by) -> None:
    """Say that the lines no machine makes are done: bending, delivery, what was bought in.

    Refused ("checks") where something of them is still to be checked.
    """
    lock(job)
    by_hand = _by_hand(job)
    if not by_hand:
        raise Refused(_("Every open line of this job is in a queue."), code="queued")
    job.refresh_from_db()
    if job.state not in ("approved", "in_progress"):
        raise Refused(_("%(job)s is %(state)s.") % {"job": job, "state": job.get_state_display()}, code="state")
    names = []
    while rows := [(line, turn) for line, turn in by_hand if turn is None or turn.room]:
        for line, turn in rows:
            made = line.quantity if turn is None else line.made_good + turn.room
            gate.check_done(line, made - line.made_good)
            JobLine._base_manager.filter(pk=line.pk).update(made_good=made)
            names.append(line.description)
        exploding.settle(job, by)  # what came together by that may be what a later step waits for
        by_hand = _by_hand(job)
    if not names:
        line, turn = by_hand[0]
        raise Refused(
            _("“%(what)s” waits for %(before)s.") % {"what": line.description, "before": turn.words}, code="before"
        )
    activity.record("finished", job, by, details={"what": ", ".join(dict.fromkeys(names))[:300]})
    make_if_done(job, by)


def _by_hand(job: Job) -> list[tuple[JobLine, following.Turn | None]]:
    """The open lines that no machine makes, each with what it waits for."""
    lines = job.lines.filter(made_good__lt=F("quantity"), parts=None)
    lines = list(lines.exclude(operations__state__in=OPEN_OPERATION).order_by("pk"))
    turns = following.turns(lines)
    return [(line, turns.get(line.pk)) for line in lines]


# --- the life of a job ------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def hold(job: Job, by, *, why: str = "") -> None:
    """Nothing of it starts until it is continued; what runs may be finished."""
    lock(job)
    JOB.move(job, "hold", hold_reason=why[:200])
    activity.record("held", job, by, details={"why": why} if why else None)
    tell(job_changed, job)


@retried
@transaction.atomic
def resume(job: Job, by) -> None:
    lock(job)
    started = Job._base_manager.values_list("started_at", flat=True).get(pk=job.pk)
    JOB.move(job, "continue_started" if started else "continue_fresh", hold_reason="")
    activity.record("continued", job, by)
    make_if_done(job, by)  # the last run may have been finished meanwhile
    tell(job_changed, job)


@retried
@transaction.atomic
def cancel(job: Job, by, *, why: str = "") -> None:
    """Stop a job: queued work leaves the queues, promised material is free again. What is part of it goes on.

    Refused ("running") while a machine works on it.
    """
    lock(job)
    JOB.move(job, "cancel", hold_reason="")
    active = active_run(job)
    if active is not None:
        raise Refused(
            _("%(machine)s is working on this job. Finish or abort that run first.") % {"machine": active.machine},
            code="running",
        )
    rows = Operation.objects.filter(job_line__job=job).select_related("reservation", "job_line__job")
    for operation in rows.order_by("id"):
        OPERATION.try_move(operation, "cancel", done_at=timezone.now())
        if operation.reservation is not None:
            ledger.release(operation.reservation, by)
        taking.give_back(operation, by)
    exploding.release(job, by)
    said = {"why": why, "stays open": ", ".join(part.number for part in job_tree.open_below(job))[:300]}
    activity.record("cancelled", job, by, details={name: words for name, words in said.items() if words} or None)
    job_tree.part_is_over(job_tree.above(job))
    tell(job_changed, job)


def active_run(job: Job) -> Run | None:
    """The run that works on a job now, be it on a sheet with pieces of others."""
    rows = Run.objects.filter(state__in=ACTIVE_RUN).select_related("machine").order_by("id")
    own = rows.filter(operation__job_line__job=job).first()
    return own or rows.filter(parts__operation__job_line__job=job).first()


@retried
@transaction.atomic
def complete(job: Job, by=None, *, why: str = "") -> bool:
    """Close a job that is made and paid; whoever bills says so. False when it is not made, or closed already.

    Refused ("parts") while something that is part of it is still to be made; parts without a price end with it.
    """
    lock(job)
    parts = job_tree.below(job)
    waits_for = job_tree.open_of(parts)
    if waits_for and Job._base_manager.filter(pk=job.pk, state="made").exists():
        raise Refused(
            _("%(job)s cannot be completed: %(parts)s are still to be made.")
            % {"job": job, "parts": job_tree.named(waits_for)},
            code="parts",
        )
    if not JOB.try_move(job, "complete", completed_at=timezone.now()):
        return False
    for one in (job, *(part for _level, part in parts if part.is_free_part)):
        if one is job or JOB.try_move(one, "complete", completed_at=job.completed_at):
            activity.record("completed", one, by, details={"why": why[:200]} if why else None)
            tell(job_changed, one)
    return True


@retried
@transaction.atomic
def prioritise(job: Job, priority: int, by) -> None:
    """Give a job another priority, and with it everything of it that is still queued."""
    before = Job._base_manager.values_list("priority", flat=True).get(pk=job.pk)
    Job._base_manager.filter(pk=job.pk).update(priority=priority)
    job.priority = priority
    if before == priority:
        return
    activity.record("changed", job, by, details={"priority": [Priority(before).label, Priority(priority).label]})
    follow_priority(job, by)


@retried
@transaction.atomic
def follow_priority(job: Job, by) -> None:
    """Give what is still queued of a job the job's priority."""
    for operation in Operation.objects.filter(job_line__job=job, state="queued").order_by("position", "id"):
        queue.prioritise(operation, job.priority, by)
    _come_first(job, by)


def _come_first(job: Job, by) -> None:
    """Promises are made anew in the order of their jobs, this one where its priority puts it."""
    promises = Reservation.objects.filter(source=f"job:{job.pk}", state="active")
    promises.update(priority=job.priority, due_on=job.due_on)
    for item in Item.objects.filter(pk__in=promises.order_by().values("item")).order_by("pk"):
        ledger.remake(item, by, why=job.number)


def make_if_done(job: Job, by) -> bool:
    """Move on to "made" when no line misses a piece. Called in the transaction of whatever made the last one."""
    exploding.settle(job, by)
    if JobLine._base_manager.filter(job_id=job.pk, made_good__lt=F("quantity")).exists():
        return False
    if not JOB.try_move(job, "make", made_at=timezone.now()):
        return False
    activity.record("finished", job, by)
    milestones.happened(job, Event.MADE, by)
    telling.is_ready(job, by)
    tell(job_made, job)
    tell(job_changed, job)
    job_tree.part_is_over(job_tree.above(job))
    return True


def lock(job: Job) -> None:
    """Hold the job until the transaction ends. Every verb locks it before its operations, runs and stock."""
    milestones.lock(job)


def tell(signal, job: Job) -> None:
    transaction.on_commit(lambda: signal.send_robust(sender=Job, job=job))


def to_invoice():
    """Jobs with pieces made (or delivered, where that is invoiced) and not yet invoiced, as a queryset."""
    out = Case(When(job__workspace__invoices_delivered=True, then=F("delivered")), default=F("quantity"))
    # Asked of each job that is made, which are few, and not of all lines there ever were.
    unbilled = JobLine.objects.filter(
        job=OuterRef("pk"), parent=None, invoiced__lt=Least(F("made_good"), F("quantity"), out)
    )
    return Job.objects.filter(Exists(unbilled), state="made").exclude(quoted_total=0)  # `JobLine.is_charged`
