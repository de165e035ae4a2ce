"""What lies on a machine: counted with one tap, plate by plate; and prints of which nobody knows whose they are."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from machines.models import MachineJob
from production import dispatching, runs, sheet_runs
from production.machine_work import counting, following, matching
from production.models import MachineWork, Operation
from production.quality import gate
from production.views import queue
from production.views.access import LOOK, WORK, floor, machines
from production.views.runs import _floor, _run, _said

MOST = 50
MOST_OFFERED = 30


@floor(WORK)
@require_POST
def count(request, pk):
    """One plate: good and scrap as the buttons or the form say."""
    work = get_object_or_404(MachineWork.objects.select_related("run"), pk=pk)
    good, scrap = (queue.number(request.POST.get(name) or "0") or 0 for name in ("good", "scrap"))
    reason = request.POST.get("reason", "")[:200]
    run = counting.count(work, good=good, scrap=scrap, note=reason if scrap else "", by=request.user)
    if run.finished_at:
        messages.success(request, _said(run))
    else:
        messages.success(
            request, _("Counted. %(left)s pieces of this run are still to come.") % {"left": counting.left(run)}
        )
    return _floor(request, run.machine_id)


@floor(WORK)
@require_POST
def all_good(request, pk):
    """The machine is done, and everything came out as it should."""
    run = _run(pk)
    if run.operation.sheet_id:
        done = sheet_runs.finish(run, {}, by=request.user)
    else:
        good, scrap = gate.claims(run, run.operation_id).proposed(run.quantity, run.quantity, 0)
        done = runs.finish(run, good=good, scrap=scrap, by=request.user)
    messages.success(request, _said(done))
    return _floor(request, run.machine_id)


@floor(WORK)
@require_POST
def send(request, pk):
    """An operation to the machines chosen, each its share."""
    operation = get_object_or_404(Operation.objects.select_related("machine"), pk=pk)
    chosen = [queue.number(value) for value in request.POST.getlist("machine")]
    found = list(machines().filter(pk__in=[number for number in chosen if number is not None]))
    if not found:
        messages.warning(request, _("Choose a machine first."))
        return redirect("floor:operation", pk=operation.pk)
    sent = dispatching.fan_out(operation, found, request.user)
    names = ", ".join(run.machine.name for run in sent)
    messages.success(request, _("It is being sent to %(machines)s.") % {"machines": names})
    return redirect("floor:operation", pk=operation.pk)


@floor(WORK)
@require_POST
def send_next(request, pk):
    """The plate is clear: the next one of the run."""
    run = _run(pk)
    dispatching.send_next(run, request.user)
    messages.success(request, _("The next plate is being sent."))
    return _floor(request, run.machine_id)


@floor(LOOK)
@require_safe
def whose(request):
    """Prints of which nobody knows whose they are, oldest first, with what they may be of."""
    jobs = list(matching.open_jobs().select_related("machine", "made").order_by("started_at", "pk")[:MOST])
    offered = {job.machine_id: None for job in jobs}
    for job in jobs:
        if offered[job.machine_id] is None:
            offered[job.machine_id] = _offered(job.machine)
    rows = [{"job": job, "why": getattr(job, "made", None) and job.made.why, "offered": offered[job.machine_id]}
            for job in jobs]  # fmt: skip
    context = {"rows": rows, "more": matching.open_jobs().count() > MOST, "can_work": request.user.has_perm(WORK)}
    return render(request, "floor/whose.html", context)


def _offered(machine) -> list[Operation]:
    """What it may be of: this machine's own queue first."""
    rows = matching.open_operations(machine).select_related("sheet__nest", "job_line__job", "machine")
    return sorted(rows[:200], key=lambda row: (row.machine_id != machine.pk, row.position, row.pk))[:MOST_OFFERED]


@floor(WORK)
@require_POST
def claim(request, pk):
    """It is of this operation, or (without one) for no job."""
    job = get_object_or_404(MachineJob.objects.select_related("machine"), pk=pk)
    number = queue.number(request.POST.get("operation"))
    if number is None:
        following.not_for_a_job(job, request.user)
        messages.success(request, _("Noted: it is for no job."))
    else:
        operation = get_object_or_404(Operation.objects, pk=number)
        following.belongs_to(job, operation, request.user)
        messages.success(request, _("Noted: it is of %(job)s.") % {"job": operation.reference})
    return redirect("floor:whose")
