"""Verbs about drawings: receiving one, having it measured, choosing its unit; and what follows from the figures."""

import gzip
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, work
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import file_kinds, layer_rules, slicing, words
from production.models import DesignFile, Enquiry, EnquiryLine, Measurement
from production.models.design_file import stored_name
from production.states import DESIGN_FILE, TAKES_PARTS

log = logging.getLogger(__name__)

MEASURED_KINDS = ("dxf", "svg")
PART_KINDS = ("dxf", "svg", "stl", "3mf", "gcode")
MOST_PIECES = 1_000_000
HUGE_BYTES = 1_500_000  # of compressed curves

# What one measurement may take before it is ended. Less than the queue's own limit, so that the reason is kept.
SECONDS, CPU_SECONDS, MEMORY_MB = 60, 50, 1500


def receive(
    workspace,
    upload,
    *,
    enquiry: Enquiry | None = None,
    item: Item | None = None,
    quantity=1,
    by,
    check: Callable[[], None] | None = None,
) -> DesignFile:
    """Take a file somebody gave us: kept as it came, one part of the enquiry, measured in the background.

    The same file given twice to one enquiry is one drawing, and says so by `is_there_already`. `upload` is an uploaded
    file with `name`, `size` and `chunks()`; `check` is called in the transaction that writes a new one down.
    Raises `Refused` with code "empty", "too-large", "kind", "closed", "item" or "quantity".
    """
    name = file_kinds.clean_name(upload.name)
    check_upload(workspace, upload, name, enquiry)
    _check_wish(workspace, item, quantity)
    head, digest = _read(upload)
    row = DesignFile(
        workspace=workspace,
        enquiry=enquiry,
        name=name,
        kind=file_kinds.kind_of(name, head),
        size=upload.size,
        sha256=digest,
        uploaded_by=by if getattr(by, "pk", None) else None,
    )
    row.content.name = keep(row, upload)  # before the transaction: files are slow
    return _receive(row, item, int(quantity), by, check)


def same_as(row: DesignFile) -> str:
    """For whoever gave the same file once more, perhaps under another name, and looks for a second part."""
    return _("the same file as %(name)s, which is on the list already") % {"name": row.name}


def check_upload(workspace, upload, name: str, enquiry: Enquiry | None) -> None:
    """Raises `Refused` with code "empty", "too-large" or "closed"."""
    if not upload.size:
        raise Refused(_("%(name)s is empty. The export or the upload may have failed.") % {"name": name}, code="empty")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise Refused(
            _("%(name)s is too large: at most %(most)s MB.") % {"name": name, "most": most_mb()}, code="too-large"
        )
    if enquiry is not None and (enquiry.workspace_id != workspace.pk or enquiry.state not in TAKES_PARTS):
        raise Refused(_("This enquiry is closed. Open it again first."), code="closed")


def _check_wish(workspace, item: Item | None, quantity) -> None:
    if item is not None and item.workspace_id != workspace.pk:
        raise Refused(_("There is no such material."), code="item")
    if not (isinstance(quantity, int) and 1 <= quantity <= MOST_PIECES):
        raise Refused(_("The quantity must be a whole number from 1."), code="quantity")


def most_mb() -> int:
    """The largest file that is taken, in MB."""
    return settings.UPLOAD_MAX_BYTES // (1024 * 1024)


def _read(upload) -> tuple[bytes, str]:
    head, digest = b"", hashlib.sha256()
    for chunk in upload.chunks():
        if len(head) < file_kinds.HEAD:
            head += chunk[: file_kinds.HEAD - len(head)]
        digest.update(chunk)
    return head, digest.hexdigest()


def keep(row: DesignFile, upload) -> str:
    """Store the file under its hash, once per workspace. One cut short by a crash has another size: stored anew."""
    name = stored_name(row, row.name)
    if default_storage.exists(name) and default_storage.size(name) == upload.size:
        return name
    upload.seek(0)
    return default_storage.save(name, upload)


