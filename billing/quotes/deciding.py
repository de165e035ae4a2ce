"""What becomes of an offer: accepted once, declined, or run out."""

import hashlib
from collections.abc import Collection
from datetime import date, timedelta

from babel.dates import format_date
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, outbox
from billing import totals
from billing.models import Quote, QuoteLine
from billing.occasions import ACCEPTED, DECLINED
from billing.quotes import offers, options
from billing.states import QUOTE
from crm.families import living
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import jobs
from production.models import Job
from production.states import ENQUIRY

PRINT = 12


@retried
@transaction.atomic
def accept(
    quote: Quote,
    *,
    name: str,
    ip: str = "",
    by=None,
    quantities: dict[int, int] | None = None,
    picked: Collection[int] | None = None,
    despite: str = "",
) -> Job:
    """The client orders what is offered: one job, however often and wherever the button is pressed.

    `quantities` are other ones of those offered, by line; `picked` the keys of the optional lines and alternatives
    that are taken, None for the proposal. Refused with code "quantity", "option" or "alternative" for what is not
    offered so, "nothing" where nothing is left, "state" for another choice than was accepted, and "short" where there
    is too little material in stock, unless `despite` says why it is accepted all the same.
    """
    name = _signature(name)
    quote.refresh_from_db()
    if quote.state == "sent" and is_past(quote):
        raise Refused(_past(quote), code="expired")
    lines = list(quote.lines.all())
    taken = offers.chosen(quote, lines, quantities or {}, picked) if quote.state == "sent" else {}
    if not QUOTE.try_move(quote, "accept", **_decision(name, ip)):
        quote.refresh_from_db()
        if quote.job is not None:
            _check_same(quote, picked)
            return quote.job
        raise Refused(_no_longer(quote), code="state", state=quote.state)
    kept = _keep(lines, taken)
    if not kept:
        raise Refused(_("Please choose something of this offer first."), code="nothing")
    sums = totals.of([row for row in offers.ordered(quote, lines) if row.quantity], quote.currency, quote)
    job = jobs.open_from(
        living(quote.client),
        key=f"quote:{quote.pk}",
        title=quote.title,
        lines=kept,
        contact=quote.contact,
        enquiry=quote.enquiry,
        due_on=after_working_days(timezone.localdate(), quote.delivery_days),
        quoted_total=sums.net,
        discount_percent=quote.discount_percent,
        discount_amount=quote.discount_amount,
        tax_included=quote.tax_included,
        despite=despite,
        by=by or name,
    )
    Quote._base_manager.filter(pk=quote.pk).update(job=job)
    quote.job = job
    if quote.enquiry:
        ENQUIRY.try_move(quote.enquiry, "win")
    ordered = [line for line in lines if line.ordered != 0]
    details = {"name": name, "job": job.number, **_prints(quote, ordered), **_choice(ordered)}
    activity.record("accepted", quote, by or name, details=details, money={"total": sums.total})
    _tell_office(quote, ACCEPTED, by)
    return job


@retried
@transaction.atomic
def decline(quote: Quote, *, name: str, reason: str, ip: str = "", by=None) -> Quote:
    name = _signature(name)
    quote.refresh_from_db()
    if quote.state == "declined":
        return quote
    if quote.state != "sent":
        raise Refused(_no_longer(quote), code="state", state=quote.state)
    reason = " ".join(reason.split())[:500]
    QUOTE.move(quote, "decline", decline_reason=reason, **_decision(name, ip))
    _lose_enquiry(quote)
    activity.record("declined", quote, by or name, details={"name": name, "why": reason})
    _tell_office(quote, DECLINED, by)
    return quote


@retried
@transaction.atomic
def expire(quote: Quote, by=None) -> bool:
    """Close an offer whose date has passed; False when there is nothing to close."""
    if not is_past(quote) or not QUOTE.try_move(quote, "expire", decided_at=timezone.now()):
        return False
    activity.record("expired", quote, by)
    _lose_enquiry(quote)
    return True


def expire_due(by=None) -> int:
    """Close every offer of the open workspace whose date has passed. Answers how many."""
    due = Quote.objects.filter(state="sent", valid_until__lt=timezone.localdate()).order_by("id")
    return sum(expire(quote, by) for quote in due.iterator())


