"""Ground of the permission table: a business with a record for every address, everybody who might ask, and a neighbour.

Made once through the verbs; whoever opens an address does so in a savepoint that is rolled back.
"""

from base64 import b64decode
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db.models import F
from django.test import override_settings
from django.utils import timezone
from django_scopes import scope

from accounts.floor_keys import badges
from accounts.models import Activity, BackgroundTask, MessageHook, OutgoingMail, Pin
from accounts.money_behind import priced
from billing import cards, deliveries, documents, invoices, order_papers, payments, quotes, reminding, statements
from billing.bank import booking
from billing.documents.statement import frozen_of
from billing.models import (
    AccountStatement,
    Archive,
    BankLine,
    BankStatement,
    BooksRules,
    ExchangeRate,
    ExtraOperation,
    Invoice,
    InvoiceLine,
    Payment,
    PaymentAttempt,
    PeriodClose,
    PriceRules,
    ProviderAccount,
    ProviderEvent,
    ReceivedInvoice,
    RecurringInvoice,
    Reminder,
    TaxRate,
)
from billing.received import paying
from billing.tests.ground import make, new_enquiry, with_address
from crm import clients, links
from crm.models import AccessLink, Client, Contact, ExemptionCertificate, FollowUp, Tag
from inventory import counting, ledger, locations, lots, stock
from inventory.models import CountLine, Item, Location, Move, Need, ScanEvent, StockCount
from inventory.purchasing import orders as purchases
from inventory.purchasing import suppliers
from inventory.reorder import needs
from inventory.scanning import events
from inventory.scanning.wire import Said
from inventory.tests.buying import came, draft, new_supplier, sells, sent
from laseros.core.drivers import Reading, State
from laseros.tests.database import guards_off
from laseros.tests.ground import new_person, new_workspace, stock_shop
from laseros.tests.permissions_doors import Visitor
from laseros.tests.typesetting import typeset_once
from machines import commands, maintenance, telemetry
from machines.models import (
    Machine,
    MachineJob,
    MachineStatus,
    MaintenancePlan,
    Meter,
    PrintFile,
    StateChange,
    Tablet,
)
from machines.tablets import registering
from production import enquiries, job_templates, jobs, layer_rules, milestones, queue, runs, sub_jobs
from production.labour import clocks
from production.models import (
    CuttingParameter,
    DesignFile,
    Enquiry,
    JobMessage,
    JobMessageFile,
    JobTemplate,
    LabourTime,
    LineCheck,
    MachineWork,
    Measurement,
    Milestone,
    MilestonePhoto,
    MilestoneTemplate,
    NestingRules,
    Operation,
    Product,
    Proof,
    Run,
    Slicing,
)
from production.nests import deciding as nest_deciding
from production.quality import checking, deciding, planning
from production.states import NEST
from production.tests.ground import line, new_job
from production.tests.nest_ground import drawn, grid, laid, nested, ordered

MEMBERS = ("operator", "viewer", "office", "manager", "admin")
CLIENT = "Umgeni Pumps"  # a name that nobody outside the business may read
AMOUNT = "731937"  # 7319.37 stands in every column for money
LOGO = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7h-7z"/></svg>'


@contextmanager
def files_in(folder):
    with override_settings(MEDIA_ROOT=folder):
        yield folder


def people_only():
    """(business, visitors) for what is no page, with nothing in it."""
    workspace, elsewhere = new_workspace("cutters"), new_workspace("printers")
    with scope(workspace=workspace):
        client = clients.register(Client(workspace=workspace, name=CLIENT), None)
        contact = Contact.objects.create(
            workspace=workspace, client=client, name="Thandi", email="thandi@umgeni.example"
        )
        visitors = {"anonymous": Visitor(), "client": Visitor(clients.invite(contact, None))}
    visitors |= {role: Visitor(new_person(role, workspace)) for role in MEMBERS}
    return workspace, visitors | {"elsewhere": Visitor(new_person("admin", elsewhere))}


class World(SimpleNamespace):
    """The records, by the name the addresses below use, and `visitors` by column of the table."""


def build() -> World:
    with typeset_once(alike=lambda html: ""):  # pages are looked at, the papers of their documents are not read
        return _build()


def _build() -> World:
    workspace, elsewhere = new_workspace("cutters"), new_workspace("printers", currency="EUR", country="DE")
    world = World(workspace=workspace)
    with scope(workspace=elsewhere):
        stock_shop(elsewhere)
        # Their own log speaks of no client of ours.
        Client.objects.update(name="Kettler Modellbau", email="buyer@kettler.example")
        Activity.objects.update(target_label="something of theirs")
    with scope(workspace=workspace):
        world.shop = stock_shop(workspace, sheets=40)
        _people(world, workspace, elsewhere)
        _work(world)
        _documents(world)
        _deliveries(world)
        _around(world)
        _nests(world)
        _lots(world)
        _buying(world)
        _scanned(world)
        _tablets(world)
        _times(world)
        _quality(world)
        _job_templates(world)
        _mark_money(world)
    return world


