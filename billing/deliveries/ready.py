"""What of a job can leave the house: made, not delivered, in no other parcel; and which part holds up a set."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Sum
from django.db.models.functions import Least
from django.utils import timezone

from billing.models import DeliveryLine
from billing.models.delivery import ON_THE_WAY_OUT
from production.models import Job, JobLine

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Ready:
    """One line of a job: so many pieces can be put into a delivery now."""

    line: JobLine
    pieces: int

    @property
    def left(self) -> int:
        """What is still to be delivered of it, made or not."""
        return max(self.line.quantity - self.line.delivered, 0)


@dataclass(frozen=True)
class Sets:
    """A line that is made of parts: so many are complete, and what the next ones wait for."""

    line: JobLine
    complete: int
    waiting: int
    holding: tuple[JobLine, ...]


def made(line: JobLine) -> int:
    return min(line.made_good, line.quantity)


def ready_of(lines: list[JobLine], but: int | None = None) -> list[Ready]:
    """What can leave of each of these lines; without what stands in deliveries that are not shipped yet.

    `but` is a delivery whose own pieces are not in its way.
    """
    own = [line for line in lines if line.parent_id is None]
    rows = DeliveryLine.objects.filter(job_line__in=own, delivery__state__in=ON_THE_WAY_OUT)
    if but is not None:
        rows = rows.exclude(delivery=but)
    taken = dict(rows.order_by().values_list("job_line").annotate(pieces=Sum("quantity")))
    return [Ready(line, max(made(line) - line.delivered - taken.get(line.pk, 0), 0)) for line in own]


def sets_of(lines: list[JobLine]) -> list[Sets]:
    """Of the lines that are made of parts: how many complete ones could leave, and which parts hold up the rest."""
    below: dict[int, list[JobLine]] = {}
    for line in lines:
        if line.parent_id is not None:
            below.setdefault(line.parent_id, []).append(line)
    found = []
    for line in lines:
        parts = below.get(line.pk)
        if line.parent_id is not None or not parts:
            continue
        fewest = min(part.made_good // part.per_parent for part in parts)
        holding = tuple(part for part in parts if part.made_good // part.per_parent == fewest)
        waiting = max(line.quantity - made(line), 0)
        found.append(Sets(line, max(made(line) - line.delivered, 0), waiting, holding if waiting else ()))
    return found


def to_deliver():
    """Jobs with pieces made that have not left the house, as a queryset."""
    undelivered = JobLine.objects.filter(
        job=OuterRef("pk"), parent=None, delivered__lt=Least(F("made_good"), F("quantity"))
    )
    # Paid and made a while ago, it went without a delivery of ours.
    at_work = Job.objects.filter(state__in=("approved", "in_progress", "on_hold", "made"))
    # Of all businesses: by its day alone it is found without looking at everything that was ever completed. Ours are
    # picked out below.
    lately = Job._base_manager.filter(completed_at__gte=timezone.now() - LATELY)
    here = at_work.order_by().values("pk").union(lately.order_by().values("pk"), all=True)
    return Job.objects.filter(Exists(undelivered), pk__in=here)
