from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts import people, workspaces
from accounts.models import Workspace


@login_required
def home(request):
    """Send each person to the room they work in."""
    if request.workspace is None:
        return redirect("first_workspace" if request.user.is_superuser else "portal:home")
    if request.user.has_perm("accounts.use_back_office"):
        return redirect("admin:index")
    return redirect("floor:queue")


@login_required
@require_POST
def switch_workspace(request):
    workspaces.switch(request.user, request.session, request.POST.get("workspace"))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = ""
    # A page about one record of the old workspace would be "not there": go to the start of the same room.
    return HttpResponseRedirect(resolve_url(_start_of_room(back)))


@login_required
@require_POST
def choose_language(request):
    people.speak(request.user, request.POST.get("language", ""))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "home"
    return HttpResponseRedirect(resolve_url(back))


@require_safe
def workspace_logo(request, slug):
    """A business's logo, as it stands on every document it hands out: anybody may see it."""
    workspace = Workspace.objects.filter(slug=slug, is_active=True).exclude(logo="").first()
    kinds = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
    kind = kinds.get(PurePosixPath(workspace.logo.name).suffix.lower()) if workspace else None
    if kind is None or not workspace.logo.storage.exists(workspace.logo.name):
        raise Http404
    answer = FileResponse(workspace.logo.open("rb"), content_type=kind)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _start_of_room(path: str) -> str:
    for start in ("/admin/", "/floor/", "/board/", "/portal/"):
        if path.startswith(start):
            return start
    return "home"
