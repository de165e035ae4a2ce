"""What billing adds to a person's calendar: deliveries by the day they are to leave. No invoice, no amount."""

from django.urls import reverse

from accounts import calendars
from accounts.calendars import MOST, Due
from billing.models import Delivery
from billing.models.delivery import ON_THE_WAY_OUT


def _deliveries(user, first, last):
    rows = Delivery.objects.filter(state__in=ON_THE_WAY_OUT, planned_on__range=(first, last)).select_related("job")
    for row in rows.order_by("planned_on", "id")[:MOST]:
        what = f"{Delivery._meta.verbose_name} {row.number or ''}".strip()
        path = reverse("admin:billing_delivery_change", args=[row.pk])
        yield Due(f"delivery:{row.pk}", row.planned_on, f"{what} · {row.job.number} · {row.recipient}", path)


calendars.register("billing.view_delivery", _deliveries)
