"""All of it, in the order it is made."""

from contextlib import contextmanager
from decimal import Decimal
from types import SimpleNamespace

from django.apps import apps
from django.db.models import F
from django.test import override_settings
from django_scopes import scope

from accounts.models import Activity
from accounts.money_behind import priced
from billing.models import (
    BankLine,
    Invoice,
    InvoiceLine,
    Payment,
    ReceivedInvoice,
)
from crm.models import Client
from laseros.tests.database import guards_off
from laseros.tests.ground import new_workspace, stock_shop
from laseros.tests.laid import laid_in_a_run
from laseros.tests.permissions_doors import Visitor
from laseros.tests.permissions_ground.documents import lay_deliveries, lay_documents
from laseros.tests.permissions_ground.machines import lay_connected_machines
from laseros.tests.permissions_ground.people import lay_people, lay_tablets, lay_times
from laseros.tests.permissions_ground.stock import (
    lay_buying,
    lay_clients_and_stock,
    lay_lots,
    lay_scanned,
    lay_sent_and_done,
    lay_settings,
)
from laseros.tests.permissions_ground.work import lay_job_templates, lay_nests, lay_quality, lay_work
from laseros.tests.typesetting import typeset_once


@contextmanager
def files_in(folder):
    with override_settings(MEDIA_ROOT=folder):
        yield folder


class World(SimpleNamespace):
    """The records, by the name the addresses below use; `users`, and who comes as them, by column of the table."""


def build() -> World:
    with typeset_once(alike=lambda html: ""):  # pages are looked at, the papers of their documents are not read
        world = laid_in_a_run("permissions", _build)
    world.visitors = {"anonymous": Visitor()} | {who: Visitor(user) for who, user in world.users.items()}
    return world


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
        lay_people(world, workspace, elsewhere)
        lay_work(world)
        lay_documents(world)
        lay_deliveries(world)
        _around(world)
        lay_nests(world)
        lay_lots(world)
        lay_buying(world)
        lay_scanned(world)
        lay_tablets(world)
        lay_times(world)
        lay_quality(world)
        lay_job_templates(world)
        _mark_money(world)
    return world


def _around(world) -> None:
    """What stands around the orders: whom and what they are of, by which rules, on what, and what was sent and done."""
    lay_clients_and_stock(world)
    lay_settings(world)
    lay_connected_machines(world)
    lay_sent_and_done(world)


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
