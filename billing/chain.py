"""The chain of documents that left the house or came in: each link holds what one said and the print of the one before.

`content_of` is the document as text, the same on both databases. A link is the SHA-256 of the link before and of the
content; so whoever changes one has to make all that follow anew, and the last one is printed by `verify_documents`. An
invoice's papers are in its link. The PDF of what a worker draws afterwards has a link of its own (`seal_paper`).
"""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import models
from django.utils import timezone

from accounts import numbering
from billing import kept
from billing.models import Seal


def content_of(document: models.Model, *parts: list[models.Model]) -> dict:
    """All that must stay of a document, values as text; its files by name and print. `parts` as its kind has them."""
    kind = kept.OF[type(document)]
    content = {"kind": kind.name, "document": _row(document, kind.moving | kind.once), "files": files_of(document)}
    for part, rows in zip(kind.parts, parts, strict=True):
        content[part.label] = [
            _row(row, part.moving | {"workspace", part.owner}, part.printed)
            for row in sorted(rows, key=lambda row: row.pk)
        ]
    return content


def files_of(document: models.Model) -> dict[str, str]:
    names = sorted(kept.OF[type(document)].once)
    return {name: str(getattr(document, name)) for name in names if getattr(document, name)}


def paper_of(document: models.Model) -> dict:
    """The print of a PDF that was made after the document had left the house."""
    kind = kept.OF[type(document)]
    named = {"id": str(document.pk), "number": str(document.number)}
    return {"kind": kind.name, "document": named, "files": files_of(document)}


def _row(record: models.Model, but: frozenset[str], printed: frozenset[str] = frozenset()) -> dict:
    fields = record._meta.concrete_fields
    row = {field.name: _plain(field, record) for field in fields if field.name not in but}
    return row | {name: _print_of(row[name]) for name in printed}


def written(content: dict) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _print_of(value: dict) -> str:
    """The SHA-256 of what is kept as JSON; "" where nothing is."""
    return hashlib.sha256(written(value).encode()).hexdigest() if value else ""


def link_of(previous: str, position: int, content: str) -> str:
    return hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()


def seal(document: models.Model, by) -> Seal:
    """Write the next link, in the transaction in which the document leaves the house."""
    document.refresh_from_db()  # as both databases will give it back
    return _next(document, by, content_of(document, *kept.parts_of(document)), at=_moment(document))


def seal_paper(document: models.Model, by=None) -> Seal | None:
    """Write the next link for a PDF that has just been stored; none for what has not left the house."""
    if not kept.OF[type(document)].has_left(document):
        return None
    document.refresh_from_db(fields=sorted(kept.OF[type(document)].once))
    return _next(document, by, paper_of(document), is_paper=True)


def _next(document: models.Model, by, content: dict, at: datetime | None = None, is_paper: bool = False) -> Seal:
    """Its position is drawn like a number: one after the other."""
    position = numbering.draw_position(document.workspace, "seal")
    before = Seal.objects.filter(position=position - 1).first()
    new = forge(document, by, position, before.link if before else "", content, at=at, is_paper=is_paper)
    new.save()
    return new


def forge(
    document: models.Model, by, position: int, previous: str, content: dict, *, at: datetime | None = None,
    is_paper: bool = False,
) -> Seal:  # fmt: skip
    """A link that is not stored yet."""
    said = written(content)
    return Seal(
        workspace_id=document.workspace_id,
        position=position,
        at=at or timezone.now(),
        by=str(by or "Laser OS")[:160],
        content=said,
        previous=previous,
        link=link_of(previous, position, said),
        is_paper=is_paper,
        **{kept.OF[type(document)].name: document},
    )


def _moment(document: models.Model) -> datetime | None:
    name = kept.OF[type(document)].at
    return getattr(document, name) if name else None


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
