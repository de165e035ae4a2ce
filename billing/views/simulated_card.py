"""The page of the simulated provider: what a bank and a card would decide is decided by a button."""

import secrets
import time
from decimal import Decimal
from io import BytesIO

from django import forms
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods
from django_scopes import scope, scopes_disabled

from billing.cards import providers, signing, simulated
from billing.cards.contract import Said, What
from billing.cards.setting_up import secret_of
from billing.models import PaymentAttempt, ProviderAccount
from laseros.core.money import cents, show

# What each button makes of the payment.
OUTCOMES = {"succeed": What.PAID, "fail": What.FAILED, "cancel": What.FAILED, "refund": What.REFUNDED}
KIND = ProviderAccount.Kind.SIMULATED


class RefundForm(forms.Form):
    """How much of a payment goes back; nothing said is all that is left."""

    amount = forms.DecimalField(label=pgettext_lazy("money", "Amount"), max_digits=16, decimal_places=4, required=False)

    def __init__(self, data, attempt: PaymentAttempt):
        super().__init__(data)
        self.attempt = attempt
        self.fields["amount"].initial = cents(attempt.left, attempt.currency)

    def clean_amount(self):
        left, amount = self.attempt.left, self.cleaned_data["amount"]
        amount = left if amount is None else amount
        if not 0 < amount <= left or amount != cents(amount, self.attempt.currency):
            whole = show(left, self.attempt.currency, self.attempt.workspace.locale)
            raise forms.ValidationError(_("An amount up to %(left)s, in whole cents.") % {"left": whole})
        return amount


@require_http_methods(["GET", "HEAD", "POST"])
def page(request, reference):
    account, attempt = _found(reference)
    back = _back(request)
    with scope(workspace=account.workspace), translation.override(account.workspace.language):
        request.workspace, request.LANGUAGE_CODE = account.workspace, account.workspace.language
        outcome = OUTCOMES.get(request.POST.get("outcome", ""))
        form = RefundForm(request.POST if outcome == What.REFUNDED else None, attempt)
        if request.method == "POST" and outcome is not None and (not form.is_bound or form.is_valid()):
            # A provider says of a refund how much has gone back altogether.
            amount = attempt.refunded + form.cleaned_data["amount"] if form.is_bound else attempt.amount
            _write_to_us(account, attempt, outcome, amount)
            return redirect(back)
        context = {"attempt": attempt, "back": back, "form": form}
        response = render(request, "billing/simulated_card.html", context, status=422 if form.is_bound else 200)
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _found(reference: str) -> tuple[ProviderAccount, PaymentAttempt]:
    with scopes_disabled():
        rows = PaymentAttempt.objects.select_related("invoice", "workspace")
        attempt = rows.filter(reference=reference, provider=KIND, workspace__is_active=True).first()
        account = attempt and ProviderAccount.objects.filter(workspace=attempt.workspace_id, kind=KIND).first()
    if not account or not providers.is_allowed(KIND):
        raise Http404
    account.workspace = attempt.workspace
    return account, attempt


def _back(request) -> str:
    wanted = request.GET.get("back", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse("portal:home")


def _write_to_us(account: ProviderAccount, attempt: PaymentAttempt, what: What, amount: Decimal) -> None:
    """Through the door a provider uses, signed. Both ends are this program, so no wire lies between them."""
    said = Said(f"sim_{secrets.token_hex(12)}", what, attempt.reference, amount, attempt.currency)
    body, path = simulated.message(said), reverse("pay:hook", args=[account.token])
    asked = WSGIRequest(
        {
            "REQUEST_METHOD": "POST", "PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body),
            "HTTP_" + signing.HEADER.upper().replace("-", "_"): signing.sign(
                body, secret_of(account), int(time.time())
            ),
        }
    )  # fmt: skip
    door = resolve(path)
    door.func(asked, *door.args, **door.kwargs)