def _people(world, workspace, elsewhere) -> None:
    people = {role: new_person(role, workspace) for role in MEMBERS}
    world.person = world.stranger_user = people["office"]
    world.operator = people["operator"]
    world.group = Group.objects.get(name="office")
    world.visitors = {"anonymous": Visitor()}
    world.visitors["client"] = Visitor(clients.invite(world.shop.contact, None))
    world.contact = world.shop.contact
    other = clients.register(Client(workspace=workspace, name="Other buyer"), None)
    stranger = Contact.objects.create(workspace=workspace, client=other, name="Zola", email="zola@other.example")
    world.visitors["other_client"] = Visitor(clients.invite(stranger, None))
    world.newcomer = Contact.objects.create(
        workspace=workspace, client=world.shop.client, name="Sipho", email="sipho@umgeni.example"
    )
    world.visitors |= {role: Visitor(user) for role, user in people.items()}
    world.visitors["elsewhere"] = Visitor(new_person("admin", elsewhere))
    world.visitors["superuser"] = Visitor(new_person("superuser"))
    user = new_person("viewer", workspace, email="left@cutters.example")
    world.member = user.memberships.get()
    gone = new_person("viewer", workspace, email="gone@cutters.example").memberships.get()
    gone.is_active = False
    gone.save()
    world.gone = gone
    Pin.objects.create(workspace=workspace, membership=world.member, digest="!", failed=5)
    badges.make(world.member, None)
    world.uid, world.key = user_pk_to_url_str(user), default_token_generator.make_token(user)


def _times(world) -> None:
    """A clock that runs, one that is over, and one that was forgotten."""
    world.over_clock = clocks.stop(clocks.start(world.operator, world.job), world.operator)
    world.clock = clocks.start(world.operator, world.job, world.operation)
    world.old_clock = clocks.start(world.member.user, world.job)
    LabourTime.objects.filter(pk=world.old_clock.pk).update(started_at="2020-01-01T00:00Z")


def _quality(world) -> None:
    """A check nobody did, one that was done a moment ago, and pieces that are not good, with a picture."""
    line = world.paused_line = world.paused_operation.job_line
    world.check, world.done_check = (
        planning.add(line, LineCheck(name=name, kind="yes_no", is_required=False), None) for name in ("Flat", "Clean")
    )
    world.result = checking.record(world.done_check, seen=0, operation=world.paused_operation, yes=True,
                                   by=world.operator)  # fmt: skip
    world.result.photo.save("c.jpg", ContentFile(LOGO))
    type(world.result).objects.update(at=timezone.now() + timedelta(days=1))  # until the test asks
    world.fault = deciding.report(line, world.paused_operation, reason="size", pieces=1, note="short", by=None)
    world.fault.photo.save("f.jpg", ContentFile(LOGO))


def _job_templates(world) -> None:
    world.job_template, world.archived_job_template = (
        job_templates.keep(world.job, name, None) for name in ("Flanges", "Old flanges")
    )
    JobTemplate.objects.filter(pk=world.archived_job_template.pk).update(archived_at=timezone.now())


def _tablets(world) -> None:
    """One that stands there and may be registered anew, one without a device."""
    world.tablet, world.new_tablet = (
        Tablet.objects.create(workspace=world.workspace, name=name) for name in ("T1", "T2")
    )
    registering.invite(world.tablet, None)
    Tablet.objects.filter(pk=world.tablet.pk).update(digest="ab" * 32, failed=5)
    world.tablet.refresh_from_db()
    world.tablet_key = registering.key_of(world.tablet)


def _order(world, **line):
    """What a client ordered: (job, its one operation)."""
    quote = quotes.send(quotes.draw_up(new_enquiry(world.shop, {"quantity": 10, **line}), None), None)
    job = quotes.accept(quote, name="Thandi Nkosi")
    return quote, job, Operation.objects.get(job_line__job=job)


