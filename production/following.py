"""Steps of a recipe follow each other: what a line's work waits for, and how many pieces of it can be made by now.

A step follows the one before it, the first step the parts that go into the product beside it. The shop says of each
step whether it begins as pieces come, when all of them are there, or at any time.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from machines import bell
from production.models import Job, JobLine, Operation, Step

ANY = Step.Starts.ANY


@dataclass(frozen=True)
class Turn:
    """`came` are the pieces of a line that can have been made by now, `room` those that can be made of what is left;
    `after` names what the others wait for."""

    came: int
    room: int
    after: tuple[str, ...]

    @property
    def waits(self) -> bool:
        return not self.room

    @property
    def words(self) -> str:
        return ", ".join(self.after)


def turns(lines: Iterable[JobLine]) -> dict[int, Turn]:
    """{line: its turn} for the lines that wait for others to be made; one query, and none where there are no steps."""
    steps = [line for line in lines if line is not None and line.step and line.starts != ANY]
    if not steps:
        return {}
    beside = defaultdict(list)
    for row in JobLine.objects.filter(parent__in={line.parent_id for line in steps}).order_by("position", "pk"):
        beside[row.parent_id].append(row)
    found = {line.pk: _turn(line, beside[line.parent_id]) for line in steps}
    return {pk: turn for pk, turn in found.items() if turn is not None}


def _turn(line: JobLine, beside: list[JobLine]) -> Turn | None:
    before = [row for row in beside if row.step == line.step - 1 and row.pk != line.pk]
    short = [row for row in before if row.made_good < row.quantity]
    if not short:
        return None  # everything it takes is there
    came = min(row.made_good // row.per_parent for row in before)
    if line.starts == Step.Starts.ALL:
        came = line.made_good
    return Turn(came, max(min(came, line.quantity) - line.made_good, 0), tuple(row.description for row in short))


def turn_of(operation: Operation) -> Turn | None:
    """Of one operation; None when it waits for nothing."""
    line = operation.job_line
    return turns([line]).get(line.pk) if line is not None else None


def ring(job: Job) -> None:
    """Tell the queues in which later steps of a job wait: their turn may have come."""
    rows = Operation.objects.filter(job_line__job=job, job_line__step__gt=0, state="queued").order_by()
    machines = set(rows.values_list("machine", flat=True))
    if machines:
        bell.ring_queues(sorted(machines))
