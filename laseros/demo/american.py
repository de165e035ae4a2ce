"""A small business in Massachusetts: sales tax by destination, a reseller's certificate, an invoice paid by card."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from accounts.models import Workspace
from billing import invoices, law
from billing.models import Invoice, InvoiceLine, TaxRate
from crm import clients
from crm.models import Address, Client, ExemptionCertificate
from laseros.demo import paying, people, today
from laseros.demo.ground import at_home
from laseros.demo.logos import give_logo

HARBOR = {
    "slug": "harbor-plate",
    "name": "Harbor Plate & Sign",
    "legal_name": "Harbor Plate & Sign, Inc.",
    "colour": "#23496b",
    "address": "7 Mill Road\nSalem, MA 01970",
    "country": "US",
    "email": "office@harbor-plate.example",
    "phone": "+1 978 555 0119",
    "bank_details": "First Example Bank\nRouting: 011000015\nAccount: 0045 550 119",
    "currency": "USD",
    "timezone": "America/New_York",
    "modules": ["laser", "portal"],
    "number_formats": {"invoice": "HP{yyyy}-{n:4}"},
}
# State, beginning of the ZIP code, percent. What is delivered to another state carries none.
RATES = (("MA", "", "6.25"), ("NY", "", "4"), ("NY", "100", "8.875"))
# Name, town, state, ZIP code, what they bought, pieces, price, what becomes of it.
SOLD = (
    ("Bayside Boatworks", "Gloucester", "MA", "01930", "Transom brackets, stainless 3 mm", 12, "41.50", "card"),
    ("Hudson Street Fixtures", "New York", "NY", "10013", "Sign blanks, aluminum 1/8 in", 40, "18.75", "open"),
    ("Salem Trade Supply", "Salem", "MA", "01970", "Mounting plates for resale", 150, "6.20", "exempt"),
    ("Green Mountain Gates", "Burlington", "VT", "05401", "Hinge plates, steel 1/4 in", 24, "9.90", "draft"),
)


def make() -> None:
    workspace = Workspace.objects.create(**HARBOR)
    give_logo(workspace)
    manager = people.hire(workspace)["manager"]
    with at_home(workspace):
        account = paying.set_up(workspace)
        for state, postcode, percent in RATES:
            TaxRate.objects.create(
                workspace=workspace, name="Sales tax", region=state, postcode=postcode, percent=Decimal(percent)
            )
        for row in SOLD:
            invoice = _sold(workspace, row, manager)
            if row[-1] != "draft":
                invoice = invoices.issue(invoice, manager)
            if row[-1] == "card":
                paying.pay(account, invoice)
        today.work_off(workspace)


def _sold(workspace, row: tuple, manager) -> Invoice:
    """A draft of one line, taxed as it is where the client's goods go."""
    name, city, state, postcode, what, pieces, price, becomes = row
    client = clients.register(Client(workspace=workspace, name=name), manager)
    Address.objects.create(
        workspace=workspace, client=client, street="12 Dock Street", city=city, state=state, postcode=postcode,
        country="US",
    )  # fmt: skip
    day = timezone.localdate()
    if becomes == "exempt":  # and soon over, so that Today says so
        ExemptionCertificate.objects.create(
            workspace=workspace, client=client, number="ST-4 0071", state=state,
            valid_from=day - dt.timedelta(days=345), valid_until=day + dt.timedelta(days=20),
        )  # fmt: skip
    invoice = Invoice.objects.create(
        workspace=workspace, client=client, currency="USD", supplied_on=day, created_by=manager,
        treatment=law.proposed(workspace, client, day),
    )  # fmt: skip
    line = InvoiceLine(description=what, quantity=pieces, unit_price=Decimal(price))
    law.charge([line], client, day)
    return invoices.change_lines(invoice, [line], [], manager)
