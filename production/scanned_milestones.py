"""Milestones said with the scanner, also without a network: kept on the device, sent later, done once, or a conflict.

Two people who say the same milestone have said one thing; what was skipped, or waits for another one, needs a person.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.scanning import registry
from laseros.core.errors import Refused
from production import milestones
from production.models import Job, Milestone
from production.states import OPEN_JOB

KIND = "reach"
WORK = "production.run_operation"
MOST_JOBS = 500


def _do(event, by, anyhow: bool) -> dict:
    if not by.has_perm(WORK):
        raise Refused(_("Your role looks, it does not book."), code="forbidden")
    job = Job.objects.filter(number__iexact=event.code).first()
    pk = str(event.data.get("milestone", ""))
    row = Milestone.objects.filter(job=job, pk=int(pk)).first() if job and pk.isdecimal() and len(pk) < 19 else None
    if row is None:
        raise Refused(_("This job has no such milestone any more."), code="unknown")
    if row.state == "reached":
        return {"milestone": row.pk, "name": row.name, "before": True}
    done = milestones.reach(row, by, at=event.at)
    return {"milestone": done.pk, "name": done.name, "undone": done.undone, "before": False}


def _undo(event, by) -> None:
    """The minute was looked at by the times of both scans: they may arrive hours later."""
    if event.result.get("before"):
        raise Refused(_("Somebody else had said it before."), code="overtaken")
    row = Milestone.objects.filter(pk=event.result["milestone"]).first()
    if row is None:
        raise Refused(_("This job has no such milestone any more."), code="unknown")
    milestones.undo(row, times=event.result["undone"], by=by, why=_("taken back at once, with the scanner"))


def known() -> list[dict]:
    """What a device keeps of open jobs: which milestones are still to come, in their order. Two queries."""
    rows = Job.objects.filter(state__in=OPEN_JOB).exclude(state="on_hold").order_by("-id")[:MOST_JOBS]
    jobs = {job.pk: {"kind": "job", "code": job.number, "title": job.title, "milestones": []} for job in rows}
    still = Milestone.objects.filter(job__in=list(jobs), state="open").order_by("position", "id")
    for pk, job, name in still.values_list("pk", "job", "name"):
        jobs[job]["milestones"].append({"pk": pk, "name": name})
    return list(jobs.values())


registry.register(
    registry.Deed(KIND, gettext_lazy("Milestone reached"), frozenset({"milestone"}), _do, _undo)
)  # fmt: skip
