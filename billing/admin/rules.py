"""Tax rates and price rules in the back office."""

from django import forms
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.back_office import RoomAdmin, RoomInline, Verb
from billing import taxes
from billing.models import ExtraOperation, GasPrice, PriceRules, QuantityBreak, TaxRate
from laseros.core.tax_words import STATES, has_sales_tax
from laseros.core.templatetags.laseros import money_filter, number


@admin.register(TaxRate)
class TaxRateAdmin(RoomAdmin):
    list_display = ("name", "percent_shown", "valid_from", "valid_until", "is_default")
    fields = (("name", "percent"), ("valid_from", "valid_until"), "is_default")
    by_place = ("name", "region", "postcode", "percent_shown", "valid_from", "valid_until", "is_default")
    fields_by_place = (("name", "percent"), ("region", "postcode"), ("valid_from", "valid_until"), "is_default")
    export_fields = ("name", "region", "postcode", "percent", "valid_from", "valid_until", "is_default")
    readonly_fields = ("is_default",)
    verbs = (
        Verb("usual", _("Make it the usual rate"), lambda request, rate: taxes.make_usual(rate, request.user),
             "billing.change_taxrate", lambda rate: not rate.is_default, icon="check",
             done=_("New quote lines carry this rate.")),
    )  # fmt: skip
    empty_text = _("The rates you charge. The usual one stands on every new quote line.")
    empty_by_place = _(
        "One row for each state you collect sales tax in, with its rate, and one for each beginning of a ZIP code that"
        " has another. A state without a row is one where you collect none."
    )
    empty_icon = "percent"

    @display(description=_("percent"), ordering="percent")
    def percent_shown(self, rate):
        return f"{number(rate.percent)} %"

    def get_list_display(self, request):
        return self.by_place if has_sales_tax(request.workspace.country) else super().get_list_display(request)

    def get_fields(self, request, obj=None):
        return self.fields_by_place if has_sales_tax(request.workspace.country) else super().get_fields(request, obj)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "region":
            return forms.ChoiceField(label=db_field.verbose_name, required=False, help_text=db_field.help_text,
                                     choices=[("", "–"), *((code, code) for code in STATES)],
                                     widget=UnfoldAdminSelectWidget)  # fmt: skip
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(self, request, extra_context=None):
        words = {"empty_text": self.empty_by_place} if has_sales_tax(request.workspace.country) else {}
        return super().changelist_view(request, {**words, **(extra_context or {})})

    def create(self, request, obj):
        super().create(request, obj)
        if not TaxRate.objects.filter(is_default=True).exists():
            taxes.make_usual(obj, request.user)


class BreakInline(RoomInline):
    model = QuantityBreak
    fields = ("pieces", "percent")
    money_fields = ("percent",)


class GasInline(RoomInline):
    model = GasPrice
    fields = ("gas", "price_m3")


@admin.register(PriceRules)
class PriceRulesAdmin(RoomAdmin):
    """One row: the list leads to it. Every change is a new version, which the lines priced with it remember."""

    money_fields = ("margin_percent", "waste_percent", "remnant_percent", "overhead_percent", "price_by")
    readonly_fields = ("version",)
    inlines = (BreakInline, GasInline)
    fieldsets = (
        (_("Work"), {"fields": (("labour_hour", "setup_minutes", "handling_seconds"),)}),
        (_("Material and machine"), {"fields": ("material_mode", ("waste_percent", "remnant_percent"),
                                                ("energy_kwh", "machine_kw", "gas_m3"), ("overhead_percent",))}),
        (_("Price"), {"fields": (("price_by", "margin_percent"), ("minimum_line", "minimum_order"),
                                 ("round_to", "round_up"), "more_pieces", "version")}),
    )  # fmt: skip
    exports = False
    empty_text = _("What an hour costs, what is wasted, what you add: without it nothing can be priced.")
    empty_icon = "calculate"

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not PriceRules.objects.exists()

    def changelist_view(self, request, extra_context=None):
        rules = PriceRules.objects.first()
        if rules is not None and self.has_view_permission(request):
            return redirect(reverse("admin:billing_pricerules_change", args=[rules.pk]))
        return super().changelist_view(request, extra_context)

    def save_model(self, request, obj, form, change):
        if change and set(form.changed_data) - {"more_pieces"}:  # what is shown of prices changes none
            obj.version += 1
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """A break or a gas price is part of the rules: with another one they are another version."""
        super().save_formset(request, form, formset, change)
        if change and formset.has_changed() and not form.changed_data:
            form.instance.version += 1
            form.instance.save(update_fields=["version"])


@admin.register(ExtraOperation)
class ExtraOperationAdmin(RoomAdmin):
    """Work beside the machine, with what it costs and which drawings it is proposed for."""

    archivable = True
    list_display = ("name", "unit", "rate_shown", "proposed", "diameters")
    money_fields = ("rate_shown",)
    fields = (("name", "position"), ("unit", "rate", "setup"), ("proposed", "diameters"))
    empty_text = _("Folding, tapping, countersinking, deburring, coating: priced by the unit, proposed by the drawing.")
    empty_icon = "handyman"

    def save_model(self, request, obj, form, change):
        if change and form.changed_data:
            obj.version += 1
        super().save_model(request, obj, form, change)

    @display(description=_("cost of one"), ordering="rate")
    def rate_shown(self, row):
        return money_filter(row.rate, row.workspace.currency)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("workspace")
