"""A page of its own for the milestones of one job: forty fields that the page of the job need not carry."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.back_office import RoomAdmin, RoomInline, to_record
from production import milestones
from production.models import Job, Milestone
from production.states import OVER_JOB


class MilestoneInline(RoomInline):
    """What is still to come of one job can be renamed, moved, added and taken out."""

    model = Milestone
    ordering_field = "position"
    fields = ("position", "name", "event", "is_shown", "planned_on", "note")
    verbose_name_plural = _("milestones of this job")


class SeenForm(forms.ModelForm):
    """Nothing of the job itself; what its milestones were when the page was made."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Job
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = milestones.look_of(self.instance)


class JobMilestones(RoomAdmin):
    """Not in the register: a second page about jobs, opened from the first."""

    form = SeenForm
    fieldsets = ((None, {"fields": ("seen",)}),)
    inlines = (MilestoneInline,)

    def has_add_permission(self, request):
        return False

    def page(self, request, pk):
        job = self.get_object(request, str(pk))
        if job is None:
            raise Http404
        if not self.has_change_permission(request, job):
            raise PermissionDenied
        if job.state in OVER_JOB:
            words = _("%(record)s can no longer be edited. Nothing was stored.") if request.method == "POST" else _(
                "Nothing is to come of %(record)s: its milestones stay as they are.")  # fmt: skip
            messages.error(request, words % {"record": job})
            return HttpResponseRedirect(_back(job))
        return self.changeform_view(request, str(pk))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["subtitle"] = str(obj)
        answer = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        answer.context_data["title"] = _("Milestones")
        return answer

    def related_links(self, obj):
        return [to_record(obj, icon="work")]

    def save_model(self, request, obj, form, change):
        """The job stays as it is."""

    def save_formset(self, request, form, formset, change):
        changed = formset.save(commit=False)
        if changed or formset.deleted_objects:
            seen = form.cleaned_data["seen"]
            milestones.change(form.instance, changed, formset.deleted_objects, request.user, seen=seen)

    def response_change(self, request, obj):
        messages.success(request, _("The milestones of %(record)s are stored.") % {"record": obj})
        return HttpResponseRedirect(request.path if "_continue" in request.POST else _back(obj))


def _back(job) -> str:
    return reverse("admin:production_job_change", args=[job.pk]) + "#milestones"
