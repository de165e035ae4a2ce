"""What a late payer owes beside the invoice, country by country and day by day.

Germany: § 288 BGB, base rate of § 247 BGB plus five points, nine between businesses, and 40 € once between businesses.
South Africa: what the terms say, within the cap of the National Credit Act for incidental credit (2 % a month).
Anywhere else: what the terms say.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.law.limits import EVER, at
from laseros.core.money import ZERO, cents

# The Bundesbank's base rate in percent, from 1 January and 1 July.
BASE_RATE_DE = (
    (EVER, Decimal("-0.88")),
    (date(2023, 1, 1), Decimal("1.62")),
    (date(2023, 7, 1), Decimal("3.12")),
    (date(2024, 1, 1), Decimal("3.62")),
    (date(2024, 7, 1), Decimal("3.37")),
    (date(2025, 1, 1), Decimal("2.27")),
    (date(2025, 7, 1), Decimal("1.27")),
)
# Points over it: (between businesses, from consumers).
POINTS_DE = ((EVER, (Decimal(8), Decimal(5))), (date(2014, 7, 29), (Decimal(9), Decimal(5))))
# § 288 (5) BGB: once, between businesses, in euro.
FLAT_DE = ((EVER, ZERO), (date(2014, 7, 29), Decimal(40)))
# Percent a year that terms may ask for at most.
MOST = {"ZA": ((EVER, Decimal(24)),)}


@dataclass(frozen=True)
class Slice:
    """Interest of some days at one rate."""

    since: date
    until: date  # the last day
    percent: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


def has_law(country: str) -> bool:
    return country == "DE"


def most_interest(country: str) -> Decimal | None:
    return at(MOST[country], date.today()) if country in MOST else None  # noqa: DTZ011 a table of years


def fee_allowed(country: str, step: int) -> bool:
    """In Germany the first reminder is what puts the client in default: it costs nothing."""
    return step > 1 or country not in ("DE", "AT", "ZA")


def flat(country: str, business: bool, currency: str, day: date) -> Decimal:
    return at(FLAT_DE, day) if country == "DE" and business and currency == "EUR" else ZERO


def by_law(amount: Decimal, due_on: date, until: date, business: bool, currency: str, base: Decimal | None):
    """Interest from the day after it was due to `until`, a slice for each rate. `base` takes the table's last place."""
    return _slices(amount, due_on, until, currency, lambda day: _percent_de(day, business, base), BASE_RATE_DE)


def by_terms(amount: Decimal, due_on: date, until: date, percent: Decimal, currency: str) -> list[Slice]:
    return _slices(amount, due_on, until, currency, lambda day: percent, ())


def _percent_de(day: date, business: bool, base: Decimal | None) -> Decimal:
    known = at(BASE_RATE_DE, day)
    if base is not None and day >= BASE_RATE_DE[-1][0]:
        known = base
    points = at(POINTS_DE, day)[0 if business else 1]
    return max(known + points, ZERO)


def _slices(amount, due_on: date, until: date, currency: str, percent_on, table) -> list[Slice]:
    first, found = due_on + timedelta(days=1), []
    starts = [first, *(since for since, _rate in table if first < since <= until)]
    for since, after in zip(starts, [*starts[1:], until + timedelta(days=1)], strict=True):
        last, percent = after - timedelta(days=1), percent_on(since)
        if last < since or not percent:
            continue
        days = (last - since).days + 1
        found.append(Slice(since, last, percent, cents(amount * percent / 100 * days / 365, currency)))
    return found
