"""How deliveries and invoices stand in the trail of what was used and made: see `inventory.trace`."""

from django.urls import reverse

from billing.models import Delivery, Invoice
from inventory import trace
from inventory.trace import Thing


def _invoices(pks: list[int]) -> dict[int, Thing]:
    return {
        invoice.pk: Thing(
            f"invoice:{invoice.pk}", Invoice._meta.verbose_name, str(invoice),
            reverse("admin:billing_invoice_change", args=[invoice.pk]), "billing.view_invoice", str(invoice.client),
            invoice.issued_at or invoice.created_at, before=[f"job:{invoice.job_id}"] if invoice.job_id else [],
        )
        for invoice in Invoice.objects.filter(pk__in=pks).select_related("client")
    }  # fmt: skip


def _deliveries(pks: list[int]) -> dict[int, Thing]:
    used = trace.used_by("delivery", pks)
    return {
        delivery.pk: Thing(
            f"delivery:{delivery.pk}", Delivery._meta.verbose_name, str(delivery),
            reverse("admin:billing_delivery_change", args=[delivery.pk]), "billing.view_delivery",
            str(delivery.client), delivery.shipped_at or delivery.created_at,
            before=[f"job:{delivery.job_id}", *used[delivery.pk]],
        )
        for delivery in Delivery.objects.filter(pk__in=pks).select_related("client")
    }  # fmt: skip


def _of_jobs(things: dict[int, Thing]) -> None:
    rows = Delivery.objects.filter(job__in=things).exclude(state="cancelled").order_by("pk")
    for pk, job in rows.values_list("pk", "job"):
        things[job].after.append(f"delivery:{pk}")
    for pk, job in Invoice.objects.filter(job__in=things).order_by("pk").values_list("pk", "job"):
        things[job].after.append(f"invoice:{pk}")


trace.register("delivery", _deliveries)
trace.register("invoice", _invoices)
trace.extend("job", _of_jobs)
