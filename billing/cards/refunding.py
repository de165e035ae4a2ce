"""The office pays a card payment back: booked once, and told to the provider under a key that counts once there too."""

from django.db import transaction
from django.utils.translation import gettext as _

from billing.cards import providers
from billing.cards.giving_back import give_back
from billing.cards.setting_up import secret_of
from billing.models import Invoice, PaymentAttempt, ProviderAccount
from billing.payments import settling
from billing.states import PAYMENT_ATTEMPT
from laseros.core.errors import Refused
from laseros.core.retry import retried


@retried
@transaction.atomic
def refund(attempt: PaymentAttempt, by=None) -> PaymentAttempt:
    """All of it. Whatever the provider refuses is not booked either."""
    settling.held(Invoice(pk=attempt.invoice_id))
    attempt = PaymentAttempt.objects.select_for_update().get(pk=attempt.pk)
    if attempt.state != "paid":
        PAYMENT_ATTEMPT.move(attempt, "refund")  # says how it stands
    account = ProviderAccount.objects.filter(kind=attempt.provider).first()
    provider = providers.online(account)
    if provider is None:
        raise Refused(_("It was paid through a provider that is not set up any more."), code="off")
    give_back(attempt, by)
    key = f"card:{attempt.pk}:refund"
    try:
        provider.refund(attempt.reference, attempt.amount, attempt.currency, key, secret_of(account))
    except OSError as error:
        raise Refused(_("The provider cannot be reached. Nothing was booked."), code="unreachable") from error
    return attempt
