"""Estimates that learn: how runs lie against what was estimated, and values that would have met them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _t

from laseros.core.errors import Refused
from production import experience, parameters
from production.models import CuttingParameter

CONFIRM = "machines.change_machine"
WIDE, HIGH, LEFT, MOST = 640, 200, 44, 2.5  # the picture, and the largest ratio it shows


class LearningDoors:
    """Under the cutting table: all rows with their drift, and one row with its runs and a proposal."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, self.page_name
        return [
            path("learn/", view(self.drift_view), name=f"{name}_learn"),
            path("<int:pk>/runs/", view(self.runs_view), name=f"{name}_runs"),
            *super().get_urls(),
        ]

    def drift_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = CuttingParameter.objects.exclude(confirmed_at=None).filter(machine__archived_at=None)
        drifts = experience.all_of(rows.select_related("machine", "material"))
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Estimates and runs"),
            "opts": self.opts,
            "drifts": sorted(drifts, key=lambda pair: -abs(pair[1].percent) if pair[1] else 1),
            "least": experience.LEAST_RUNS,
        }
        return TemplateResponse(request, "admin/production/drift.html", context)

    def runs_view(self, request, pk):
        """GET shows the runs and a proposal; POST accepts the values that were shown."""
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        here = reverse(f"admin:{self.page_name}_runs", args=[pk])
        if request.method == "POST":
            if not request.user.has_perm(CONFIRM):
                raise PermissionDenied
            self._accept(request, row)
            return redirect(here)
        related = ("operation__job_line__job", "operation__sheet__nest")
        runs = list(experience.runs_of(row).select_related(*related)[: experience.LATEST])
        proposal = experience.proposal(row) if row.confirmed_at else None
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Estimates and runs"),
            "subtitle": str(row),
            "opts": self.opts,
            "original": row,
            "row": row,
            "drift": experience.drift([experience.ratio(run) for run in runs]),
            "proposal": proposal,
            "may_accept": request.user.has_perm(CONFIRM),
            "chart": chart(runs),
            "runs": [
                {"run": run, "seconds": experience.seconds_of(run), "percent": _percent(run)} for run in runs[:20]
            ],
            "least": experience.LEAST_RUNS,
        }
        return TemplateResponse(request, "admin/production/drift_of_one.html", context)

    def _accept(self, request, row):
        try:
            found = experience.proposal(row)
            said = (str(request.POST.get("feed")), str(request.POST.get("pierce")), str(request.POST.get("version")))
            if found is None or said != (str(found.feed_mm_min), str(found.pierce_s), str(row.version)):
                raise Refused(_t("The proposal has changed since you looked. Look at it again."), code="stale")
            parameters.learn(row, found, request.user)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, _t("Accepted. Prices are made from these values from now on."))


def _shown(run) -> dict:
    return {"run": run, "seconds": experience.seconds_of(run), "percent": _percent(run)}


def _percent(run) -> int:
    return round((experience.ratio(run) - 1) * 100)


def chart(runs) -> dict | None:
    """Points for a picture of actual by estimated time, the oldest run on the left; None for no runs."""
    if not runs:
        return None
    step = (WIDE - LEFT - 10) / max(len(runs) - 1, 1)
    points = [
        {"x": round(LEFT + number * step, 1), "y": _height(experience.ratio(run)), "run": run, "percent": _percent(run)}
        for number, run in enumerate(reversed(runs))
    ]
    lines = [{"y": _height(ratio), "percent": f"{(ratio - 1) * 100:+.0f} %"} for ratio in (0.5, 1, 1.5, 2)]
    return {"points": points, "lines": lines, "wide": WIDE, "high": HIGH, "left": LEFT, "even": _height(1)}


def _height(ratio: float) -> float:
    return round(HIGH - 10 - (HIGH - 20) * min(ratio, MOST) / MOST, 1)
