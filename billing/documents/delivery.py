"""The delivery note on paper: what is in the parcels, for whom, without a price."""

from decimal import Decimal

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.documents import pdf, pictures
from accounts.documents.letterhead import day, letterhead
from billing.documents.keeping import keep
from billing.models import Delivery, DeliveryLine
from crm import links
from crm.families import living

LINK_DAYS = 400


def facts_of(delivery: Delivery, lines: list[DeliveryLine]) -> dict:
    """Who sends, what the client calls it and what is still to follow, as it is now: what a shipped one goes on saying.

    Asked before the delivery is counted on its job.
    """
    workspace = delivery.workspace
    return {
        "seller": {
            "name": workspace.printed_name,
            "address": workspace.address,
            "country": workspace.country,
            "email": workspace.email,
            "phone": workspace.phone,
            "vat_number": workspace.vat_number,
            "tax_number": "",
            "registration_number": workspace.registration_number,
            "bank_details": "",
        },
        "buyer": {
            "code": delivery.client.code,
            "name": delivery.recipient,
            "address": [line for line in delivery.address.splitlines() if line.strip()],
            "vat_number": "",
        },
        "language": workspace.language,
        "locale": workspace.locale,
        "to_follow": {
            str(line.pk): max(line.job_line.quantity - line.job_line.delivered - line.quantity, 0) for line in lines
        },
    }


def delivery_pdf(delivery: Delivery) -> bytes:
    """The note as it is now; of a shipped delivery with the names of when it left."""
    related = ("job_line__product", "job_line__item__material", "job_line__design_file")
    lines = list(delivery.lines.select_related(*related))
    facts = delivery.frozen or facts_of(delivery, lines)
    language, locale = facts["language"], facts["locale"]
    with translation.override(language):
        rows = [_row(number, line, facts["to_follow"]) for number, line in enumerate(lines, start=1)]
        carrier = str(delivery.get_carrier_display()) if delivery.carrier else ""
    parcels = list(delivery.parcels.all())
    address = "" if delivery.state in ("draft", "cancelled") else links.url(link(delivery))
    context = {
        **letterhead(delivery.workspace, facts["seller"], facts["buyer"]),
        "delivery": delivery,
        "job": delivery.job,
        "date": day(delivery.shipped_on or timezone.localdate(), locale),
        "rows": rows,
        "carrier": carrier,
        "parcels": parcels,
        "weight": sum((parcel.weight_kg or Decimal(0) for parcel in parcels), Decimal(0)),
        "partial": any(row["open"] for row in rows),
        "link": address,
        "qr": pictures.qr(address) if address else "",
        "draft": delivery.state == "draft",
    }
    return pdf.render("billing/delivery.html", context, language)


def note_of(delivery: Delivery) -> bytes:
    """The PDF of a delivery: the kept one of what has left the house, otherwise as it is now."""
    if delivery.shipped_on is None:
        return delivery_pdf(delivery)
    keep(delivery, lambda: delivery_pdf(delivery))
    with delivery.pdf.open("rb") as stored:
        return stored.read()


def _row(number: int, line: DeliveryLine, to_follow: dict[str, int]) -> dict:
    return {
        "number": number,
        "line": line,
        "detail": _detail(line.job_line, line.description),
        "ordered": line.job_line.quantity,
        "open": to_follow.get(str(line.pk), 0),
    }


def _detail(job_line, description: str) -> str:
    """In the words of the trade: never what we call it on our shelf."""
    parts, item = [], job_line.item
    if item is not None and item.material is not None:
        parts.append(item.material.name + (f" {item.thickness_mm.normalize():f} mm" if item.thickness_mm else ""))
    if job_line.design_file is not None and not job_line.hides_drawing and job_line.design_file.name != description:
        parts.append(job_line.design_file.name)
    if job_line.product is not None and job_line.revision:
        parts.append(_("%(sku)s revision %(number)s") % {"sku": job_line.product.sku, "number": job_line.revision})
    return " · ".join(parts)


def link(delivery: Delivery):
    """The client's link to a delivery; it opens its page from when it has left the house."""
    return links.make(delivery, living(delivery.client), delivery.job.contact, days=LINK_DAYS)