@retried
@transaction.atomic
def _receive(row: DesignFile, item: Item | None, quantity: int, by, check: Callable[[], None] | None) -> DesignFile:
    if row.enquiry_id is not None:
        # Two uploads of one file at once: the second waits here and then finds the first.
        Enquiry._base_manager.filter(pk=row.enquiry_id).update(title=F("title"))
        known = DesignFile.objects.filter(enquiry_id=row.enquiry_id, sha256=row.sha256).first()
        if known is not None:
            if not EnquiryLine.objects.filter(Q(design_file=known) | Q(design_file__mended_from=known)).exists():
                _ask_for(known, item, quantity)  # it was taken off the list, and is sent once more
            else:
                known.is_there_already = True
            return known
    if check is not None:
        check()
    measured = row.kind in MEASURED_KINDS
    row = DesignFile.objects.create(
        workspace_id=row.workspace_id,
        enquiry_id=row.enquiry_id,
        name=row.name,
        kind=row.kind,
        content=row.content.name,
        size=row.size,
        sha256=row.sha256,
        state="waiting" if measured else "kept",
        uploaded_by=row.uploaded_by,
    )
    if row.enquiry_id is not None:
        _ask_for(row, item, quantity)
        activity.record("uploaded", row.enquiry, by, details={"what": row.name})
    activity.record("uploaded", row, by)
    if measured:
        work.queue(measure_file, row.workspace, row.pk, subject=row.name, by=by)
    elif row.kind in slicing.SLICED_KINDS:
        work.queue(slicing.read_sliced, row.workspace, row.pk, subject=row.name, by=by)
    return row


def _ask_for(row: DesignFile, item: Item | None, quantity: int) -> None:
    """One part of the enquiry for each file that says how a part is made; what only explains is kept beside them."""
    if row.kind not in PART_KINDS:
        return
    last = EnquiryLine.objects.filter(enquiry_id=row.enquiry_id).aggregate(last=Max("position"))["last"] or 0
    EnquiryLine.objects.create(
        workspace_id=row.workspace_id,
        enquiry_id=row.enquiry_id,
        position=last + 1,
        design_file=row,
        description=PurePosixPath(row.name).stem[:200],
        item=item,
        quantity=quantity,
    )


# --- measuring --------------------------------------------------------------------------------------------------------


@work.task(gettext_noop("measure a drawing"))
def measure_file(pk: int) -> None:
    """Measure a drawing in a process of its own, with limits. Harmless to run twice."""
    from laseros.core.sandbox import SandboxError

    row = DesignFile.objects.filter(pk=pk, kind__in=MEASURED_KINDS).first()
    if row is None or row.state == "measured" or not DESIGN_FILE.try_move(row, "measure"):
        return
    try:
        found = _measure_apart(row)
    except SandboxError as refusal:
        if refusal.details:  # for whoever looks after the engine, not for the client
            log.warning("measuring drawing %s: %s", pk, refusal.details)
        _refuse(row, words.said(refusal.reason))
    else:
        store_measurement(row, found)


def _measure_apart(row: DesignFile) -> dict:
    """The figures of a stranger's file, found by a child process. Raises `SandboxError` with the reason in words."""
    from laseros.core import sandbox

    with tempfile.NamedTemporaryFile(suffix=".dxf") as copy:  # the storage may be far away
        with row.content.open("rb") as stored:
            shutil.copyfileobj(stored, copy)
        copy.flush()
        return sandbox.run(
            "production.dxf.child:measure_file", copy.name, row.unit or None, None, layer_rules.of(row),
            seconds=SECONDS, cpu_seconds=CPU_SECONDS, memory_mb=MEMORY_MB,
        )  # fmt: skip


@retried
@transaction.atomic
def _refuse(row: DesignFile, reason: str) -> None:
    if not _still_wanted(row) or not DESIGN_FILE.try_move(row, "refuse", reason=reason[:500]):
        return
    Measurement.objects.filter(design_file=row).delete()
    activity.record("could not read", row, details={"why": reason})


def store_measurement(row: DesignFile, found: dict) -> Measurement:
    """Write what the engine found, in place of what it found before. The picture is dark on white, like paper."""
    from production.dxf import drawing

    curves = {"contours": found["contours"], "marks": found["marks"]}
    contours = gzip.compress(json.dumps(curves, separators=(",", ":")).encode(), 6, mtime=0)
    name = f"contours/{row.workspace_id}/{row.sha256[:2]}/{row.sha256}.json.gz"
    return _store_measurement(
        row, found, drawing.svg(found, title=row.name, theme="light"), default_storage.save(name, ContentFile(contours))
    )


