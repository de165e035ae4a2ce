"""A shop tablet's lock screen: who are you, PIN or badge; and handing over. For registered devices only."""

from functools import wraps

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_scopes import scope

from accounts.floor_keys import pins
from accounts.models import Membership
from inventory.scanning import codes
from laseros.core.errors import Refused
from machines.tablets import middleware, registering, sessions
from production.views.queue import number


def at_tablet(view):
    """Nobody is logged in here: the tablet says which business is open."""

    @never_cache
    @wraps(view)
    def door(request, *args, **kwargs):
        tablet = request.tablet
        if tablet is None:
            raise Http404
        return in_business(request, tablet, lambda: view(request, *args, **kwargs))

    return door


def in_business(request, tablet, answer):
    request.workspace = workspace = tablet.workspace
    if request.user.is_authenticated:
        return answer()  # in the scope and the language of who is there
    with scope(workspace=workspace), translation.override(workspace.language), timezone.override(workspace.timezone):
        request.LANGUAGE_CODE = workspace.language
        response = answer()
    response.headers["Content-Language"] = workspace.language
    return response


@at_tablet
@require_safe
def lock_screen(request):
    if request.user.is_authenticated:
        return redirect("floor:queue")
    try:
        sessions.check_open(request.tablet)
    except Refused as refusal:
        return _lock_screen(request, request.GET, refusal, status=200)
    return _lock_screen(request, request.GET)


def _lock_screen(request, asked, refused: Refused | None = None, status=409):
    people, who = sessions.people(), number(asked.get("who"))
    chosen = next((member for member in people if member.pk == who), None)
    context = {
        "tablet": request.tablet,
        "people": people,
        "chosen": chosen,
        "next": asked.get("next", "")[:500],
        "refused": refused,
        "digits": [*range(1, 10)],
        "longest": pins.LONGEST,
    }
    return render(request, "floor/tablet.html", context, status=status if refused else 200)


@at_tablet
@require_POST
def by_pin(request):
    member = get_object_or_404(
        Membership.objects.select_related("user").filter(is_active=True, user__is_active=True, pin__isnull=False),
        pk=number(request.POST.get("who")),
    )
    try:
        sessions.take_over_by_pin(request, request.tablet, member, request.POST.get("pin", "")[:20])
    except Refused as refusal:
        return _lock_screen(request, request.POST, refusal)
    return redirect(_next(request))


@at_tablet
@require_POST
def by_badge(request):
    """Also while somebody else is there: who holds a badge before a scanner takes over."""
    spoken = codes.read(request.POST.get("code", ""))
    of_here = spoken is not None and spoken.slug in ("", request.tablet.workspace.slug.lower())
    try:
        sessions.take_over_by_badge(request, request.tablet, spoken.code if of_here else "")
    except Refused as refusal:
        if request.user.is_authenticated:
            raise
        return _lock_screen(request, request.POST, refusal)
    return redirect(_next(request))


def _next(request) -> str:
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if safe and back.startswith(("/floor/", "/board/", "/q/")) else reverse("floor:queue")


@at_tablet
@require_POST
def hand_over(request):
    if request.user.is_authenticated:
        sessions.hand_over(request, request.tablet)
    return redirect("floor:tablet")


@at_tablet
@require_POST
def here(request):
    """Somebody touches the page: it is not handed back."""
    return JsonResponse({"here": request.user.is_authenticated})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request, key):
    """The address a manager made. Opening it asks, so that no preview of a link uses it up."""
    tablet = registering.invited(key)
    return in_business(request, tablet, lambda: _register(request, tablet))


def _register(request, tablet) -> HttpResponse:
    if request.method != "POST":
        return render(request, "floor/tablet_register.html", {"tablet": tablet})
    secret = registering.register(tablet, request.headers.get("User-Agent", ""))
    request.session.flush()
    response = redirect("floor:tablet")
    middleware.hand_out(request, response, tablet, secret)
    return response
