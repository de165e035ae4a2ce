"""Machines of a business: taken in, connected anew, put away and brought back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.drivers import Reading, State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import doctor, telemetry
from machines.models import Machine, MachineStatus

AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)


@retried
@transaction.atomic
def register(machine: Machine, by) -> Machine:
    """A new machine, of which nothing has been heard yet."""
    machine.save()
    MachineStatus._base_manager.create(workspace_id=machine.workspace_id, machine=machine)
    activity.record("created", machine, by)
    return machine


def reconnected(machine: Machine) -> None:
    """Its connection is another one now: what the old one said last is not how it is."""
    doctor.trust_anew(machine)
    if telemetry.status_of(machine).seen_at is not None:
        telemetry.ingest(machine, Reading(State.UNKNOWN))


@retried
@transaction.atomic
def trust_anew(machine: Machine, by) -> None:
    """The certificate kept from the first time counts no longer: a person says that the new one is right."""
    doctor.trust_anew(machine)
    activity.record("changed", machine, by, details={"what": _("its certificate is trusted anew")})


@retried
@transaction.atomic
def archive(machine: Machine, by) -> None:
    """Off the board and out of the queue's choices; its history stays. Refused while it is at work."""
    status = telemetry.status_of(machine)
    if status.current in AT_WORK and not telemetry.is_stale(machine, status, timezone.now()):
        raise Refused(_("%(machine)s is at work. Finish or stop that first.") % {"machine": machine}, code="at-work")
    if Machine._base_manager.filter(pk=machine.pk, archived_at=None).update(archived_at=timezone.now()):
        activity.record("archived", machine, by)


@retried
@transaction.atomic
def restore(machine: Machine, by) -> None:
    rows = Machine._base_manager.filter(pk=machine.pk).exclude(archived_at=None)
    if rows.update(archived_at=None):
        activity.record("restored", machine, by)
