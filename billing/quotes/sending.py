"""A quote leaves the house, or is taken back."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, work
from billing import chain
from billing.discounts import check_discounts
from billing.facts import frozen_facts
from billing.models import Quote
from billing.quotes import options
from billing.quotes.drafting import hold_draft, made_otherwise, total
from billing.quotes.large import check_done
from billing.quotes.revising import take_place
from billing.states import QUOTE
from billing.tasks import confirm_order, send_quote
from crm import links
from crm.families import living
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production.states import ENQUIRY

LINK_OUTLIVES = 60  # days that a link opens the page after the offer has ended


@retried
@transaction.atomic
def send(quote: Quote, by, *, ordered: bool = False) -> Quote:
    """Offer it: from now on it says what it says, and is sealed. The PDF is made, sealed and mailed by the worker.

    `ordered`: the client accepts it in the same transaction, and gets a confirmation instead of a question. Whoever
    asks for that seals it when all is done, since who seals holds the chain until the end.
    """
    hold_draft(quote)
    quote.refresh_from_db()
    today = timezone.localdate()
    _check_ready(quote, today)
    found = total(quote)
    quote.valid_until = until(quote)
    facts = frozen_facts(quote, found.rates)
    QUOTE.move(quote, "send", sent_at=timezone.now(), valid_until=quote.valid_until, frozen=facts)
    take_place(quote, by)
    link(quote)
    if quote.enquiry and ENQUIRY.try_move(quote.enquiry, "quote"):
        activity.record("quoted", quote.enquiry, by, details={"quote": quote.number})
    details = {"to": address_of(quote), "valid until": quote.valid_until}
    activity.record("sent", quote, by, details=details, money={"net": quote.net, "total": quote.total})
    work.queue(confirm_order if ordered else send_quote, quote.workspace, quote.pk, subject=quote, by=by)
    if not ordered:
        chain.seal(quote, by)
    return quote


@retried
@transaction.atomic
def withdraw(quote: Quote, by) -> Quote:
    """Take an offer back, or throw a draft away. Its page stays and says so."""
    QUOTE.move(quote, "withdraw", decided_at=timezone.now())
    activity.record("withdrawn", quote, by)
    return quote


def until(quote: Quote) -> date:
    """Until when a quote is valid, or would be if it were sent today."""
    return quote.valid_until or timezone.localdate() + timedelta(days=quote.workspace.quote_valid_days)


def link(quote: Quote):
    """The client's link to a quote: valid beyond the offer's own end, so that a late visitor is told so."""
    today = timezone.localdate()
    days = max((quote.valid_until or today) - today, timedelta(0)).days + LINK_OUTLIVES
    return links.make(quote, quote.client, quote.contact, days=days)


def address_of(document) -> str:
    """Where mail about a document goes: to its contact, otherwise to the client."""
    contact = getattr(document, "contact", None)
    return (contact.email if contact else "") or living(document.client).email


def _check_ready(quote: Quote, today) -> None:
    lines = list(quote.lines.all())
    if not lines:
        raise Refused(_("There is nothing on this quote yet."), code="no-lines")
    check_done(quote)
    options.check_groups(lines)
    check_discounts(quote, lines, options.cheapest(lines))
    unpriced = [line for line in lines if line.unpriced and not line.unit_price]
    if unpriced:
        line = unpriced[0]
        raise Refused(
            _("“%(line)s” has no price yet: %(reason)s") % {"line": line.description, "reason": line.unpriced},
            code="unpriced",
        )
    if (line := made_otherwise(quote)) is not None:
        raise Refused(
            _("“%(line)s” is made otherwise now than when it was priced: press “Price again” and look at it.")
            % {"line": line.description},
            code="changed",
        )
    if quote.valid_until and quote.valid_until < today:
        raise Refused(_("The validity of this quote lies in the past: choose a later date."), code="expired")
    if not address_of(quote):
        raise Refused(
            _("Neither the contact nor %(client)s has an e-mail address.") % {"client": quote.client.name},
            code="no-email",
        )
