"""Quotes of many lines: priced by the worker, a piece at a time, so that the page can say how far it is."""

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _

from accounts import activity, work
from accounts.models import BackgroundTask
from billing.models import Quote, QuoteLine
from billing.price_book import PriceBook
from billing.quotes import drafting
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import drawings

MOST_AT_ONCE = 100  # lines that a page prices while somebody waits
AT_A_TIME = 25  # lines between two reports of the worker


def is_large(lines: list) -> bool:
    """Whether pricing these lines of an enquiry may take longer than a second."""
    return len(lines) > MOST_AT_ONCE or PriceBook(lines).any_drawing(drawings.is_huge)


def price_later(quote: Quote, by, *, by_hand: bool = False) -> None:
    """Have all lines of a draft priced by the worker, unless it is at it. Called in the transaction that holds it."""
    arguments = [quote.pk, by_hand]
    rows = BackgroundTask.objects.filter(name=price_lines.task_name, arguments=arguments)
    if rows.filter(state__in=("waiting", "running")).exists():
        return
    quote.to_price = quote.lines.exclude(enquiry_line=None).count()
    Quote._base_manager.filter(pk=quote.pk).update(to_price=quote.to_price)
    work.queue(price_lines, quote.workspace, *arguments, subject=quote, by=by)


@work.task(_("price a quote"))
def price_lines(pk: int, by_hand: bool) -> None:
    quote = Quote.objects.select_related("workspace").get(pk=pk)
    lines = drafting.calculable(quote)
    book = PriceBook(line.enquiry_line for line in lines)
    try:
        for start in range(0, len(lines), AT_A_TIME):
            some = lines[start : start + AT_A_TIME]
            priced = [(line, drafting.calculated(line, book)) for line in some]
            _put(quote, priced, by_hand, left=max(len(lines) - start - AT_A_TIME, 0))
    except Refused as refusal:
        if refusal.code != "state":
            raise
        # Sent or withdrawn meanwhile: it says what it says.


@retried
@transaction.atomic
def _put(quote: Quote, priced: list, by_hand: bool, left: int) -> None:
    drafting.hold_draft(quote)
    fresh = QuoteLine.objects.in_bulk([line.pk for line, _price in priced])
    # What somebody edited meanwhile was priced by the edit.
    same = [
        (fresh[line.pk], price) for line, price in priced
        if line.pk in fresh and (fresh[line.pk].quantity, fresh[line.pk].choices) == (line.quantity, line.choices)
    ]  # fmt: skip
    drafting.put_prices(quote, same, keep_typed=not by_hand)
    Quote._base_manager.filter(pk=quote.pk).update(to_price=left)
    if not left:
        quote.refresh_from_db()
        before = quote.net
        drafting.total(quote)
        activity.record("changed", quote, None, details={"what": "prices"}, money={"net": [before, quote.net]})


def check_done(quote: Quote) -> None:
    if quote.to_price:
        raise Refused(_t("The prices are still being worked out."), code="pricing")
