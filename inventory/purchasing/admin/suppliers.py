"""Suppliers in the back office: who they are, what they sell at which price, how well they do."""

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.back_office import RoomAdmin, RoomInline, Verb, to_list, to_record
from accounts.fieldsets import without_vat
from accounts.roles import SEE_MONEY
from inventory import stock
from inventory.imports.admin import links as import_links
from inventory.models import PriceBreak, PurchaseOrder, Supplier, SupplierContact, SupplierItem
from inventory.purchasing import orders, performance, sources, suppliers
from laseros.core.locales import countries
from laseros.core.tax_words import has_sales_tax
from laseros.core.templatetags.laseros import money_filter


class SupplierForm(forms.ModelForm):
    """Countries by their names; what an import left there stays a choice. Currencies by their three letters."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "country" in self.fields:
            choices = [("", "–"), *countries(get_language() or "en")]
            if self.instance.country not in dict(choices):
                choices.insert(1, (self.instance.country, self.instance.country))
            field = self.fields["country"]
            label, attrs = field.label, field.widget.attrs
            widget = UnfoldAdminSelectWidget(attrs=attrs, choices=choices)
            self.fields["country"] = forms.ChoiceField(label=label, choices=choices, required=False, widget=widget)

    def clean_currency(self):
        code = (self.cleaned_data.get("currency") or "").strip().upper()
        if code and (len(code) != 3 or not code.isascii() or not code.isalpha()):
            raise forms.ValidationError(_("A currency is three letters, like EUR."))
        return code


class ContactInline(RoomInline):
    model = SupplierContact
    fields = ("name", "role", "email", "phone")


class SupplierItemInline(RoomInline):
    """What they sell."""

    model = SupplierItem
    autocomplete_fields = ("item",)
    fields = ("item", "sku", "pack_size", "price", "minimum_packs", "lead_days", "preferred")
    show_change_link = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("item", "supplier")


def keep_preferred(formset) -> None:
    """After a table of suppliers' items was stored: what was ticked is preferred, and nothing else of its item."""
    if formset.model is SupplierItem:
        touched = [*formset.new_objects, *(record for record, _names in formset.changed_objects)]
        for source in touched:
            if source.preferred:
                suppliers.prefer(source)
        for source in (*touched, *formset.deleted_objects):
            stock.needs_changed(source.item)


def new_order(request, supplier) -> str:
    order = PurchaseOrder(workspace=supplier.workspace, supplier=supplier)
    return reverse("admin:inventory_purchaseorder_change", args=[orders.open_draft(order, request.user).pk])


@admin.register(Supplier)
class SupplierAdmin(RoomAdmin):
    form = SupplierForm
    archivable = True
    list_display = ("code", "name", "email", "phone", "stars", "delivers")
    list_display_links = ("code", "name")
    list_filter = ("rating",)
    search_fields = ("code", "name", "email", "contacts__name", "items__sku", "items__item__code", "items__item__name")
    search_help_text = _("Code, name, contact or what they sell")
    inlines = (SupplierItemInline, ContactInline)
    readonly_fields = ("code", "created_at")
    fieldsets = (
        (None, {"fields": (("code", "name"), ("email", "phone"), ("address", "website"), ("country", "vat_number"))}),
        (_("Buying there"), {"fields": (("customer_number", "rating"), ("lead_days", "minimum_order"),
                                        ("currency", "language"), ("payment_days", "terms"), "notes")}),
    )  # fmt: skip
    add_fieldsets = (
        (None, {"fields": ("name", ("email", "phone"), "address", ("country", "vat_number"))}),
        (_("Buying there"), {"fields": (("lead_days", "minimum_order"), ("customer_number", "terms"),
                                        ("currency", "language"))}),
    )  # fmt: skip
    change_form_outer_after_template = "admin/inventory/supplier.html"
    empty_text = _("Whom you buy from. With what they sell, at which price and how fast, orders write themselves.")
    empty_icon = "local_shipping"
    verbs = (
        Verb("order", _("New order"), new_order, "inventory.add_purchaseorder",
             lambda supplier: supplier.archived_at is None, primary=True, icon="add_shopping_cart"),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/purchasing.css",)}

    list_before_template = "admin/accounts/import_links.html"

    def get_fieldsets(self, request, obj=None):
        sets = super().get_fieldsets(request, obj)
        return without_vat(sets) if has_sales_tax(request.workspace.country) else sets

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {**import_links(request, "suppliers"), **(extra_context or {})})

    def create(self, request, obj):
        suppliers.register(obj, request.user)

    def archive(self, request, obj):
        suppliers.archive(obj, request.user)

    def restore(self, request, obj):
        suppliers.restore(obj, request.user)

    def get_inlines(self, request, obj):
        return () if obj is None else self.inlines

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        keep_preferred(formset)

    def response_add(self, request, obj, post_url_continue=None):
        """Straight on to the page where what they sell is entered; a small window just closes."""
        if "_popup" in request.POST or "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        super().response_add(request, obj, post_url_continue)  # says that it is stored
        return HttpResponseRedirect(reverse("admin:inventory_supplier_change", args=[obj.pk]))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["did"] = performance.of(obj)
            context["shows_money"] = request.user.has_perm(SEE_MONEY)
            context["chart"] = _chart(context["did"].months)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        mine = {"supplier__id__exact": obj.pk}
        return [
            to_list("inventory.purchaseorder", icon="shopping_cart", **mine),
            to_list("inventory.receipt", icon="move_to_inbox", order__supplier__id__exact=obj.pk),
            to_list("inventory.supplieritem", icon="sell", **mine),
        ]

    @display(description=_("our rating"), ordering="rating")
    def stars(self, supplier):
        return supplier.get_rating_display() or "–"

    @display(description=_("delivers within (days)"), ordering="lead_days")
    def delivers(self, supplier):
        return supplier.lead_days if supplier.lead_days is not None else "–"


