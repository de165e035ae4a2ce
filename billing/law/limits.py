"""Amounts and rates the law names, each with the day it applies from. A row holds until the next one."""

from datetime import date
from decimal import Decimal

EVER = date(1, 1, 1)

# VAT Act 89 of 1991, section 20: up to the first no tax invoice is needed, up to the second an abridged one will do.
NO_TAX_INVOICE_ZA = ((EVER, Decimal(50)),)
ABRIDGED_ZA = ((EVER, Decimal(5000)),)
# § 33 UStDV: the small invoice, VAT included.
SMALL_INVOICE_DE = ((EVER, Decimal(150)), (date(2017, 1, 1), Decimal(250)))
# § 19 UStG: turnover of the year before, and of this year, up to which a small business charges no VAT.
SMALL_BUSINESS_DE = (
    (EVER, (Decimal(22_000), Decimal(50_000))),
    (date(2025, 1, 1), (Decimal(25_000), Decimal(100_000))),
)
# The standard and the reduced rate, in percent.
RATES = {
    "ZA": ((EVER, (Decimal(14),)), (date(2018, 4, 1), (Decimal(15),))),
    "DE": (
        (EVER, (Decimal(19), Decimal(7))),
        (date(2020, 7, 1), (Decimal(16), Decimal(5))),
        (date(2021, 1, 1), (Decimal(19), Decimal(7))),
    ),
}


def at(table, day: date):
    """What a table says on `day`."""
    return next(value for since, value in reversed(table) if since <= day)


def rates(country: str, day: date) -> tuple[Decimal, ...]:
    """The VAT rates of a country on a day of supply; empty where none are written down here."""
    return at(RATES[country], day) if country in RATES else ()


def moved(country: str, percent: Decimal, ordered_on: date, supplied_on: date) -> Decimal:
    """The rate that stands on the day of supply where the one of the day of order stood; any other stays as it is."""
    before, after = rates(country, ordered_on), rates(country, supplied_on)
    return after[before.index(percent)] if percent in before and len(before) == len(after) else percent
