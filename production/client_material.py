"""What clients leave with us for their jobs: booked in, promised to those alone, worth nothing in our books."""

from decimal import Decimal

from django.db import transaction

from crm.models import Client
from inventory import lots
from inventory.models import Item, Lot, Reservation
from laseros.core.retry import retried
from production.models import Job, Operation
from production.states import OPEN_JOB


def owner_key(client_pk: int) -> str:
    """What lots of a client's own material carry: see docs/adr/0005."""
    return f"client:{client_pk}"


def of(client: Client):
    """Every lot of a client, what is used up too, the newest first, as a queryset."""
    rows = Lot.objects.filter(workspace_id=client.workspace_id, owner_key=owner_key(client.pk))
    return rows.select_related("item__material", "location").order_by("-pk")


def enough_of(client_pk: int, item: Item, needed: Decimal) -> Lot | None:
    """The smallest lot of a client that is enough for so much of an item."""
    rows = Lot.objects.filter(owner_key=owner_key(client_pk), item=item, state="free")
    found = (lot for lot in rows.order_by("quantity", "id") if lot.quantity - lot.reserved >= needed)
    return next(found, None)


@retried
@transaction.atomic
def receive(client: Client, item: Item, quantity, *, key: str, by, **said) -> Lot:
    """As `inventory.lots.receive`, and promise it to the client's open jobs in place of our own."""
    lot = lots.receive(item, quantity, key=key, by=by, owner_key=owner_key(client.pk), owner_label=str(client), **said)
    promise(client, item, by)
    return lot


def promise(client: Client, item: Item, by) -> None:
    """Give the client's own material to those of their queued operations that were promised ours or wait for it."""
    from production import jobs

    rows = Operation.objects.filter(
        job_line__job__client=client, job_line__job__state__in=OPEN_JOB, job_line__item=item, state="queued"
    )
    for job in Job.objects.filter(lines__operations__in=rows).distinct().order_by("pk"):
        jobs.lock(job)
    related = ("job_line__job", "job_line__item", "reservation")
    for operation in rows.select_related(*related).order_by("-priority", "position", "pk"):
        line, promised = operation.job_line, operation.reservation
        if promised is not None and promised.lot_id is not None:
            continue
        if enough_of(client.pk, item, jobs.material_for(line, operation.left) - operation.taken) is not None:
            jobs.reserve(operation, line, by)


def promised_to(lots_of_client) -> dict[int, list[Reservation]]:
    """{lot id: what of it is promised to whom}, in one query."""
    rows = Reservation.objects.filter(lot__in=[lot.pk for lot in lots_of_client], state="active").order_by("pk")
    found: dict[int, list[Reservation]] = {}
    for row in rows:
        found.setdefault(row.lot_id, []).append(row)
    return found
