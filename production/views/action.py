"""A hand scanner alone: what it says on the page of a piece of work or of a job, and the sheet it says it from."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from laseros.core.errors import Refused
from production import action_codes, action_sheet, scanned_actions
from production.models import Job, NestPart, Operation
from production.views.access import LOOK, WORK, floor
from production.views.queue import number

COUNTED = "floor_counted"


@floor(LOOK)
@require_safe
def sheet(request):
    response = HttpResponse(action_sheet.pdf(request.workspace), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="action-sheet.pdf"'
    return response


@floor(WORK)
@require_POST
def scanned(request):
    """An action is done with the page's work; anything else is looked for, as from the queue."""
    text = request.POST.get("q", "")[:300]
    name = action_codes.read(text, request.workspace.slug)
    if name is None:
        return redirect(f"{reverse('floor:find')}?{urlencode({'q': text})}")
    operation, job, back = _work(request)
    counted = scanned_actions.Counted.of(request.session.get(COUNTED))
    try:
        said, counted = scanned_actions.do(name, request.user, job=job, operation=operation, counted=counted)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        request.session[COUNTED] = asdict(counted)
        messages.success(request, said)
    return redirect(back)


def _work(request) -> tuple[Operation | None, Job, str]:
    if pk := number(request.POST.get("operation")):
        related = ("machine", "job_line__job", "sheet__nest")
        operation = get_object_or_404(Operation.objects.select_related(*related), pk=pk)
        return operation, _job_of(operation), reverse("floor:operation", args=[pk])
    job = get_object_or_404(Job.objects, pk=number(request.POST.get("job")))
    return None, job, reverse("floor:job", args=[job.pk])


def _job_of(operation: Operation) -> Job:
    """A sheet is for many: the first of them stands for it where one job is meant."""
    if operation.job_line_id:
        return operation.job_line.job
    part = NestPart.objects.filter(nest=operation.sheet.nest_id, operation__isnull=False).order_by("pk")
    return get_object_or_404(part.select_related("operation__job_line__job")).operation.job_line.job
