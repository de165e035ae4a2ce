"""Whose a row of a laser's report is: of a run that was on this machine at that time. It begins none and ends none.

The operator's terminal is the truth of the run. What was cut without it stands in "Whose is this?".
"""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from machines.models import MachineJob
from production.machine_work import matching
from production.models import MachineWork, Operation, Run
from production.states import ACTIVE_RUN

How = MachineWork.How
SLACK = timedelta(minutes=10)  # between the laser's clock, or an operator who starts late, and what is noted here
MOST = 20


def find(job: MachineJob) -> matching.Match:
    runs = _at_that_time(job)
    named = [(run, how) for run in runs if (how := _is_named(run.operation, job))]
    if named:
        run, how = max(named, key=lambda each: _together(each[0], job))
        return matching.Match(run=run, how=how)
    within = [run for run in runs if _together(run, job) * 2 >= (job.ended_at - job.started_at)]
    if len(within) != 1:
        return matching.Match(why=_("No run was on this machine at that time.") if not within
                              else _("Several runs were on this machine at that time."))  # fmt: skip
    other = matching.by_file(job).operation
    if other is not None and other.pk != within[0].operation_id:
        words = {"file": other.reference, "run": within[0].operation.reference}
        return matching.Match(why=_("%(run)s was started on the floor, and the file is of %(file)s.") % words)
    return matching.Match(run=within[0], how=How.STARTED)


def _at_that_time(job: MachineJob) -> list[Run]:
    ended = Q(state__in=ACTIVE_RUN) | Q(finished_at__gte=job.started_at - SLACK)
    related = ("operation__job_line__job", "operation__job_line__design_file", "operation__sheet__nest")
    rows = Run.objects.filter(ended, machine=job.machine_id, started_at__lte=job.ended_at + SLACK)
    return list(rows.select_related(*related).order_by("-started_at")[:MOST])


def _together(run: Run, job: MachineJob) -> timedelta:
    """How long both went on; less than nothing where they did not meet."""
    return min(run.finished_at or job.ended_at, job.ended_at) - max(run.started_at, job.started_at)


def _is_named(operation: Operation, job: MachineJob) -> str:
    for text in (job.file, job.name):
        if any(str(operation.pk) in found for found in matching.MARK.findall(text)):
            return How.CODE
    names = [matching.stem(text) for text in (job.file, job.name) if text]
    return How.NAME if any(matching.is_called(operation, name) for name in names) else ""
