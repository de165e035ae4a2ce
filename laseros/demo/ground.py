"""The two businesses as they stand on their first day: brand, rates, machines, material, prices."""

import zoneinfo
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone, translation
from django_scopes import scope

from accounts.models import User, Workspace
from billing.models import ExtraOperation, GasPrice, PriceRules, QuantityBreak, TaxRate
from inventory import stock
from inventory.models import Item, Material
from laseros.demo import people
from laseros.demo.logos import give_logo
from machines.models import Machine, MachineStatus, Tablet
from production.models import CuttingParameter


@dataclass
class Business:
    workspace: Workspace
    people: dict[str, User]
    materials: dict[str, Material]
    items: dict[tuple[str, str], Item]  # (material, thickness or colour) → item
    machines: list[Machine]
    rules: PriceRules
    tax_percent: Decimal

    @property
    def is_laser(self) -> bool:
        return self.workspace.slug == "umlazi-laser"


class at_home:
    """Inside the scope, language and timezone of a business."""

    def __init__(self, workspace):
        zone = timezone.override(zoneinfo.ZoneInfo(workspace.timezone))
        self.contexts = (scope(workspace=workspace), translation.override(workspace.language), zone)

    def __enter__(self):
        for context in self.contexts:
            context.__enter__()

    def __exit__(self, *error):
        for context in reversed(self.contexts):
            context.__exit__(*error)


UMLAZI = {
    "slug": "umlazi-laser",
    "name": "Umlazi Laser Works",
    "legal_name": "Umlazi Laser Works (Pty) Ltd",
    "colour": "#b3401a",
    "address": "14 Prospecton Road\nIsipingo 4110\nKwaZulu-Natal",
    "country": "ZA",
    "email": "office@umlazi-laser.example",
    "phone": "+27 31 555 0142",
    "vat_number": "4870123456",
    "registration_number": "2014/123456/07",
    "bank_details": "Bank: First Example Bank\nBranch: 250655\nAccount: 62 5550 1420",
    "currency": "ZAR",
    "language": "en",
    "timezone": "Africa/Johannesburg",
    "modules": ["laser", "portal"],
    "portal_orders": "all",
    "portal_order_limit": Decimal(15000),
    "quote_terms": "Prices exclude delivery. Cut edges as the laser leaves them; deburring on request.\n"
    "Material certificates on request. Payment 30 days from invoice.",
}
FADENWERK = {
    "slug": "fadenwerk",
    "name": "Fadenwerk 3D-Druck",
    "legal_name": "Fadenwerk 3D-Druck GmbH",
    "colour": "#0f6f66",
    "address": "Lindenhof 7\n04177 Leipzig",
    "country": "DE",
    "email": "office@fadenwerk.example",
    "phone": "+49 341 555 0107",
    "vat_number": "DE312345678",
    "prices_with_tax": "private",
    "registration_number": "HRB 12345, Amtsgericht Leipzig",
    "bank_details": "Beispielbank Leipzig\nIBAN: DE89 3704 0044 0532 0130 00\nBIC: COBADEFFXXX",
    "currency": "EUR",
    "language": "de",
    "timezone": "Europe/Berlin",
    "modules": ["printing", "portal"],
    "portal_orders": "ask",
    "payment_days": 14,
    "quote_terms": "Es gelten unsere Allgemeinen Geschäftsbedingungen. Maßtoleranz ± 0,2 mm.\n"
    "Zahlbar innerhalb von 14 Tagen ohne Abzug.",
}

