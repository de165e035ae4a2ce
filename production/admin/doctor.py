"""What stands on a drawing's page in the back office: the picture to look at, what is wrong, mends, versions, files."""

import io
import zipfile
from pathlib import PurePosixPath

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.text import get_valid_filename
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.back_office import Verb
from accounts.roles import SEE_MONEY
from laseros.core.templatetags.laseros import number
from production import changes, drawings, findings, mending, serving
from production.admin.badges import measured, size
from production.dxf.limits import LARGEST_GAP_MM, SAFE_GAP_MM
from production.models import DesignFile, EnquiryLine, LayerRole

CHANGE = "production.change_designfile"
MOST_PARTS = 200
IN_PAGE = ("mend", "use", "role")


class MendForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What is to be done"),
        choices=[
            ("safe", _("Mend all that is safe")),
            ("gaps", _("Join gaps")),
            ("duplicates", _("Leave out what is drawn twice")),
            ("tiny", _("Leave out tiny pieces")),
            ("paperwork", _("Leave out frame, dimensions and notes")),
            ("explode", _("Write it anew as lines, arcs and circles")),
            ("split", _("Split it into its parts")),
            ("scale", _("Scale it")),
        ],
    )
    gap_mm = forms.FloatField(
        label=_("Gaps up to (mm)"), required=False, min_value=0.001, max_value=LARGEST_GAP_MM, initial=SAFE_GAP_MM
    )
    factor = forms.FloatField(label=_("Factor to scale by"), required=False, min_value=1e-4, max_value=1e4)


class RoleForm(forms.Form):
    layer = forms.CharField(label=_("Layer"), max_length=255, strip=False)
    role = forms.ChoiceField(label=_("Taken as"), choices=LayerRole.choices)
    also = forms.ChoiceField(
        label=_("Where else"),
        required=False,
        choices=[
            ("", _("in this drawing only")),
            ("client", _("in every drawing of this client")),
            ("workspace", _("in every drawing of ours")),
        ],
    )


def _mend(request, row, what, gap_mm, factor):
    mending.mend(row, request.user, what, gap_mm=gap_mm or SAFE_GAP_MM, factor=factor or 1.0)


def _role(request, row, layer, role, also):
    mending.choose_role(row, request.user, layer, role, also=also)


VERBS = (
    Verb("mend", _("Mend"), _mend, CHANGE, lambda row: row.kind in mending.MENDED_KINDS and row.state == "measured",
         form=MendForm, icon="healing"),
    Verb("use", _("Use this version"), lambda request, row: mending.use(row, request.user), CHANGE, icon="check",
         done=_("This version is in use now.")),
    Verb("role", _("What a layer is for"), _role, CHANGE, lambda row: row.kind in drawings.MEASURED_KINDS,
         form=RoleForm, icon="layers", done=_("It is being measured again.")),
)  # fmt: skip


