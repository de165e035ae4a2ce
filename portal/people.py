"""People at a client, as one of them manages them: who may look, who sees prices, who orders."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm import clients
from laseros.core.errors import Refused
from portal.access import for_client
from portal.forms import InviteForm
from portal.lists import leaf_of


def for_manager(view):
    """Pages of those who manage their colleagues; others have no such pages."""

    @for_client
    def door(request, visitor, *args, **kwargs):
        if not visitor.manages_people:
            raise Http404
        return view(request, visitor, *args, **kwargs)

    return door


@require_safe
@for_manager
def people(request, visitor):
    return _page(request, visitor, InviteForm())


def _page(request, visitor, form, status=200):
    rows = visitor.client.contacts.select_related("user").order_by("name", "id")
    context = {"visitor": visitor, "page": leaf_of(request, rows), "invite": form}
    return render(request, "portal/people.html", context, status=status)


@require_POST
@for_manager
def invite(request, visitor):
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, visitor, form, status=422)
    try:
        clients.add_colleague(visitor.contact, visitor.by, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return _page(request, visitor, form, status=422)
    messages.success(request, _("The invitation is on its way."))
    return redirect("portal:people")


@require_POST
@for_manager
def allow(request, visitor, pk):
    contact = get_object_or_404(visitor.client.contacts, pk=pk)
    rights = {name: name in request.POST for name in ("sees_money", "may_order", "manages_people")}
    try:
        clients.allow(visitor.contact, contact, visitor.by, **rights)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("Stored: what %(name)s may do.") % {"name": contact.name})
    return redirect("portal:people")


@require_POST
@for_manager
def shut_out(request, visitor, pk):
    contact = get_object_or_404(visitor.client.contacts.select_related("user", "client"), pk=pk)
    try:
        clients.send_away(visitor.contact, contact, visitor.by)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("%(name)s can no longer log in for you.") % {"name": contact.name})
    return redirect("portal:people")
