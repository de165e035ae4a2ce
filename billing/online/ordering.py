"""Asking for a quote, and ordering at once: quote, acceptance and job by the verbs everybody else uses."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from billing import chain
from billing.costing import LinePrice
from billing.models import Quote
from billing.occasions import ASKED
from billing.online.looking import Looked, look
from billing.online.rules import why_not
from billing.quotes import deciding, drafting, sending
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import baskets
from production.models import Enquiry, Job


def ask(basket: Enquiry, by, *, title: str = "", note: str = "") -> Enquiry:
    """Hand a basket in as an enquiry, with a draft of the quote as the client saw it. Pressed twice it is one."""
    return _ask(basket, look(basket), by, title, note)


@retried
@transaction.atomic
def _ask(basket: Enquiry, found: Looked, by, title: str, note: str) -> Enquiry:
    if baskets.hand_in(basket, by, title=title, note=note):
        drafting.store(basket, [(part.line, part.price or _waiting(part)) for part in found.parts], by)
        _tell_office(basket, by)
    return basket


def _waiting(part) -> LinePrice:
    return LinePrice(unpriced=part.why or _("The drawing is still being measured."))


def order(basket: Enquiry, by, *, seen: str, name: str, ip: str = "", title: str = "", note: str = "") -> Job:
    """Order what is in a basket, for the prices the client saw: one job, however often it is pressed.

    Raises `Refused`: "moved" when it would cost something else now than what was `seen`, "ask" where it can only be
    asked for, with the reasons.
    """
    if basket.state != "basket":
        return _done(basket)
    return _order(basket, look(basket), by, seen, name, ip, title, note)


@retried
@transaction.atomic
def _order(basket: Enquiry, found: Looked, by, seen: str, name: str, ip: str, title: str, note: str) -> Job:
    # Two orders of one client are weighed one after the other: the second counts what the first owes.
    Client._base_manager.filter(pk=basket.client_id).update(name=F("name"))
    if Enquiry._base_manager.filter(pk=basket.pk, state="basket").update(title=F("title")) == 0:
        return _done(basket)
    if found.seen != seen:
        raise Refused(_("A price or a part has changed since you looked. Please look at it again."), code="moved")
    if reasons := why_not(found):
        raise Refused(reasons[0], code="ask", reasons=reasons)
    baskets.hand_in(basket, by, title=title, note=note)
    quote = drafting.store(basket, [(part.line, part.price) for part in found.parts], by)
    if quote.total != found.sums.total:
        raise Refused(_("A price or a part has changed since you looked. Please look at it again."), code="moved")
    sending.send(quote, by, ordered=True)
    job = deciding.accept(quote, name=name, ip=ip, by=by, despite=_("ordered by the client"))
    chain.seal(quote, by)
    return job


def _done(basket: Enquiry) -> Job:
    """The job an order became: the answer to a second press."""
    quote = Quote.objects.filter(enquiry=basket, state="accepted").exclude(job=None).select_related("job").first()
    if quote is None:
        raise Refused(_("This has been sent to us already."), code="state")
    return quote.job


def _tell_office(enquiry: Enquiry, by) -> None:
    link = settings.BASE_URL.rstrip("/") + reverse("admin:production_enquiry_change", args=[enquiry.pk])
    outbox.tell(ASKED, enquiry, key=f"asked:{enquiry.pk}", link=link, shared=True, by=by)
