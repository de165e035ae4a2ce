"""Taking the result of a check: what is out of its limits is kept as not good and makes a non-conformance."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, station
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import milestones
from production.models import Check, CheckResult, Job, LineCheck, NonConformance, Operation, Run
from production.quality import deciding
from production.states import ACTIVE_RUN, CHECK_RESULT, NON_CONFORMANCE, OVER_JOB

UNDO_SECONDS = 60
STEP, MOST = Decimal("0.0001"), Decimal(10_000_000)
Kind = Check.Kind


def value_of(text: str) -> Decimal:
    """A size as somebody types it, with a comma or a point. Raises `Refused` ("value")."""
    try:
        value = Decimal(text.strip().replace(" ", "").replace(",", "."))
        value = value.quantize(STEP) if value.is_finite() and abs(value) < MOST else None
    except (InvalidOperation, ValueError):
        value = None
    if value is None:
        raise Refused(_("“%(text)s” is no size: type digits, as in 19.95.") % {"text": text[:20]}, code="value")
    return value


def run_of(operation: Operation | None) -> Run | None:
    """The run that works on an operation now, be it on a sheet with pieces of others."""
    if operation is None:
        return None
    rows = Run.objects.filter(state__in=ACTIVE_RUN)
    return rows.filter(operation=operation).first() or rows.filter(parts__operation=operation).first()


@retried
@transaction.atomic
def record(
    check: LineCheck, *, seen: int, operation: Operation | None = None, value: Decimal | None = None,
    yes: bool | None = None, photo: bytes | None = None, note: str = "", by,
) -> CheckResult:  # fmt: skip
    """Keep what was found. `seen` is how many results there were when the person looked: pressed twice it is kept once.

    Answers the result, "failed" with its `non_conformance` where the value is out of its limits or the answer is no.
    Raises `Refused` with code "state", "value" or "stale".
    """
    job = Job._base_manager.get(lines__checks=check.pk)
    milestones.lock(job)
    job.refresh_from_db()
    if job.state in (*OVER_JOB, "on_hold"):
        raise Refused(_("%(job)s is %(state)s.") % {"job": job.number, "state": job.get_state_display()}, code="state")
    fresh = LineCheck.objects.select_related("job_line__job", "job_line__item").get(pk=check.pk)
    said = {"value": value if fresh.kind == Kind.MEASURE else None}
    is_good = _is_good(fresh, value, yes, photo)
    again = _said_before(fresh, seen, said["value"], is_good, by)
    if again is not None:
        return again
    result = CheckResult(
        workspace_id=fresh.workspace_id, line_check=fresh, operation=operation, run=run_of(operation), **said,
        note=" ".join(note.split())[:200], state="passed" if is_good else "failed", by=by, station=station.current(),
    )  # fmt: skip
    if photo is not None:
        result.photo.save(f"{fresh.workspace_id}/{fresh.pk}.jpg", ContentFile(photo), save=False)
    result.save()
    details = {"what": fresh.name, **({"value": value} if said["value"] is not None else {}),
               "to": str(CHECK_RESULT.labels[result.state])}  # fmt: skip
    activity.record("checked", job, by, details=details)
    if not is_good:
        reason = NonConformance.Reason.SIZE if fresh.kind == Kind.MEASURE else NonConformance.Reason.OTHER
        deciding.open_for(fresh.job_line, operation, result.run, reason=reason, result=result, note=note, by=by)
    return result


def _is_good(check: LineCheck, value: Decimal | None, yes: bool | None, photo: bytes | None) -> bool:
    if check.kind == Kind.MEASURE:
        if value is None:
            raise Refused(_("Type the size first."), code="value")
        return check.within(value)
    if check.kind == Kind.PHOTO:
        if photo is None:
            raise Refused(_("Choose a picture first."), code="value")
        return True
    if yes is None:
        raise Refused(_("Say whether it is good."), code="value")
    return yes


def _said_before(check: LineCheck, seen: int, value, is_good: bool, by) -> CheckResult | None:
    count = check.results.count()
    if count == seen:
        return None
    last = check.results.order_by("-id").first()
    if last is None or count != seen + 1 or (last.by, last.value, last.state == "passed") != (by, value, is_good):
        raise Refused(_("Somebody was quicker. Look at it again."), code="stale")
    return last


def undo_until(result: CheckResult) -> datetime | None:
    """Until when whoever said it may take it back; None for what is over, or decided about."""
    until = result.at + timedelta(seconds=UNDO_SECONDS)
    return until if result.state in ("passed", "failed") and timezone.now() <= until else None


@retried
@transaction.atomic
def undo(result: CheckResult, by) -> CheckResult:
    """A slip of the finger: within a minute, by whoever it was. Raises `Refused` with code "too-late" or "state"."""
    job = Job._base_manager.get(lines__checks__results=result.pk)
    milestones.lock(job)
    fresh = CheckResult.objects.select_related("line_check").get(pk=result.pk)
    if fresh.state == "withdrawn":
        return fresh
    if undo_until(fresh) is None or fresh.by != by:
        raise Refused(
            _("More than a minute has passed, or somebody else did it: this stays. Check once more."), code="too-late"
        )
    found = NonConformance.objects.filter(result=fresh).first()
    if found is not None:
        deciding.check_withdrawn(found)
        NON_CONFORMANCE.move(found, "withdraw", decided_at=timezone.now(), decided_by=by)
    CHECK_RESULT.move(fresh, "withdraw")
    activity.record("undone", job, by, details={"what": fresh.line_check.name})
    return fresh
