"""Which extra operations a part takes: proposed from its drawing by the shop's rules, or chosen for the line."""

from dataclasses import dataclass
from decimal import Decimal

from billing.choices import Choices
from billing.models import ExtraOperation
from billing.price_book import PriceBook
from billing.pricing import Extra
from production.models import Measurement

SAME_MM = Decimal("0.1")  # a drawn hole is of a drill's size when it is within this


@dataclass(frozen=True)
class Proposed:
    """An operation of the shop with how many units of it a piece has: as proposed, and as it is taken."""

    operation: ExtraOperation
    proposed: Decimal
    count: Decimal

    @property
    def extra(self) -> Extra:
        row = self.operation
        return Extra(row.name, row.unit, self.count, row.rate, row.setup)


def of(measurement: Measurement | None, choices: Choices, book: PriceBook) -> list[Proposed]:
    """Every operation of the shop for one part, those that do not apply with a count of 0."""
    facts = _Facts(measurement, book)
    found = []
    for row in book.operations:
        proposed = facts.count(row)
        found.append(Proposed(row, proposed, choices.operations.get(row.pk, proposed)))
    return found


class _Facts:
    """What the rules ask of a drawing; its contours are read only when a rule asks for holes."""

    def __init__(self, measurement: Measurement | None, book: PriceBook):
        self.measurement, self.book = measurement, book

    def count(self, row: ExtraOperation) -> Decimal:
        if self.measurement is None or row.proposed == ExtraOperation.Proposed.NEVER:
            return Decimal(0)
        if row.proposed == ExtraOperation.Proposed.BENDS:
            found = int(self.measurement.findings.get("bends", 0))
        elif row.proposed == ExtraOperation.Proposed.HOLES:
            found = self._in_sizes(row.sizes())
        else:
            return self._of_every(row)
        return Decimal(min(found, 1) if row.unit == ExtraOperation.Unit.PIECE else found)

    def _of_every(self, row: ExtraOperation) -> Decimal:
        if row.unit == ExtraOperation.Unit.METRE:
            return _exact(self.measurement.cut_length_mm / 1000)
        if row.unit == ExtraOperation.Unit.AREA:
            return _exact(self.measurement.net_area_mm2 * 2 / 1e6)
        if row.unit == ExtraOperation.Unit.BEND:
            return Decimal(int(self.measurement.findings.get("bends", 0)))
        if row.unit == ExtraOperation.Unit.HOLE:
            return Decimal(sum(self.book.holes(self.measurement).values()))
        return Decimal(1)

    def _in_sizes(self, sizes: list[Decimal]) -> int:
        return sum(
            count
            for size, count in self.book.holes(self.measurement).items()
            if any(abs(Decimal(str(size)) - wanted) <= SAME_MM for wanted in sizes)
        )


def _exact(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.0001"))
