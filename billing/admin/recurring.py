"""Recurring invoices in the back office: what comes again, when next, and what became of each turn."""

from django.contrib import admin
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.back_office import RoomAdmin, RoomInline, Verb, to_list, to_record
from billing import recurring
from billing.admin.documents import named_prices, new_prices, once, prices_verb, tax_choices
from billing.admin.line_form import LineForm
from billing.models import RecurringInvoice, RecurringLine
from billing.taxes import usual_tax
from laseros.core.money import ZERO
from laseros.core.templatetags.laseros import number

STATE_COLOURS = {"running": "success", "paused": "warning", "ended": ""}
PLAN = {"every", "unit", "starts_on", "ends_on", "count"}
NEWEST = 12


def link_of(client):
    """From a client to what is invoiced to them again and again."""
    return to_list("billing.recurringinvoice", icon="event_repeat", client__id__exact=client.pk)


class RecurringLineInline(RoomInline):
    model = RecurringLine
    form = LineForm
    fields = ("position", "description", "quantity", "unit_price", "discount", "tax_percent")
    money_fields = ("discount",)
    readonly_fields = ("tax_shown",)
    ordering_field = "position"
    hide_ordering_field = True
    hide_title = True

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        if self.has_change_permission(request, obj):
            return fields
        return ["tax_shown" if name == "tax_percent" else name for name in fields]

    @display(description=_("tax %"))
    def tax_shown(self, line):
        return f"{number(line.tax_percent)} %"

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get("tax_percent")
        if field is not None:
            field.widget, field.initial = UnfoldAdminSelectWidget(choices=tax_choices([ZERO])), usual_tax()
        if obj is not None:
            named_prices(formset.form, obj, "unit_price")
        return formset


@admin.register(RecurringInvoice)
class RecurringInvoiceAdmin(RoomAdmin):
    list_display = ("title", "client", "rhythm", "next_on", "then", "state_shown")
    list_select_related = ("client",)
    list_filter = ("state", "then")
    search_fields = ("title", "client__name", "client__code")
    search_help_text = _("Title or client")
    autocomplete_fields = ("client",)
    inlines = (RecurringLineInline,)
    readonly_fields = ("standing", "next_on", "turns", "tax_included", "prices_are", "story")
    fieldsets = (
        (None, {"fields": (("title", "standing"), "client", ("every", "unit"), ("starts_on", "ends_on"), "count",
                           "then", ("next_on", "turns"), "tax_included", "note")}),
        (_("So far"), {"fields": ("story",)}),
    )  # fmt: skip
    add_fieldsets = (
        (None, {"fields": ("title", "client", ("every", "unit"), ("starts_on", "ends_on"), "count", "then",
                           "prices_are", "note")}),
    )  # fmt: skip
    export_fields = ("title", "client", "state", "every", "unit", "starts_on", "ends_on", "count", "next_on", "then")
    empty_text = _("Rent, maintenance, a standing order: what is invoiced again and again makes its own drafts.")
    empty_icon = "event_repeat"
    verbs = (
        Verb("pause", _("Pause"), lambda request, row: recurring.pause(row, request.user),
             "billing.change_recurringinvoice", lambda row: row.state == "running", icon="pause",
             done=_("Nothing is made until it goes on.")),
        Verb("resume", _("Go on"), lambda request, row: recurring.resume(row, request.user),
             "billing.change_recurringinvoice", lambda row: row.state == "paused", primary=True, icon="play_arrow",
             done=_("It goes on. What was due meanwhile is not made up for.")),
        prices_verb(recurring.switch_prices, "billing.change_recurringinvoice", lambda row: row.state != "ended"),
        Verb("skip", _("Leave the next one out"), lambda request, row: recurring.skip(row, request.user),
             "billing.change_recurringinvoice", lambda row: row.next_on is not None and row.state != "ended",
             icon="skip_next", done=_("The next one is left out.")),
    )  # fmt: skip

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "client__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request, obj=None):
        """Once something was made of it, it stays its client's, and begins when it began."""
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "client", "starts_on"] if obj is not None and obj.turns else fields

    def create(self, request, obj):
        recurring.begin(obj, request.user)

    def save_model(self, request, obj, form, change):
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change and PLAN & {*form.changed_data}:
                recurring.replan(obj, request.user)

    def related_links(self, obj):
        return [to_record(obj.client, icon="groups")]

    @display(description=_("prices"))
    def prices_are(self, row):
        return new_prices()

    @display(description=_("how often"))
    def rhythm(self, row):
        if row.unit == RecurringInvoice.Unit.WEEK:
            return ngettext("every week", "every %(count)s weeks", row.every) % {"count": row.every}
        return ngettext("every month", "every %(count)s months", row.every) % {"count": row.every}

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, row):
        return row.state, row.get_state_display()

    @display(description=_("state"))
    def standing(self, row):
        return row.get_state_display()

    @display(description=_("invoices"))
    @once
    def story(self, row):
        made = row.made.select_related("invoice")[:NEWEST]
        rows = [(turn, reverse("admin:billing_invoice_change", args=[turn.invoice_id]) if turn.invoice_id else "")
                for turn in made]  # fmt: skip
        return render_to_string("admin/billing/recurring_story.html", {"rows": rows})
