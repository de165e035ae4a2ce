"""Documents on paper: the letterhead of a business, the way to a PDF, and PDFs kept as they were made."""

import hashlib
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, HttpResponse

from laseros.core.retry import retried

__all__ = ["download", "file_name", "keep"]


def keep(record, render: Callable[[], bytes], also: Callable[[], object] = lambda: None) -> None:
    """Store the PDF of a document with its hash, once: what was made first stays.

    `also` is done in the transaction in which the document gets it.
    """
    record.refresh_from_db(fields=["pdf", "pdf_sha256"])
    if record.pdf:
        return
    content = render()
    digest = hashlib.sha256(content).hexdigest()
    name = f"documents/{record.workspace_id}/{record._meta.model_name}-{record.pk}-{digest[:16]}.pdf"
    stored = default_storage.save(name, ContentFile(content))
    if not _noted(record, stored, digest, also):
        default_storage.delete(stored)  # another worker was quicker
    record.refresh_from_db(fields=["pdf", "pdf_sha256"])


@retried
@transaction.atomic
def _noted(record, stored: str, digest: str, also: Callable[[], object]) -> bool:
    rows = type(record)._base_manager.filter(pk=record.pk, pdf="")
    if not rows.update(pdf=stored, pdf_sha256=digest):
        return False
    also()
    return True


def file_name(record) -> str:
    """As the file is called in a mail or a download: QT-2026-0001.pdf."""
    number = record.number or f"{record._meta.model_name}-{record.pk}"
    return f"{number.replace('/', '-')}.pdf"


def download(response: HttpResponse | FileResponse, name: str, kind: str = "application/pdf"):
    """A document as a download that no cache keeps."""
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
