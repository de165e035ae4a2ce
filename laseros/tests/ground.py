"""Ground for tests: businesses, people and a small stocked shop, made through the real verbs where there are any."""

import functools
import re
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import get_hasher, make_password
from django.db import connection
from django_scopes import scope, scopes_disabled

from accounts.models import BackgroundTask, Membership, User, Workspace
from billing.models import PriceRules, TaxRate
from crm import clients
from crm.models import Client, Contact
from inventory import stock
from inventory.models import Item, Material
from laseros.tests.laid import laid
from machines.models import Machine, MachineStatus
from production.models import CuttingParameter

BEYOND = 1_000_000
_numbers: dict[str, int] = {}  # e-mail → number


def new_workspace(slug: str, **fields) -> Workspace:
    return laid(("workspace", slug, *sorted(fields.items())), lambda: _a_workspace(slug, fields))


def _a_workspace(slug: str, fields: dict) -> Workspace:
    german = fields.get("country") == "DE"
    own = {"vat_number": "DE123456789" if german else "4000000000"}
    own["address"] = "Teststraße 1\n04177 Leipzig" if german else "1 Test Road\nTestville"
    fields = {**own, **fields}
    workspace = Workspace.objects.create(
        slug=slug, name=fields.pop("name", slug.title()), email=f"office@{slug}.example", **fields
    )
    with scope(workspace=workspace):
        percent = Decimal(19) if workspace.country == "DE" else Decimal(15)
        TaxRate.objects.create(workspace=workspace, name="VAT", percent=percent, is_default=True)
        PriceRules.objects.create(
            workspace=workspace,
            labour_hour=Decimal(300),
            setup_minutes=Decimal(10),
            handling_seconds=Decimal(20),
            waste_percent=Decimal(5),
            margin_percent=Decimal(30),
            minimum_line=Decimal(50),
        )
    return workspace


def new_person(role: str, workspace: Workspace | None = None, email: str = "") -> User:
    email = email or f"{role}@{workspace.slug if workspace else 'laseros'}.example"
    fixed, is_superuser = numbered(email), role == "superuser"
    user = User(email=email, name=role.title(), is_superuser=is_superuser, **fixed)
    user.password = hashed("correct horse battery", get_hasher().algorithm)
    user.save()
    if workspace is not None:
        with scope(workspace=workspace):
            Membership.objects.create(workspace=workspace, user=user, role=role, **fixed)
    return user


@functools.cache
def hashed(password: str, algorithm: str) -> str:
    """Once for all people: Argon2, by which people log in at a house, takes a quarter of a second on purpose."""
    return make_password(password, hasher=algorithm)


def numbered(email: str) -> dict[str, int]:
    """On PostgreSQL the same number in each test, beyond what is counted: so that `laid` finds what it knows.

    SQLite counts from the beginning again, because what a test wrote is undone.
    """
    if connection.vendor == "sqlite":
        return {}
    return {"id": _numbers.setdefault(email, BEYOND + len(_numbers))}


@dataclass
class Shop:
    workspace: Workspace
    client: Client
    contact: Contact
    material: Material
    sheet: Item
    laser: Machine
    parameters: CuttingParameter


def stock_shop(workspace: Workspace, sheets: int = 10) -> Shop:
    """A client with a contact, ten sheets of 3 mm mild steel, one laser with confirmed parameters."""
    return laid(("shop", sheets), lambda: _a_shop(workspace, sheets), stands_on=workspace)


def _a_shop(workspace: Workspace, sheets: int) -> Shop:
    from django.utils import timezone

    client = clients.register(Client(workspace=workspace, name="Umgeni Pumps", email="buyer@umgeni.example"), None)
    contact = Contact.objects.create(
        workspace=workspace, client=client, name="Thandi Nkosi", email="thandi@umgeni.example"
    )
    material = Material.objects.create(workspace=workspace, code="MS", name="Mild steel", density_kg_m3=Decimal(7850))
    sheet = stock.register(
        Item(
            workspace=workspace,
            name="Mild steel 3 mm 2450 × 1225",
            material=material,
            thickness_mm=Decimal(3),
            width_mm=Decimal(2450),
            height_mm=Decimal(1225),
            price=Decimal(1850),
            minimum=Decimal(4),
        ),
        None,
    )
    stock.book(sheet, sheets, "opening", key=f"opening:{sheet.pk}", by=None)
    sheet.refresh_from_db()
    laser = Machine.objects.create(
        workspace=workspace,
        name="X3",
        kind="laser",
        model="Golden Laser X3",
        bed_width_mm=3000,
        bed_height_mm=1500,
        power_w=3000,
        hourly_rate=Decimal(900),
    )
    MachineStatus.objects.create(workspace=workspace, machine=laser)
    parameters = CuttingParameter.objects.create(
        workspace=workspace,
        machine=laser,
        material=material,
        thickness_mm=Decimal(3),
        gas="O2",
        power_w=3000,
        gas_pressure_bar=Decimal("0.8"),
        nozzle_mm=Decimal("1.2"),
        feed_mm_min=3900,
        pierce_s=Decimal("0.5"),
        kerf_mm=Decimal("0.2"),
        confirmed_at=timezone.now(),
    )
    return Shop(workspace, client, contact, material, sheet, laser, parameters)


def figures_joined(text: str) -> str:
    """The text with its figures as bare digits, however they are written: "R41 779 317,50" holds 4177931750."""
    return re.sub(r"(?<=\d)(?:[\s.,'\u00a0\u202f]|&nbsp;)(?=\d)", "", text)


def perform_waiting(limit: int = 100) -> int:
    """Run waiting background tasks in order, each as the worker runs it. Answers how many ran."""
    from accounts import work

    for count in range(limit):
        with scopes_disabled():
            pk = BackgroundTask.objects.filter(state="waiting").order_by("id").values_list("pk", flat=True).first()
        if pk is None:
            return count
        work.perform(pk)
    raise AssertionError("background work does not come to an end")
