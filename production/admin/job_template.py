"""Job templates in the back office: kept from a job, edited, and new jobs opened from them."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDateWidget

from accounts.back_office import OnceForm, Related, RoomAdmin, RoomInline, Verb
from accounts.forms import bounded, dress, take_refusal
from crm.models import Client
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import number
from production import job_templates, milestone_plan
from production.admin import job_step
from production.models import JobTemplate, JobTemplateLine, Product

ADD_JOB = "production.add_job"


class KeepForm(forms.Form):
    for_record = True
    name = forms.CharField(label=_("name of the template"), max_length=80)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = record.title[:80]


def _keep(request, job, name) -> str:
    template = job_templates.keep(job, name, request.user)
    return reverse("admin:production_jobtemplate_change", args=[template.pk])


KEEP = Verb("template", _("Keep as a template"), _keep, "production.add_jobtemplate", form=KeepForm,
            icon="bookmark_add", subject=job_step.JOBS, done=_("Kept. New jobs can be opened from it."))  # fmt: skip


class NewJobForm(OnceForm):
    """Which template, for whom; pressed twice there is one job."""

    template = forms.ModelChoiceField(queryset=None, label=_("template"))
    client = forms.ModelChoiceField(queryset=None, label=_("client"))
    title = forms.CharField(label=_("title"), max_length=160, required=False, help_text=_("Empty: the template's"))
    due_on = forms.DateField(
        label=_("due"), required=False, widget=UnfoldAdminDateWidget, help_text=_("Empty: by the days of the template")
    )
    shows_drawings = forms.BooleanField(
        label=_("the client may see drawings that another one handed in"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = JobTemplate.objects.filter(archived_at=None)
        self.fields["client"].queryset = Client.objects.filter(archived_at=None).order_by("name")
        if self.data.get("shows_drawings"):
            self.refused(None)

    def refused(self, _refusal) -> None:
        """Asked only where there is one."""
        self.fields["shows_drawings"].widget = forms.CheckboxInput()


class TemplateLineInline(RoomInline):
    model = JobTemplateLine
    ordering_field = "position"
    fields = ("position", "description", "product", "item", "quantity", "material_each", "seconds_each", "unit_price",
              "tax_percent")  # fmt: skip
    readonly_fields = ("material_shown", "seconds_shown", "tax_shown")
    money_fields = ("unit_price",)
    verbose_name = _("line")
    verbose_name_plural = _("lines")

    def get_fields(self, request, obj=None):
        """Whoever only reads sees figures without idle zeros."""
        fields = super().get_fields(request, obj)
        shown = {"material_each": "material_shown", "seconds_each": "seconds_shown", "tax_percent": "tax_shown"}
        return fields if self.has_change_permission(request, obj) else [shown.get(name, name) for name in fields]

    @display(description=_("material each"))
    def material_shown(self, line):
        return number(line.material_each, most=6)

    @display(description=_("seconds each"))
    def seconds_shown(self, line):
        return number(line.seconds_each, most=1)

    @display(description=_("tax %"))
    def tax_shown(self, line):
        return f"{number(line.tax_percent)} %"

    def get_formset(self, request, obj=None, **kwargs):
        """Choices are asked for once, not once for each row of the table."""
        formset = super().get_formset(request, obj, **kwargs)
        for name, rows in (("item", Item.objects.filter(archived_at=None).order_by("category", "code")),
                           ("product", Product.objects.filter(archived_at=None).order_by("sku"))):  # fmt: skip
            if name in formset.form.base_fields:
                field = formset.form.base_fields[name]
                for deed in ("add", "change", "delete", "view"):  # there is little room, and each has its own page
                    setattr(field.widget, f"can_{deed}_related", False)
                field.choices = [("", "–"), *((row.pk, str(row)) for row in rows)]
        return formset


@admin.register(JobTemplate)
class JobTemplateAdmin(RoomAdmin):
    archivable = True
    list_display = ("name", "title", "lines_shown", "days", "milestones", "created_at")
    list_select_related = ("milestones",)
    search_fields = ("name", "title", "lines__description")
    search_help_text = _("Name, title or part")
    fields = (("name", "title"), ("priority", "days"), "milestones", "note")
    inlines = (TemplateLineInline,)
    empty_text = _("Jobs that come again: open one and press “Keep as a template”.")
    empty_icon = "bookmark"
    verbs = (
        Verb("open", _("New job from it"), lambda request, template: new_url(template=template.pk), ADD_JOB,
             lambda template: template.archived_at is None, primary=True, icon="add"),
        Verb("remove", _("Delete"), lambda request, template: _remove(request, template),
             "production.delete_jobtemplate", dangerous=True, icon="delete", done=_("Deleted."),
             confirm=_("Jobs that were opened from it stay as they are.")),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False  # kept from a job, which has been made once

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(count=Count("lines"))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "milestones" in form.base_fields:
            form.base_fields["milestones"].queryset = milestone_plan.to_choose()
        return form

    def get_urls(self):
        view = self.admin_site.admin_view
        return [path("new-job/", view(self.new_view), name="production_jobtemplate_new"), *super().get_urls()]

    def new_view(self, request):
        """GET asks, POST opens the job; ?template=1&client=7 chooses in the form."""
        if not request.user.has_perm(ADD_JOB):
            raise PermissionDenied
        posted = request.method == "POST"
        form = bounded(NewJobForm(request.POST if posted else None))
        for name in ("template", "client"):
            asked = request.GET.get(name, "")
            form.fields[name].initial = int(asked) if asked.isdecimal() and len(asked) < 16 else None
        if posted and form.is_valid() and not form.wants_asking(request.session, request.path):
            try:
                job = _open(request, **form.facts())
            except Refused as refusal:
                take_refusal(form, refusal)
            else:
                form.was_done(request.session, request.path)
                messages.success(request, _t("%(job)s is opened.") % {"job": job.number})
                return HttpResponseRedirect(reverse("admin:production_job_change", args=[job.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _t("New job from a template"),
            "opts": self.opts,
            "form": dress(form),
            "media": form.media,
            "none": not form.fields["template"].queryset.exists(),
            "back": reverse("admin:production_job_changelist"),
        }
        status = 409 if posted else 200
        return TemplateResponse(request, "admin/production/job_from_template.html", context, status=status)

    @display(description=_("lines"), ordering="count")
    def lines_shown(self, template):
        return template.count


def _open(request, *, template, client, title, due_on, shows_drawings, once):
    """Who may promise what is not there gets a job that waits for it; others are told what is missing."""
    may = request.user.has_perm("inventory.promise_short")
    despite = str(_("from template %(name)s") % {"name": template.name}) if may else ""
    return job_templates.open_job(
        template,
        client,
        key=once,
        title=title,
        due_on=due_on,
        despite=despite,
        shows_drawings=shows_drawings,
        by=request.user,
    )


def _remove(request, template) -> str:
    job_templates.remove(template, request.user)
    return reverse("admin:production_jobtemplate_changelist")


def new_url(**chosen) -> str:
    return f"{reverse('admin:production_jobtemplate_new')}?{urlencode(chosen)}"


def for_client(client) -> Related:
    """On a client's page."""
    return Related(str(_("New job from a template")), new_url(client=client.pk), "bookmark", ADD_JOB)