@retried
@transaction.atomic
def _store_measurement(row: DesignFile, found: dict, preview: str, contours: str) -> Measurement | None:
    before = Measurement.objects.filter(design_file=row).first()
    unwanted = contours
    if _still_wanted(row) and (DESIGN_FILE.try_move(row, "understand", reason="") or row.state == "measured"):
        unwanted = before.contours.name if before else ""
        names = {field.name for field in Measurement._meta.concrete_fields} & set(found)
        before = Measurement.objects.update_or_create(
            design_file=row,
            defaults={
                **{name: found[name] for name in names},
                "workspace_id": row.workspace_id,
                "findings": {name: found[name] for name in FINDINGS if name in found},
                "preview": preview,
                "contours": contours,
            },
        )[0]
        activity.record("measured", row)
    if unwanted:
        transaction.on_commit(lambda: default_storage.delete(unwanted))
    return before


FINDINGS = ("defects", "defect_counts", "warnings", "parts", "layers", "bends", "x_min_mm", "y_min_mm")


def _still_wanted(row: DesignFile) -> bool:
    """False when somebody chose another unit or role meanwhile: the measurement queued after that is what counts."""
    rows = DesignFile._base_manager.filter(pk=row.pk, unit=row.unit)
    return rows.update(unit=row.unit) > 0 and rows.values_list("roles", flat=True).get() == row.roles


@retried
@transaction.atomic
def measure_again(row: DesignFile, by, *, unit: str = "", roles: list[dict] | None = None) -> None:
    """Have a drawing measured again, in the unit a person chose; "" lets the engine find out.

    `roles` are what a person said about its layers; None leaves what was said before.
    """
    if row.kind not in MEASURED_KINDS:
        raise Refused(_("Files of this kind are not measured."), code="kind")
    if unit not in ("", *dict(DesignFile._meta.get_field("unit").choices)):
        raise Refused(_("There is no such unit."), code="unit")
    old, old_roles = DesignFile._base_manager.values_list("unit", "roles").get(pk=row.pk)
    roles = old_roles if roles is None else roles
    DesignFile._base_manager.filter(pk=row.pk).update(unit=unit, roles=roles)
    row.unit, row.roles = unit, roles
    DESIGN_FILE.try_move(row, "wait")  # or it waits already, and the one at work finds itself unwanted
    before, after = {"unit": old, "layers": _told(old_roles)}, {"unit": unit, "layers": _told(roles)}
    activity.record("changed", row, by, details=activity.changes(before, after) or {"unit": [old, unit]})
    work.queue(measure_file, row.workspace, row.pk, subject=row.name, by=by)


def _told(roles: list[dict]) -> str:
    return ", ".join(f"{rule['layer']}: {words.said(rule['role'])}" for rule in roles)


# --- what follows from the figures ------------------------------------------------------------------------------------


def contours_of(measurement: Measurement) -> list[dict]:
    """The cut contours, as `production.dxf.cut_time.cut_time` takes them; empty when none were kept."""
    return curves_of(measurement)["contours"]


def is_huge(measurement: Measurement) -> bool:
    """Whether its curves are more than a page may read while somebody waits: a second, and a few hundred MB."""
    return bool(measurement.contours) and measurement.contours.size > HUGE_BYTES


def curves_of(measurement: Measurement) -> dict:
    """The measured curves as `Measured.as_dict()` has them: `contours` and `marks`."""
    if not measurement.contours:
        return {"contours": [], "marks": []}
    with measurement.contours.open("rb") as stored:
        return json.loads(gzip.decompress(stored.read()))


def mass_kg(measurement: Measurement, item: Item | None) -> Decimal | None:
    """The mass of one piece cut from `item`, to the gram; None where thickness or density is not known."""
    if item is None or item.material is None or not item.thickness_mm:
        return None
    volume_mm3 = Decimal(str(measurement.net_area_mm2)) * item.thickness_mm
    return (volume_mm3 * item.material.density_kg_m3 / 10**9).quantize(Decimal("0.001"), ROUND_HALF_UP)


def doubts(measurement: Measurement, without: tuple[str, ...] = ()) -> list[str]:
    """What somebody should look at before a price is made: a size nobody is sure of, and what the engine warns of,
    but for the codes in `without`.
    """
    warnings = measurement.findings.get("warnings", ())
    found = [str(warning.get("text", "")) for warning in warnings if warning.get("code") not in without]
    if not measurement.units_sure and not any(found):
        found.append(_("The unit of this drawing is not certain. Please check the size."))
    return [text for text in found if text]
