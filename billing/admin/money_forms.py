"""What is asked when money is booked: received, paid back, written off, taken back."""

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.back_office import OnceForm
from billing import payments
from billing.admin.documents import amount
from billing.models import ExchangeRate, Invoice, Payment
from billing.states import OWED
from crm.families import family
from laseros.core.money import cents


def _amount_field():
    return forms.DecimalField(label=pgettext_lazy("money", "Amount"), max_digits=16, decimal_places=4)


class PaymentForm(OnceForm):
    for_record = True
    remembers = False  # payments ask by themselves, whoever booked the other
    amount = forms.DecimalField(label=pgettext_lazy("money", "Amount"), max_digits=16, decimal_places=4)
    received_on = forms.DateField(label=_("Received"), widget=forms.DateInput)
    method = forms.ChoiceField(label=pgettext_lazy("payment", "How"), choices=Payment.Method.choices)
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)
    keep = forms.BooleanField(label=_("Yes, more than is owed: the rest is the client’s credit"), required=False)
    again = forms.BooleanField(label=_("Yes, this is another payment: book it too"), required=False)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        # Asked only when there is one like it, or too much.
        self.questions = {"again": self.fields["again"], "over-balance": self.fields["keep"]}
        for name in ("again", "keep"):
            if name not in self.data:
                del self.fields[name]
        balance = amount(record.balance, record.currency)
        self.fields["amount"].initial = cents(record.balance, record.currency)
        self.fields["amount"].help_text = _("Still to be paid: %(balance)s") % {"balance": balance}
        self.fields["received_on"].initial = timezone.localdate

    def refused(self, refusal):
        if refusal.code in self.questions:
            self.fields["keep" if refusal.code == "over-balance" else "again"] = self.questions[refusal.code]


class RefundForm(OnceForm):
    for_record = True
    amount = forms.DecimalField(label=pgettext_lazy("money", "Amount"), max_digits=16, decimal_places=4)
    paid_on = forms.DateField(label=_("Paid back on"), widget=forms.DateInput)
    method = forms.ChoiceField(label=pgettext_lazy("payment", "How"), choices=Payment.Method.choices)
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        surplus = amount(record.surplus, record.currency)
        self.fields["amount"].initial = cents(record.surplus, record.currency)
        self.fields["amount"].help_text = _("Paid too much: %(surplus)s") % {"surplus": surplus}
        self.fields["paid_on"].initial = timezone.localdate


class WriteOffForm(OnceForm):
    for_record = True
    amount = _amount_field()
    day = forms.DateField(label=_("Day"), widget=forms.DateInput)
    reason = forms.ChoiceField(label=_("Reason"), choices=Payment.Reason.choices)
    explanation = forms.CharField(label=_("In words"), max_length=120)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = cents(record.balance, record.currency)
        balance = amount(record.balance, record.currency)
        self.fields["amount"].help_text = _("Still to be paid: %(balance)s") % {"balance": balance}
        self.fields["day"].initial = timezone.localdate


class CreditBackForm(OnceForm):
    """Of one payment what no invoice has used."""

    for_record = True
    amount = _amount_field()
    paid_on = forms.DateField(label=_("Paid back on"), widget=forms.DateInput)
    method = forms.ChoiceField(label=pgettext_lazy("payment", "How"), choices=Payment.Method.choices)
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = cents(record.unused, record.currency)
        self.fields["paid_on"].initial = timezone.localdate


class CardBackForm(OnceForm):
    """What of a card payment goes back to the card."""

    for_record = True
    amount = _amount_field()

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = cents(record.left, record.currency)
        self.fields["amount"].help_text = _(
            "It goes back to the card. What it had settled is open again, unless it was credited."
        )


class ReverseForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput, initial=timezone.localdate)
    reason = forms.CharField(
        label=_("Reason"), max_length=120, help_text=_("Bounced, booked twice, for another client …")
    )


class ClientPaymentForm(OnceForm):
    """One payment of a client over several invoices; what is beyond them is their credit."""

    for_record = True
    amount = _amount_field()
    received_on = forms.DateField(label=_("Received"), widget=forms.DateInput)
    method = forms.ChoiceField(label=pgettext_lazy("payment", "How"), choices=Payment.Method.choices)
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    invoices = forms.MultipleChoiceField(
        label=_("For these invoices"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The first to be due is settled first; what is left over is the client’s credit."),
    )  # fmt: skip

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Invoice.objects.filter(client__in=family(record), state__in=OWED).order_by(*payments.OPEN_FIRST)[:100]
        self.rows = {str(row.pk): row for row in rows.defer("frozen")}
        own = record.workspace.currency
        currencies = sorted({own, *(row.currency for row in self.rows.values())}, key=lambda code: (code != own, code))
        self.fields["currency"].choices = [(code, code) for code in currencies]
        if len(currencies) == 1:
            self.fields["currency"].widget = forms.HiddenInput()
            self.fields["currency"].initial = own
        self.fields["invoices"].choices = [
            (pk, f"{row.number}: {amount(row.balance, row.currency)}") for pk, row in self.rows.items()
        ]
        self.fields["received_on"].initial = timezone.localdate

    def chosen(self, pks) -> list[Invoice]:
        """In the order they are to be settled in."""
        return [row for pk, row in self.rows.items() if pk in set(pks)]

    def clean_invoices(self):
        return self.chosen(self.cleaned_data["invoices"])


class CurrencyForm(forms.Form):
    for_record = True
    currency = forms.ChoiceField(label=_("Currency"), help_text=_("Those you have a rate for"))

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        known = set(ExchangeRate.objects.values_list("currency", flat=True)) | {record.workspace.currency}
        others = sorted(known - {record.currency})
        self.fields["currency"].choices = [(code, code) for code in others]
        if not others:
            self.fields["currency"].help_text = format_html(
                '{} <a class="lo-link" href="{}">{}</a>', _("You have no rate yet."),
                reverse("admin:billing_exchangerate_add"), _("Write down what one is worth"),
            )  # fmt: skip
