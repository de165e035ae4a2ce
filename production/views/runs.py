"""Start, pause, resume, finish, abort: the operator's word about a run."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from production import runs, sheet_undoing, undoing
from production.forms import OutcomeForm
from production.machine_work import counting
from production.models import Operation, Run
from production.quality import gate, showing
from production.states import ACTIVE_RUN
from production.views import queue, sheet
from production.views.access import SESSION_KEY, WORK, floor, machines


def _run(pk) -> Run:
    related = ("machine__status", "operation__job_line__job", "operation__job_line__item", "operator",
               "operation__sheet__nest", "operation__sheet__item", "operation__sheet__lot")  # fmt: skip
    return get_object_or_404(showing.marked(Run.objects.select_related(*related)), pk=pk)


@floor(WORK)
@require_POST
def start(request, pk):
    """On the machine the page showed: if the work has moved meanwhile, the verb says where to."""
    operation = get_object_or_404(Operation.objects, pk=pk)
    machine = get_object_or_404(machines(), pk=queue.number(request.POST.get("machine")) or operation.machine_id)
    runs.start(operation, machine, request.user)
    request.session[SESSION_KEY] = machine.pk
    return _floor(request, machine.pk)


@floor(WORK)
@require_POST
def pause(request, pk):
    run = _run(pk)
    runs.pause(run, request.user)
    return _floor(request, run.machine_id)


@floor(WORK)
@require_POST
def resume(request, pk):
    run = _run(pk)
    runs.resume(run, request.user)
    return _floor(request, run.machine_id)


@floor(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request, pk):
    return _end(request, _run(pk), "finish", runs.finish)


@floor(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def abort(request, pk):
    return _end(request, _run(pk), "abort", runs.abort)


def _end(request, run: Run, deed: str, verb):
    """Ask what came out, then say it. A run that is over already says how it ended, unless the same is said again."""
    if run.operation.sheet_id:
        return sheet.end(request, run, deed)
    if request.method != "POST" and run.state not in ACTIVE_RUN:
        messages.info(request, _("This run is over already: %(good)s good, %(scrap)s scrap.") % vars(run))
        return redirect("floor:operation", pk=run.operation_id)
    good, scrap = counting.proposal(run) if deed == "finish" else (0, 0)
    said = request.POST if request.method == "POST" else None
    form = OutcomeForm(run, said, good=good, scrap=scrap, reason=gate.reason_of(run) if scrap else "")
    if request.method != "POST" or not form.is_valid():
        context = {
            "run": run,
            "form": form,
            "deed": deed,
            "job": run.operation.job_line.job,
            "line": run.operation.job_line,
            "checks_left": showing.checks_left(run) if deed == "finish" and run.is_checked else 0,
        }
        return render(request, "floor/outcome.html", context, status=422 if form.is_bound else 200)
    done = verb(run, **form.outcome(), by=request.user)
    messages.success(request, _said(done))
    return redirect("floor:queue")


@floor(WORK)
@require_POST
def undo(request, pk, times):
    """Take the end of a run back. `times` is how often that had been done when the page was made."""
    run = _run(pk)
    verb = sheet_undoing.undo if run.operation.sheet_id else undoing.undo
    run = verb(run, times=times, by=request.user)
    messages.success(request, _("Taken back. Finish it again with the right count."))
    if not request.htmx:
        return redirect("floor:finish", pk=run.pk)
    response = _floor(request, run.machine_id)
    response.write(render_to_string("components/messages.html", {"oob": True}, request))  # in place of the old count
    return response


def _said(run: Run) -> str:
    left = run.operation.left
    words = _("%(good)s good, %(scrap)s scrap.") % {"good": run.good, "scrap": run.scrap}
    if left:
        words += " " + _("%(left)s short: back at the front of the queue.") % {"left": left}
    return words


def _floor(request, machine_pk: int):
    """The whole of the machine's page again, or only its living part for htmx."""
    if not request.htmx:
        return redirect("floor:queue")
    machine = get_object_or_404(machines(), pk=machine_pk)
    context = queue.now(request, machine)
    return render(request, "floor/_floor.html", {**context, **queue.waiting(request, machine, context["run"])})
