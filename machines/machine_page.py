"""What the page of one machine shows beside its card: numbers, trays, troubles, the chart, what it worked on."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laseros.core.drivers import Step
from machines import board, camera_admin, doctor, maintenance_words, meter_admin
from machines.models import Machine, MachineStatus, Sample
from machines.words import said

CHART_HOURS = 24
WIDTH, HEIGHT = 720, 160
LINES = {
    "nozzle_c": (_("Nozzle"), "nozzle"),
    "bed_c": (_("Bed"), "bed"),
    "chamber_c": (_("Chamber"), "chamber"),
    "power_w": (_("Power"), "power"),
}
LATEST_JOBS = 8
GAP = timedelta(minutes=12)  # nothing was heard in between: no line is drawn over it


STEP_LABELS = {
    "settings": _("Settings"),
    "address": _("Address"),
    "reachable": _("Answers"),
    "certificate": _("Certificate"),
    "credentials": _("Access code or key"),
    "clock": _("Clock"),
    "speaks": _("Says how it is"),
    "mode": _("Takes commands"),
    "rights": _("Rights"),
}


def of(machine: Machine) -> dict:
    card = board.of(machine)
    status = card.status
    return {
        "trays": [] if card.is_stale else [_tray(each) for each in status.trays or []],
        "troubles": [
            {**each, "words": said(each["words"]), "mend": said(each["mend"])} for each in status.troubles or []
        ],
        "layers": _layers(status),
        "chart": chart(machine),
        "machine_jobs": list(machine.jobs.all()[:LATEST_JOBS]),
        "raw_state": status.raw_state,
        "picture": board.picture_of(machine) if card.has_work else "",
        "meter": meter_admin.shown(machine),
        "camera": camera_admin.shown(machine),
        "plans": maintenance_words.plans_of(machine),
    }


def _tray(tray: dict) -> dict:
    left = tray.get("left")
    return {**tray, "percent": None if left is None else round(left * 100)}


def _layers(status: MachineStatus) -> str:
    values = status.values or {}
    layer, layers = values.get("layer"), values.get("layers")
    return f"{layer:.0f} / {layers:.0f}" if layer and layers else ""


def chart(machine: Machine, now=None) -> dict | None:
    """Lines of the last day as SVG paths; None where there is nothing to draw."""
    now = now or timezone.now()
    start = now - timedelta(hours=CHART_HOURS)
    rows = list(Sample.objects.filter(machine=machine, at__gte=start).order_by("at").values_list("at", "values"))
    shown = [name for name in LINES if any(name in values for _at, values in rows)]
    if len(rows) < 2 or not shown:
        return None
    top = max(max(values.get(name, 0) for name in shown) for _at, values in rows)
    top = max(50, -(-top // 50) * 50)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "top": top,
        "start": start,
        "lines": [
            {"label": LINES[name][0], "css": LINES[name][1], "path": _path(rows, name, start, top)} for name in shown
        ],
    }


def _path(rows, name: str, start, top: float) -> str:
    parts, last = [], None
    for at, values in rows:
        if name not in values:
            continue
        x = (at - start).total_seconds() / (CHART_HOURS * 3600) * WIDTH
        y = HEIGHT - min(max(values[name], 0), top) / top * HEIGHT
        parts.append(f"{'M' if last is None or at - last > GAP else 'L'}{x:.1f} {y:.1f}")
        last = at
    return " ".join(parts)


def step(found: Step) -> dict:
    """One step of the doctor in the reader's language."""
    return {
        "label": STEP_LABELS[found.name],
        "ok": found.ok,
        "words": said(found.words),
        "mend": said(found.mend),
        "harmless": found.name in doctor.HARMLESS,
        "is_certificate": found.name == "certificate",
    }
