"""Lives of records: the allowed moves as a table, made by compare-and-swap.

Nobody assigns `.state`. A move is one `UPDATE … WHERE pk AND state IN (sources)`; zero rows means somebody was
quicker or the move is not allowed, and the verb is refused with the reason. The same table draws the buttons.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from laseros.core.errors import Refused


@dataclass(frozen=True)
class Move:
    name: str
    sources: tuple[str, ...]
    target: str
    label: object = ""


class Life:
    """States with their labels, and the moves between them."""

    def __init__(self, states: dict[str, object], moves: Iterable[Move]):
        self.labels = states
        self.moves = {move.name: move for move in moves}
        known = set(states)
        for move in self.moves.values():
            unknown = ({*move.sources, move.target}) - known
            if unknown:
                raise ValueError(f"{move.name}: unknown states {sorted(unknown)}")

    @property
    def choices(self) -> list[tuple[str, object]]:
        return list(self.labels.items())

    @property
    def first(self) -> str:
        return next(iter(self.labels))

    def open_moves(self, state: str) -> list[Move]:
        """The moves a record in `state` can make, in the order of the table."""
        return [move for move in self.moves.values() if state in move.sources]

    def can(self, state: str, name: str) -> bool:
        return state in self.moves[name].sources

    def move(self, record, name: str, **fields) -> None:
        """Make the move on one record, writing `fields` in the same UPDATE.

        Raises `Refused` (code "state") when the record is not in one of the move's source states any more.
        """
        if not self.try_move(record, name, **fields):
            current = type(record)._base_manager.filter(pk=record.pk).values_list("state", flat=True).first()
            label = self.labels.get(current, current)
            raise Refused(
                _("This is no longer possible: %(what)s is %(state)s now.") % {"what": record, "state": label},
                code="state",
                state=current,
            )

    def try_move(self, record, name: str, **fields) -> bool:
        """As `move`, but answers False where it would refuse: for verbs that may run twice."""
        move = self.moves[name]
        rows = type(record)._base_manager.filter(pk=record.pk, state__in=move.sources)
        if not rows.update(state=move.target, **fields):
            return False
        record.state = move.target
        for field, value in fields.items():
            setattr(record, field, value)
        return True
