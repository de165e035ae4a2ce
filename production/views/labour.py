"""One's own clock on the floor: start, pause, stop, this week, and corrections with a reason."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import take_refusal
from laseros.core.errors import Refused
from production.labour import clocks, weeks
from production.models import Job, LabourTime, Operation
from production.views.access import WORK, floor
from production.views.queue import number

MOMENT = "%Y-%m-%dT%H:%M"
OWN_DAYS = 14  # so long people correct their own


def _moment(label):
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"])


class UntilForm(forms.Form):
    until = _moment(gettext_lazy("Until when did you work?"))


class CorrectForm(forms.Form):
    started_at = _moment(gettext_lazy("began"))
    stopped_at = _moment(gettext_lazy("ended"))
    why = forms.CharField(label=gettext_lazy("why"), max_length=200)


@floor(WORK)
@require_safe
def page(request):
    return _page(request)


def _page(request, form: UntilForm | None = None):
    monday, clock = weeks.monday_of(request.GET.get("week", "")), clocks.open_of(request.user)
    related = ("job", "operation__job_line", "operation__sheet__nest")
    rows = list(weeks.times(monday, person=request.user).select_related(*related)[:200])
    earliest = timezone.now() - timedelta(days=OWN_DAYS)
    for row in rows:
        row.mine_to_correct = row.state == "stopped" and row.started_at > earliest
    forgotten = clock is not None and clocks.is_forgotten(clock)
    if forgotten and form is None:
        evening = timezone.localtime(clock.started_at).replace(hour=17, minute=0)
        form = UntilForm(initial={"until": max(evening, timezone.localtime(clock.started_at))})
    context = {
        "clock": clock,
        "forgotten": forgotten,
        "form": form,
        "rows": rows,
        "total": sum(row.worked for row in rows),
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "week_before": weeks.name_of(monday - timedelta(days=7)),
        "week_after": weeks.name_of(monday + timedelta(days=7)) if monday < weeks.monday_of("") else "",
    }
    return render(request, "floor/times.html", context, status=422 if form is not None and form.is_bound else 200)


@floor(WORK)
@require_POST
def start(request):
    """On a piece of work, or on a job as a whole."""
    operation = None
    if pk := number(request.POST.get("operation")):
        operation = get_object_or_404(Operation.objects.select_related("job_line__job"), pk=pk, job_line__isnull=False)
    job = operation.job_line.job if operation else get_object_or_404(Job.objects, pk=number(request.POST.get("job")))
    before = clocks.open_of(request.user)
    clock = clocks.start(request.user, job, operation)
    if before is not None and before.pk != clock.pk:
        words = _("Your time for %(new)s runs. That for %(old)s was stopped.")
        messages.success(request, words % {"new": job.number, "old": before.job.number})
    else:
        messages.success(request, _("Your time for %(job)s runs.") % {"job": job.number})
    return _back(request)


def _mine(request, pk) -> LabourTime:
    return get_object_or_404(LabourTime.objects.select_related("job", "person"), pk=pk, person=request.user)


@floor(WORK)
@require_POST
def pause(request, pk):
    clocks.pause(_mine(request, pk), request.user)
    return _back(request)


@floor(WORK)
@require_POST
def resume(request, pk):
    clocks.resume(_mine(request, pk), request.user)
    return _back(request)


@floor(WORK)
@require_POST
def stop(request, pk):
    clock, form = _mine(request, pk), None
    if "until" in request.POST:
        form = UntilForm(request.POST)
        if not form.is_valid():
            return _page(request, form)
    try:
        done = clocks.stop(clock, request.user, until=form.cleaned_data["until"] if form else None)
    except Refused as refusal:
        if form is None:
            raise
        form.add_error("until", str(refusal.reason))
        return _page(request, form)
    minutes = round(done.seconds / 60)
    messages.success(request, _("%(job)s: %(minutes)s minutes.") % {"job": done.job.number, "minutes": minutes})
    return _back(request)


@floor(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    clock = _mine(request, pk)
    if clock.started_at < timezone.now() - timedelta(days=OWN_DAYS):
        raise Refused(_("That is too long ago. Ask the office."), code="too-late")
    zone = timezone.localtime
    initial = {"started_at": zone(clock.started_at), "stopped_at": zone(clock.stopped_at or timezone.now())}
    form = CorrectForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                clocks.correct(clock, request.user, **form.cleaned_data)
            except Refused as refusal:
                take_refusal(form, refusal)
            else:
                messages.success(request, _("Corrected."))
                return redirect("floor:times")
    return render(request, "floor/time_correct.html", {"clock": clock, "form": form}, status=status)


def _back(request):
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe and back.startswith("/floor/") else "floor:times")
