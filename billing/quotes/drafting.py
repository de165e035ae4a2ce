"""A quote while it is a draft: made from an enquiry, priced, edited."""

from dataclasses import fields
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import activity, numbering
from billing import costing, law, prices, totals
from billing.choices import Choices
from billing.costing import LinePrice, MadeOf
from billing.models import LineRole, PriceRules, Quote, QuoteLine
from billing.models.rules import MorePieces
from billing.price_book import WITH, PriceBook
from billing.quotes import large, options
from billing.quotes.offers import FILLING, lacking
from billing.states import QUOTE
from billing.taxes import follow_the_law, rate_for
from crm.families import living
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents
from laseros.core.retry import retried
from production.enquiries import only_contact
from production.models import Enquiry, EnquiryLine

PRICE = ("unit_price", "breakdown", "material_each", "seconds_each", "unpriced")
MADE_OF = tuple(field.name for field in fields(MadeOf))
PUT = (*PRICE, *(name.removesuffix("_id") for name in MADE_OF), "quantity", "amount")


def draw_up(enquiry: Enquiry, by) -> Quote:
    """A draft with one priced line for each part asked for; an enquiry that has a draft answers that one.

    Prices are worked out before the transaction: the time model reads files; those of many lines by the worker.
    """
    if enquiry.state == "won":
        raise Refused(_("%(enquiry)s has become a job already.") % {"enquiry": enquiry}, code="won")
    if enquiry.state == "basket":
        raise Refused(_("The client is still putting it together."), code="basket")
    lines = _asked_for(enquiry)
    if large.is_large(lines):
        waiting = LinePrice(unpriced=_("This price is being worked out."))
        return store(enquiry, [(line, waiting) for line in lines], by, later=True)
    book, tax = PriceBook(lines), tax_of(enquiry.client)
    return store(enquiry, [(line, costing.price(line, book=book, tax=tax)) for line in lines], by)


def tax_of(client: Client) -> Decimal:
    """The percent that calculated prices of a new quote for this client include; none where it is added to them."""
    return prices.tax_for(prices.include_tax(client), rate_for(client))


def _asked_for(enquiry: Enquiry) -> list[EnquiryLine]:
    lines = list(enquiry.lines.select_related(*WITH))
    if not lines:
        raise Refused(_("Nothing is asked for yet: add a drawing or a part first."), code="no-lines")
    return lines


def draft_of(enquiry: Enquiry) -> Quote | None:
    return enquiry.quotes.filter(state="draft").first()


def follow(enquiry: Enquiry, by) -> Quote:
    """Bring the draft up to what the enquiry asks for now: new parts, other materials and quantities.

    Typed prices stay; what the draft says beside the enquiry stays too.
    """
    quote = draft_of(enquiry)
    if quote is None:
        return draw_up(enquiry, by)
    rows = list(quote.lines.exclude(enquiry_line=None))
    chosen = {row.enquiry_line_id: Choices.read(row.choices) for row in rows}
    lines = _asked_for(enquiry)
    if large.is_large(lines):
        return _follow(quote, [(line, None) for line in lines], by)
    book = PriceBook(lines)
    percents = {row.enquiry_line_id: row.tax_percent for row in rows}
    usual = rate_for(quote.client)
    priced = [
        (
            line,
            costing.price(
                line, choices=chosen.get(line.pk), book=book,
                tax=prices.tax_for(quote.tax_included, percents.get(line.pk, usual)),
            ),
        )
        for line in lines
    ]  # fmt: skip
    return _follow(quote, priced, by)


@retried
@transaction.atomic
def _follow(quote: Quote, priced: list[tuple[EnquiryLine, LinePrice | None]], by) -> Quote:
    """Without prices the worker finds them."""
    hold_draft(quote)
    before, there = quote.net, {row.enquiry_line_id: row for row in quote.lines.exclude(enquiry_line=None)}
    percent, last = rate_for(quote.client), max((row.position for row in quote.lines.all()), default=0)
    new, known = [], []
    for line, price in priced:
        row = there.get(line.pk)
        if row is None:
            last += 1
            row = _line_for(quote, line, last, percent)
            row.unpriced = _("This price is being worked out.")
        row.quantity = line.quantity
        (known if row.pk else new).append((row, price))
    QuoteLine.objects.bulk_create(_priced(quote, new, keep_typed=True), batch_size=200)
    put_prices(quote, known, keep_typed=True)
    total(quote)
    if any(price is None for _line, price in priced):
        large.price_later(quote, by)
    activity.record("changed", quote, by, details={"what": "lines"}, money={"net": [before, quote.net]})
    return quote


