"""Pages about all of stock: what it is worth on a day, and what it does over a while. For who may see money."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _t

from accounts.exporting import table_file
from accounts.roles import SEE_MONEY
from inventory import turnover, valuation
from inventory.models import Item
from laseros.core.stored import opened

HIGH, WIDE = 120, 600  # of the chart
SHOWN = 200  # rows on the page; the export has all


class ValueDoors:
    """Under the items: /value/, /report/, each with /csv/ and /xlsx/, and an item's picture."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, self.page_name
        return [
            path("value/", view(self.value_view), name=f"{name}_value"),
            path("value/<slug:kind>/", view(self.value_export), name=f"{name}_value_export"),
            path("report/", view(self.report_view), name=f"{name}_report"),
            path("report/<slug:kind>/", view(self.report_export), name=f"{name}_report_export"),
            path("<int:pk>/picture/", view(self.picture_view), name=f"{name}_picture"),
            *super().get_urls(),
        ]

    def picture_view(self, request, pk):
        item = self.get_object(request, str(pk))
        if item is None or not item.picture or not self.has_view_permission(request, item):
            raise Http404
        with opened(item.picture) as stored:
            response = HttpResponse(stored.read(), content_type="image/png")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, max-age=300"
        return response

    def _may(self, request) -> None:
        if not self.has_view_permission(request) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied

    # --- worth on a day -------------------------------------------------------------------------------------------

    def value_view(self, request):
        self._may(request)
        day, method = _asked(request)
        rows = valuation.on(day, method)
        context = {
            **self.admin_site.each_context(request),
            "title": _t("What stock is worth"),
            "opts": self.opts,
            "day": day,
            "method": method,
            "methods": valuation.METHODS.items(),
            "rows": sorted(rows, key=lambda row: -row.value)[:SHOWN],
            "more": max(len(rows) - SHOWN, 0),
            "total": valuation.total(rows),
            "categories": _by_category(rows),
            "query": f"on={day:%Y-%m-%d}&method={method}",
        }
        return TemplateResponse(request, "admin/inventory/value.html", context)

    def value_export(self, request, kind):
        self._may(request)
        day, method = _asked(request)
        heads = (_t("code"), _t("name"), _t("category"), _t("quantity"), _t("unit"), _t("unit cost"), _t("value"))
        rows = (
            (row.item.code, row.item.name, row.item.get_category_display(), row.quantity, row.item.get_unit_display(),
             row.unit_cost, row.value)
            for row in valuation.on(day, method)
        )  # fmt: skip
        return table_file(request, kind, f"stock-value-{method}", day, heads, rows, _t("stock value"))

    # --- over a while ---------------------------------------------------------------------------------------------

    def report_view(self, request):
        self._may(request)
        days = _days(request)
        rows = turnover.over(days)
        used, value = sum(row.used_value for row in rows), sum(row.value for row in rows)
        before = sum(row.value_before for row in rows)
        middle = (value + before) / 2
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Stock report"),
            "opts": self.opts,
            "days": days,
            "ranges": turnover.RANGES,
            "rows": rows[:SHOWN],
            "more": max(len(rows) - SHOWN, 0),
            "value": value,
            "before": before,
            "used": used,
            "wasted": sum(row.wasted_value for row in rows),
            "bought": sum(row.bought_value for row in rows),
            "turns": round(used * 365 / days / middle, 1) if middle > 0 else None,
            "chart": _chart(turnover.by_time(days)),
            "query": f"days={days}",
        }
        return TemplateResponse(request, "admin/inventory/report.html", context)

    def report_export(self, request, kind):
        self._may(request)
        days = _days(request)
        heads = (_t("code"), _t("name"), _t("used"), _t("unit"), _t("value used"), _t("value wasted"),
                 _t("value bought"), _t("value"), _t("turns a year"), _t("days left"))  # fmt: skip
        rows = (
            (row.item.code, row.item.name, row.used, row.item.get_unit_display(), row.used_value, row.wasted_value,
             row.bought_value, row.value, row.turns, row.days_left)
            for row in turnover.over(days)
        )  # fmt: skip
        return table_file(request, kind, f"stock-report-{days}", timezone.localdate(), heads, rows, _t("stock report"))


def _asked(request) -> tuple[date, str]:
    """The day and the method that were asked for; today and the average where that says nothing."""
    today = timezone.localdate()
    try:
        day = parse_date(request.GET.get("on", "")) or today
    except ValueError:
        day = today
    method = request.GET.get("method", "")
    return min(max(day, date(2000, 1, 1)), today), method if method in valuation.METHODS else "average"


def _days(request) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(days) for days in turnover.RANGES} else 30


def _by_category(rows) -> list[tuple[str, object]]:
    sums: dict[str, object] = {}
    for row in rows:
        sums[row.item.category] = sums.get(row.item.category, 0) + row.value
    labels = dict(Item.Category.choices)
    return sorted(((labels[name], value) for name, value in sums.items()), key=lambda pair: -pair[1])


def _chart(bars) -> dict | None:
    """Rectangles of what was used beside what was bought; None where neither."""
    most = max((max(bar.used, bar.bought) for bar in bars), default=0)
    if most <= 0:
        return None
    step = WIDE / len(bars)
    drawn = []
    for number, bar in enumerate(bars):
        for offset, (kind, amount) in enumerate((("used", bar.used), ("bought", bar.bought))):
            height = round(float(max(amount, 0) / most) * (HIGH - 5), 1)
            x = round((number + offset * 0.45) * step, 1)
            drawn.append({"kind": kind, "x": x, "y": HIGH - height, "width": round(step * 0.4, 1), "height": height,
                          "day": bar.day, "amount": amount})  # fmt: skip
    return {"bars": drawn, "first": bars[0].day, "last": bars[-1].day, "wide": WIDE, "high": HIGH}
