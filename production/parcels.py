"""Verbs about ZIP files: taken in whole, opened apart, each drawing in them received like any other file."""

import base64
import hashlib
import shutil
import tempfile

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import activity, work
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import drawings, file_kinds
from production.models import Enquiry, Parcel
from production.models.parcel import stored_name
from production.states import PARCEL

SECONDS, CPU_SECONDS, MEMORY_MB = 60, 50, 1024
AT_ONCE = 24 * 1024 * 1024  # bytes unpacked by one child: they come back as text, in memory
MOST_NAMED = 200  # of what was left out

WHY = {
    "junk": gettext_lazy("left behind by a computer, not a drawing"),
    "deep": gettext_lazy("too many folders in folders"),
    "nested": gettext_lazy("an archive in the archive: please unpack it"),
    "encrypted": gettext_lazy("protected by a password"),
    "empty": gettext_lazy("empty"),
    "too-large": gettext_lazy("too large"),
    "bomb": gettext_lazy("compressed beyond belief"),
    "method": gettext_lazy("compressed in a way we cannot read"),
    "damaged": gettext_lazy("damaged"),
}
WHY_NOTHING = {
    "damaged": gettext_lazy("This ZIP file is damaged. Please send it again."),
    "too-many": gettext_lazy("There are more than 500 files in it. Please send it in parts."),
    "too-large": gettext_lazy("Unpacked it is larger than 600 MB. Please send it in parts."),
}


def is_one(upload) -> bool:
    """Whether an upload is a ZIP file to be opened, by its name and its first bytes."""
    upload.seek(0)
    head = upload.read(4)
    upload.seek(0)
    return upload.name.lower().endswith(".zip") and head[:2] == b"PK"


def receive(workspace, upload, *, enquiry: Enquiry, by) -> Parcel:
    """Take a ZIP file for an enquiry. It is opened in the background; the same file twice is one.

    Raises `Refused` with code "empty", "too-large" or "closed".
    """
    name = file_kinds.clean_name(upload.name)
    drawings.check_upload(workspace, upload, name, enquiry)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    parcel = Parcel(
        workspace=workspace,
        enquiry=enquiry,
        name=name,
        size=upload.size,
        sha256=digest.hexdigest(),
        uploaded_by=by if getattr(by, "pk", None) else None,
    )
    path = stored_name(parcel, name)
    if not default_storage.exists(path) or default_storage.size(path) != upload.size:
        upload.seek(0)
        path = default_storage.save(path, upload)
    parcel.content.name = path
    return _receive(parcel, by)


@retried
@transaction.atomic
def _receive(parcel: Parcel, by) -> Parcel:
    Enquiry._base_manager.filter(pk=parcel.enquiry_id).update(title=F("title"))
    known = Parcel.objects.filter(enquiry_id=parcel.enquiry_id, sha256=parcel.sha256).first()
    if known is not None and known.state != "refused":
        return known
    if known is None:
        parcel.pk = None
        parcel.save(force_insert=True)
        known = parcel
    activity.record("uploaded", known.enquiry, by, details={"what": known.name})
    work.queue(open_parcel, known.workspace, known.pk, subject=known.name, by=by)
    return known


@work.task(gettext_noop("open a ZIP file"))
def open_parcel(pk: int) -> None:
    """Open a ZIP file in a process of its own and receive what is in it. Harmless to run twice."""
    from laseros.core.sandbox import SandboxError

    parcel = Parcel.objects.select_related("enquiry", "uploaded_by", "workspace").filter(pk=pk).first()
    if parcel is None or parcel.state == "opened" or not PARCEL.try_move(parcel, "open", reason=""):
        return
    with tempfile.NamedTemporaryFile(suffix=".zip") as copy:
        with parcel.content.open("rb") as stored:
            shutil.copyfileobj(stored, copy)
        copy.flush()
        try:
            _open(parcel, copy.name)
        except SandboxError as refusal:
            _refuse(parcel, WHY_NOTHING.get(refusal.code, WHY_NOTHING["damaged"]))


def _open(parcel: Parcel, path: str) -> None:
    most = settings.UPLOAD_MAX_BYTES
    found = _apart("look", path, most)
    left_out = [(row["name"], str(WHY[row["code"]])) for row in found["left_out"]]
    _write_down(parcel, len(found["files"]) + len(left_out), 0, left_out)
    taken, seen = 0, {}
    for batch in _batches(found["files"]):
        for row, answer in zip(batch, _apart("read", path, [row["index"] for row in batch], most), strict=True):
            why = _take(parcel, row["name"], answer, seen)
            taken += not why
            left_out += [(row["name"], why)] if why else []
        _write_down(parcel, None, taken, left_out)
    PARCEL.try_move(parcel, "finish")


def _apart(function: str, *arguments):
    from laseros.core import sandbox

    return sandbox.run(
        f"production.unzipping:{function}", *arguments, seconds=SECONDS, cpu_seconds=CPU_SECONDS, memory_mb=MEMORY_MB
    )


def _batches(files: list[dict]):
    """Files that are unpacked together, so that no child holds more than it may."""
    batch, size = [], 0
    for row in files:
        if batch and size + row["size"] > AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row["size"]
    if batch:
        yield batch


def _take(parcel: Parcel, name: str, answer: dict, seen: dict[int, str]) -> str:
    """Receive one file of it; answers why not, or nothing."""
    if "code" in answer:
        return str(WHY[answer["code"]])
    upload = ContentFile(base64.b64decode(answer["content"]), name=name)
    try:
        row = drawings.receive(parcel.workspace, upload, enquiry=parcel.enquiry, by=parcel.uploaded_by)
    except Refused as refusal:
        return str(refusal.reason)
    twin = seen.setdefault(row.pk, name)
    return "" if twin == name else _("the same file as %(name)s") % {"name": twin}


def _write_down(parcel: Parcel, files: int | None, taken: int, left_out: list[tuple[str, str]]) -> None:
    parcel.files = parcel.files if files is None else files
    parcel.taken = taken
    parcel.left_out = [{"name": file_kinds.clean_name(name), "why": why[:300]} for name, why in left_out[:MOST_NAMED]]
    parcel.save(update_fields=["files", "taken", "left_out"])


@retried
@transaction.atomic
def _refuse(parcel: Parcel, reason) -> None:
    if PARCEL.try_move(parcel, "refuse", reason=str(reason)[:300]):
        activity.record("could not read", parcel.enquiry, details={"what": parcel.name, "why": str(reason)})


def at_work(enquiry: Enquiry) -> bool:
    return enquiry.parcels.filter(state__in=("waiting", "opening")).exists()


def reason_of(parcel: Parcel) -> str:
    """What is said of it in one line."""
    if parcel.state == "refused":
        return parcel.reason
    if parcel.state == "opened":
        return _("%(taken)s of %(files)s files taken") % {"taken": parcel.taken, "files": parcel.files}
    return _("being opened: %(taken)s of %(files)s") % {"taken": parcel.taken, "files": parcel.files or "?"}
