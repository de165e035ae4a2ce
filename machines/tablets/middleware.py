"""Every request of a registered device: who stands at it, whether still, and no way out of the shop floor."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from accounts import workspaces
from accounts.station import standing_at
from machines.models import Tablet
from machines.tablets import registering, sessions

COOKIE, SALT = "laseros_tablet", "machines.tablet"
AGE = 60 * 60 * 24 * 400  # no browser keeps one longer; it is renewed every day
OPEN = ("/floor/", "/board/", "/q/", "/static/", "/logo/", "/healthz", "/accounts/language/", "/accounts/logout/")
WITHOUT_PERSON = ("/floor/tablet/", "/floor/scan/worker.js", "/floor/scan/app.webmanifest", "/static/", "/logo/",
                  "/healthz", "/accounts/language/")  # fmt: skip
SEEN_EVERY = timedelta(minutes=1)


def said_by(cookies: dict[str, str]) -> str:
    """Number and secret of the tablet that a device says it is, signed by us; "" where it says nothing. See `known`."""
    request = HttpRequest()  # what knows how Django signs a cookie; a socket has none
    request.COOKIES = dict(cookies)
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=AGE)


class TabletMiddleware:
    """Sets `request.tablet`. For every other device, and that is nearly always, it does nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.tablet = tablet = self._tablet(request)
        if tablet is None:
            if sessions.OF_TABLET in request.session:  # a session taken elsewhere, or the tablet was revoked
                logout(request)
            return self.get_response(request)
        renew = self._seen(tablet)
        turned_away = self._person(request, tablet)
        if turned_away is not None:
            return turned_away
        with standing_at(tablet.name):
            response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        if renew and COOKIE not in response.cookies:
            hand_out(request, response, tablet, self._secret(request))
        return response

    def process_view(self, request, view, args, kwargs):
        """The office, the account and the portal are not for a device that anybody can touch."""
        if request.tablet is not None and request.path != "/" and not request.path.lower().startswith(OPEN):
            raise PermissionDenied

    def _tablet(self, request) -> Tablet | None:
        if COOKIE not in request.COOKIES:
            return None
        pk, _dot, secret = self._said(request).partition(".")
        return registering.known(int(pk), secret) if pk.isdecimal() and len(pk) < 19 else None

    def _said(self, request) -> str:
        return said_by(request.COOKIES)

    def _secret(self, request) -> str:
        return self._said(request).partition(".")[2]

    def _seen(self, tablet: Tablet) -> bool:
        """Whether its cookie is to be renewed: once a day."""
        now, before = timezone.now(), tablet.seen_at
        if before is not None and now - before < SEEN_EVERY:
            return False
        with scopes_disabled():
            Tablet.objects.filter(pk=tablet.pk).update(seen_at=now)
        return before is None or before.date() != now.date()

    def _person(self, request, tablet: Tablet):
        """None for somebody who may go on; otherwise where they are sent."""
        user = request.user
        if user.is_authenticated and request.session.get(sessions.OF_TABLET) != tablet.pk:
            logout(request)  # logged in here before it became a tablet
        elif user.is_authenticated and sessions.is_idle(request.session, tablet):
            with scope(workspace=tablet.workspace):
                sessions.hand_over(request, tablet, why=_("nobody touched it"))
        if request.user.is_authenticated:
            sessions.cut(request.user)
            if workspaces.open_for(request.user, tablet.workspace_id)[0] == tablet.workspace:
                if _by_hand(request):
                    sessions.touch(request.session)
                return None
            logout(request)  # shut out meanwhile
        if request.path.lower().startswith(WITHOUT_PERSON):
            return None
        return _to_lock_screen(request)


def _by_hand(request) -> bool:
    """Not what a page fetches by itself while nobody is there."""
    if request.method != "GET":
        return True
    return "HX-Request" not in request.headers and request.headers.get("Sec-Fetch-Dest", "document") == "document"


def _to_lock_screen(request):
    address = reverse("floor:tablet")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    if request.method == "GET" and request.path.startswith(("/floor/", "/board/", "/q/")):
        address = f"{address}?{urlencode({'next': request.get_full_path()})}"
    return redirect(address)


def hand_out(request, response, tablet: Tablet, secret: str) -> None:
    """The cookie by which a device is known: no script can read it, no other site can use it."""
    response.set_signed_cookie(
        COOKIE, f"{tablet.pk}.{secret}", salt=SALT, max_age=AGE, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
    )  # fmt: skip
