"""The first business of an installation: made by whoever runs it, before there is one to be in."""

from babel.core import get_global
from babel.numbers import get_territory_currencies
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from accounts import activity, workspaces
from accounts.models import Workspace
from laseros.core.locales import countries


class FirstForm(forms.Form):
    """Three answers; currency and clock follow from the country, and everything is changed later under Business."""

    name = forms.CharField(label=_("Name of the business"), max_length=120)
    country = forms.ChoiceField(label=_("Country"))
    language = forms.ChoiceField(label=_("Language"), choices=[("en", _("English")), ("de", _("German"))])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries(get_language() or "en")
        self.fields["country"].initial = "DE" if (get_language() or "").startswith("de") else "ZA"
        self.fields["language"].initial = (get_language() or "en")[:2]


@login_required
def first_workspace(request):
    if not request.user.is_superuser or Workspace.objects.exists():
        return redirect("home")
    form = FirstForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        workspace = make(**form.cleaned_data, by=request.user)
        workspaces.switch(request.user, request.session, workspace.pk)
        said = _("%(name)s is there, and you are in it. These are the first steps.")
        messages.success(request, said % {"name": workspace})
        return redirect("admin:index")
    return render(request, "account/first_workspace.html", {"form": form})


@transaction.atomic
def make(name: str, country: str, language: str, by) -> Workspace:
    """A business with the currency and the clock of its country."""
    currencies = get_territory_currencies(country) or ["EUR"]
    zones = sorted(zone for zone, where in get_global("zone_territories").items() if where == country and "/" in zone)
    workspace = Workspace.objects.create(
        name=name, slug=slugify(name)[:40] or "business", country=country, language=language,
        currency=currencies[-1], timezone=ZONES.get(country) or (zones or ["Europe/Berlin"])[0],
    )  # fmt: skip
    with scope(workspace=workspace):
        activity.record("created", workspace, by)
    return workspace


# Where the first zone of a country in the alphabet is not the one most people live in.
ZONES = {"DE": "Europe/Berlin", "US": "America/New_York", "AU": "Australia/Sydney", "CA": "America/Toronto",
         "BR": "America/Sao_Paulo", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "NZ": "Pacific/Auckland"}  # fmt: skip
