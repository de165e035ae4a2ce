"""Card payments in the back office: who was on the way to pay, what the provider said, and the account with it."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from billing import cards
from billing.admin.documents import amount
from billing.admin.money_forms import CardBackForm
from billing.cards import providers
from billing.models import PaymentAttempt, ProviderAccount, ProviderEvent

RECEIVE = "billing.receive_payment"
ATTEMPT_COLOURS = {"opened": "info", "superseded": "", "failed": "danger", "paid": "success", "refunded": "warning"}
EVENT_COLOURS = {"waiting": "info", "applied": "success", "left": "", "matter": "danger", "settled": ""}


class ReadOnly(RoomAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class NoteForm(forms.Form):
    note = forms.CharField(label=_("What was done"), max_length=300)


def _refund(request, attempt, once, amount):
    cards.refund(attempt, request.user, amount, f"{once}")


class SecretForm(forms.Form):
    secret = forms.CharField(
        label=_("Signing secret"), max_length=200, required=False, 
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("As the provider shows it. Empty: a new one is made. It is kept sealed and never shown again."),
    )  # fmt: skip


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(ReadOnly):
    list_display = ("created_at", "invoice_number", "client", "amount_shown", "state_shown", "payment", "reference")
    list_display_links = ("created_at",)
    list_select_related = ("invoice__client", "payment")
    list_reads = ("created_at", "invoice", "invoice__number", "invoice__client", "invoice__client__name",
                  "invoice__client__code", "amount", "currency", "state", "payment", "payment__number",
                  "reference")  # fmt: skip
    list_filter = ("state", ("created_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("invoice__number", "invoice__client__name", "invoice__client__code", "reference",
                     "payment__number")  # fmt: skip
    search_help_text = _("Invoice, client, reference or payment")
    money_fields = ("amount_shown", "refunded_shown")
    fields = (("created_at", "invoice", "state_word"), ("amount_shown", "refunded_shown", "payment"),
              ("reference", "provider"))  # fmt: skip
    readonly_fields = ("created_at", "invoice", "state_word", "amount_shown", "refunded_shown", "payment", "reference",
                       "provider")  # fmt: skip
    export_fields = (
        "created_at",
        "invoice",
        "currency",
        "amount",
        "refunded",
        "state",
        "payment",
        "provider",
        "reference",
    )
    empty_text = _("When a client pays an invoice online, it appears here with what became of it.")
    empty_icon = "credit_card"
    list_before_template = "admin/billing/card_links.html"
    verbs = (
        Verb("refund", _("Pay it back"), _refund, RECEIVE,
             lambda attempt: attempt.state == "paid", form=CardBackForm, dangerous=True, icon="undo",
             done=_("It is paid back and booked.")),
    )  # fmt: skip

    def related_links(self, obj):
        return [
            to_record(obj.invoice, icon="receipt_long"),
            to_record(obj.payment, icon="payments"),
            to_list("billing.providerevent", icon="inbox", attempt__id__exact=obj.pk),
        ]

    @display(description=_("invoice"), ordering="invoice__number")
    def invoice_number(self, attempt):
        return attempt.invoice.number

    @display(description=_("client"), ordering="invoice__client__name")
    def client(self, attempt):
        return attempt.invoice.client

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, attempt):
        return amount(attempt.amount, attempt.currency)

    @display(description=_("paid back of it"))
    def refunded_shown(self, attempt):
        return amount(attempt.refunded, attempt.currency) if attempt.refunded else "–"

    @display(description=_("state"), ordering="state", label=ATTEMPT_COLOURS)
    def state_shown(self, attempt):
        return attempt.state, attempt.get_state_display()

    @display(description=_("state"))
    def state_word(self, attempt):
        return attempt.get_state_display()


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnly):
    list_display = ("received_at", "kind", "attempt", "amount_shown", "state_shown", "why", "note")
    list_display_links = ("received_at",)
    list_select_related = ("attempt__invoice",)
    list_reads = ("received_at", "kind", "attempt", "attempt__reference", "attempt__invoice",
                  "attempt__invoice__number", "amount", "currency", "state", "why", "note")  # fmt: skip
    list_filter = ("state", "kind", ("received_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("event_id", "reference", "attempt__invoice__number")
    search_help_text = _("Number of the message, reference or invoice")
    money_fields = ("amount_shown",)
    fields = (("received_at", "kind", "state_word"), ("attempt", "amount_shown"), ("why", "note"),
              ("event_id", "reference"))  # fmt: skip
    readonly_fields = ("received_at", "kind", "state_word", "attempt", "amount_shown", "why", "note", "event_id",
                       "reference")  # fmt: skip
    export_fields = ("received_at", "event_id", "kind", "attempt", "reference", "currency", "amount", "state", "why",
                     "note")  # fmt: skip
    empty_text = _("What the card provider writes appears here, each message once.")
    empty_icon = "inbox"
    verbs = (
        Verb("settle", _("Dealt with"), lambda request, event, note: cards.settle(event, note, request.user), RECEIVE,
             lambda event: event.state == "matter", form=NoteForm, primary=True, icon="check",
             done=_("It is noted what was done.")),
    )  # fmt: skip

    def related_links(self, obj):
        return [to_record(obj.attempt, icon="credit_card"),
                to_record(obj.attempt.invoice, icon="receipt_long") if obj.attempt else None]  # fmt: skip

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, event):
        return amount(event.amount, event.currency)

    @display(description=_("state"), ordering="state", label=EVENT_COLOURS)
    def state_shown(self, event):
        return event.state, event.get_state_display()

    @display(description=_("state"))
    def state_word(self, event):
        return event.get_state_display()


class AccountForm(forms.ModelForm):
    """The simulated provider is offered only where nobody could take it for a real one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            allowed = [(kind, label) for kind, label in ProviderAccount.Kind.choices if providers.is_allowed(kind)]
            self.fields["kind"].choices = allowed


@admin.register(ProviderAccount)
class ProviderAccountAdmin(RoomAdmin):
    """One row: the list leads to it."""

    form = AccountForm
    fields = (("kind", "is_on"), "hook_address")
    readonly_fields = ("hook_address",)
    exports = False
    empty_text = _("Through whom your clients pay invoices online. Without it they pay as the invoice says.")
    empty_icon = "contactless"
    verbs = (
        Verb("secret", _("Enter the signing secret"),
             lambda request, account, secret: cards.keep_secret(account, secret, request.user),
             "billing.change_provideraccount", form=SecretForm, icon="key", done=_("The secret is kept.")),
    )  # fmt: skip

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not ProviderAccount.objects.exists()

    def changelist_view(self, request, extra_context=None):
        account = ProviderAccount.objects.first()
        if account is not None and self.has_view_permission(request):
            return redirect(reverse("admin:billing_provideraccount_change", args=[account.pk]))
        return super().changelist_view(request, extra_context)

    def create(self, request, obj):
        super().create(request, cards.new_account(obj))

    def related_links(self, obj):
        return [to_list("billing.paymentattempt", icon="credit_card")]

    @display(description=_("where the provider writes to"))
    def hook_address(self, account):
        path = reverse("pay:hook", args=[account.token])
        return settings.BASE_URL.rstrip("/") + path if account.pk else "–"
