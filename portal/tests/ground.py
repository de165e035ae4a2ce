"""Documents as a client meets them, with something secret in every field a client must not see."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.utils import timezone
from django_scopes import scope

from accounts.models import User
from billing import documents, invoices, payments, totals
from billing.models import Invoice, InvoiceLine, Payment, Quote, QuoteLine
from billing.states import INVOICE
from crm import clients, links
from crm.models import Client, Contact
from inventory.models import Item, Material
from laseros.core.money import cents
from machines.models import Machine, MachineStatus
from production.models import (
    CheckResult,
    DesignFile,
    Enquiry,
    EnquiryLine,
    Job,
    JobLine,
    LineCheck,
    Measurement,
    Milestone,
    MilestonePhoto,
    NonConformance,
    Operation,
    Run,
)

# What stands in the data and on no page, in no picture and in no file a client gets.
# Nothing that an address, a time or a token can hold by chance.
SECRETS = {
    "note for the shop": "SECRET-SHOP-NOTE",
    "why on hold": "SECRET-HOLD-REASON",
    "client notes": "SECRET-CLIENT-NOTES",
    "how the price came about": "SECRET-BREAKDOWN",
    "cost": "73.1937",
    "margin": "38.6173",
    "machine": "SECRET-MACHINE",
    "what the machine says": "SECRET-MACHINE-MESSAGE",
    "operator": "SECRET-OPERATOR",
    "note of the run": "SECRET-RUN-NOTE",
    "scrap": "41779317",
    "stock item": "SECRET-STOCK-ITEM",
    "the office": "SECRET-OFFICE",
    "payment reference": "SECRET-BANK-LINE",
    "note of a milestone": "SECRET-MILESTONE-NOTE",
    "milestone of the shop": "SECRET-MILESTONE-INTERNAL",
    "milestone left out": "SECRET-MILESTONE-SKIPPED",
    "check of a piece": "SECRET-CHECK-NAME",
    "what a check found": "SECRET-CHECK-NOTE",
    "what is wrong with a piece": "SECRET-FAULT-NOTE",
    "why it is used all the same": "SECRET-FAULT-WHY",
    "number of the fault": "SECRET-FAULT-NUMBER",
    "another client": "SECRET-OTHER-CLIENT",
    "where it was accepted from": "198.51.100.77",
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 120"><rect x="10" y="10" width="180" height="100" fill="none" stroke="#111" stroke-width="2"/><circle cx="60" cy="60" r="25" fill="none" stroke="#111" stroke-width="2"/></svg>'  # noqa: E501


def new_client(workspace, name="Umgeni Pumps", **fields) -> Client:
    with scope(workspace=workspace):
        return clients.register(Client(workspace=workspace, name=name, notes=SECRETS["client notes"], **fields), None)


def new_contact(client, name="Thandi Nkosi", email="thandi@umgeni.example") -> Contact:
    with scope(workspace=client.workspace):
        return Contact.objects.create(workspace=client.workspace, client=client, name=name, email=email)


def let_in(contact) -> User:
    """The contact's log-in, as the office's invitation makes it."""
    with scope(workspace=contact.workspace):
        return clients.invite(contact, None)


def _number(kind, client) -> str:
    return f"{kind}-2026-{client.workspace_id}{_count(kind, client):04d}"


def _count(kind, client) -> int:
    model = {"EN": Enquiry, "QT": Quote, "JB": Job, "INV": Invoice, "PY": Payment}[kind]
    return model.objects.count() + 1


def new_drawing(client, quantity=10, description="Bracket, mild steel 3 mm") -> EnquiryLine:
    workspace = client.workspace
    enquiry = Enquiry.objects.create(
        workspace=workspace,
        number=_number("EN", client),
        client=client,
        title="Brackets",
        note=SECRETS["note for the shop"],
    )
    drawing = DesignFile.objects.create(
        workspace=workspace,
        enquiry=enquiry,
        name="bracket-rev-c.dxf",
        kind="dxf",
        content="none",
        size=1,
        sha256=f"{enquiry.pk:064d}",
        state="measured",
    )
    numbers = dict.fromkeys(
        ["mm_per_unit", "width_mm", "height_mm", "cut_length_mm", "net_area_mm2", "gross_area_mm2"], 1.0
    )
    counts = dict.fromkeys(["pierces", "closed_contours", "open_chains", "outer_contours"], 1)
    Measurement.objects.create(
        workspace=workspace, design_file=drawing, engine="1", units="mm", preview=SVG, **numbers, **counts
    )
    return EnquiryLine.objects.create(
        workspace=workspace,
        enquiry=enquiry,
        design_file=drawing,
        item=new_item(workspace),
        description=description,
        quantity=quantity,
    )


def new_item(workspace) -> Item:
    steel, _made = Material.objects.get_or_create(
        workspace=workspace, code="MS", defaults={"name": "Mild steel", "density_kg_m3": Decimal(7850)}
    )
    return Item.objects.get_or_create(
        workspace=workspace,
        code="INV-TEST",
        defaults={
            "name": SECRETS["stock item"],
            "material": steel,
            "thickness_mm": Decimal(3),
            "price": Decimal("73.1937"),
        },
    )[0]


def new_quote(client, state="sent", lines=((10, "123.45", "15"),), offers=(), **fields) -> Quote:
    """A quote with a drawing on every line. `lines` are (quantity, unit price, tax percent), and what is different of
    one that is not just counted; `offers` of each line are (pieces, unit price)."""
    workspace = client.workspace
    with scope(workspace=workspace):
        sent_at = fields.pop("sent_at", None if state == "draft" else timezone.now())
        quote = Quote.objects.create(
            workspace=workspace,
            number=_number("QT", client),
            client=client,
            title=fields.pop("title", "Brackets for the pump house"),
            currency=workspace.currency,
            valid_until=fields.pop("valid_until", timezone.localdate() + timedelta(days=30)),
            note=fields.pop("note", "Edges deburred, as we said on the telephone."),
            terms=fields.pop("terms", "Delivery ex works. Goods stay ours until they are paid."),
            **fields,
        )
        for position, (quantity, price, percent, *different) in enumerate(lines, 1):
            asked = new_drawing(client, quantity)
            breakdown = {
                "why": SECRETS["how the price came about"],
                "cost": "73.1937",
                "margin_percent": SECRETS["margin"],
                "offers": [
                    {"quantity": str(pieces), "unit_price": each, "sheets_per_piece": SECRETS["cost"]}
                    for pieces, each in offers
                ],
            }
            usual = {"description": asked.description, "breakdown": breakdown}
            QuoteLine.objects.create(
                workspace=workspace,
                quote=quote,
                position=position,
                enquiry_line=asked,
                design_file=asked.design_file,
                item=asked.item,
                quantity=quantity,
                unit_price=Decimal(price),
                tax_percent=Decimal(percent),
                amount=cents(quantity * Decimal(price), quote.currency),
                **(usual | different[0] if different else usual),
            )
        found = totals.of(quote.lines.all(), quote.currency)
        sums = {"net": found.net, "tax": found.tax, "total": found.total}
        Quote.objects.filter(pk=quote.pk).update(state=state, sent_at=sent_at, **sums)
        quote.refresh_from_db()
        return quote


def new_job(client, state="in_progress", lines=((10, 3),), title="Pump house brackets", **fields) -> Job:
    """A job; `lines` are (ordered, made good)."""
    workspace = client.workspace
    with scope(workspace=workspace):
        job = Job.objects.create(
            workspace=workspace,
            number=_number("JB", client),
            client=client,
            title=title,
            state=state,
            due_on=timezone.localdate() + timedelta(days=5),
            approved_at=timezone.now(),
            note=SECRETS["note for the shop"],
            hold_reason=SECRETS["why on hold"],
            quoted_total=Decimal("73.1937"),
            key=f"test:{Job.objects.count()}",
            **fields,
        )
        for position, (quantity, good) in enumerate(lines, 1):
            asked = new_drawing(client, quantity)
            JobLine.objects.create(
                workspace=workspace,
                job=job,
                position=position,
                description=asked.description,
                design_file=asked.design_file,
                item=asked.item,
                quantity=quantity,
                made_good=good,
                scrapped=int(SECRETS["scrap"]),
                unit_price=Decimal("73.1937"),
            )
        return job


def give_milestones(job) -> None:
    """One reached with a picture, one that is the shop's own, one left out, one to come."""
    workspace = job.workspace
    with scope(workspace=workspace):
        by = User.objects.get_or_create(email="step@shop.example", defaults={"name": SECRETS["operator"]})[0]
        said = {"workspace": workspace, "job": job, "note": SECRETS["note of a milestone"]}
        reached = {"state": "reached", "at": timezone.now(), "by": by}
        first = Milestone.objects.create(**said, **reached, position=1, name="Material in")
        Milestone.objects.create(**said, **reached, position=2, name=SECRETS["milestone of the shop"], is_shown=False)
        Milestone.objects.create(
            **said, **{**reached, "state": "skipped"}, position=3, name=SECRETS["milestone left out"]
        )
        Milestone.objects.create(**said, position=4, name="Packed", planned_on=timezone.localdate())
        photo = MilestonePhoto(workspace=workspace, milestone=first, by=by)
        photo.content.save("p.jpg", ContentFile(b"a picture"))


