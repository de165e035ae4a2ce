"""Months that are closed: what day the books reach to, and the refusal of everything dated before it.

Whoever books holds the books open until it has committed, together with all others who book; whoever closes waits for
them, and those who come later wait for it. SQLite has one writer at a time anyway; on PostgreSQL it is a lock of the
business, which the triggers (`billing.guards`) take too, so that plain SQL is no way round.
"""

from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import get_scope

from accounts import activity
from billing import chain
from billing.guards import BOOKS_LOCK
from billing.models import PeriodClose
from laseros.core.errors import Refused
from laseros.core.retry import retried
from laseros.core.templatetags.laseros import day as shown


def closed_until() -> date | None:
    """The last day of what is closed; None while nothing is."""
    return PeriodClose.objects.order_by("-id").values_list("until_on", flat=True).first()


def check_open(day: date, field: str = "") -> None:
    """Refuse a day that lies in closed books. Inside a transaction they are not closed over it until it ends."""
    _lock("pg_advisory_xact_lock_shared")
    until = closed_until()
    if until is not None and day <= until:
        raise Refused(
            _("The books are closed until %(until)s: nothing can be dated %(day)s.")
            % {"until": shown(until), "day": shown(day)},
            code="closed",
            **({"field": field} if field else {}),
        )


def _lock(function: str) -> None:
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [BOOKS_LOCK, get_scope()["workspace"].pk])


@retried
@transaction.atomic
def close(workspace, until: date, by) -> PeriodClose:
    """Close the books up to a day in the past, never to an earlier one than they are closed to."""
    _lock("pg_advisory_xact_lock")
    now = closed_until()
    if until >= timezone.localdate():
        raise Refused(_("Only what is over can be closed."), code="future", field="until")
    if now is not None and until <= now:
        raise Refused(_("The books are closed until %(until)s already.") % {"until": shown(now)}, code="closed")
    row = PeriodClose.objects.create(workspace=workspace, until_on=until, by=by if getattr(by, "pk", None) else None)
    chain.seal(row, by)
    activity.record("closed", row, by, details={"valid until": until})
    return row


@retried
@transaction.atomic
def reopen(workspace, until: date | None, reason: str, by) -> PeriodClose:
    """Open them again, up to an earlier day or all of them. By right, with a reason that stays."""
    _lock("pg_advisory_xact_lock")
    now = closed_until()
    if not reason.strip():
        raise Refused(_("Say why they are opened again."), code="reason", field="reason")
    if now is None:
        raise Refused(_("No month is closed yet."), code="open", field="until")
    if until is not None and until >= now:
        words = _("The books are closed until %(until)s: to open some of them say an earlier day.")
        raise Refused(words % {"until": shown(now)}, code="open", field="until")
    row = PeriodClose.objects.create(
        workspace=workspace, until_on=until, reason=reason.strip()[:300], by=by if getattr(by, "pk", None) else None
    )
    chain.seal(row, by)
    activity.record("reopened", row, by, details={"valid until": until or "–", "why": reason})
    return row
