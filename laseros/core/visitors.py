"""Where a request comes from."""

import ipaddress

from django.conf import settings


def address_of(request) -> str:
    """The address of whoever asks, as the first of our own proxies saw it; "" where nobody can say.

    Each proxy adds at the end of X-Forwarded-For whom it heard, so what counts are the last `TRUSTED_PROXIES`; before
    them stands whatever the visitor wrote.
    """
    heard = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted = settings.TRUSTED_PROXIES
    said = heard[-trusted] if trusted and len(heard) >= trusted else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return ""
