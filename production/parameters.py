"""Verbs about the cutting table: a row prices nothing until somebody answers for it."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory.models import Material
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines.models import Machine
from production.models import CuttingParameter

EDITABLE = (
    "machine",
    "material",
    "thickness_mm",
    "gas",
    "power_w",
    "gas_pressure_bar",
    "nozzle_mm",
    "feed_mm_min",
    "pierce_s",
    "kerf_mm",
    "lead_in_mm",
    "lead_out_mm",
    "corner_mm",
    "micro_joints",
    "common_line_percent",
    "source",
)
# The rest of a row is where its values come from: naming it better changes no price.
_PRICED = tuple(name for name in EDITABLE if name != "source")


@retried
@transaction.atomic
def add(row: CuttingParameter, by) -> CuttingParameter:
    row.version, row.confirmed_at, row.confirmed_by = 1, None, None
    _save(row)
    activity.record("created", row, by)
    return row


@retried
@transaction.atomic
def change(row: CuttingParameter, by) -> CuttingParameter:
    """Store an edited row. Where a value of it changes, it is a new version that has to be confirmed anew."""
    before = CuttingParameter._base_manager.get(pk=row.pk)
    old = {name: getattr(before, name) for name in EDITABLE}
    changed = activity.changes(old, {name: getattr(row, name) for name in EDITABLE})
    if not changed:
        return row
    row.version, row.confirmed_at, row.confirmed_by = before.version, before.confirmed_at, before.confirmed_by
    if set(changed) & set(_PRICED):
        row.version, row.confirmed_at, row.confirmed_by = before.version + 1, None, None
    _save(row)
    activity.record("changed", row, by, details=changed)
    return row


def _save(row: CuttingParameter) -> None:
    row.power_w = row.power_w or row.machine.power_w
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(
            _("There is a row for this machine, material, thickness, gas and power already."), code="twice"
        ) from None


@retried
@transaction.atomic
def confirm(row: CuttingParameter, by) -> None:
    """Answer for the version one has seen: prices are made from it from now on."""
    rows = CuttingParameter._base_manager.filter(pk=row.pk, version=row.version)
    at = timezone.now()
    if not rows.filter(confirmed_at=None).update(confirmed_at=at, confirmed_by=by):
        if rows.exists():
            return  # confirmed already
        raise Refused(_("Somebody changed these values meanwhile. Look at them again."), code="stale")
    row.confirmed_at, row.confirmed_by = at, by
    activity.record("confirmed", row, by, details={"version": row.version})


@retried
@transaction.atomic
def learn(row: CuttingParameter, proposal, by) -> CuttingParameter:
    """Take feed and pierce time from a `production.experience.Proposal`: a new version, which the person answers for.

    Refused with code "stale" when the row has changed since it was looked at.
    """
    before = {"feed_mm_min": row.feed_mm_min, "pierce_s": f"{row.pierce_s:f}"}
    fields = {"feed_mm_min": proposal.feed_mm_min, "pierce_s": Decimal(str(proposal.pierce_s))}
    rows = CuttingParameter._base_manager.filter(pk=row.pk, version=row.version)
    if not rows.update(**fields, version=row.version + 1, confirmed_at=timezone.now(), confirmed_by=by):
        raise Refused(_("Somebody changed these values meanwhile. Look at them again."), code="stale")
    row.refresh_from_db()
    changed = activity.changes(before, {"feed_mm_min": row.feed_mm_min, "pierce_s": f"{row.pierce_s:f}"})
    why = _("learned from %(runs)s runs") % {"runs": proposal.runs}
    activity.record("changed", row, by, details={**changed, "why": why})
    return row


@retried
@transaction.atomic
def confirm_all(rows: Iterable[CuttingParameter], by) -> int:
    """Answer for several rows as they were seen, for all of them or for none. Answers how many were not confirmed."""
    waiting = [row for row in rows if row.confirmed_at is None]
    for row in waiting:
        confirm(row, by)
    return len(waiting)


def find(material: Material, thickness_mm, *, machine: Machine | None = None, gas: str = "") -> CuttingParameter:
    """The row to price with: confirmed, on `machine` or on the first laser that has one, the fastest gas first.

    `gas` asks for one gas only.

    Raises `Refused` naming what is missing: code "parameters-missing" or "parameters-unconfirmed".
    """
    return best_of(of([material.pk]), material, thickness_mm, machine=machine, gas=gas)


def of(materials: Iterable[int]) -> list[CuttingParameter]:
    """The rows for materials on machines in use, those to price with first."""
    rows = CuttingParameter.objects.filter(material__in=set(materials), machine__archived_at=None)
    return list(rows.select_related("machine", "material").order_by("machine__position", "-feed_mm_min", "id"))


def best_of(
    rows: Iterable[CuttingParameter], material: Material, thickness_mm, *, machine: Machine | None = None, gas: str = ""
) -> CuttingParameter:
    """What `find` answers, out of rows that were read before in the order of `of`."""
    thickness = Decimal(str(thickness_mm))
    found = [
        row for row in rows
        if row.material_id == material.pk and row.thickness_mm == thickness
        and (machine is None or row.machine_id == machine.pk) and (not gas or row.gas == gas)
    ]  # fmt: skip
    confirmed = next((row for row in found if row.confirmed_at is not None), None)
    if confirmed is not None:
        return confirmed
    what = {"material": material.name, "thickness": f"{thickness.normalize():f}"}
    if found:
        raise Refused(
            _("The cutting parameters for %(material)s %(thickness)s mm are not confirmed yet.") % what,
            code="parameters-unconfirmed",
        )
    raise Refused(
        _("There are no cutting parameters for %(material)s %(thickness)s mm.") % what, code="parameters-missing"
    )