def _print_files(world) -> None:
    """On a printer, here, on both, and on the way."""
    printer, other = (
        Machine.objects.create(workspace=world.workspace, name=name, kind="printer", driver="octoprint")
        for name in ("P9", "P10")
    )
    for machine in (printer, other):
        MachineStatus.objects.create(
            workspace=world.workspace, machine=machine, current="idle", seen_at=timezone.now() + timedelta(days=1)
        )
    world.printer = printer
    design = DesignFile.objects.create(
        workspace=world.workspace, name="vase.gcode", kind="gcode", size=2, sha256="ab" * 32,
        content=ContentFile(b"G1", name="x"),
    )  # fmt: skip
    Slicing.objects.create(workspace=world.workspace, design_file=design, facts={"sliced": True})
    lines = [line(world.shop, quantity=2, item=None, design_file=design) for _operation in range(2)]
    first, second = Operation.objects.filter(job_line__job=new_job(world.shop, "prints", lines=lines)).order_by("pk")
    queue.move(first, printer, None)
    queue.move(second, other, None)
    world.printable, world.plated = first, runs.start(second, other, None, told=False)
    Run.objects.filter(pk=world.plated.pk).update(plates_sent=1)
    done = MachineJob.objects.create(
        workspace=world.workspace, machine=other, key="9", name="Vase", started_at=timezone.now(),
        ended_at=timezone.now(), outcome="finished", claim="ours", work="X",
    )  # fmt: skip
    MachineWork.objects.create(workspace=world.workspace, machine_job=done, run=world.plated, good=1, scrap=0)
    content = ContentFile(b"G1", name="x")
    for name, state in (("print", "downloaded"), ("far", "available"), ("moving", "fetching"), ("own", "local")):
        row = PrintFile(workspace=world.workspace, name=f"{name}.gcode", state=state, sha256=f"{name:0<64}"[:64])
        if state != "local":
            row.machine, row.path = printer, f"{name}.gcode"
        if state in ("downloaded", "local"):
            row.content = row.picture = content
        row.save()
        setattr(world, f"{name}_file", row)


def _machine(world, name: str) -> Machine:
    machine = Machine.objects.create(
        workspace=world.workspace, name=name, kind="laser", bed_width_mm=3000, bed_height_mm=1500
    )
    MachineStatus.objects.create(workspace=world.workspace, machine=machine, current="idle")
    return machine


def _work(world) -> None:
    """On three lasers: two operations that wait, one that runs, one that is paused."""
    world.machine = world.shop.laser
    world.busy, world.resting = _machine(world, "X4"), _machine(world, "X5")
    world.accepted, world.job, world.operation = _order(world)
    _quote, _job, world.second = _order(world)
    for name, machine in (("running", world.busy), ("paused", world.resting)):
        _quote, job, operation = _order(world)
        queue.move(operation, machine, None)
        setattr(world, f"{name}_operation", operation)
        setattr(world, name, runs.start(operation, machine, None))
        setattr(world, f"{name}_job", job)
    runs.pause(world.paused, None)
    _quote, _job, operation = _order(world)
    queue.move(operation, done := _machine(world, "X6"), None)
    world.over, world.never = runs.finish(runs.start(operation, done, None), good=0, scrap=0, by=None), 0
    Run.objects.filter(pk=world.over.pk).update(finished_at=timezone.now() + timedelta(days=1))  # until the test asks
    world.line = world.job.lines.get()
    _milestones(world)
    _quote, world.held, _operation = _order(world)
    jobs.hold(world.held, None)
    _quote, world.unprepared, unqueued = _order(world)
    _quote, world.by_hand, unneeded = _order(world)
    Operation.objects.filter(pk__in=(unqueued.pk, unneeded.pk)).delete()
    world.sub_job = sub_jobs.open_new(world.job, key="part", title="Feet", quantity=4, by=None)


def _milestones(world) -> None:
    """Two templates in use, one that is not; a job with its next milestone, and one that was reached with a picture."""
    world.archived_template, world.milestone_template = (
        MilestoneTemplate.objects.create(workspace=world.workspace, name=name) for name in ("Gone", "Bent parts")
    )
    MilestoneTemplate.objects.filter(pk=world.archived_template.pk).update(archived_at=timezone.now())
    world.milestone = milestones.next_of(milestones.of(world.job))
    world.reached = world.job.milestones.filter(state="reached").first()
    world.quick = world.running_job.milestones.filter(state="reached").first()
    Milestone.objects.filter(pk=world.quick.pk).update(at=timezone.now() + timedelta(days=1))  # until the test asks
    world.said = JobMessage.objects.create(
        workspace=world.workspace, job=world.job, side="shop", text="Soon", by_name="Office", key="said"
    )
    world.said_file = JobMessageFile(workspace=world.workspace, message=world.said, name="a.pdf", size=5)
    world.said_file.content.save("a.pdf", ContentFile(b"%PDF-"))
    world.photo = MilestonePhoto(workspace=world.workspace, milestone=world.reached)
    world.photo.content.save("p.jpg", ContentFile(LOGO))
    world.reach_deed, world.undo_deed, world.never_undone = "reach", "undo", 0


