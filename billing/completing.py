"""A person says that a job is over: made, nothing of it owed, and where something is not invoiced, why."""

from django.db import transaction
from django.utils.translation import gettext as _

from billing import payments
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import jobs
from production.models import Job, JobLine


def not_invoiced(lines: list[JobLine]) -> list[JobLine]:
    """Those of a job's lines that cost something and stand on no invoice, or not with all of their pieces."""
    return [line for line in lines if line.is_charged and line.invoiced < line.quantity]


@retried
@transaction.atomic
def complete(job: Job, by, *, why: str = "") -> None:
    """Close a made job. Raises `Refused`: "state", "unpaid" (an invoice is a draft or owed), "why" (something was never
    invoiced and nobody says why), "parts".
    """
    jobs.lock(job)
    job.refresh_from_db()
    if job.state != "made":
        raise Refused(_("%(job)s is %(state)s.") % {"job": job, "state": job.get_state_display()}, code="state")
    open_ones = payments.unsettled(job)
    if open_ones:
        names = ", ".join(str(invoice) for invoice in open_ones)
        raise Refused(
            _("Still to be issued or paid: %(invoices)s. The job is completed by itself then.") % {"invoices": names},
            code="unpaid",
        )
    missing = not_invoiced(list(job.lines.filter(parent=None)))
    if missing and not why.strip():
        names = ", ".join(str(line) for line in missing)
        raise Refused(
            _("Not invoiced: %(lines)s. Say why, or make an invoice.") % {"lines": names}, code="why", field="why"
        )
    jobs.complete(job, by, why=why.strip())
