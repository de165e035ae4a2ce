"""Two pages beside the list of printer files: what a clean-up would delete, and what takes room."""

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
from machines.files import cleaning, space, watched

CHANGE, SHOWN = "machines.change_printfile", 200
WIDE, HIGH = 600, 140


class RuleForm(forms.Form):
    """All that is said has to be true of a file."""

    days = forms.IntegerField(label=_("here for more than … days"), required=False, min_value=1, max_value=36500)
    megabytes = forms.IntegerField(label=_("larger than … MB"), required=False, min_value=1, max_value=1_000_000)
    machine = forms.ChoiceField(label=_("machine"), required=False)
    printed = forms.BooleanField(label=_("printed already, and finished"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["machine"].choices = [
            ("", _("all")), (cleaning.HERE, _("none: only here")),
            *((str(machine.pk), machine.name) for machine in cleaning.machines()),
        ]  # fmt: skip

    @property
    def rule(self) -> cleaning.Rule:
        return cleaning.Rule(**self.cleaned_data)


class SpacePages:
    """What the admin of printer files has besides."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("clean-up/", view(self.clean_up_view), name="machines_printfile_clean_up"),
            path("room/", view(self.room_view), name="machines_printfile_room"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        folder = watched.folder_of(request.workspace) if request.workspace else ""
        return super().changelist_view(request, {**(extra_context or {}), "watched_folder": folder})

    def clean_up_view(self, request):
        """GET shows what a rule would delete; POST has the worker delete what was shown."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        said = request.POST if request.method == "POST" else request.GET
        form = RuleForm(said if said else None)
        context = self._about(request, _("Clean up printer files")) | {"form": dress(form), "most": cleaning.MOST}
        if said and form.is_valid():
            try:
                if request.method == "POST":
                    return self._ordered(request, form.rule)
                context |= self._proposed(form.rule)
            except Refused as refusal:
                context["wrong"] = refusal.reason
        return TemplateResponse(request, "admin/machines/clean_up.html", context)

    def _proposed(self, rule: cleaning.Rule) -> dict:
        found = cleaning.propose(rule)
        return {"found": found, "shown": found.files[:SHOWN], "rest": max(0, len(found.files) - SHOWN)}

    def _ordered(self, request, rule: cleaning.Rule):
        said = request.POST.get("files", "").split(",")
        pks = [int(pk) for pk in said if pk.isascii() and pk.isdigit() and len(pk) < 19]
        cleaning.order(rule, pks, request.user)
        words = ngettext("%(count)s file is being deleted.", "%(count)s files are being deleted.", len(pks))
        messages.success(request, words % {"count": len(pks)})
        return redirect(reverse("admin:machines_printfile_changelist"))

    def room_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        count, size = space.whole()
        months = space.by_month()
        context = self._about(request, _("What takes room")) | {
            "count": count, "size": size, "machines": space.by_machine(), "months": months,
            "bars": _bars(months), "printed": space.most_printed(), "wide": WIDE, "high": HIGH,
            "may_clean": request.user.has_perm(CHANGE),
        }  # fmt: skip
        return TemplateResponse(request, "admin/machines/file_room.html", context)

    def _about(self, request, title) -> dict:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def _bars(months: list[space.Month]) -> list[dict]:
    most = max((month.bytes for month in months), default=0)
    step = WIDE / len(months)
    return [
        {"x": round(number * step + step * 0.15, 1), "width": round(step * 0.7, 1), "month": month,
         "y": HIGH - (height := round(month.bytes / most * (HIGH - 5), 1)), "height": height}
        for number, month in enumerate(months)
    ] if most else []  # fmt: skip