def _connected(world, name: str, state: State) -> Machine:
    machine = Machine.objects.create(workspace=world.workspace, name=name, driver="simulator")
    telemetry.ingest(machine, Reading(state, job_key="x", job_name="x", progress=0.4))
    return machine


def _uploads(world) -> None:
    """The shop takes drawings from clients; one is being put together, one was handed in."""
    world.workspace.portal_orders = "all"
    world.workspace.save(update_fields=["portal_orders"])
    world.basket, world.asked = new_enquiry(world.shop), new_enquiry(world.shop)
    for row, state in ((world.basket, "basket"), (world.asked, "open")):
        Enquiry.objects.filter(pk=row.pk).update(origin="portal", state=state)
    world.basket_line, world.asked_line = world.basket.lines.get(), world.asked.lines.get()
    files = (world.basket_line.design_file_id, world.asked_line.design_file_id, world.design_file.pk)
    Measurement.objects.filter(design_file__in=files).update(preview="<svg/>")
    Contact.objects.filter(pk=world.contact.pk).update(manages_people=True)
    world.access_link = AccessLink.objects.order_by("pk").first()
    world.proof = Proof.objects.create(
        workspace=world.workspace, job=world.job, version=1, design_file=world.design_file
    )


def _documents(world) -> None:
    shop = world.shop
    world.enquiry = new_enquiry(shop)
    world.lost = new_enquiry(shop)
    enquiries.lose(world.lost, None)
    world.design_file = DesignFile.objects.get(pk=world.enquiry.lines.get().design_file_id)
    world.design_file.content.save("plate.dxf", ContentFile(b"0\nEOF\n"))
    world.line.design_file.content.save("plate.dxf", ContentFile(b"0\nEOF\n"))
    world.layer_rule = layer_rules.learn(shop.workspace, "X7", "engrave", None, client=shop.client)
    with_address(shop)
    _uploads(world)
    world.draft = quotes.draw_up(new_enquiry(shop), None)
    world.typed = quotes.draw_up(new_enquiry(shop), None)
    world.drafted = quotes.draw_up(new_enquiry(shop), None).enquiry
    typed = world.typed.lines.get()
    typed.unit_price += 1
    quotes.change_lines(world.typed, [typed], [], None)
    world.sent = quotes.send(quotes.draw_up(new_enquiry(shop), None), None)
    world.sent_line = world.sent.lines.get()
    _quote, world.made_job, _operation = _order(world)
    _done(world.made_job)
    world.invoice = invoices.issue(invoices.draft_from(world.made_job, None), None)
    world.payment = payments.receive(
        world.invoice, world.invoice.total / 2, key="half", received_on=timezone.localdate()
    )
    world.credit = payments.take(
        shop.client, Decimal(5), [], key="credit", received_on=timezone.localdate(), currency=shop.workspace.currency
    )
    _bank(world)
    _cards(world)
    _reminded(world)
    _closed(world)
    world.today = f"{timezone.localdate():%Y-%m-%d}"
    world.exchange_rate = ExchangeRate.objects.create(workspace=shop.workspace, currency="USD", rate=18)
    world.seal = world.invoice.seals.get()
    _quote, job, _operation = _order(world)
    _done(job)
    world.draft_credit = invoices.credit(invoices.issue(invoices.draft_from(job, None), None), None, "Bent")
    _quote, job, _operation = _order(world)
    _done(job)
    world.wrong_invoice = invoices.issue(invoices.draft_from(job, None), None)
    world.paid_back = _too_much_paid(world)
    _quote, job, _operation = _order(world)
    _done(job)
    world.draft_invoice = invoices.draft_from(job, None)
    _quote, job, _operation = _order(world)
    _done(job)
    invoices.issue(invoices.draft_deposit(job, None, percent=Decimal(10)), None)
    world.final_draft = invoices.draft_from(job, None)
    _quote, job, _operation = _order(world)
    _done(job)
    world.moved_draft = invoices.draft_from(job, None)
    Invoice.objects.filter(pk=world.moved_draft.pk).update(treatment="export")  # as for a client who has moved since
    _quote, world.uninvoiced, _operation = _order(world)
    _done(world.uninvoiced)
    _quote, world.given_away, _operation = _order(world)
    _done(world.given_away)
    world.given_away.milestones.all().delete()
    Measurement.objects.update(preview=DRAWING)
    for document in (world.sent, world.invoice):
        documents.keep(document, lambda: b"%PDF-1.7 kept")
    world.link_forged = "forged"
    world.link_quote, world.link_job, world.link_invoice = (
        links.token(links.make(record, shop.client)) for record in (world.sent, world.job, world.invoice)
    )


