"""How invoices stand in the trail of what was used and made: see `inventory.trace`."""

from django.urls import reverse

from billing.models import Invoice
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


def _of_jobs(things: dict[int, Thing]) -> None:
    for pk, job in Invoice.objects.filter(job__in=things).order_by("pk").values_list("pk", "job"):
        things[job].after.append(f"invoice:{pk}")


trace.register("invoice", _invoices)
trace.extend("job", _of_jobs)
