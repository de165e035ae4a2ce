"""The PDF of a document that left the house some other way than by our mail: made when somebody first asks for it."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from accounts import work
from accounts.models import BackgroundTask
from billing import documents
from billing.models import Delivery, Invoice, Quote
from billing.tasks import keep_delivery_note, send_invoice, send_quote
from laseros.core.retry import retried

KINDS = {
    "quote": (Quote, documents.quote_pdf, send_quote),
    "invoice": (Invoice, documents.invoice_pdf, send_invoice),
    "delivery": (Delivery, documents.delivery_pdf, keep_delivery_note),
}
# Failed too: what could not be made is the office's to look at, not to be tried again by everybody who waits for it.
TAKEN_CARE_OF = ("waiting", "running", "failed")


@work.task(_("make a PDF"))
def make(kind: str, pk: int) -> None:
    model, render, _send = KINDS[kind]
    document = model.objects.select_related("workspace", "client").get(pk=pk)
    documents.keep(document, lambda: render(document))


def ask_for(document: Quote | Invoice | Delivery, by) -> None:
    """Have the PDF made, unless it is there or somebody is at it. Asked for often, it is made once."""
    if not document.pdf:
        _queue_once(document, by)


@retried
@transaction.atomic
def _queue_once(document: Quote | Invoice | Delivery, by) -> None:
    kind = document._meta.model_name
    send = KINDS[kind][2]
    rows = BackgroundTask.objects.filter(state__in=TAKEN_CARE_OF)
    if rows.filter(name=make.task_name, arguments=[kind, document.pk]).exists():
        return
    if rows.filter(name=send.task_name, arguments=[document.pk]).exists():
        return
    work.queue(make, document.workspace, kind, document.pk, subject=document, by=by)
