"""Verbs that change a layout by hand: moving and turning pieces, locking what shall stay. The rules hold here too."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production.models import Nest, NestingRules, NestSheet, clamps
from production.nests import layout as layouts
from production.nests import problem as problems
from production.nests import verified

FARTHEST_MM = 100_000


@retried
@transaction.atomic
def arrange(sheet: NestSheet, places: list[dict], *, version: int, by) -> NestSheet:
    """Put the pieces of a sheet where `places` says: x_mm, y_mm, angle_deg, locked, in the order of its placements.

    Nothing is stored unless every rule holds. Raises `Refused` with code "stale" (somebody changed the nest since
    `version`), "state", "places", or "faults" with `details["places"]`, the pieces it is about, and `details["texts"]`.
    """
    nest = Nest.objects.select_related("machine", "material", "workspace").get(pk=sheet.nest_id)
    rows = Nest._base_manager.filter(pk=nest.pk, state="ready", version=version)
    if not rows.update(version=F("version") + 1):
        if nest.state != "ready":
            raise Refused(_("%(nest)s is %(state)s now.") % {"nest": nest, "state": nest.get_state_display()}, "state")
        raise Refused(_("Somebody changed this nest meanwhile. Look at it again."), code="stale")
    fresh = NestSheet.objects.select_related("item", "lot", "nest").get(pk=sheet.pk)
    parts = problems.Parts(nest)
    placements = _moved(fresh.placements, places)
    question, row = _question(nest, fresh, parts, placements)
    if found := verified.of_sheet(question, row):
        told = sorted({place for fault in found for place in fault.places})
        raise Refused(found[0].text, code="faults", places=told, texts=sorted({fault.text for fault in found}))
    holes = _in_holes(parts, placements)
    fresh.placements = [{**place, "in_hole": inside} for place, inside in zip(placements, holes, strict=True)]
    layouts.count(fresh, nest, parts, NestingRules.of(nest.workspace))
    timed = layouts.time_of(fresh, nest, parts)
    fresh.seconds = timed.seconds if timed else None
    fresh.save()
    utilisation = layouts.overall(nest.sheets.order_by("position"))
    Nest._base_manager.filter(pk=nest.pk).update(utilisation=utilisation)
    activity.record("rearranged", nest, by, details={"what": str(fresh)})
    return fresh


def _moved(placements: list[dict], places: list[dict]) -> list[dict]:
    if len(placements) != len(places):
        raise Refused(_("This is not what lies on the sheet."), code="places")
    moved = []
    for old, new in zip(placements, places, strict=True):
        try:
            x, y, angle = (float(new[name]) for name in ("x_mm", "y_mm", "angle_deg"))
        except (KeyError, TypeError, ValueError):
            raise Refused(_("This is not what lies on the sheet."), code="places") from None
        if not all(abs(value) < FARTHEST_MM for value in (x, y, angle)):  # not a number is not less either
            raise Refused(_("This is not what lies on the sheet."), code="places")
        same = all(abs(a - old[name]) < 1e-9 for a, name in ((x, "x_mm"), (y, "y_mm"), (angle, "angle_deg")))
        where = {} if same else {"x_mm": round(x, 3), "y_mm": round(y, 3), "angle_deg": round(angle % 360, 3) % 360}
        kept = {name: value for name, value in old.items() if name != "locked"}
        moved.append({**kept, **where, **({"locked": True} if new.get("locked") is True else {})})
    return moved


def _question(nest: Nest, sheet: NestSheet, parts: problems.Parts, placements: list[dict]) -> tuple[dict, dict]:
    """The problem of this sheet alone, and the sheet as a row of a layout."""
    question = problems.of(nest, parts)
    row = {
        "id": problems.name_of(sheet),
        "width_mm": sheet.width_mm,
        "height_mm": sheet.height_mm,
        "placements": [{**place, "part": str(place["part"])} for place in placements],
        **({"outline": sheet.outline} if sheet.outline else {}),
        "clamps": clamps.on_sheet(nest.clamps, sheet.width_mm, sheet.height_mm),
    }
    return question, row


def _in_holes(parts: problems.Parts, placements: list[dict]) -> list[bool]:
    """For each piece whether it lies within the outline of another: on a valid sheet that is in its hole."""
    import shapely

    from production.nests.shapes import flat, placed

    solids = []
    for place in placements:
        outer = next(curve for curve in parts.shape(place["part"]).curves if curve.role == "outer")
        solids.append(shapely.Polygon(flat(placed(outer.segments, place))))
    pairs = shapely.STRtree(solids).query(solids, predicate="within").T.tolist()
    guests = {guest for guest, host in pairs if guest != host}
    return [index in guests for index in range(len(placements))]


@retried
@transaction.atomic
def lock(sheet: NestSheet, locked: bool, by) -> None:
    """A locked sheet stays as it is when the rest is searched for again."""
    rows = Nest._base_manager.filter(pk=sheet.nest_id, state="ready")
    if not rows.update(version=F("version") + 1):
        raise Refused(_("Only a layout that is ready can be locked."), code="state")
    NestSheet._base_manager.filter(pk=sheet.pk).update(locked=locked)
    activity.record("rearranged", sheet.nest, by, details={"what": str(sheet)})