def _line_for(quote: Quote, line: EnquiryLine, position: int, percent) -> QuoteLine:
    return QuoteLine(
        workspace=quote.workspace,
        quote=quote,
        position=position,
        enquiry_line=line,
        description=line.description,
        quantity=line.quantity,
        tax_percent=percent,
    )


@retried
@transaction.atomic
def store(enquiry: Enquiry, priced: list[tuple[EnquiryLine, LinePrice]], by, *, later: bool = False) -> Quote:
    """The draft with prices that were worked out before; the one there is, where there is one."""
    Enquiry.objects.select_for_update().get(pk=enquiry.pk)  # two presses at once make one draft
    there = draft_of(enquiry)
    if there is not None:
        return there
    workspace = enquiry.workspace
    quote = Quote.objects.create(
        workspace=workspace,
        number=numbering.draw(workspace, "quote"),
        enquiry=enquiry,
        client=enquiry.client,
        contact=enquiry.contact,
        title=enquiry.title,
        currency=workspace.currency,
        tax_included=prices.include_tax(enquiry.client),
        terms=workspace.quote_terms,
        more_pieces=_more_pieces(),
        created_by=by if getattr(by, "pk", None) else None,
    )
    percent = rate_for(quote.client)
    rows = [
        (_line_for(quote, line, position, percent), price) for position, (line, price) in enumerate(priced, start=1)
    ]
    QuoteLine.objects.bulk_create(_priced(quote, rows), batch_size=200)
    total(quote)
    if later:
        large.price_later(quote, by)
    activity.record("created", quote, by, details={"enquiry": enquiry.number}, money={"net": quote.net})
    return quote


def _more_pieces() -> str:
    rules = PriceRules.objects.first()
    return rules.more_pieces if rules is not None else MorePieces.SHOW


@retried
@transaction.atomic
def open_draft(quote: Quote, by) -> Quote:
    """Store a new draft for a client who asked for nothing that is written down."""
    workspace = quote.workspace
    quote.contact = quote.contact or only_contact(quote.client)
    quote.number = numbering.draw(workspace, "quote")
    quote.currency = workspace.currency
    quote.tax_included = prices.include_tax(quote.client)
    quote.terms = quote.terms or workspace.quote_terms
    quote.created_by = by if getattr(by, "pk", None) else None
    quote.save()
    activity.record("created", quote, by)
    return quote


def reprice(quote: Quote, by=None, *, by_hand: bool = False) -> Quote:
    """Work the prices of a draft out again; prices set by hand stay, unless `by_hand` asks for them too.

    What each line is made from is written down anew, also where its price stays.
    """
    lines = calculable(quote)
    if large.is_large([line.enquiry_line for line in lines]):
        return _reprice_later(quote, by, by_hand)
    book = PriceBook(line.enquiry_line for line in lines)
    return _reprice(quote, [(line, calculated(line, book)) for line in lines], by, by_hand)


@retried
@transaction.atomic
def _reprice_later(quote: Quote, by, by_hand: bool) -> Quote:
    hold_draft(quote)
    large.price_later(quote, by, by_hand=by_hand)
    return quote


@retried
@transaction.atomic
def _reprice(quote: Quote, priced: list[tuple[QuoteLine, LinePrice]], by, by_hand: bool) -> Quote:
    hold_draft(quote)
    before = quote.net
    put_prices(quote, priced, keep_typed=not by_hand)
    total(quote)
    activity.record("changed", quote, by, details={"what": "prices"}, money={"net": [before, quote.net]})
    return quote


@retried
@transaction.atomic
def change_lines(quote: Quote, changed: list[QuoteLine], removed: list[QuoteLine], by) -> Quote:
    """Store edited, new and removed lines of a draft.

    A price that was typed stays as typed. Another number of pieces of a calculated line is calculated again.
    """
    hold_draft(quote)
    before = quote.net
    for line in removed:
        line.delete()
    for line in changed:
        _keep_edit(quote, line)
    total(quote)
    activity.record("changed", quote, by, details={"what": "lines"}, money={"net": [before, quote.net]})
    return quote


def _keep_edit(quote: Quote, line: QuoteLine) -> None:
    line.workspace, line.quote = quote.workspace, quote
    before = QuoteLine.objects.filter(pk=line.pk).first() if line.pk else None
    if before is None or before.unit_price != line.unit_price:
        line.breakdown = {**line.breakdown, "by_hand": f"{line.unit_price:f}"}
        line.unpriced = ""
    elif before.quantity != line.quantity and line.enquiry_line and "by_hand" not in line.breakdown:
        put_price(line, calculated(line))
    line.amount = totals.amount_of(line, quote.currency)
    line.save()


