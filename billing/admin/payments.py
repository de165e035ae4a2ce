"""Payments in the back office: what came in, for what. Booked from the invoice, read here."""

from django.contrib import admin
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, to_record
from accounts.day_filter import BetweenDays
from billing.admin.documents import amount
from billing.models import Invoice, Payment


@admin.register(Payment)
class PaymentAdmin(RoomAdmin):
    list_display = ("number", "kind", "client", "settles", "amount_shown", "received_on", "method", "reference")
    list_select_related = ("client",)
    list_filter = ("kind", "method", ("received_on", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "reference", "client__name", "client__code", "allocations__invoice__number")
    search_help_text = _("Number, reference, client or invoice")
    money_fields = ("amount_shown",)
    fields = (
        ("number", "kind", "client"),
        ("amount_shown", "received_on", "method"),
        "reference",
        "settles",
        ("by", "created_at"),
    )
    readonly_fields = ("number", "kind", "client", "amount_shown", "received_on", "method", "reference", "settles",
                       "by", "created_at")  # fmt: skip
    export_fields = ("number", "kind", "client", "received_on", "method", "reference", "currency", "amount")
    empty_text = _("Payments are recorded on their invoice and appear here.")
    empty_icon = "payments"

    def get_queryset(self, request):
        invoices = Invoice.objects.only("workspace", "number")  # without all that is frozen in them
        return super().get_queryset(request).prefetch_related(Prefetch("allocations__invoice", invoices))

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "allocations__invoice__id__exact" or super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def related_links(self, obj):
        invoices = [to_record(part.invoice, icon="receipt_long") for part in obj.allocations.all()]
        return [*invoices, to_record(obj.client, icon="groups")]

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, payment):
        return amount(payment.amount, payment.currency)

    @display(description=_("for"))
    def settles(self, payment):
        return ", ".join(str(part.invoice) for part in payment.allocations.all())
