"""What came: read, traced, and sent back where it was wrong."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import OnceForm, Related, RoomAdmin, RoomInline, Verb, to_record
from accounts.day_filter import BetweenDays
from accounts.labelled import labels_url
from inventory.labels import formats
from inventory.lots_admin import trace_link
from inventory.models import Receipt, ReceiptLine
from inventory.purchasing import receiving, stocking
from laseros.core.stored import opened
from laseros.core.templatetags.laseros import money_filter, number

COLOURS = {"stocked": "success", "aside": "danger", "returned": ""}


class ArrivedInline(RoomInline):
    model = ReceiptLine
    fields = ("item", "amount", "state_word", "costs", "heat", "made", "paper", "reason")
    readonly_fields = fields
    money_fields = ("costs",)
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("line__item", "line__order")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return self._without_money(request, self.fields)

    @display(description=_("item"))
    def item(self, row):
        url = reverse("admin:inventory_item_change", args=[row.line.item_id])
        return format_html('<a class="lo-address" href="{}">{}</a>', url, row.line.item)

    @display(description=_("quantity"))
    def amount(self, row):
        words = row.line.item.amount(row.quantity)
        return f"{words} (+{number(row.over)})" if row.over else words

    @display(description=_("state"))
    def state_word(self, row):
        back = f" · {number(row.returned)} {_('sent back')}" if row.returned and row.state != "returned" else ""
        return f"{row.get_state_display()}{back}"

    @display(description=_("lots"))
    def made(self, row):
        lots = list(stocking.lots_of(row)[:20])
        links = ((reverse("admin:inventory_lot_change", args=[lot.pk]), lot.code) for lot in lots)
        return format_html_join(", ", '<a class="lo-address" href="{}">{}</a>', links) if lots else "–"

    @display(description=_("price per pack"))
    def costs(self, row):
        return money_filter(row.pack_price, row.line.order.currency)

    @display(description=_("certificate"))
    def paper(self, row):
        if not row.certificate:
            return "–"
        url = reverse("admin:inventory_receipt_certificate", args=[row.pk])
        return format_html('<a class="lo-address" href="{}">{}</a>', url, _("Certificate"))


class BackForm(OnceForm):
    """Which line of what came goes back, how much of it, and why."""

    for_record = True
    row = forms.ModelChoiceField(queryset=None, label=_("What"), empty_label=None)
    quantity = forms.DecimalField(label=_("quantity"), min_value=0, max_digits=14, decimal_places=3)
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        rows = record.lines.exclude(state="returned").select_related("line__item")
        self.fields["row"].queryset = rows
        aside = next((row for row in rows if row.state == "aside"), None)
        if aside is not None:
            self.fields["row"].initial = aside.pk
            self.fields["quantity"].initial = aside.quantity - aside.returned
            self.fields["reason"].initial = aside.reason


def send_back(request, receipt, *, once, row, quantity, reason) -> None:
    receiving.send_back(row, quantity, key=once, by=request.user, reason=reason)


@admin.register(Receipt)
class ReceiptAdmin(RoomAdmin):
    list_display = ("received_on", "order", "supplier_name", "delivery_note", "what", "by")
    list_display_links = ("received_on", "order")
    list_select_related = ("order__supplier", "by")
    list_filter = (("received_on", BetweenDays),)
    list_filter_submit = True
    search_fields = ("order__number", "order__supplier__name", "delivery_note", "lines__heat",
                     "lines__line__item__code", "lines__line__item__name")  # fmt: skip
    search_help_text = _("Order, supplier, delivery note, item or heat number")
    fields = (("order", "received_on"), ("delivery_note", "by"), "note")
    readonly_fields = ("order", "received_on", "delivery_note", "by", "note")
    export_fields = ("received_on", "order", "delivery_note", "note", "by")
    inlines = (ArrivedInline,)
    empty_text = _("What comes of your orders is taken in on the order's page and stands here.")
    empty_icon = "move_to_inbox"
    verbs = (
        Verb("send-back", _("Send back"), send_back, "inventory.receive_purchaseorder",
             lambda receipt: receipt.lines.exclude(state="returned").exists(), form=BackForm,
             confirm=_("What was taken into stock is booked out; what was set aside only leaves the house."),
             done=_("Sent back."), icon="undo"),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("lines__line__item")

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "order__supplier__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_urls(self):
        view = self.admin_site.admin_view(self.certificate_view)
        return [path("certificate/<int:pk>/", view, name=f"{self.page_name}_certificate"), *super().get_urls()]

    def certificate_view(self, request, pk):
        """Always a download: what a supplier sent is never shown as a page of ours."""
        row = ReceiptLine.objects.filter(pk=pk).exclude(certificate="").first()
        if row is None:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        name = row.certificate.name.rsplit("/", 1)[-1]
        try:
            response = FileResponse(opened(row.certificate), as_attachment=True, filename=name)
        except FileNotFoundError:
            raise Http404 from None
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def related_links(self, obj):
        made = [lot.pk for lot in stocking.lots_of_all(obj)][: formats.MOST_LABELS]
        labels = Related(str(_("Print their labels")), labels_url("lot", *made), "qr_code_2", "inventory.view_lot")
        return [
            labels if made else None,
            to_record(obj.order, icon="shopping_cart"),
            to_record(obj.order.supplier, icon="local_shipping"),
            trace_link(f"po:{obj.order_id}"),
        ]

    @display(description=_("supplier"), ordering="order__supplier__name")
    def supplier_name(self, receipt):
        return receipt.order.supplier.name

    @display(description=_("what"))
    def what(self, receipt):
        rows = list(receipt.lines.all())
        names = ", ".join(row.line.item.code for row in rows[:3])
        return f"{names} …" if len(rows) > 3 else names
