"""A sheet of a nest as the operator needs it: what lies where, for whom, and what came out of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from production import jobs, sheet_runs, undoing
from production.models import NestSheet, Operation, Run
from production.nests import picture
from production.nests.output import bundle
from production.quality import showing
from production.sheet_forms import SheetForm
from production.states import ACTIVE_RUN
from production.views.access import LOOK, WORK, floor, machines


def page(request, operation: Operation):
    """For the door `floor:operation`."""
    sheet = operation.sheet
    runs = list(operation.runs.select_related("operator", "machine").order_by("-id")[:20])
    context = {
        "operation": operation,
        "sheet": sheet,
        "nest": sheet.nest,
        "of": NestSheet.objects.filter(nest=sheet.nest_id).count(),
        "rows": rows_of(sheet),
        "checked": showing.checked_on(sheet),
        "can_undo": runs[0].pk if runs and undoing.undo_until(runs[0]) else None,
        "lacks_material": jobs.lacks_material(operation, None),
        "runs": runs,
        "run": next((run for run in runs if run.state in ACTIVE_RUN), None),
        "busy": Run.objects.filter(machine=operation.machine, state__in=ACTIVE_RUN)
        .exclude(operation=operation)
        .exists(),
        "others": machines().filter(kind=operation.machine.kind).exclude(pk=operation.machine_id),
        "can_work": request.user.has_perm(WORK),
        "today": timezone.localdate(),
    }
    return render(request, "floor/sheet.html", context)


@floor(LOOK)
@require_safe
def paper(request, pk):
    """The sheet on paper, to lie beside the machine."""
    operation = get_object_or_404(Operation.objects.select_related("sheet__nest").exclude(sheet=None), pk=pk)
    response = HttpResponse(bundle.sheet_drawing(operation.sheet.nest, operation.sheet), content_type="application/pdf")
    name = f"{operation.sheet.nest.number}-{operation.sheet.position}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def rows_of(sheet: NestSheet) -> list[dict]:
    """What lies on a sheet: number in the picture, pieces, part, for whom and until when."""
    legend = picture.Legend.of(sheet.nest)
    counts = sheet.counts()
    return [
        {
            "number": legend.numbers[part.pk],
            "colour": legend.colour(part.pk),
            "count": counts[part.pk],
            "part": part,
            "job": part.operation.job_line.job if part.operation_id else None,
        }
        for part in legend.parts
        if part.pk in counts
    ]


def end(request, run: Run, deed: str):
    """Ask what came out of a sheet, then say it. For the doors `floor:finish` and `floor:abort`."""
    sheet = run.operation.sheet
    if request.method != "POST" and run.state not in ACTIVE_RUN:
        messages.info(request, _("This run is over already: %(good)s good, %(scrap)s scrap.") % vars(run))
        return redirect("floor:operation", pk=run.operation_id)
    parts = list(run.parts.select_related("operation__job_line__job").order_by("id"))
    form = SheetForm(run, sheet, parts, deed, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {"run": run, "sheet": sheet, "nest": sheet.nest, "form": form, "deed": deed}
        return render(request, "floor/sheet_outcome.html", context, status=422 if form.is_bound else 200)
    verb = sheet_runs.finish if deed == "finish" else sheet_runs.abort
    done = verb(run, **form.outcome(), by=request.user)
    messages.success(request, said(done))
    return redirect("floor:queue")


def said(run: Run) -> str:
    words = _("%(good)s good, %(scrap)s scrap.") % {"good": run.good, "scrap": run.scrap}
    short = sum(part.quantity - part.good for part in run.parts.all())
    if short and run.material_used:
        words += " " + _("%(left)s short: back at the front of the queue.") % {"left": short}
    return words
