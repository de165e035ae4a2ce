"""What production adds to a client's timeline, and how punctual and regular it has been."""

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from crm import insight, timeline
from crm.families import family
from crm.insight import Figure
from crm.timeline import Line, Source
from laseros.core.templatetags.laseros import number
from production.models import Enquiry, Job, JobMessage, Milestone


def _url(name: str, pk: int) -> str:
    return reverse(f"admin:production_{name}", args=[pk])


def _enquiries(pks: list[int]) -> dict[int, Line]:
    rows = Enquiry.objects.filter(pk__in=pks)
    return {row.pk: Line(str(row), url=_url("enquiry_change", row.pk)) for row in rows}


def _jobs(pks: list[int]) -> dict[int, Line]:
    rows = Job.objects.filter(pk__in=pks)
    return {row.pk: Line(f"{row.number} {row.title}", url=_url("job_change", row.pk)) for row in rows}


def _made(pks: list[int]) -> dict[int, Line]:
    return {pk: Line(_t("%(job)s is made") % {"job": line.title}, url=line.url) for pk, line in _jobs(pks).items()}


def _milestones(pks: list[int]) -> dict[int, Line]:
    rows = Milestone.objects.filter(pk__in=pks).select_related("job", "by")
    return {
        row.pk: Line(f"{row.job.number}: {row.name}", row.note, _url("job_change", row.job_id), str(row.by or ""))
        for row in rows
    }


def _messages(pks: list[int]) -> dict[int, Line]:
    rows = JobMessage.objects.filter(pk__in=pks).select_related("job")
    return {row.pk: Line(row.job.number, row.text, _url("job_messages", row.job_id), row.by_name) for row in rows}


def _figures(client) -> list[Figure]:
    jobs = Job.objects.filter(client__in=family(client)).exclude(state="cancelled")
    dated = Q(made_at__isnull=False, due_on__isnull=False)
    found = jobs.annotate(made_on=TruncDate("made_at")).aggregate(
        orders=Count("pk"),
        dated=Count("pk", filter=dated),
        in_time=Count("pk", filter=dated & Q(made_on__lte=F("due_on"))),
        first=Min("approved_at"),
        days=Count(TruncDate("approved_at"), distinct=True),
    )
    figures = [Figure(_("Orders"), number(found["orders"]))]
    if found["dated"]:
        share = round(100 * found["in_time"] / found["dated"])
        words = _t("%(some)s of %(all)s") % {"some": found["in_time"], "all": found["dated"]}
        figures.append(Figure(_("On time"), f"{share} %", note=words))
    if found["orders"]:
        words = _t("came back %(count)s times") % {"count": max(found["days"] - 1, 0)}
        figures.append(Figure(_("Ordered on different days"), number(found["days"]), note=words))
    return figures


for source in (
    Source(
        "enquiry", _("Enquiries"), "mail", "production.view_enquiry",
        lambda client: Enquiry.objects.filter(client__in=family(client)), "created_at", _enquiries,
    ),
    Source(
        "job", _("Jobs"), "work", "production.view_job", lambda client: Job.objects.filter(client__in=family(client)),
        "approved_at", _jobs,
    ),
    Source(
        "made", _("Jobs made"), "task_alt", "production.view_job",
        lambda client: Job.objects.filter(client__in=family(client)), "made_at", _made,
    ),
    Source(
        "milestone", _("Milestones"), "flag", "production.view_job",
        lambda client: Milestone.objects.filter(job__client__in=family(client), state="reached"), "at", _milestones,
    ),
    Source(
        "message", _("Messages on jobs"), "forum", "production.view_job",
        lambda client: JobMessage.objects.filter(job__client__in=family(client)), "at", _messages,
    ),
):  # fmt: skip
    timeline.register(source)
insight.register("production.view_job", _figures)
