"""A cutting table from a CSV file: looked through first, then stored whole or not at all.

Every new or changed row is unconfirmed, because somebody's laser is not everybody's. Two kinds of file are read: this
shop's own table, with a column `machine`, in which every row must be right; and a chart for many lasers without it, of
which the rows of another power or of a material nobody keeps here are left out.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.models import Material
from laseros.core.errors import Refused
from laseros.core.export import STARTS_A_FORMULA, cell
from laseros.core.retry import retried
from machines.models import Machine
from production import parameters
from production.models import CuttingParameter

STARTING_VALUES = Path(__file__).with_name("starting_values.csv")
MOST_ROWS = 2000
MOST_BYTES = 1_000_000
LONGEST_FIELD = 500

# Column of the file → (smallest step, most); what a row of the table is told apart by stands in KEY.
NUMBERS = {
    "thickness_mm": ("0.01", 500),
    "power_w": ("1", 100_000),
    "gas_pressure_bar": ("0.01", 100),
    "nozzle_mm": ("0.01", 20),
    "feed_mm_min": ("1", 500_000),
    "pierce_s": ("0.01", 600),
    "kerf_mm": ("0.001", 20),
    "lead_in_mm": ("0.01", 100),
    "lead_out_mm": ("0.01", 100),
    "corner_mm": ("0.001", 10),
    "micro_joints": ("1", 100),
    "common_line_percent": ("0.01", 100),
}
COLUMNS = ("machine", "material", "thickness_mm", "gas", *(n for n in NUMBERS if n != "thickness_mm"), "source")
NEEDED = ("material", "thickness_mm", "gas", "feed_mm_min", "pierce_s")
VALUES = tuple(name for name in parameters.EDITABLE if name not in ("machine", "material"))
# Other names for the same, with what a number is to be multiplied by.
ALIASES = {
    "metal": ("material", 1),
    "pressure_bar": ("gas_pressure_bar", 1),
    "assist_gas_assumed": ("gas", 1),
    "gas_pressure_bar_assumed": ("gas_pressure_bar", 1),
    "nozzle_mm_assumed": ("nozzle_mm", 1),
    "feed_default_m_min": ("feed_mm_min", 1000),
    "pierce_typ_s": ("pierce_s", 1),
}


@dataclass(frozen=True)
class Planned:
    """A row of the file as it would be stored: "new", "changed" (with {field: [before, after]}) or "same"."""

    line: int
    what: str
    row: CuttingParameter
    changed: dict = field(default_factory=dict)


@dataclass
class Plan:
    """What a file would do. With `wrong` rows, as (line, reason), it does nothing."""

    rows: list[Planned] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    left_out: Counter = field(default_factory=Counter)

    @property
    def counts(self) -> Counter:
        return Counter(planned.what for planned in self.rows)


class _Wrong(Exception):
    """A row that cannot be taken, with the reason."""


def read(lines: Iterable[str], machine: Machine | None = None) -> Plan:
    """Look a file through. `machine` takes the rows of a file that names none. Raises `Refused` for no table at all."""
    reader = csv.DictReader(lines)
    try:
        names = {name: ALIASES.get(name.strip(), (name.strip(), 1)) for name in reader.fieldnames or () if name}
        _check_columns({name for name, _times in names.values()})
        own = any(name == "machine" for name, _times in names.values())
        if not own and machine is None:
            raise Refused(_("The file has no column “machine”: choose the machine it is for."), code="machine")
        return _read_rows(reader, names, machine, own)
    except csv.Error as error:
        raise Refused(_("This is not a table in CSV: %(reason)s.") % {"reason": error}, code="csv") from None


def _check_columns(there: set[str]) -> None:
    missing = [name for name in NEEDED if name not in there]
    if missing:
        raise Refused(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)}, code="columns")


def _read_rows(reader, names, machine, own: bool) -> Plan:
    plan, seen = Plan(), {}
    look = _Look(machine, own)
    for raw in reader:
        line = reader.line_num
        if line > MOST_ROWS:
            raise Refused(_("A table may have %(most)s rows.") % {"most": MOST_ROWS}, code="rows")
        try:
            found = look.row({names[name][0]: (value, names[name][1]) for name, value in raw.items() if name in names})
            if isinstance(found, str):
                plan.left_out[found] += 1
                continue
            key = _key(found)
            if key in seen:
                raise _Wrong(_("the same as line %(line)s") % {"line": seen[key]})
            seen[key] = line
            plan.rows.append(look.compared(line, found))
        except _Wrong as wrong:
            plan.wrong.append((line, str(wrong)))
    return plan


def _key(row: CuttingParameter) -> tuple:
    return (row.machine_id, row.material_id, row.thickness_mm, row.gas.casefold(), row.power_w)


class _Look:
    """What the file is compared with: the machines, materials and rows there are."""

    def __init__(self, machine: Machine | None, own: bool):
        self.machine, self.own = machine, own
        lasers = Machine.objects.filter(kind=Machine.Kind.LASER, archived_at=None)
        self.machines = {laser.name.casefold(): laser for laser in lasers}
        self.materials = {}
        for material in Material.objects.order_by("pk"):
            self.materials.setdefault(material.code.casefold(), material)
            self.materials.setdefault(material.name.casefold(), material)
        rows = CuttingParameter.objects.select_related("machine", "material")
        self.there = {_key(row): row for row in rows}

    def row(self, raw: dict) -> CuttingParameter | str:
        """The row as it would be stored, or why a chart's row is not for this shop."""
        machine = self._machine(raw)
        power = _number("power_w", raw) or machine.power_w
        if not self.own and power != machine.power_w:
            return "other power"
        name = _text(raw, "material")
        material = self.materials.get(name.casefold())
        if material is None and not self.own:
            return "other material"
        if material is None:
            raise _Wrong(_("there is no material “%(name)s”") % {"name": name})
        values = {name: _number(name, raw) for name in NUMBERS}
        for name in ("thickness_mm", "feed_mm_min"):
            if not values[name]:
                raise _Wrong(_("%(column)s must be more than zero") % {"column": name})
        # "N2/air" means nitrogen, or air where one makes do with it.
        values |= {"power_w": power, "gas": _text(raw, "gas").split("/")[0].strip()[:20]}
        if not values["gas"]:
            raise _Wrong(_("there is no gas; air is one too"))
        source = " · ".join(filter(None, (_text(raw, "source"), _text(raw, "date"))))[:200]
        return CuttingParameter(
            workspace_id=machine.workspace_id, machine=machine, material=material, source=source, **values
        )

    def _machine(self, raw: dict) -> Machine:
        name = _text(raw, "machine")
        machine = self.machines.get(name.casefold()) if name else self.machine
        if machine is None:
            raise _Wrong(_("there is no laser “%(name)s”") % {"name": name})
        return machine

    def compared(self, line: int, row: CuttingParameter) -> Planned:
        before = self.there.get(_key(row))
        if before is None:
            return Planned(line, "new", row)
        if not self.own:
            return Planned(line, "same", before)  # a chart never changes what the shop has
        pairs = {name: [getattr(before, name), getattr(row, name)] for name in VALUES}
        changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        for name, (_old, new) in changed.items():
            setattr(before, name, new)
        return Planned(line, "changed" if changed else "same", before, changed)


