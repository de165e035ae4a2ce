"""One operation as the operator needs it: the drawing, the material, how many, for when."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from production import dispatching, drawings, following, jobs, serving, shop_order, undoing, work_pictures
from production import traveller as sheets
from production.labour import clocks
from production.models import Job, Operation, Run
from production.states import ACTIVE_RUN
from production.views import checks, queue, sheet
from production.views.access import LOOK, WORK, floor, machines


@floor(LOOK)
@require_safe
def page(request, pk):
    related = ("machine__status", "reservation", "job_line__job", "job_line__item__material", "job_line__design_file",
               "sheet__nest", "sheet__item", "sheet__lot")  # fmt: skip
    operation = get_object_or_404(
        Operation.objects.select_related(
            *related, "job_line__design_file__measurement", "job_line__design_file__slicing"
        ).defer("job_line__design_file__measurement__preview", "job_line__design_file__measurement__findings"),
        pk=pk,
    )
    if operation.sheet_id:
        return sheet.page(request, operation)
    line = operation.job_line
    measurement = getattr(line.design_file, "measurement", None) if line.design_file else None
    runs = list(operation.runs.select_related("operator", "machine").order_by("-id")[:20])
    context = {
        "operation": operation,
        "line": line,
        "job": line.job,
        "measurement": measurement,
        "sliced": getattr(line.design_file, "slicing", None) if line.design_file else None,
        "mass_kg": drawings.mass_kg(measurement, line.item) if measurement else None,
        "lacks_material": jobs.lacks_material(operation, line),
        "offers": dispatching.offers(operation) if operation.state == "queued" else [],
        "turn": following.turn_of(operation) if operation.state == "queued" else None,
        "needed": jobs.material_for(line, operation.left),
        "runs": runs,
        "run": next((run for run in runs if run.state in ACTIVE_RUN), None),
        "busy": Run.objects.filter(machine=operation.machine, state__in=ACTIVE_RUN)
        .exclude(operation=operation)
        .exists(),
        "others": machines().filter(kind=operation.machine.kind).exclude(pk=operation.machine_id),
        "sheets": queue.sheets_with(operation) if operation.state == "nested" else [],
        "can_work": request.user.has_perm(WORK),
        "clock": clocks.open_of(request.user) if request.user.has_perm(WORK) else None,
        "can_undo": runs[0].pk if runs and undoing.undo_until(runs[0]) else None,
        "today": timezone.localdate(),
        **checks.card(request, line, operation),
    }
    return render(request, "floor/operation.html", context)


@floor(LOOK)
@require_safe
def drawing(request, pk):
    shown = work_pictures.served(pk)
    if shown is None:
        raise Http404
    return shown


@floor(LOOK)
@require_safe
def traveller(request, pk):
    """A job's sheet, for the printer."""
    job = get_object_or_404(Job.objects, pk=pk)
    context = {"job": job, "leaves": sheets.leaves(job), "by_hand": sheets.by_hand(job), "code": sheets.job_code(job)}
    return render(request, "floor/traveller.html", context)


@floor(LOOK)
@require_safe
def shop_pdf(request, pk):
    """The same as a PDF in the house's style, with the milestones and the material."""
    job = get_object_or_404(Job.objects.select_related("client__workspace", "contact", "workspace"), pk=pk)
    return serving.attachment(shop_order.shop_pdf(job), shop_order.file_name(job), "application/pdf")
