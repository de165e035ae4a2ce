"""Paying an invoice online: whoever sees it may pay it, by account or by link."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from billing import cards
from laseros.core.errors import Refused
from portal.access import for_client
from portal.templatetags.portal import address


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def pay(request, visitor, pk):
    """On to the provider's page; a reload of this address, or a refusal, leads back to the invoice."""
    invoice = get_object_or_404(visitor.invoices, pk=pk)
    page = address(visitor, "invoice", invoice.pk)
    if request.method == "POST":
        try:
            return redirect(cards.begin(invoice, back=page, by=visitor.by))
        except Refused as refusal:
            messages.error(request, refusal.reason)
    return redirect(page)
