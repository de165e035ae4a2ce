"""Jobs that are part of others: what stands above and below one, and whether one may be put under another."""

from collections.abc import Iterable

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from django.db.transaction import on_commit
from django.utils.translation import gettext as _

from accounts.models import Workspace
from crm.families import living
from crm.models import Client
from laseros.core.errors import Refused
from production import milestones
from production.models import Job, JobLine
from production.signals import job_part_over
from production.states import OPEN_JOB, OVER_JOB

LEVELS = 3
ROW = ("workspace", "number", "title", "state", "due_on", "parent", "quoted_total")


def with_pieces(rows: QuerySet[Job]) -> QuerySet[Job]:
    """Jobs with `pieces_made` and `pieces` ordered, of the lines the client ordered."""
    lines = JobLine.objects.filter(job=OuterRef("pk"), parent=None).order_by().values("job")
    made = lines.annotate(n=Sum(Least(F("made_good"), F("quantity")))).values("n")
    ordered = lines.annotate(n=Sum("quantity")).values("n")
    return rows.annotate(
        pieces_made=Coalesce(Subquery(made, output_field=IntegerField()), 0),
        pieces=Coalesce(Subquery(ordered, output_field=IntegerField()), 0),
    )


def above(job: Job) -> list[Job]:
    """What it is part of, the nearest first."""
    found = []
    while job.parent is not None:
        job = job.parent
        found.append(job)
    return found


def below(job: Job, rows: QuerySet[Job] | None = None) -> list[tuple[int, Job]]:
    """Its parts as (level from 1, job), each before its own; three queries however many, one where there is none."""
    if not Job.objects.filter(parent=job.pk).exists():  # most have none, and this is soon asked
        return []
    rows = Job.objects.only(*ROW).order_by("pk") if rows is None else rows
    parts = list(rows.filter(parent=job.pk))
    theirs: dict[int, list[Job]] = {}
    for part in rows.filter(parent__in=[part.pk for part in parts]):
        theirs.setdefault(part.parent_id, []).append(part)
    return [row for part in parts for row in [(1, part), *((2, one) for one in theirs.get(part.pk, ()))]]


def open_below(job: Job) -> list[Job]:
    """Its parts that are still to be made, and theirs."""
    return open_of(below(job))


def open_of(parts: Iterable[tuple[int, Job]]) -> list[Job]:
    return [part for _level, part in parts if part.state in OPEN_JOB]


def named(jobs: Iterable[Job]) -> str:
    return ", ".join(str(job) for job in jobs)


def keep_still(job: Job) -> None:
    """Nobody else of the business moves jobs about: two moves at once could close a ring that neither of them sees.

    Held until the transaction ends, and not against whoever only refers to the business.
    """
    Workspace.objects.select_for_update(no_key=True).get(pk=job.workspace_id)


def hold(parent: Job, client: Client) -> list[Job]:
    """Hold `parent` and keep all trees still until the transaction ends; answers `parent` and what is above it.

    Raises `Refused` where it takes no new parts of that client: "state", "client", "levels".
    """
    keep_still(parent)
    milestones.lock(parent)
    chain = [Job.objects.select_related("client__merged_into").get(pk=parent.pk)]
    chain += above(chain[0])
    over = next((job for job in chain if job.state in OVER_JOB), None)
    if over is not None:
        raise Refused(
            _("%(job)s is %(state)s: it takes no more parts.") % {"job": over, "state": over.get_state_display()},
            code="state",
        )
    if living(chain[0].client).pk != living(client).pk:
        raise Refused(
            _("%(job)s is for another client: %(client)s.") % {"job": parent, "client": chain[0].client}, code="client"
        )
    if len(chain) >= LEVELS:
        raise _too_deep(parent)
    return chain


def check_under(child: Job, chain: list[Job]) -> None:
    """Raises `Refused` ("cycle", "levels") where `child` with all its parts does not fit under `chain[0]`."""
    parts = below(child)
    inside = {child.pk, *(part.pk for _level, part in parts)}
    if any(job.pk in inside for job in chain):
        raise Refused(
            _("%(parent)s is %(child)s itself or one of its parts.") % {"parent": chain[0], "child": child},
            code="cycle",
        )
    if len(chain) + 1 + max((level for level, _part in parts), default=0) > LEVELS:
        raise _too_deep(chain[0])


def _too_deep(parent: Job) -> Refused:
    return Refused(
        _("Jobs are at most %(count)s levels deep: this does not fit under %(job)s.")
        % {"count": LEVELS, "job": parent},
        code="levels",
    )


def part_is_over(wholes: Iterable[Job]) -> None:
    """Tell after commit that these jobs wait for one part less."""
    for whole in wholes:
        on_commit(lambda whole=whole: job_part_over.send_robust(sender=Job, job=whole))
