"""What a client says to a proof: they approve this version, or ask for a change."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from laseros.core.errors import Refused
from laseros.core.visitors import address_of as address_of_visitor
from portal.access import for_client
from portal.forms import ApproveForm, ChangeForm
from portal.templatetags.portal import address
from production import proofs, serving


def shown(job):
    """The versions a client may know of, the newest first."""
    return job.proofs.exclude(state="withdrawn").select_related("design_file").order_by("-version")


def waiting(visitor):
    """What their jobs wait for."""
    return visitor.jobs.filter(proofs__state="waiting").order_by("pk")


def on_page(visitor, job) -> dict:
    """The proofs of a job as its page shows them: the newest, to be decided where it waits, and those before it."""
    rows = list(shown(job).select_related("design_file__measurement").defer("design_file__measurement__findings"))
    name = visitor.contact.name if visitor.contact else ""
    waits = bool(rows) and rows[0].state == "waiting"
    return {
        "proofs": rows,
        "proof": rows[0] if waits else None,
        "may_approve": visitor.may_approve,
        "approve": ApproveForm(initial={"name": name}, auto_id="approve_%s"),
        "change": ChangeForm(initial={"name": name}, auto_id="change_%s"),
    }


def _proof(visitor, pk, proof):
    job = get_object_or_404(visitor.jobs, pk=pk)
    return get_object_or_404(shown(job).select_related("job__client", "job__contact"), pk=proof)


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def approve(request, visitor, pk, proof):
    return _decide(request, visitor, pk, proof, ApproveForm, proofs.approve, _("Thank you. We make it like this."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def change(request, visitor, pk, proof):
    done = _("Thank you. We change it and send you a new version.")
    return _decide(request, visitor, pk, proof, ChangeForm, proofs.ask_change, done)


def _decide(request, visitor, pk, proof, form_class, verb, done):
    """Both answers go the same way; whatever was quicker, the page then says how it stands."""
    row = _proof(visitor, pk, proof)
    page = redirect(address(visitor, "job", pk) + "#proofs")
    if request.method != "POST":
        return page
    form = form_class(request.POST)
    if not visitor.may_approve:
        messages.error(request, _("You may not decide for %(client)s.") % {"client": visitor.client.name})
    elif not form.is_valid():
        messages.error(request, next(iter(form.errors.values()))[0])
    else:
        try:
            verb(row, ip=address_of_visitor(request), by=visitor.user, **form.cleaned_data)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, done)
    return page


@require_safe
@for_client
def picture(request, visitor, pk, proof):
    row = _proof(visitor, pk, proof)
    if row.picture:
        return serving.png(row.picture)
    measurement = getattr(row.design_file, "measurement", None)
    if measurement is None or not measurement.preview:
        raise Http404
    return serving.picture(measurement.preview)


@require_safe
@for_client
def file(request, visitor, pk, proof):
    """The file itself, to be saved."""
    return serving.download(_proof(visitor, pk, proof).design_file)
