"""The papers of a while in one ZIP, with a manifest that names each with its print: ours, and the invoices that others
sent us. Made by the worker.

Papers that nobody has asked for yet are drawn before it, in turns: those of a month take longer than a task may.
"""

import hashlib
import json
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import date

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, work
from accounts.models import BackgroundTask
from billing import documents
from billing.documents.order_paper import order_paper_pdf
from billing.documents.reminder import reminder_pdf
from billing.documents.statement import kept_pdf
from billing.models import AccountStatement, Archive, Delivery, Invoice, OrderPaper, Quote, ReceivedInvoice, Reminder
from laseros.core.errors import Refused
from laseros.core.export import csv_text
from laseros.core.retry import retried

EVERY = 25  # papers between two looks at how far it is
MOST_DAYS = 366
TURN = 30  # seconds of drawing, then whatever else waits has its turn
HEADS = ("file", "kind", "number", "day", "bytes", "sha256")


def order(workspace, from_on: date, until_on: date, by, *, key: str = "") -> Archive:
    """Have the worker make it: one of the same days at a time, and one for each key. Whoever asks again is answered it.

    Raises `Refused` for a while that is none, or longer than a year.
    """
    if until_on < from_on or (until_on - from_on).days > MOST_DAYS:
        raise Refused(_("An archive holds up to a year."), code="days")
    asked = Q(from_on=from_on, until_on=until_on, file="") | (Q(key=key) if key else Q())
    try:
        there = Archive.objects.filter(asked).order_by("-id").first()
        return _go_on(there, by) if there else _order(workspace, from_on, until_on, by, key)
    except IntegrityError:
        return Archive.objects.filter(asked).order_by("-id")[0]  # somebody else was quicker


@retried
@transaction.atomic
def _go_on(row: Archive, by) -> Archive:
    """One that the worker has given up is tried once more."""
    tasks = BackgroundTask.objects.filter(name=make_archive.task_name, arguments=[row.pk])
    if not row.file and not tasks.filter(state__in=("waiting", "running")).exists():
        work.queue(make_archive, row.workspace, row.pk, subject=row, by=by)
    return row


@retried
@transaction.atomic
def _order(workspace, from_on: date, until_on: date, by, key: str) -> Archive:
    row = Archive(workspace=workspace, from_on=from_on, until_on=until_on, by=by if getattr(by, "pk", None) else None)
    row.key = key or row.key
    row.total = sum(rows.count() for rows in _rows(row)) + _came(row).count()
    row.save()
    activity.record("exported", row, by, details={"what": _("archive of documents")})
    work.queue(make_archive, workspace, row.pk, subject=row, by=by)
    return row


@work.task(gettext_noop("make an archive"))
def make_archive(pk: int) -> None:
    row = Archive.objects.get(pk=pk)
    if row.file:
        return
    if not _draw(row, time.monotonic() + TURN):
        work.queue(make_archive, row.workspace, row.pk, subject=row, by=row.by)
        return
    with tempfile.TemporaryFile() as scratch:
        with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, row)
        scratch.seek(0)
        digest = hashlib.file_digest(scratch, "sha256").hexdigest()
        scratch.seek(0)
        stored = default_storage.save(f"archives/{row.workspace_id}/archive-{row.pk}.zip", File(scratch))
    rows = Archive._base_manager.filter(pk=pk, file="")
    if not rows.update(file=stored, sha256=digest, made_at=timezone.now()):
        default_storage.delete(stored)  # another worker was quicker


def _rows(row: Archive) -> tuple:
    """Invoices, quotes that were sent, order papers, delivery notes, reminders and statements of these days."""
    days = (row.from_on, row.until_on)
    return (
        Invoice.objects.filter(number__isnull=False, issued_on__range=days).select_related("client", "origin", "job"),
        Quote.objects.filter(sent_at__date__range=days).select_related("workspace", "client", "contact"),
        OrderPaper.objects.filter(created_at__date__range=days).select_related("client"),
        Delivery.objects.filter(shipped_on__range=days).select_related("workspace", "client", "job__contact"),
        Reminder.objects.filter(state="sent", sent_on__range=days).select_related("invoice__client"),
        AccountStatement.objects.filter(created_at__date__range=days).select_related("client"),
    )


