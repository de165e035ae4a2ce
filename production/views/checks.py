"""Checks on the shop floor: what is to be looked at, what was found, what becomes of pieces that are not good."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from laseros.core.errors import Refused
from production import milestone_photos, serving
from production.models import CheckResult, JobLine, LineCheck, NonConformance, Operation
from production.quality import checking, deciding, showing
from production.views.access import LOOK, WORK, floor
from production.views.queue import number

ACCEPT = "production.accept_nonconformance"


def card(request, line: JobLine, operation: Operation | None) -> dict:
    """For floor/_checks.html, on the page of an operation or of work by hand."""
    return {
        "quality": showing.of(line, operation),
        "quality_operation": operation,
        "can_accept": request.user.has_perm(ACCEPT),
        "reasons": NonConformance.Reason.choices,
    }


@floor(LOOK)
@require_safe
def page(request, pk):
    """Of work that no machine does."""
    line = get_object_or_404(JobLine.objects.select_related("job", "workspace"), pk=pk)
    context = {"line": line, "job": line.job, "can_work": request.user.has_perm(WORK), **card(request, line, None)}
    return render(request, "floor/checks.html", context)


def _operation(request, line: JobLine) -> Operation | None:
    asked = number(request.POST.get("operation"))
    return None if asked is None else get_object_or_404(Operation.objects.select_related("machine"), pk=asked,
                                                        job_line=line)  # fmt: skip


def _back(line: JobLine, operation: Operation | None):
    answer = redirect("floor:checks", pk=line.pk) if operation is None else redirect("floor:operation", pk=operation.pk)
    answer["Location"] += "#checks"
    return answer


def _photo(request) -> bytes | None:
    upload = request.FILES.get("photo")
    return milestone_photos.drawn_anew(upload).read() if upload is not None else None


@floor(WORK)
@require_POST
def check(request, pk):
    row = get_object_or_404(LineCheck.objects.select_related("job_line__job"), pk=pk)
    operation = _operation(request, row.job_line)
    typed, answer = request.POST.get("value"), request.POST.get("yes")
    result = checking.record(
        row, seen=number(request.POST.get("seen")) or 0, operation=operation,
        value=checking.value_of(typed) if typed is not None else None,
        yes=None if answer not in ("0", "1") else answer == "1", photo=_photo(request),
        note=request.POST.get("note", ""), by=request.user,
    )  # fmt: skip
    if result.state == "failed":
        words = _("“%(check)s” is not good. Say what becomes of the piece: %(number)s.")
        messages.error(request, words % {"check": row.name, "number": result.non_conformance.number})
    else:
        messages.success(request, _("“%(check)s”: good.") % {"check": row.name})
    return _back(row.job_line, operation)


@floor(WORK)
@require_POST
def undo(request, pk):
    related = ("line_check__job_line", "operation")
    row = get_object_or_404(CheckResult.objects.select_related(*related), pk=pk)
    checking.undo(row, request.user)
    messages.success(request, _("Taken back. Check it again."))
    return _back(row.line_check.job_line, row.operation)


@floor(WORK)
@require_POST
def report(request, pk):
    """Something is wrong that no check asks for."""
    line = get_object_or_404(JobLine.objects.select_related("job"), pk=pk)
    operation, reason = _operation(request, line), request.POST.get("reason", "")
    if reason not in NonConformance.Reason.values:
        raise Refused(_("Choose a reason."), code="reason")
    found = deciding.report(
        line, operation, reason=reason, pieces=number(request.POST.get("pieces")) or 0,
        note=request.POST.get("note", ""), photo=_photo(request), by=request.user,
    )  # fmt: skip
    messages.warning(request, _("%(number)s: say what becomes of the pieces.") % {"number": found.number})
    return _back(line, operation)


@floor(WORK)
@require_POST
def decide(request, pk):
    row = get_object_or_404(NonConformance.objects.select_related("job_line", "operation"), pk=pk)
    how = request.POST.get("how", "")
    if how not in deciding.WAYS:
        raise Http404
    if how == "accept" and not request.user.has_perm(ACCEPT):
        raise PermissionDenied
    pieces = number(request.POST.get("pieces"))
    done = deciding.decide(row, how, request.user, why=request.POST.get("why", ""), pieces=pieces)
    words = _("%(number)s: %(state)s.") % {"number": done.number, "state": done.get_state_display()}
    messages.success(request, words)
    return _back(row.job_line, row.operation)


@floor(LOOK)
@require_safe
def photo(request, pk):
    row = CheckResult.objects.exclude(photo="").filter(pk=pk).first()
    if row is None:
        raise Http404
    return serving.photograph(row.photo)


@floor(LOOK)
@require_safe
def fault_photo(request, pk):
    row = NonConformance.objects.exclude(photo="").filter(pk=pk).first()
    if row is None:
        raise Http404
    return serving.photograph(row.photo)
