"""Whoever wants it is told when a machine has stopped and somebody has to go there."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from laseros.core.drivers import State
from laseros.core.retry import retried
from machines.models import StateChange
from machines.occasions import ATTENTION
from machines.signals import state_changed

# A machine that errs, goes on and errs again says the same.
ONCE_IN = timedelta(minutes=10)


@receiver(state_changed, dispatch_uid="machines.tell_of_error")
def machine_stopped(sender, machine, change, **kwargs):
    if change.after == State.ERROR:
        tell(machine, change)


@retried
@transaction.atomic
def tell(machine, change: StateChange) -> int:
    """Of one change, once; how many messages."""
    if outbox.of(machine).filter(kind=ATTENTION.name, created_at__gt=change.at - ONCE_IN).exists():
        return 0
    link = settings.BASE_URL.rstrip("/") + reverse("board:needs")

    def values(language):
        status = getattr(machine, "status", None)
        return {"what": _("it has stopped with an error"), "why": status.message if status else ""}

    return outbox.tell(ATTENTION, machine, key=f"machine:{change.pk}", link=link, values=values)
