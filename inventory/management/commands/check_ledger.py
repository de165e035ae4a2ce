"""Prove that the books are right: moves add up to balances, by item, place and lot, their values to the value; promises
add up to what is reserved, lots to what lies in them, and nothing is below zero."""

from decimal import Decimal

from django.core.management.base import BaseCommand, CommandError
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django_scopes import scope

from accounts.models import Workspace
from inventory.ledger import STEP
from inventory.ledger.amounts import CENT_OF_CENT
from inventory.models import Balance, Item, Lot, Move, Reservation
from inventory.models.lot import IN_STOCK

EXACT = DecimalField(max_digits=22, decimal_places=4)


def wrong(workspace) -> list[str]:
    """One sentence for whatever of a business's books does not agree."""
    with scope(workspace=workspace):
        return [*_items(), *_places(), *_lots()]


def _items() -> list[str]:
    moves, promises, lots, places = (
        model.objects.filter(item=OuterRef("pk")).order_by().values("item")
        for model in (Move, Reservation, Lot, Balance)
    )
    promises = promises.filter(state="active")
    rows = Item.objects.annotate(
        moved=_sum(moves, F("quantity")),
        worth=_sum(moves, F("value")),
        promised=_sum(promises.filter(owner_key=""), F("held")),
        placed=_sum(places, F("quantity")),
        lying=_sum(lots, F("quantity")),
        theirs=_sum(lots.exclude(owner_key=""), F("quantity")),
        barred=_sum(lots.filter(owner_key="", state="quarantined"), F("quantity")),
    )
    found = []
    for item in rows.iterator():
        agree = (
            ("moves add up to", item.moved, "the balance says", item.on_hand),
            ("locations add up to", item.placed, "the balance says", item.on_hand),
            ("open reservations add up to", item.promised, "reserved is", item.reserved),
            ("lots in stock add up to", item.lying, "in lots is", item.in_lots),
            ("lots of clients add up to", item.theirs, "of clients is", item.owned),
            ("lots in quarantine add up to", item.barred, "quarantined is", item.quarantined),
        )
        found += [f"{item.code}: {words} {_exact(sum)}, {says} {kept}" for words, sum, says, kept in agree
                  if _exact(sum) != kept]  # fmt: skip
        if (worth := item.worth.quantize(CENT_OF_CENT)) != item.value:
            found.append(f"{item.code}: moves are worth {worth}, the value says {item.value}")
        if min(item.on_hand, item.reserved, item.available, item.loose, item.owned, item.value) < 0:
            found.append(
                f"{item.code}: on hand {item.on_hand}, reserved {item.reserved}, in lots {item.in_lots}: below zero"
            )
        if item.on_hand == item.owned and item.value:
            found.append(f"{item.code}: nothing of ours is left, the value says {item.value}")
    return found


def _places() -> list[str]:
    here = {"item": OuterRef("item"), "location": OuterRef("location")}
    moves, lots = (model.objects.filter(**here).order_by().values("item") for model in (Move, Lot))
    rows = Balance.objects.annotate(moved=_sum(moves, F("quantity")), lying=_sum(lots, F("quantity")))
    found = []
    for row in rows.select_related("item", "location").iterator():
        name = f"{row.item.code} at {row.location}"
        if _exact(row.moved) != row.quantity:
            found.append(f"{name}: moves add up to {_exact(row.moved)}, the balance says {row.quantity}")
        if _exact(row.lying) != row.in_lots:
            found.append(f"{name}: lots add up to {_exact(row.lying)}, in lots is {row.in_lots}")
        if min(row.quantity, row.in_lots, row.loose) < 0:
            found.append(f"{name}: {row.quantity}, in lots {row.in_lots}: below zero")
    return found


def _lots() -> list[str]:
    moves, promises = (
        model.objects.filter(lot=OuterRef("pk")).order_by().values("lot") for model in (Move, Reservation)
    )
    rows = Lot.objects.annotate(
        moved=_sum(moves, F("quantity")), promised=_sum(promises.filter(state="active"), F("held"))
    )
    found = []
    for lot in rows.iterator():
        if _exact(lot.moved) != lot.quantity:
            found.append(f"{lot.code}: moves add up to {_exact(lot.moved)}, the lot says {lot.quantity}")
        if _exact(lot.promised) != lot.reserved:
            found.append(f"{lot.code}: open reservations add up to {_exact(lot.promised)}, reserved is {lot.reserved}")
        if bool(lot.quantity) != (lot.state in IN_STOCK):
            found.append(f"{lot.code}: {lot.state} with {lot.quantity} in it")
    return found


def _exact(sum: Decimal) -> Decimal:
    """SQLite adds up as floats: the books are kept in thousandths."""
    return sum.quantize(STEP)


def _sum(rows, amount) -> Coalesce:
    return Coalesce(
        Subquery(rows.annotate(sum=Sum(amount, output_field=EXACT)).values("sum"), output_field=EXACT),
        Decimal(0),
        output_field=EXACT,
    )


class Command(BaseCommand):
    help = "Prove the stock ledger: exit 1 with a list of what does not agree."

    def add_arguments(self, parser):
        parser.add_argument("--workspace", help="short name of one workspace; all of them without it")

    def handle(self, *args, workspace=None, **options):
        rows = Workspace.objects.filter(slug=workspace) if workspace else Workspace.objects.all()
        if workspace and not rows:
            raise CommandError(f"there is no workspace {workspace!r}")
        found = []
        for business in rows:
            mine = wrong(business)
            found += [f"{business.slug}: {line}" for line in mine]
            self.stdout.write(f"{business.slug}: {'right' if not mine else f'{len(mine)} wrong'}")
        if found:
            raise CommandError("\n".join(found), returncode=1)
