"""Verbs about what is wrong with a drawing: mending it, splitting it into parts, going back to what the client sent.

A mended version is a drawing of its own, made from the one that came, which is never altered. The parts of an enquiry
point at the version in use.
"""

import shutil
import tempfile
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Max, ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, work
from accounts.models import BackgroundTask, User
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import drawings, layer_rules, words
from production.dxf.limits import LARGEST_GAP_MM, SAFE_GAP_MM
from production.models import DesignFile, Enquiry, EnquiryLine, LayerRole

MENDED_KINDS = drawings.MEASURED_KINDS
OPEN_TASK = ("waiting", "running")
SECONDS, CPU_SECONDS, MEMORY_MB = 60, 50, 1500

ASKED = {
    "safe": lambda **_values: {"gaps_mm": SAFE_GAP_MM, "tiny": True},
    "gaps": lambda gap_mm, **_values: {"gaps_mm": gap_mm},
    "duplicates": lambda **_values: {},
    "tiny": lambda **_values: {"tiny": True},
    "paperwork": lambda **_values: {"paperwork": True},
    "explode": lambda **_values: {"explode": True},
    "scale": lambda factor, **_values: {"scale": factor},
    "split": lambda **_values: {"split": True},
}


@retried
@transaction.atomic
def mend(row: DesignFile, by, what: str, *, gap_mm: float = SAFE_GAP_MM, factor: float = 1.0) -> None:
    """Have a mended version of a drawing made, and used where the drawing is. `what` is one of `ASKED`.

    Asking again while it is being made, or for what was made before, makes nothing twice.
    """
    _check(row)
    if what not in ASKED:
        raise Refused(_("There is no such mend."), code="what")
    if not 0 < gap_mm <= LARGEST_GAP_MM:
        raise Refused(_("Gaps can be joined up to %(most)s mm.") % {"most": f"{LARGEST_GAP_MM:g}"}, code="gap")
    if not 1e-4 <= factor <= 1e4 or (what == "scale" and factor == 1):
        raise Refused(_("That is no factor to scale by."), code="factor")
    asked = ASKED[what](gap_mm=gap_mm, factor=factor)
    DesignFile._base_manager.filter(pk=row.pk).update(reason=F("reason"))  # two clicks at once: one after the other
    if not any(task.arguments[1] == asked for task in tasks_of(row).filter(state__in=OPEN_TASK)):
        work.queue(mend_file, row.workspace, row.pk, asked, getattr(by, "pk", None), subject=row.name, by=by)


def tasks_of(row: DesignFile):
    """The background work that mends a drawing, newest first."""
    return BackgroundTask.objects.filter(name=mend_file.task_name, arguments__0=row.pk).order_by("-id")


def _check(row: DesignFile) -> None:
    if row.kind not in MENDED_KINDS or row.state != "measured":
        raise Refused(_("Only drawings that were measured can be mended."), code="not-measured")
    _check_open(row)


@work.task(gettext_noop("mend a drawing"))
def mend_file(pk: int, asked: dict, by: int | None) -> None:
    """Mend a drawing in a process of its own. Run twice, it finds the version it made before."""
    from laseros.core.sandbox import SandboxError

    row = DesignFile.objects.select_related("enquiry", "workspace").filter(pk=pk, state="measured").first()
    if row is None:
        return
    try:
        found = _mend_apart(row, asked)["files"]
    except SandboxError as refusal:
        raise Refused(words.said(refusal.reason), code=refusal.code) from None
    versions = [_version(row, file, number) for number, file in enumerate(found, 1)]
    _keep_versions(row, versions, [file["count"] for file in found], User.objects.filter(pk=by).first())


def _mend_apart(row: DesignFile, asked: dict) -> dict:
    from laseros.core import sandbox

    with tempfile.NamedTemporaryFile(suffix=f".{row.kind}") as copy:
        with row.content.open("rb") as stored:
            shutil.copyfileobj(stored, copy)
        copy.flush()
        return sandbox.run(
            "production.dxf.mended:mend_file", copy.name, row.unit or None, layer_rules.of(row), asked,
            seconds=SECONDS, cpu_seconds=CPU_SECONDS, memory_mb=MEMORY_MB,
        )  # fmt: skip


def _version(row: DesignFile, file: dict, number: int) -> DesignFile:
    """A new drawing, its content stored, not yet saved."""
    import hashlib

    data = file["dxf"].encode("latin-1")
    stem = PurePosixPath(root_of(row).name).stem[:100]
    part = file["changes"][0]["mend"] == "part"
    ending = _("part %(number)s") % {"number": number} if part else _("mended")
    version = DesignFile(
        workspace=row.workspace,
        enquiry=row.enquiry,
        name=f"{stem} ({ending}).dxf",
        kind="dxf",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        roles=file["roles"],
        mended_from=row,
        mends=file["changes"],
    )
    version.content.name = drawings.keep(version, ContentFile(data, name="mended.dxf"))
    return version


@retried
@transaction.atomic
def _keep_versions(row: DesignFile, versions: list[DesignFile], counts: list[int], by) -> None:
    _check_open(row)
    family = [version.pk for version in family_of(row)]
    kept = [_kept(row, version, by) for version in versions]
    lines = EnquiryLine.objects.filter(design_file__in=family).select_related("design_file", "enquiry")
    lines = lines.order_by("position", "id")
    if is_part(kept[0]):
        _spread(lines, kept, counts, by)
    else:
        _point(lines, kept[0], by)


