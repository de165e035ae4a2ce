"""Milestones in the back office: the templates of a shop, and where a job stands."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, RoomInline, Verb
from laseros.core import addresses
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import day, written
from production import milestone_events, milestone_photos, milestone_plan, milestones, serving, work_order
from production.admin import job_step
from production.admin.job_milestones import JobMilestones
from production.models import Job, Milestone, MilestonePhoto, MilestoneTemplate, TemplateMilestone
from production.states import OVER_JOB

WORK, SKIP, CHANGE = "production.run_operation", "production.skip_milestone", "production.change_job"


class TemplateMilestoneInline(RoomInline):
    model = TemplateMilestone
    ordering_field = "position"
    fields = ("position", "name", "event", "is_shown", "days_before")
    verbose_name_plural = _("milestones in their order")


@admin.register(MilestoneTemplate)
class MilestoneTemplateAdmin(RoomAdmin):
    archivable = True
    list_display = ("name", "is_standard", "rows")
    search_fields = ("name",)
    search_help_text = _("Kind of job")
    readonly_fields = ("is_standard",)
    fields = ("name", "is_standard")
    add_fieldsets = ((None, {"fields": ("name",)}),)
    inlines = (TemplateMilestoneInline,)
    empty_text = _("What clients follow: one list of milestones for each kind of job.")
    empty_icon = "flag"
    verbs = (
        Verb("standard", _("Make it the standard"),
             lambda request, template: milestone_plan.make_standard(template, request.user),
             "production.change_milestonetemplate",
             lambda template: not template.is_standard and template.archived_at is None, icon="star",
             done=_("It is the one for every job where nobody chooses another.")),
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count=Count("milestones"))

    @display(description=_("milestones"), ordering="count")
    def rows(self, template):
        return template.count


class TemplateForm(forms.Form):
    template = forms.ModelChoiceField(None, label=_("Kind of job"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = milestone_plan.to_choose()


VERBS = (
    Verb("milestones", _("Other milestones"),
         lambda request, job, template: milestone_events.follow_by(job, template, request.user), CHANGE,
         lambda job: job.state not in OVER_JOB, form=TemplateForm, icon="flag", subject=job_step.CLIENT,
         done=_("From now on it is followed by these. What was reached before stays.")),
)  # fmt: skip


class PaceFilter(admin.SimpleListFilter):
    title = _("pace")
    parameter_name = "pace"

    def lookups(self, request, model_admin):
        return [("behind", _("Falling behind"))]

    def queryset(self, request, queryset):
        if self.value() != "behind":
            return queryset
        return queryset.filter(pk__in=milestones.behind().order_by().values("pk"))


class MilestoneFilter(admin.SimpleListFilter):
    """Jobs by the milestone they wait for."""

    title = _("next milestone")
    parameter_name = "next"

    def lookups(self, request, model_admin):
        rows = TemplateMilestone.objects.filter(template__archived_at=None).order_by("position", "name")
        return [(name, name) for name in dict.fromkeys(rows.values_list("name", flat=True))]

    def queryset(self, request, queryset):
        return queryset.filter(next_name=self.value()) if self.value() else queryset


class Followed:
    """What the page of a job and the list of jobs have to do with milestones."""

    def get_queryset(self, request):
        match = getattr(request, "resolver_match", None)
        if match is not None and "object_id" in match.kwargs:  # the page of one job reads them all
            return super().get_queryset(request)
        to_come = Milestone.objects.filter(job=OuterRef("pk"), state="open").order_by("position", "id")
        late = to_come.filter(planned_on__lt=timezone.localdate()).order_by()
        return (
            super()
            .get_queryset(request)
            .annotate(
                next_name=Subquery(to_come.values("name")[:1]),
                next_planned=Subquery(to_come.values("planned_on")[:1]),
                is_behind=Exists(late),
            )
        )

    @display(description=_("next milestone"))
    def next_shown(self, job):
        if not job.next_name or job.state in OVER_JOB:
            return "–"
        if job.is_behind and job.state in ("approved", "in_progress"):
            words = day(job.next_planned) if job.next_planned else ""
            return format_html('{} <span class="lo-late">{} · {}</span>', job.next_name, words, _("behind"))
        return job.next_name

    def milestones_of(self, request, job) -> dict:
        """For admin/production/job_milestones.html."""
        rows, today = milestones.of(job), timezone.localdate()
        undo, photo = (addresses.of("admin:production_job_milestone", (job.pk,), (deed,)) for deed in ("undo", "photo"))
        planned, was_planned = _t("planned for %(day)s"), _t("was planned for %(day)s")
        for row in rows:
            row.undo_url, row.photo_url, row.times = undo(row.pk), photo(row.pk), str(row.undone)
            row.late = row.is_late(today)
            row.planned = (was_planned if row.late else planned) % {"day": written(row.planned_on, "SHORT_DATE_FORMAT")}
            row.quick = milestones.undo_until(row) is not None
        user, is_still = request.user, job.state in milestones.STILL
        return {
            "milestones": rows,
            "next_milestone": None if is_still else milestones.next_of(rows),
            "can_reach": user.has_perm(WORK),
            "can_skip": user.has_perm(SKIP),
            "can_edit_milestones": user.has_perm(CHANGE) and job.state not in OVER_JOB,
        }

    def get_urls(self):
        view = self.admin_site.admin_view
        edited = JobMilestones(Job, self.admin_site)
        return [
            path("<int:pk>/milestones/", view(edited.page), name="production_job_milestones"),
            path("<int:pk>/milestones/<int:milestone>/<slug:deed>/", view(self.milestone_view),
                 name="production_job_milestone"),
            path("<int:pk>/work-order/", view(self.work_order_view), name="production_job_work_order"),
            path("<int:pk>/photos/<int:photo>/", view(self.photo_view), name="production_job_photo"),
            *super().get_urls(),
        ]  # fmt: skip

    def milestone_view(self, request, pk, milestone, deed):
        """POST reaches a milestone of a job, skips it, takes it back, or adds a photograph."""
        job = self.get_object(request, str(pk))
        do = DEEDS.get(deed)
        if job is None or do is None:
            raise Http404
        permission, verb = do
        if request.method != "POST" or not request.user.has_perm(permission):
            raise PermissionDenied
        row = get_object_or_404(job.milestones, pk=milestone)
        try:
            verb(request, row)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        return HttpResponseRedirect(reverse("admin:production_job_change", args=[pk]) + "#milestones")

    def work_order_view(self, request, pk):
        """The paper for the client."""
        job = self.get_object(request, str(pk))
        if job is None:
            raise Http404
        if not self.has_view_or_change_permission(request, job):
            raise PermissionDenied
        return serving.attachment(work_order.client_pdf(job), work_order.file_name(job), "application/pdf")

    def photo_view(self, request, pk, photo):
        job = self.get_object(request, str(pk))
        row = MilestonePhoto.objects.filter(pk=photo, milestone__job=pk).first() if job is not None else None
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, job):
            raise PermissionDenied
        return serving.photograph(row.content)


def _undo(request, row):
    why = request.POST.get("why", "") if request.user.has_perm(SKIP) else ""
    times = request.POST.get("times", "")
    milestones.undo(row, times=int(times) if times.isdecimal() and len(times) < 5 else -1, by=request.user, why=why)


def _photo(request, row):
    upload = request.FILES.get("photo")
    if upload is None:
        raise Refused(_("Choose a picture first."), code="none")
    milestone_photos.add(row, upload, request.user)


def _unphoto(request, row):
    wanted = request.POST.get("photo", "")
    photo = row.photos.select_related("milestone").filter(pk=wanted if wanted.isdecimal() else 0).first()
    if photo is not None:
        milestone_photos.remove(photo, request.user)


DEEDS = {
    "reach": (WORK, lambda request, row: milestones.reach(row, request.user, note=request.POST.get("note", ""))),
    "skip": (SKIP, lambda request, row: milestones.skip(row, request.user, why=request.POST.get("why", ""))),
    "undo": (WORK, _undo),
    "photo": (WORK, _photo),
    "remove-photo": (SKIP, _unphoto),
}