def _text(raw: dict, name: str) -> str:
    value = raw.get(name, ("", 1))[0]
    value = value.strip()[:LONGEST_FIELD] if isinstance(value, str) else ""
    # Our own export hides what a spreadsheet would take for a formula.
    return value[1:] if value.startswith("'") and value[1:].startswith(STARTS_A_FORMULA) else value


def _number(name: str, raw: dict) -> Decimal | int:
    text, times = _text(raw, name), raw.get(name, ("", 1))[1]
    if not text and name in NEEDED:
        raise _Wrong(_("%(column)s is empty") % {"column": name})
    step, most = NUMBERS[name]
    try:
        value = (Decimal(text or 0) * times).quantize(Decimal(step))
    except InvalidOperation:
        raise _Wrong(_("%(column)s is not a number: “%(value)s”") % {"column": name, "value": text[:40]}) from None
    if not 0 <= value <= most:
        raise _Wrong(_("%(column)s must be from 0 to %(most)s") % {"column": name, "most": most})
    return int(value) if step == "1" else value


@retried
@transaction.atomic
def store(plan: Plan, by) -> Counter:
    """Do what a plan says, all of it. Raises `Refused` when a row of it is wrong, and then stores nothing."""
    if plan.wrong:
        line, reason = plan.wrong[0]
        raise Refused(_("Line %(line)s: %(reason)s.") % {"line": line, "reason": reason}, code="line")
    for planned in plan.rows:
        if planned.what == "new":
            parameters.add(planned.row, by)
        elif planned.what == "changed":
            parameters.change(planned.row, by)
    return plan.counts


def start(machine: Machine, by) -> Counter:
    """Give a machine the starting values of this program: unconfirmed rows for the materials kept here."""
    return store(read(starting_lines(machine), machine), by)


def starting_lines(machine: Machine) -> list[str]:
    """The chart's rows of the nearest power below the machine's, once for each of our materials of that metal."""
    with STARTING_VALUES.open(newline="", encoding="utf-8") as stored:
        rows = list(csv.DictReader(stored))
    powers = sorted({int(row["power_w"]) for row in rows})
    power = max((one for one in powers if one <= machine.power_w), default=powers[0])
    materials = list(Material.objects.filter(kind=Material.Kind.SHEET).order_by("pk"))
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0]])
    writer.writeheader()
    for row in rows:
        if int(row["power_w"]) != power:
            continue
        for material in materials:
            if material.name.casefold().startswith(row["metal"]):
                writer.writerow({**row, "metal": material.name, "power_w": machine.power_w})
    return out.getvalue().splitlines()


def written(rows: Iterable[CuttingParameter]) -> str:
    """The table as CSV that `read` takes back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        values = {"machine": row.machine.name, "material": row.material.name}
        writer.writerow([_written(values.get(name, getattr(row, name, ""))) for name in COLUMNS])
    return out.getvalue()


def _written(value) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(cell(value))
