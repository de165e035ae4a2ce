"""The pages of a nest beside its form: work to choose from, the sheets as they are found, moving pieces, files."""

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import IntegerField, OuterRef, Prefetch, Subquery, Sum
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from inventory.models import Item
from laseros.core.errors import Refused
from production import serving
from production.models import Nest, NestPart, NestSheet, Operation
from production.nests import editing, making, picture, problem, searching
from production.nests.output import bundle

CHANGE = "production.change_nest"
AT_WORK = ("waiting", "searching")
MOST_WAITING = 300
PLANNED = ("draft", *AT_WORK, "ready")  # work on these is chosen once
FILES = (
    ("all", _("Everything as ZIP"), "folder_zip"),
    ("sheets", _("Sheet drawings"), "picture_as_pdf"),
    ("labels", _("Part labels"), "label"),
    ("list-csv", _("Cut list CSV"), "csv"),
    ("list-xlsx", _("Cut list XLSX"), "table"),
)


class NestViews:
    """Mixed into the nest's admin."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("waiting/", view(self.plan_view), name="production_nest_plan"),
            path("<int:pk>/sheets/", view(self.sheets_view), name="production_nest_sheets"),
            path("<int:pk>/sheets/<int:position>/picture/", view(self.picture_view), name="production_nest_picture"),
            path("<int:pk>/sheets/<int:position>/arrange/", view(self.arrange_view), name="production_nest_arrange"),
            path("<int:pk>/sheets/<int:position>/lock/", view(self.lock_view), name="production_nest_lock"),
            path("<int:pk>/sheets/<int:position>/dxf/", view(self.dxf_view), name="production_nest_dxf"),
            path("<int:pk>/file/<slug:kind>/", view(self.file_view), name="production_nest_file"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        pieces = NestPart.objects.filter(nest=OuterRef("pk")).order_by().values("nest")
        sheets = NestSheet.objects.filter(nest=OuterRef("pk")).order_by().values("nest")
        return (
            super()
            .get_queryset(request)
            .annotate(
                pieces=Subquery(pieces.annotate(n=Sum("quantity")).values("n"), output_field=IntegerField()),
                sheet_count=Subquery(sheets.annotate(n=Sum("repeats")).values("n"), output_field=IntegerField()),
            )
        )

    def _nest(self, request, pk, *, change: bool = False) -> Nest:
        nest = self.get_object(request, str(pk))
        if nest is None:
            raise Http404
        if not self.has_view_or_change_permission(request, nest):
            raise PermissionDenied
        if change and not request.user.has_perm(CHANGE):
            raise PermissionDenied
        return nest

    def _sheet(self, nest: Nest, position: int) -> NestSheet:
        return get_object_or_404(NestSheet.objects.select_related("nest", "item", "lot"), nest=nest, position=position)

    # --- work that waits ----------------------------------------------------------------------------------------------

    def plan_view(self, request):
        """GET: work that waits for the lasers, by material and thickness. POST: nest what is chosen."""
        if not request.user.has_perm("production.add_nest"):
            raise PermissionDenied
        if request.method == "POST":
            chosen = [int(pk) for pk in request.POST.getlist("operation") if pk.isdecimal() and len(pk) < 19]
            try:
                nest = making.from_operations(Operation.objects.filter(pk__in=chosen), request.user)
                searching.ask(nest, request.user)
            except Refused as refusal:
                messages.error(request, refusal.reason)
                return HttpResponseRedirect(request.path)
            return HttpResponseRedirect(reverse("admin:production_nest_change", args=[nest.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Nest work that waits"),
            "opts": self.opts,
            "groups": _groups(),
        }
        return TemplateResponse(request, "admin/production/nest_plan.html", context)

    # --- what was found -----------------------------------------------------------------------------------------------

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context |= self._found(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _found(self, request, nest: Nest) -> dict:
        sheets = list(nest.sheets.select_related("item", "lot").order_by("position"))
        legend = picture.Legend.of(nest)
        placed: dict[int, int] = {}
        for sheet in sheets:
            sheet.counted = sheet.counts()
            sheet.pieces = sum(sheet.counted.values())
            sheet.lines = [(legend.numbers[pk], count, legend.by_pk[pk]) for pk, count in sorted(sheet.counted.items())
                           if pk in legend.by_pk]  # fmt: skip
            for pk, count in sheet.counted.items():
                placed[pk] = placed.get(pk, 0) + count * sheet.repeats
        rows = [
            {
                "number": legend.numbers[part.pk],
                "colour": legend.colour(part.pk),
                "part": part,
                "job": part.operation.job_line.job if part.operation_id else None,
                "placed": placed.get(part.pk, 0),
                "missing": max(part.quantity - placed.get(part.pk, 0), 0),
                "why": nest.unplaced.get(str(part.pk), {}).get("why", ""),
            }
            for part in legend.parts
        ]
        return {
            "nest": nest,
            "sheets": sheets,
            "rows": rows,
            "at_work": nest.state in AT_WORK,
            "percent": nest.progress * 100,
            "sheet_total": sum(sheet.repeats for sheet in sheets),
            "length_total": sum(sheet.cut_length_mm * sheet.repeats for sheet in sheets),
            "seconds_total": sum((sheet.seconds or 0) * sheet.repeats for sheet in sheets),
            "pierces_total": sum(sheet.pierces * sheet.repeats for sheet in sheets),
            "utilisation_percent": nest.utilisation * 100,
            "can_arrange": nest.state == "ready" and request.user.has_perm(CHANGE),
        }

    def sheets_view(self, request, pk):
        """The part of the page that changes while it is searched; a page that is no longer at work is loaded anew."""
        nest = self._nest(request, pk)
        if request.GET.get("seen") == str(nest.version):
            return HttpResponse(status=204)
        response = TemplateResponse(request, "admin/production/_nest.html", self._found(request, nest))
        if nest.state not in AT_WORK:
            response.headers["HX-Refresh"] = "true"
        return response

    def picture_view(self, request, pk, position):
        nest = self._nest(request, pk)
        sheet = self._sheet(nest, position)
        return serving.picture(picture.svg(sheet, problem.Parts(nest), picture.Legend.of(nest)))

    # --- by hand ------------------------------------------------------------------------------------------------------

    def arrange_view(self, request, pk, position):
        """GET: the sheet to be arranged. POST: where its pieces lie now, from the script as JSON or from the form."""
        nest = self._nest(request, pk, change=request.method == "POST")
        sheet = self._sheet(nest, position)
        if request.method == "POST":
            return self._arrange(request, nest, sheet)
        legend = picture.Legend.of(nest)
        context = {
            **self.admin_site.each_context(request),
            "title": str(sheet),
            "opts": self.opts,
            "original": nest,
            "nest": nest,
            "sheet": sheet,
            "drawing": mark_safe(picture.svg(sheet, problem.Parts(nest), legend, interactive=True)),  # noqa: S308 ours
            "places": [
                {**place, "index": index, "number": legend.numbers.get(place["part"], 0),
                 "name": legend.by_pk[place["part"]].description if place["part"] in legend.by_pk else ""}
                for index, place in enumerate(sheet.placements)
            ],
            "data": [{name: place.get(name) for name in ("x_mm", "y_mm", "angle_deg", "locked")}
                     for place in sheet.placements],
            "step": problem.ROTATIONS[nest.turning],
            "can_arrange": nest.state == "ready" and request.user.has_perm(CHANGE),
        }  # fmt: skip
        return TemplateResponse(request, "admin/production/nest_arrange.html", context)

    def _arrange(self, request, nest, sheet):
        as_json = request.content_type == "application/json"
        try:
            version, places = _said(request, sheet, as_json)
            done = editing.arrange(sheet, places, version=version, by=request.user)
        except Refused as refusal:
            if as_json:
                said = {"reason": str(refusal.reason), "code": refusal.code, **refusal.details}
                return JsonResponse(said, status=409)
            messages.error(request, refusal.reason)
            return HttpResponseRedirect(request.path)
        if as_json:
            fresh = Nest.objects.get(pk=nest.pk)
            return JsonResponse({"version": fresh.version, "utilisation": round(done.utilisation, 4)})
        messages.success(request, _("It lies there now."))
        return HttpResponseRedirect(request.path)

    def lock_view(self, request, pk, position):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        nest = self._nest(request, pk, change=True)
        sheet = self._sheet(nest, position)
        try:
            editing.lock(sheet, not sheet.locked, request.user)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        return HttpResponseRedirect(reverse("admin:production_nest_change", args=[nest.pk]))

    # --- files --------------------------------------------------------------------------------------------------------

    def dxf_view(self, request, pk, position):
        nest = self._nest(request, pk)
        return _attached(*bundle.sheet_dxf(nest, self._sheet(nest, position)))

    def file_view(self, request, pk, kind):
        nest = self._nest(request, pk)
        if kind not in {name for name, _label, _icon in FILES} or not nest.sheets.exists():
            raise Http404
        return _attached(*bundle.make(nest, kind))


def _attached(name: str, content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _said(request, sheet: NestSheet, as_json: bool) -> tuple[int, list[dict]]:
    """(version the page showed, where every piece lies) from the script, or from the form about one piece."""
    try:
        if as_json:
            said = json.loads(request.body)
            version, places = int(said["version"]), list(said["places"])
            if all(isinstance(place, dict) for place in places):
                return version, places
            raise ValueError
        index, places = int(request.POST["index"]), [dict(place) for place in sheet.placements]
        if not 0 <= index < len(places):
            raise ValueError
        for name in ("x_mm", "y_mm", "angle_deg"):
            if request.POST.get(name):
                places[index][name] = float(request.POST[name].replace(",", "."))
        places[index]["locked"] = "locked" in request.POST
        return int(request.POST["version"]), places
    except (KeyError, TypeError, ValueError):
        raise Refused(_("This is not what lies on the sheet."), code="places") from None


def _groups() -> list[dict]:
    """Work that can be nested, by machine, material and thickness, as it stands in the queue."""
    related = ("machine", "job_line__job__client", "job_line__item__material", "job_line__design_file__measurement")
    planned = NestPart.objects.filter(nest__state__in=PLANNED).select_related("nest")
    rows = (
        Operation.objects.filter(
            state="queued", sheet=None, machine__kind="laser", job_line__item__category=Item.Category.SHEET,
            job_line__design_file__state="measured",
        )
        .exclude(job_line__item__material=None)
        .exclude(job_line__item__thickness_mm=None)
        .exclude(job_line__job__state="on_hold")
        .select_related(*related)
        .defer("job_line__design_file__measurement__preview", "job_line__design_file__measurement__findings")
        .prefetch_related(Prefetch("nest_parts", planned))
        .order_by("machine__position", "position", "id")[:MOST_WAITING]
    )  # fmt: skip
    groups: dict[tuple, dict] = {}
    for row in rows:
        item = row.job_line.item
        key = (row.machine_id, item.material_id, item.thickness_mm)
        group = groups.setdefault(key, {"machine": row.machine, "item": item, "rows": []})
        group["rows"].append(row)
    return list(groups.values())
