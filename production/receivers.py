"""What production hears from the machines, from the stock room, and of new businesses."""

from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver
from django_scopes import scope

from accounts.models import Workspace
from inventory.signals import promises_grew
from laseros.core.drivers import State
from machines import bell
from machines.signals import state_changed
from production import milestone_events, milestone_plan
from production.models import Job, Operation, Run
from production.signals import job_changed
from production.states import ACTIVE_RUN, OPEN_JOB


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


@receiver(promises_grew)
def material_came(sender, reservations, **kwargs):
    """What came in, or was given back, may be the last thing a job waited for."""
    own = Q(lines__operations__reservation__in=reservations) | Q(lines__materials__reservation__in=reservations)
    waits = Q(milestones__event="material", milestones__state="open")
    for job in Job._base_manager.filter(own, waits, state__in=OPEN_JOB).select_related("workspace").distinct():
        with scope(workspace=job.workspace):
            milestone_events.material_in(job)


@receiver(post_save, sender=Workspace)
def first_milestones(sender, instance, created, raw, **kwargs):
    """A new business has milestones from its first job on."""
    if created and not raw:
        milestone_plan.begin(instance)


def run_of(job_key: str) -> int | None:
    """The run that a machine's name for its work stands for (`Run.job_key`)."""
    prefix, _, number = job_key.partition("-")
    return int(number) if prefix == "run" and number.isdecimal() and len(number) < 19 else None
