"""Quality in the back office: checks of products and of single pieces of work, non-conformances, and their report."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.back_office import RoomStackedInline, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from accounts.exporting import table_file
from production import serving
from production.admin import job_step
from production.admin.badges import COLOURS, Untouched, badge
from production.models import JobLine, LineCheck, NonConformance, ProductCheck
from production.quality import deciding, planning, report, showing
from production.states import OVER_JOB

CHANGE, WORK, ACCEPT = "production.change_job", "production.run_operation", "production.accept_nonconformance"
COLOURS |= {"rework": "warning", "scrapped": "danger", "accepted": "success", "same": ""}
FAULT_COLOURS = {**COLOURS, "open": "danger"}
HIGH, WIDE = 120, 600  # of the chart


class ProductCheckInline(RoomStackedInline):
    model = ProductCheck
    template = StackedInline.template
    ordering_field = "position"
    verbose_name = _("check")
    verbose_name_plural = _("what is checked")
    fieldsets = (
        (None, {"fields": (("name", "kind", "step"), ("nominal", "tolerance", "unit"),
                           ("minimum", "maximum", "position"), ("how_often", "every", "is_required"))}),
    )  # fmt: skip


# --- checks of one piece of work --------------------------------------------------------------------------------------


class CheckForm(forms.ModelForm):
    """For one operation, whose line is known."""

    for_record = True

    class Meta:
        model = LineCheck
        fields = ("name", "kind", "nominal", "tolerance", "minimum", "maximum", "unit", "how_often", "every",
                  "is_required")  # fmt: skip

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)


class LineCheckForm(CheckForm):
    """For a job: on which piece of work."""

    line = forms.ModelChoiceField(JobLine.objects.none(), label=_("job line"))
    field_order = ("line",)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["line"].queryset = record.lines.filter(parts=None).order_by("position", "pk")


def _add(request, record, *, line=None, **fields) -> None:
    planning.add(line or record.job_line, LineCheck(**fields), request.user)


ADDED = _("It is on the shop floor from now on.")
ADD_TO_JOB = Verb("check", _("Add a check"), _add, CHANGE, lambda job: job.state not in OVER_JOB, form=LineCheckForm,
                  icon="rule", done=ADDED, subject=job_step.WORK)  # fmt: skip
ADD_TO_OPERATION = Verb("check", _("Add a check"), _add, CHANGE,
                        lambda operation: operation.job_line_id is not None, form=CheckForm, icon="rule",
                        done=ADDED)  # fmt: skip


@admin.register(LineCheck)
class LineCheckAdmin(Untouched):
    paginator = InfinitePaginator
    list_display = ("name", "job", "line", "limits_shown", "often_shown", "is_required", "of_product")
    list_select_related = ("job_line__job",)
    list_filter = ("kind", "how_often", "of_product")
    search_fields = ("name", "job_line__job__number", "job_line__description")
    search_help_text = _("Check, job or part")
    fields = (("name", "kind"), ("line", "limits_shown"), ("often_shown", "is_required", "of_product"))
    readonly_fields = ("name", "kind", "line", "limits_shown", "often_shown", "is_required", "of_product")
    change_form_outer_after_template = "admin/production/check_results.html"
    empty_text = _("Checks come with products, or are added to a piece of work on a job's page.")
    empty_icon = "rule"
    verbs = (
        Verb("remove", _("Remove"), lambda request, check: _remove(request, check), CHANGE,
             lambda check: not check.results.exists(), dangerous=True, icon="delete", done=_("Removed.")),
    )  # fmt: skip

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            related = ("by", "run__machine", "non_conformance", "line_check")
            context["results"] = obj.results.select_related(*related).order_by("-id")[:200]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        return [to_record(obj.job_line.job, icon="work"), to_record(obj.job_line.product, icon="deployed_code")]

    @display(description=_("job"))
    def job(self, check):
        return check.job_line.job.number

    @display(description=_("job line"))
    def line(self, check):
        return check.job_line

    @display(description=_("good is"))
    def limits_shown(self, check):
        return showing.limits(check) or "–"

    @display(description=_("how often"))
    def often_shown(self, check):
        return showing.often(check)


def _remove(request, check) -> str:
    job = check.job_line.job_id
    planning.remove(check, request.user)
    return reverse("admin:production_job_change", args=[job]) + "#checks"


def of_job(job) -> dict:
    """For admin/production/job_checks.html; two queries for a job of which nothing is checked.

    Most jobs are such, and what is joined takes longer to put into words than to look up.
    """
    checks = _with(LineCheck.objects.filter(job_line__job=job), "job_line")
    faults = _with(job.non_conformances.all(), "job_line", "decided_by", "result__line_check")
    if checks:
        results = {}
        for check in checks:
            check.found = results.setdefault(check.pk, [])
        for row in showing.results_of(job):
            results[row.line_check_id].append(row)
    return {"checks": sorted(checks, key=lambda check: (check.job_line.position, check.job_line_id, check.position)),
            "faults": faults}  # fmt: skip


def _with(rows, *related) -> list:
    """These rows with what stands beside them, as far as there are any."""
    found = list(rows.order_by().values_list("pk", flat=True))
    return list(rows.model.objects.filter(pk__in=found).select_related(*related)) if found else []


# --- non-conformances -------------------------------------------------------------------------------------------------


class DecideForm(forms.Form):
    for_record = True
    pieces = forms.IntegerField(label=_("pieces"), min_value=1)
    reason = forms.ChoiceField(label=_("reason"), choices=NonConformance.Reason.choices)
    why = forms.CharField(label=_("why so"), max_length=300, required=False)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pieces"].initial, self.fields["reason"].initial = record.pieces, record.reason


class AcceptForm(DecideForm):
    why = forms.CharField(label=_("why they can be used as they are"), max_length=300)


def _decide(how: str):
    return lambda request, found, **said: deciding.decide(found, how, request.user, **said) and None


def _is_open(found) -> bool:
    return found.state == "open"


@admin.register(NonConformance)
class NonConformanceAdmin(Untouched):
    paginator = InfinitePaginator
    list_before_template = "admin/production/fault_list.html"
    list_display = ("number", "state_shown", "found_at", "job_shown", "what", "reason", "pieces", "machine", "picture")
    list_select_related = ("job", "job_line", "machine", "decided_by", "result")
    list_filter = ("state", "reason", "machine", ("found_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "job__number", "job__title", "job_line__description", "note", "why")
    search_help_text = _("Number, job, part or words")
    fields = (("number", "state_word"), ("job", "what"), ("pieces", "reason"), "note", "check_shown",
              ("machine", "item"), ("found_at", "found_by", "station"), ("decided_at", "decided_by"), "why",
              "picture_large")  # fmt: skip
    readonly_fields = ("number", "state_word", "job", "what", "pieces", "reason", "note", "check_shown", "machine",
                       "item", "found_at", "found_by", "station", "decided_at", "decided_by", "why",
                       "picture_large")  # fmt: skip
    export_fields = ("number", "found_at", "job", "job_line", "product", "machine", "item", "pieces", "reason", "note",
                     "state", "found_by", "decided_by", "decided_at", "why")  # fmt: skip
    empty_text = _("Pieces that are not as they should be appear here: from a check out of its limits, or reported.")
    empty_icon = "report"
    verbs = (
        Verb("rework", _("Make again"), _decide("rework"), WORK, _is_open, form=DecideForm, icon="replay",
             confirm=_("The same pieces go through the work once more; no new material is taken for them."),
             done=_("They are made again.")),
        Verb("scrap", _("Scrap"), _decide("scrap"), WORK, _is_open, form=DecideForm, icon="delete",
             confirm=_("They count as scrap and are made anew."), done=_("Scrapped.")),
        Verb("accept", _("Use as it is"), _decide("accept"), ACCEPT, _is_open, form=AcceptForm, icon="verified",
             done=_("They count as good.")),
        Verb("same", _("Same pieces as another"), _decide("same"), WORK, _is_open, icon="join_inner",
             confirm=_("Counted with the other one about the same work."), done=_("Counted with the other one.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/production_admin.css",)}

    def related_links(self, obj):
        return [
            to_record(obj.job, icon="work"),
            to_record(obj.operation, icon="list_alt"),
            to_record(obj.run, icon="timer"),
            to_record(obj.product, icon="deployed_code"),
            to_record(obj.result.line_check if obj.result else None, icon="rule"),
            to_list("production.nonconformance", icon="report", q=obj.job.number),
        ]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("report/", view(self.report_view), name="production_nonconformance_report"),
            path("report/<slug:kind>/", view(self.report_file), name="production_nonconformance_report_export"),
            path("<int:pk>/photo/", view(self.photo_view), name="production_nonconformance_photo"),
            *super().get_urls(),
        ]

    def photo_view(self, request, pk):
        row = self.get_object(request, str(pk))
        stored = _photo_of(row) if row is not None else None
        if not stored:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return serving.photograph(stored)

    def _asked(self, request) -> tuple[int, str]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        days, by = request.GET.get("days", ""), request.GET.get("by", "")
        return int(days) if days in {str(each) for each in report.RANGES} else 90, by if by in report.BY else "reason"

    def report_view(self, request):
        days, by = self._asked(request)
        rows = report.over(days, by)
        context = {
            **self.admin_site.each_context(request),
            "title": _t("What was not good"),
            "opts": self.opts,
            "days": days,
            "ranges": report.RANGES,
            "by": by,
            "ways": report.BY.items(),
            "head": report.BY[by],
            "rows": rows,
            "sums": {state: sum(row.pieces[state] for row in rows) for state in report.COUNTED},
            "records": sum(row.records for row in rows),
            "chart": chart(report.by_time(days)),
            "query": f"days={days}&by={by}",
            "list": reverse("admin:production_nonconformance_changelist"),
        }
        return TemplateResponse(request, "admin/production/fault_report.html", context)

    def report_file(self, request, kind):
        days, by = self._asked(request)
        labels = dict(NonConformance._meta.get_field("state").choices)
        heads = [report.BY[by], _t("records"), _t("pieces"), *(labels[state] for state in report.COUNTED)]
        table = [[row.label, row.records, row.total, *row.pieces.values()] for row in report.over(days, by)]
        name = f"not-good-by-{by}-{days}"
        return table_file(request, kind, name, timezone.localdate(), heads, table, _t("what was not good"))

    @display(description=_("job"), ordering="job__number")
    def job_shown(self, found):
        return found.job.number

    @display(description=_("what"))
    def what(self, found):
        return found.job_line.description

    @display(description=_("photograph"))
    def picture(self, found):
        return _picture(found, "lo-thumb", 56)

    @display(description=_("photograph"))
    def picture_large(self, found):
        return _picture(found, "", 480)

    @display(description=_("check"))
    def check_shown(self, found):
        if found.result is None:
            return "–"
        check = found.result.line_check
        return f"{check.name}: {showing.found(found.result)} ({showing.limits(check) or showing.often(check)})"

    @display(description=_("state"), ordering="state", label=FAULT_COLOURS)
    def state_shown(self, found):
        return badge(found)

    @display(description=_("state"))
    def state_word(self, found):
        return found.get_state_display()


def _photo_of(found):
    return found.photo or (found.result.photo if found.result is not None else None)


def _picture(found, css: str, width: int):
    if not _photo_of(found):
        return "–"
    address = reverse("admin:production_nonconformance_photo", args=[found.pk])
    words = _t("Photograph of %(number)s") % {"number": found.number}
    return format_html(
        '<a href="{}"><img class="{}" src="{}" alt="{}" width="{}" loading="lazy"></a>',
        address, css, address, words, width,
    )  # fmt: skip


def chart(bars) -> dict | None:
    """Rectangles of pieces by what became of them, one upon the other; None where nothing was found."""
    most = max((sum(bar.pieces.values()) for bar in bars), default=0)
    if not most:
        return None
    step, drawn = WIDE / len(bars), []
    for number, bar in enumerate(bars):
        top = float(HIGH)
        for state, pieces in bar.pieces.items():
            height = round(pieces / most * (HIGH - 5), 1)
            top -= height
            if pieces:
                drawn.append({"kind": state, "x": round(number * step, 1), "y": round(top, 1), "height": height,
                              "width": round(step * 0.8, 1), "day": bar.day, "pieces": pieces})  # fmt: skip
    return {"bars": drawn, "first": bars[0].day, "last": bars[-1].day, "wide": WIDE, "high": HIGH}
