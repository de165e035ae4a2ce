"""A list as a file: what the list shows, filtered the same way, without what the person may not see."""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from import_export import resources
from tablib import Dataset

from accounts import activity
from laseros.core.export import cell, csv_text, escape_cell

# Written by tablib: import_export's own formats read every library for spreadsheets there is into each process.
FORMATS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST = 50_000
# Keys, hashes, files and structures are for machines.
NOT_FOR_PEOPLE = {"workspace", "key", "nonce", "sha256", "pdf_sha256", "html", "password", "lease_owner", "lease_until"}


class RoomResource(resources.ModelResource):
    """Columns as people read them: labels of choices, names of related records, numbers as numbers."""

    def export_field(self, field, instance, **kwargs):
        shown = getattr(instance, f"get_{field.column_name}_display", None)
        value = str(shown()) if shown is not None else getattr(instance, field.column_name)
        return cell(", ".join(str(one) for one in value.all()) if hasattr(value, "all") else value)

    def get_export_headers(self, selected_fields=None):
        meta = self._meta.model._meta
        return [
            escape_cell(capfirst(str(meta.get_field(field.column_name).verbose_name)))
            for field in self.get_export_fields(selected_fields)
        ]


def resource_for(model, names) -> RoomResource:
    options = type("Meta", (), {"model": model, "fields": tuple(names), "export_order": tuple(names)})
    return type(f"{model.__name__}Resource", (RoomResource,), {"Meta": options})()


def is_for_people(field) -> bool:
    return (
        field.name not in NOT_FOR_PEOPLE
        and not field.primary_key
        and field.verbose_name != ""  # what only the verbs use
        and not isinstance(field, models.JSONField | models.FileField)
    )


class ExportMixin:
    """`/export/csv/` and `/export/xlsx/` under every list; `export_fields` names the columns where all is too much."""

    export_fields: tuple[str, ...] = ()
    exports = True

    def get_export_fields(self, request) -> list[str]:
        names = self.export_fields or [field.name for field in self.model._meta.concrete_fields if is_for_people(field)]
        return list(self._without_money(request, list(names)))

    def export_resource(self, request):
        return resource_for(self.model, self.get_export_fields(request))

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [
            path("export/<slug:kind>/", self.admin_site.admin_view(self.export_view), name=name),
            *super().get_urls(),
        ]

    def export_view(self, request, kind):
        if kind not in FORMATS or not self.exports:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        resource = self.export_resource(request)
        rows = self.get_changelist_instance(request).get_queryset(request)
        related = [name for name in self.get_export_fields(request) if self._is_relation(name)]
        if related:
            rows = rows.select_related(*related)
        many = {field.name for field in self.model._meta.many_to_many}
        rows = rows.prefetch_related(*(name for name in self.get_export_fields(request) if name in many))
        table = resource.export(rows[:MOST])
        return _file(request, kind, self.opts.model_name, timezone.localdate(), table, self.opts.verbose_name_plural)

    def _is_relation(self, name: str) -> bool:
        return any(field.name == name and field.many_to_one for field in self.model._meta.concrete_fields)


def table_file(request, kind: str, name: str, day, heads, rows, what: str) -> HttpResponse:
    """A report's table as CSV or XLSX; 404 for any other `kind`. `what` is what the log says was exported."""
    if kind not in FORMATS:
        raise Http404
    table = Dataset(headers=[escape_cell(capfirst(str(head))) for head in heads])
    for row in rows:
        table.append([cell(value) for value in row])
    return _file(request, kind, name, day, table, what)


def _file(request, kind: str, name: str, day, table: Dataset, what) -> HttpResponse:
    content = csv_text([table.headers, *table], request.workspace.language) if kind == "csv" else table.export(kind)
    activity.record("exported", request.workspace, request.user, details={"what": what, "form": kind})
    response = HttpResponse(content, content_type=FORMATS[kind])
    response["Content-Disposition"] = f'attachment; filename="{request.workspace.slug}-{name}-{day:%Y-%m-%d}.{kind}"'
    return response
