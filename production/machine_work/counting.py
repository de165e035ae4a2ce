"""The gate behind a machine: what lies on the plate is good when a person says so, plate by plate, with one tap."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.drivers import Outcome
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import bell
from machines.models import MachineJob
from production import runs
from production.machine_work import used
from production.models import MachineWork, Run
from production.quality import gate
from production.states import ACTIVE_RUN


@retried
@transaction.atomic
def count(work: MachineWork, *, good: int, scrap: int, note: str = "", by) -> Run:
    """Say what one plate brought. When all pieces of its run are told, the run is finished; else the next plate waits.

    Said twice in the same words it is said once; otherwise `Refused` with code "told-otherwise", "counts", "state", or
    "running" while the machine is still at it.
    """
    rows = MachineWork._base_manager.select_for_update(of=("self",)).select_related("machine_job", "run__operation")
    fresh = rows.get(pk=work.pk)
    run = fresh.run
    if run is None:
        raise Refused(_("Nobody has said whose this is."), code="state")
    if fresh.good is not None:
        if (fresh.good, fresh.scrap) == (good, scrap):
            return run
        words = _("This plate is counted already: %(good)s good, %(scrap)s scrap.")
        raise Refused(words % {"good": fresh.good, "scrap": fresh.scrap}, code="told-otherwise")
    if run.state not in ACTIVE_RUN:
        raise Refused(_("This run is over already, with %(good)s good and %(scrap)s scrap.") % vars(run), code="state")
    if fresh.machine_job.ended_at is None:
        raise Refused(_("%(machine)s is still at it.") % {"machine": fresh.machine_job.machine}, code="running")
    _check(run, good, scrap)
    fresh.good, fresh.scrap, fresh.said_at = good, scrap, timezone.now()
    fresh.said_by = by if getattr(by, "pk", None) else None
    fresh.save(update_fields=["good", "scrap", "said_at", "said_by"])
    details = {"machine": run.machine, "good": good, "scrap": scrap} | ({"note": note} if note else {})
    activity.record("counted", run.operation, by, details=details)
    return _after(run, note, by)


def _check(run: Run, good: int, scrap: int) -> None:
    rest = left(run)
    if good < 0 or scrap < 0 or not 0 < good + scrap <= rest:
        raise Refused(
            _("Good and scrap together can be at most %(quantity)s, the pieces of this run.") % {"quantity": rest},
            code="counts",
        )


def _after(run: Run, note: str, by) -> Run:
    if not left(run):
        told = told_of(run)
        return runs.finish(run, good=told["good"], scrap=told["scrap"], note=note, by=by)
    if not open_plates(run):
        Run._base_manager.filter(pk=run.pk, state__in=ACTIVE_RUN).update(machine_done_at=None)  # the next plate
    bell.ring_queues([run.machine_id])
    run.refresh_from_db()
    return run


def told_of(run: Run) -> dict[str, int]:
    """{"good", "scrap"} of the plates that are counted."""
    found = MachineWork._base_manager.filter(run=run).aggregate(good=Sum("good"), scrap=Sum("scrap"))
    return {name: found[name] or 0 for name in ("good", "scrap")}


def left(run: Run) -> int:
    """Pieces of a run that nobody has said anything of."""
    return max(0, run.quantity - sum(told_of(run).values()))


def open_plates(run: Run) -> list[MachineWork]:
    """Plates that lie there and are not counted, oldest first, each with what is proposed: see `proposal`."""
    if run.operation.sheet_id:
        return []  # of a sheet it is said part by part
    rows = run.machine_works.filter(good=None, machine_job__reported=False).exclude(machine_job__ended_at=None)
    works = list(rows.exclude(machine_job__outcome=Outcome.UNCLEAR).select_related("machine_job").order_by("pk"))
    rest = left(run)
    for work in works:
        work.likely = max(1, min(work.pieces or rest, rest))
        work.came_out = work.machine_job.outcome == Outcome.FINISHED
    return works


def proposal(run: Run) -> tuple[int, int]:
    """(good, scrap) of a whole run, as the counted plates and the machine's word have it, less what was decided not to
    be good."""
    return gate.claims(run, run.operation_id).proposed(run.quantity, *_told(run))


def _told(run: Run) -> tuple[int, int]:
    told = told_of(run)
    good, scrap = told["good"], told["scrap"]
    plates = open_plates(run)
    if not plates:
        return run.quantity - scrap, scrap
    for work in plates:
        pieces = min(work.likely, run.quantity - good - scrap)
        good, scrap = (good + pieces, scrap) if work.came_out else (good, scrap + pieces)
    return good, scrap


def likely_pieces(run: Run, job: MachineJob) -> int:
    """How many pieces one print brings: by its weight where that is known, else what is left of the run."""
    rest = left(run) or run.quantity
    line = run.operation.job_line
    if line is None:
        return rest
    planned = used.quantity_of(line.item, Decimal(str(job.grams_planned or 0)))
    if planned and line.material_each:
        return max(1, min(rest, round(planned / line.material_each)))
    return rest


def forget(run: Run) -> None:
    """The end of a run was taken back: its plates are asked for once more."""
    MachineWork._base_manager.filter(run=run).update(good=None, scrap=None, said_at=None, said_by=None)
