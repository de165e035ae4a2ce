"""The statements that change what the books say: one UPDATE each, which refuses to go below zero.

They are written out because every booking of every process waits for them: a statement that also hands back what it
changed saves a second one while the row is held. Both databases read them the same. Amounts are rounded to the
thousandth where they are added: SQLite counts in binary, where 1 - 0.9 - 0.1 falls below zero.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

NOTHING = Decimal(0)


@dataclass
class Change:
    """What happens to an item's numbers. `value` is what the change is worth; None: what leaves, at the average."""

    quantity: Decimal = NOTHING
    reserved: Decimal = NOTHING
    in_lots: Decimal = NOTHING
    owned: Decimal = NOTHING
    quarantined: Decimal = NOTHING
    value: Decimal | None = NOTHING


_LEFT = "ROUND(on_hand - owned + %(own)s, 3)"
# What leaves takes its share of the value with it, the last of it all that is left.
_AVERAGE = f"CASE WHEN {_LEFT} <= 0 THEN -value ELSE -ROUND(value * %(leaving)s / (on_hand - owned), 4) END"
# What is taken back takes what it brought, never more than there is.
_GIVEN = f"CASE WHEN {_LEFT} <= 0 OR value + %(value)s < 0 THEN -value ELSE ROUND(0 + %(value)s, 4) END"
_ITEM = """
UPDATE inventory_item SET
  on_hand = ROUND(on_hand + %(quantity)s, 3), reserved = ROUND(reserved + %(reserved)s, 3),
  in_lots = ROUND(in_lots + %(in_lots)s, 3), owned = ROUND(owned + %(owned)s, 3),
  quarantined = ROUND(quarantined + %(quarantined)s, 3),
  last_value = {value}, value = ROUND(value + ({value}), 4)
WHERE id = %(pk)s AND ROUND(reserved + %(reserved)s, 3) >= 0 AND ROUND(in_lots + %(in_lots)s, 3) >= 0
  AND ROUND(owned + %(owned)s, 3) >= 0 AND ROUND(quarantined + %(quarantined)s, 3) >= 0
  AND ROUND(on_hand - owned - quarantined - reserved + %(usable)s, 3) >= 0
  AND ROUND(on_hand - in_lots + %(loose)s, 3) >= 0
RETURNING last_value
"""
_ITEM_AVERAGE = _ITEM.format(value=_AVERAGE)
_ITEM_GIVEN = _ITEM.format(value=_GIVEN)


def item(pk: int, change: Change) -> Decimal | None:
    """Change an item's numbers. Answers what the change was worth; None where there is too little of something."""
    with connection.cursor() as cursor:
        cursor.execute(_ITEM_AVERAGE if change.value is None else _ITEM_GIVEN, _said(pk, change))
        row = cursor.fetchone()
    return None if row is None else Decimal(str(row[0])).quantize(Decimal("0.0001"))


def _said(pk: int, change: Change) -> dict:
    own = change.quantity - change.owned
    return {
        "pk": pk,
        "quantity": change.quantity,
        "reserved": change.reserved,
        "in_lots": change.in_lots,
        "owned": change.owned,
        "quarantined": change.quarantined,
        "own": own,
        "leaving": -own,
        "usable": own - change.quarantined - change.reserved,
        "loose": change.quantity - change.in_lots,
        "value": change.value,
    }


_BALANCE = """
UPDATE inventory_balance SET quantity = ROUND(quantity + %(quantity)s, 3), in_lots = ROUND(in_lots + %(in_lots)s, 3)
WHERE item_id = %(item)s AND location_id = %(location)s AND ROUND(in_lots + %(in_lots)s, 3) >= 0
  AND ROUND(quantity - in_lots + %(loose)s, 3) >= 0
"""
_NEW_BALANCE = """
INSERT INTO inventory_balance (workspace_id, item_id, location_id, quantity, in_lots)
VALUES (%(workspace)s, %(item)s, %(location)s, %(quantity)s, %(in_lots)s) ON CONFLICT (item_id, location_id) DO NOTHING
"""


def balance(workspace: int, item: int, location: int, quantity: Decimal, in_lots: Decimal = NOTHING) -> bool:
    """Change what lies at a location; False where too little of it lies there."""
    said = {
        "workspace": workspace, "item": item, "location": location, "quantity": quantity, "in_lots": in_lots,
        "loose": quantity - in_lots,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, said)
        if cursor.rowcount:
            return True
        if quantity < in_lots or in_lots < 0:
            return False
        cursor.execute(_NEW_BALANCE, said)
        if cursor.rowcount:
            return True
        cursor.execute(_BALANCE, said)  # somebody made it at the same moment
        return bool(cursor.rowcount)


_LOT = """
UPDATE inventory_lot SET quantity = ROUND(quantity + %(quantity)s, 3), reserved = ROUND(reserved + %(reserved)s, 3)
WHERE id = %(pk)s AND ROUND(reserved + %(reserved)s, 3) >= 0
  AND ROUND(quantity - reserved + %(free)s, 3) >= 0
RETURNING quantity
"""


def lot(pk: int, quantity: Decimal = NOTHING, reserved: Decimal = NOTHING) -> Decimal | None:
    """Change what is in a lot. Answers what is left in it; None where it holds too little."""
    with connection.cursor() as cursor:
        cursor.execute(_LOT, {"pk": pk, "quantity": quantity, "reserved": reserved, "free": quantity - reserved})
        row = cursor.fetchone()
    return None if row is None else Decimal(str(row[0])).quantize(Decimal("0.001"))


# All three in one statement, where the database can: one way there and back instead of five while the item is held. The
# place is changed after the item, as everywhere. What finds too little leaves the value unknown, which no move may be:
# the statement fails as a whole.
_AT_ONCE = """
WITH changed AS ({item}), placed AS (
  UPDATE inventory_balance SET quantity = ROUND(quantity + %(quantity)s, 3) FROM changed
  WHERE item_id = %(pk)s AND location_id = %(location)s AND ROUND(quantity - in_lots + %(quantity)s, 3) >= 0
  RETURNING 0 AS nothing
)
INSERT INTO inventory_move
  (workspace_id, item_id, location_id, kind, quantity, unit_cost, value, key, reason, source, by_id, at)
SELECT %(workspace)s, %(pk)s, %(location)s, %(kind)s, %(quantity)s,
  COALESCE(%(unit_cost)s, ABS(ROUND(changed.last_value / %(quantity)s, 4))), changed.last_value + placed.nothing,
  %(key)s, %(reason)s, %(source)s, %(by)s, %(at)s
FROM (SELECT 1) AS once LEFT JOIN changed ON true LEFT JOIN placed ON true
RETURNING id, value, unit_cost
"""
_AT_ONCE_AVERAGE = _AT_ONCE.format(item=_ITEM_AVERAGE)
_AT_ONCE_GIVEN = _AT_ONCE.format(item=_ITEM_GIVEN)


def can_at_once() -> bool:
    return connection.vendor == "postgresql"


def at_once(change: Change, **move) -> tuple[int, Decimal, Decimal]:
    """Change item and place and write the move, loose, in one statement: (id, value, unit cost) of the move.

    Raises `IntegrityError` where there is too little somewhere, or the key was posted before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONCE_AVERAGE if change.value is None else _AT_ONCE_GIVEN, _said(move["item"], change) | move)
        return cursor.fetchone()
