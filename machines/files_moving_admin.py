"""Two pages beside the list of printer files: many of them to many machines at once, and what is on its way."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.forms import dress
from laseros.core.errors import Refused
from machines.files import finding, moving
from machines.models import Machine, PrintFile

CHANGE = "machines.change_printfile"
MOST = 200  # files at a time
MOVING = ("fetching", "sending")


def targets():
    """Machines that files can be sent to."""
    rows = Machine.objects.filter(archived_at=None)
    return rows.filter(pk__in=[machine.pk for machine in rows if finding.has_files(machine)])


class TargetsForm(forms.Form):
    machines = forms.ModelMultipleChoiceField(
        label=_("To these machines"), queryset=None, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["machines"].queryset = targets()


class MovingPages:
    """What the admin of printer files has besides."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("send/", view(self.send_view), name="machines_printfile_send"),
            path("moving/", view(self.moving_view), name="machines_printfile_moving"),
            *super().get_urls(),
        ]

    def send_view(self, request):
        """GET asks to which machines; POST sends each of these files to each of them."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        asked = (request.POST if request.method == "POST" else request.GET).get("files", "")
        files = list(PrintFile.objects.filter(pk__in=_numbers(asked)).exclude(content="").order_by("name", "pk"))
        form = TargetsForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return self._sent(request, files, form.cleaned_data["machines"])
        context = {
            **self.admin_site.each_context(request), "title": _("Send files to machines"), "opts": self.opts,
            "form": dress(form), "files": files, "asked": ",".join(str(file.pk) for file in files),
        }  # fmt: skip
        return TemplateResponse(request, "admin/machines/send.html", context)

    def _sent(self, request, files, machines):
        count = 0
        for machine in machines:
            for file in files:
                try:
                    moving.send(file, machine, request.user)
                    count += 1
                except Refused as refusal:
                    messages.error(request, refusal.reason)
        words = ngettext("%(count)s file is being sent.", "%(count)s files are being sent.", count)
        messages.success(request, words % {"count": count})
        return redirect(reverse("admin:machines_printfile_moving"))

    def moving_view(self, request):
        """What is on its way, how far each is; POST stops those named, or all."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = PrintFile.objects.filter(state__in=MOVING).select_related("machine").order_by("pk")
        if request.method == "POST":
            if not request.user.has_perm(CHANGE):
                raise PermissionDenied
            named = _numbers(request.POST.get("files", ""))
            for row in rows.filter(pk__in=named) if named else rows:
                moving.cancel(row, request.user)
            return redirect(reverse("admin:machines_printfile_moving"))
        failed = PrintFile.objects.exclude(reason="").exclude(state__in=MOVING).select_related("machine")
        context = {
            **self.admin_site.each_context(request), "title": _("On their way"), "opts": self.opts,
            "files": rows[:MOST], "failed": failed.order_by("-pk")[:10], "may_stop": request.user.has_perm(CHANGE),
        }  # fmt: skip
        return TemplateResponse(request, "admin/machines/moving.html", context)


def _numbers(text: str) -> list[int]:
    return [int(pk) for pk in text.split(",")[:MOST] if pk.isascii() and pk.isdigit() and len(pk) < 19]
