"""Verbs about the parts of an enquiry, many at once: material, quantity, what the names say, a column of numbers."""

import re
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from accounts import activity
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import file_names
from production.drawings import MOST_PIECES
from production.models import Enquiry, EnquiryLine
from production.states import TAKES_PARTS

MATERIALS = (Item.Category.SHEET, Item.Category.FILAMENT)
EDITABLE = ("description", "item", "quantity")


@retried
@transaction.atomic
def change(enquiry: Enquiry, edits: dict[int, dict], by) -> int:
    """Write `{line: {"description", "item", "quantity"}}`, only what differs; answers how many lines that were.

    Raises `Refused` with code "closed", "parts", "quantity", "item" or "description"; then nothing was written.
    """
    _hold(enquiry)
    lines = {line.pk: line for line in enquiry.lines.filter(pk__in=edits)}
    if set(edits) - set(lines):
        raise Refused(_("A part is not on the list any more. Load the page again."), code="parts")
    changed = []
    for pk, edit in edits.items():
        before = {name: getattr(lines[pk], name if name != "item" else "item_id") for name in edit}
        _check(enquiry, lines[pk], edit)
        after = {name: value.pk if isinstance(value, Item) else value for name, value in edit.items()}
        if before != after:
            for name, value in edit.items():
                setattr(lines[pk], name, value)
            changed.append(lines[pk])
    EnquiryLine._base_manager.bulk_update(changed, EDITABLE, batch_size=200)
    if changed:
        what = ", ".join(line.description for line in changed[:5]) + (" …" if len(changed) > 5 else "")
        activity.record("changed", enquiry, by, details={"what": what[:300], "parts": len(changed)})
    return len(changed)


def _check(enquiry: Enquiry, line: EnquiryLine, edit: dict) -> None:
    quantity, item = edit.get("quantity", 1), edit.get("item")
    if not (isinstance(quantity, int) and 1 <= quantity <= MOST_PIECES):
        raise Refused(
            _("%(part)s: the quantity must be a whole number from 1.") % {"part": line.description}, code="quantity"
        )
    if item is not None and item.workspace_id != enquiry.workspace_id:
        raise Refused(_("There is no such material."), code="item")
    if "description" in edit and not (0 < len(edit["description"].strip()) <= 200):
        raise Refused(_("A part needs a name of at most 200 characters."), code="description")


def choose(enquiry: Enquiry, lines: Iterable[int], by, *, item: Item | None = None, quantity: int | None = None) -> int:
    """One material, one quantity or both for the chosen lines."""
    edit = {name: value for name, value in (("item", item), ("quantity", quantity)) if value is not None}
    chosen = list(lines)
    if not chosen:
        raise Refused(_("Choose parts first: tick the boxes before their names."), code="none")
    if not edit:
        raise Refused(_("Choose a material or enter a quantity first."), code="nothing")
    return change(enquiry, {pk: dict(edit) for pk in chosen}, by)


def from_names(enquiry: Enquiry, by, lines: Iterable[int] | None = None) -> int:
    """Take quantity and material over from the names of the files, where they say any; what was chosen stays."""
    rows = enquiry.lines.select_related("design_file")
    rows = rows if lines is None else rows.filter(pk__in=list(lines))
    edits = {row.pk: edit for row, edit in proposals(rows) if edit}
    if not edits:
        raise Refused(_("The names of these files say no quantity or material that is not set already."), code="names")
    return change(enquiry, edits, by)


def proposals(lines: Iterable[EnquiryLine], stock: Iterable[Item] | None = None) -> list[tuple[EnquiryLine, dict]]:
    """For each line what its file's name adds: `{"quantity", "item"}`, only what nobody has chosen yet."""
    items = {item.pk: item for item in (materials() if stock is None else stock)}
    sheets = [
        file_names.Sheet(item.pk, item.material.code, item.material.name, item.thickness_mm, item.available)
        for item in items.values()
        if item.material is not None
    ]
    found = []
    for line in lines:
        edit, name = {}, line.design_file.name if line.design_file else line.description
        if line.quantity == 1 and (quantity := file_names.quantity(name) or 1) > 1:
            edit["quantity"] = quantity
        if line.item_id is None and (pk := file_names.sheet(name, sheets)) is not None:
            edit["item"] = items[pk]
        found.append((line, edit))
    return found


def materials():
    """What parts are made from, in stock order."""
    rows = Item.objects.filter(archived_at=None, category__in=MATERIALS)
    return rows.select_related("material").order_by("category", "code")


def quantities(text: str) -> list[int]:
    """A column copied from a spreadsheet: one whole number a line, as people and programs write them.

    Raises `Refused` ("quantity") naming the line that is none.
    """
    rows = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    found = []
    for number, row in enumerate(rows, start=1):
        cell = re.sub(r"(?<=\d)[\s\u00a0\u202f'](?=\d{3}\b)", "", row.split("\t")[0].strip())
        whole = re.fullmatch(r"(\d{1,7})(?:[.,]0+)?", cell)
        if not whole or not 1 <= int(whole[1]) <= MOST_PIECES:
            raise Refused(
                _("Line %(number)s is no quantity: “%(text)s”.") % {"number": number, "text": row.strip()[:40]},
                code="quantity",
            )
        found.append(int(whole[1]))
    return found


def paste(enquiry: Enquiry, lines: Sequence[int], text: str, by) -> int:
    """Give the lines, in this order, the quantities of a column. Refused ("count") when there are not as many."""
    numbers = quantities(text)
    if len(numbers) != len(lines):
        raise Refused(
            _("The column has %(numbers)s numbers, and %(parts)s parts are chosen. Nothing was changed.")
            % {"numbers": len(numbers), "parts": len(lines)},
            code="count",
        )
    return change(enquiry, {pk: {"quantity": number} for pk, number in zip(lines, numbers, strict=True)}, by)


@retried
@transaction.atomic
def remove(enquiry: Enquiry, lines: Iterable[int], by) -> int:
    """Take parts off the list; their drawings stay with the enquiry. Refused ("kept") for one that is in a quote."""
    _hold(enquiry)
    rows = list(enquiry.lines.filter(pk__in=list(lines)))
    if not rows:
        raise Refused(_("Choose parts first: tick the boxes before their names."), code="none")
    names = ", ".join(row.description for row in rows[:5]) + (" …" if len(rows) > 5 else "")
    try:
        with transaction.atomic():
            EnquiryLine.objects.filter(pk__in=[row.pk for row in rows]).delete()
    except ProtectedError as error:
        kept = next(iter(error.protected_objects))
        raise Refused(
            _("“%(part)s” is in a quote already and stays on the list.") % {"part": kept.description}, code="kept"
        ) from None
    activity.record("changed", enquiry, by, details={"removed": names[:300]})
    return len(rows)


def _hold(enquiry: Enquiry) -> None:
    """Keep the enquiry open until the transaction ends; raises `Refused` ("closed")."""
    open_rows = Enquiry._base_manager.filter(pk=enquiry.pk, state__in=TAKES_PARTS)
    if not open_rows.update(title=F("title")):
        raise Refused(_("This enquiry is closed. Open it again first."), code="closed")
