"""Work off the request: making the PDF of an order that was sent, and mailing it."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from accounts import documents, outbox, work
from inventory.models import PurchaseOrder
from inventory.occasions import PURCHASE


@work.task(_("send a purchase order"))
def send_order(pk: int, to: str) -> None:
    """Make the PDF once and mail it; without an address it is there to be printed. Cancelled meanwhile: no mail."""
    from inventory.purchasing.document import purchase_pdf

    order = PurchaseOrder.objects.select_related("workspace", "supplier").get(pk=pk)
    documents.keep(order, lambda: purchase_pdf(order))
    if not to or order.state == "cancelled":
        return
    attachment = {"path": order.pdf.name, "name": documents.file_name(order), "type": "application/pdf"}
    language = order.supplier.language or order.workspace.language
    with transaction.atomic():
        outbox.post(PURCHASE, order, key=f"purchase:{order.pk}", to=to, attachments=[attachment], language=language)
