"""The papers of a while in one ZIP, with a manifest that names each with its print. Made by the worker."""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, work
from billing import documents
from billing.documents.reminder import reminder_pdf
from billing.models import AccountStatement, Archive, Invoice, Reminder
from laseros.core.errors import Refused
from laseros.core.retry import retried

EVERY = 25  # papers between two looks at how far it is
MOST_DAYS = 366
HEADS = ("file", "kind", "number", "day", "bytes", "sha256")


@retried
@transaction.atomic
def order(workspace, from_on: date, until_on: date, by) -> Archive:
    """Have the worker make it. Raises `Refused` for a while that is none, or longer than a year."""
    if until_on < from_on or (until_on - from_on).days > MOST_DAYS:
        raise Refused(_("An archive holds up to a year."), code="days")
    row = Archive.objects.create(
        workspace=workspace, from_on=from_on, until_on=until_on, by=by if getattr(by, "pk", None) else None
    )
    Archive._base_manager.filter(pk=row.pk).update(total=_issued(row).count())
    activity.record("exported", row, by, details={"what": _("archive of documents")})
    work.queue(make_archive, workspace, row.pk, subject=row, by=by)
    return row


@work.task(gettext_noop("make an archive"))
def make_archive(pk: int) -> None:
    row = Archive.objects.get(pk=pk)
    if row.file:
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


def _issued(row: Archive):
    return Invoice.objects.filter(number__isnull=False, issued_on__gte=row.from_on, issued_on__lte=row.until_on)


def _fill(archive: zipfile.ZipFile, row: Archive) -> None:
    entries = []
    for name, kind, number, day, content in _papers(row):
        archive.writestr(name, content)
        entries.append([name, kind, number, f"{day}", len(content), hashlib.sha256(content).hexdigest()])
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerows([HEADS, *entries])
    said = {
        "business": row.workspace.printed_name,
        "from": f"{row.from_on}",
        "until": f"{row.until_on}",
        "files": [dict(zip(HEADS, entry, strict=True)) for entry in entries],
    }
    archive.writestr("manifest.csv", table.getvalue())
    archive.writestr("manifest.json", json.dumps(said, ensure_ascii=False, indent=1))


def _papers(row: Archive) -> Iterator[tuple[str, str, str, date, bytes]]:
    """(name in the archive, kind, number, day, content) of every paper; one that is not the stored one is refused."""
    for count, invoice in enumerate(_issued(row).select_related("client", "origin", "job").order_by("id"), start=1):
        documents.keep(invoice, lambda invoice=invoice: documents.invoice_pdf(invoice))
        name = documents.file_name(invoice).removesuffix(".pdf")
        for kind in ("pdf", "xml"):
            stored = getattr(invoice, kind)
            if stored:
                content = _checked(stored, getattr(invoice, f"{kind}_sha256"), invoice)
                yield f"invoices/{name}.{kind}", invoice.kind, invoice.number, invoice.issued_on, content
        if count % EVERY == 0:
            Archive._base_manager.filter(pk=row.pk).update(done=count)
    between = {"sent_on__gte": row.from_on, "sent_on__lte": row.until_on}
    for reminder in Reminder.objects.filter(state="sent", **between).select_related("invoice__client").order_by("id"):
        documents.keep(reminder, lambda reminder=reminder: reminder_pdf(reminder))
        content = _checked(reminder.pdf, reminder.pdf_sha256, reminder)
        name = f"reminders/{reminder.pk}-{documents.file_name(reminder)}"
        yield name, "reminder", reminder.number, reminder.sent_on, content
    sent = AccountStatement.objects.filter(created_at__date__gte=row.from_on, created_at__date__lte=row.until_on)
    for statement in sent.exclude(pdf="").select_related("client").order_by("id"):
        content = _checked(statement.pdf, statement.pdf_sha256, statement)
        name = f"statements/{statement.pk}-{documents.file_name(statement)}"
        yield name, "statement", statement.number, statement.until_on, content
    Archive._base_manager.filter(pk=row.pk).update(done=row.total)


def _checked(stored, expected: str, record) -> bytes:
    with stored.open("rb") as handle:
        content = handle.read()
    if hashlib.sha256(content).hexdigest() != expected:
        raise Refused(_("The paper of %(what)s is not the one that was stored.") % {"what": record}, code="tampered")
    return content
