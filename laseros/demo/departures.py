"""What left the house in the demo: the past in bulk with the invoices, and something at the door to pack and check."""

import datetime as dt

from billing import deliveries
from billing.deliveries.drafting import address_for, printed
from billing.documents.delivery import facts_of
from billing.models import Delivery, DeliveryLine, Parcel
from crm.models import Address

CARRIERS = {True: ("tcg", "own", "collected"), False: ("dhl", "gls", "collected")}


def write(books, orders, jobs, lines) -> None:
    """Everything that was invoiced went out that day; their notes are made when somebody first asks for one."""
    gone = [(order, job) for order, job in zip(orders, jobs, strict=True) if job is not None and order.invoiced]
    gone.sort(key=lambda pair: pair[0].invoiced)
    where = {client.pk: address_for(client) for client in {job.client for _order, job in gone}}
    rows = [_delivery(books, order, job, number, where[job.client_id]) for number, (order, job) in enumerate(gone)]
    for delivery in rows:
        delivery.frozen = facts_of(delivery, [])
    books._create(Delivery, rows)
    parts = {}
    for line in books._create(DeliveryLine, [
        DeliveryLine(
            workspace=books.workspace, delivery=delivery, position=line.position, job_line=line,
            description=line.description, quantity=line.quantity, is_packed=True, is_checked=True,
        )
        for delivery in rows for line in lines[delivery.job_id]
    ]):  # fmt: skip
        parts.setdefault(line.delivery_id, []).append(line)
    parcels = books._create(Parcel, [
        Parcel(workspace=books.workspace, delivery=delivery, position=1, weight_kg=2 + delivery.pk % 17,
               length_cm=60, width_cm=40, height_cm=20)
        for delivery in rows
    ])  # fmt: skip
    books.seal([
        (delivery, delivery.shipped_at, (parts[delivery.pk], [parcel]))
        for delivery, parcel in zip(rows, parcels, strict=True)
    ])  # fmt: skip
    books._tell([("shipped", row, books.office, row.shipped_at, {}) for row in rows])


def _delivery(books, order, job, number, address: Address | None) -> Delivery:
    out = order.invoiced
    carrier = CARRIERS[books.business.is_laser][number % 3]
    return Delivery(
        workspace=books.workspace, number=books.numbers.draw("delivery", out.date()), client=job.client, job=job,
        state="delivered", recipient=job.client.name, address=printed(address) if address else "–",
        carrier=carrier, tracking="" if carrier in ("own", "collected") else f"{job.pk:06d}{out:%Y%m%d}",
        packed_by=books.operator, packed_at=out - dt.timedelta(minutes=50),
        checked_by=books.office, checked_at=out - dt.timedelta(minutes=40), shipped_on=out.date(), shipped_at=out,
        delivered_at=out, received_by=job.client.name.split()[0], created_by=books.office,
        created_at=out - dt.timedelta(minutes=55),
    )  # fmt: skip


def stand_at_the_door(business) -> None:
    """Of what is made and still here: one packed and waiting to be checked, one to be packed, the rest to be begun."""
    packer, rows = business.people["operator"], list(deliveries.to_deliver().order_by("due_on", "pk")[:2])
    for number, job in enumerate(rows):
        delivery = deliveries.draft_from(job, packer)
        if not number and delivery.address:
            deliveries.pack(delivery, packer)
