"""A business's account with a provider, and the secret its messages are signed with, sealed as access data are."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import ProviderAccount
from laseros.core.retry import retried
from machines import sealing


def new_account(account: ProviderAccount) -> ProviderAccount:
    """Give an account that is not stored yet a secret of its own; the provider's is entered when it is known."""
    account.sealed = _sealed(secrets.token_urlsafe(32))
    return account


@retried
@transaction.atomic
def keep_secret(account: ProviderAccount, secret: str, by=None) -> None:
    """What the provider says its messages are signed with. It is never shown again. Empty: a new one of ours."""
    ProviderAccount.objects.filter(pk=account.pk).update(sealed=_sealed(secret.strip() or secrets.token_urlsafe(32)))
    activity.record("changed", account, by, details={"what": _("signing secret")})


def secret_of(account: ProviderAccount) -> str:
    """ "" where it cannot be opened any more: then nothing is signed rightly, and it is entered again."""
    return sealing.opened(account.sealed).get("secret", "")


def _sealed(secret: str) -> str:
    return sealing.sealed({"secret": secret})
