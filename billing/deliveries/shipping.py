"""A delivery leaves the house, arrives, comes back or is taken back: pieces counted, stock moved, followers told."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, work
from billing import chain, payments
from billing.deliveries import proof, stock, telling
from billing.deliveries.packing import more_than_made
from billing.deliveries.ready import made
from billing.documents.delivery import facts_of
from billing.models import Delivery, DeliveryLine
from billing.signals import delivery_arrived, delivery_shipped
from billing.states import DELIVERY
from billing.tasks import keep_delivery_note
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import jobs, milestones
from production.models import Event, Job, JobLine
from production.signals import job_changed


@retried
@transaction.atomic
def ship(
    delivery: Delivery, by, *, shipped_on: date | None = None, carrier: str = "", tracking: str = "",
    tracking_page: str = "",
) -> Delivery:  # fmt: skip
    """It has left the house: counted on the job, out of stock, its note frozen. All of it or nothing.

    Raises `Refused`: "unchecked" where a second person has to look first, "future", "more-than-made", "short", "state".
    """
    delivery = _held(delivery)
    today = timezone.localdate()
    shipped_on = shipped_on or today
    if shipped_on > today:
        raise Refused(_("This day lies in the future."), code="future", field="shipped_on")
    if delivery.state == "packed" and delivery.workspace.checks_deliveries:
        raise Refused(
            _(
                "A second person has to check it first, on “Pack and check”. Whether that is so is said in the settings"
                " of the business."
            ),
            code="unchecked",
        )
    way = {"carrier": carrier, "tracking": " ".join(tracking.split()), "tracking_page": tracking_page}
    way = {name: value for name, value in way.items() if value}
    lines = list(delivery.lines.select_related("job_line__item").order_by("job_line_id"))
    facts = facts_of(delivery, lines)
    DELIVERY.move(delivery, "ship", shipped_on=shipped_on, shipped_at=timezone.now(), frozen=facts, **way)
    for line in lines:
        _count(line)
        stock.take(line, by)
    _tell(delivery, by, delivery_shipped)
    telling.shipped(delivery, by)
    details = {"carrier": delivery.get_carrier_display(), "tracking number": delivery.tracking}
    activity.record("shipped", delivery, by, details={name: value for name, value in details.items() if value})
    chain.seal(delivery, by)
    work.queue(keep_delivery_note, delivery.workspace, delivery.pk, subject=delivery, by=by)
    return delivery


def _count(line: DeliveryLine) -> None:
    """Never more than is made: the line takes its pieces or the whole delivery is refused."""
    rows = JobLine._base_manager.filter(
        pk=line.job_line_id, delivered__lte=Least(F("made_good"), F("quantity")) - line.quantity
    )
    if not rows.update(delivered=F("delivered") + line.quantity):
        there = JobLine._base_manager.get(pk=line.job_line_id)
        raise more_than_made(line, max(made(there) - there.delivered, 0))


def arrive(delivery: Delivery, by, *, received_by: str, at: datetime | None = None, picture=None) -> Delivery:
    """Somebody took it. `picture` is a photograph or signature as `proof.picture_of` made it.

    It lies in the storage before the transaction begins; what a killed process leaves there is swept.
    """
    name = proof.store(delivery, picture) if picture is not None else ""
    try:
        return _arrive(delivery, by, received_by, at, name)
    except BaseException:
        proof.discard(name)
        raise


@retried
@transaction.atomic
def _arrive(delivery: Delivery, by, received_by: str, at: datetime | None, picture: str) -> Delivery:
    name = " ".join(received_by.split())[:120]
    if not name:
        raise Refused(_("Who took it?"), code="no-name", field="received_by")
    at = at or timezone.now()
    if at > timezone.now():
        raise Refused(_("This day lies in the future."), code="future", field="at")
    delivery = _held(delivery)
    if delivery.shipped_on and timezone.localdate(at) < delivery.shipped_on:
        raise Refused(_("It was shipped later than that."), code="early", field="at")
    DELIVERY.move(delivery, "deliver", delivered_at=at, received_by=name, proof=picture)
    activity.record("delivered", delivery, by, details={"by": name})
    _tell(delivery, by, delivery_arrived)
    telling.arrived(delivery, by)
    return delivery


@retried
@transaction.atomic
def come_back(delivery: Delivery, by, *, reason: str) -> Delivery:
    """The goods are back in the house: they can be delivered again, and what was taken out of stock is put back."""
    delivery = _held(delivery)
    DELIVERY.move(delivery, "return", reason=_reason(reason))
    _give_back(delivery, by)
    activity.record("came back", delivery, by, details={"why": delivery.reason})
    _tell(delivery, by)
    return delivery


@retried
@transaction.atomic
def cancel(delivery: Delivery, by, *, reason: str) -> Delivery:
    """It does not go, or was never gone. Its number stays with it; what it had counted and taken is given back.

    Raises `Refused` with code "invoiced" while an invoice bills it, "state" for one that has arrived.
    """
    delivery = _held(delivery)
    left = delivery.state == "shipped"
    if left:
        _check_not_invoiced(delivery)
    DELIVERY.move(delivery, "cancel", reason=_reason(reason))
    telling.not_shipped(delivery)
    if left:
        _give_back(delivery, by)
    activity.record("cancelled", delivery, by, details={"why": delivery.reason})
    _tell(delivery, by)
    return delivery


def _reason(text: str) -> str:
    text = " ".join(text.split())[:300]
    if not text:
        raise Refused(_("Please say why."), code="no-reason", field="reason")
    return text


def _check_not_invoiced(delivery: Delivery) -> None:
    """What an invoice bills has been delivered, or the invoice is taken back first."""
    if delivery.lines.filter(invoiced__gt=0).exists():
        raise Refused(_("An invoice bills this delivery: take that back first."), code="invoiced")


def _give_back(delivery: Delivery, by) -> None:
    for line in delivery.lines.select_related("job_line__item").order_by("job_line_id"):
        JobLine._base_manager.filter(pk=line.job_line_id, delivered__gte=line.quantity).update(
            delivered=F("delivered") - line.quantity
        )
        stock.give_back(line, by)


def _tell(delivery: Delivery, by, signal=None) -> None:
    """Those who follow the job, in this transaction; everybody else after it."""
    job = delivery.job
    lacking = JobLine.objects.filter(job=job, parent=None, delivered__lt=F("quantity")).exists()
    if lacking or job.deliveries.filter(state="shipped").exists():
        milestones.no_longer(job, Event.DELIVERED, by)
    else:
        milestones.happened(job, Event.DELIVERED, by)
        payments.complete_if_settled(job)  # without a price it is over now
    jobs.tell(job_changed, job)
    if signal is not None:
        transaction.on_commit(lambda: signal.send_robust(sender=Delivery, delivery=delivery))


def _held(delivery: Delivery) -> Delivery:
    jobs.lock(Job(pk=delivery.job_id))
    return Delivery.objects.select_related("workspace", "client", "job").get(pk=delivery.pk)
