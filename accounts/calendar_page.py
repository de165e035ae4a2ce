"""The doors of a person's calendar: the page where they get its address, and the address itself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import calendars


@login_required
def calendar_page(request):
    """GET shows the address, POST `do` makes a new one or takes it back."""
    if request.workspace is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("do") == "revoke":
            calendars.revoke(request.workspace, request.user)
            messages.success(request, _("The address is dead."))
        else:
            calendars.make(request.workspace, request.user)
            messages.success(request, _("Here is the address. Whoever knows it sees what is due."))
        return redirect("calendar")
    feed = calendars.current(request.workspace, request.user)
    return render(request, "accounts/calendar.html", {"address": calendars.url(feed) if feed else ""})


@require_safe
def feed(request, token: str):
    """For calendar programs, which know no log-in: the address is the key."""
    found = calendars.opened(token)
    if found is None:
        raise Http404
    answer = HttpResponse(calendars.written(*found), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
