"""The camera on the page of a machine: a button, the picture when it is taken, and when that was."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache

from laseros.core.errors import Refused
from machines import camera


def shown(machine) -> dict | None:
    """For the template; None where there is nothing to show."""
    still = camera.latest(machine)
    if not camera.has_camera(machine):
        return None
    return {
        "still": still,
        "waiting": camera.is_asked(machine),
        "address": reverse("admin:machines_machine_camera", args=[machine.pk]),
        "picture": reverse("admin:machines_machine_still", args=[machine.pk]),
    }


class CameraPages:
    """What the admin of machines has besides, for those that can be looked through."""

    def get_urls(self):
        def page(name, view):
            door = self.admin_site.admin_view(never_cache(view))
            return path(f"<path:object_id>/{name}/", door, name=f"machines_machine_{name}")

        return [page("camera", self.camera_view), page("still", self.still_view), *super().get_urls()]

    def _seen(self, request, object_id):
        machine = self.get_object(request, object_id)
        if machine is None:
            raise Http404
        if not self.has_view_permission(request, machine):
            raise PermissionDenied
        return machine

    def camera_view(self, request, object_id):
        """POST has a picture taken; GET shows what there is, for a page that waits for it."""
        machine = self._seen(request, object_id)
        if request.method == "POST":
            try:
                camera.ask(machine, request.user)
            except Refused as refusal:
                return HttpResponse(refusal.reason, status=409)
            if not request.headers.get("HX-Request"):
                return redirect("admin:machines_machine_change", machine.pk)
        return render(request, "admin/machines/_camera.html", {"camera": shown(machine), "original": machine})

    def still_view(self, request, object_id):
        still = camera.latest(self._seen(request, object_id))
        if still is None or not still.picture:
            raise Http404
        return HttpResponse(still.picture, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
