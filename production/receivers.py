"""What production hears from the machines."""

from django.dispatch import receiver

from laseros.core.drivers import State
from machines import bell
from machines.signals import state_changed
from production.models import Operation, Run
from production.signals import job_changed
from production.states import ACTIVE_RUN


@receiver(state_changed)
def machine_done(sender, machine, change, **kwargs):
    """The machine says it has finished the run's work; the operator still says what came out of it.

    Anything else a machine says, an error too, is only shown: a person stands beside it.
    """
    pk = run_of(change.job_key)
    if pk is None or change.after != State.FINISHED:
        return
    rows = Run._base_manager.filter(pk=pk, machine=machine, state__in=ACTIVE_RUN, machine_done_at=None)
    rows.update(machine_done_at=change.at)


@receiver(job_changed)
def ring_queues(sender, job, **kwargs):
    """Where a job's work waits or waited, the queue looks different now."""
    bell.ring_queues(Operation._base_manager.filter(job_line__job=job).order_by().values("machine"))


def run_of(job_key: str) -> int | None:
    """The run that a machine's name for its work stands for (`Run.job_key`)."""
    prefix, _, number = job_key.partition("-")
    return int(number) if prefix == "run" and number.isdecimal() and len(number) < 19 else None
