"""Settings of a business: who it is, how it writes numbers and money, what it does."""

import base64
import zoneinfo

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_scopes import scope
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts import activity, logos, numbering, workspaces
from accounts.back_office import RoomAdmin
from accounts.fieldsets import without_vat
from accounts.models import Workspace
from accounts.models.workspace import MODULES
from laseros.core import numbering as formats
from laseros.core.errors import Refused
from laseros.core.locales import countries
from laseros.core.tax_words import has_sales_tax

KINDS = {
    "client": _("Clients"),
    "enquiry": _("Enquiries"),
    "quote": _("Quotes"),
    "job": _("Jobs"),
    "product": _("Products"),
    "sheet": _("Items: sheets"),
    "item": _("Items: all others"),
    "remnant": _("Remnants"),
    "count": _("Stock counts"),
    "spool": _("Spools"),
    "plate": _("Sheets with a heat number"),
    "batch": _("Batches"),
    "nest": _("Nests"),
    "nonconformance": _("Non-conformances"),
    "supplier": _("Suppliers"),
    "purchase": _("Purchase orders"),
    "delivery": _("Deliveries"),
    "confirmation": _("Order confirmations"),
    "proforma": _("Pro forma invoices"),
    "invoice": _("Invoices"),
    "credit": _("Credit notes and cancellations"),
    "payment": _("Payments"),
}
FORMAT_FIELDS = tuple(f"number_{kind}" for kind in formats.DEFAULTS)


class WorkspaceForm(forms.ModelForm):
    modules = forms.MultipleChoiceField(
        label=_("What this business does"),
        choices=MODULES.items(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Workspace
        fields = (
            *("name", "slug", "legal_name", "logo", "colour", "address", "country", "email", "phone", "vat_number"),
            *(
                "tax_number",
                "small_business",
                "prices_with_tax",
                "registration_number",
                "bank_details",
                "currency",
                "language",
                "timezone",
                "modules",
                "quote_terms",
            ),
            *("portal_orders", "portal_order_limit", "portal_uploads"),
            *(
                "quote_valid_days",
                "payment_days",
                "takes_at_once",
                "home_assistant",
                "checks_deliveries",
                "invoices_delivered",
                "is_active",
            ),
        )
        widgets = {"colour": UnfoldAdminColorInputWidget(attrs={"type": "color"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._choices()
        for kind in formats.DEFAULTS:
            self._number_field(kind)

    def _choices(self):
        names = Locale.parse((get_language() or "en").split("-")[0])
        currencies = [(code, f"{code} – {names.currencies.get(code, code)}") for code in self._currencies()]
        zones = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if "/" in name]
        for name, choices in (
            ("currency", currencies),
            ("country", countries(get_language() or "en")),
            ("timezone", zones),
        ):
            if name in self.fields:
                field = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    label=field.label,
                    initial=field.initial,
                    choices=choices,
                    widget=UnfoldAdminSelectWidget(choices=choices),
                )

    def _currencies(self) -> list[str]:
        """Those that somebody pays with today, and the one this business has."""
        today = {code for country in get_global("territory_currencies") for code in get_territory_currencies(country)}
        return sorted(today | {self.instance.currency})

    def _number_field(self, kind: str):
        name, default = f"number_{kind}", formats.DEFAULTS[kind]
        if name not in self.fields:
            return
        own = self.instance.number_formats.get(kind) if self.instance.pk else None
        field = self.fields[name]
        self.initial[name] = own or default
        field.widget.attrs |= {
            "data-number-format": kind,
            "data-number-url": reverse("admin:accounts_workspace_number"),
        }
        known = ", ".join(f"{{{part}}}" for part in sorted(formats.KNOWN[kind] | {"n"}))
        field.help_text = format_html(
            '<span class="lo-example" id="example-{}" role="status">{}</span> <span class="lo-note">{}</span>',
            kind, self._example(kind, own or default), _("Possible: %(known)s") % {"known": known},
        )  # fmt: skip

    def _example(self, kind: str, form: str) -> str:
        if not self.instance.pk:
            return ""
        return _next(self.instance, kind, form)["example"]

    def clean_logo(self):
        upload = self.cleaned_data["logo"]
        if not upload or "logo" not in self.changed_data:
            return upload
        try:
            return logos.redraw(upload)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal.reason)) from None

    def clean(self):
        cleaned = super().clean()
        own = {}
        for kind, default in formats.DEFAULTS.items():
            form = (cleaned.get(f"number_{kind}") or "").strip()
            try:
                if form and form != default:
                    formats.check(kind, form)
                    own[kind] = form
            except Refused as refusal:
                self.add_error(f"number_{kind}", str(refusal.reason))
        if any(name in self.fields for name in FORMAT_FIELDS):
            self.instance.number_formats = own
        return cleaned


# Declared on the class, so that the admin's fieldsets may name them.
for _kind in formats.DEFAULTS:
    WorkspaceForm.base_fields[f"number_{_kind}"] = forms.CharField(
        label=KINDS[_kind],
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"spellcheck": "false"}),
    )
    WorkspaceForm.declared_fields[f"number_{_kind}"] = WorkspaceForm.base_fields[f"number_{_kind}"]


