"""What the page of a job and the list of jobs show of jobs that are part of others, and the buttons for it."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget

from accounts.back_office import OnceForm, Verb
from crm.families import family, living
from production import job_tree, jobs, sub_jobs
from production.admin import job_step
from production.admin.enquiry import WhyForm
from production.models import Job, JobTemplate
from production.states import OVER_JOB

CHANGE = "production.change_job"


def of_job(job: Job) -> dict:
    """For admin/production/job_parts.html."""
    rows = job_tree.with_pieces(Job.objects.only(*job_tree.ROW)).order_by("pk")
    parts = job_tree.below(job, rows)
    for _level, part in parts:
        part.percent = min(100 * part.pieces_made // part.pieces, 100) if part.pieces else 0
    days = [part.due_on for _level, part in parts if part.due_on and part.state != "cancelled"]
    return {
        "parts": parts,
        "first_due": min(days, default=None),
        "last_due": max(days, default=None),
        "waits_for": job_tree.open_of(parts) if job.state == "made" else [],
    }


class PutForm(forms.Form):
    """Under which job: of the same client, and not the last level already. The verb checks the rest."""

    for_record = True
    parent = forms.ModelChoiceField(queryset=None, label=_("part of"))

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        inside = [record.pk, *(part.pk for _level, part in job_tree.below(record))]
        rows = Job.objects.filter(client__in=family(living(record.client)), parent__parent=None)
        rows = rows.exclude(state__in=OVER_JOB).exclude(pk__in=inside).only("workspace", "number", "title")
        self.fields["parent"].queryset = rows
        self.fields["parent"].initial = record.parent_id


class NewForm(OnceForm):
    """From a template, or with one line called as the job."""

    for_record = True
    template = forms.ModelChoiceField(
        queryset=None, label=_("template"), required=False,
        help_text=_("Empty: one line without a price, called as the job. The client pays it with the whole."),
    )  # fmt: skip
    title = forms.CharField(label=_("title"), max_length=160, required=False, help_text=_("Empty: the template's"))
    quantity = forms.IntegerField(
        label=_("pieces"), min_value=1, max_value=1_000_000, initial=1, help_text=_("Where there is no template")
    )
    due_on = forms.DateField(label=_("due"), required=False, widget=UnfoldAdminDateWidget)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = JobTemplate.objects.filter(archived_at=None)
        self.fields["due_on"].initial = record.due_on

    def clean(self):
        data = super().clean()
        if not data.get("template") and not data.get("title"):
            self.add_error("title", _t("A template, or a title."))
        return data


class CancelForm(WhyForm):
    """Asks nothing of the parts, and says which go on."""

    for_record = True

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        parts = job_tree.open_below(record)
        if parts:
            self.fields["stays_open"] = forms.CharField(
                label=_("Stays open"), disabled=True, required=False, initial="\n".join(str(part) for part in parts),
                widget=forms.Textarea(attrs={"rows": min(len(parts), 6)}),
                help_text=_("These parts go on by themselves. Cancel them too where they are not wanted."),
            )  # fmt: skip


def _put(request, job, parent) -> None:
    sub_jobs.put(job, parent, request.user)
    messages.success(request, _t("It is part of %(job)s now.") % {"job": parent})


def _new(request, job, *, once, **facts) -> str:
    """Who may promise what is not there gets a job that waits for it; others are told what is missing."""
    may = request.user.has_perm("inventory.promise_short")
    despite = str(_("part of %(job)s") % {"job": job.number}) if may else ""
    part = sub_jobs.open_new(job, key=once, despite=despite, by=request.user, **facts)
    messages.success(request, _t("%(job)s is opened.") % {"job": part.number})
    return reverse("admin:production_job_change", args=[part.pk])


def cancel(request, job, why, stays_open="") -> None:
    jobs.cancel(job, request.user, why=why)
    parts = job_tree.open_below(job)
    if parts:
        messages.warning(request, _t("Stays open: %(jobs)s") % {"jobs": job_tree.named(parts)})


def _takes_parts(job) -> bool:
    return job.state not in OVER_JOB and len(job_tree.above(job)) + 1 < job_tree.LEVELS


VERBS = (
    Verb("sub-job", _("New sub-job"), _new, "production.add_job", _takes_parts, form=NewForm, icon="account_tree",
         subject=job_step.JOBS),
    Verb("put-under", _("Put under another job"), _put, CHANGE, lambda job: job.state not in OVER_JOB, form=PutForm,
         icon="subdirectory_arrow_right", subject=job_step.JOBS),
    Verb("take-out", _("Take out of the whole"), lambda request, job: sub_jobs.take_out(job, request.user), CHANGE,
         lambda job: job.parent_id is not None, icon="call_split", subject=job_step.JOBS,
         done=_("It is a job of its own again."),
         confirm=_("It is no longer part of another job. What is part of it stays so.")),
)  # fmt: skip


class TreeFilter(admin.SimpleListFilter):
    title = _("sub-jobs")
    parameter_name = "tree"

    def lookups(self, request, model_admin):
        return [("part", _("Is part of another")), ("whole", _("Has parts")), ("alone", _("Neither"))]

    def queryset(self, request, queryset):
        has_parts = Exists(Job.objects.filter(parent=OuterRef("pk")).order_by())
        if self.value() == "part":
            return queryset.filter(parent__isnull=False)
        if self.value() == "whole":
            return queryset.filter(has_parts)
        return queryset.filter(~has_parts, parent=None) if self.value() == "alone" else queryset
