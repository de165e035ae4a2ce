"""What part of a sheet a nest made for the enquiry gives to each piece."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from production.models import Nest, NestPart, NestSheet

READY = ("ready", "approved", "done")
EXACT = Decimal("1e-10")


@dataclass(frozen=True)
class NestShare:
    """`share` of one sheet of the line's item for one piece, and which nest says so."""

    share: Decimal
    nest: Nest

    @property
    def named(self) -> dict:
        return {
            "id": self.nest.pk,
            "name": self.nest.number,
            "version": self.nest.version,
            "share": f"{self.share:f}",
        }


class Nested:
    """The nests made for lines of an enquiry, the newest first; their sheets are read once and only when asked for."""

    def __init__(self, lines: Iterable[int]):
        self.lines = set(lines)

    @cached_property
    def _parts(self) -> dict[int, list[NestPart]]:
        found: dict[int, list[NestPart]] = {}
        if self.lines:
            rows = NestPart.objects.filter(enquiry_line__in=self.lines, nest__state__in=READY)
            for part in rows.select_related("nest").order_by("-nest_id"):
                found.setdefault(part.enquiry_line_id, []).append(part)
        return found

    @cached_property
    def _sheets(self) -> dict[int, list["_Sheet"]]:
        nests = {part.nest_id for parts in self._parts.values() for part in parts}
        areas = dict(NestPart.objects.filter(nest__in=nests).values_list("pk", "area_mm2"))
        found: dict[int, list[_Sheet]] = {nest: [] for nest in nests}
        for sheet in NestSheet.objects.filter(nest__in=nests):
            found[sheet.nest_id].append(_Sheet(sheet, areas))
        return found

    def share(self, wish) -> NestShare | None:
        """The share by the newest nest of the line's enquiry that has a place for all pieces of it; None without one.

        A sheet is shared by the areas of the parts on it with their holes filled; what is kept as a remnant is not
        charged.
        """
        item, file = wish.item, wish.design_file
        if item is None or not (item.width_mm and item.height_mm) or file is None:
            return None
        part = next((part for part in self._parts.get(wish.line.pk, ()) if _made_so(part, file, item)), None)
        if part is None:
            return None
        sheets = self._sheets[part.nest_id]
        placed = sum(sheet.counts.get(part.pk, 0) * sheet.repeats for sheet in sheets)
        if placed < wish.quantity:
            return None
        taken = sum(sheet.taken(part.pk) * sheet.repeats for sheet in sheets)
        share = Decimal(str(taken / placed)) / (item.width_mm * item.height_mm)
        return NestShare(share.quantize(EXACT), part.nest)

    def newest(self, line: int) -> tuple[int, int] | None:
        """(key, version) of the newest nest with a line, whether all its pieces lie there or not."""
        parts = self._parts.get(line)
        return (parts[0].nest_id, parts[0].nest.version) if parts else None


def _made_so(part: NestPart, file, item) -> bool:
    nest = part.nest
    return (
        part.design_file_id == file.pk
        and nest.material_id == item.material_id
        and nest.thickness_mm == item.thickness_mm
    )


class _Sheet:
    """One sheet with its pieces counted once."""

    def __init__(self, sheet: NestSheet, areas: dict[int, float]):
        self.counts, self.repeats, self.areas = sheet.counts(), sheet.repeats, areas
        self.used = sheet.width_mm * sheet.height_mm - (sheet.remnant or {}).get("area_mm2", 0)
        self.covered = sum(areas.get(pk, 0) * count for pk, count in self.counts.items())

    def taken(self, part: int) -> float:
        """mm² of one such sheet that the pieces of a part pay for."""
        own = self.areas.get(part, 0) * self.counts.get(part, 0)
        return self.used * own / self.covered if self.covered else 0.0
