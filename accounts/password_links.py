"""The link with which a person chooses a password: made when the message leaves, kept nowhere."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.models import User

# What stands in a message until it is sent. Whoever looks at the outbox sees this and no link.
PLACE = "[[link-to-choose-a-password]]"


def link_for(user: User) -> str:
    """Valid once and for `PASSWORD_RESET_TIMEOUT`, three days."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.BASE_URL.rstrip("/") + reverse("account_reset_password_from_key", kwargs=key)


def fill(text: str, email: str) -> str:
    """`text` with the addressee's own link. Raises when the address has no account any more."""
    if PLACE not in text:
        return text
    user = User.objects.get(email__iexact=email, is_active=True)
    return text.replace(PLACE, link_for(user))
