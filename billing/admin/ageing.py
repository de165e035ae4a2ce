"""Open items: who owes how much since when, on the page and as a file. For who may see money."""

from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.exporting import table_file
from accounts.roles import SEE_MONEY
from billing import ageing

SHOWN = 50


class AgeingDoors:
    """Under the invoices: /open-items/ and /open-items/csv/ and /xlsx/."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, self.page_name
        return [
            path("open-items/", view(self.ageing_view), name=f"{name}_ageing"),
            path("open-items/<slug:kind>/", view(self.ageing_export), name=f"{name}_ageing_export"),
            *super().get_urls(),
        ]

    def _rows(self, request) -> tuple[date, str, list[ageing.Row]]:
        if not self.has_view_permission(request) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        day, term = asked_day(request), " ".join(request.GET.get("q", "").split())[:80]
        rows = ageing.rows_of(day)
        if term:
            rows = [row for row in rows if term.lower() in str(row.client).lower()]
        return day, term, rows

    def ageing_view(self, request):
        day, term, rows = self._rows(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Open items"),
            "opts": self.opts,
            "day": day,
            "term": term,
            "buckets": ageing.BUCKETS,
            "page": Paginator(rows, SHOWN).get_page(request.GET.get("page")),
            "sums": list(ageing.sums(rows)),
            "query": urlencode({"on": f"{day:%Y-%m-%d}", "q": term}),
        }
        return TemplateResponse(request, "admin/billing/ageing.html", context)

    def ageing_export(self, request, kind):
        day, _term, rows = self._rows(request)
        heads = (_("code"), _("client"), _("currency"), *ageing.BUCKETS, pgettext("money", "credit"),
                 pgettext("money", "balance"), _("in our books"))  # fmt: skip
        table = (
            (row.client.code, row.client.name, row.currency, *row.buckets, row.credit, row.balance, row.books)
            for row in rows
        )
        return table_file(request, kind, "open-items", day, heads, table, _("open items"))


def asked_day(request) -> date:
    """The day that was asked for; today where that says nothing."""
    today = timezone.localdate()
    try:
        day = parse_date(request.GET.get("on", "")) or today
    except ValueError:
        day = today
    return min(max(day, date(2000, 1, 1)), today)