# thickness mm, sheet price ZAR, feed mm/min, pierce s, gas, bar, nozzle mm
SHEETS = (
    ("MS", "2", 1290, 5200, "0.3", "O2", "0.8", "1.2"),
    ("MS", "3", 1850, 3900, "0.5", "O2", "0.8", "1.2"),
    ("MS", "6", 3650, 2600, "1.5", "O2", "0.7", "1.5"),
    ("SS", "1.5", 3480, 19000, "0.5", "N2", "12", "1.5"),
    ("SS", "3", 6900, 7300, "0.8", "N2", "14", "2.0"),
    ("AL", "3", 4150, 7000, "0.6", "N2", "12", "2.0"),
)
METALS = {"MS": ("Mild steel", 7850), "SS": ("Stainless steel 304", 7930), "AL": ("Aluminium 5754", 2670)}
FILAMENTS = (
    ("PLA", "schwarz", "#202020", "0.0189"),
    ("PLA", "weiß", "#f4f4f0", "0.0189"),
    ("PLA", "orange", "#f07c1e", "0.0199"),
    ("PETG", "grau", "#8b9097", "0.0219"),
    ("PETG", "klar", "#dfe7ea", "0.0229"),
    ("ASA", "schwarz", "#18181a", "0.0299"),
)
PLASTICS = {"PLA": ("PLA", 1240), "PETG": ("PETG", 1270), "ASA": ("ASA", 1070)}


def lay(slug: str) -> Business:
    """Make one of the two businesses, with nothing in its books yet."""
    fields = UMLAZI if slug == "umlazi-laser" else FADENWERK
    workspace = Workspace.objects.create(**fields)
    give_logo(workspace)
    staff = people.hire(workspace)
    with scope(workspace=workspace):
        business = _lay_laser(workspace, staff) if slug == "umlazi-laser" else _lay_printing(workspace, staff)
        _stand_a_tablet(business)
        return business


def _stand_a_tablet(business: Business) -> None:
    """At the first two machines; a device is still to be registered."""
    name, place = ("Laser hall", "By the door") if business.is_laser else ("Druckraum", "Neben dem Fenster")
    Tablet.objects.create(workspace=business.workspace, name=name, place=place).machines.set(business.machines[:2])


def _lay_laser(workspace, staff) -> Business:
    TaxRate.objects.create(workspace=workspace, name="VAT", percent=Decimal(15), is_default=True)
    TaxRate.objects.create(workspace=workspace, name="Zero-rated export", percent=Decimal(0))
    rules = PriceRules.objects.create(
        workspace=workspace, labour_hour=Decimal(320), setup_minutes=Decimal(12), handling_seconds=Decimal(25),
        waste_percent=Decimal(6), margin_percent=Decimal(32), minimum_line=Decimal(150), energy_kwh=Decimal("2.85"),
        machine_kw=Decimal(18), gas_m3=Decimal("9.50"),
    )  # fmt: skip
    _extra_work(rules)
    laser = Machine.objects.create(
        workspace=workspace, name="Golden Laser X3", kind="laser", model="Golden Laser X3, 3 kW, CypCut",
        driver="simulator", options={"kind": "laser", "speed": 8}, bed_width_mm=3000, bed_height_mm=1500,
        power_w=3000, hourly_rate=Decimal(950), load_seconds=90,
    )  # fmt: skip
    MachineStatus.objects.create(workspace=workspace, machine=laser)
    materials = _materials(workspace, METALS, "sheet")
    items = {}
    for code, thickness, price, feed, pierce, gas, bar, nozzle in SHEETS:
        item = Item(
            workspace=workspace, name=f"{METALS[code][0]} {thickness} mm, 2450 × 1225", material=materials[code],
            thickness_mm=Decimal(thickness), width_mm=Decimal(2450), height_mm=Decimal(1225), price=Decimal(price),
            minimum=Decimal(4), is_offered=True,
        )  # fmt: skip
        items[code, thickness] = stock.register(item, staff["manager"])
        CuttingParameter.objects.create(
            workspace=workspace, machine=laser, material=materials[code], thickness_mm=Decimal(thickness), gas=gas,
            power_w=laser.power_w, gas_pressure_bar=Decimal(bar), nozzle_mm=Decimal(nozzle), feed_mm_min=feed,
            pierce_s=Decimal(pierce), kerf_mm=Decimal("0.2"), source="Starting values, checked on the machine",
            confirmed_at=timezone.now(), confirmed_by=staff["manager"],
        )  # fmt: skip
    _extras(
        workspace,
        staff,
        (
            ("Cutting nozzle 1.5 mm", "consumable", "pcs", 85, 10),
            ("Oxygen", "gas", "bottle", 620, 2),
            ("Nitrogen", "gas", "bottle", 540, 3),
            ("Protective lens", "consumable", "pcs", 390, 4),
        ),
    )
    return Business(workspace, staff, materials, items, [laser], rules, Decimal(15))


