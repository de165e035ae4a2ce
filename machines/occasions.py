"""The occasion of this room: a machine needs a person."""

from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.outbox.occasions import STAFF


def _of_machine(machine) -> dict[str, str]:
    return {"machine": machine.name}


ATTENTION = outbox.register(
    outbox.Occasion(
        "machine", _("A machine needs somebody"), STAFF, "machines.Machine",
        {"machine": _("name of the machine"), "what": _("what has happened"), "why": _("what the machine says")},
        _of_machine, permission="machines.view_machine",
    )
)  # fmt: skip
