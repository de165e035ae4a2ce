"""Stock counts in the back office: begin one, look at what differs, have it counted again, book it as one act."""

import secrets

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import OnceForm, RoomAdmin, Verb, to_list, to_record
from accounts.roles import SEE_MONEY
from inventory import counting
from inventory.counting import paper
from inventory.models import CountLine, Location, StockCount
from laseros.core.export import cell, csv_text
from laseros.core.templatetags.laseros import number

POST = "inventory.post_move"
CHANGE = "inventory.change_stockcount"
COLOURS = {"open": "info", "posted": "success", "cancelled": ""}
MOST_SHOWN = 500


class LineForm(OnceForm):
    for_record = True
    line = forms.ModelChoiceField(queryset=None, label=_("line"))

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        rows = CountLine.objects.filter(count=record).select_related("item", "lot", "location")
        self.fields["line"].queryset = rows
        self.fields["line"].label_from_instance = lambda line: f"{line} · {line.item.name} · {line.location}"


class EnterForm(LineForm):
    quantity = forms.DecimalField(label=_("counted"), min_value=0, max_digits=14, decimal_places=3)


def enter(request, count, *, once, line, quantity):
    counting.count(line, quantity, key=f"office:{line.pk}:{once}", by=request.user)


def again(request, count, *, once, line):
    counting.again(line, request.user)


def post(request, count):
    counting.post(count, request.user)


def cancel(request, count):
    counting.cancel(count, request.user)


def is_open(count) -> bool:
    return count.state == "open"


class CountForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "location" in self.fields:
            self.fields["location"].queryset = Location.objects.filter(archived_at=None)


@admin.register(StockCount)
class StockCountAdmin(RoomAdmin):
    form = CountForm
    list_display = ("number", "where", "state_shown", "progress", "note", "created_at", "created_by")
    list_select_related = ("location", "created_by")
    list_filter = ("state", "category")
    search_fields = ("number", "note", "location__path")
    search_help_text = _("Number, place or note")
    fields = (("location", "category"), ("blind", "note"))
    export_fields = ("number", "location", "category", "state", "note", "created_by", "created_at", "closed_at")
    change_form_outer_after_template = "admin/inventory/count.html"
    empty_text = _(
        "Count what is there, one place after the other, with the scanner or on paper. What differs is looked at"
        " before it is booked."
    )
    empty_icon = "fact_check"
    verbs = (
        Verb("post", _("Book the differences"), post, POST, is_open, primary=True, icon="done_all",
             confirm=_("Every difference is booked at once. Lines that were not counted stay as they are."),
             done=_("Booked.")),
        Verb("enter", _("Enter a number"), enter, CHANGE, is_open, form=EnterForm, icon="dialpad", done=_("Entered.")),
        Verb("again", _("Have a line counted again"), again, CHANGE, is_open, form=LineForm, icon="replay",
             done=_("It is on the list again.")),
        Verb("cancel", _("Cancel the count"), cancel, CHANGE, is_open, dangerous=True, icon="block",
             confirm=_("Nothing is booked. What was counted stays here to be read."), done=_("Cancelled.")),
    )  # fmt: skip

    def get_queryset(self, request):
        lines = Count("lines"), Count("lines", filter=Q(lines__counted__isnull=False))
        return super().get_queryset(request).annotate(line_count=lines[0], counted_count=lines[1])

    def create(self, request, obj):
        counting.begin(obj, request.user)

    def has_change_permission(self, request, obj=None):
        return (obj is None or obj.state == "open") and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        return () if obj is None else ("location", "category")

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/paper/", view(self.paper_view), name="inventory_stockcount_paper"),
            path("<int:pk>/result/", view(self.result_view), name="inventory_stockcount_result"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            shows = request.GET.get("show", "")
            rows = counting.differences(obj)
            kinds = {"different": lambda row: row.differs, "left": lambda row: row.amount is None,
                     "disputed": lambda row: row.line.disputed}  # fmt: skip
            chosen = [row for row in rows if kinds[shows](row)] if shows in kinds else rows
            context |= {
                "rows": chosen[:MOST_SHOWN],
                "more": len(chosen) > MOST_SHOWN,
                "show": shows,
                "counts": {name: sum(1 for row in rows if test(row)) for name, test in kinds.items()},
                "all_lines": len(rows),
                "shows_money": request.user.has_perm(SEE_MONEY),
                "currency": obj.workspace.currency,
                "worth": sum((row.value for row in rows if row.value is not None), 0),
                "may_change": obj.state == "open" and request.user.has_perm(CHANGE),
                "once": secrets.token_urlsafe(12),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        return [
            to_record(obj.location, icon="location_on"),
            to_list("inventory.move", icon="swap_vert", source=f"count:{obj.pk}") if obj.state == "posted" else None,
        ]

    # --- on paper and as a table --------------------------------------------------------------------------------------

    def _count(self, request, pk) -> StockCount:
        count = self.get_object(request, str(pk))
        if count is None or not self.has_view_permission(request, count):
            raise Http404
        return count

    def paper_view(self, request, pk):
        count = self._count(request, pk)
        response = HttpResponse(paper.pdf(count), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{count.number.replace("/", "-")}.pdf"'
        return response

    def result_view(self, request, pk):
        """The result as CSV; what it is worth only for those who may see money."""
        count = self._count(request, pk)
        money = request.user.has_perm(SEE_MONEY)
        heads = [_t("Place"), _t("Code"), _t("What"), _t("Unit"), _t("Booked"), _t("Counted"), _t("Difference")]
        table = [[*heads, *([_t("Value")] if money else []), _t("Who"), _t("When")]]
        for row in counting.differences(count):
            line = row.line
            what = [str(line.location), str(line), line.item.name, line.item.get_unit_display()]
            found = [row.booked, line.counted, row.amount, *([row.value] if money else [])]
            values = [*what, *found, line.counted_by, line.counted_at]
            table.append([cell(value) for value in values])
        response = HttpResponse(csv_text(table, request.workspace.language), content_type="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{count.number.replace("/", "-")}.csv"'
        return response

    # --- columns ------------------------------------------------------------------------------------------------------

    @display(description=_("where"))
    def where(self, count):
        if count.spot:
            return _("In passing")
        place = str(count.location) if count.location_id else _t("Everywhere")
        return f"{place} · {count.get_category_display()}" if count.category else place

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, count):
        return count.state, count.get_state_display()

    @display(description=_("counted"))
    def progress(self, count):
        return _t("%(done)s of %(all)s") % {"done": number(count.counted_count), "all": number(count.line_count)}
