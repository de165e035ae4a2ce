"""Who may come onto the shop floor, and which machine is theirs."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.views.decorators.cache import never_cache

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
            return view(request, *args, **kwargs)

        return door

    return guard


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
