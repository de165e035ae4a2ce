"""The purchase order on paper, in the supplier's language."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.documents import pdf, pictures
from accounts.documents.letterhead import day, letterhead
from inventory.models import PurchaseOrder
from laseros.core.locales import locale_of


def purchase_pdf(order: PurchaseOrder) -> bytes:
    """The PDF as it is now; a draft says that it is one."""
    workspace, supplier = order.workspace, order.supplier
    language = supplier.language or workspace.language
    locale = locale_of(language, workspace.country)
    contact = supplier.contacts.order_by("id").first()
    lines = list(order.lines.select_related("item"))
    draft = order.state == "draft"
    address = f"{settings.BASE_URL}{reverse('admin:inventory_purchaseorder_receive', args=[order.pk])}"
    context = {
        **letterhead(workspace, _seller(workspace), _buyer(supplier)),
        "order": order,
        "contact": contact,
        "supplier": supplier,
        "lines": lines,
        "date": day(timezone.localdate(order.sent_at) if order.sent_at else timezone.localdate(), locale),
        "expected": day(order.expected_on, locale),
        "several_days": len({line.expected_on for line in lines}) > 1,
        "unpriced": any(not line.unit_price for line in lines),
        "currency": order.currency,
        "qr": "" if draft else pictures.qr(address),
        "draft": draft,
    }
    return pdf.render("documents/purchase_order.html", context, language)


def _seller(workspace) -> dict:
    """Whose letter it is: `letterhead` calls it the seller, here it is who buys."""
    return {
        "name": workspace.printed_name,
        "address": workspace.address,
        "email": workspace.email,
        "phone": workspace.phone,
        "vat_number": workspace.vat_number,
        "registration_number": workspace.registration_number,
        "bank_details": "",
    }


def _buyer(supplier) -> dict:
    lines = [line for line in supplier.address.splitlines() if line.strip()]
    return {"name": supplier.name, "address": lines, "vat_number": "", "code": supplier.customer_number}
