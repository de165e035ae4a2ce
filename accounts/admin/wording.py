"""What messages say: every occasion in every language, changed, looked at with a real record, and put back."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import bounded, dress, take_refusal
from accounts.models import MessageWording
from accounts.outbox import choosing, occasions, wording
from accounts.outbox.occasions import AUDIENCES
from laseros.core.errors import Refused

PERMISSION = "accounts.word_messages"
LANGUAGES = dict(settings.LANGUAGES)


class WordingForm(forms.Form):
    subject = forms.CharField(label=_("subject"), max_length=200)
    body = forms.CharField(
        label=_("text"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
        help_text=_(
            "An empty line begins a new paragraph. [Words]({link}) alone on a line is a button, “| What: {value}” a "
            "line of a table, “- ” a row of a list, “> ” a quotation. What has no value is left out."
        ),
    )


def index(site, request):
    """Every occasion; POST switches one off or on."""
    _only_who_may(request)
    if request.method == "POST":
        occasion = occasions.named(request.POST.get("occasion", ""))
        if occasion is None:
            raise Http404
        silent = request.POST.get("silent") == "yes"
        choosing.silence(request.workspace, occasion, silent, request.user)
        said = _t("“%(what)s”: no messages from now on.") if silent else _t("“%(what)s” is told from now on.")
        messages.success(request, said % {"what": occasion.label})
        return HttpResponseRedirect(reverse("admin:wordings"))
    own = set(MessageWording.objects.values_list("occasion", "language"))
    rows = [
        {
            "occasion": one,
            "audience": AUDIENCES[one.audience],
            "silent": one.name in request.workspace.silent_occasions,
            "languages": [(code, name, (one.name, code) in own) for code, name in settings.LANGUAGES],
        }
        for one in occasions.every()
    ]
    context = {**site.each_context(request), "title": _("Message texts"), "rows": rows}
    return TemplateResponse(request, "admin/messages/index.html", context)


def edit(site, request, name: str, language: str):
    """GET shows it with a preview; POST looks at it again, stores it, or takes the original."""
    _only_who_may(request)
    occasion = occasions.named(name)
    if occasion is None or language not in LANGUAGES:
        raise Http404
    workspace, here = request.workspace, request.get_full_path()
    stored = wording.of(workspace, occasion, language)
    form = bounded(WordingForm(request.POST or None, initial={"subject": stored[0], "body": stored[1]}))
    shown, status = stored, 200
    if request.method == "POST":
        if request.POST.get("do") == "original":
            choosing.back_to_original(workspace, occasion, language, request.user)
            messages.success(request, _t("The original text is used again."))
            return HttpResponseRedirect(here)
        status = 422
        if form.is_valid():
            shown = (form.cleaned_data["subject"], form.cleaned_data["body"])
            try:
                if request.POST.get("do") == "preview":
                    wording.check(occasion, *shown)
                    status = 200
                else:
                    choosing.reword(workspace, occasion, language, subject=shown[0], body=shown[1], by=request.user)
                    messages.success(request, _t("From now on messages say this."))
                    return HttpResponseRedirect(here)
            except Refused as refusal:
                take_refusal(form, refusal)
                shown = stored
    record, written = choosing.preview(workspace, occasion, language, shown)
    context = {
        **site.each_context(request),
        "title": occasion.label,
        "subtitle": LANGUAGES[language],
        "form": dress(form),
        "occasion": occasion,
        "places": occasion.known.items(),
        "record": record,
        "written": written,
        "is_own": stored != occasion.original(language),
        "back": reverse("admin:wordings"),
    }
    return TemplateResponse(request, "admin/messages/wording.html", context, status=status)


def _only_who_may(request) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
