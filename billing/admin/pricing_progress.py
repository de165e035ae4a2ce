"""How far the worker is with the prices of a large quote."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path

from accounts.models import BackgroundTask
from billing.quotes import large


class PricingProgress:
    """The address of the piece of a quote's page that asks until all prices are there."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.pricing_view)
        return [path("<int:pk>/pricing/", view, name=f"{self.page_name}_pricing"), *super().get_urls()]

    def pricing_view(self, request, pk):
        quote = self.get_object(request, str(pk))
        if quote is None:
            raise Http404
        if not self.has_view_or_change_permission(request, quote):
            raise PermissionDenied
        return TemplateResponse(request, "admin/billing/_pricing.html", {"pricing": pricing(quote), "was": True})


def pricing(quote) -> dict | None:
    """`left` of `lines`, `percent` done, `failed` with the reason where the worker gave up; None when all is done."""
    if not quote.to_price:
        return None
    lines = quote.lines.exclude(enquiry_line=None).count()
    task = (
        BackgroundTask.objects.filter(name=large.price_lines.task_name, arguments__0=quote.pk).order_by("-id").first()
    )
    return {
        "quote": quote,
        "left": quote.to_price,
        "lines": lines,
        "percent": 100 * max(lines - quote.to_price, 0) / lines if lines else 0,
        "failed": task.error if task is not None and task.state == "failed" else "",
    }
