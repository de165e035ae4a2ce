"""Where a payment provider writes to. It proves itself by its signature; nothing else about the request is believed."""

import logging
import time
import zoneinfo

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_scopes import scope, scopes_disabled

from billing import cards
from billing.cards import providers
from billing.cards.contract import NotTheirs, Unreadable
from billing.cards.setting_up import secret_of
from billing.models import ProviderAccount
from laseros.core.visitors import address_of

log = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024
PER_MINUTE = 120  # from one address; a provider tries again later what was too much


@csrf_exempt
@require_POST
def hook(request, token):
    """200: taken, or nothing to do. 400: not theirs or not readable. 404, 413, 429: as everywhere."""
    if is_too_often(request):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return HttpResponse(status=413)
    account = account_at(token)
    workspace = account.workspace
    with (
        scope(workspace=workspace),
        translation.override(workspace.language),
        timezone.override(zoneinfo.ZoneInfo(workspace.timezone)),
    ):
        try:
            provider = providers.PROVIDERS[account.kind]
            said = provider.read(request.headers, body, secret_of(account), time.time())
        except (NotTheirs, Unreadable) as why:
            log.warning("a message to the card provider's address of %s was not taken: %s", workspace.slug, why)
            return HttpResponse(status=400)
        if said is not None:
            cards.take(account, said)
    return HttpResponse("ok", content_type="text/plain")


def account_at(token: str) -> ProviderAccount:
    """Also where paying online is switched off meanwhile: what was begun before is still being paid."""
    with scopes_disabled():
        rows = ProviderAccount.objects.select_related("workspace").filter(workspace__is_active=True)
        account = rows.filter(token=token).first()
    if account is None or not providers.is_allowed(account.kind):
        raise Http404
    return account


def is_too_often(request) -> bool:
    key = f"card-hook:{address_of(request)}:{int(time.time() // 60)}"
    cache.add(key, 0, 120)
    try:
        return cache.incr(key) > PER_MINUTE
    except ValueError:  # the cache was emptied in this moment
        return False
