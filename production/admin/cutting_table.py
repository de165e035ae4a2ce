"""The cutting table as a file: taken away as CSV, looked through and taken in, or begun with the starting values."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import activity
from accounts.forms import bounded, dress, take_refusal
from laseros.core.errors import Refused
from machines.models import Machine
from production import parameters_import
from production.models import CuttingParameter

LIST = "admin:production_cuttingparameter_changelist"
NAMES = {name: CuttingParameter._meta.get_field(name).verbose_name for name in parameters_import.COLUMNS}


def _lasers():
    return Machine.objects.filter(kind=Machine.Kind.LASER, archived_at=None)


class StartForm(forms.Form):
    """Which machine is to have the starting values."""

    laser = forms.ModelChoiceField(queryset=None, label=_("Machine"), empty_label=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["laser"].queryset = _lasers()


class TableForm(forms.Form):
    """A file, or the text of one that has been looked through."""

    table = forms.FileField(label=_("CSV file"), required=False, widget=forms.FileInput(attrs={"accept": ".csv"}))
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    machine = forms.ModelChoiceField(
        queryset=None, required=False, label=_("Machine"), empty_label=_("as the file says"),
        help_text=_("For a table that has no column “machine”"),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["machine"].queryset = _lasers()

    def clean(self):
        data = super().clean()
        file, text = data.get("table"), data.get("text") or ""
        if file is not None:
            text = self._decoded(file)
        if not text.strip():
            raise forms.ValidationError(_("Choose a file."))
        if len(text) > parameters_import.MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for a cutting table."))
        data["text"] = text
        return data

    def _decoded(self, file) -> str:
        if file.size > parameters_import.MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for a cutting table."))
        content = file.read()
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise forms.ValidationError(_("This is not a text file."))


class TableDoors:
    """Addresses beside the list of cutting parameters."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, self.page_name
        return [
            path("table/", view(self.table_view), name=f"{name}_table"),
            path("import/", view(self.import_view), name=f"{name}_import"),
            path("start/", view(self.start_view), name=f"{name}_start"),
            *super().get_urls(),
        ]

    def table_view(self, request):
        """The table as the import takes it back, filtered as the list is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request).select_related("machine", "material")
        activity.record(
            "exported", request.workspace, request.user, details={"what": self.opts.verbose_name_plural, "form": "csv"}
        )
        response = HttpResponse("\ufeff" + parameters_import.written(rows), content_type="text/csv")
        filename = f"{request.workspace.slug}-cutting-table-{timezone.localdate():%Y-%m-%d}.csv"
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response

    def start_view(self, request):
        """One click: the starting values for one machine, unconfirmed."""
        if request.method != "POST" or not self.has_add_permission(request):
            raise PermissionDenied
        form = StartForm(request.POST)
        if not form.is_valid():
            messages.error(request, _t("Choose a machine first."))
            return redirect(LIST)
        counts = parameters_import.start(form.cleaned_data["laser"], request.user)
        if counts["new"]:
            said = _t("%(count)s starting values were added. They price nothing until you have confirmed them.")
            messages.success(request, said % {"count": counts["new"]})
        else:
            said = _t("Nothing was added: there are no starting values for your materials that you do not have.")
            messages.warning(request, said)
        return redirect(LIST)

    def import_view(self, request):
        """GET asks for a file, the first POST shows what it would do, the second does it."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        posted = request.method == "POST"
        form = bounded(TableForm(request.POST if posted else None, request.FILES or None))
        plan, status = None, 200
        if posted and form.is_valid():
            try:
                plan = parameters_import.read(form.cleaned_data["text"].splitlines(), form.cleaned_data["machine"])
                if "store" in request.POST and not plan.wrong:
                    return self._stored(request, plan)
            except Refused as refusal:
                take_refusal(form, refusal)
                status = 409
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Import cutting parameters"),
            "opts": self.opts,
            "form": dress(form),
            "plan": plan,
            "rows": [_shown(planned) for planned in plan.rows] if plan else (),
            "text": form.cleaned_data.get("text", "") if plan else "",
            "chosen": form.cleaned_data.get("machine") if plan else None,
            "columns": ", ".join(parameters_import.COLUMNS),
        }
        return TemplateResponse(request, "admin/production/parameters_import.html", context, status=status)

    def _stored(self, request, plan):
        counts = parameters_import.store(plan, request.user)
        said = _t("%(new)s rows are new and %(changed)s changed. They price nothing until you have confirmed them.")
        messages.success(request, said % {"new": counts["new"], "changed": counts["changed"]})
        return redirect(LIST)

    def changelist_view(self, request, extra_context=None):
        may = self.has_add_permission(request)
        tools = {"start_form": StartForm() if may else None, "may_import": may}
        return super().changelist_view(request, {**tools, **(extra_context or {})})


def _shown(planned) -> dict:
    changed = [{"name": NAMES[name], "before": old, "after": new} for name, (old, new) in planned.changed.items()]
    return {"line": planned.line, "what": planned.what, "row": planned.row, "changed": changed}
