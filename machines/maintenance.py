"""Maintenance: what a machine's use makes due, what was done, and taking a machine out of work meanwhile.

Use is counted from events, each once: time from the changes of state, pierces and metres from machine jobs that ended.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from accounts import activity
from accounts.models import Workspace
from laseros.core.drivers import Outcome, State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import bell, telemetry
from machines.models import Machine, MachineJob, MachineUse, MaintenanceDone, MaintenancePlan, StateChange
from machines.models.maintenance import due

AT_WORK = (State.PREPARING, State.RUNNING)
AT_ONCE = 2000


# --- use ----------------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def count(machine: Machine) -> MachineUse:
    """Bring a machine's use up to now. Twice is once: what is counted is marked in the same transaction."""
    rows = MachineUse._base_manager
    rows.get_or_create(machine_id=machine.pk, defaults={"workspace_id": machine.workspace_id})
    use = rows.select_for_update().get(pk=machine.pk)
    now = timezone.now()
    changes = StateChange._base_manager.filter(machine=machine, pk__gt=use.last_change).order_by("pk")
    for pk, at, after in changes.values_list("pk", "at", "after")[:AT_ONCE]:
        if use.running_since is not None:
            use.seconds += max(0.0, (at - use.running_since).total_seconds())
        use.running_since = at if after in AT_WORK else None
        use.last_change = pk
    if use.running_since is not None:
        use.seconds += max(0.0, (now - use.running_since).total_seconds())
        use.running_since = max(now, use.running_since)
    jobs = MachineJob._base_manager.filter(machine=machine, is_counted=False).exclude(ended_at=None)
    for job in jobs.exclude(outcome=Outcome.UNCLEAR).order_by("pk")[:AT_ONCE]:
        use.pierces += job.pierces or 0
        use.metres += job.metres or 0
        MachineJob._base_manager.filter(pk=job.pk).update(is_counted=True)
    use.save()
    return use


def count_everywhere() -> int:
    """Every machine somebody plans maintenance for. Answers how many; harmless twice."""
    with scopes_disabled():
        workspaces = list(Workspace.objects.filter(is_active=True).order_by("pk"))
    counted = 0
    for workspace in workspaces:
        with scope(workspace=workspace):
            planned = Machine.objects.filter(plans__archived_at=None, plans__isnull=False, archived_at=None).distinct()
            for machine in planned.order_by("pk"):
                count(machine)
                counted += 1
    return counted


# --- plans --------------------------------------------------------------------------------------------------------


def due_plans(machine: Machine | None = None):
    """Of the open workspace; the worst first is for whoever shows them."""
    rows = MaintenancePlan.objects.filter(due()).select_related("machine__use")
    return rows.filter(machine=machine) if machine is not None else rows


@retried
@transaction.atomic
def plan(row: MaintenancePlan, by) -> MaintenancePlan:
    """A new plan counts from now."""
    _from_now_on(row)
    row.save()
    activity.record("created", row, by)
    return row


def replanned(row: MaintenancePlan) -> None:
    """Its limits are others now: the day it is due follows."""
    start = row.last_on or timezone.localdate(row.created_at)
    row.due_on = start + timedelta(days=row.days) if row.days else None


@retried
@transaction.atomic
def done(machine: Machine, what: str, by, *, row: MaintenancePlan | None = None, note="", parts="") -> MaintenanceDone:
    """It was done, by its plan or without one; the plan counts anew. Refused ("again") within a minute."""
    if row is not None:
        row = MaintenancePlan._base_manager.select_for_update().get(pk=row.pk)
        latest = MaintenanceDone._base_manager.filter(plan=row).order_by("-at").first()
        if latest is not None and timezone.now() - latest.at < timedelta(minutes=1):
            raise Refused(_("“%(what)s” was noted a moment ago.") % {"what": row}, code="again")
    use = count(machine)
    written = MaintenanceDone._base_manager.create(
        workspace_id=machine.workspace_id, machine=machine, plan=row, what=what[:120], note=note[:500],
        parts=parts[:300], by=by if getattr(by, "pk", None) else None, hours=use.seconds / 3600, pierces=use.pierces,
        metres=use.metres,
    )  # fmt: skip
    if row is not None:
        row.last_on = timezone.localdate()
        _from_now_on(row)
        row.save()
    activity.record("maintained", machine, by, details={"what": what} | ({"note": note} if note else {}))
    _ring(machine)
    return written


def _from_now_on(row: MaintenancePlan) -> None:
    use = count(row.machine)
    row.at_seconds, row.at_pierces, row.at_metres = use.seconds, use.pierces, use.metres
    replanned(row)


# --- out of work and back -----------------------------------------------------------------------------------------


@retried
@transaction.atomic
def begin(machine: Machine, why: str, by) -> None:
    """No work is given to it until it is back. Refused ("at-work") while it is at something."""
    status = telemetry.status_of(machine)
    busy = status.current in (*AT_WORK, State.PAUSED) and not telemetry.is_stale(machine, status, timezone.now())
    if busy:
        raise Refused(_("%(machine)s is at work. Finish or stop that first.") % {"machine": machine}, code="at-work")
    rows = Machine._base_manager.filter(pk=machine.pk, maintenance_since=None, archived_at=None)
    if rows.update(maintenance_since=timezone.now(), maintenance_why=why[:200]):
        machine.refresh_from_db(fields=["maintenance_since", "maintenance_why"])
        activity.record("taken out", machine, by, details={"why": why} if why else {})
        _ring(machine)


@retried
@transaction.atomic
def end(machine: Machine, by) -> None:
    rows = Machine._base_manager.filter(pk=machine.pk).exclude(maintenance_since=None)
    if rows.update(maintenance_since=None, maintenance_why=""):
        machine.refresh_from_db(fields=["maintenance_since", "maintenance_why"])
        activity.record("put back", machine, by)
        _ring(machine)


def _ring(machine: Machine) -> None:
    bell.ring_queues([machine.pk])