def give_faults(job) -> None:
    """A piece of its first line was checked and found wrong, and is used as it is."""
    workspace = job.workspace
    with scope(workspace=workspace):
        line = job.lines.first()
        check = LineCheck.objects.create(
            workspace=workspace, job_line=line, name=SECRETS["check of a piece"], kind="yes_no"
        )
        found = {"workspace": workspace, "note": SECRETS["what a check found"]}
        result = CheckResult.objects.create(line_check=check, state="accepted", **found)
        NonConformance.objects.create(
            workspace=workspace, job=job, job_line=line, result=result, state="accepted",
            number=f"{SECRETS['number of the fault']}-{job.pk}", note=SECRETS["what is wrong with a piece"],
            why=SECRETS["why it is used all the same"],
        )  # fmt: skip


def put_on_machine(job, *, progress=0.42, seconds_left=720, state="running", done=False) -> Run:
    """The first line's rest is on a machine now."""
    workspace = job.workspace
    with scope(workspace=workspace):
        line = job.lines.first()
        operator = User.objects.create_user(f"op{job.pk}@shop.example", None, name=SECRETS["operator"])
        machine = Machine.objects.create(
            workspace=workspace, name=f"{SECRETS['machine']} {job.pk}", hourly_rate=Decimal("73.1937")
        )
        operation = Operation.objects.create(
            workspace=workspace, job_line=line, machine=machine, state="in_progress", quantity=line.missing
        )
        run = Run.objects.create(
            workspace=workspace,
            operation=operation,
            machine=machine,
            operator=operator,
            state=state,
            quantity=line.missing,
            started_at=timezone.now() - timedelta(minutes=9),
            machine_done_at=timezone.now() if done else None,
            note=SECRETS["note of the run"],
        )
        MachineStatus.objects.create(
            workspace=workspace,
            machine=machine,
            current="running",
            job_key=run.job_key,
            job_name=SECRETS["note for the shop"],
            progress=progress,
            seconds_left=seconds_left,
            message=SECRETS["what the machine says"],
        )
        return run


