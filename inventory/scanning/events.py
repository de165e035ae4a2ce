"""Scans from the floor, each done once: the event and what it does are one transaction.

What cannot be done any more when it arrives is not lost: it is kept as a conflict, with the reason, until a person
does it after all or drops it.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory.models import ScanEvent
from inventory.models.scan import SCAN
from inventory.scanning import deeds
from inventory.scanning.wire import Said, Unreadable
from laseros.core.errors import Refused
from laseros.core.retry import retried

OLDEST = timedelta(days=31)


@dataclass(frozen=True)
class Answer:
    """What a device is told about an event: "done", "already" (done before), "conflict", or "refused" (never kept)."""

    key: str
    answer: str
    reason: str = ""
    result: dict = field(default_factory=dict)


def take(said: Said | Unreadable, workspace, by) -> Answer:
    """Do what was scanned, once. The same event again answers what came of it the first time."""
    if isinstance(said, Unreadable):
        return Answer(said.key, "refused", said.reason)
    try:
        return _take(said, workspace, by)
    except IntegrityError:
        before = ScanEvent._base_manager.filter(workspace_id=workspace.pk, key=said.key).first()
        if before is None:
            raise
        return _again(before, said, by)


@retried
def _take(said: Said, workspace, by) -> Answer:
    before = ScanEvent._base_manager.filter(workspace_id=workspace.pk, key=said.key).first()
    if before is not None:
        return _again(before, said, by)
    with transaction.atomic():
        event = ScanEvent(
            workspace=workspace, key=said.key, kind=said.kind, code=said.code, data=said.data, by=by,
            at=said.at, said_at=said.said_at,
        )  # fmt: skip
        event.save(force_insert=True)  # whoever sends it at the same moment waits here
        try:
            with transaction.atomic():
                if timezone.now() - said.at > OLDEST:
                    raise Refused(_("It is older than a month."), code="old")
                result, lot = deeds.do(event, by)
        except Refused as refusal:
            SCAN.move(event, "refuse", reason=str(refusal.reason)[:500], why=refusal.code, lot=deeds.lot_of(event))
            return Answer(event.key, "conflict", str(refusal.reason))
        SCAN.move(event, "do", result=result, lot=lot)
        return Answer(event.key, "done", "", result)


def _again(before: ScanEvent, said: Said, by) -> Answer:
    if (before.by_id, before.kind, before.code, before.data) != (by.pk, said.kind, said.code, said.data):
        return Answer(said.key, "refused", _("Another scan had this id."))
    if before.state == "conflict":
        return Answer(before.key, "conflict", before.reason)
    return Answer(before.key, "already", "", before.result)


# --- what a person decides --------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def settle(event: ScanEvent, by) -> ScanEvent:
    """Do a conflict after all, as things are now. Raises the reason why it still cannot be done."""
    _lock(event)
    if event.state != "conflict":
        SCAN.move(event, "settle")  # says what it is now
    result, lot = deeds.do(event, by, anyhow=True)
    SCAN.move(event, "settle", result=result, lot=lot, settled_by=by, settled_at=timezone.now())
    activity.record("settled", event, by, details={"why": event.reason})
    return event


@retried
@transaction.atomic
def drop(event: ScanEvent, by) -> ScanEvent:
    """Say that it need not be done."""
    SCAN.move(event, "drop", settled_by=by, settled_at=timezone.now())
    activity.record("dropped", event, by, details={"why": event.reason})
    return event


def _lock(event: ScanEvent) -> None:
    """Nobody else decides it until we have."""
    rows = ScanEvent._base_manager.filter(pk=event.pk)
    rows.update(why=event.why)
    event.refresh_from_db()


def waiting(by=None):
    """What needs a person, newest first; of one person only, where one is given."""
    rows = ScanEvent.objects.filter(state="conflict").select_related("lot", "by")
    return rows if by is None else rows.filter(by=by)
