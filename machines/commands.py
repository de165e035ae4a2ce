"""What people ask machines to do. A command is sent at most once: whoever is not answered looks, and asks anew.

requested → sent → acknowledged → confirmed, or refused, or timed out. Taken is not done: a command is confirmed when
the machine is seen doing it (`machines.confirming`). The watcher that holds the machine sends; a watcher that dies
after "sent" leaves a command that times out, because nobody can know whether the machine heard it.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from laseros.core.drivers import Ack, State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import confirming, drivers
from machines.models import Command, Machine
from machines.models.command import LIFE
from machines.signals import command_answered
from machines.telemetry import status_of
from machines.words import said

ANSWER_WITHIN = timedelta(seconds=10)  # the machine, after it was sent
DONE_WITHIN = timedelta(seconds=60)  # after the machine took it
SENT_WITHIN = timedelta(seconds=20)  # a watcher, after it was asked for; longer than a takeover takes

NAMES = {
    "start": gettext_lazy("Start"),
    "print": gettext_lazy("Print a file"),
    "pause": gettext_lazy("Pause"),
    "resume": gettext_lazy("Resume"),
    "stop": gettext_lazy("Stop"),
    "forget": gettext_lazy("Forget the simulated work"),
}


def can(machine: Machine, name: str) -> bool:
    """Whether machines of this kind can be told this at all; asks nobody."""
    return machine.archived_at is None and name in drivers.capabilities(machine.driver)


@retried
@transaction.atomic
def request(machine: Machine, name: str, arguments: dict | None = None, *, key: str, by) -> Command:
    """Ask `machine` to do something, once per `key`: the same key answers the same command.

    `start` takes {"job_key", "job_name", "seconds", "quantity"}, `print` {"file"} as the machine names it. Raises
    `Refused` with code "not_capable", "offline", "busy" (another command is on its way) or "key" (used for something
    else).
    """
    earlier = _earlier(machine, name, key)
    if earlier is not None:
        return earlier
    if not can(machine, name):
        raise Refused(_("%(machine)s cannot be told to do this.") % {"machine": machine}, code="not_capable")
    if status_of(machine).current == State.OFFLINE:
        raise Refused(_("%(machine)s cannot be reached at the moment.") % {"machine": machine}, code="offline")
    for command in overdue([machine.pk]):  # a watcher would have; it may be away
        unanswered(command)
    try:
        with transaction.atomic():
            command = Command._base_manager.create(
                workspace_id=machine.workspace_id,
                machine=machine,
                name=name,
                arguments=arguments or {},
                key=key,
                by=by if getattr(by, "pk", None) else None,
            )
    except IntegrityError:
        earlier = _earlier(machine, name, key)  # a double click: the other one was quicker
        if earlier is not None:
            return earlier
        raise Refused(
            _("%(machine)s is still busy with the last command. Try again in a moment.") % {"machine": machine},
            code="busy",
        ) from None
    activity.record("commanded", machine, by, details={"command": name})
    return command


def _earlier(machine: Machine, name: str, key: str) -> Command | None:
    earlier = Command._base_manager.filter(workspace_id=machine.workspace_id, key=key).first()
    if earlier is not None and (earlier.machine_id, earlier.name) != (machine.pk, name):
        raise Refused(_("This was asked for already, in another way."), code="key")
    return earlier


# --- the watcher's side -------------------------------------------------------------------------------------------


def waiting(machine_pks) -> list[Command]:
    """Commands to be sent, oldest first, for all these machines in one query."""
    rows = Command._base_manager.filter(state="requested", machine_id__in=machine_pks)
    return list(rows.order_by("id"))


def take(command: Command) -> bool:
    """Claim a command for sending. False when somebody else did, or it is over."""
    return LIFE.try_move(command, "send")


@retried
@transaction.atomic
def answered(command: Command, ack: Ack) -> bool:
    """The machine took it or refused it, in its own words."""
    if not _end(command, "acknowledge" if ack.taken else "refuse", said(ack.reason)):
        return False
    if ack.taken:
        machine = command.machine
        confirming.confirm(machine, State(status_of(machine).current))  # it may have been quicker than its answer
    return True


@retried
@transaction.atomic
def unanswered(command: Command) -> bool:
    """It was sent, and what became of it is not known; or nobody sent it; or it was taken and never done."""
    why = {
        "requested": _("it could not be sent in time"),
        "sent": _("the machine did not answer"),
        "acknowledged": _("the machine took it, and does not do it"),
    }
    return _end(command, "time_out", why.get(command.state, ""))


@retried
@transaction.atomic
def withdraw(machine: Machine, key: str) -> int:
    """What was asked under `key`, or for a part of it ("key:…"), is not wanted any more: what no watcher has sent yet
    never is. How many."""
    asked = Command._base_manager.filter(machine=machine, state="requested")
    asked = asked.filter(Q(key=key) | Q(key__startswith=f"{key}:"))
    return sum(_end(command, "refuse", _("the work is over")) for command in asked.select_for_update())


def overdue(machine_pks, now: datetime | None = None) -> list[Command]:
    """What was not sent or not answered in time, for all these machines in one query."""
    now = now or timezone.now()
    unsent = Q(state="requested", created_at__lt=now - SENT_WITHIN)
    silent = Q(state="sent", created_at__lt=now - SENT_WITHIN - ANSWER_WITHIN)
    idle = Q(state="acknowledged", answered_at__lt=now - DONE_WITHIN)
    return list(Command._base_manager.filter(unsent | silent | idle, machine_id__in=machine_pks).order_by("id"))


def _end(command: Command, move: str, reason: str) -> bool:
    if not LIFE.try_move(command, move, reason=reason[:300], answered_at=timezone.now()):
        return False
    transaction.on_commit(lambda: command_answered.send_robust(sender=Command, command=command))
    return True
