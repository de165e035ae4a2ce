"""Today in the demo: enquiries with drawings, quotes out, machines at work, all through the real verbs."""

from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import work
from accounts.models import BackgroundTask, User
from billing import quotes
from billing.models import QuoteLine
from crm import clients
from crm.models import Client, Contact
from inventory import ledger
from laseros.demo.drawings import CARELESS, DESIGNS, dxf_of
from laseros.demo.ground import Business
from laseros.demo.people import CLIENTS, PASSWORD
from machines import drivers
from machines.link import home_of, options_for
from production import at_machine, drawings, enquiries, runs
from production.models import DesignFile, Enquiry, EnquiryLine, Operation, Run


def take_stock_of_extras(business: Business) -> None:
    """What is counted by the piece: some of it low, so that the start page has something to say."""
    from inventory.models import Item

    rows = Item.objects.filter(material=None).order_by("pk")
    for number, item in enumerate(rows):
        amount = item.minimum * (3 if number % 3 else 0) + 1
        ledger.post(item, amount, "opening", key=f"opening:{item.pk}", by=business.people["manager"])


def befriend(business: Business, client: Client) -> Contact:
    """The contact the demo logs in with."""
    name, email = CLIENTS[business.workspace.slug]
    contact = Contact.objects.create(workspace=business.workspace, client=client, name=name, email=email)
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
    clients.invite(contact, business.people["office"])
    contact.user = user
    return contact


def live_a_day(business: Business, contact: Contact) -> None:
    """An enquiry with trouble in it, one to be quoted, a quote with the client, a job approved just now."""
    office = business.people["office"]
    if business.is_laser:
        _laser_day(business, contact, office)
    else:
        _printing_day(business, contact, office)
    work_off(business.workspace)


def _laser_day(business, contact, office):
    troubled = _enquire(business, contact, "Cover plates, drawn on the phone", office)
    _drop(business, troubled, CARELESS.file_name, dxf_of(CARELESS), ("MS", "3"), 4, office)
    _drop(business, troubled, "holiday.dxf", b"<html><body>Not a drawing</body></html>", ("MS", "3"), 1, office)
    _hand_in(troubled)
    fresh = _enquire(business, contact, "Vent panels for the pump house", office)
    for design, quantity in ((DESIGNS[4], 12), (DESIGNS[7], 24)):
        _drop(business, fresh, design.file_name, dxf_of(design), (design.material, design.thickness), quantity, office)
    offered = _enquire(business, contact, "Flanges and gussets, line 3", office)
    for design, quantity in ((DESIGNS[1], 8), (DESIGNS[2], 32)):
        _drop(
            business, offered, design.file_name, dxf_of(design), (design.material, design.thickness), quantity, office
        )
    ordered = _enquire(business, contact, "Motor mounts, first batch", office)
    _drop(business, ordered, DESIGNS[8].file_name, dxf_of(DESIGNS[8]), ("AL", "3"), 40, office)
    work_off(business.workspace)
    choice = (
        ("Galvanised, holes kept free", 1, "1450", "A"),
        ("Powder coated, RAL 7016", 1, "1280", "A"),
        ("Edges rounded by hand", 40, "6.50", ""),
    )
    _send_and_accept(offered, ordered, contact, office, choice)


def _printing_day(business, contact, office):
    fresh = _enquire(business, contact, "Sensorgehäuse, Nullserie", office)
    _ask_for_print(fresh, business, "Sensorgehäuse Unterteil", ("PETG", "grau"), 25, 62, 185)
    offered = _enquire(business, contact, "Vorrichtung Montageplatz 4", office)
    _ask_for_print(offered, business, "Bohrlehre links", ("PLA", "orange"), 2, 38, 96)
    _ask_for_print(offered, business, "Anschlag", ("ASA", "schwarz"), 4, 22, 71)
    ordered = _enquire(business, contact, "Handgriffe, Nachbestellung", office)
    _ask_for_print(ordered, business, "Handgriff links", ("ASA", "schwarz"), 6, 71, 210)
    _ask_for_print(ordered, business, "Handgriff rechts", ("ASA", "schwarz"), 6, 71, 210)
    choice = (
        ("Bohrbuchsen aus Stahl, eingepresst", 4, "3.80", "A"),
        ("Bohrbuchsen aus Messing, eingepresst", 4, "2.90", "A"),
        ("Beschriftung, zweifarbig", 2, "4.50", ""),
    )
    _send_and_accept(offered, ordered, contact, office, choice)


def _hand_in(enquiry) -> None:
    """As if the client had uploaded it in the portal."""
    Enquiry.objects.filter(pk=enquiry.pk).update(origin="portal", created_by=enquiry.contact.user)


def _enquire(business, contact, title, by) -> Enquiry:
    enquiry = Enquiry(workspace=business.workspace, client=contact.client, contact=contact, title=title)
    enquiry.wanted_by = timezone.localdate() + timedelta(days=14)
    enquiries.take(enquiry, by)
    return enquiry


def _drop(business, enquiry, name, content, item, quantity, by) -> DesignFile:
    upload = SimpleUploadedFile(name, content)
    return drawings.receive(
        business.workspace, upload, enquiry=enquiry, item=business.items[item], quantity=quantity, by=by
    )


def _ask_for_print(enquiry, business, description, item, quantity, grams, minutes):
    EnquiryLine.objects.create(
        workspace=business.workspace, enquiry=enquiry, position=enquiry.lines.count() + 1, description=description,
        item=business.items[item], quantity=quantity, grams_each=grams, minutes_each=minutes,
    )  # fmt: skip


def _send_and_accept(offered, ordered, contact, office, choice):
    """`choice` is what the client may take or leave: (description, pieces, unit price, group of alternatives)."""
    draft = quotes.draw_up(offered, office)
    last = draft.lines.last()
    lines = [
        QuoteLine(
            description=description, quantity=pieces, unit_price=Decimal(price), tax_percent=last.tax_percent,
            position=last.position + place, role="alternative" if group else "optional", group=group,
        )
        for place, (description, pieces, price, group) in enumerate(choice, start=1)
    ]  # fmt: skip
    quotes.change_lines(draft, lines, [], office)
    quotes.send(draft, office)
    quote = quotes.send(quotes.draw_up(ordered, office), office)
    # As in the portal, where nobody is sent away for want of a sheet.
    quotes.accept(quote, name=contact.name, by=contact.user, despite="ordered by the client")


def work_off(workspace) -> None:
    """Do the waiting background work here and now: whoever starts the demo finds it measured, printed and mailed."""
    while True:
        rows = BackgroundTask.objects.filter(workspace=workspace, state="waiting", tries=0)
        pk = rows.order_by("pk").values_list("pk", flat=True).first()
        if pk is None:
            return
        work.perform(pk)


def start_machines(business: Business) -> None:
    """The operator starts something long on every machine but the last printer, so that there is something to watch."""
    machines = business.machines if business.is_laser else business.machines[:-1]
    for machine in machines:
        queue = Operation.objects.filter(machine=machine, state="queued").exclude(reservation=None)
        operation = max(queue, key=lambda operation: (operation.seconds_left, -operation.pk), default=None)
        if operation is not None:
            _at_work(runs.start(operation, machine, business.people["operator"], told=False))


def _at_work(run: Run) -> None:
    """A simulated machine is at it already: whoever watches it first finds it so, whenever that is."""
    if run.machine.driver == "simulator":
        simulated = drivers.build("simulator", options_for(run.machine), home_of(run.machine)).machine
        simulated.command("start", at_machine.order(run), run.job_key)
