"""The reports a laser leaves in its folder: looked at, understood by a person, and only then counted.

The verbs behind the page of a machine's reports. What the watcher reads from then on, it reads the same way.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core import sandbox
from laseros.core.drivers import Unreachable
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines.drivers import cypcut
from machines.link import options_for
from machines.models import Machine
from machines.reports import columns
from machines.reports.table import LARGEST
from machines.words import said

SHOWN_ROWS = 8
SHOWN_FILES = 20
UNSAFE = re.compile(r"[^\w .()+-]")


@dataclass(frozen=True)
class Report:
    name: str
    size: int
    changed: datetime


def has_reports(machine: Machine) -> bool:
    return machine.driver == "cypcut" and machine.archived_at is None


def folder(machine: Machine) -> Path:
    """Made where it is not there. Raises `Refused`."""
    try:
        return cypcut.folder_of(options_for(machine), make=True)
    except Unreachable as error:
        raise Refused(said(str(error)), code="folder") from None


def reports(machine: Machine) -> list[Report]:
    """What lies in its folder, the newest first."""
    try:
        files = cypcut.files_in(folder(machine))
    except Unreachable as error:
        raise Refused(said(str(error)), code="folder") from None
    return [
        Report(file.path.name, file.size, datetime.fromtimestamp(file.changed, timezone.get_current_timezone()))
        for file in reversed(files[-SHOWN_FILES:])
    ]


def look(machine: Machine, name: str, mapping: dict | None = None, ways: dict | None = None) -> dict:
    """One report as it would be read. Raises `Refused` with why it cannot be."""
    path = folder(machine) / name
    if name not in {report.name for report in reports(machine)}:
        raise Refused(_("This report is not there any more."), code="gone")
    options = {**(machine.options or {}), **(ways or {})}
    try:
        return cypcut.read(path, mapping, options, settled=True, most=SHOWN_ROWS)
    except sandbox.SandboxError as refusal:
        raise Refused(said(refusal.reason), code="report") from None


@retried
@transaction.atomic
def switch_on(machine: Machine, mapping: dict, ways: dict, since: datetime, by) -> None:
    """From `since` on its rows count, read like this. Refused ("columns") where they could not be."""
    mapping = {name: heading[:300] for name, heading in mapping.items() if name in columns.FIELDS and heading}
    needed = {"name", "file"} & set(mapping), {"started", "ended"} & set(mapping)
    if not all(needed) or (not {"started", "ended"} <= set(mapping) and "seconds" not in mapping):
        raise Refused(_("What was cut, and from when till when: these columns are needed."), code="columns")
    fresh = Machine._base_manager.select_for_update().get(pk=machine.pk)
    known = {setting.name for setting in cypcut.CypCut.settings} - {"folder"}
    fresh.options = {
        **(fresh.options or {}),
        **{name: value for name, value in ways.items() if name in known},
        "columns": mapping,
        "since": since.isoformat(),
        "switched_on": True,
    }
    fresh.save(update_fields=["options"])
    machine.options = fresh.options
    activity.record("changed", machine, by, details={"what": _("its reports count from now on")})


@retried
@transaction.atomic
def switch_off(machine: Machine, by) -> None:
    """What was counted stays; nothing more is."""
    fresh = Machine._base_manager.select_for_update().get(pk=machine.pk)
    if not (fresh.options or {}).get("switched_on"):
        return
    fresh.options = {**fresh.options, "switched_on": False}
    fresh.save(update_fields=["options"])
    machine.options = fresh.options
    activity.record("changed", machine, by, details={"what": _("its reports do not count any more")})


def put(machine: Machine, upload, by) -> str:
    """A report brought by hand, for a laser whose computer is in no network. Whole or not at all."""
    name = UNSAFE.sub("_", Path(upload.name.replace("\\", "/")).name).lstrip(". ~")[-100:]
    if Path(name).suffix.lower() not in cypcut.SUFFIXES:
        raise Refused(_("A report is a CSV, text, Excel or JSON file."), code="kind")
    if upload.size > LARGEST:
        raise Refused(_("The report is larger than can be read."), code="too-big")
    there = folder(machine)
    half = there / f".{name}.part"
    try:
        half.unlink(missing_ok=True)
        with open(half, "xb") as file:  # a link that was put there is not written through
            for piece in upload.chunks():
                file.write(piece)
        os.replace(half, there / name)
    except OSError as error:
        raise Refused(_("The folder cannot be written to."), code="folder") from error
    activity.record("changed", machine, by, details={"what": _("report brought: %(name)s") % {"name": name}})
    return name
