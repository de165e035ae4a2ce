"""Months that are closed: what day the books reach to, and the refusal of everything dated before it."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import PeriodClose
from laseros.core.errors import Refused
from laseros.core.retry import retried


def closed_until() -> date | None:
    """The last day of what is closed; None while nothing is."""
    return PeriodClose.objects.order_by("-id").values_list("until_on", flat=True).first()


def check_open(day: date, field: str = "") -> None:
    """Refuse a day that lies in closed books."""
    until = closed_until()
    if until is not None and day <= until:
        raise Refused(
            _("The books are closed until %(until)s: nothing can be dated %(day)s.") % {"until": until, "day": day},
            code="closed",
            **({"field": field} if field else {}),
        )


@retried
@transaction.atomic
def close(workspace, until: date, by) -> PeriodClose:
    """Close the books up to a day in the past, never to an earlier one than they are closed to."""
    now = closed_until()
    if until >= timezone.localdate():
        raise Refused(_("Only what is over can be closed."), code="future", field="until")
    if now is not None and until <= now:
        raise Refused(_("The books are closed until %(until)s already.") % {"until": now}, code="closed")
    row = PeriodClose.objects.create(workspace=workspace, until_on=until, by=by if getattr(by, "pk", None) else None)
    activity.record("closed", row, by, details={"valid until": until})
    return row


@retried
@transaction.atomic
def reopen(workspace, until: date | None, reason: str, by) -> PeriodClose:
    """Open them again, up to an earlier day or all of them. By right, with a reason that stays."""
    now = closed_until()
    if not reason.strip():
        raise Refused(_("Say why they are opened again."), code="reason", field="reason")
    if now is None or (until is not None and until >= now):
        raise Refused(_("So much is not closed."), code="open", field="until")
    row = PeriodClose.objects.create(
        workspace=workspace, until_on=until, reason=reason.strip()[:300], by=by if getattr(by, "pk", None) else None
    )
    activity.record("reopened", row, by, details={"valid until": until or "–", "why": reason})
    return row
