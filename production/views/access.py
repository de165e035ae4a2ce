"""Who may come onto the shop floor, and which machine is theirs."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from laseros.core.errors import Refused
from machines.models import Machine

LOOK, WORK = "production.view_operation", "production.run_operation"
SESSION_KEY = "floor_machine"


def floor(permission: str = LOOK):
    """A page for members whose role has `permission` in the open workspace."""

    def guard(view):
        @never_cache
        @login_required
        @wraps(view)
        def door(request, *args, **kwargs):
            if request.workspace is None or not request.user.has_perm(permission):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except Refused as refused:
                if refused.details.get("see_to") is None:
                    raise
                return _to_checks(request, refused)

        return door

    return guard


def _to_checks(request, refused: Refused):
    """Something is to be checked or decided first: whoever was refused is led there."""
    messages.error(request, refused.reason)
    address = f"{reverse('floor:operation', args=[refused.details['see_to']])}#checks"
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def machines():
    return Machine.objects.filter(archived_at=None).select_related("status")


def my_machine(request) -> Machine | None:
    """The machine chosen on this device; without a choice the only one there is."""
    chosen = request.session.get(SESSION_KEY)
    if chosen is not None:
        machine = machines().filter(pk=chosen).first()
        if machine is not None:
            return machine
    found = list(machines_here(request)[:2]) or list(machines()[:2])
    return found[0] if len(found) == 1 else None


def machines_here(request):
    """Those the shop tablet stands at; none for any other device."""
    tablet = request.tablet
    return machines().filter(tablets=tablet) if tablet is not None else Machine.objects.none()
