"""The work order for the client: what was ordered, for when, and the milestones they follow.

The shop's, with its codes, is `production.shop_order`. This one carries no code, price, note,
person, machine or stock, and no milestone that is not shown to clients.
"""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.documents import pdf, pictures
from accounts.documents.letterhead import day, letterhead
from laseros.core.locales import town_line
from production.models import Job, JobLine

MOST_PICTURES = 60


def client_pdf(job: Job) -> bytes:
    """The PDF as things are now, in the language of the business."""
    workspace = job.workspace
    read = job.lines.filter(parent=None).select_related("item__material", "design_file__measurement", "product")
    rows = []
    for number, line in enumerate(read, start=1):
        with translation.override(workspace.language):
            detail = _detail(line)
        picture = _picture(line) if number <= MOST_PICTURES else None
        rows.append({"number": number, "line": line, "detail": detail, "picture": picture})
    locale = workspace.locale
    steps = [
        {
            "name": row.name,
            "planned": day(row.planned_on, locale),
            "reached": day(timezone.localdate(row.at), locale) if row.state == "reached" else "",
        }
        for row in job.milestones.filter(is_shown=True).exclude(state="skipped")
    ]
    context = {
        **head(job),
        "work": rows,
        "with_pictures": any(row["picture"] for row in rows),
        "steps": steps,
    }
    return pdf.render("documents/work_order.html", context, workspace.language)


def head(job: Job) -> dict:
    """What stands on top: who works, for whom, and the dates."""
    workspace, locale = job.workspace, job.workspace.locale
    return {
        **letterhead(workspace, _seller(workspace), _buyer(job)),
        "job": job,
        "contact": job.contact,
        "ordered": day(timezone.localdate(job.approved_at), locale),
        "due": day(job.due_on, locale),
        "date": day(timezone.localdate(), locale),
    }


def file_name(job: Job) -> str:
    return f"{job.number}.pdf"


def _detail(line: JobLine) -> str:
    """What it is made of, in the words of the trade: never what we call it on our shelf."""
    parts, item = [], line.item
    if item is not None and item.material is not None:
        parts.append(item.material.name + (f" {item.thickness_mm.normalize():f} mm" if item.thickness_mm else ""))
    if line.design_file is not None and not line.hides_drawing and line.design_file.name != line.description:
        parts.append(line.design_file.name)
    if line.product is not None and line.revision:
        parts.append(_("%(sku)s revision %(number)s") % {"sku": line.product.sku, "number": line.revision})
    return " · ".join(parts)


def _picture(line: JobLine) -> dict | None:
    if line.design_file is None or line.hides_drawing:
        return None
    measurement = getattr(line.design_file, "measurement", None)
    return pictures.drawing(measurement.preview) if measurement is not None else None


def _seller(workspace) -> dict:
    return {
        "name": workspace.printed_name,
        "address": workspace.address,
        "email": workspace.email,
        "phone": workspace.phone,
        "vat_number": "",
        "registration_number": workspace.registration_number,
        "bank_details": "",
    }


def _buyer(job: Job) -> dict:
    client = job.client
    address = client.addresses.order_by("kind", "id").first()  # where it is delivered before where it is billed
    lines = []
    if address is not None:
        town = town_line(address.postcode, address.city, address.country or client.workspace.country, address.state)
        lines = [line for line in (*address.street.splitlines(), town) if line]
    return {"code": client.code, "name": client.name, "address": lines, "vat_number": ""}
