"""The chain of issued documents: each link holds what a document said and the print of the link before.

`content_of` is the document as text, the same on both databases. A link is the SHA-256 of the link before and of the
content; so whoever changes one has to make all that follow anew, and the last one is printed by `verify_documents`.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import models
from django.utils import timezone

from accounts import numbering
from billing.guards import MOVING, ONCE
from billing.models import Invoice, InvoiceLine, Seal

LINE_OWN = {"workspace", "invoice"}


def content_of(invoice: Invoice, lines: list[InvoiceLine]) -> dict:
    """All that must stay of a document, values as text; its files by name and print."""
    return {
        "document": {
            field.name: _plain(field, invoice)
            for field in Invoice._meta.concrete_fields
            if field.name not in MOVING | ONCE
        },
        "lines": [
            {
                field.name: _plain(field, line)
                for field in InvoiceLine._meta.concrete_fields
                if field.name not in LINE_OWN
            }
            for line in sorted(lines, key=lambda line: line.pk)
        ],
        "files": {name: str(getattr(invoice, name)) for name in sorted(ONCE) if getattr(invoice, name)},
    }


def written(content: dict) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link_of(previous: str, position: int, content: str) -> str:
    return hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()


def seal(invoice: Invoice, lines: list[InvoiceLine], by) -> Seal:
    """Write the next link, in the transaction that issues. Its position is drawn like a number: one after the other."""
    position = numbering.draw_position(invoice.workspace, "seal")
    before = Seal.objects.filter(position=position - 1).first()
    new = forge(invoice, lines, by, position, before.link if before else "")
    new.save()
    return new


def forge(invoice: Invoice, lines: list[InvoiceLine], by, position: int, previous: str) -> Seal:
    """A link that is not stored yet."""
    content = written(content_of(invoice, lines))
    return Seal(
        workspace_id=invoice.workspace_id,
        position=position,
        invoice=invoice,
        at=invoice.issued_at or timezone.now(),
        by=str(by or "Laser OS")[:160],
        content=content,
        previous=previous,
        link=link_of(previous, position, content),
    )


def _plain(field: models.Field, record) -> str | dict | None:
    value = getattr(record, field.attname)
    if value is None or isinstance(value, dict):
        return value
    if isinstance(field, models.DecimalField):
        return f"{Decimal(value):.{field.decimal_places}f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
