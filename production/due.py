"""What production adds to a person's calendar: jobs by their due day, milestones by the day they are planned."""

from django.urls import reverse

from accounts import calendars
from accounts.calendars import MOST, Due
from production.models import Job, Milestone
from production.states import OPEN_JOB


def _jobs(user, first, last):
    rows = Job.objects.filter(state__in=OPEN_JOB, due_on__range=(first, last)).select_related("client")
    for job in rows.order_by("due_on", "id")[:MOST]:
        yield Due(f"job:{job.pk}", job.due_on, f"{job.number} {job.title}", _page(job.pk), job.client.name)


def _milestones(user, first, last):
    rows = Milestone.objects.filter(state="open", job__state__in=OPEN_JOB, planned_on__range=(first, last))
    for row in rows.select_related("job").order_by("planned_on", "id")[:MOST]:
        yield Due(f"milestone:{row.pk}", row.planned_on, f"{row.name} · {row.job.number}", _page(row.job_id))


def _page(job: int) -> str:
    return reverse("floor:job", args=[job])


calendars.register("production.view_job", _jobs)
calendars.register("production.view_job", _milestones)
