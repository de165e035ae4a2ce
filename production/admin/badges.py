"""What the pages of this room share: colours of states, figures of drawings, records that only verbs change."""

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.back_office import RoomAdmin
from laseros.core.templatetags.laseros import duration, number
from production import drawings
from production.dxf.units import CHOICES
from production.models import DesignFile

COLOURS = {
    "open": "info",
    "basket": "",
    "changes": "danger",
    "replaced": "",
    "withdrawn": "",
    "quoted": "warning",
    "won": "success",
    "lost": "danger",
    "waiting": "warning",
    "measuring": "info",
    "measured": "success",
    "refused": "danger",
    "kept": "",
    "approved": "info",
    "in_progress": "info",
    "made": "success",
    "completed": "success",
    "on_hold": "warning",
    "cancelled": "danger",
    "queued": "warning",
    "nested": "info",
    "draft": "",
    "searching": "info",
    "ready": "success",
    "done": "success",
    "failed": "danger",
    "running": "info",
    "paused": "warning",
    "finished": "success",
    "aborted": "danger",
}
PRIORITIES = {1: "", 2: "", 3: "warning", 4: "danger"}


class Untouched(RoomAdmin):
    """Made and changed by verbs only: the page shows, its buttons do."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def badge(record) -> tuple[str, str]:
    """For `@display(label=COLOURS)`: the state and its word."""
    return record.state, record.get_state_display()


def size(measurement) -> str:
    return f"{number(measurement.width_mm, 1)} × {number(measurement.height_mm, 1)} mm"


def measured(row: DesignFile):
    return getattr(row, "measurement", None) if row.state == "measured" else None


def figures(row: DesignFile, item=None) -> list[tuple[str, str]]:
    """(what, how much) of a measured drawing, in the order people ask for it."""
    found = measured(row)
    if found is None:
        return []
    unit = found.units if found.units_sure else _("%(unit)s (assumed)") % {"unit": found.units}
    rows = [
        (_("Size"), size(found)),
        (_("Unit of the drawing"), unit),
        (_("Cut length"), f"{number(found.cut_length_mm, 0)} mm"),
        (_("Pierces"), number(found.pierces)),
        (_("Contours"), _("%(closed)s closed, %(open)s open") % {
            "closed": found.closed_contours, "open": found.open_chains,
        }),
        (_("Area"), f"{number(found.net_area_mm2 / 100, 1)} cm²"),
    ]  # fmt: skip
    if found.engrave_length_mm:
        rows.append((_("Engraved"), f"{number(found.engrave_length_mm, 0)} mm"))
    if found.bend_length_mm:
        rows.append((_("Bend lines"), f"{number(found.bend_length_mm, 0)} mm"))
    mass = drawings.mass_kg(found, item)
    if mass is not None:
        rows.append((_("Mass in %(item)s") % {"item": item.name}, f"{number(mass, 3)} kg"))
    return rows


def sliced(row: DesignFile):
    return getattr(row, "slicing", None)


def sliced_figures(row: DesignFile) -> list[tuple[str, str]]:
    """(what, how much) of a sliced file; what it does not say is left out."""
    found = sliced(row)
    if found is None or found.reason:
        return []
    facts = found.facts
    rows = [
        (_("Print time"), duration(found.seconds) if found.seconds else ""),
        (_("Filament"), f"{number(found.grams, 2)} g" if found.grams else ""),
        (_("Length of filament"), f"{number(found.metres, 2)} m" if found.metres else ""),
        (_("Material"), ", ".join(facts.get("filament_type") or ())),
        (pgettext("print", "Layers"), number(facts["layers"]) if facts.get("layers") else ""),
        (_("Layer height"), f"{number(facts['layer_height'], 2)} mm" if facts.get("layer_height") else ""),
        (_("Nozzle"), f"{number(facts['nozzle'], 1)} mm" if facts.get("nozzle") else ""),
        (_("Printer"), facts.get("printer_model") or ""),
        (_("Plates"), number(len(facts["plates"])) if facts.get("plates") else ""),
        (_("Slicer"), found.slicer),
    ]
    return [(what, said) for what, said in rows if said]


def unit_choices(row: DesignFile) -> list[tuple[str, str, str]]:
    """(unit, its name, the size it makes) to choose from; nothing for a drawing whose unit is certain."""
    found = measured(row)
    if found is None or found.units_sure:
        return []
    sides = found.width_mm / found.mm_per_unit, found.height_mm / found.mm_per_unit
    return [
        (unit, str(name), " × ".join(number(side * CHOICES[unit], 1) for side in sides) + " mm")
        for unit, name in DesignFile._meta.get_field("unit").choices
    ]


def thumbnail(address: str, name: str):
    return format_html(
        '<img class="lo-thumb" src="{}" alt="{}" width="56" height="56" loading="lazy">',
        address, _("Drawing: %(name)s") % {"name": name},
    )  # fmt: skip


def table(template: str, **context) -> str:
    return render_to_string(f"admin/production/{template}", context)