def _next(workspace, kind: str, form: str) -> dict:
    try:
        number = numbering.example(workspace, kind, form.strip() or formats.DEFAULTS[kind])
    except Refused as refusal:
        return {"example": "", "reason": str(refusal.reason)}
    return {"example": str(_("Next: %(number)s") % {"number": number}), "reason": ""}


@admin.register(Workspace)
class WorkspaceAdmin(RoomAdmin):
    form = WorkspaceForm
    exports = False
    list_display = ("name", "slug", "country", "currency", "language", "is_active")
    search_fields = ("name", "slug", "legal_name")
    readonly_fields = ("logo_shown", "created_at")
    fieldsets = (
        (None, {"fields": (("name", "legal_name"), "address", ("country", "timezone"), ("email", "phone"))}),
        (_("Brand"), {"classes": ("tab",), "fields": ("logo_shown", "logo", "colour")}),
        (
            _("Law and money"),
            {
                "classes": ("tab",),
                "fields": (
                    ("vat_number", "tax_number"),
                    ("registration_number", "small_business"),
                    ("prices_with_tax",),
                    ("currency", "language"),
                    "bank_details",
                ),
            },
        ),
        (
            _("Quotes and invoices"),
            {"classes": ("tab",), "fields": (("quote_valid_days", "payment_days"), "quote_terms")},
        ),
        (
            _("Client portal"),
            {"classes": ("tab",), "fields": ("portal_orders", ("portal_order_limit", "portal_uploads"))},
        ),
        (_("Stock"), {"classes": ("tab",), "fields": ("takes_at_once",)}),
        (_("Machines"), {"classes": ("tab",), "fields": ("home_assistant",)}),
        (_("Deliveries"), {"classes": ("tab",), "fields": ("checks_deliveries", "invoices_delivered")}),
        (_("Numbers"), {"classes": ("tab",), "fields": FORMAT_FIELDS}),
        (_("Modules"), {"classes": ("tab",), "fields": ("modules",)}),
    )
    add_fieldsets = ((None, {"fields": (("name", "slug"), ("country", "timezone"), ("currency", "language"))}),)

    def get_urls(self):
        view = self.admin_site.admin_view(self.number_view)
        return [path("number/", view, name="accounts_workspace_number"), *super().get_urls()]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(pk=request.workspace.pk)

    def has_add_permission(self, request):
        return request.user.is_superuser

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and has_sales_tax(obj.country):
            fieldsets = without_vat(fieldsets)
        if obj is None or not request.user.is_superuser:
            return fieldsets
        return (*fieldsets, (_("Installation"), {"classes": ("tab",), "fields": ("slug", "is_active", "created_at")}))

    def changelist_view(self, request, extra_context=None):
        """There is one business to set up: one's own."""
        if request.user.is_superuser:
            return super().changelist_view(request, extra_context)
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:accounts_workspace_change", args=[request.workspace.pk]))

    def number_view(self, request):
        """What the next number would be in the format being typed, or why it cannot be one."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        kind = request.GET.get("kind", "")
        if kind not in formats.DEFAULTS:
            return JsonResponse({"example": "", "reason": ""})
        return JsonResponse(_next(request.workspace, kind, request.GET.get("form", "")[:80]))

    def save_model(self, request, obj, form, change):
        obj.save()
        if change:
            self._record_change(request, obj, form)
        else:
            with scope(workspace=obj):
                activity.record("created", obj, request.user)

    def response_add(self, request, obj, post_url_continue=None):
        """Straight into the new business: its start page says what comes first."""
        workspaces.switch(request.user, request.session, obj.pk)
        messages.success(request, _("%(name)s is there, and you are in it. These are the first steps.") % {"name": obj})
        return HttpResponseRedirect(reverse("admin:index"))

    @admin.display(description=_("now"))
    def logo_shown(self, obj):
        if not obj.logo:
            return "–"
        try:
            with obj.logo.open() as handle:
                picture = base64.b64encode(handle.read()).decode()
        except OSError:
            return _("The file is missing.")
        return format_html('<img class="lo-logo" alt="{}" src="data:image/png;base64,{}">', _("Logo"), picture)