def _reminded(world) -> None:
    shop, day = world.shop, timezone.localdate()
    world.books_rules = BooksRules.objects.create(workspace=shop.workspace)
    _quote, job, _operation = _order(world)
    _done(job)
    world.held_invoice = invoices.issue(invoices.draft_from(job, None), None)
    reminding.hold(world.held_invoice, "dispute", "Bent")
    world.recurring, world.paused_recurring = (
        RecurringInvoice.objects.create(
            workspace=shop.workspace, client=shop.client, title=title, starts_on=day, next_on=day, state=state
        )
        for title, state in (("Rent", "running"), ("Service", "paused"))
    )
    world.reminder = Reminder.objects.create(workspace=shop.workspace, invoice=world.invoice, step=2)
    world.sent_reminder = Reminder.objects.create(
        workspace=shop.workspace, invoice=world.invoice, step=1, state="sent", sent_on=day, pay_by=day
    )
    world.account_statement = AccountStatement.objects.create(
        workspace=shop.workspace, client=shop.client, currency="ZAR", from_on=day, until_on=day,
        frozen=frozen_of(statements.account_of(shop.client, "ZAR", day, day)),
    )  # fmt: skip
    for paper in (world.sent_reminder, world.account_statement):
        documents.keep(paper, lambda: b"%PDF-1.7 kept")
    world.link_statement = links.token(links.make(world.account_statement, shop.client))


def _closed(world) -> None:
    shop, day = world.shop, date(2000, 1, 31)
    world.period_close = PeriodClose.objects.create(workspace=shop.workspace, until_on=day)
    world.archive = Archive.objects.create(workspace=shop.workspace, from_on=day, until_on=day)
    world.archive.file.save("a.zip", ContentFile(b"PK"))
    world.received_invoice, world.approved_received, world.rejected_received, world.paid_received = (
        _received(shop, state, **facts)
        for state, facts in (
            ("to_check", {}), ("approved", {}), ("rejected", {"reason": "Bent"}), ("approved", {}),
        )
    )  # fmt: skip
    world.part_received = _received(shop, "approved")
    paying.pay(world.part_received, Decimal(2), day)
    paying.pay(world.paid_received, Decimal(5), day)


def _received(shop, state: str, **facts) -> ReceivedInvoice:
    row = ReceivedInvoice(
        workspace=shop.workspace, sha256=f"{ReceivedInvoice.objects.count():064}", currency="ZAR",
        number=f"R-{ReceivedInvoice.objects.count()}", seller="Steel Merchants", total=5, owed=5, state=state,
        facts={"syntax": "ubl", "pdf": False, "credit": False, "lines": []}, **facts,
    )  # fmt: skip
    row.file.save("r.xml", ContentFile(b"<Invoice/>"), save=False)
    row.save()
    return row


def _bank(world) -> None:
    shop = world.shop
    day = timezone.localdate()
    world.bank_statement = BankStatement.objects.create(
        workspace=shop.workspace, name="n.csv", account="Giro", currency="ZAR", from_on=day, until_on=day
    )
    world.bank_line, world.booked_line, world.rent_line, world.outgoing_line = (
        BankLine.objects.create(
            workspace=shop.workspace, statement=world.bank_statement, key=f"{n}", day=day, amount=amount, currency="ZAR"
        )
        for n, amount in enumerate((5, 5, 5, -5))
    )
    booking.book(world.booked_line, shop.client, [], None)
    booking.leave_out(world.rent_line, "Rent", None)


def _cards(world) -> None:
    """An account, a payment by card, and a message that somebody has to look at."""
    workspace = world.shop.workspace
    world.card_account = cards.new_account(ProviderAccount(workspace=workspace, kind="simulated", is_on=True))
    world.card_account.save()
    paid = payments.take(
        world.shop.client, Decimal(3), [], key="card:0", received_on=timezone.localdate(), currency=workspace.currency
    )
    world.card_attempt = PaymentAttempt.objects.create(
        workspace=workspace, invoice=world.invoice, amount=3, currency=workspace.currency, provider="simulated",
        state="paid", payment=paid,
    )  # fmt: skip
    world.card_event = ProviderEvent.objects.create(
        workspace=workspace, attempt=world.card_attempt, provider="simulated", event_id="e", kind="refunded",
        reference=world.card_attempt.reference, amount=4, currency=workspace.currency, state="matter", why="amount",
    )  # fmt: skip
    world.provider_token, world.card_reference = world.card_account.token, world.card_attempt.reference