def _extra_work(rules) -> None:
    """Breaks, gases and the work beside the laser."""
    workspace = rules.workspace
    for pieces, percent in ((20, 3), (50, 6)):
        QuantityBreak.objects.create(workspace=workspace, rules=rules, pieces=pieces, percent=Decimal(percent))
    for gas, price in (("O2", "11.50"), ("N2", "8.20")):
        GasPrice.objects.create(workspace=workspace, rules=rules, gas=gas, price_m3=Decimal(price))
    work = (
        ("Fold", "bend", "14.00", "120", "bends", ""),
        ("Tap M6", "hole", "6.50", "40", "holes", "5"),
        ("Countersink M6", "hole", "4.80", "30", "never", ""),
        ("Deburr", "m", "9.00", "0", "never", ""),
        ("Powder coat", "m2", "185.00", "350", "never", ""),
    )
    for position, (name, unit, rate, setup, proposed, diameters) in enumerate(work):
        ExtraOperation.objects.create(
            workspace=workspace, name=name, unit=unit, rate=Decimal(rate), setup=Decimal(setup), proposed=proposed,
            diameters=diameters, position=position,
        )  # fmt: skip


def _lay_printing(workspace, staff) -> Business:
    TaxRate.objects.create(workspace=workspace, name="USt", percent=Decimal(19), is_default=True)
    TaxRate.objects.create(workspace=workspace, name="USt ermäßigt", percent=Decimal(7))
    rules = PriceRules.objects.create(
        workspace=workspace, labour_hour=Decimal(38), setup_minutes=Decimal(8), handling_seconds=Decimal(90),
        waste_percent=Decimal(4), margin_percent=Decimal(35), minimum_line=Decimal(9), energy_kwh=Decimal("0.32"),
        machine_kw=Decimal("0.15"),
    )  # fmt: skip
    machines = []
    for number, (name, model, size) in enumerate(
        (("A1 links", "Bambu Lab A1", 256), ("A1 rechts", "Bambu Lab A1", 256), ("Core One", "Prusa Core One", 250),
         ("MK4S", "Prusa MK4S", 250))
    ):  # fmt: skip
        machine = Machine.objects.create(
            workspace=workspace, name=name, kind="printer", model=model, driver="simulator", position=number,
            options={"kind": "printer", "speed": 60}, bed_width_mm=size, bed_height_mm=size,
            hourly_rate=Decimal("2.40"),
        )  # fmt: skip
        MachineStatus.objects.create(workspace=workspace, machine=machine)
        machines.append(machine)
    materials = _materials(workspace, PLASTICS, "filament")
    items = {}
    for code, colour, hex_code, price in FILAMENTS:
        item = Item(
            workspace=workspace, name=f"{code} {colour} 1,75 mm", category="filament", unit="g",
            material=materials[code], colour=colour, colour_hex=hex_code, price=Decimal(price), minimum=Decimal(1500),
            is_offered=True,
        )  # fmt: skip
        items[code, colour] = stock.register(item, staff["manager"])
    _extras(
        workspace,
        staff,
        (
            ("Nozzle 0.4 mm", "consumable", "pcs", 9, 4),
            ("Shipping box M", "other", "pcs", 1, 40),
            ("M3 × 10 screw", "part", "pcs", 0, 500),
        ),
    )
    return Business(workspace, staff, materials, items, machines, rules, Decimal(19))


def _materials(workspace, table, kind) -> dict[str, Material]:
    return {
        code: Material.objects.create(
            workspace=workspace, code=code, name=name, kind=kind, density_kg_m3=Decimal(density)
        )
        for code, (name, density) in table.items()
    }


def _extras(workspace, staff, rows) -> None:
    for name, category, unit, price, minimum in rows:
        item = Item(
            workspace=workspace, name=name, category=category, unit=unit, price=Decimal(price), minimum=Decimal(minimum)
        )
        stock.register(item, staff["manager"])
