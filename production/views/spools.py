"""Which spool lies in which slot of a machine: looked at and said on the floor, by scanner or by choice."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.models import Lot
from production.machine_work import spools
from production.views.access import LOOK, WORK, floor, machines

MOST_OFFERED = 300


@floor(LOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request, pk):
    machine = get_object_or_404(machines(), pk=pk)
    if request.method == "POST":
        return _said(request, machine)
    context = {
        "machine": machine,
        "slots": spools.in_machine(machine),
        "offered": offered()[:MOST_OFFERED],
        "can_work": request.user.has_perm(WORK),
    }
    return render(request, "floor/spools.html", context)


def offered():
    """Spools that could be loaded, those in use first."""
    rows = Lot.objects.filter(kind=Lot.Kind.SPOOL, state__in=("free", "reserved"), quantity__gt=0)
    return rows.select_related("item", "loaded__machine").order_by("item__name", "code")


@floor(WORK)
def _said(request, machine):
    slot = request.POST.get("slot", "")[:12]
    code = " ".join(request.POST.get("code", "").split())[:200]
    if not code:
        spools.unload(machine, slot, request.user)
        messages.success(request, _("The slot is empty."))
        return redirect("floor:spools", pk=machine.pk)
    lot = offered().filter(code__iexact=code.rsplit("/", 1)[-1]).first()
    if lot is None:
        messages.warning(request, _("No spool in stock is called “%(code)s”.") % {"code": code})
    else:
        spools.load(machine, slot, lot, request.user)
        messages.success(request, _("%(lot)s lies in %(machine)s now.") % {"lot": lot.code, "machine": machine})
    return redirect("floor:spools", pk=machine.pk)
