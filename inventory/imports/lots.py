"""Stock from a list: loose, or as spools, sheets and batches. The same file again books nothing again."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory import lots, stock
from inventory.imports.columns import LOTS as COLUMNS
from inventory.imports.items import Known as KnownItems
from inventory.imports.items import bad, place_of
from inventory.models import Item, Lot, Move

TITLE = gettext_lazy("stock")
__all__ = ["COLUMNS", "TITLE", "Known", "check", "keep"]
USUAL = {Item.Category.FILAMENT: Lot.Kind.SPOOL}
IN_GRAMS = {Item.Unit.GRAM, Item.Unit.KILOGRAM, Item.Unit.METRE}


class Known(KnownItems):
    def __init__(self, workspace):
        super().__init__(workspace)
        by_name: dict[str, list[Item]] = {}
        for item in self.items.values():
            by_name.setdefault(item.name.casefold(), []).append(item)
        self.by_name = by_name

        self._done: set[str] | None = None

    def done(self, key: str, file: str) -> bool:
        """Whether this row of this very file was booked before."""
        if self._done is None:
            rows = [model.objects.filter(key__startswith=f"{file}:").order_by() for model in (Move, Lot)]
            self._done = {found for each in rows for found in each.values_list("key", flat=True)}
        return key in self._done


def check(row, known: Known, plan) -> bool:
    values = row.values
    item = _item(known, values["item"])
    if item.archived_at is not None:
        raise bad("item", _("%(item)s is archived.") % {"item": item})
    if values["unit"] and values["unit"] != item.unit:
        words = _("%(item)s is kept in %(unit)s.")
        raise bad("unit", words % {"item": item.code, "unit": item.get_unit_display()})
    kind = values["kind"]
    if kind is None:
        kind = USUAL.get(item.category, Lot.Kind.SHEET if item.category == Item.Category.SHEET else Lot.Kind.BATCH)
        if kind != Lot.Kind.SPOOL and not values["heat"]:
            kind = ""  # nothing tells it from the rest
    if kind == Lot.Kind.REMNANT:
        raise bad("kind", _("A remnant has a shape: it is kept from a run, or from its item's page."))
    if kind == "" and any(values[name] for name in ("heat", "gross_g", "tare_g")):
        raise bad("kind", _("Loose stock has no heat number and no spool."))
    if values["gross_g"] is not None and (kind != Lot.Kind.SPOOL or item.unit not in IN_GRAMS):
        raise bad("gross_g", _("Only a spool is weighed."))
    row.place, row.kind, row.item = place_of(known, values), kind, item
    file = f"import:{plan.print_of}"
    row.key = f"{file}:{row.line}"
    row.label = f"{item} · {item.amount(values['quantity'])}"
    row.details = str(Lot.Kind(kind).label) if kind else str(_("loose"))
    row.what = "same" if known.done(row.key, file) else "new"
    return True


def _item(known: Known, text: str) -> Item:
    """By its code, or by a name that only one has; "CODE Name" as our exports write it."""
    item = known.items.get(text.casefold()) or known.items.get(text.split(" ", 1)[0].casefold())
    if item is not None:
        return item
    named = known.by_name.get(text.casefold(), [])
    if len(named) > 1:
        raise bad("item", _("“%(text)s” is the name of several items: use the code.") % {"text": text})
    if not named:
        raise bad("item", _("There is no item “%(text)s”.") % {"text": text})
    return named[0]


def keep(row, known: Known, plan, by) -> None:
    values, item = row.values, row.item
    if not row.kind:
        stock.book(item, values["quantity"], Move.Kind.OPENING, key=row.key, by=by, unit_cost=values["unit_cost"],
                   location=row.place, reason=values["note"] or str(_("imported")))  # fmt: skip
        return
    lots.receive(
        item, values["quantity"], key=row.key, by=by, kind=row.kind, location=row.place, unit_cost=values["unit_cost"],
        heat=values["heat"] or "", gross_g=values["gross_g"], tare_g=values["tare_g"], note=values["note"] or "",
        supplier=values["supplier"] or "", booked_as=Move.Kind.OPENING, source="import",
    )  # fmt: skip
    stock.needs_changed(item)
