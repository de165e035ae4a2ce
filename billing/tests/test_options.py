"""Optional lines and alternatives of an offer: what counts, what a client takes, and what that orders."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing import credit_limit, quotes
from billing.models import PriceRules, Quote, QuoteLine
from billing.tests.ground import add_line, new_enquiry
from laseros.core.errors import Refused
from production.models import Job

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.every_database]
D = Decimal
A, B, WISH = "Powder coated", "Galvanised", "Deburred by hand"


def drawn_up(shop, office) -> Quote:
    """372.00 for ten plates; either 120.00 or 80.00; 25.50 if wished; 15 % of tax."""
    quote = quotes.draw_up(new_enquiry(shop, {"quantity": 10}), office)
    tax = quote.lines.first().tax_percent
    add_line(quote, description=WISH, unit_price=D("12.75"), quantity=2, role="optional", tax_percent=tax, position=2)
    for position, (said, price) in enumerate(((A, "120"), (B, "80")), start=3):
        kind = {"role": "alternative", "group": "A", "position": position}
        add_line(quote, description=said, unit_price=D(price), tax_percent=tax, **kind)
    quote.refresh_from_db()
    return quote


@pytest.fixture
def quote(shop, office):
    return quotes.send(drawn_up(shop, office), office)


def keys(quote) -> dict[str, int]:
    return dict(quote.lines.values_list("description", "pk"))


def ordered(job) -> list[tuple]:
    return list(job.lines.order_by("position").values_list("description", "quantity", "unit_price"))[1:]


def test_the_first_alternative_counts_and_nothing_that_is_only_wished_for(shop, office, quote):
    assert (quote.net, quote.tax, quote.total) == (D("492.00"), D("73.80"), D("565.80"))
    job = quotes.accept(quote, name="Thandi")
    assert (ordered(job), job.quoted_total) == ([(A, 1, D("120"))], D("492.00"))


@pytest.mark.parametrize(("wished", "either", "net"), [(False, B, "452.00"), (True, A, "517.50"), (True, B, "477.50")])
def test_the_job_is_of_what_was_chosen(shop, office, quote, wished, either, net):
    key = keys(quote)
    picked = {key[either], *([key[WISH]] if wished else [])}
    job = quotes.accept(quote, name="Thandi", picked=picked)
    named = [(WISH, 2, D("12.75"))] if wished else []
    assert ordered(job) == [*named, (either, 1, D(120 if either == A else 80))]
    assert job.quoted_total == D(net)
    kept = dict(quote.lines.exclude(role="counted").values_list("description", "ordered"))
    assert kept == {WISH: 2 if wished else 0, A: int(either == A), B: int(either == B)}
    assert quotes.accept(quote, name="Thandi", picked=picked) == job  # pressed again
    for other in ({key[A], key[B]}, {key[A] if either == B else key[B]}):
        with pytest.raises(Refused) as refusal:
            quotes.accept(quote, name="Thandi", picked=other)
        assert (refusal.value.code, Job.objects.count()) == ("state", 1)
    assert dict(quote.lines.exclude(role="counted").values_list("description", "ordered")) == kept


def test_no_choice_two_of_a_group_or_a_line_of_another_offer_is_refused(shop, office, quote):
    key, other = keys(quote), keys(drawn_up(shop, office))
    counted = next(pk for said, pk in key.items() if said not in (A, B, WISH))
    for picked, code in (
        ({key[WISH]}, "alternative"), (set(), "alternative"), ({key[A], key[B]}, "alternative"),
        ({other[A]}, "option"), ({key[A], other[WISH]}, "option"), ({key[A], counted}, "option"),
        ({key[A], 0}, "option"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            quotes.accept(quote, name="Thandi", picked=picked)
        assert refusal.value.code == code
    quote.refresh_from_db()
    assert (quote.state, Job.objects.count()) == ("sent", 0)
    assert not quote.lines.exclude(ordered=None).exists()


def test_a_revision_keeps_what_may_be_chosen_and_the_old_page_orders_nothing(shop, office, quote):
    revision = quotes.revise(quote, office)
    assert list(revision.lines.values_list("role", "group")) == list(quote.lines.values_list("role", "group"))
    assert revision.net == D("492.00")
    assert quotes.reprice(revision, office).net == D("492.00")
    old = keys(quote)
    quotes.send(revision, office)
    with pytest.raises(Refused) as refusal:
        quotes.accept(quote, name="Thandi", picked={old[B]})
    assert (refusal.value.code, Job.objects.count()) == ("state", 0)


def test_discount_minimum_and_credit_limit_are_of_what_counts(shop, office):
    PriceRules.objects.update(minimum_order=D(600))
    quote = drawn_up(shop, office)
    filling = quote.lines.get(description="Minimum order charge")
    assert (filling.amount, quote.net) == (D("108.00"), D("600.00"))  # to 492.00
    shop.client.credit_limit = D("500")
    shop.client.save()
    assert "690" in credit_limit.of_quote(Quote.objects.get(pk=quote.pk))
    Quote.objects.filter(pk=quote.pk).update(discount_percent=10)
    quote.refresh_from_db()
    assert quotes.total(quote).discount == D("60.00")
    quote = quotes.send(quote, office)
    key = keys(quote)
    job = quotes.accept(quote, name="Thandi", picked={key[B], key[WISH]})
    # 372 + 80 + 25.50 lack 122.50 of the minimum
    filled = job.lines.get(description="Minimum order charge").unit_price
    assert (filled, job.quoted_total) == (D("122.50"), D("540.00"))


def test_an_alternative_to_nothing_is_not_sent(shop, office):
    quote = drawn_up(shop, office)
    quotes.change_lines(quote, [], [quote.lines.get(description=B)], office)
    with pytest.raises(Refused) as refusal:
        quotes.send(quote, office)
    assert refusal.value.code == "alternative"
    Quote.objects.filter(pk=quote.pk).update(discount_amount=D("470"))
    add_line(quote, description=B, unit_price=D("80"), role="alternative", group="A", position=9)
    quote.refresh_from_db()
    with pytest.raises(Refused) as refusal:  # more than 372.00 with the cheaper one
        quotes.send(quote, office)
    assert (refusal.value.code, Quote.objects.get(pk=quote.pk).state) == ("discount", "draft")


@pytest.mark.parametrize(
    "said", [{"role": "alternative"}, {"group": "A"}, {"role": "optional", "group": "A"}, {"role": "x"}]
)
def test_the_database_keeps_role_and_group_together(shop, office, quote, said):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuoteLine.objects.filter(quote=quote, role="counted").update(**said)
