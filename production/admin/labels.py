"""Printing labels in the back office: which size, how many, where on a used sheet, how far the printer misses."""

from decimal import Decimal

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.forms import bounded, dress, take_refusal
from inventory.labels import formats, paper, sizes
from laseros.core.errors import Refused
from production import labels

MOST_COPIES = 100
OFFSET = {"max_digits": 4, "decimal_places": 1, "min_value": -15, "max_value": 15, "required": False}


class LabelForm(forms.Form):
    size = forms.ChoiceField(label=_("size"), choices=formats.choices)
    copies = forms.IntegerField(label=_("of each"), min_value=1, max_value=MOST_COPIES, initial=1)
    start = forms.IntegerField(
        label=_("first free place on the sheet"), min_value=1, max_value=65, initial=1, required=False,
        help_text=_("On a sheet that was used before: counted by rows from the upper left"),
    )  # fmt: skip
    right = forms.DecimalField(
        label=_("move right, mm"), help_text=_("Less than nothing: to the left. Kept for this size"), **OFFSET
    )
    down = forms.DecimalField(
        label=_("move down, mm"), help_text=_("Less than nothing: up. Kept for this size"), **OFFSET
    )
    frames = forms.BooleanField(
        label=_("with frames, to see where they lie"), required=False,
        help_text=_("Print on plain paper and hold it against the labels: that shows what to move"),
    )  # fmt: skip


def page(site, request):
    """GET asks, POST answers the PDF. `kind` and `pk` say of what; nobody labels what they may not see."""
    asked = request.POST if "kind" in request.POST else request.GET
    kind = asked.get("kind", "")
    pks = [int(pk) for pk in asked.get("pk", "").split(",") if pk.isdecimal() and len(pk) < 19]
    if kind not in labels.KINDS or not 0 < len(pks) <= formats.MOST_LABELS:
        raise Http404
    if not request.user.has_perm(labels.KINDS[kind][0]):
        raise PermissionDenied
    found = labels.of(kind, pks)
    if request.method == "POST":
        form = bounded(LabelForm(request.POST))
        if form.is_valid():
            try:
                return _pdf(request, found, form.cleaned_data)
            except Refused as refusal:
                take_refusal(form, refusal)
    else:
        form = bounded(LabelForm(initial=_usual(request)))
    shapes = {each.name: [each.columns, each.rows] if each.sheet else [] for each in formats.FORMATS.values()}
    offsets = {name: [str(size.right_mm), str(size.down_mm)] for name, size in sizes.known().items()}
    context = {
        **site.each_context(request),
        "title": _("Print labels"),
        "subtitle": ", ".join(label.code for label in found[:4]) + (" …" if len(found) > 4 else ""),
        "form": dress(form),
        "found": found[:200],
        "count": len(found),
        "shapes": {"shapes": shapes, "offsets": offsets},
        "local": "//LOCALHOST" in found[0].address.upper(),
    }
    return TemplateResponse(request, "admin/labels/page.html", context, status=422 if form.is_bound else 200)


def _usual(request) -> dict:
    size = sizes.usual(request.workspace)
    return {"size": size.name, "copies": 1, "start": 1, "right": size.right_mm, "down": size.down_mm}


def _pdf(request, found, said) -> HttpResponse:
    right, down = said["right"] or Decimal(0), said["down"] or Decimal(0)
    form = formats.FORMATS[said["size"]]
    each = [label for label in found for _copy in range(said["copies"])]
    start = (said["start"] or 1) if form.sheet else 1
    content = paper.pdf(each, form, start=start, offset=(float(right), float(down)), frames=said["frames"])
    sizes.use(request.workspace, form.name, right, down, request.user)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="labels-{form.name}.pdf"'
    return response
