"""One's own PIN, set where one is logged in with a password: asked for again, so that nobody sets somebody else's."""

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.floor_keys import pins
from accounts.forms import take_refusal
from laseros.core.errors import Refused

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("New PIN"), min_length=pins.SHORTEST, max_length=pins.LONGEST, strip=True,
        help_text=_("Four to six digits, not 1234 and not your birthday"), widget=forms.PasswordInput(attrs=DIGITS),
    )  # fmt: skip
    again = forms.CharField(
        label=_("The same again"), max_length=pins.LONGEST, widget=forms.PasswordInput(attrs=DIGITS)
    )

    def clean(self):
        asked = super().clean()
        if {"pin", "again"} <= set(asked) and asked["pin"] != asked["again"]:
            self.add_error("again", _("The two are not the same."))
        return asked


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_pin(request):
    if request.membership is None:
        raise PermissionDenied
    return _own_pin(request)


@reauthentication_required
def _own_pin(request):
    form = PinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            pins.set_pin(request.membership, form.cleaned_data["pin"])
        except Refused as refusal:
            take_refusal(form, refusal)
        else:
            messages.success(request, _("Your PIN is set. With it you take over a shop tablet."))
            return redirect("home")
    has_one = getattr(request.membership, "pin", None) is not None
    context = {"form": form, "has_one": has_one}
    return render(request, "account/pin.html", context, status=422 if form.is_bound else 200)