def _deliveries(world) -> None:
    """One to be packed, one packed, one under way with a certificate behind it, one that has arrived, and pieces."""
    world.workspace.checks_deliveries = False  # so that a packed one may be shipped by anybody who may ship
    world.workspace.save()
    for name in ("draft", "packed", "shipped", "arrived"):
        _quote, job, _operation = _order(world)
        _done(job)
        delivery = deliveries.draft_from(job, None)
        setattr(world, f"{name}_delivery", delivery if name == "draft" else deliveries.pack(delivery, None))
    world.packed_line = world.packed_delivery.lines.get()
    world.packed_delivery.lines.update(is_checked=True)
    for delivery in (world.shipped_delivery, world.arrived_delivery):
        deliveries.ship(delivery, None)
        documents.keep(delivery, lambda: b"%PDF-1.7 kept")
    deliveries.arrive(world.arrived_delivery, None, received_by="Gate", picture=ContentFile(LOGO))
    _quote, world.undelivered, _operation = _order(world)
    _done(world.undelivered)
    world.order_paper = order_papers.write_for_job(world.made_job, "confirmation", None)
    documents.keep(world.order_paper, lambda: b"%PDF-1.7 kept")
    world.delivery_address, world.a6 = world.shop.client.addresses.first(), "a6"
    plates = stock.register(Item(workspace=world.workspace, name="Plates", category="part", unit="pcs"), None)
    world.certified_lot = lots.receive(
        plates, 5, kind="batch", key="certified", by=None, certificate=ContentFile(b"%PDF-1.7", "c.pdf")
    )
    source = f"delivery:{world.shipped_delivery.pk}"
    ledger.post(plates, -1, "usage", key="certified:out", lot=world.certified_lot, source=source)
    world.link_made_job = links.token(links.make(world.made_job, world.made_job.client))
    world.link_delivery = links.token(links.make(world.shipped_delivery, world.shop.client))


def _too_much_paid(world):
    """Paid, and then taken back."""
    _quote, job, _operation = _order(world)
    _done(job)
    invoice = invoices.issue(invoices.draft_from(job, None), None)
    payments.receive(invoice, invoice.total, key="whole", received_on=timezone.localdate())
    invoices.cancel(invoice, None, "Bent")
    return invoice


def _done(job) -> None:
    make(job)
    Operation.objects.filter(job_line__job=job).update(state="completed")


def _around(world) -> None:
    """What stands around the orders: whom and what they are of, by which rules, on what, and what was sent and done."""
    _clients_and_stock(world)
    _settings(world)
    _connected_machines(world)
    _sent_and_done(world)


def _clients_and_stock(world) -> None:
    workspace, shop = world.workspace, world.shop
    world.client, world.item, world.material = shop.client, shop.sheet, shop.material
    world.twin = clients.register(Client(workspace=workspace, name="Twin"), None)
    world.tag = Tag.objects.create(workspace=workspace, name="Key", colour="blue")
    world.exemption = ExemptionCertificate(workspace=workspace, client=shop.client, number="ST-1", state="MA")
    world.exemption.file.save("exemption.pdf", ContentFile(b"%PDF-1.7 exempt"))
    world.archived_client = clients.register(Client(workspace=workspace, name="Gone"), None)
    clients.archive(world.archived_client, None)
    world.spare = stock.register(Item(workspace=workspace, name="Spare", material=shop.material), None)
    world.archived_item = stock.register(Item(workspace=workspace, name="Old", material=shop.material), None)
    stock.archive(world.archived_item, None)
    world.move = Move.objects.first()
    world.reservation = ledger.reserve(shop.sheet, 1, key="by hand", label="by hand", by=None)


def _settings(world) -> None:
    workspace, shop = world.workspace, world.shop
    world.tax_rate, world.price_rules = TaxRate.objects.get(), PriceRules.objects.get()
    world.folding = ExtraOperation.objects.create(workspace=workspace, name="Fold")
    world.archived_folding = ExtraOperation.objects.create(workspace=workspace, name="Bend", archived_at=timezone.now())
    world.draft_line = world.draft.lines.exclude(enquiry_line=None).first()
    world.second_rate = TaxRate.objects.create(workspace=workspace, name="None", percent=0)
    world.parameters = shop.parameters
    world.unconfirmed = CuttingParameter.objects.create(
        workspace=workspace,
        machine=shop.laser,
        material=shop.material,
        thickness_mm=5,
        gas="O2",
        feed_mm_min=2400,
        pierce_s=1,
    )


