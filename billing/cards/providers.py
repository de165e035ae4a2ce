"""The providers there are, by the name an account has of them, and which of them may be used here."""

from django.conf import settings

from billing.cards.contract import Provider
from billing.cards.manual import Manual
from billing.cards.simulated import Simulated
from billing.models import ProviderAccount

PROVIDERS: dict[str, Provider] = {"manual": Manual(), "simulated": Simulated()}


def is_allowed(kind: str) -> bool:
    """Nobody pays a real shop with simulated money."""
    return kind != ProviderAccount.Kind.SIMULATED or settings.SIMULATED_CARDS


def online(account: ProviderAccount | None) -> Provider | None:
    """The provider behind an account, if one may pay through it."""
    if account is None or not is_allowed(account.kind):
        return None
    provider = PROVIDERS[account.kind]
    return provider if provider.is_online else None
