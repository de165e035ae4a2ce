"""The material of one client: what they brought, what is left, what it is promised to, and a form to book more in."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.back_office import OnceForm
from accounts.forms import bounded, dress, take_refusal
from crm.models import Client
from inventory import pictures
from inventory.models import Item, Location, Lot
from laseros.core.errors import Refused
from production import client_material

POST = "inventory.post_move"
KINDS = (Lot.Kind.SHEET, Lot.Kind.SPOOL, Lot.Kind.BATCH)
SHOWN = 100


class BookInForm(OnceForm):
    """One sheet, spool or batch that a client brought."""

    item = forms.ModelChoiceField(queryset=None, label=_("item"), help_text=_("What it is, as it stands in the stock"))
    kind = forms.ChoiceField(label=_("kind"), choices=lambda: [(kind.value, kind.label) for kind in KINDS])
    quantity = forms.DecimalField(label=_("quantity"), min_value=0, max_digits=14, decimal_places=3)
    heat = forms.CharField(label=_("heat number"), max_length=60, required=False)
    certificate = forms.FileField(label=_("certificate"), required=False, help_text=_("PDF, PNG or JPEG"))
    location = forms.ModelChoiceField(queryset=None, label=_("location"), required=False)
    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = Item.objects.filter(archived_at=None).order_by("code")
        self.fields["location"].queryset = Location.objects.filter(archived_at=None)


def page(site, request, pk: int):
    """What a client has here; ?item=7 chooses that in the form. POST books in."""
    if not all(request.user.has_perm(name) for name in ("crm.view_client", "inventory.view_lot")):
        raise PermissionDenied
    client = get_object_or_404(Client.objects, pk=pk)
    posted, may = request.method == "POST", request.user.has_perm(POST)
    if posted and not may:
        raise PermissionDenied
    form = bounded(BookInForm(request.POST if posted else None, request.FILES or None)) if may else None
    if form is not None:
        form.fields["item"].initial = _chosen(request.GET)
    if posted and form.is_valid() and not form.wants_asking(request.session, request.path):
        try:
            _book_in(request, client, form)
        except Refused as refusal:
            take_refusal(form, refusal)
        else:
            form.was_done(request.session, request.path)
            return HttpResponseRedirect(request.get_full_path())
    rows = list(client_material.of(client)[:SHOWN])
    promised = client_material.promised_to(rows)
    context = {
        **site.each_context(request),
        "title": _t("Material of the client"),
        "subtitle": str(client),
        "client": client,
        "rows": [(lot, promised.get(lot.pk, [])) for lot in rows],
        "form": dress(form),
        "media": form.media if form is not None else "",
        "back": reverse("admin:crm_client_change", args=[client.pk]),
    }
    status = 409 if posted else 200
    return TemplateResponse(request, "admin/production/client_material.html", context, status=status)


def _chosen(data) -> int | None:
    number = data.get("item", "")
    return int(number) if number.isdecimal() and len(number) < 16 else None


def _book_in(request, client: Client, form: BookInForm) -> None:
    said = form.facts()
    certificate = pictures.certificate_of(said["certificate"]) if said["certificate"] else None
    lot = client_material.receive(
        client, said["item"], said["quantity"], key=f"client:{client.pk}:{said['once']}", by=request.user,
        kind=said["kind"], heat=said["heat"], certificate=certificate, location=said["location"], note=said["note"],
    )  # fmt: skip
    messages.success(request, _("%(lot)s is booked in. It is used for this client alone.") % {"lot": lot.code})
