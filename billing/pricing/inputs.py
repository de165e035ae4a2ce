"""What a price is made from. Every record checks itself and holds only Decimals, ints and text once it exists."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from .errors import PricingError
from .numbers import count, number

MOST_MARGIN = Decimal(99)
MOST_MARKUP = Decimal(1000)
MODES = ("share", "sheet", "bounds", "net")
HUNDRED = Decimal(100)
MEASURED_WITH_ERROR = Decimal("1.001")  # curves are measured as short chords: areas may disagree a little


class _Checked:
    _money = _measured = _above_zero = ()

    def __post_init__(self):
        for name in (*self._money, *self._measured):
            value = number(name, getattr(self, name), money=name in self._money, above_zero=name in self._above_zero)
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Rates(_Checked):
    """The shop's prices. `margin_percent` is of the price (30: cost is 70 % of it), `waste_percent` of the material.

    With `markup` the margin is of the cost instead (30: the price is 130 % of it). Unit prices are multiples of
    `round_to` (0: of a cent), the nearest one or, with `round_up`, the next.
    """

    machine_hour: Decimal
    labour_hour: Decimal
    setup_minutes: Decimal
    handling_seconds: Decimal
    margin_percent: Decimal
    minimum_line: Decimal
    waste_percent: Decimal
    energy_kwh_price: Decimal = Decimal(0)
    machine_kw: Decimal = Decimal(0)
    gas_price_m3: Decimal = Decimal(0)
    round_to: Decimal = Decimal(0)
    round_up: bool = False
    markup: bool = False
    tax_percent: Decimal = Decimal(0)  # that the price includes: rounding is of the price with it
    currency: str = field(kw_only=True)

    _money = (
        "machine_hour",
        "labour_hour",
        "setup_minutes",
        "handling_seconds",
        "minimum_line",
        "waste_percent",
        "energy_kwh_price",
        "machine_kw",
        "gas_price_m3",
        "round_to",
    )

    def __post_init__(self):
        super().__post_init__()
        most = MOST_MARKUP if self.markup else MOST_MARGIN
        margin = number("margin_percent", self.margin_percent, money=True, most=most)
        object.__setattr__(self, "margin_percent", margin)
        tax = number("tax_percent", self.tax_percent, money=True, most=HUNDRED)
        object.__setattr__(self, "tax_percent", tax)
        if not (isinstance(self.currency, str) and re.fullmatch("[A-Z]{3}", self.currency)):
            raise PricingError(f"currency must be a code of three capital letters, not {self.currency!r}.")


@dataclass(frozen=True)
class SheetMaterial(_Checked):
    name: str
    density_kg_m3: Decimal
    thickness_mm: Decimal
    sheet_width_mm: Decimal
    sheet_height_mm: Decimal
    sheet_price: Decimal

    _money = ("sheet_price",)
    _above_zero = _measured = ("density_kg_m3", "thickness_mm", "sheet_width_mm", "sheet_height_mm")


@dataclass(frozen=True)
class Charge(_Checked):
    """How material is charged.

    mode "share" is a part's share of a sheet full of it, or `nested_share` of one sheet where a nest has found it;
    "sheet" whole sheets, with `credit_percent` of the value of what is left of the last one taken off; "bounds" the
    strip of the sheet that is cut off; "net" the area of the part alone.
    """

    mode: str = "share"
    credit_percent: Decimal = Decimal(0)
    nested_share: Decimal | None = None

    def __post_init__(self):
        if self.mode not in MODES:
            raise PricingError(f"material can be charged by {', '.join(MODES)}, not by {self.mode!r}.")
        credit = number("credit_percent", self.credit_percent, money=True, most=HUNDRED)
        object.__setattr__(self, "credit_percent", credit)
        if self.nested_share is not None:
            share = number("nested_share", self.nested_share, above_zero=True)
            object.__setattr__(self, "nested_share", share)


@dataclass(frozen=True)
class Extra(_Checked):
    """An extra operation: `count` units of it in each piece at `rate`, and `setup` once for the line, both money."""

    name: str
    unit: str
    count: Decimal
    rate: Decimal
    setup: Decimal = Decimal(0)

    _money = ("rate", "setup")
    _measured = ("count",)


@dataclass(frozen=True)
class CutParameters(_Checked):
    """One confirmed row of the cutting table. Acceleration and rapids serve the time model, not the simple formula.

    `load_s` are the seconds from one sheet to the next.
    """

    feed_mm_min: Decimal
    pierce_s: Decimal
    gas: str
    gas_pressure_bar: Decimal
    nozzle_mm: Decimal
    kerf_mm: Decimal
    acceleration_mm_s2: Decimal
    rapid_mm_min: Decimal
    version: str
    load_s: Decimal = Decimal(0)

    _measured = (
        "load_s",
        "feed_mm_min",
        "pierce_s",
        "gas_pressure_bar",
        "nozzle_mm",
        "kerf_mm",
        "acceleration_mm_s2",
        "rapid_mm_min",
    )
    _above_zero = ("feed_mm_min",)


@dataclass(frozen=True)
class CutPart(_Checked):
    """One measured part. `cut_seconds` is the modelled time with pierces and rapids, None when nothing modelled it."""

    width_mm: Decimal
    height_mm: Decimal
    net_area_mm2: Decimal
    gross_area_mm2: Decimal
    cut_length_mm: Decimal
    pierces: int
    cut_seconds: Decimal | None = None
    bend_count: int = 0

    _measured = ("width_mm", "height_mm", "net_area_mm2", "gross_area_mm2", "cut_length_mm")
    _above_zero = ("width_mm", "height_mm")

    def __post_init__(self):
        super().__post_init__()
        for name in ("pierces", "bend_count"):
            object.__setattr__(self, name, count(name, getattr(self, name)))
        if self.cut_seconds is not None:
            object.__setattr__(self, "cut_seconds", number("cut_seconds", self.cut_seconds))
        if self.net_area_mm2 > self.gross_area_mm2 * MEASURED_WITH_ERROR:
            raise PricingError("The area without holes is smaller than the area with holes taken out.")
        if self.gross_area_mm2 > self.width_mm * self.height_mm * MEASURED_WITH_ERROR:
            raise PricingError("The area of the part is larger than the rectangle around it.")


@dataclass(frozen=True)
class PrintPart(_Checked):
    """One printed piece: grams of filament (supports and purge included) and seconds on the printer."""

    grams: Decimal
    seconds: Decimal
    filament_price_kg: Decimal
    colour: str = ""
    material: str = ""

    _money = ("filament_price_kg",)
    _measured = ("grams", "seconds")


@dataclass(frozen=True)
class Discounts:
    """A percentage for this client or line and a table of (from this many pieces, percent): both apply, in turn."""

    percent: Decimal
    breaks: tuple[tuple[int, Decimal], ...]

    @classmethod
    def read(cls, percent, breaks) -> "Discounts":
        """Larger quantities must not get smaller discounts: the unit price would rise with the quantity."""
        table = tuple(
            (count("quantity_break", start, least=1), number("quantity_break_percent", off, money=True, most=HUNDRED))
            for start, off in breaks or ()
        )
        table = tuple(sorted(table))
        for (start, off), (next_start, next_off) in pairwise(table):
            if start == next_start:
                raise PricingError(f"There are two quantity breaks from {start} pieces.")
            if next_off < off:
                raise PricingError(f"The discount from {next_start} pieces is smaller than the one from {start}.")
        return cls(number("discount_percent", percent, money=True, most=HUNDRED), table)

    def break_at(self, quantity: int) -> tuple[int, Decimal]:
        return max((row for row in self.breaks if row[0] <= quantity), default=(1, Decimal(0)))

    def next_break(self, quantity: int) -> int | None:
        return next((start for start, _ in self.breaks if start > quantity), None)

    def keep(self, quantity: int) -> Decimal:
        """The part of the price that is left, 0.9 for 10 % off."""
        return (HUNDRED - self.break_at(quantity)[1]) * (HUNDRED - self.percent) / 10_000