def new_invoice(client, state="issued", lines=((10, "123.45", "15"),), paid="0", due_in=14, **fields) -> Invoice:
    """An invoice, issued unless it is to stay a draft; `paid` of it has been received."""
    workspace = client.workspace
    with scope(workspace=workspace):
        number = _number("INV", client)
        invoice = Invoice.objects.create(
            workspace=workspace,
            client=client,
            currency=fields.pop("currency", workspace.currency),
            note=fields.pop("note", ""),
            created_by=User.objects.get_or_create(email="so@x.example", defaults={"name": SECRETS["the office"]})[0],
            **fields,
        )
        for position, (quantity, price, percent) in enumerate(lines, 1):
            InvoiceLine.objects.create(
                workspace=workspace,
                invoice=invoice,
                position=position,
                description="Bracket, mild steel 3 mm",
                quantity=quantity,
                unit_price=Decimal(price),
                tax_percent=Decimal(percent),
                amount=quantity * Decimal(price),
            )
        invoices.total(invoice)
        if state == "issued":
            today = timezone.localdate(timezone=ZoneInfo(workspace.timezone))
            INVOICE.move(invoice, "issue", number=number, issued_on=today, due_on=today + timedelta(days=due_in))
        if Decimal(paid):
            pay(invoice, paid)
        invoice.refresh_from_db()
        return invoice


def pay(invoice, amount) -> None:
    with scope(workspace=invoice.workspace):
        payments.receive(
            invoice,
            Decimal(amount),
            key=f"test:{invoice.pk}:{amount}",
            received_on=timezone.localdate(),
            reference=SECRETS["payment reference"],
        )


def give_pdf(document, content=b"%PDF-1.7 what the client gets") -> None:
    """As the worker does: kept once, with its hash."""
    with scope(workspace=document.workspace):
        documents.keep(document, lambda: content)


def link_to(document, contact=None, **options):
    """(link, its path)."""
    with scope(workspace=document.workspace):
        link = links.make(document, document.client, contact, **options)
    return link, path_of(link)


def path_of(link) -> str:
    return "/" + links.url(link).split("/", 3)[3]