WIDE, HIGH = 600, 120


def _chart(months: list[dict]) -> dict | None:
    """Twelve stacked bars in a box of 600 by 120: what came on time, and on it what came late."""
    most = max((month["on_time"] + month["late"] for month in months), default=0)
    if not most:
        return None
    bars, each = [], WIDE / len(months)
    for place, month in enumerate(months):
        bottom = HIGH
        for kind in ("on_time", "late"):
            height = round(month[kind] / most * (HIGH - 8), 1)
            if height:
                bottom -= height
                box = {"x": round(place * each + 8, 1), "y": round(bottom, 1), "width": each - 16, "height": height}
                bars.append({**box, "kind": kind, "month": month["month"], "count": month[kind]})
    return {"bars": bars, "first": months[0]["month"], "last": months[-1]["month"]}


class PriceBreakInline(RoomInline):
    model = PriceBreak
    fields = ("packs", "price")


@admin.register(SupplierItem)
class SupplierItemAdmin(RoomAdmin):
    list_display = ("item", "supplier", "sku", "pack", "costs", "minimum_packs", "delivers", "preferred")
    list_display_links = ("item", "sku")
    list_select_related = ("item", "supplier__workspace")
    list_filter = ("preferred",)
    search_fields = ("sku", "barcode", "item__code", "item__name", "supplier__name", "supplier__code")
    search_help_text = _("Number, barcode, item or supplier")
    autocomplete_fields = ("item", "supplier")
    inlines = (PriceBreakInline,)
    money_fields = ("costs",)
    fields = (("supplier", "item"), ("sku", "barcode"), ("pack_size", "price"), ("minimum_packs", "lead_days"),
              "preferred")  # fmt: skip
    export_fields = ("item", "supplier", "sku", "barcode", "pack_size", "price", "minimum_packs", "lead_days",
                     "preferred")  # fmt: skip
    empty_text = _("What your suppliers sell, with their numbers, packs and prices: the list orders are written from.")
    empty_icon = "sell"

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None and request.user.has_perm(SEE_MONEY) else ()

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if obj.preferred:
            suppliers.prefer(obj)
        stock.needs_changed(obj.item)

    def response_add(self, request, obj, post_url_continue=None):
        """Back to the item somebody came from to say who sells it."""
        response = super().response_add(request, obj, post_url_continue)
        if request.GET.get("item") and "_popup" not in request.POST and "_addanother" not in request.POST:
            return HttpResponseRedirect(reverse("admin:inventory_item_change", args=[obj.item_id]))
        return response

    def related_links(self, obj):
        return [
            to_record(obj.item, icon="inventory_2"),
            to_record(obj.supplier, icon="local_shipping"),
            to_list("inventory.purchaseorder", icon="shopping_cart", lines__item__id__exact=obj.item_id),
        ]

    @display(description=_("in a pack"), ordering="pack_size")
    def pack(self, source):
        return source.item.amount(source.pack_size)

    @display(description=_("price per pack"), ordering="price")
    def costs(self, source):
        return money_filter(source.price, source.supplier.pays_in)

    @display(description=_("delivers within (days)"))
    def delivers(self, source):
        return sources.lead_days(source)