@retried
@transaction.atomic
def recount(quote: Quote, by) -> Quote:
    """Sum a draft up again after its discount was changed."""
    hold_draft(quote)
    before = quote.net
    total(quote)
    activity.record("changed", quote, by, details={"what": "discount"}, money={"net": [before, quote.net]})
    return quote


@retried
@transaction.atomic
def switch_prices(quote: Quote, by) -> Quote:
    """Bring a draft's prices to ones with tax, or to ones without. Raises `Refused` where it may not be.

    What is calculated is calculated anew, so that the price the client reads is the round one; what was typed is
    converted.
    """
    hold_draft(quote)
    quote.refresh_from_db()
    large.check_done(quote)
    prices.check_may_switch(quote, not quote.tax_included)
    before = quote.total
    _turn(quote, not quote.tax_included)
    total(quote)
    details = prices.told(not quote.tax_included, quote.tax_included)
    activity.record("changed", quote, by, details=details, money={"total": [before, quote.total]})
    return quote


def _let_tax_leave(quote: Quote) -> None:
    """Prices with tax become ones without where the law now says that there is none on them."""
    if quote.tax_included and law.proposed(quote.workspace, quote.client) in prices.LEAVES:
        _turn(quote, tax_included=False)
        activity.record("changed", quote, None, details=prices.told(True, False))


def _turn(quote: Quote, tax_included: bool) -> None:
    lines = list(quote.lines.select_related(*(f"enquiry_line__{name}" for name in WITH)))
    counted = options.proposed(lines)
    was = totals.of(counted, quote.currency, quote)
    prices.turn(quote, lines, quote.currency, tax_included, counted)
    if quote.deposit_amount and was.said:
        now = totals.of(counted, quote.currency, quote)
        quote.deposit_amount = cents(quote.deposit_amount * now.said / was.said, quote.currency)
    quote.save(update_fields=["tax_included", "discount_amount", "deposit_amount"])
    asked = [line for line in lines if line.enquiry_line is not None and "by_hand" not in line.breakdown]
    is_large = large.is_large([line.enquiry_line for line in asked])
    book = PriceBook(line.enquiry_line for line in asked)
    for line in [] if is_large else asked:
        _put_turned(line, calculated(line, book))
    for line in lines:
        line.amount = totals.amount_of(line, quote.currency)
        if "by_hand" in line.breakdown:
            line.breakdown["by_hand"] = f"{line.unit_price:f}"
    QuoteLine._base_manager.bulk_update(lines, [*PUT, "discount_amount"], batch_size=100)
    if is_large:
        large.price_later(quote, None)


def _put_turned(line: QuoteLine, price: LinePrice) -> None:
    """A price that can be calculated no longer is converted, and stays as if it had been typed."""
    if not price.unpriced:
        put_price(line, price)
    elif line.unit_price:
        line.breakdown = {**line.breakdown, "by_hand": f"{line.unit_price:f}"}


def calculated(line: QuoteLine, book: PriceBook | None = None) -> LinePrice:
    tax = prices.tax_for(line.quote.tax_included, line.tax_percent)
    return costing.price(line.enquiry_line, line.quantity, Choices.read(line.choices), book, tax=tax)


def total(quote: Quote) -> totals.Totals:
    """Sum a draft's lines up, with what they lack of the minimum for an order, and store the sums.

    A client the law asks no tax of finds none on any line, whatever stood there when it was typed.
    """
    _let_tax_leave(quote)
    follow_the_law(quote)
    _fill_up(quote)
    found = totals.of(options.proposed(quote.lines.all()), quote.currency, quote)
    sums = {"net": found.net, "tax": found.tax, "total": found.total}
    Quote._base_manager.filter(pk=quote.pk, state="draft").update(**sums)
    for name, amount in sums.items():
        setattr(quote, name, amount)
    return found


