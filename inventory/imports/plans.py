"""The lists of the stock room: every row of a table checked against the books, and all of them stored or none."""

from accounts.imports import plans
from accounts.imports.plans import MOST_WRONG, Plan, read
from inventory.imports import items, lots, spoolman, suppliers

__all__ = ["KINDS", "MOST_WRONG", "plan_of", "read", "store"]
# kind → the module that knows its columns, checks a row and stores it
KINDS = {"items": items, "lots": lots, "suppliers": suppliers, "spoolman": spoolman}


def plan_of(workspace, kind: str, table: dict, said: dict[int, str] | None = None) -> Plan:
    return plans.plan_of(workspace, KINDS[kind], table, said)


def store(workspace, kind: str, table: dict, by, said: dict[int, str] | None = None) -> Plan:
    return plans.store(workspace, KINDS[kind], table, by, said)
