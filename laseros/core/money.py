"""Money is `Decimal` with the currency of its document. Rounding is half up, to the currency's own digits."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, format_decimal, get_currency_precision

ZERO = Decimal(0)
NO_CURRENCY = "XXX"  # as ISO 4217 writes it
FINE = Decimal("0.0001")  # what a price of one piece may be written with


def cents(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up to what `currency` can pay (2 digits for ZAR and EUR, 0 for JPY)."""
    return amount.quantize(_least(currency), rounding=ROUND_HALF_UP)


def tax_on(net: Decimal, percent: Decimal, currency: str) -> Decimal:
    """Tax on a net amount at `percent` (15 means 15 %), rounded to the currency."""
    return cents(net * percent / 100, currency)


def tax_in(gross: Decimal, percent: Decimal, currency: str) -> Decimal:
    """The tax that an amount with tax contains, rounded to the currency: 15.95 of 99.90 at 19 %."""
    return cents(gross * percent / (100 + percent), currency)


def plus_tax(net: Decimal, percent: Decimal) -> Decimal:
    """A net amount with its tax, exact: whoever asks knows where to round."""
    return net * (100 + percent) / 100


def less_tax(gross: Decimal, percent: Decimal) -> Decimal:
    """What an amount with tax is without it, exact."""
    return gross * 100 / (100 + percent)


def turned(price: Decimal, percent: Decimal, currency: str, tax_included: bool) -> Decimal:
    """A price brought to one with tax, in whole cents as people pay them, or to one without, with four digits."""
    if tax_included:
        return cents(plus_tax(price, percent), currency)
    return less_tax(price, percent).quantize(FINE, rounding=ROUND_HALF_UP)


def rate_text(percent: Decimal) -> str:
    """A rate of tax as documents keep it: two digits after the point, or as many as it has (15.00, 8.875)."""
    places = -percent.normalize().as_tuple().exponent
    return f"{percent:.{max(places, 2)}f}"


def figures(value: Decimal, locale: str) -> str:
    """A share or a rate as people of `locale` write it, with the places it has: 30,5."""
    return format_decimal(value.normalize(), locale=locale, decimal_quantization=False)


def show(amount: Decimal, currency: str, locale: str) -> str:
    """As people of `locale` write it: R 1 234,50 or 1.234,50 €."""
    amount = cents(Decimal(amount), currency) or _nothing(currency)  # no minus before nothing
    shape = _shape(currency, locale)
    if shape is None or amount < 0:
        return format_currency(amount, currency, locale=locale)
    before, group, point, after = shape
    number = f"{amount:,f}".replace(",", "\0").replace(".", point).replace("\0", group)
    return f"{before}{number}{after}"


def show_price(price: Decimal, currency: str, locale: str) -> str:
    """A price of one piece, with all the digits it has: 12,345 €, since two of them are 24,69 €."""
    price = Decimal(price)
    if price == cents(price, currency):
        return show(price, currency, locale)
    exact = {"currency_digits": False, "decimal_quantization": False}
    return format_currency(price.normalize(), currency, locale=locale, **exact)


@lru_cache(maxsize=64)
def _digits(currency: str) -> int:
    return get_currency_precision(currency)


@lru_cache(maxsize=64)
def _least(currency: str) -> Decimal:
    """The smallest amount of it: 0.01."""
    return Decimal(1).scaleb(-_digits(currency))


@lru_cache(maxsize=64)
def _nothing(currency: str) -> Decimal:
    return ZERO.quantize(_least(currency))


@lru_cache(maxsize=64)
def _shape(currency: str, locale: str) -> tuple[str, str, str, str] | None:
    """(before, group, point, after) read off an amount that babel wrote; a list of fifty asks it a hundred times.

    None where digits are not grouped by threes, or are not ours: babel writes those itself.
    """
    if Locale.parse(locale).currency_formats["standard"].grouping != (3, 3):
        return None
    wanted = "1234567" + "8" * _digits(currency)
    amount = Decimal(wanted).scaleb(-_digits(currency))
    text = format_currency(amount, currency, locale=locale)
    if "".join(filter(str.isdigit, text)) != wanted:
        return None
    first, last = text.index("1"), len(text) - text[::-1].index(wanted[-1])
    inner = text[first:last]
    group, point = inner[1 : inner.index("2")], ""
    if _digits(currency):
        point = inner[inner.index("7") + 1 : inner.index("8")]
    return text[:first], group, point, text[last:]