def _fill_up(quote: Quote) -> None:
    """Keep one line with what is missing to the minimum per order: it comes, changes and goes with the others.

    The lines count as they stand, less their own discounts but not the one on the whole: that one is a person's word
    about all of it. A charge that grew with it would take it back in silence, under a name no client understands.
    Typed over, by a person who knows better, it stays as typed.
    """
    lines = list(quote.lines.all())
    filling = next((line for line in lines if FILLING in line.breakdown), None)
    if filling is not None and "by_hand" in filling.breakdown:
        return
    others = [line for line in options.proposed(lines) if line is not filling]
    rules = PriceRules.objects.first()
    least = rules.minimum_order if rules is not None else 0
    missing = ZERO
    if any(line.amount for line in others) and not any(line.unpriced for line in others):
        percent = ZERO
        if quote.tax_included:
            percent = filling.tax_percent if filling is not None else rate_for(quote.client)
        amounts = [(line.amount, line.tax_percent) for line in others]
        missing = lacking(least, amounts, quote.tax_included, quote.currency, percent)
    if not missing:
        if filling is not None:
            filling.delete()
        return
    if filling is None:
        filling = QuoteLine(workspace=quote.workspace, quote=quote, quantity=1, tax_percent=rate_for(quote.client))
        filling.position = max((line.position for line in lines), default=0) + 1
        with translation.override(quote.workspace.language):
            filling.description = _("Minimum order charge")
    filling.unit_price = missing
    filling.breakdown = {FILLING: f"{least:f}"}
    filling.role, filling.group = LineRole.COUNTED, ""
    filling.amount = totals.amount_of(filling, quote.currency)
    filling.save()


@retried
@transaction.atomic
def duplicate(quote: Quote, by, *, number: str = "", replaces: Quote | None = None) -> Quote:
    """A new draft that says the same: for another try, or to offer something once more; as a revision under a number
    that is given."""
    lines = list(quote.lines.all())
    workspace = quote.workspace
    copy = Quote.objects.create(
        workspace=workspace,
        number=number or numbering.draw(workspace, "quote"),
        replaces=replaces,
        enquiry=quote.enquiry,
        client=living(quote.client),
        contact=quote.contact,
        title=quote.title,
        currency=quote.currency,
        tax_included=quote.tax_included,
        delivery_days=quote.delivery_days,
        note=quote.note,
        terms=quote.terms,
        discount_percent=quote.discount_percent,
        discount_amount=quote.discount_amount,
        deposit_percent=quote.deposit_percent,
        deposit_amount=quote.deposit_amount,
        more_pieces=quote.more_pieces,
        created_by=by if getattr(by, "pk", None) else None,
    )
    for line in lines:
        line.pk, line.quote, line.ordered, line.ordered_price = None, copy, None, None
        line._state.adding = True
        line.save()
    total(copy)
    activity.record("created", copy, by, details={"copy of": quote.number}, money={"net": copy.net})
    return copy


def hold_draft(quote: Quote) -> None:
    """Refuse unless the quote is a draft now, and keep it one until the transaction ends."""
    if not Quote._base_manager.filter(pk=quote.pk, state="draft").update(title=F("title")):
        now = Quote._base_manager.values_list("state", flat=True).get(pk=quote.pk)
        raise Refused(
            _("%(quote)s is %(state)s and says what it said. Make a copy to change something.")
            % {"quote": quote.number, "state": QUOTE.labels[now]},
            code="state",
            state=now,
        )


def has_typed_prices(quote: Quote) -> bool:
    """Whether a price that could be calculated was typed over."""
    return any("by_hand" in line.breakdown for line in quote.lines.exclude(enquiry_line=None))


def calculable(quote: Quote) -> list[QuoteLine]:
    rows = quote.lines.exclude(enquiry_line=None)  # each knows its quote
    return list(rows.select_related(*(f"enquiry_line__{name}" for name in WITH)))


def put_prices(quote: Quote, priced: list[tuple[QuoteLine, LinePrice | None]], *, keep_typed: bool) -> None:
    """Prices onto lines that are stored, and store them."""
    rows = _priced(quote, priced, keep_typed=keep_typed)
    QuoteLine._base_manager.bulk_update(rows, PUT, batch_size=100)


def _priced(quote: Quote, priced, *, keep_typed: bool = False) -> list[QuoteLine]:
    for line, price in priced:
        if price is not None:
            put_price(line, price, keep_typed=keep_typed)
        line.amount = totals.amount_of(line, quote.currency)
    return [line for line, _price in priced]


def put_price(line: QuoteLine, price: LinePrice, *, keep_typed: bool = False) -> None:
    """A price and what it was made from onto a line; with `keep_typed` a price that was typed stays as typed."""
    for name in MADE_OF:
        setattr(line, name, getattr(price.made_of, name))
    if keep_typed and "by_hand" in line.breakdown:
        return
    for name in PRICE:
        setattr(line, name, getattr(price, name))


def made_otherwise(quote: Quote) -> QuoteLine | None:
    """A line that is made otherwise now than when it was priced: another drawing, material, revision or recipe."""
    lines = calculable(quote)
    book = PriceBook(line.enquiry_line for line in lines)
    return next((line for line in lines if costing.made_of(line.enquiry_line, book) != _kept(line)), None)


def _kept(line: QuoteLine) -> MadeOf:
    return MadeOf(**{name: getattr(line, name) for name in MADE_OF})
