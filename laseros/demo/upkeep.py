"""What the demo's machines need again and again, and what was done at them in the last months."""

from datetime import timedelta

from django.utils import timezone

from laseros.demo.ground import Business
from machines.models import MachineUse, MaintenanceDone, MaintenancePlan

# what, how, hours, pierces, days, done so many days ago, parts
LASER = (
    (
        "Protective window",
        "Wipe with a lint-free cloth; change it when burnt.",
        None,
        40_000,
        None,
        9,
        "D37 × 7",
    ),
    ("Filter of the extraction", "Empty the drum, knock out the cartridges.", 200, None, 30, 33, ""),
    ("Chiller: water and filter", "Distilled water, 18 l, with the additive.", None, None, 180, 120, "Filter 5 µm"),
)
PRINTER = (
    ("Düse und Extruder", "Kalt ziehen, Zahnrad ansehen.", 300, None, None, 40, "Düse 0,4"),
    ("Stangen schmieren", "Ein Tropfen Öl auf X, Fett auf Z.", None, None, 60, 55, ""),
)


def plan(business: Business) -> None:
    """One plan is overdue, one is soon: so that the start page has something to say."""
    machine, now = business.machines[0], timezone.now()
    rows = LASER if business.is_laser else PRINTER
    MachineUse.objects.create(workspace=business.workspace, machine=machine, seconds=410 * 3600, pierces=612_000)
    plans = MaintenancePlan.objects.bulk_create(
        MaintenancePlan(
            workspace=business.workspace, machine=machine, name=name, how=how, hours=hours, pierces=pierces, days=days,
            at_seconds=(410 - 150) * 3600, at_pierces=589_000, last_on=(now - timedelta(days=ago)).date(),
            due_on=(now + timedelta(days=days - ago)).date() if days else None, created_at=now - timedelta(days=300),
        )
        for name, how, hours, pierces, days, ago, _parts in rows
    )  # fmt: skip
    MaintenanceDone.objects.bulk_create(
        MaintenanceDone(
            workspace=business.workspace, machine=machine, plan=row, what=row.name, at=now - timedelta(days=passed),
            by=business.people["operator"], parts=parts, hours=410 - passed * 5, pierces=612_000 - passed * 2500,
        )
        for row, (_name, _how, _hours, _pierces, _days, ago, parts) in zip(plans, rows, strict=True)
        for passed in (ago, ago + 35)
    )  # fmt: skip