class DoctorPages:
    """For the admin of drawings: the context of its page, and the addresses beside it."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/mended/", view(self.mended_view), name="production_designfile_mended"),
            path("<int:pk>/part/<int:index>/", view(self.part_view), name="production_designfile_part"),
            path("<int:pk>/parts/", view(self.parts_view), name="production_designfile_parts"),
            *super().get_urls(),
        ]

    def open_verbs(self, request, obj):
        return [verb for verb in super().open_verbs(request, obj) if verb.name not in IN_PAGE[1:]]

    def doctor(self, request, row: DesignFile) -> dict:
        """What the page shows of a drawing besides its figures."""
        may = request.user.has_perm(CHANGE)
        found = measured(row)
        task = mending.tasks_of(row).first()
        context = {
            "may_mend": may and row.state in ("measured", "refused") and row.kind in mending.MENDED_KINDS,
            "mending_now": task is not None and task.state in mending.OPEN_TASK,
            "mend_failed": task.error if task is not None and task.state == "failed" else "",
            "roles": LayerRole.choices,
            "where_else": RoleForm.base_fields["also"].choices,
            "versions": self._versions(row),
        }
        if found is None:
            return context
        from production.dxf import viewer

        curves = None if drawings.is_huge(found) else drawings.curves_of(found)
        wrong = findings.of(row, curves=curves, sees_money=request.user.has_perm(SEE_MONEY))
        facts = {name: getattr(found, name) for name in ("width_mm", "height_mm")}
        facts |= {name: found.findings.get(name, 0.0) for name in ("x_min_mm", "y_min_mm")}
        layers = found.findings.get("layers", [])
        title = gettext("Drawing: %(name)s") % {"name": row.name}
        svg = viewer.svg({**curves, **facts, "layers": layers}, wrong.markers, title) if curves else ""
        return context | {
            "svg": mark_safe(svg),  # noqa: S308 (made by our own engine, every name in it escaped)
            "wrong": wrong,
            "layers": [{**layer, "number": index} for index, layer in enumerate(layers)],
            "parts": _parts(found),
        }

    def _versions(self, row: DesignFile) -> list[dict]:
        family = mending.family_of(row, parts=True)
        if len(family) < 2:
            return []
        used = set(EnquiryLine.objects.filter(design_file__in=family).values_list("design_file", flat=True))
        return [
            {
                "row": version,
                "current": version.pk == row.pk,
                "used": version.pk in used,
                "can_be_used": version.pk not in used
                and not mending.is_part(version)
                and version.enquiry_id is not None,
                "changes": [changes.said(change) for change in version.mends],
                "size": size(found) if (found := measured(version)) else version.get_state_display(),
            }
            for version in family
        ]

    # --- addresses ------------------------------------------------------------------------------------------------

    def mended_view(self, request, pk):
        """Asked by a page that waits for a mend: where to go once it is done."""
        row = self._row(request, pk)
        task = mending.tasks_of(row).first()
        if task is not None and task.state in mending.OPEN_TASK:
            return HttpResponse(status=204)
        made = row.mended.order_by("-id").first() if task is not None and task.state == "done" else None
        if made is not None and mending.is_part(made):
            made = None  # all of them stand on the page of the whole drawing
        target = reverse("admin:production_designfile_change", args=[(made or row).pk])
        if not request.headers.get("HX-Request"):
            return HttpResponseRedirect(target)
        return HttpResponse(headers={"HX-Redirect": target})

    def part_view(self, request, pk, index):
        row, shapes = self._shapes(request, pk)
        if not 1 <= index <= len(shapes):
            raise Http404
        return serving.attachment(_dxf(shapes[index - 1]), _part_name(row, index), "application/dxf")

    def parts_view(self, request, pk):
        row, shapes = self._shapes(request, pk)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for index, part in enumerate(shapes, 1):
                archive.writestr(zipfile.ZipInfo(_part_name(row, index)), _dxf(part), zipfile.ZIP_DEFLATED)
        return serving.attachment(content.getvalue(), f"{PurePosixPath(row.name).stem}.zip", "application/zip")

    def _shapes(self, request, pk) -> tuple[DesignFile, list]:
        from production.dxf.mending import shapes_of_parts

        row = self._row(request, pk)
        found = measured(row)
        curves = drawings.curves_of(found) if found and not drawings.is_huge(found) else None
        if not curves or not curves["contours"]:
            raise Http404
        parts = found.findings.get("parts", [])[:MOST_PARTS]
        return row, shapes_of_parts(curves["contours"], curves["marks"], parts)


def _parts(found) -> list[str]:
    """The size of each part, where there are several."""
    parts = found.findings.get("parts", [])
    if len(parts) < 2:
        return []
    return [f"{number(part['width_mm'], 1)} × {number(part['height_mm'], 1)} mm" for part in parts[:MOST_PARTS]]


def _dxf(shapes: list[dict]) -> bytes:
    from production.dxf.writing import write

    return write(shapes)


def _part_name(row: DesignFile, index: int) -> str:
    stem = PurePosixPath(row.name).stem[:100]
    return get_valid_filename(f"{stem}-{index}.dxf")
