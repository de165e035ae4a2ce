"""A job on a phone: where it stands, the next milestone under the thumb, a photograph from the camera."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from laseros.core.errors import Refused
from production import milestone_photos, milestones, serving
from production.labour import clocks
from production.models import Job, Milestone, MilestonePhoto, Operation
from production.quality import showing
from production.states import OPEN_OPERATION
from production.views.access import LOOK, WORK, floor

SKIP = "production.skip_milestone"


@floor(LOOK)
@require_safe
def page(request, pk):
    job = get_object_or_404(Job.objects.select_related("client"), pk=pk)
    rows, today = milestones.of(job), timezone.localdate()
    for row in rows:
        row.late = row.is_late(today)
        row.quick = milestones.undo_until(row) is not None
    work = Operation.objects.filter(job_line__job=job, state__in=OPEN_OPERATION)
    context = {
        "job": job,
        "milestones": rows,
        "next": None if job.state in milestones.STILL else milestones.next_of(rows),
        "last": _last(rows),
        "operations": work.select_related("job_line", "machine").order_by("job_line__position", "id")[:30],
        "checked_by_hand": showing.checked_by_hand(job),
        "can_work": request.user.has_perm(WORK),
        "clock": clocks.open_of(request.user) if request.user.has_perm(WORK) else None,
        "can_skip": request.user.has_perm(SKIP),
        "today": today,
    }
    return render(request, "floor/job.html", context)


def _last(rows: list[Milestone]) -> Milestone | None:
    """What was said a moment ago and can be taken back."""
    said = [row for row in rows if row.quick and not row.by_event]
    return max(said, key=lambda row: row.at, default=None)


def _milestone(pk) -> Milestone:
    return get_object_or_404(Milestone.objects, pk=pk)


@floor(WORK)
@require_POST
def reach(request, pk):
    row = milestones.reach(_milestone(pk), request.user, note=request.POST.get("note", ""))
    messages.success(request, _("Reached: %(name)s.") % {"name": row.name})
    return redirect("floor:job", pk=row.job_id)


@floor(WORK)
@require_POST
def undo(request, pk, times):
    row = milestones.undo(_milestone(pk), times=times, by=request.user)
    messages.success(request, _("Taken back: %(name)s.") % {"name": row.name})
    return redirect("floor:job", pk=row.job_id)


@floor(SKIP)
@require_POST
def skip(request, pk):
    row = milestones.skip(_milestone(pk), request.user, why=request.POST.get("why", ""))
    messages.success(request, _("Skipped: %(name)s.") % {"name": row.name})
    return redirect("floor:job", pk=row.job_id)


@floor(WORK)
@require_POST
def photograph(request, pk):
    row, upload = _milestone(pk), request.FILES.get("photo")
    if upload is None:
        raise Refused(_("Choose a picture first."), code="none")
    milestone_photos.add(row, upload, request.user)
    messages.success(request, _("The photograph is kept."))
    return redirect("floor:job", pk=row.job_id)


@floor(LOOK)
@require_safe
def photo(request, pk):
    row = MilestonePhoto.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return serving.photograph(row.content)
