"""Payments in the back office: what came in, for what. Booked from the invoice, read here."""

from django import forms
from django.contrib import admin
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from accounts.back_office import RoomAdmin, Verb, to_record
from accounts.day_filter import BetweenDays
from billing import payments
from billing.admin.documents import amount, to_seals
from billing.admin.money_forms import CreditBackForm, ReverseForm
from billing.models import BankLine, ExchangeRate, Invoice, Payment
from laseros.core.templatetags.laseros import number


def _refund_credit(request, payment, once, **facts):
    payments.refund_credit(payment, facts.pop("amount"), key=f"office:{once}", by=request.user, **facts)


def _reverse(request, payment, day, reason):
    back = payments.reverse(payment, day=day, reason=reason, by=request.user)
    return reverse("admin:billing_payment_change", args=[back.pk])


class UnusedFilter(admin.SimpleListFilter):
    title = pgettext_lazy("money", "credit")
    parameter_name = "credit"

    def lookups(self, request, model_admin):
        return [("yes", _("with unused credit"))]

    def queryset(self, request, queryset):
        return queryset.filter(unused__gt=0) if self.value() == "yes" else queryset


@admin.register(Payment)
class PaymentAdmin(RoomAdmin):
    list_display = ("number", "kind", "client", "settles", "amount_shown", "unused_shown", "received_on", "method",
                    "reference")  # fmt: skip
    list_select_related = ("client",)
    list_reads = ("number", "kind", "client", "client__code", "client__name", "currency", "amount", "unused",
                  "received_on", "method", "reference")  # fmt: skip
    list_filter = ("kind", UnusedFilter, "method", ("received_on", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "reference", "client__name", "client__code", "allocations__invoice__number")
    search_help_text = _("Number, reference, client or invoice")
    money_fields = ("amount_shown", "unused_shown", "gain_shown")
    fields = (
        ("number", "kind", "client"),
        ("amount_shown", "unused_shown"),
        ("received_on", "method"),
        ("reason", "reference"),
        ("settles", "taken_back"),
        ("rate_shown", "gain_shown"),
        ("by", "created_at"),
    )
    readonly_fields = ("number", "kind", "client", "amount_shown", "unused_shown", "received_on", "method", "reason",
                       "reference", "settles", "taken_back", "rate_shown", "gain_shown", "by",
                       "created_at")  # fmt: skip
    verbs = (
        Verb("refund", _("Pay the rest back"), _refund_credit, "billing.receive_payment",
             lambda payment: bool(payment.unused), form=CreditBackForm, primary=True, icon="currency_exchange",
             done=_("What was paid back is booked.")),
        Verb("reverse", _("Take it back"), _reverse, "billing.receive_payment", payments.may_be_reversed,
             form=ReverseForm, dangerous=True, icon="undo",
             done=_("It is taken back by this one. What it had settled is open again.")),
    )  # fmt: skip
    export_fields = ("number", "kind", "client", "received_on", "method", "reason", "reference", "currency", "amount",
                     "unused", "rate")  # fmt: skip
    empty_text = _("Payments are recorded on their invoice and appear here.")
    empty_icon = "payments"

    def get_queryset(self, request):
        invoices = Invoice.objects.only("workspace", "number")  # without all that is frozen in them
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("allocations__invoice", invoices), "allocations__refund")
        )

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "allocations__invoice__id__exact" or super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def related_links(self, obj):
        parts = [part for part in obj.allocations.all() if part.invoice_id]
        invoices = {part.invoice_id: to_record(part.invoice, icon="receipt_long") for part in parts}
        return [
            *invoices.values(),
            *(to_record(part.refund, _("Paid back"), icon="currency_exchange") for part in obj.allocations.all()),
            to_record(BankLine.objects.filter(payment=obj).first(), icon="account_balance"),
            to_record(obj.reverses, _("Takes back"), icon="undo"),
            to_record(getattr(obj, "reversal", None), _("Taken back by"), icon="undo"),
            to_record(obj.client, icon="groups"),
            *to_seals(obj),
        ]

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, payment):
        return amount(payment.amount, payment.currency)

    @display(description=pgettext_lazy("money", "credit"), ordering="unused")
    def unused_shown(self, payment):
        return amount(payment.unused, payment.currency) if payment.unused else "–"

    @display(description=_("for"))
    def settles(self, payment):
        return ", ".join(dict.fromkeys(str(part.invoice or part.refund) for part in payment.allocations.all())) or "–"

    @display(description=_("taken back"))
    def taken_back(self, payment):
        back = getattr(payment, "reversal", None)
        return f"{back.received_on}: {back.reference}" if back else "–"

    @display(description=_("rate"))
    def rate_shown(self, payment):
        """Of another currency than ours."""
        return "–" if payment.currency == payment.workspace.currency else number(payment.rate, most=8)

    @display(description=_("exchange gain or loss"))
    def gain_shown(self, payment):
        gain = sum(part.gain for part in payment.allocations.all())
        return amount(gain, payment.workspace.currency) if gain else "–"


class CurrencyCode(forms.CharField):
    """However it is typed."""

    def to_python(self, value):
        return super().to_python(value).upper()


@admin.register(ExchangeRate)
class ExchangeRateAdmin(RoomAdmin):
    list_display = ("currency", "day", "rate")
    list_display_links = ("currency",)
    list_filter = ("currency", ("day", BetweenDays))
    list_filter_submit = True
    search_fields = ("currency",)
    search_help_text = _("Currency")
    fields = (("currency", "day"), "rate")
    empty_text = _("What one dollar or euro is worth: for invoices in another currency. A rate holds for a week.")
    empty_icon = "currency_exchange"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "currency":
            kwargs["form_class"] = CurrencyCode
        return super().formfield_for_dbfield(db_field, request, **kwargs)
