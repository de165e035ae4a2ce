"""A draft delivery: made from what is ready, edited until it is packed."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from billing.deliveries.ready import ready_of
from billing.models import Delivery, DeliveryLine, Parcel
from billing.states import DELIVERY
from crm.models import Address, Client
from laseros.core.errors import Refused
from laseros.core.locales import country_line, town_line
from laseros.core.retry import retried
from production import jobs
from production.models import Job

MOST_LINES = 500
MOST_PARCELS = 99


@retried
@transaction.atomic
def draft_from(job: Job, by) -> Delivery:
    """A draft of what is made and has not left the house; a job that has a draft answers that one.

    Raises `Refused` with code "state" for a cancelled job, "nothing-made" where nothing is ready.
    """
    jobs.lock(job)
    job.refresh_from_db()
    there = job.deliveries.filter(state="draft").first()
    if there is not None:
        return there
    if job.state == "cancelled":
        raise Refused(_("%(job)s is %(state)s.") % {"job": job, "state": job.get_state_display()}, code="state")
    ready = [row for row in ready_of(list(job.lines.all())) if row.pieces]
    if not ready:
        raise Refused(_("Nothing of this job is made and not yet delivered."), code="nothing-made")
    address = address_for(job.client)
    delivery = Delivery.objects.create(
        workspace=job.workspace,
        client=job.client,
        job=job,
        recipient=job.client.name,
        address=printed(address) if address else "",
        planned_on=job.due_on,
        created_by=by if getattr(by, "pk", None) else None,
    )
    DeliveryLine.objects.bulk_create(
        DeliveryLine(
            workspace=job.workspace, delivery=delivery, position=position, job_line=row.line,
            description=row.line.description, quantity=row.pieces,
        )
        for position, row in enumerate(ready[:MOST_LINES], start=1)
    )  # fmt: skip
    activity.record("created", delivery, by, details={"job": job.number})
    return delivery


@retried
@transaction.atomic
def take_in(delivery: Delivery, by) -> Delivery:
    """Bring a draft up to what is ready now: lines that came meanwhile, and all there is of those it has."""
    jobs.lock(delivery.job)
    hold_draft(delivery)
    there = {line.job_line_id: line for line in delivery.lines.all()}
    position = max((line.position for line in there.values()), default=0)
    for row in ready_of(list(delivery.job.lines.all()), but=delivery.pk):
        line = there.get(row.line.pk)
        if line is None and row.pieces:
            position += 1
            DeliveryLine.objects.create(
                workspace=delivery.workspace, delivery=delivery, position=position, job_line=row.line,
                description=row.line.description, quantity=row.pieces,
            )  # fmt: skip
        elif line is not None and row.pieces and line.quantity != row.pieces:
            line.quantity = row.pieces
            line.save(update_fields=["quantity"])
    activity.record("changed", delivery, by, details={"what": "lines"})
    return delivery


@retried
@transaction.atomic
def send_to(delivery: Delivery, address: Address, by) -> Delivery:
    """Another of the client's addresses. Raises `Refused` with code "address" for somebody else's."""
    hold_draft(delivery)
    if address.client_id != delivery.client_id:
        raise Refused(_("There is no such address."), code="address")
    before, text = delivery.address, printed(address)
    Delivery._base_manager.filter(pk=delivery.pk).update(address=text)
    delivery.address = text
    activity.record("changed", delivery, by, details={"address": [before, text]})
    return delivery


def address_for(client: Client) -> Address | None:
    """Where a client's goods go: the address for deliveries, otherwise the one there is."""
    rows = sorted(client.addresses.all(), key=lambda row: (row.kind != Address.Kind.DELIVERY, row.pk))
    return rows[0] if rows else None


def printed(address: Address) -> str:
    """An address as it stands on a parcel: the country only where the parcel leaves ours."""
    ours = address.workspace.country
    town = town_line(address.postcode, address.city, address.country or ours, address.state)
    country = country_line(address.country, ours, address.workspace.language)
    return "\n".join(part for part in (*address.street.splitlines(), town, country) if part.strip())


@retried
@transaction.atomic
def change_lines(delivery: Delivery, changed: list[DeliveryLine], removed: list[DeliveryLine], by) -> Delivery:
    """Store other quantities of a draft; every line is one of its own job's. Raises `Refused` with code "line"."""
    hold_draft(delivery)
    for line in removed:
        line.delete()
    for line in changed:
        if line.job_line.job_id != delivery.job_id or line.job_line.parent_id is not None:
            raise Refused(_("“%(line)s” is not of this job.") % {"line": line.job_line}, code="line")
        line.workspace_id, line.delivery = delivery.workspace_id, delivery
        line.description = line.description or line.job_line.description
        line.save()
    activity.record("changed", delivery, by, details={"what": "lines"})
    return delivery


@retried
@transaction.atomic
def set_parcels(delivery: Delivery, changed: list[Parcel], removed: list[Parcel], by) -> Delivery:
    """Store the parcels of a delivery that has not left the house."""
    rows = Delivery._base_manager.filter(pk=delivery.pk, state__in=("draft", "packed", "checked"))
    if not rows.update(note=F("note")):
        raise _no_longer(delivery)
    for parcel in removed:
        parcel.delete()
    for parcel in changed:
        parcel.workspace_id, parcel.delivery = delivery.workspace_id, delivery
        parcel.save()
    if delivery.parcels.count() > MOST_PARCELS:
        raise Refused(_("Not more than %(most)s parcels.") % {"most": MOST_PARCELS}, code="parcels")
    number_parcels(delivery)
    activity.record("changed", delivery, by, details={"what": str(Parcel._meta.verbose_name_plural)})
    return delivery


def number_parcels(delivery: Delivery) -> None:
    """1, 2, 3 in the order they stand in, whatever was taken out."""
    for position, parcel in enumerate(delivery.parcels.order_by("position", "id"), start=1):
        if parcel.position != position:
            Parcel.objects.filter(pk=parcel.pk).update(position=position)


@retried
@transaction.atomic
def change_way(delivery: Delivery, by, *, carrier: str, tracking: str, tracking_page: str = "") -> Delivery:
    """Who carries it and under which number: also when it is under way already."""
    fields = {"carrier": carrier, "tracking": " ".join(tracking.split()), "tracking_page": tracking_page}
    before = {name: getattr(delivery, name) for name in fields}
    rows = Delivery._base_manager.filter(pk=delivery.pk).exclude(state__in=("cancelled", "returned"))
    if not rows.update(**fields):
        raise _no_longer(delivery)
    for name, value in fields.items():
        setattr(delivery, name, value)
    changes = activity.changes(before, fields)
    if changes:
        activity.record("changed", delivery, by, details=changes)
    return delivery


def hold_draft(delivery: Delivery) -> None:
    """Refuse unless the delivery is a draft now, and keep it one until the transaction ends."""
    if not Delivery._base_manager.filter(pk=delivery.pk, state="draft").update(note=F("note")):
        raise _no_longer(delivery)


def _no_longer(delivery: Delivery) -> Refused:
    now = Delivery._base_manager.values_list("state", flat=True).get(pk=delivery.pk)
    words = _("%(delivery)s is %(state)s and cannot be changed any more.")
    return Refused(words % {"delivery": delivery, "state": DELIVERY.labels[now]}, code="state", state=now)