def _came(row: Archive):
    """Invoices of others that came in these days: kept as they are, nothing of them is drawn."""
    return ReceivedInvoice.objects.filter(received_at__date__range=(row.from_on, row.until_on)).order_by("id")


def _fill(archive: zipfile.ZipFile, row: Archive) -> None:
    entries = []
    for name, kind, number, day, content in _papers(row):
        archive.writestr(name, content)
        entries.append([name, kind, number, f"{day}", len(content), hashlib.sha256(content).hexdigest()])
    said = {
        "business": row.workspace.printed_name,
        "from": f"{row.from_on}",
        "until": f"{row.until_on}",
        "files": [dict(zip(HEADS, entry, strict=True)) for entry in entries],
    }
    archive.writestr("manifest.csv", csv_text([HEADS, *entries], row.workspace.language))
    archive.writestr("manifest.json", json.dumps(said, ensure_ascii=False, indent=1))


FOLDERS = {Invoice: "invoices", Quote: "quotes", OrderPaper: "orders", Delivery: "deliveries", Reminder: "reminders",
           AccountStatement: "statements"}  # fmt: skip
DRAWN = {Invoice: documents.invoice_pdf, Quote: documents.quote_pdf, OrderPaper: order_paper_pdf,
         Delivery: documents.delivery_pdf, Reminder: reminder_pdf, AccountStatement: kept_pdf}  # fmt: skip


def _draw(row: Archive, until: float) -> bool:
    """Draw what is not drawn yet, and say how far it is. Answers whether nothing is left to be drawn."""
    for rows in _rows(row):
        missing = rows.filter(pdf="").order_by("id")
        while batch := list(missing[:EVERY]):
            for record in batch:
                _kept(record)
                if time.monotonic() > until:
                    break
            left = sum(rows.filter(pdf="").count() for rows in _rows(row)) + _came(row).count()
            Archive._base_manager.filter(pk=row.pk).update(done=max(row.total - left, 0))
            if time.monotonic() > until:
                return not left
    return True


def _kept(record) -> None:
    documents.keep(record, lambda: DRAWN[type(record)](record))


def _papers(row: Archive) -> Iterator[tuple[str, str, str, date, bytes]]:
    """(name in the archive, kind, number, day, content) of every paper; one that is not the stored one is refused."""
    done = 0
    for rows in _rows(row):
        for record in rows.order_by("id"):
            _kept(record)
            yield from _papers_of(record)
            done += 1
    for record in _came(row):
        content, ending = _checked(record.file, record.sha256, record), record.file.name.rpartition(".")[2]
        kind = "received credit note" if record.facts["credit"] else "received invoice"
        day = record.issued_on or timezone.localdate(record.received_at)
        yield f"received/{record.pk}-{record.sha256[:8]}.{ending}", kind, record.number, day, content
        done += 1
    Archive._base_manager.filter(pk=row.pk).update(done=done, total=done)


def _papers_of(record) -> Iterator[tuple[str, str, str, date, bytes]]:
    name, folder = documents.file_name(record).removesuffix(".pdf"), FOLDERS[type(record)]
    if isinstance(record, Reminder | AccountStatement):  # their names are ours, and may be there twice
        name = f"{record.pk}-{name}"
    kind = record.kind if isinstance(record, Invoice | OrderPaper) else record._meta.verbose_name_raw
    for form in ("pdf", "xml"):
        stored = getattr(record, form, None)
        if stored:
            content = _checked(stored, getattr(record, f"{form}_sha256"), record)
            yield f"{folder}/{name}.{form}", kind, record.number, _day_of(record), content


def _day_of(record) -> date:
    for name in ("issued_on", "shipped_on", "sent_on", "until_on"):
        if hasattr(record, name):
            return getattr(record, name)
    return timezone.localdate(record.sent_at if isinstance(record, Quote) else record.created_at)


def _checked(stored, expected: str, record) -> bytes:
    with stored.open("rb") as handle:
        content = handle.read()
    if hashlib.sha256(content).hexdigest() != expected:
        raise Refused(_("The paper of %(what)s is not the one that was stored.") % {"what": record}, code="tampered")
    return content
