"""What a client is told of a delivery, written in the transaction that moved it; cancelled in time, it stays here."""

from datetime import timedelta

from accounts import outbox
from billing.carriers import page_of
from billing.models import Delivery
from billing.occasions import ARRIVED, SHIPPED
from crm import links
from crm.families import living

AFTER = timedelta(seconds=70)


def shipped(delivery: Delivery, by) -> None:
    _tell(SHIPPED, delivery, by)


def arrived(delivery: Delivery, by) -> None:
    _tell(ARRIVED, delivery, by)


def not_shipped(delivery: Delivery) -> None:
    outbox.withdraw(delivery, SHIPPED.name)


def _tell(occasion: outbox.Occasion, delivery: Delivery, by) -> None:
    contact, client = delivery.job.contact, living(delivery.client)
    to = (contact.email if contact else "") or client.email
    if not to:
        return
    follow = page_of(delivery.carrier, delivery.tracking, delivery.tracking_page)
    outbox.post(
        occasion, delivery, key=f"{occasion.name}:{delivery.pk}", to=to, name=contact.name if contact else "",
        values={"tracking_page": follow}, link=links.url(links.make(delivery, client, contact)),
        reader=contact.user if contact else None, phone=contact.phone if contact else client.phone,
        after=AFTER, by=by,
    )  # fmt: skip
