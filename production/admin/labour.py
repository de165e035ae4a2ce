"""Working times in the back office: every stretch, corrections, and the weekly sheet by person or by job."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.back_office import RoomAdmin, Verb, to_record
from accounts.day_filter import BetweenDays
from accounts.exporting import table_file
from accounts.models import Membership
from laseros.core.templatetags.laseros import day, duration
from production.labour import clocks, weeks
from production.models import LabourTime

CORRECT = "production.correct_labourtime"
COLOURS = {"running": "success", "paused": "warning", "stopped": ""}
MOMENT = "%Y-%m-%dT%H:%M"


class CorrectForm(forms.Form):
    for_record = True
    started_at = forms.DateTimeField(
        label=_("began"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )
    stopped_at = forms.DateTimeField(
        label=_("ended"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )
    why = forms.CharField(label=_("why"), max_length=200)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["started_at"].initial = timezone.localtime(record.started_at)
        self.fields["stopped_at"].initial = timezone.localtime(record.stopped_at or timezone.now())


class UntilForm(forms.Form):
    until = forms.DateTimeField(
        label=_("until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )


class ByPerson(admin.SimpleListFilter):
    title = _("person")
    parameter_name = "who"

    def lookups(self, request, model_admin):
        members = Membership.objects.select_related("user").order_by("user__name", "user__email")[:200]
        return [(member.user_id, str(member.user)) for member in members]

    def queryset(self, request, queryset):
        value = str(self.value() or "")  # a key as such where Django counts the choices
        return queryset.filter(person=value) if value.isdigit() else queryset


@admin.register(LabourTime)
class LabourTimeAdmin(RoomAdmin):
    paginator = InfinitePaginator
    list_before_template = "admin/production/labour_list.html"
    list_display = ("started_at", "person", "job", "what", "took", "state_shown", "station")
    list_select_related = ("person", "job", "operation__job_line", "operation__sheet__nest")
    list_filter = (ByPerson, "state", "corrected", ("started_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("job__number", "job__title", "person__name", "person__email")
    search_help_text = _("Job or person")
    fields = (("person", "job"), "operation", ("started_at", "stopped_at"), ("paused_seconds", "seconds"),
              ("station", "corrected"))  # fmt: skip
    readonly_fields = ("person", "job", "operation", "started_at", "stopped_at", "paused_seconds", "seconds", "station",
                       "corrected")  # fmt: skip
    export_fields = ("person", "job", "started_at", "stopped_at", "paused_seconds", "seconds", "station", "corrected")
    empty_text = _("People start and stop their time on the shop floor: it appears here, and in the weekly sheet.")
    empty_icon = "timer"
    verbs = (
        Verb("correct", _("Correct"),
             lambda request, clock, **said: clocks.correct(clock, request.user, **said) and None, CORRECT,
             lambda clock: clock.state == "stopped", form=CorrectForm, icon="edit", done=_("Corrected.")),
        Verb("stop", _("Stop it"), lambda request, clock, until: clocks.stop(clock, request.user, until=until) and None,
             CORRECT, lambda clock: clock.state != "stopped", form=UntilForm, icon="stop_circle",
             done=_("Stopped.")),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False  # corrected by its verb, with a reason

    def related_links(self, obj):
        return [to_record(obj.job, icon="work"), to_record(obj.operation, icon="list_alt")]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("week/", view(self.week_view), name="production_labourtime_week"),
            path("week/<slug:kind>/", view(self.week_file), name="production_labourtime_week_export"),
            *super().get_urls(),
        ]

    def _week(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        by = request.GET.get("by", "")
        by = by if by in weeks.BY else "person"
        monday = weeks.monday_of(request.GET.get("week", ""))
        return monday, by, weeks.sheet(monday, by)

    def week_view(self, request):
        monday, by, rows = self._week(request)
        this = weeks.monday_of("")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Weekly sheet"),
            "opts": self.opts,
            "rows": rows,
            "by": by,
            "week": weeks.name_of(monday),
            "query": f"week={weeks.name_of(monday)}&by={by}",
            "days": [monday + timedelta(days=each) for each in range(7)],
            "sums": [sum(row.days[each] for row in rows) for each in range(7)],
            "total": sum(row.total for row in rows),
            "before": weeks.name_of(monday - timedelta(days=7)),
            "after": weeks.name_of(monday + timedelta(days=7)) if monday < this else "",
            "list": reverse("admin:production_labourtime_changelist"),
        }
        return TemplateResponse(request, "admin/production/labour_week.html", context)

    def week_file(self, request, kind):
        """In hours, so that a spreadsheet adds them up."""
        monday, by, rows = self._week(request)
        heads = [_now("Person") if by == "person" else _now("Job")]
        heads += [day(monday + timedelta(days=each)) for each in range(7)] + [_now("Together")]
        table = [[row.label, *(weeks.hours(seconds) for seconds in row.days), weeks.hours(row.total)] for row in rows]
        return table_file(request, kind, f"time-by-{by}", monday, heads, table, _now("Weekly sheet"))

    @display(description=_("for"))
    def what(self, clock):
        return clock.operation.what if clock.operation else "–"

    @display(description=_("worked"), ordering="seconds")
    def took(self, clock):
        return duration(clock.worked)

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, clock):
        return clock.state, clock.get_state_display()