def _kept(row: DesignFile, version: DesignFile, by) -> DesignFile:
    known = row.mended.filter(sha256=version.sha256).first()
    if known is not None:
        return known
    version.uploaded_by = by
    version.save(force_insert=True)
    activity.record("mended", version, by, details={"from": row.name})
    work.queue(drawings.measure_file, version.workspace, version.pk, subject=version.name, by=by)
    return version


# --- which version is in use ------------------------------------------------------------------------------------------


def is_part(row: DesignFile) -> bool:
    """Whether this is one part of a drawing that was split."""
    return any(change["mend"] == "part" for change in row.mends)


def root_of(row: DesignFile) -> DesignFile:
    """What a version goes back to: the file as it came, or the part it was made from."""
    while row.mended_from_id is not None and not is_part(row):
        row = row.mended_from
    return row


def family_of(row: DesignFile, *, parts: bool = False) -> list[DesignFile]:
    """The root of a version and what was made from it, in the order it was made; with `parts` those and theirs too."""
    found = [root_of(row)]
    newest = [found[0].pk]
    while newest:
        made = [
            version
            for version in DesignFile.objects.filter(mended_from__in=newest).order_by("id")
            if parts or not is_part(version)
        ]
        found, newest = found + made, [version.pk for version in made]
    return found


@retried
@transaction.atomic
def use(version: DesignFile, by) -> None:
    """Point the lines of the enquiry at this version, whichever of its family they point at now.

    Where the drawing had been split its parts become one line again, asked for as often as before.
    """
    _check_open(version)
    root = root_of(version)
    family = [row.pk for row in family_of(version, parts=True)]
    lines = EnquiryLine.objects.filter(design_file__in=family).select_related("design_file", "enquiry").order_by("id")
    if not is_part(root):
        _gather([line for line in lines if is_part(root_of(line.design_file))])
    elif not lines.exists():
        raise Refused(_("The drawing is used as a whole. Split it to use its parts."), code="part")
    _point(lines.all(), version, by)


def _check_open(row: DesignFile) -> None:
    """Raises `Refused` for a closed enquiry; whoever changes its lines at the same time waits."""
    if row.enquiry_id is None:
        return
    Enquiry._base_manager.filter(pk=row.enquiry_id).update(title=F("title"))
    if Enquiry._base_manager.values_list("state", flat=True).get(pk=row.enquiry_id) not in ("open", "quoted"):
        raise Refused(_("This enquiry is closed. Open it again first."), code="closed")


def _point(lines, version: DesignFile, by) -> None:
    for line in lines.exclude(design_file=version):
        before, line.design_file = line.design_file.name, version
        line.save(update_fields=["design_file"])
        activity.record("changed", line.enquiry, by, details={"drawing": [before, version.name]})


def _spread(lines, parts: list[DesignFile], counts: list[int], by) -> None:
    """One line for each part, the first in the place of the drawing's own."""
    for line in lines:
        pieces = line.quantity
        last = EnquiryLine.objects.filter(enquiry_id=line.enquiry_id).aggregate(last=Max("position"))["last"] or 0
        for number, (part, count) in enumerate(zip(parts, counts, strict=True)):
            wanted = line if number == 0 else EnquiryLine(workspace_id=line.workspace_id, enquiry_id=line.enquiry_id)
            wanted.design_file, wanted.quantity, wanted.item_id = part, pieces * count, line.item_id
            if number:
                wanted.position = min(last + number, 32767)
                wanted.description = PurePosixPath(part.name).stem[:200]
            wanted.save()
        activity.record("split", line.enquiry, by, details={"what": ", ".join(part.name for part in parts)[:200]})


def _gather(lines: list[EnquiryLine]) -> None:
    """Back from parts to one line: the first one stays, the others go."""
    first: dict[tuple, EnquiryLine] = {}
    for line in lines:
        part = root_of(line.design_file)
        count = next(change["count"] for change in part.mends if change["mend"] == "part")
        kept = first.setdefault((part.mended_from_id, line.enquiry_id), line)
        if kept is line:
            line.quantity = max(1, round(line.quantity / count))
            line.save(update_fields=["quantity"])
            continue
        try:
            line.delete()
        except ProtectedError:
            raise Refused(
                _("“%(part)s” is on a quote already. Take it off the quote first.") % {"part": line.description},
                code="quoted",
            ) from None


# --- layers -----------------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def choose_role(row: DesignFile, by, layer: str, role: str, *, also: str = "") -> None:
    """Say what a layer of a drawing is for, and have it measured so.

    `also` "client" or "workspace" makes it a rule for every drawing of this client, or of everybody, from now on.
    """
    if role not in LayerRole.values:
        raise Refused(_("There is no such role of a layer."), code="role")
    layer = layer.strip()
    known = [found["name"] for found in layers_of(row)]
    if not layer or len(layer) > 255 or (known and layer not in known):
        raise Refused(_("The drawing has no such layer."), code="layer")
    if also == "client" and row.enquiry_id is None:
        raise Refused(_("This drawing belongs to no client."), code="client")
    if also in ("client", "workspace"):
        client = row.enquiry.client if also == "client" else None
        layer_rules.learn(row.workspace, layer, role, by, client=client)
    others = [told for told in row.roles if told["layer"] != layer]
    drawings.measure_again(row, by, unit=row.unit, roles=[*others, {"layer": layer, "role": role}])


def layers_of(row: DesignFile) -> list[dict]:
    """The layers as they were found; none while nothing has been measured."""
    measurement = getattr(row, "measurement", None)
    return measurement.findings.get("layers", []) if measurement else []
