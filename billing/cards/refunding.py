"""The office pays a card payment back: booked once, and told to the provider under a key that counts once there too."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.cards import providers
from billing.cards.giving_back import give_back
from billing.cards.setting_up import secret_of
from billing.models import Invoice, Payment, PaymentAttempt, ProviderAccount
from billing.payments import settling
from billing.states import PAYMENT_ATTEMPT
from laseros.core.errors import Refused
from laseros.core.money import show
from laseros.core.retry import retried


@retried
@transaction.atomic
def refund(attempt: PaymentAttempt, by=None, amount: Decimal | None = None, once: str = "") -> PaymentAttempt:
    """A part of it, or all that is left. Whatever the provider refuses is not booked either; `once`: what a form that
    was sent twice says both times."""
    settling.held(Invoice(pk=attempt.invoice_id))
    attempt = PaymentAttempt.objects.select_for_update().get(pk=attempt.pk)
    if attempt.state != "paid":
        PAYMENT_ATTEMPT.move(attempt, "refund")  # says how it stands
    account = ProviderAccount.objects.filter(kind=attempt.provider).first()
    provider = providers.online(account)
    if provider is None:
        raise Refused(_("It was paid through a provider that is not set up any more."), code="off")
    amount = attempt.left if amount is None else amount
    if amount > attempt.left:
        left = show(attempt.left, attempt.currency, attempt.workspace.locale)
        raise Refused(
            _("Only %(left)s of it has not gone back yet.") % {"left": left}, code="over-refund", field="amount"
        )
    key = f"card:{attempt.pk}:back:{once or attempt.refunded}"
    if Payment.objects.filter(key=key).exists():
        return attempt
    give_back(attempt, amount, key, by)
    try:
        provider.refund(attempt.reference, amount, attempt.currency, key, secret_of(account))
    except OSError as error:
        raise Refused(_("The provider cannot be reached. Nothing was booked."), code="unreachable") from error
    return attempt
