"""Orders and the work on them: waiting, running, paused, over; milestones, checks, nests."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from billing import quotes
from billing.tests.ground import make, new_enquiry
from inventory import lots
from laseros.tests.permissions_ground.machines import a_machine
from laseros.tests.permissions_ground.names import LOGO
from production import job_templates, jobs, milestones, queue, runs, sub_jobs
from production.models import (
    JobMessage,
    JobMessageFile,
    JobTemplate,
    LineCheck,
    Milestone,
    MilestonePhoto,
    MilestoneTemplate,
    NestingRules,
    Operation,
    Run,
)
from production.nests import deciding as nest_deciding
from production.quality import checking, deciding, planning
from production.states import NEST
from production.tests.nest_ground import drawn, grid, laid, nested, ordered


def an_order(world, **line):
    """What a client ordered: (job, its one operation)."""
    quote = quotes.send(quotes.draw_up(new_enquiry(world.shop, {"quantity": 10, **line}), None), None)
    job = quotes.accept(quote, name="Thandi Nkosi")
    return quote, job, Operation.objects.get(job_line__job=job)


def carry_out(job) -> None:
    make(job)
    Operation.objects.filter(job_line__job=job).update(state="completed")


def a_made_job(world):
    """Ordered, and every piece of it made."""
    _quote, job, _operation = an_order(world)
    carry_out(job)
    return job


def lay_work(world) -> None:
    """On three lasers: two operations that wait, one that runs, one that is paused."""
    world.machine = world.shop.laser
    world.busy, world.resting = a_machine(world, "X4"), a_machine(world, "X5")
    world.accepted, world.job, world.operation = an_order(world)
    _quote, _job, world.second = an_order(world)
    for name, machine in (("running", world.busy), ("paused", world.resting)):
        _quote, job, operation = an_order(world)
        queue.move(operation, machine, None)
        setattr(world, f"{name}_operation", operation)
        setattr(world, name, runs.start(operation, machine, None))
        setattr(world, f"{name}_job", job)
    runs.pause(world.paused, None)
    _quote, _job, operation = an_order(world)
    queue.move(operation, done := a_machine(world, "X6"), None)
    world.over, world.never = runs.finish(runs.start(operation, done, None), good=0, scrap=0, by=None), 0
    Run.objects.filter(pk=world.over.pk).update(finished_at=timezone.now() + timedelta(days=1))  # until the test asks
    world.line = world.job.lines.get()
    _milestones(world)
    _quote, world.held, _operation = an_order(world)
    jobs.hold(world.held, None)
    _quote, world.unprepared, unqueued = an_order(world)
    _quote, world.by_hand, unneeded = an_order(world)
    Operation.objects.filter(pk__in=(unqueued.pk, unneeded.pk)).delete()
    world.sub_job = sub_jobs.open_new(world.job, key="part", title="Feet", quantity=4, by=None)


def _milestones(world) -> None:
    """Two templates in use, one that is not; a job with its next milestone, and one that was reached with a picture."""
    world.archived_template, world.milestone_template = (
        MilestoneTemplate.objects.create(workspace=world.workspace, name=name) for name in ("Gone", "Bent parts")
    )
    MilestoneTemplate.objects.filter(pk=world.archived_template.pk).update(archived_at=timezone.now())
    world.milestone = milestones.next_of(milestones.of(world.job))
    world.reached = world.job.milestones.filter(state="reached").first()
    world.quick = world.running_job.milestones.filter(state="reached").first()
    Milestone.objects.filter(pk=world.quick.pk).update(at=timezone.now() + timedelta(days=1))  # until the test asks
    world.said = JobMessage.objects.create(
        workspace=world.workspace, job=world.job, side="shop", text="Soon", by_name="Office", key="said"
    )
    world.said_file = JobMessageFile(workspace=world.workspace, message=world.said, name="a.pdf", size=5)
    world.said_file.content.save("a.pdf", ContentFile(b"%PDF-"))
    world.photo = MilestonePhoto(workspace=world.workspace, milestone=world.reached)
    world.photo.content.save("p.jpg", ContentFile(LOGO))
    world.reach_deed, world.undo_deed, world.never_undone = "reach", "undo", 0


def lay_quality(world) -> None:
    """A check nobody did, one that was done a moment ago, and pieces that are not good, with a picture."""
    line = world.paused_line = world.paused_operation.job_line
    world.check, world.done_check = (
        planning.add(line, LineCheck(name=name, kind="yes_no", is_required=False), None) for name in ("Flat", "Clean")
    )
    world.result = checking.record(world.done_check, seen=0, operation=world.paused_operation, yes=True,
                                   by=world.operator)  # fmt: skip
    world.result.photo.save("c.jpg", ContentFile(LOGO))
    type(world.result).objects.update(at=timezone.now() + timedelta(days=1))  # until the test asks
    world.fault = deciding.report(line, world.paused_operation, reason="size", pieces=1, note="short", by=None)
    world.fault.photo.save("f.jpg", ContentFile(LOGO))


def lay_job_templates(world) -> None:
    world.job_template, world.archived_job_template = (
        job_templates.keep(world.job, name, None) for name in ("Flanges", "Old flanges")
    )
    JobTemplate.objects.filter(pk=world.archived_job_template.pk).update(archived_at=timezone.now())


def lay_nests(world) -> None:
    """A nest that is ready, one that is searched, one in the queue; remnants on the rack and reserved."""
    shop, square = world.shop, {"outline": [[0, 0], [600, 0], [600, 400], [0, 400]], "rectangle": [0, 0, 600, 400]}
    world.nested_drawing = drawn(shop)
    for number, name in enumerate(("nest", "searched_nest", "approved_nest")):
        nest = nested(shop, ordered(shop, (world.nested_drawing, 4), key=name))
        setattr(world, name, laid(nest, grid(f"item:{shop.sheet.pk}", nest.parts.get(), 4, 4, 105 + number)))
    world.draft_nest = nested(shop, ordered(shop, (world.nested_drawing, 4), key="draft_nest"))
    NEST.move(world.searched_nest, "ask")
    NEST.move(world.searched_nest, "search")
    nest_deciding.approve(world.approved_nest, None)
    world.sheet_operation = Operation.objects.get(sheet__nest=world.approved_nest)
    world.remnant = lots.keep(shop.sheet, **square, key="kept", by=None)
    world.reserved_remnant = lots.keep(shop.sheet, **square, key="reserved", by=None)
    lots.reserve(world.reserved_remnant, "by hand")
    world.nesting_rules = NestingRules.objects.create(workspace=world.workspace)
    world.nested_enquiry = new_enquiry(shop, {"quantity": 3, "design_file": world.nested_drawing})
    world.one, world.every_file = 1, "sheets"
