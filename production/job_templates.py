"""Jobs that come again: kept as a template, opened from it for a client."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from crm.families import family
from crm.models import Client, Contact
from laseros.core.errors import Refused
from laseros.core.money import turned
from laseros.core.retry import retried
from production import jobs
from production.models import Job, JobTemplate, JobTemplateLine
from production.quality import planning

LINE = ("position", "description", "quantity", "unit_price", "tax_percent", "material_each", "seconds_each", "item_id",
        "design_file_id", "product_id")  # fmt: skip


@retried
def keep(job: Job, name: str, by) -> JobTemplate:
    """A template of a job as it was ordered: lines, prices, checks, milestones, time to its due day.

    Discounts are not kept: they were given to one client. Prices are kept without tax: it is for whomever.

    Raises `Refused` with code "name" where there is one of that name.
    """
    name = " ".join(name.split())[:80]
    checks = planning.carried(job.lines.all())
    days = (job.due_on - timezone.localdate(job.approved_at)).days if job.due_on else None
    try:
        with transaction.atomic():
            template = JobTemplate.objects.create(
                workspace_id=job.workspace_id, name=name, title=job.title, priority=job.priority, note=job.note,
                days=max(days, 0) if days is not None else None,
                milestones=job.enquiry.milestones if job.enquiry else None,
            )  # fmt: skip
            rows = list(job.lines.filter(parent=None).order_by("position", "id").values(*LINE))
            if job.tax_included:
                _turn(rows, job.workspace.currency, tax_included=False)
            JobTemplateLine.objects.bulk_create(
                JobTemplateLine(
                    workspace_id=job.workspace_id, template=template, checks=checks.get(row["position"], []), **row
                )
                for row in rows
            )
            activity.record("created", template, by, details={"copy of": job.number})
            return template
    except IntegrityError:
        raise Refused(
            _("There is a template “%(name)s” already.") % {"name": name}, code="name", field="name"
        ) from None


def open_job(
    template: JobTemplate, client: Client, *, key: str, title: str = "", contact: Contact | None = None,
    due_on: date | None = None, parent: Job | None = None, despite: str = "", shows_drawings: bool = False, by,
) -> Job:  # fmt: skip
    """A new job for a client. One per `key`; raises what `jobs.open_from` raises, and `Refused` with code "archived",
    or "drawings" where it is made from what another client handed in and nobody said that this one may see it.

    Products are made as they are made now, with the checks they have now.
    """
    if template.archived_at is not None:
        raise Refused(_("%(template)s is archived.") % {"template": template}, code="archived")
    if not shows_drawings:
        _check_drawings(template, client)
    if due_on is None and template.days is not None:
        due_on = timezone.localdate() + timedelta(days=template.days)
    lines = list(template.lines.order_by("position", "id").values(*LINE, "checks"))
    for position, line in enumerate(lines, start=1):
        line["position"] = position  # checks find their line by it
    if client.has_prices_with_tax:
        _turn(lines, client.workspace.currency, tax_included=True)
    return jobs.open_from(
        client, key=f"template:{template.pk}:{key}"[:80], title=title or template.title, lines=lines, contact=contact,
        due_on=due_on, priority=template.priority, note=template.note, template=template.milestones, parent=parent,
        tax_included=client.has_prices_with_tax, despite=despite, by=by,
    )  # fmt: skip


def _turn(lines: list[dict], currency: str, *, tax_included: bool) -> None:
    for line in lines:
        line["unit_price"] = turned(line["unit_price"], line["tax_percent"], currency, tax_included)


def _check_drawings(template: JobTemplate, client: Client) -> None:
    """Whoever orders something can look at its drawing and save it."""
    rows = template.lines.filter(design_file__enquiry__isnull=False).select_related("design_file__enquiry__client")
    row = rows.exclude(design_file__enquiry__client__in=family(client)).order_by("position", "id").first()
    if row is not None:
        raise Refused(
            _("“%(line)s” is made from a drawing of %(owner)s, and %(client)s would see it: say that they may.")
            % {"line": row.description, "owner": row.design_file.enquiry.client, "client": client},
            code="drawings", field="shows_drawings",
        )  # fmt: skip


@retried
@transaction.atomic
def remove(template: JobTemplate, by) -> None:
    """Delete a template. Jobs opened from it have copies of everything."""
    activity.record("deleted", template, by)
    JobTemplate.objects.filter(pk=template.pk).delete()
