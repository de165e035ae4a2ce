"""What machines took for a job: their time, energy and material, as they said it, and what that costs."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from inventory.models import Move
from laseros.core.drivers import Outcome
from laseros.core.money import cents
from production.models import Job, MachineWork, Run
from production.signals import energy_price_wanted

HOUR = Decimal(3600)
READ_ALONG = ("machine_job__machine", "run__operation__job_line__item")
# Of so many joined rows only this: a page of a job waits for it.
READ = (
    "workspace", "material_used", "run", "run__operation", "run__operation__sheet", "run__operation__job_line",
    *(f"run__operation__job_line__item{each}" for each in ("", "__on_hand", "__owned", "__value", "__price")),
    *(f"machine_job{each}" for each in ("", "__outcome", "__started_at", "__ended_at", "__kwh", "__grams")),
    "machine_job__machine", "machine_job__machine__hourly_rate",
)  # fmt: skip


@dataclass
class Used:
    """`prints` machine jobs of which `failed` came to nothing; kWh None where no machine counts any."""

    prints: int = 0
    failed: int = 0
    seconds: float = 0.0
    kwh: float | None = None
    grams: float | None = None
    time_cost: Decimal = Decimal(0)
    energy_cost: Decimal | None = None
    material_cost: Decimal = Decimal(0)

    @property
    def cost(self) -> Decimal:
        return self.time_cost + self.material_cost + (self.energy_cost or 0)


def of_job(job: Job) -> Used | None:
    """None where no machine said anything for it. Of a print still running its time until now does not count yet."""
    works = MachineWork.objects.filter(run__operation__job_line__job=job).exclude(machine_job__ended_at=None)
    # Most jobs have none, and what is joined below takes longer to put into words than to look up.
    found = list(works.order_by().values_list("pk", flat=True))
    rows = MachineWork.objects.filter(pk__in=found).select_related(*READ_ALONG).only(*READ).order_by("pk")
    works = list(rows) if found else []
    metered = Run.objects.filter(operation__job_line__job=job, machine_works=None, kwh__isnull=False)
    by_meter = metered.aggregate(whole=Sum("kwh"))["whole"]  # of runs no machine counted for
    if not works and by_meter is None:
        return None
    used = Used(prints=len(works), kwh=by_meter)
    for work in works:
        _add(used, work.machine_job)
    currency = job.workspace.currency
    used.time_cost = cents(used.time_cost, currency)
    price = next(
        (price for _heard, price in energy_price_wanted.send(sender=Job, workspace=job.workspace) if price), None
    )
    if used.kwh is not None and price is not None:
        used.energy_cost = cents(Decimal(str(used.kwh)) * price, currency)
    used.material_cost = cents(_taken_before(works) - _value({work.run_id for work in works}), currency)
    return used


def _add(used: Used, done) -> None:
    used.failed += done.outcome in (Outcome.FAILED, Outcome.CANCELLED)
    used.seconds += done.seconds or 0
    used.time_cost += Decimal(str(done.seconds or 0)) / HOUR * done.machine.hourly_rate
    if done.kwh is not None:
        used.kwh = (used.kwh or 0) + done.kwh
    if done.grams is not None:
        used.grams = (used.grams or 0) + done.grams


def _taken_before(works: list[MachineWork]) -> Decimal:
    """What was booked out at the order and used by these: at the average, for its own moves are the job's."""
    worth = Decimal(0)
    for run in {work.run_id: work.run for work in works}.values():
        used = sum((work.material_used for work in works if work.run_id == run.pk), Decimal(0))
        item = run.operation.item
        if item is None or not used:
            continue
        moves = Move.objects.filter(source=f"run:{run.pk}", item=item).aggregate(whole=Sum("quantity"))
        worth += max(used + (moves["whole"] or 0), Decimal(0)) * item.average_cost
    return worth


def _value(runs: set[int]) -> Decimal:
    """What left the books for these runs, less what came back."""
    moves = Move.objects.filter(source__in=[f"run:{pk}" for pk in runs])
    return moves.aggregate(whole=Sum("value"))["whole"] or Decimal(0)
