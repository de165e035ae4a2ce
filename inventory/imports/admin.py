"""Imports in the back office: choose a file, see what it would do row by row, store all of it."""

import base64
import binascii
import csv
import io

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import bounded, dress, take_refusal
from accounts.roles import SEE_MONEY
from inventory.imports import plans as imports
from inventory.imports.plans import MOST_WRONG
from inventory.imports.reading import MOST_BYTES
from laseros.core.errors import Refused

SHOWN = 200  # rows of the preview
PERMISSIONS = {
    "items": ("inventory.add_item", "inventory.change_item", SEE_MONEY),
    "lots": ("inventory.post_move", SEE_MONEY),
    "suppliers": ("inventory.add_supplier", "inventory.change_supplier", SEE_MONEY),
    "spoolman": ("inventory.post_move", "inventory.add_item", SEE_MONEY),
}
TITLES = {
    "items": _("Import items"),
    "lots": _("Import stock"),
    "suppliers": _("Import suppliers"),
    "spoolman": _("Import spools from Spoolman"),
}
BACK = {"items": "item", "lots": "lot", "suppliers": "supplier", "spoolman": "lot"}


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


class ImportDoor:
    """`import/<kind>/` beside the list of items: items, lots, suppliers, spoolman."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/<slug:kind>/", view, name=f"{self.page_name}_import"), *super().get_urls()]

    def import_view(self, request, kind):
        """GET asks for a file, or with `?template` answers one; the first POST shows what it would do, `store` does."""
        if kind not in imports.KINDS:
            raise Http404
        if not all(request.user.has_perm(permission) for permission in PERMISSIONS[kind]):
            raise PermissionDenied
        if request.method == "GET" and "template" in request.GET:
            return _template(request, kind)
        posted = request.method == "POST"
        form = bounded(FileForm(request.POST if posted else None, request.FILES or None))
        plan, content, status = None, "", 200
        if posted and form.is_valid():
            try:
                table = imports.read(form.cleaned_data["bytes"])
                if "store" in request.POST:
                    return self._stored(request, kind, table)
                plan = imports.plan_of(request.workspace, kind, table)
                content = base64.b64encode(form.cleaned_data["bytes"]).decode()
            except Refused as refusal:
                take_refusal(form, refusal)
                status = 409
        context = {
            **self.admin_site.each_context(request),
            "title": TITLES[kind],
            "opts": self.opts,
            "kind": kind,
            "form": dress(form),
            "plan": plan,
            "rows": plan.rows[:SHOWN] if plan else (),
            "more": max(len(plan.rows) - SHOWN, 0) if plan else 0,
            "wrong": plan.wrong[:MOST_WRONG] if plan else (),
            "content": content,
            "columns": imports.KINDS[kind].COLUMNS,
            "back": _back(kind),
        }
        return TemplateResponse(request, "admin/inventory/import.html", context, status=status)

    def _stored(self, request, kind, table):
        plan = imports.store(request.workspace, kind, table, request.user)
        said = _t("%(new)s new, %(changed)s changed, %(same)s as they were.") % plan.counts
        messages.success(request, said)
        return redirect(_back(kind))


def _back(kind: str) -> str:
    return reverse(f"admin:inventory_{BACK[kind]}_changelist")


def _template(request, kind: str) -> HttpResponse:
    """A CSV with every column and one row as an example, as a spreadsheet in the reader's country opens it."""
    columns = imports.KINDS[kind].COLUMNS
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if request.workspace.language == "de" else ",")
    writer.writerow([column.name for column in columns])
    writer.writerow([column.example for column in columns])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response


def links(request, *kinds: str) -> dict:
    """What admin/inventory/import_links.html shows above a list, for whoever may import."""
    allowed = [kind for kind in kinds if all(request.user.has_perm(name) for name in PERMISSIONS[kind])]
    found = [(TITLES[kind], reverse("admin:inventory_item_import", args=[kind])) for kind in allowed]
    return {"import_links": found}
