"""What a job's material says to those who follow it: see `production.milestones.happened`."""

from django.db import transaction

from laseros.core.retry import retried
from production import exploding, milestones, shortages
from production.models import Event, Job, JobLine, MilestoneTemplate
from production.states import OPEN_JOB, OPEN_OPERATION


def look_for_material(job: Job, by, lines: list[JobLine] | None = None) -> bool:
    """Whether everything an open job takes is promised to it or taken; then those who follow it know."""
    if not milestones.waits_for(job, Event.MATERIAL):
        return False
    for line in shortages.lines_of(job) if lines is None else lines:
        operations = [row for row in line.operations.all() if row.state in OPEN_OPERATION]
        nowhere = line.item_id is not None and line.missing and not operations and not line.parts.all()
        lacks = any(shortages.lacks_material(row, line) for row in operations)
        if nowhere or lacks or exploding.lacking(line):
            return False
    milestones.happened(job, Event.MATERIAL, by)
    return True


@retried
@transaction.atomic
def material_in(job: Job, by=None) -> None:
    """Stock has changed: perhaps everything is there now."""
    milestones.lock(job)
    job.refresh_from_db()
    look_for_material(job, by)


@retried
@transaction.atomic
def follow_by(job: Job, template: MilestoneTemplate, by) -> None:
    """Follow a job by the milestones of another template; those of events that have happened are reached."""
    milestones.choose(job, template, by)
    if job.state in OPEN_JOB:
        look_for_material(job, by)
