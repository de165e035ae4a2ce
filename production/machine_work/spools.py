"""Which spool lies in which slot: said by a person, or read by the machine from the spool's own chip."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory.models import Lot
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import telemetry
from machines.models import Machine
from production.models import LoadedSpool, SpoolTag

NO_CHIP = {"", "0", "0" * 16, "0" * 32}


@retried
@transaction.atomic
def load(machine: Machine, slot: str, lot: Lot, by) -> LoadedSpool:
    """Put a spool into a slot; it leaves the one it was in, and what was in this one comes out.

    The chip that the machine reads there is the spool's from now on. Refused ("lot") for what is no spool in stock.
    """
    lot = Lot.objects.get(pk=lot.pk)
    if lot.kind != Lot.Kind.SPOOL or lot.state not in ("free", "reserved"):
        raise Refused(_("%(lot)s is no spool in stock.") % {"lot": lot.code}, code="lot")
    slot = slot[:12]
    row = LoadedSpool.objects.filter(machine=machine, slot=slot).select_related("lot").first()
    if row is None or row.lot_id != lot.pk:
        LoadedSpool.objects.filter(machine=machine, slot=slot).delete()
        LoadedSpool.objects.filter(lot=lot).delete()
        row = LoadedSpool.objects.create(workspace_id=machine.workspace_id, machine=machine, slot=slot, lot=lot)
        activity.record("loaded", lot, by, details={"machine": machine, "slot": slot or "–"})
    chip = chip_in(machine, slot)
    if chip:
        SpoolTag.objects.update_or_create(tag=chip, defaults={"lot": lot, "workspace_id": machine.workspace_id})
    return row


@retried
@transaction.atomic
def unload(machine: Machine, slot: str, by) -> None:
    """Take out what lies in a slot; nothing happens where nothing does."""
    row = LoadedSpool.objects.filter(machine=machine, slot=slot).select_related("lot").first()
    if row is not None:
        row.delete()
        activity.record("unloaded", row.lot, by, details={"machine": machine, "slot": slot or "–"})


def chip_in(machine: Machine, slot: str) -> str:
    """What the machine reads from the spool in a slot; empty without a chip."""
    trays = telemetry.status_of(machine).trays or []
    tag = next((tray.get("tag", "") for tray in trays if tray.get("slot") == slot), "")
    return "" if tag in NO_CHIP else tag


def lot_in(machine: Machine, slot: str) -> Lot | None:
    """The spool in a slot: the chip's, where there is one, for nobody tells a machine that he has changed it."""
    chip = chip_in(machine, slot)
    if chip:
        known = SpoolTag.objects.filter(tag=chip).select_related("lot__item").first()
        if known is not None:
            _follow_chip(machine, slot, known.lot)
            return known.lot
    row = LoadedSpool.objects.filter(machine=machine, slot=slot).select_related("lot__item").first()
    if row is None and not slot:
        rows = list(LoadedSpool.objects.filter(machine=machine).select_related("lot__item")[:2])
        row = rows[0] if len(rows) == 1 else None
    return row.lot if row is not None else None


def _follow_chip(machine: Machine, slot: str, lot: Lot) -> None:
    if LoadedSpool.objects.filter(machine=machine, slot=slot, lot=lot).exists():
        return
    with transaction.atomic():
        LoadedSpool.objects.filter(machine=machine, slot=slot).delete()
        LoadedSpool.objects.filter(lot=lot).delete()
        LoadedSpool.objects.create(
            workspace_id=machine.workspace_id, machine=machine, slot=slot, lot=lot, since=timezone.now()
        )


def in_machine(machine: Machine) -> list[dict]:
    """Its slots as a page shows them: what the machine says of each, and the spool that lies there."""
    trays = {tray["slot"]: tray for tray in telemetry.status_of(machine).trays or []}
    for slot in list(trays):
        lot_in(machine, slot)
    loaded = {row.slot: row.lot for row in LoadedSpool.objects.filter(machine=machine).select_related("lot__item")}
    return [
        {"slot": slot, "tray": trays.get(slot), "lot": loaded.get(slot)} for slot in sorted({*trays, *loaded} or {""})
    ]
