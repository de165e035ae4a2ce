"""A client's story on a page of its own: figures, follow-ups, what happened, and writing something down."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.back_office import OnceForm
from accounts.forms import bounded, dress, take_refusal
from accounts.models import User
from accounts.roles import SEE_MONEY
from crm import diary, insight, timeline
from crm.models import Client, Contact, Entry, FollowUp
from laseros.core.errors import Refused

MOST_PAGES = 1000


class _AboutClient(OnceForm):
    def __init__(self, *args, client, **kwargs):
        super().__init__(*args, **kwargs)
        if "contact" in self.fields:
            self.fields["contact"].queryset = Contact.objects.filter(client=client)


class EntryForm(_AboutClient):
    kind = forms.ChoiceField(label=_("kind"), choices=Entry.Kind.choices)
    text = forms.CharField(label=_("text"), widget=forms.Textarea(attrs={"rows": 4}), max_length=diary.LONGEST)
    contact = forms.ModelChoiceField(queryset=None, label=_("contact"), required=False)
    at = forms.DateTimeField(
        label=_("when"), required=False, help_text=_("Empty: now"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip


class FollowUpForm(_AboutClient):
    what = forms.CharField(label=_("what"), max_length=200)
    due_on = forms.DateField(label=_("due"), widget=forms.DateInput)
    person = forms.ModelChoiceField(queryset=None, label=_("who"), required=False, empty_label=_("I do"))

    def __init__(self, *args, client, **kwargs):
        super().__init__(*args, client=client, **kwargs)
        here = {"memberships__workspace": client.workspace_id, "memberships__is_active": True}
        self.fields["person"].queryset = User.objects.filter(is_active=True, **here)


class LetterForm(_AboutClient):
    subject = forms.CharField(label=_("subject"), max_length=200)
    text = forms.CharField(label=_("text"), widget=forms.Textarea(attrs={"rows": 8}), max_length=diary.LONGEST)
    contact = forms.ModelChoiceField(
        queryset=None, label=pgettext_lazy("mail", "to"), required=False, empty_label=_("the client’s own address")
    )


FORMS = {"entry": EntryForm, "follow-up": FollowUpForm, "letter": LetterForm}


def page(site, request, pk: int):
    """?kind=invoice&page=2 filters and pages; POST `do` writes something down."""
    if not request.user.has_perm("crm.view_client"):
        raise PermissionDenied
    client = get_object_or_404(Client.objects, pk=pk)
    posted = request.POST.get("do", "") if request.method == "POST" else ""
    may = request.user.has_perm("crm.change_client")
    shown = {name: form(client=client, prefix=name) for name, form in FORMS.items()} if may else {}
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if posted == "done":
            return _done(request, client)
        if posted not in FORMS:
            raise Http404
        form = shown[posted] = FORMS[posted](request.POST, client=client, prefix=posted)
        if form.is_valid():
            try:
                _do(posted, client, form.cleaned_data, request.user)
            except Refused as refusal:
                take_refusal(form, refusal)
            else:
                return HttpResponseRedirect(request.path)
    kind, number = request.GET.get("kind", ""), _page_number(request.GET.get("page", ""))
    lines, more = timeline.of(client, request.user, kind=kind, page=number)
    last = timeline.last_contact(client)
    context = {
        **site.each_context(request),
        "title": _t("Timeline"),
        "subtitle": str(client),
        "client": client,
        "lines": lines,
        "kinds": timeline.sources(request.user),
        "kind": kind,
        "number": number,
        "older": number + 1 if more else None,
        "sees_money": request.user.has_perm(SEE_MONEY),
        "figures": insight.of(client, request.user),
        "last": last,
        "follow_ups": client.follow_ups.filter(done_at=None).select_related("person"),
        "today": timezone.localdate(),
        "forms": {name: dress(bounded(form)) for name, form in shown.items()},
        "opened": posted,
        "back": reverse("admin:crm_client_change", args=[client.pk]),
    }
    return TemplateResponse(request, "admin/crm/timeline.html", context, status=422 if posted else 200)


def _do(what: str, client: Client, said: dict, by) -> None:
    key = said["once"]
    if what == "entry":
        diary.note(client, said["text"], kind=said["kind"], key=key, by=by, at=said["at"], contact=said["contact"])
    elif what == "follow-up":
        diary.follow_up(client, said["what"], due_on=said["due_on"], key=key, by=by, person=said["person"])
    else:
        diary.letter(client, said["subject"], said["text"], key=key, by=by, contact=said["contact"])


def _done(request, client: Client) -> HttpResponseRedirect:
    pk = request.POST.get("follow_up", "")
    row = get_object_or_404(FollowUp.objects, pk=pk if pk.isdecimal() and len(pk) < 16 else 0, client=client)
    diary.done(row, request.user)
    return HttpResponseRedirect(request.path)


def _page_number(text: str) -> int:
    return min(max(int(text), 1), MOST_PAGES) if text.isdecimal() and len(text) < 6 else 1
