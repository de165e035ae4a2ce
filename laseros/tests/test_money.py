from decimal import ROUND_HALF_UP, Decimal

import pytest
from babel.numbers import format_currency, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from laseros.core import money

PLACES = [
    *(("ZAR", "en_ZA"), ("EUR", "de_DE"), ("EUR", "en_DE"), ("USD", "en_US"), ("EUR", "fr_FR"), ("JPY", "ja_JP")),
    *(("INR", "en_IN"), ("CHF", "de_CH"), ("PLN", "pl_PL"), ("EUR", "es_ES"), ("KWD", "ar_KW"), ("SEK", "sv_SE")),
]


@pytest.mark.parametrize(("currency", "locale"), PLACES)
@given(amount=st.decimals(-(10**11), 10**11, places=4))
def test_money_is_written_as_babel_writes_it(currency, locale, amount):
    rounded = amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), rounding=ROUND_HALF_UP)
    assert money.show(amount, currency, locale) == format_currency(rounded or 0, currency, locale=locale)


def test_half_a_cent_is_rounded_up():
    assert money.show(Decimal("0.125"), "ZAR", "en_ZA") == "R0,13"
    assert money.show(Decimal("2.665"), "EUR", "de_DE") == "2,67\xa0€"
    assert money.cents(Decimal("-0.125"), "EUR") == Decimal("-0.13")


def test_a_price_keeps_the_digits_it_has():
    for price, shown in (
        ("12.345", "12,345\xa0€"),
        ("0.0125", "0,0125\xa0€"),
        ("1234.5000", "1.234,50\xa0€"),
        ("2", "2,00\xa0€"),
    ):
        assert money.show_price(Decimal(price), "EUR", "de_DE") == shown
    assert money.show_price(Decimal("2.0108"), "USD", "en_US") == "$2.0108"
    assert money.show_price(Decimal("333.5"), "JPY", "de_DE") == "333,50\xa0¥"


def test_tax_is_rounded_once():
    assert money.tax_on(Decimal("1344.40"), Decimal(15), "ZAR") == Decimal("201.66")
    assert money.tax_on(Decimal("0.03"), Decimal(19), "EUR") == Decimal("0.01")
