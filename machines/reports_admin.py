"""The page of a laser's reports: what lies in its folder, how one is read, and the switch that lets it count."""

from datetime import timedelta
from urllib.parse import quote, urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import dress
from laseros.core.errors import Refused
from machines import importing
from machines.drivers.cypcut import CypCut
from machines.models.job import OUTCOME_LABELS
from machines.reports import columns
from machines.words import said

LABELS = {
    "name": _("what was cut"),
    "file": _("file"),
    "started": _("started"),
    "ended": _("ended"),
    "day": _("day, where it stands alone"),
    "seconds": _("cutting time"),
    "status": _("how it ended"),
    "pierces": _("pierces"),
    "length": _("cut length"),
    "material": _("material"),
    "thickness": _("thickness"),
    "gas": _("gas"),
    "parts": _("parts"),
}
WAYS = [setting for setting in CypCut.settings if setting.kind == "choice"]
COLUMN, WAY = "column_", "way_"


class HowItIsRead(forms.Form):
    """Which heading is which, and how numbers and days are written; the choices are those of the report shown."""

    since = forms.DateTimeField(
        label=_("Count from"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("What ended earlier is history and does not count."),
    )

    def __init__(self, header: list[str], *args, **kwargs):
        super().__init__(*args, **kwargs)
        headings = [("", "–"), *((heading, heading) for heading in header)]
        for name in columns.FIELDS:
            self.fields[COLUMN + name] = forms.ChoiceField(label=LABELS[name], choices=headings, required=False)
        for setting in WAYS:
            choices = [(value, gettext_lazy(label)) for value, label in setting.choices]
            self.fields[WAY + setting.name] = forms.ChoiceField(
                label=gettext_lazy(setting.label), choices=choices, required=False
            )

    @property
    def chosen(self) -> dict[str, str]:
        return _of(self.cleaned_data, COLUMN)

    @property
    def ways(self) -> dict[str, str]:
        return _of(self.cleaned_data, WAY)


def _of(data, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): data[name] for name in data if name.startswith(prefix) and data[name]}


class ReportsPage:
    """What the admin of machines has besides, for those that leave reports."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.reports_view)
        return [path("<path:object_id>/reports/", view, name="machines_machine_reports"), *super().get_urls()]

    def reports_view(self, request, object_id):
        """GET shows one report as it would be read (the columns of the form, else of the machine, else guessed)."""
        machine = self.get_object(request, object_id)
        if machine is None or not importing.has_reports(machine):
            raise Http404
        if not self.has_change_permission(request, machine):
            raise PermissionDenied
        here = reverse("admin:machines_machine_reports", args=[machine.pk])
        try:
            if request.method == "POST":
                return self._do(request, machine, here)
            context = self._shown(request, machine)
        except Refused as refusal:
            if request.method == "POST":
                messages.error(request, refusal.reason)
                return redirect(request.get_full_path())
            context = {"reports": [], "wrong": refusal.reason}
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Reports"),
            "subtitle": str(machine),
            "opts": self.opts,
            "original": machine,
            "machine": machine,
            "is_on": bool((machine.options or {}).get("switched_on")),
        }
        return TemplateResponse(request, "admin/machines/reports.html", context)

    def _do(self, request, machine, here: str):
        deed = request.POST.get("deed")
        if deed == "off":
            importing.switch_off(machine, request.user)
            messages.success(request, _("Its reports do not count any more. What was counted stays."))
            return redirect(here)
        if deed == "bring" and "report" in request.FILES:
            name = importing.put(machine, request.FILES["report"], request.user)
            messages.success(request, _("%(name)s lies in the folder now.") % {"name": name})
            return redirect(f"{here}?{urlencode({'file': name}, quote_via=quote)}")
        found = importing.look(machine, request.POST.get("file", ""))
        form = HowItIsRead(found["header"], request.POST)
        if not form.is_valid():
            raise Refused(" ".join(error for errors in form.errors.values() for error in errors), code="columns")
        importing.switch_on(machine, form.chosen, form.ways, form.cleaned_data["since"], request.user)
        messages.success(request, _("Switched on. What is in the reports is counted within a minute."))
        return redirect("admin:machines_machine_change", machine.pk)

    def _shown(self, request, machine) -> dict:
        reports = importing.reports(machine)
        context = {"reports": reports, "folder": importing.folder(machine)}
        name = request.GET.get("file") or (reports[0].name if reports else "")
        if not name:
            return context
        asked = {key: value for key, value in request.GET.items() if key.startswith((COLUMN, WAY)) and value}
        kept = machine.options or {}
        mapping, ways = _of(asked, COLUMN) or kept.get("columns"), _of(asked, WAY)
        context["file"] = name
        try:
            found = importing.look(machine, name, mapping, ways)
        except Refused as refusal:
            return {**context, "wrong": refusal.reason}
        ways = ways or {setting.name: kept.get(setting.name, "") for setting in WAYS}
        initial = {COLUMN + field: heading for field, heading in found["mapping"].items()}
        initial |= {WAY + way: value for way, value in ways.items()}
        since = parse_datetime(request.GET.get("since") or kept.get("since") or "") or timezone.now()
        initial["since"] = (
            timezone.localtime(since) if timezone.is_aware(since) else timezone.make_aware(since)
        ).replace(second=0, microsecond=0)
        return {**context, "form": dress(HowItIsRead(found["header"], initial=initial)), "found": _told(found)}


def _told(found: dict) -> dict:
    """As a person reads it."""
    works = []
    for work in found["works"]:
        started, ended = parse_datetime(work["started"]), parse_datetime(work["ended"])
        length = work["metres"]
        works.append({
            **work, "started": started, "ended": ended, "outcome": OUTCOME_LABELS[work["outcome"]],
            "took": timedelta(seconds=work["seconds"]) if work["seconds"] is not None else ended - started,
            "metres": length,
        })  # fmt: skip
    bad = [{**row, "why": said(row["why"]), "cells": " · ".join(cell for cell in row["cells"] if cell)[:160]}
           for row in found["bad"]]  # fmt: skip
    separators = {"\t": gettext("tab"), "": ""}
    return {
        **found, "works": works, "bad": bad, "missing": said(found["missing"]) if found["missing"] else "",
        "separator": separators.get(found["separator"], found["separator"]),
    }  # fmt: skip
