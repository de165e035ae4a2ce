"""Imports in the back office: choose a file, say what its columns are, see what it would do, store all of it."""

import base64
import binascii
from collections.abc import Callable
from types import ModuleType

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import bounded, dress, take_refusal
from accounts.imports import plans
from accounts.imports.plans import MOST_WRONG
from accounts.imports.reading import MOST_BYTES
from laseros.core.errors import Refused
from laseros.core.export import csv_text

SHOWN = 200  # rows of the preview
LARGE = 500  # rows; more are stored by the worker, where the kind says how


class FileForm(forms.Form):
    """A file, or the content of one that has been looked through."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV or XLSX, at most 1.5 MB and 5,000 rows"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.json"}),
    )  # fmt: skip
    content = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self):
        data = super().clean()
        file, content = data.get("file"), data.get("content") or ""
        if file is not None:
            if file.size > MOST_BYTES:
                raise forms.ValidationError(_("The file is too large: 1.5 MB at most."))
            data["bytes"] = file.read()
        elif content:
            try:
                data["bytes"] = base64.b64decode(content, validate=True)
            except (ValueError, binascii.Error):
                raise forms.ValidationError(_("Choose a file.")) from None
        if not data.get("bytes"):
            raise forms.ValidationError(_("Choose a file."))
        return data


def answer(
    site, opts, request, module: ModuleType, *, title, back: str, kind: str, note="", later: Callable | None = None
):
    """GET asks for a file, or with `?template` answers one; the first POST shows what it would do, `store` does.

    `later(content, said)` has a large file stored by the worker.
    """
    if request.method == "GET" and "template" in request.GET:
        return _template(request, kind, module)
    posted = request.method == "POST"
    form = bounded(FileForm(request.POST if posted else None, request.FILES or None))
    plan, content, status, said = None, "", 200, _said(request.POST)
    if posted and form.is_valid():
        try:
            data = form.cleaned_data["bytes"]
            table = plans.read(data)
            if "store" in request.POST:
                return _stored(request, module, table, data, said, back, later)
            plan = plans.plan_of(request.workspace, module, table, said, request.user)
            content = base64.b64encode(data).decode()
        except Refused as refusal:
            take_refusal(form, refusal)
            status = 409
    context = {
        **site.each_context(request),
        "title": title,
        "opts": opts,
        "note": note,
        "form": dress(form),
        "plan": plan,
        "rows": plan.rows[:SHOWN] if plan else (),
        "more": max(len(plan.rows) - SHOWN, 0) if plan else 0,
        "wrong": plan.wrong[:MOST_WRONG] if plan else (),
        "content": content,
        "columns": module.COLUMNS,
        "back": back,
    }
    return TemplateResponse(request, "admin/accounts/import.html", context, status=status)


def _said(posted) -> dict[int, str]:
    """{place: column} as somebody chose them."""
    found = {}
    for name, value in posted.items():
        what, _dash, place = name.partition("-")
        if what == "place" and place.isdecimal() and len(place) < 4:
            found[int(place)] = value[:60]
    return found


def _stored(request, module, table, data: bytes, said, back: str, later: Callable | None):
    if later is not None and len(table["rows"]) > LARGE:
        plan = plans.plan_of(request.workspace, module, table, said, request.user)
        plans.check(plan)
        later(data, said)
        words = _t("It is being stored. What became of it stands under Background work and in the log.")
        messages.success(request, words)
        return redirect(back)
    plan = plans.store(request.workspace, module, table, request.user, said)
    messages.success(request, _t("%(new)s new, %(changed)s changed, %(same)s as they were.") % plan.counts)
    return redirect(back)


def _template(request, kind: str, module: ModuleType) -> HttpResponse:
    """A CSV with every column and one row as an example, as a spreadsheet in the reader's country opens it."""
    columns = module.COLUMNS
    rows = [[column.name for column in columns], [column.example for column in columns]]
    response = HttpResponse(csv_text(rows, request.workspace.language), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response
