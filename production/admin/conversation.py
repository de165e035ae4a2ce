"""What client and shop say about a job, on a page of its own."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.back_office import OnceForm
from accounts.forms import bounded, dress, take_refusal
from laseros.core.errors import Refused
from production import conversation, serving
from production.models import Job, JobMessageFile

SEE, WRITE = "production.view_job", "production.change_job"


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, or none."""

    widget = Files

    def clean(self, data, initial=None):
        return [super(FilesField, self).clean(one, initial) for one in data or [] if one]


class MessageForm(OnceForm):
    text = forms.CharField(
        label=_("message"), max_length=conversation.LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    files = FilesField(label=_("files"), required=False, help_text=_("Pictures, PDF or drawings, at most 24 MB each"))
    internal = forms.BooleanField(label=_("note for us, the client does not see it"), required=False)


def page(site, request, pk: int):
    """The thread, and a form for whoever may change the job. Looking at it is reading it."""
    _only_who_may(request, SEE)
    job = get_object_or_404(Job.objects.select_related("client", "contact"), pk=pk)
    posted, may = request.method == "POST", request.user.has_perm(WRITE)
    if posted:
        _only_who_may(request, WRITE)
    form = bounded(MessageForm(request.POST if posted else None, request.FILES or None)) if may else None
    if posted and form.is_valid():
        try:
            conversation.write(
                job, form.cleaned_data["text"], side=conversation.SHOP, by=request.user, key=form.cleaned_data["once"],
                internal=form.cleaned_data["internal"], files=form.cleaned_data["files"],
            )  # fmt: skip
        except Refused as refusal:
            take_refusal(form, refusal)
        else:
            return HttpResponseRedirect(request.path)
    if may:  # who only looks on does not answer
        conversation.seen(job, conversation.SHOP)
    context = {
        **site.each_context(request),
        "title": _t("Messages on the job"),
        "subtitle": str(job),
        "job": job,
        "thread": conversation.thread(job, for_client=False),
        "form": dress(form),
        "back": reverse("admin:production_job_change", args=[job.pk]),
    }
    return TemplateResponse(request, "admin/production/messages.html", context, status=422 if posted else 200)


def file(request, pk: int, file: int):
    _only_who_may(request, SEE)
    row = get_object_or_404(JobMessageFile.objects, pk=file, message__job=pk)
    return serving.photograph(row.content) if row.is_picture else serving.download(row)


def _only_who_may(request, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


class TalkFilter(admin.SimpleListFilter):
    """Jobs with something from the client that nobody here has read."""

    title = _("messages")
    parameter_name = "talk"

    def lookups(self, request, model_admin):
        return [("unread", _("Unread from the client"))]

    def queryset(self, request, queryset):
        if self.value() != "unread":
            return queryset
        return queryset.filter(pk__in=conversation.unanswered().order_by().values("pk"))
