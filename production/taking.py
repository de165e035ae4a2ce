"""Material that leaves the stock when a job is approved, where a business wants that: see docs/adr/0005.

`Operation.taken` is booked out for an operation and not used by a run yet. What is promised in full is taken; what
waits for stock stays a promise. A run uses what was taken first, and whoever cancels or nests the work gives it back.
"""

from decimal import Decimal

from django.db.models import F

from inventory import ledger
from inventory.models import Move
from laseros.core.errors import Refused
from production import booking, exploding
from production.models import Job, Operation, Run

NOTHING = Decimal(0)


def take(job: Job, by) -> None:
    """Book out everything a job is promised in full. Called under the job's lock; harmless to run twice."""
    rows = Operation.objects.filter(job_line__job=job, state="queued").select_related("reservation__item", "job_line")
    for operation in rows.order_by("pk"):
        promise = operation.reservation
        if promise is None or promise.waiting or not promise.open_quantity:
            continue
        amount = promise.open_quantity
        ledger.use(promise, amount, key=f"{_key(operation)}{promise.pk}", by=by, reason=promise.label,
                   source=f"job:{job.pk}")  # fmt: skip
        ledger.release(promise, by)  # nothing of it is left: it is used
        _add(operation, amount)
    exploding.take(job, by)


def _key(operation: Operation) -> str:
    return f"operation:{operation.pk}:at-once:"


def _add(operation: Operation, amount: Decimal) -> None:
    Operation._base_manager.filter(pk=operation.pk).update(taken=F("taken") + amount)
    operation.taken += amount


def use(run: Run, used: Decimal) -> Decimal:
    """What of `used` was taken before the run, noted on both. In the transaction that ends the run."""
    operation = run.operation
    covered = min(used, operation.taken)
    if covered:
        _add(operation, -covered)
        Run._base_manager.filter(pk=run.pk).update(from_taken=covered)
        run.from_taken = covered
    return covered


def used_by_machine(operation: Operation, used: Decimal) -> Decimal:
    """What of `used` was taken before a machine used it: gone for good, whatever is said of the run later."""
    covered = min(used, operation.taken)
    if covered:
        _add(operation, -covered)
    return covered


def give_back(operation: Operation, by, *, key: str = "") -> None:
    """Bring back what was taken for an operation and is not needed; `key` names it where it may be taken back."""
    if not operation.taken:
        return
    moves = list(_moves(operation).select_related("item", "lot", "location"))
    key = key or f"{_key(operation)}back:{len(moves)}"
    job = operation.job_line.job
    booking.give_back(moves, operation.taken, key=key, reason=job.number, by=by, source=f"job:{job.pk}")
    _add(operation, -operation.taken)


def _moves(operation: Operation):
    """All that was taken for an operation and brought back."""
    # By its source, which an index knows; the beginning of a key is known to none.
    return Move.objects.filter(source=f"job:{operation.job_line.job_id}", key__startswith=_key(operation))


def rest_key(run: Run) -> str:
    """Under which key the end of a run gives back what is left: see `again`."""
    return f"{_key(run.operation)}{run.key_of_use}:rest"


def again(run: Run, by) -> None:
    """As before a run ended: what it used of what was taken is taken, and what its end gave back is taken anew.

    What somebody else has taken since is left out; it is promised instead.
    """
    operation = run.operation
    _add(operation, run.from_taken)
    Run._base_manager.filter(pk=run.pk).update(from_taken=0)
    for move in Move.objects.filter(key=rest_key(run)).select_related("item"):
        parts = _moves(operation).filter(key__startswith=move.key, quantity__gt=0)
        amount = sum((part.quantity for part in parts.order_by("pk")), NOTHING)
        try:
            ledger.reverse(move, key=f"{move.key}:undo", by=by, reason=move.reason)
        except Refused as refusal:
            if refusal.code != "short":
                raise
            return
        _add(operation, amount)
