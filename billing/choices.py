"""What was chosen for one line of a quote instead of what the rules say."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from billing.pricing import MODES

MOST_EACH = Decimal(100_000)


@dataclass(frozen=True)
class Choices:
    """Empty means: as the rules say. `operations` are {pk of an ExtraOperation: units in each piece}."""

    mode: str = ""
    machine: int | None = None
    gas: str = ""
    margin: Decimal | None = None
    operations: dict[int, Decimal] = field(default_factory=dict)

    @classmethod
    def read(cls, stored: dict) -> "Choices":
        """From a line's JSON; what is not understood any more is as if it had not been chosen."""
        operations = {}
        for key, count in (stored.get("operations") or {}).items():
            amount = _decimal(count)
            if str(key).isdigit() and amount is not None:
                operations[int(key)] = amount
        mode, machine = stored.get("mode") or "", stored.get("machine")
        return cls(
            mode if mode in MODES else "",
            machine if isinstance(machine, int) else None,
            str(stored.get("gas") or ""),
            _decimal(stored.get("margin")),
            operations,
        )

    def stored(self) -> dict:
        """For the line, without what was not chosen."""
        every = {
            "mode": self.mode,
            "machine": self.machine,
            "gas": self.gas,
            "margin": None if self.margin is None else f"{self.margin:f}",
            "operations": {str(pk): f"{count:f}" for pk, count in self.operations.items()},
        }
        return {name: value for name, value in every.items() if value not in ("", None, {})}


def _decimal(value) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found <= MOST_EACH else None
