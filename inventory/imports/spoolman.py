"""Spools from Spoolman: its export as JSON or CSV, or what its interface answers.

Filament is known by brand, material, colour and diameter; what is not there yet is made, materials and places too. A
spool comes in once, by its number there. Archived and empty ones are left out.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from inventory import locations, lots, stock
from inventory.imports.columns import SPOOLMAN as COLUMNS
from inventory.imports.items import bad, once
from inventory.models import Item, Location, Lot, Material, Move

TITLE = gettext_lazy("spools")
__all__ = ["COLUMNS", "TITLE", "Known", "check", "keep"]
USUAL_WEIGHT = Decimal(1000)
USUAL_DENSITY = Decimal("1.24")  # of PLA, where the file does not say
FULL = Decimal("0.0001")


class Known:
    def __init__(self, workspace):
        self.workspace = workspace
        self.materials = {}
        for material in Material.objects.order_by("-id"):
            self.materials[material.name.casefold()] = self.materials[material.code.casefold()] = material
        filament = Item.objects.filter(category=Item.Category.FILAMENT).select_related("material")
        self.items = {_identity(item.brand, item.material, item.colour, item.diameter_mm): item for item in filament}
        self.places = {place.name.casefold(): place for place in Location.objects.filter(archived_at=None)}
        keys = Lot.objects.filter(key__startswith="spoolman:").values_list("key", flat=True)
        self.done = set(keys)
        self.seen: dict[str, int] = {}


def _identity(brand, material, colour, diameter) -> tuple:
    name = material.name if isinstance(material, Material) else material or ""
    return (brand or "").casefold(), str(name).casefold(), (colour or "").casefold(), diameter or Decimal("1.75")


def check(row, known: Known, plan) -> bool:
    values = row.values
    once(known, f"spool:{values['id']}", row.line, "id")
    full = values["initial_weight"] or values["filament.weight"] or USUAL_WEIGHT
    left = values["remaining_weight"]
    if left is None:
        left = full - (values["used_weight"] or 0)
    if left < 0:
        raise bad("used_weight", _("More was used than was on the spool."))
    if (values["archived"] or "").casefold() in ("true", "1", "yes") or not left:
        return False
    if left > full:
        raise bad("remaining_weight", _("More is left than was on the spool."))
    if not values["filament.material"]:
        raise bad("filament.material", _("This has to be filled in."))
    tares = ("spool_weight", "filament.spool_weight", "filament.vendor.empty_spool_weight")
    row.tare = next((values[name] for name in tares if values[name] is not None), None)
    price = values["price"] if values["price"] is not None else values["filament.price"]
    row.unit_cost = (price / full).quantize(FULL) if price is not None else None
    row.full, row.left = full, left
    row.key = f"spoolman:{values['id']}"
    row.label = " ".join(filter(None, (values["filament.vendor.name"], values["filament.material"],
                                       values["filament.name"])))  # fmt: skip
    row.details = f"{left.normalize():f} g"
    row.what = "same" if row.key in known.done else "new"
    return True


def keep(row, known: Known, plan, by) -> None:
    values = row.values
    item = _item(row, known, by)
    gross = row.left + row.tare if row.tare is not None else None
    lots.receive(
        item, row.left, key=row.key, by=by, kind=Lot.Kind.SPOOL, location=_place(values["location"], known, by),
        unit_cost=row.unit_cost, heat=values["lot_nr"] or "", gross_g=gross, tare_g=row.tare,
        note=(values["comment"] or "")[:200], supplier=values["filament.vendor.name"] or "",
        booked_as=Move.Kind.OPENING, source=row.key,
    )  # fmt: skip
    stock.needs_changed(item)


def _item(row, known: Known, by) -> Item:
    values = row.values
    colour = (values["filament.name"] or "").strip()[:40]
    material = _material(values, known, by)
    key = _identity(values["filament.vendor.name"], material, colour, values["filament.diameter"])
    if key in known.items:
        return known.items[key]
    swatches = _swatches(values)
    item = Item(
        workspace=known.workspace, name=row.label[:160], category=Item.Category.FILAMENT, unit=Item.Unit.GRAM,
        material=material, brand=values["filament.vendor.name"] or "", colour=colour,
        colour_hex=swatches[0] if swatches else "", colours=swatches if len(swatches) > 1 else [],
        density=values["filament.density"], diameter_mm=values["filament.diameter"], pack_size=row.full,
        price=row.unit_cost or 0,
    )  # fmt: skip
    known.items[key] = stock.register(item, by)
    return item


def _swatches(values) -> list[str]:
    found = (values["filament.multi_color_hexes"] or values["filament.color_hex"] or "").replace("#", "")
    codes = [code.strip()[:6].lower() for code in found.split(",")]
    return [f"#{code}" for code in codes if len(code) == 6 and all(letter in "0123456789abcdef" for letter in code)]


def _material(values, known: Known, by) -> Material:
    name = values["filament.material"]
    found = known.materials.get(name.casefold())
    if found is None:
        codes = {material.code for material in known.materials.values()}
        code = "".join(letter for letter in name.upper() if letter.isalnum())[:10] or "FIL"
        while code in codes:
            code = f"{code[:10]}{len(codes)}"[:12]
        density = (values["filament.density"] or USUAL_DENSITY) * 1000
        found = Material.objects.create(
            workspace=known.workspace, code=code, name=name, kind=Material.Kind.FILAMENT, density_kg_m3=density
        )
        activity.record("created", found, by)
        known.materials[name.casefold()] = found
    return found


def _place(name: str | None, known: Known, by) -> Location | None:
    if not name:
        return None
    found = known.places.get(name.casefold())
    if found is None:
        codes = {place.code for place in Location.objects.all()}
        code, count = name.upper().replace(" ", "-")[:20], 1
        while code in codes:
            count += 1
            code = f"{name.upper().replace(' ', '-')[:18]}-{count}"
        found = locations.store(Location(workspace=known.workspace, code=code, name=name[:80]), by)
        known.places[name.casefold()] = found
    return found
