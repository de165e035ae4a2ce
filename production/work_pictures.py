"""What the work of an operation looks like: its sheet, its drawing, or the print as its slicer drew it."""

from django.db.models import Q
from django.http import HttpResponseBase
from django.urls import reverse

from production import serving
from production.models import NestSheet, Operation
from production.nests import picture, problem

FILE = "job_line__design_file"
DRAWN, SLICED = Q(**{f"{FILE}__measurement__preview__gt": ""}), Q(**{f"{FILE}__slicing__picture__gt": ""})


def address(operation: Operation) -> str:
    """Where its picture is; empty where there is none."""
    has_one = bool(operation.sheet_id) or Operation.objects.filter(DRAWN | SLICED, pk=operation.pk).exists()
    return reverse("floor:drawing", args=[operation.pk]) if has_one else ""


def served(operation_pk: int) -> HttpResponseBase | None:
    on_sheet = NestSheet.objects.filter(operation=operation_pk).select_related("nest").first()
    if on_sheet is not None:
        return serving.picture(picture.svg(on_sheet, problem.Parts(on_sheet.nest), picture.Legend.of(on_sheet.nest)))
    rows = Operation.objects.filter(pk=operation_pk).select_related(f"{FILE}__measurement", f"{FILE}__slicing")
    drawn = rows.filter(DRAWN).first()
    if drawn is not None:
        return serving.picture(drawn.job_line.design_file.measurement.preview)
    sliced = rows.filter(SLICED).first()
    return serving.png(sliced.job_line.design_file.slicing.picture) if sliced is not None else None
