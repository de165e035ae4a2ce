"""The door where people say what they want to hear of, and when."""

import zoneinfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import take_refusal
from accounts.outbox import people
from accounts.outbox.occasions import DAILY, NEVER, NOW
from laseros.core.errors import Refused

HOWS = ((NOW, _("at once")), (DAILY, _("once a day")), (NEVER, _("never")))


class PreferencesForm(forms.Form):
    """One choice for each occasion this person may hear of, then their clock."""

    def __init__(self, *args, row, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = offered
        for one in offered:
            self.fields[f"how_{one.name}"] = forms.ChoiceField(
                label=one.label,
                choices=HOWS,
                initial=row.choices.get(one.name, people.usual(one)),
            )
        zones = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if "/" in name]
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Timezone"), required=False, initial=row.timezone,
            choices=[("", _("that of the business")), *zones],
        )  # fmt: skip
        self.fields["quiet_from"] = _time(_("Quiet from"), row.quiet_from, required=False)
        self.fields["quiet_until"] = _time(_("Quiet until"), row.quiet_until, required=False)
        self.fields["digest_at"] = _time(_("Once a day at"), row.digest_at)

    def choices(self) -> dict[str, str]:
        return {one.name: self.cleaned_data[f"how_{one.name}"] for one in self.offered}


def _time(label, initial, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, initial=initial, required=required, widget=widget)


@login_required
def preferences(request):
    if request.workspace is None:
        raise Http404
    return answer(request, request.workspace, "accounts/preferences.html", is_client=False)


def answer(request, workspace, template: str, *, is_client: bool, **context):
    """The page for whoever is logged in; the portal has it too."""
    user = request.user
    row = people.stored(workspace, user)
    offered = people.choices_for(workspace, user, is_client=is_client)
    posted = request.method == "POST"
    # What is not sent stays as it is.
    data = {f"how_{one.name}": row.choices.get(one.name, people.usual(one)) for one in offered} | request.POST.dict()
    form = PreferencesForm(data if posted else None, row=row, offered=offered)
    if posted and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("timezone", "quiet_from", "quiet_until", "digest_at")}
        try:
            people.prefer(workspace, user, choices=form.choices(), **said)
        except Refused as refusal:
            take_refusal(form, refusal)
        else:
            messages.success(request, _t("That is how you will hear of it."))
            return redirect(request.path)
    shared_with = "" if is_client else workspace.email
    context = {"form": form, "offered": offered, "shared_with": shared_with, **context}
    return render(request, template, context, status=422 if posted else 200)
