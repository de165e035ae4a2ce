"""Messages on a job, as the client sees and writes them: through a log-in or a link to that job."""

import secrets

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import preferring
from laseros.core.errors import Refused
from portal.access import for_client
from portal.templatetags.portal import address
from production import conversation, serving


class WriteForm(forms.Form):
    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    text = forms.CharField(
        label=_("Your message"), max_length=conversation.LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = lambda: secrets.token_urlsafe(12)


def on(request, visitor, job) -> dict:
    """What the page of a job shows of it. Looking at it is reading it."""
    if request.method == "GET" and not request.membership:  # somebody of the shop who tries the link reads nothing
        conversation.seen(job, conversation.CLIENT)
    return {"thread": conversation.thread(job, for_client=True), "write": WriteForm(auto_id="write_%s")}


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def preferences(request, visitor):
    """What a client's person wants to be mailed; papers always come."""
    return preferring.answer(request, visitor.workspace, "portal/preferences.html", is_client=True, visitor=visitor)


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def job_messages(request, visitor, pk):
    """GET is the thread alone, for a page that asks; POST writes."""
    job = get_object_or_404(visitor.jobs, pk=pk)
    if request.method != "POST":
        context = {"visitor": visitor, "job": job, **on(request, visitor, job)}
        return render(request, "portal/_thread.html", context)
    form = WriteForm(request.POST)
    if form.is_valid():
        try:
            conversation.write(
                job, form.cleaned_data["text"], side=conversation.CLIENT, by=visitor.user, name=visitor.name,
                key=form.cleaned_data["once"], files=request.FILES.getlist("files"),
            )  # fmt: skip
            messages.success(request, _t("Your message is with us."))
        except Refused as refusal:
            messages.error(request, refusal.reason)
    else:
        messages.error(request, _t("This is too long."))
    return redirect(address(visitor, "job", job.pk) + "#talk")


@require_safe
@for_client
def job_file(request, visitor, pk, file):
    job = get_object_or_404(visitor.jobs, pk=pk)
    message = job.messages.filter(is_internal=False, files=file).first()
    if message is None:
        raise Http404
    row = message.files.get(pk=file)
    return serving.photograph(row.content) if row.is_picture else serving.download(row)