def _connected_machines(world) -> None:
    workspace = world.workspace
    world.spinning = _connected(world, "S1", State.RUNNING)
    world.halted = _connected(world, "S2", State.PAUSED)
    world.reporting = Machine.objects.create(
        workspace=workspace, name="S4", driver="cypcut", options={"folder": "laser"}
    )
    world.plan, world.old_plan, world.archived_plan = (
        maintenance.plan(
            MaintenancePlan(workspace=workspace, machine=world.spinning, name=f"Filter {number}", days=9), None
        )
        for number in range(3)
    )
    MaintenancePlan.objects.filter(pk=world.archived_plan.pk).update(archived_at=timezone.now())
    world.maintained_machine = _machine(world, "X9")
    world.maintained = maintenance.done(world.maintained_machine, "Lens", None)
    maintenance.begin(world.maintained_machine, "lens", None)
    world.metered = world.reporting
    Meter.objects.create(workspace=workspace, machine=world.metered)
    world.state_change = StateChange.objects.filter(machine=world.spinning).first()
    world.machine_job = MachineJob.objects.create(
        workspace=workspace, machine=world.spinning, key="7", name="Bracket", started_at=timezone.now(),
        ended_at=timezone.now(), outcome="unclear",
    )  # fmt: skip
    printed = MachineJob.objects.create(
        workspace=workspace, machine=world.busy, key="8", name="Plate", started_at=timezone.now(),
        ended_at=timezone.now(), outcome="finished", claim="ours", work="X",
    )  # fmt: skip
    world.plate = MachineWork.objects.create(workspace=workspace, machine_job=printed, run=world.running, how="started")
    _print_files(world)
    told = _connected(world, "S3", State.RUNNING)
    world.command = commands.request(told, "pause", key="told", by=None)
    world.spare_machine, world.archived_machine = _machine(world, "X0"), _machine(world, "X1")
    Machine.objects.filter(pk=world.archived_machine.pk).update(archived_at=timezone.now())


def _sent_and_done(world) -> None:
    workspace, shop = world.workspace, world.shop
    world.product, world.archived_product = (
        Product.objects.create(workspace=workspace, sku=sku, name=sku, material=shop.material, item=shop.sheet)
        for sku in ("SKU-OLD-0001", "SKU-OLD-0002")
    )
    Product.objects.filter(pk=world.archived_product.pk).update(archived_at=timezone.now())
    world.activity = Activity.objects.first()
    world.task = BackgroundTask.objects.create(
        workspace=workspace, name="send a message", arguments=[0], state="failed", error="no route"
    )
    world.mail = OutgoingMail.objects.create(
        workspace=workspace, key="x", to="a@b.example", subject="Hello", text="Hello", state="failed"
    )
    world.unclear_mail = OutgoingMail.objects.create(
        workspace=workspace, key="y", to="a@b.example", subject="Hello", text="Hello", state="unclear"
    )
    world.hook = MessageHook.objects.create(
        workspace=workspace, name="Shop", url="https://1.1.1.1/x", occasions=["ready"], body='{"text": "{subject}"}'
    )
    world.follow_up = FollowUp.objects.create(
        workspace=workspace, client=world.client, what="Ring them", due_on=timezone.localdate(), key="x"
    )
    world.occasion, world.language = "ready", "de"
    workspace.logo.save("logo.png", ContentFile(LOGO))
    world.crm_label, world.slug, world.client_type = "crm", workspace.slug, ContentType.objects.get_for_model(Client).pk


def _nests(world) -> None:
    """A nest that is ready, one that is searched, one in the queue; remnants on the rack and reserved."""
    shop, square = world.shop, {"outline": [[0, 0], [600, 0], [600, 400], [0, 400]], "rectangle": [0, 0, 600, 400]}
    world.nested_drawing = drawn(shop)
    for number, name in enumerate(("nest", "searched_nest", "approved_nest")):
        nest = nested(shop, ordered(shop, (world.nested_drawing, 4), key=name))
        setattr(world, name, laid(nest, grid(f"item:{shop.sheet.pk}", nest.parts.get(), 4, 4, 105 + number)))
    world.draft_nest = nested(shop, ordered(shop, (world.nested_drawing, 4), key="draft_nest"))
    NEST.move(world.searched_nest, "ask")
    NEST.move(world.searched_nest, "search")
    nest_deciding.approve(world.approved_nest, None)
    world.sheet_operation = Operation.objects.get(sheet__nest=world.approved_nest)
    world.remnant = lots.keep(shop.sheet, **square, key="kept", by=None)
    world.reserved_remnant = lots.keep(shop.sheet, **square, key="reserved", by=None)
    lots.reserve(world.reserved_remnant, "by hand")
    world.nesting_rules = NestingRules.objects.create(workspace=world.workspace)
    world.nested_enquiry = new_enquiry(shop, {"quantity": 3, "design_file": world.nested_drawing})
    world.one, world.every_file = 1, "sheets"


