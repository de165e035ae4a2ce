"""What a device shows of a lot, an item or a place, and keeps for when there is no network. Never money.

Numbers travel as plain strings, words in the reader's language.
"""

from collections import defaultdict
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import counting
from inventory.lots.grams import grams_of
from inventory.models import Balance, CountLine, Item, Location, Lot, StockCount
from inventory.models.lot import IN_STOCK
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import number

# On one device; beyond that a code is asked for when it is scanned.
MOST_LOTS, MOST_ITEMS, MOST_PLACES = 3000, 3000, 1500
SHOWN = 60  # lines on a card


def plain(quantity: Decimal | None) -> str | None:
    return None if quantity is None else f"{quantity.normalize():f}"


def facts(item: Item, lot: Lot | None = None) -> str:
    """Material · thickness or diameter · colour, or the size of a remnant."""
    measure = item.thickness_mm or item.diameter_mm
    parts = [
        item.material.name if item.material_id else "",
        f"{number(measure)}\u00a0mm" if measure else "",
        item.grade,
        item.colour,
        lot.size.replace(" ", "\u00a0") if lot is not None else "",
    ]
    return " · ".join(part for part in parts if part)


def of_lot(lot: Lot) -> dict:
    """A lot with its `item__material` and `location`. `grams` is what one unit weighs, None where it is not weighed."""
    item = lot.item
    try:
        grams = plain(grams_of(item))
    except Refused:
        grams = None
    return {
        "kind": "lot",
        "pk": lot.pk,
        "code": lot.code,
        "what": lot.get_kind_display(),
        "sort": lot.kind,
        "title": item.name,
        "item": item.code,
        "facts": facts(item, lot),
        "colours": item.swatches,
        "quantity": plain(lot.quantity),
        **_unit(item),
        "percent": lot.percent,
        "grams": grams,
        "tare": plain(lot.tare_g),
        "place": lot.location.code,
        "place_name": str(lot.location),
        "opened": lot.opened_at is not None,
        "owner": lot.owner_label,
        "state": lot.state,
        "state_name": lot.get_state_display(),
        "there": lot.state in IN_STOCK,
    }


def _unit(item: Item) -> dict:
    """Its word beside a number, and the one beside a one."""
    return {"unit": item.get_unit_display(), "unit_one": item.unit_of(1)}


def of_item(item: Item, balances) -> dict:
    """An item with its `material`, and its balances with their `location`."""
    return {
        "kind": "item",
        "pk": item.pk,
        "code": item.code,
        "title": item.name,
        "facts": facts(item),
        "colours": item.swatches,
        "quantity": plain(item.on_hand),
        "free": plain(item.available),
        **_unit(item),
        "places": [
            {
                "code": row.location.code,
                "name": str(row.location),
                "quantity": plain(row.quantity),
                "loose": plain(row.loose),
            }
            for row in balances
            if row.quantity
        ],
    }


def of_place(place: Location) -> dict:
    return {"kind": "place", "pk": place.pk, "code": place.code, "title": str(place)}


def with_content(found: Lot | Item | Location) -> dict:
    """The card of one thing as it is now, with what belongs to it."""
    if isinstance(found, Lot):
        return of_lot(found)
    rows = Lot.objects.filter(state__in=IN_STOCK).select_related("item__material", "location").order_by("code")
    if isinstance(found, Item):
        balances = found.balances.select_related("location").order_by("location__path")
        return of_item(found, balances) | {"lots": [of_lot(lot) for lot in rows.filter(item=found)[:SHOWN]]}
    loose = (
        Balance.objects.filter(location=found, quantity__gt=0).select_related("item__material").order_by("item__code")
    )
    inside = [
        {"code": row.item.code, "title": row.item.name, "quantity": plain(row.loose), "colours": row.item.swatches,
         **_unit(row.item)}
        for row in loose[:SHOWN]
        if row.loose
    ]  # fmt: skip
    return of_place(found) | {"inside": inside, "lots": [of_lot(lot) for lot in rows.filter(location=found)[:SHOWN]]}


def everything() -> dict:
    """What a device keeps: every lot in stock, every item and place, the counts that are going on; five queries."""
    related = ("item__material", "location")
    rows = Lot.objects.filter(state__in=IN_STOCK).select_related(*related).order_by("-id")[:MOST_LOTS]
    items = Item.objects.filter(archived_at=None).select_related("material").order_by("code")[:MOST_ITEMS]
    balances = defaultdict(list)
    for row in Balance.objects.filter(quantity__gt=0).select_related("location").order_by("location__path"):
        balances[row.item_id].append(row)
    places = Location.objects.filter(archived_at=None).order_by("path")[:MOST_PLACES]
    counts = StockCount.objects.filter(state="open").select_related("location").order_by("-id")
    return {
        "at": timezone.now().isoformat(),
        "lots": [of_lot(lot) for lot in rows],
        "items": [of_item(item, balances[item.pk]) for item in items],
        "places": [of_place(place) for place in places],
        "counts": [of_count(count) for count in counts],
    }


def of_count(count: StockCount) -> dict:
    where = str(count.location) if count.location_id else _("Everywhere")
    if count.spot:
        where = _("In passing")
    elif count.category:
        where = f"{where} · {count.get_category_display()}"
    return {"pk": count.pk, "number": count.number, "where": where, "blind": count.blind, "note": count.note}


def with_lines(count: StockCount) -> dict:
    """A count with its lines for those who count. What the books expect is on it only where the count is not blind."""
    related = ("item__material", "lot", "location", "counted_by")
    rows = CountLine.objects.filter(count=count).select_related(*related)[: counting.MOST_LINES]
    return of_count(count) | {"lines": [_line(line, count.blind) for line in rows]}


def _line(line: CountLine, blind: bool) -> dict:
    found = {
        "pk": line.pk,
        "code": line.lot.code if line.lot_id else line.item.code,
        "lot": bool(line.lot_id),
        "sort": line.lot.kind if line.lot_id else "",
        "title": line.item.name,
        "facts": facts(line.item, line.lot),
        "colours": line.item.swatches,
        **_unit(line.item),
        "place": line.location.code,
        "place_name": str(line.location),
        "counted": plain(line.counted),
        "again": line.again,
        "by": line.counted_by.get_short_name() if line.counted_by_id else "",
    }
    return found if blind else found | {"expected": plain(line.expected)}
