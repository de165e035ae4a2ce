"""Items from a list: new ones, and those whose code is known changed."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from accounts.imports.cells import BadCell
from inventory import stock
from inventory.imports.columns import ITEMS as COLUMNS
from inventory.models import Item, Location, Material

TITLE = gettext_lazy("items")
MODEL = Item
__all__ = ["COLUMNS", "MODEL", "TITLE", "Known", "check", "keep"]
SHEET_NEEDS = ("material", "thickness_mm", "width_mm", "height_mm")
MONEY = ("price",)


class Known:
    """What is in the books before the first row, each table asked once."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.items = {item.code.casefold(): item for item in Item.objects.select_related("material")}
        # Without a code an item is known by what it is: the same list again changes nothing.
        self.named = {_identity(vars(item)): item for item in reversed(self.items.values())}
        self.moved = set(Item.objects.filter(moves__isnull=False).order_by().values_list("pk", flat=True).distinct())
        self.materials = {}
        for material in Material.objects.order_by("-id"):
            self.materials[material.name.casefold()] = self.materials[material.code.casefold()] = material
        self.places = {}
        for place in Location.objects.filter(archived_at=None).order_by("-id"):
            self.places |= dict.fromkeys((place.path.casefold(), place.name.casefold(), place.code.casefold()), place)
        self.seen: dict[str, int] = {}


def _identity(values) -> tuple:
    return values["name"].casefold(), (values["colour"] or "").casefold(), values["thickness_mm"], values["width_mm"]


def bad(column: str, reason) -> BadCell:
    found = BadCell(reason)
    found.column = column
    return found


def once(known, text: str, line: int, column: str) -> None:
    """A code may be there once in a file."""
    before = known.seen.setdefault(text.casefold(), line)
    if before != line:
        raise bad(column, _("“%(text)s” is in row %(line)s already.") % {"text": text, "line": before})


def place_of(known, values) -> Location | None:
    name = values.get("location")
    if not name:
        return None
    place = known.places.get(name.casefold())
    if place is None:
        raise bad("location", _("There is no place called “%(name)s”.") % {"name": name})
    return place


def check(row, known: Known, plan) -> bool:
    values = row.values
    code = values["code"]
    if code:
        item = known.items.get(code.casefold())
        once(known, code, row.line, "code")
    else:
        item = known.named.get(_identity(values))
        once(known, values["name"] + "".join(f" {part}" for part in _identity(values)[1:] if part), row.line, "name")
    found = dict(values)
    found["material"] = _material(known, values)
    found["default_location"] = place_of(known, values)
    found.pop("location")
    if values["category"] == Item.Category.SHEET:
        for name in SHEET_NEEDS:
            if not found[name] and not (item is not None and getattr(item, name)):
                raise bad(name, _("A sheet needs this to be priced."))
    if item is not None and item.unit != values["unit"] and item.pk in known.moved:
        words = _("It is kept in %(unit)s and has been booked: the unit cannot change.")
        raise bad("unit", words % {"unit": item.get_unit_display()})
    row.values = {name: value for name, value in found.items() if value is not None and name != "code"}
    row.label = f"{code or ''} {values['name']}".strip()
    row.target = item
    if item is not None:
        changed = [name for name, value in row.values.items() if getattr(item, name) != value]
        row.what, row.details = ("changed", ", ".join(changed)) if changed else ("same", "")
    row.code = code
    return True


def _material(known: Known, values) -> Material | None:
    name = values["material"]
    if not name:
        return None
    material = known.materials.get(name.casefold())
    if material is None:
        raise bad("material", _("There is no material called “%(name)s”. Add it first, with its density.") % {
            "name": name})  # fmt: skip
    return material


def keep(row, known: Known, plan, by) -> None:
    if row.target is None:
        stock.register(Item(workspace=known.workspace, **row.values), by, code=row.code or "")
        return
    item = row.target
    before = {name: getattr(item, name) for name in row.values}
    for name, value in row.values.items():
        setattr(item, name, value)
    item.save(update_fields=list(row.values))
    changed = activity.changes(before, row.values)
    money = {name: changed.pop(name) for name in MONEY if name in changed}
    activity.record("changed", item, by, details=changed, money=money)
    stock.needs_changed(item)
