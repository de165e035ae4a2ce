"""An energy meter is set up beside a machine, changed and taken off: tried before it is stored."""

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.drivers import Step
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import doctor, drivers, sealing
from machines.metering import of
from machines.models import Machine, Meter
from machines.words import said


def examine(options: dict) -> list[Step]:
    """The doctor's steps for a meter reached like this."""
    return async_to_sync(doctor.look)(lambda: drivers.build("energy", options, None), options.get("topic", ""))


@retried
def install(
    machine: Machine, options: dict, password: str, *, idle_w: int, cutting_w: int, unproved: bool, by
) -> Meter:
    """Set up or change its meter. Tried before anything is stored, unless `unproved`; refused with what is wrong."""
    if cutting_w <= idle_w:
        raise Refused(_("Working begins above idle."), code="thresholds", field="cutting_w")
    kept = of(machine)
    secrets = {"password": password} if password else (sealing.opened(kept.sealed) if kept else {})
    if not unproved:
        wrong = next((step for step in examine({**options, **secrets}) if step.ok is False), None)
        if wrong is not None:
            raise Refused(" ".join(filter(None, (said(wrong.words) + ".", said(wrong.mend)))), code="connection")
    return _store(machine, options, secrets, idle_w, cutting_w, by)


@transaction.atomic
def _store(machine: Machine, options: dict, secrets: dict, idle_w: int, cutting_w: int, by) -> Meter:
    fields = {"options": options, "idle_w": idle_w, "cutting_w": cutting_w, "why": ""}
    kept = of(machine)
    if kept is None or sealing.opened(kept.sealed) != secrets:
        fields["sealed"] = sealing.sealed(secrets)
    meter, _made = Meter._base_manager.update_or_create(
        machine=machine, defaults=fields, create_defaults={**fields, "workspace_id": machine.workspace_id}
    )
    shown = {"what": _("energy meter"), "topic": options.get("topic", ""), "host": options.get("host", "")}
    activity.record("changed", machine, by, details=shown)
    return meter


@retried
@transaction.atomic
def remove(machine: Machine, by) -> None:
    """What it counted stays with the jobs it was counted for."""
    if Meter._base_manager.filter(machine_id=machine.pk).delete()[0]:
        activity.record("changed", machine, by, details={"what": _("its energy meter was taken off")})
