"""The milestones of a planned history: what its verbs and events would have reached by now."""

from production.milestone_plan import day_for, standard
from production.models import Event, Job, Milestone


def of_jobs(workspace, orders, jobs: list[Job | None], operator) -> list[Milestone]:
    """The standard milestones of each job, reached when its order says; unsaved."""
    template = standard(workspace)
    rows = list(template.milestones.all())
    found = []
    for order, job in zip(orders, jobs, strict=True):
        if job is None:
            continue
        times = _times(order, job)
        for row in rows:
            at = times.get(row.event)
            found.append(
                Milestone(
                    workspace=workspace, job=job, position=row.position, name=row.name, is_shown=row.is_shown,
                    event=row.event, days_before=row.days_before, planned_on=day_for(job, row.days_before),
                    state="reached" if at else "open", at=at, by=operator if at else None,
                    by_event=bool(at and row.event != Event.HAND),
                )
            )  # fmt: skip
    return found


def _times(order, job: Job) -> dict:
    """{event: when}; what is done by hand is done when the job was billed."""
    return {
        Event.APPROVED: job.approved_at,
        Event.MATERIAL: job.approved_at,
        Event.STARTED: job.started_at,
        Event.MADE: job.made_at,
        Event.HAND: order.invoiced,
        Event.DELIVERED: order.invoiced,
    }
