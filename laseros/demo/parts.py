"""What the demo's clients order, measured and priced once each by the same engine as everything else."""

import dataclasses
import functools
import tempfile
from decimal import Decimal
from pathlib import Path

from billing.pricing import CutParameters, CutPart, Priced, PrintPart, Rates, SheetMaterial, price_cut, price_print
from laseros.demo.drawings import DESIGNS, Design, dxf_of
from laseros.demo.ground import Business
from laseros.demo.story import Part
from production import cutting
from production.dxf import measure

LASER_PARTS = tuple(Part(design.title, (design.material, design.thickness), design=design.slug) for design in DESIGNS)
PRINT_PARTS = tuple(
    Part(title, item, design, grams=grams, minutes=minutes, quantities=quantities)
    for title, item, design, grams, minutes, quantities in (
        ("Sensorgehäuse", ("PETG", "grau"), "sensorgehaeuse", "62", "185", (1, 2, 4, 8, 12)),
        ("Kabelclip 8 mm", ("PLA", "schwarz"), "kabelclip", "4.2", "14", (20, 40, 60)),
        ("Bohrlehre", ("PLA", "orange"), "bohrlehre", "38", "96", (1, 2, 3)),
        ("Lampenschirm", ("PLA", "weiß"), "lampenschirm", "210", "560", (1, 2)),
        ("Handgriff links", ("ASA", "schwarz"), "handgriff", "71", "210", (2, 4, 6)),
        ("Drohnenarm", ("ASA", "schwarz"), "drohnenarm", "24", "88", (4, 8)),
        ("Zahnrad M1 Z40", ("PETG", "klar"), "zahnrad", "19", "61", (2, 5, 10)),
        ("Modellhaus 1:100", ("PLA", "weiß"), "modellhaus", "145", "420", (1, 2)),
        ("Objektivadapter", ("PETG", "grau"), "objektivadapter", "33", "105", (1, 3, 5)),
        ("Messehalter", ("PLA", "schwarz"), "messehalter", "54", "140", (5, 10)),
    )
)


@functools.cache
def measured(slug: str):
    """What the engine finds in one of the demo's drawings."""
    design = next(design for design in DESIGNS if design.slug == slug)
    return measured_design(design)


def measured_design(design: Design):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / design.file_name
        path.write_bytes(dxf_of(design))
        return measure(path)


def pricer(business: Business):
    """A function (part, quantity) → Priced for this business, each pair priced once; `with_tax` for a price with the
    usual tax in it."""
    rules, machine = business.rules, business.machines[0]
    rates = Rates(
        machine.hourly_rate, rules.labour_hour, rules.setup_minutes, rules.handling_seconds, rules.margin_percent,
        rules.minimum_line, rules.waste_percent, rules.energy_kwh, rules.machine_kw, rules.gas_m3,
        rules.round_to, rules.round_up, currency=business.workspace.currency,
    )  # fmt: skip

    taxed = dataclasses.replace(rates, tax_percent=business.tax_percent)

    @functools.cache
    def price(part: Part, quantity: int, *, with_tax: bool = False) -> Priced:
        said = taxed if with_tax else rates
        item = business.items[part.item]
        if part.grams:
            seconds = Decimal(part.minutes) * 60
            return price_print(PrintPart(Decimal(part.grams), seconds, item.price * 1000), quantity, said)
        return _price_sheet(business, part, item, quantity, said)

    return price


def _price_sheet(business, part, item, quantity, rates) -> Priced:
    found = measured(part.design)
    row = business.machines[0].parameters.get(material=item.material, thickness_mm=item.thickness_mm)
    seconds = cutting.time_of(found.contours, row).seconds
    return price_cut(
        CutPart(found.width_mm, found.height_mm, found.net_area_mm2, found.gross_area_mm2, found.cut_length_mm,
                found.pierces, seconds),
        quantity,
        SheetMaterial(item.name, item.material.density_kg_m3, item.thickness_mm, item.width_mm, item.height_mm,
                      item.price),
        CutParameters(row.feed_mm_min, row.pierce_s, row.gas, row.gas_pressure_bar, row.nozzle_mm, row.kerf_mm,
                      row.machine.acceleration_mm_s2, row.machine.rapid_mm_min, row.version, row.machine.load_seconds),
        rates,
        0,
        list(business.rules.breaks.values_list("pieces", "percent")),
    )  # fmt: skip