def is_past(quote: Quote) -> bool:
    return quote.valid_until is not None and quote.valid_until < timezone.localdate()


def after_working_days(day: date, days: int) -> date:
    """`days` Mondays to Fridays after `day`; public holidays are not known here."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def _signature(name: str) -> str:
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused(_("Please enter your name."), code="no-name")
    return name


def _decision(name: str, ip: str) -> dict:
    return {"decided_at": timezone.now(), "decided_by": name, "decided_from": ip or None}


def _prints(quote: Quote, lines: list[QuoteLine]) -> dict:
    """Which terms and drawings were accepted, by the beginning of their SHA-256."""
    bases = [line.breakdown.get("basis", {}).get("file", {}) for line in lines]
    files = dict.fromkeys(file["sha256"][:PRINT] for file in bases if file.get("sha256"))
    terms = hashlib.sha256(quote.terms.encode()).hexdigest()[:PRINT] if quote.terms else ""
    return {name: value for name, value in (("terms", terms), ("drawings", ", ".join(files)[:300])) if value}


def _choice(ordered: list[QuoteLine]) -> dict:
    """What the client chose: quantities, and optional lines and alternatives by name."""
    picked = options.taken(ordered)
    others = [line for line in ordered if line.ordered and (line not in picked or line.ordered != line.quantity)]
    said = {
        "quantities": ", ".join(f"{line.description}: {line.ordered}" for line in others)[:300],
        "chosen": ", ".join(line.description for line in picked)[:300],
    }
    return {name: words for name, words in said.items() if words}


def _check_same(quote: Quote, picked: Collection[int] | None) -> None:
    """Pressing once more is no harm, but no way to another choice."""
    if picked is not None and set(picked) != {line.pk for line in options.taken(quote.lines.all())}:
        raise Refused(_("This offer has been accepted already, with another choice."), code="state", state=quote.state)


def _past(quote: Quote) -> str:
    day = format_date(quote.valid_until, "long", locale=quote.workspace.locale)
    return _("This offer was valid until %(day)s. Please ask us for a new one.") % {"day": day}


def _no_longer(quote: Quote) -> str:
    return {
        "draft": _("This offer has not been sent yet."),
        "accepted": _("This offer has been accepted already."),
        "declined": _("This offer has been declined. Please ask us for a new one."),
        "expired": _("This offer has expired. Please ask us for a new one."),
        "withdrawn": _("This offer has been withdrawn. Please ask us for a new one."),
    }.get(quote.state, _("This is no longer possible."))


def _keep(lines: list[QuoteLine], taken: dict[int, offers.Offer]) -> list[dict]:
    """Write down what was taken of each line; what is left of the lines for the job."""
    for line in lines:
        if (offer := taken.get(line.pk)) is not None:
            line.ordered, line.ordered_price = offer.quantity, offer.unit_price
            line.save(update_fields=["ordered", "ordered_price"])
    return [_job_line(line, taken.get(line.pk)) for line in lines if line.ordered != 0]


def _job_line(line: QuoteLine, offer: offers.Offer | None) -> dict:
    """Plain data in the words of `JobLine`: made from what was offered, whatever its product has become since."""
    return {
        "position": line.position,
        "description": line.description,
        "design_file_id": line.design_file_id,
        "product_id": line.product_id,
        "revision": line.revision,
        "recipe": line.recipe,
        "item_id": line.item_id,
        "tax_percent": line.tax_percent,
        "discount_percent": line.discount_percent,
        "discount_amount": line.discount_amount,
        **{name: getattr(offer or line, name) for name in ("quantity", "unit_price", "material_each", "seconds_each")},
    }


def _lose_enquiry(quote: Quote) -> None:
    """The enquiry is lost when nothing of it is still offered or being drawn up."""
    if quote.enquiry and not quote.enquiry.quotes.filter(state__in=("draft", "sent", "accepted")).exists():
        ENQUIRY.try_move(quote.enquiry, "lose")


def _tell_office(quote: Quote, occasion: outbox.Occasion, by) -> None:
    link = settings.BASE_URL.rstrip("/") + reverse("admin:billing_quote_change", args=[quote.pk])
    outbox.tell(
        occasion, quote, key=f"{occasion.name}:{quote.pk}", link=link, shared=True, by=by, otherwise=quote.created_by
    )