def _lots(world) -> None:
    """Two spools that can be put together, one in quarantine, places in use and not, an item with a picture."""
    places = [Location(workspace=world.workspace, code=code, name=code) for code in ("R1", "R2")]
    world.rack, world.archived_rack = (locations.store(place, None) for place in places)
    locations.archive(world.archived_rack, None)
    world.pictured = stock.register(
        Item(workspace=world.workspace, name="PLA", category="filament", unit="g", diameter_mm="1.75"), None
    )
    stock.picture(world.pictured, ContentFile(LOGO, name="item.png"), None)
    said = {"by": None, "kind": "spool", "tare_g": 200}
    world.spool, world.second_spool, world.barred_spool = (
        lots.receive(world.pictured, 1000, key=f"spool:{number}", certificate=ContentFile(b"%PDF-1.7", "c.pdf"), **said)
        for number in range(3)
    )
    lots.quarantine(world.barred_spool, "wet", None)
    world.csv = "csv"


def _buying(world) -> None:
    """A supplier who sells the sheet, orders in every state there is a button for, goods that came."""
    world.supplier, world.archived_supplier, world.idle_supplier = (
        new_supplier(world.workspace, name) for name in ("Steel & Co", "Gone", "Idle")
    )
    suppliers.archive(world.archived_supplier, None)
    world.supplier_item = sells(world.supplier, world.shop.sheet, breaks=((20, "1700"),))
    world.draft_purchase = draft(world.supplier_item)
    purchases.send(world.draft_purchase, None)
    world.sent_purchase = world.draft_purchase
    world.part_purchase = sent(world.supplier_item, key="part")
    world.receipt = came(world.part_purchase, 4, heat="H-1")
    row = world.receipt.lines.get()
    row.certificate.save("heat.pdf", ContentFile(b"%PDF-1.7 heat"))
    world.receipt_row = row
    world.draft_purchase = draft(world.supplier_item, key="draft")
    Item.objects.filter(pk=world.spare.pk).update(minimum=5)
    sells(world.supplier, world.spare, sku="SP")
    needs.work_out(world.workspace)
    world.need = Need.objects.get(item=world.spare)
    rare = stock.register(Item(workspace=world.workspace, name="Rare", material=world.shop.material), None)
    sells(world.supplier, rare, sku="R")
    _quote, world.short_job, operation = _order(world)
    Operation.objects.filter(pk=operation.pk).update(reservation=None)
    world.short_job.lines.update(item=rare, material_each=2)


def _scanned(world) -> None:
    """A scan that could not be done when it arrived and can be now, and a count that is going on."""
    operator, now = world.operator, timezone.now()
    item = stock.register(Item(workspace=world.workspace, name="Rivets", category="part", unit="pcs"), None)
    lot = world.scanned_lot = lots.receive(item, 5, kind="batch", key="scanned", by=None)
    events.take(Said("permissions-1", "move", lot.code, {"place": "R9"}, now, now), world.workspace, operator)
    world.conflict = ScanEvent.objects.get()
    locations.store(Location(workspace=world.workspace, code="R9", name="Rack 9"), None)
    world.stock_count = counting.begin(StockCount(workspace=world.workspace), None)
    world.count_line = CountLine.objects.get(lot=lot)
    counting.count(world.count_line, 4, key="scanned", by=operator)
    world.label_kind, world.letter, world.a_code = "lot", "l", lot.code


def _mark_money(world) -> None:
    """One amount in every column for money and in every line of the log, so that a page can be searched for it."""
    for model in apps.get_models():
        moving = ("paid", "credited", "unused", "deducted", "deposit_tax", "refunded")
        names = [field.name for field in model._meta.concrete_fields if priced(field) and field.name not in moving]
        if names:
            with guards_off():
                model.objects.update(**dict.fromkeys(names, Decimal("7319.37")))
    Activity.objects.exclude(money={}).update(money={"total": "7319.37"})
    BankLine.objects.filter(pk=world.outgoing_line.pk).update(amount=Decimal("-7319.37"))
    ReceivedInvoice.objects.filter(pk=world.paid_received.pk).update(paid=Decimal("7319.37"))
    with guards_off():  # one that adds up to no more than it says can be taken back
        InvoiceLine.objects.filter(invoice=world.wrong_invoice).update(unit_price=1, discount_amount=0, rounding=0)
        Invoice.objects.filter(pk=world.wrong_invoice.pk).update(discount_amount=0)
        Invoice.objects.filter(pk=world.paid_back.pk).update(credited=F("total"))
        Payment.objects.filter(allocations=None, kind="received").update(unused=F("amount"))
