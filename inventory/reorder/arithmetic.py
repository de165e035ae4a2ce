"""When to buy and how much. No database: every figure on the board is made here.

order at   = the larger of minimum and daily use × (days of delivery + days of safety)
lasts      = free ÷ daily use
low        = free + on order is below the minimum, or down to what delivery and safety take
fill up to = the larger of target, and order at + daily use × days an order lasts
to buy     = fill up to − (free + on order), in whole packs
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

NOTHING = Decimal(0)
STEP = Decimal("0.001")
LONGEST = Decimal(99_999)  # days; beyond, nobody plans


@dataclass(frozen=True)
class Facts:
    """In the item's unit; `use_30` and `use_90` are for one day."""

    use_30: Decimal
    use_90: Decimal
    available: Decimal
    on_order: Decimal
    minimum: Decimal
    target: Decimal
    lead_days: int
    safety_days: int
    cover_days: int

    @property
    def daily(self) -> Decimal:
        """The larger of the two: use that grows is followed at once, use that falls slowly."""
        return max(self.use_30, self.use_90, NOTHING)

    @property
    def point(self) -> Decimal:
        """What is used while a delivery is under way, and while it is late."""
        return (self.daily * (self.lead_days + self.safety_days)).quantize(STEP, ROUND_HALF_UP)

    @property
    def reorder_at(self) -> Decimal:
        return max(self.minimum, self.point)

    @property
    def days_left(self) -> Decimal | None:
        """None where nothing is used."""
        if not self.daily:
            return None
        days = max(self.available, NOTHING) / self.daily
        return min(days, LONGEST).quantize(Decimal("0.1"), ROUND_DOWN)

    @property
    def position(self) -> Decimal:
        return self.available + self.on_order

    @property
    def is_low(self) -> bool:
        return self.position < self.minimum or (self.point > 0 and self.position <= self.point)

    @property
    def fill_to(self) -> Decimal:
        covered = self.reorder_at + self.daily * self.cover_days
        return max(self.target, covered).quantize(STEP, ROUND_HALF_UP)

    @property
    def wanted(self) -> Decimal:
        """How much to buy, before it is rounded up to packs; 0 when it is not low."""
        return max(self.fill_to - self.position, NOTHING) if self.is_low else NOTHING
