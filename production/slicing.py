"""Verbs about sliced files: what the slicer wrote becomes the time and the filament of the part asked for."""

import base64
import shutil
import tempfile
from decimal import ROUND_UP, Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts import activity, work
from laseros.core import sandbox
from laseros.core.retry import retried
from machines import words
from production.models import DesignFile, EnquiryLine, Slicing

SLICED_KINDS = ("gcode", "3mf")
CENT = Decimal("0.01")


@work.task(gettext_noop("read a sliced file"))
def read_sliced(pk: int) -> None:
    """Read what the slicer wrote, in a process of its own. Harmless to run twice."""
    row = DesignFile.objects.filter(pk=pk, kind__in=SLICED_KINDS).first()
    if row is None:
        return
    try:
        found = _read_apart(row)
    except sandbox.SandboxError as refusal:
        _store(row, {"reason": words.said(refusal.reason)[:500]}, "could not read")
        return
    keep(row, found)


def keep(row: DesignFile, found: dict) -> None:
    """Store what `machines.gcode.child.read_file` found in it, and its picture."""
    picture = found.pop("picture", None)
    name = f"sliced/{row.workspace_id}/{row.sha256[:2]}/{row.sha256}.png"
    if picture and not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(base64.b64decode(picture)))
    said = {name: found[name] for name in ("seconds", "grams", "metres")}
    slicer = " ".join(filter(None, (found["slicer"], found["version"])))[:80]
    _store(row, {**said, "slicer": slicer, "facts": found, "picture": name if picture else ""}, "measured")


def _read_apart(row: DesignFile) -> dict:
    with tempfile.NamedTemporaryFile(suffix=".gcode") as copy:  # the storage may be far away
        with row.content.open("rb") as stored:
            shutil.copyfileobj(stored, copy)
        copy.flush()
        return sandbox.run("machines.gcode.child:read_file", copy.name)


@retried
@transaction.atomic
def _store(row: DesignFile, said: dict, verb: str) -> None:
    blank = {"slicer": "", "seconds": None, "grams": None, "metres": None, "facts": {}, "picture": "", "reason": ""}
    Slicing.objects.update_or_create(design_file=row, defaults={**blank, **said, "workspace_id": row.workspace_id})
    if said.get("grams"):
        _fill_in(EnquiryLine.objects.filter(design_file=row, grams_each=None), "grams_each", said["grams"])
    if said.get("seconds"):
        minutes = said["seconds"] / 60
        _fill_in(EnquiryLine.objects.filter(design_file=row, minutes_each=None), "minutes_each", minutes)
    activity.record(verb, row, details={"why": said["reason"]} if said.get("reason") else None)


def _fill_in(lines, field: str, value: float) -> None:
    """Only where nobody said anything: what a person typed stays. Rounded up, as it is sold."""
    lines.update(**{field: Decimal(str(value)).quantize(CENT, ROUND_UP)})
