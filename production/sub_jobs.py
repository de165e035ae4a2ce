"""Verbs about jobs that are part of others: put under, taken out, opened as a part."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.errors import Refused
from laseros.core.money import ZERO
from laseros.core.retry import retried
from production import job_templates, job_tree, jobs
from production.models import Job, JobTemplate
from production.signals import job_changed
from production.states import OVER_JOB


@retried
@transaction.atomic
def put(child: Job, parent: Job, by) -> None:
    """Make `child`, with what is part of it, a part of `parent`, and no longer of another.

    Raises `Refused`: "state" (one of them has ended), "client" (of another one), "cycle", "levels" (more than three).
    """
    chain = job_tree.hold(parent, child.client)
    jobs.lock(child)
    child.refresh_from_db()
    if child.parent_id == parent.pk:
        return
    if child.state in OVER_JOB:
        raise Refused(_("%(job)s is %(state)s.") % {"job": child, "state": child.get_state_display()}, code="state")
    job_tree.check_under(child, chain)
    left = job_tree.above(child)
    Job._base_manager.filter(pk=child.pk).update(parent=parent)
    child.parent = parent
    if left:
        activity.record("part taken out", left[0], by, details={"job": child.number})
    activity.record("put under", child, by, details={"job": parent.number})
    activity.record("part added", parent, by, details={"job": child.number})
    job_tree.part_is_over(left)
    for job in (child, *chain):
        jobs.tell(job_changed, job)


@retried
@transaction.atomic
def take_out(child: Job, by) -> None:
    """Make it a job of its own again; what is part of it stays so."""
    job_tree.keep_still(child)
    child.refresh_from_db()
    left = job_tree.above(child)
    if not left:
        raise Refused(_("%(job)s is not part of another job.") % {"job": child}, code="alone")
    jobs.lock(left[0])
    jobs.lock(child)
    Job._base_manager.filter(pk=child.pk).update(parent=None)
    child.parent = None
    activity.record("taken out of", child, by, details={"job": left[0].number})
    activity.record("part taken out", left[0], by, details={"job": child.number})
    job_tree.part_is_over(left)
    for job in (child, left[0]):
        jobs.tell(job_changed, job)


def open_new(
    parent: Job, *, key: str, template: JobTemplate | None = None, title: str = "", quantity: int = 1,
    due_on: date | None = None, despite: str = "", by,
) -> Job:  # fmt: skip
    """A new job as a part of `parent`, for its client. One per `key`; raises what `put` and `jobs.open_from` raise.

    From a template, or with one line without a price called as the job: the whole is what the client pays.
    """
    shared = {"key": f"part:{parent.pk}:{key}"[:80], "title": title, "contact": parent.contact, "due_on": due_on,
              "parent": parent, "despite": despite, "by": by}  # fmt: skip
    if template is not None:
        return job_templates.open_job(template, parent.client, **shared)
    line: jobs.NewLine = {"description": title, "quantity": quantity, "unit_price": ZERO, "tax_percent": ZERO}
    return jobs.open_from(parent.client, lines=[line], priority=parent.priority, **shared)
