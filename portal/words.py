"""How a client is told where a document stands: their words, not the shop's. Sent is "waiting for your answer"."""

from django.utils.translation import gettext_lazy as _

from billing import quotes
from billing.models import Delivery, Invoice, Quote
from production.models import Enquiry, Job, Proof

QUOTE = {
    "sent": _("waiting for your answer"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "expired": _("expired"),
    "withdrawn": _("withdrawn"),
}
ENQUIRY = {
    "open": _("being looked at"),
    "quoted": _("quoted"),
    "won": _("ordered"),
    "lost": _("closed"),
}
JOB = {
    "approved": _("confirmed"),
    "in_progress": _("being made"),
    "made": _("ready"),
    "completed": _("completed"),
    "on_hold": _("on hold"),
    "cancelled": _("cancelled"),
}
DELIVERY = {
    "shipped": _("under way"),
    "delivered": _("arrived"),
    "returned": _("came back to us"),
}
PROOF = {
    "waiting": _("waiting for your answer"),
    "approved": _("approved"),
    "changes": _("change asked for"),
    "replaced": _("replaced by a newer one"),
}
INVOICE = {
    "issued": _("to pay"),
    "partly_paid": _("partly paid"),
    "paid": _("paid"),
    "overdue": _("overdue"),
    "credited": _("credited"),
    "reversed": _("cancelled"),
    "booked": _("credit"),
}


def is_open(quote: Quote) -> bool:
    """Whether the client can still decide: sent, and its date has not passed."""
    return quote.state == "sent" and not quotes.is_past(quote)


def standing(record: Quote | Job | Delivery | Invoice | Enquiry | Proof) -> tuple[str, str]:
    """(state, word) as the client reads it. What a date decides is read from the date."""
    if isinstance(record, Quote):
        state = "expired" if record.state == "sent" and not is_open(record) else record.state
        return state, QUOTE[state]
    if isinstance(record, Invoice):
        state = "overdue" if record.is_overdue else record.state
        return state, INVOICE[state]
    if isinstance(record, Proof):
        return record.state, PROOF[record.state]
    if isinstance(record, Enquiry):
        return record.state, ENQUIRY[record.state]
    if isinstance(record, Delivery):
        return record.state, DELIVERY[record.state]
    return record.state, JOB[record.state]
