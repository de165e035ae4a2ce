"""The board of all machines, and one card of it."""

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from machines import attention, board
from machines.models import PrintFile
from machines.serving import served


def member_may_see_machines(view):
    """Members of a workspace whose role may see machines. A superuser without a workspace has no machines to see."""

    return never_cache(_for_members(view))


def _for_members(view):
    @require_safe
    @login_required
    @permission_required("machines.view_machine", raise_exception=True)
    def guarded(request, *args, **kwargs):
        if request.workspace is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@member_may_see_machines
def board_page(request):
    cards = board.cards()
    columns, rows = board.tv_shape(len(cards))
    context = {
        "cards": cards,
        "summary": board.summary(cards),
        "tv": request.GET.get("tv") == "1",
        "columns": columns,
        "rows": rows,
    }
    return render(request, "machines/board.html", context)


@member_may_see_machines
def card(request, pk):
    """One card, for a page whose bell rang."""
    found = board.cards([pk])
    if not found:
        raise Http404
    return render(request, "machines/_card.html", {"card": found[0], "rings": True})


@_for_members
def picture(request, pk):
    """What a file on a machine will look like; kept by the browser, as a wall shows the same one for hours."""
    file = PrintFile.objects.filter(pk=pk, machine__archived_at=None).exclude(machine=None).first()
    return served(file.picture if file else None, "image/png")


@member_may_see_machines
def needs(request):
    """Which machines need a person, oldest first."""
    return render(request, "machines/attention.html", {"needs": attention.needs(request.user)})
