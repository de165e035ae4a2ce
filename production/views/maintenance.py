"""Maintenance on the floor: what is to be done at a machine, that it was done, and out of work meanwhile."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from machines import maintenance, maintenance_words
from machines.models import MaintenancePlan
from production.views import queue
from production.views.access import LOOK, floor, machines

MAINTAIN = "machines.maintain_machine"
LATEST = 10


@floor(LOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request, pk):
    machine = get_object_or_404(machines(), pk=pk)
    if request.method == "POST":
        return _said(request, machine)
    context = {
        "machine": machine,
        "plans": maintenance_words.plans_of(machine),
        "done": machine.maintained.select_related("by")[:LATEST],
        "can_maintain": request.user.has_perm(MAINTAIN),
    }
    return render(request, "floor/maintenance.html", context)


@floor(MAINTAIN)
def _said(request, machine):
    deed, note = request.POST.get("deed"), " ".join(request.POST.get("note", "").split())
    if deed == "out":
        maintenance.begin(machine, note, request.user)
        messages.success(request, _("%(machine)s takes no work until it is back.") % {"machine": machine})
    elif deed == "back":
        maintenance.end(machine, request.user)
        messages.success(request, _("%(machine)s is back to work.") % {"machine": machine})
    elif deed == "done":
        _done(request, machine, note)
    return redirect("floor:maintenance", pk=machine.pk)


def _done(request, machine, note: str) -> None:
    number = queue.number(request.POST.get("plan"))
    row = get_object_or_404(MaintenancePlan.objects, pk=number, machine=machine) if number else None
    what = row.name if row else " ".join(request.POST.get("what", "").split())
    if not what:
        messages.warning(request, _("Say what was done."))
        return
    parts = " ".join(request.POST.get("parts", "").split())
    maintenance.done(machine, what, request.user, row=row, note=note, parts=parts)
    messages.success(request, _("Noted: %(what)s.") % {"what": what})
