"""What a client decides about a quote. The name is asked again, because it stands under the decision."""

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Quote

NAME = Quote._meta.get_field("decided_by").max_length
REASON = Quote._meta.get_field("decline_reason").max_length


class AcceptForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=NAME)
    agree = forms.BooleanField(
        label=_("I accept the terms and order what is offered here"),
        error_messages={"required": _("Please tick this box if you want to order.")},
    )


class AskForm(forms.Form):
    title = forms.CharField(label=_("What is it for?"), max_length=160, required=False)
    note = forms.CharField(
        label=_("What else should we know?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OrderForm(AskForm, AcceptForm):
    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    sees_money = forms.BooleanField(label=_("sees prices, quotes and invoices"), required=False, initial=True)
    may_order = forms.BooleanField(label=_("may order and accept"), required=False)


class ApproveForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=NAME)


class ChangeForm(ApproveForm):
    reason = forms.CharField(
        label=_("What should be different?"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 3})
    )


class DeclineForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=NAME)
    reason = forms.CharField(
        label=_("What made you decide against it?"),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A few words help us do better: price, time, something we misunderstood."),
    )
