"""What a delivery was made of: the lots behind its job, with heat and certificate."""

from billing.models import Delivery
from inventory import trace
from inventory.models import Lot


def lots_of(delivery: Delivery) -> list[Lot]:
    """The lots on the trail before a delivery, those with a certificate first."""
    names = [thing.name for step in trace.before(f"delivery:{delivery.pk}") for thing in step]
    keys = [int(name.removeprefix("lot:")) for name in names if name.startswith("lot:")]
    rows = Lot.objects.filter(pk__in=keys).select_related("item").order_by("code")
    return sorted(rows, key=lambda lot: (not lot.certificate, lot.code))
