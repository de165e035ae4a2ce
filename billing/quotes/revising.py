"""Another version of an offer: under the same number with the next revision; sent, it takes the other's place."""

import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import Quote
from billing.quotes.drafting import duplicate
from billing.states import QUOTE
from laseros.core.errors import Refused
from laseros.core.retry import retried

REVISED = ("sent", "declined", "expired", "withdrawn")
_REVISION = re.compile(r"-R\d+$")


@retried
@transaction.atomic
def revise(quote: Quote, by) -> Quote:
    """The draft of the next revision; pressed twice there is one. Raises `Refused` with code "state" for what cannot be
    revised: a draft, an order, or one that has a newer revision."""
    quote = Quote.objects.select_for_update().get(pk=quote.pk)
    newer = quote.revisions.exclude(state="withdrawn").order_by("-id").first()
    if newer is not None and newer.state == "draft":
        return newer
    if newer is not None or quote.state not in REVISED:
        words = _("%(quote)s has a newer revision, %(newer)s.") if newer else _("%(quote)s is %(state)s.")
        said = {"quote": quote.number, "newer": newer and newer.number, "state": QUOTE.labels[quote.state]}
        raise Refused(words % said, code="state")
    return duplicate(quote, by, number=_next(quote.number), replaces=quote)


def _next(number: str) -> str:
    """QT-2026-0001 → QT-2026-0001-R2 → QT-2026-0001-R3."""
    stem, revision = _REVISION.sub("", number), 2
    taken = set(Quote.objects.filter(number__startswith=f"{stem}-R").values_list("number", flat=True))
    while f"{stem}-R{revision}" in taken:
        revision += 1
    return f"{stem}-R{revision}"


def take_place(quote: Quote, by) -> None:
    """In the transaction that sends a revision: the one before can no longer be accepted."""
    before = quote.replaces
    if before is None:
        return
    if QUOTE.try_move(before, "withdraw", decided_at=timezone.now()):
        activity.record("withdrawn", before, by, details={"by": quote.number})
        return
    before.refresh_from_db(fields=["state"])
    if before.state == "accepted":
        words = _("%(quote)s was accepted meanwhile: agree with the client on what is to change.")
        raise Refused(words % {"quote": before.number}, code="accepted")
