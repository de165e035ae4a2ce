"""What production hears from the machines, from the stock room, and of new businesses."""

from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver
from django_scopes import scope

from accounts.models import Workspace
from inventory.signals import promises_grew
from laseros.core.drivers import State
from machines import bell, metering
from machines.models import MachineJob
from machines.signals import files_needed, state_changed, work_began, work_ended
from production import milestone_events, milestone_plan
from production.machine_work import following
from production.models import Job, Operation, Run
from production.run_keys import run_of
from production.signals import job_changed, run_finished
from production.states import ACTIVE_RUN, OPEN_JOB, OPEN_OPERATION


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


@receiver(files_needed, dispatch_uid="production.files_needed")
def files_of_open_work(sender, **kwargs) -> set[str]:
    rows = Operation.objects.filter(state__in=OPEN_OPERATION).exclude(job_line__design_file=None)
    return set(rows.order_by().values_list("job_line__design_file__sha256", flat=True))


@receiver(work_began, dispatch_uid="production.machine_began")
@receiver(work_ended, dispatch_uid="production.machine_ended")
def machine_at_work(sender, machine, job, **kwargs):
    """Whose it is and what it used. What is missed here is found every minute (`following.catch_up`)."""
    following.follow(job)


@receiver(state_changed, dispatch_uid="production.machine_goes_on")
def machine_goes_on(sender, machine, change, **kwargs):
    """By now the machine may say what file it really is at."""
    for job in MachineJob._base_manager.filter(machine=machine, ended_at=None, made__run=None, made__why=""):
        following.follow(job)


@receiver(run_finished, dispatch_uid="production.run_energy")
def energy_of_run(sender, run, **kwargs):
    """What the meter beside the machine counted from its beginning to its end, pauses and all."""
    used = metering.used(run.machine_id, run.started_at, run.finished_at)
    if used is not None:
        Run._base_manager.filter(pk=run.pk).update(kwh=used.kwh, kwh_is_estimate=used.is_estimate)


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
