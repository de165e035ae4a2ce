"""Whether documents still say what they said when they left: the chain, the rows, the files, the numbers.

Each answer is a sentence that names the row and the cell. What a row says now is held against the content its seal
keeps, and the seal against the print of the one before.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal

from django.core.files.storage import default_storage
from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import Coalesce

from accounts.models import Sequence
from billing import chain, kept
from billing.kept import KINDS, Kept, Part
from billing.models import Delivery, Invoice, Kind, OrderPaper, Parcel, Payment, ReceivedInvoice, Seal
from laseros.core.money import ZERO

RELATED = ("invoice", "client", "payment", "refund")  # what the name of a row says
# What its sums add up from.
SUMS = {Invoice: ("allocations", "deductions__invoice", "corrections"), ReceivedInvoice: ("settlements",)}


def wrong(workspace) -> Iterator[str]:
    """A sentence for whatever of a business's documents is not as it left. Must run inside its scope."""
    yield from _chain()
    sealed = Seal.objects.aggregate(**{f"of_{kind.name}": Count(kind.name) for kind in KINDS})
    for kind in KINDS:
        if sealed[f"of_{kind.name}"]:
            yield from _taken_away(kind)
        for document in _left(kind):
            yield from _said(kind, document)
            yield from _files(kind, document)
            if kind.model is Invoice:
                yield from _settled(document)
            if kind.model is ReceivedInvoice:
                yield from _paid(document)
    yield from _payments()
    yield from _numbers()


def head() -> str:
    """The last link: written down elsewhere, it proves that nothing before it was made anew."""
    last = Seal.objects.order_by("position").last()
    return f"{last.position} links, the last one is {last.link}" if last else "no documents"


def _taken_away(kind: Kept) -> Iterator[str]:
    """A link whose document is no longer there, or says that it has not left yet: nothing else would look at it."""
    there = _standing(kind).filter(pk=OuterRef(f"{kind.name}_id"))
    for seal in Seal.objects.exclude(**{kind.name: None}).exclude(Exists(there)).order_by("position"):
        yield f"chain: link {seal.position} ({_name(seal.content)}): its {kind.model._meta.verbose_name_raw} has gone"


def _standing(kind: Kept):
    return kind.model.objects.exclude(**{kind.since: None}) if kind.since else kind.model.objects.all()


def _left(kind: Kept):
    rows = _standing(kind)
    related = [field.name for field in kind.model._meta.concrete_fields if field.name in RELATED]
    sums = SUMS.get(kind.model, ())
    rows = rows.select_related(*related).prefetch_related("seals", *(part.label for part in kind.parts), *sums)
    return rows.order_by("pk").iterator(chunk_size=200)


def _chain() -> Iterator[str]:
    """Each link follows the one before and fits what it holds; the last is the last that was drawn."""
    previous, expected = "", 1
    for seal in Seal.objects.order_by("position").iterator():
        if seal.position != expected:
            yield f"chain: link {expected} is missing before {seal.position}"
        elif seal.previous != previous:
            yield f"chain: link {seal.position} does not follow the one before it"
        if seal.link != chain.link_of(seal.previous, seal.position, seal.content):
            yield f"chain: link {seal.position} ({_name(seal.content)}) does not fit what it holds"
        previous, expected = seal.link, seal.position + 1
    drawn = Sequence.objects.filter(prefix="seal:").values_list("last", flat=True).first() or 0
    if drawn >= expected:
        yield f"chain: link {expected} to {drawn} are missing at its end"


def _name(content: str) -> str:
    try:
        document = json.loads(content)["document"]
        return str(document.get("number") or document["id"])
    except (ValueError, KeyError, TypeError):
        return "unreadable"


def _number(document) -> str:
    return getattr(document, "number", None) or str(document)


def _where(kind: Kept, document) -> str:
    return f"{_number(document)} ({kind.model._meta.verbose_name_raw} {document.pk})"


def _said(kind: Kept, document) -> Iterator[str]:
    """The cells of a row and of its parts beside what its seals hold."""
    seals = {seal.is_paper: seal for seal in document.seals.all()}
    if False not in seals:
        yield f"{_where(kind, document)}: it was never sealed"
        return
    try:
        was = json.loads(seals[False].content)
        files = dict(was["files"])
        files |= json.loads(seals[True].content)["files"] if True in seals else {}
        now = chain.content_of(document, *kept.parts_of(document))
        number = was["document"].get("number") or _number(document)
        where = f"{number} ({kind.model._meta.verbose_name_raw} {document.pk})"
        found = [*_cells(where, was["document"], now["document"])]
        for part in kind.parts:
            found += _rows(where, part, was[part.label], now[part.label])
        found += _cells(where, files, {name: str(getattr(document, name)) for name in files})
    except (ValueError, KeyError, TypeError):
        return  # the chain says so
    yield from found
    if getattr(document, "pdf", None) and "pdf" not in files:
        yield f"{where}: the print of its PDF was never sealed"


def _rows(where: str, part: Part, were: list[dict], are: list[dict]) -> Iterator[str]:
    what, rows = part.model._meta.verbose_name_raw, {row["id"]: row for row in are}
    short = "parcel" if part.model is Parcel else "line"
    for row in were:
        name = f"{where}, {short} {row['position']} ({what} {row['id']})"
        if row["id"] not in rows:
            yield f"{name}: it is gone"
        else:
            yield from _cells(name, row, rows.pop(row["id"]))
    yield from (f"{where}: {short} {row['position']} ({what} {pk}) was added" for pk, row in rows.items())


def _cells(where: str, was: dict, now: dict) -> Iterator[str]:
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{where}: {name} was {was.get(name)!r} and is {now.get(name)!r}"


def _files(kind: Kept, document) -> Iterator[str]:
    for name, its_print in kind.files:
        stored = getattr(document, name, None)
        if not stored:
            continue
        try:
            with default_storage.open(stored.name) as handle:
                found = hashlib.sha256(handle.read()).hexdigest()
        except OSError:
            yield f"{_where(kind, document)}: the file {stored.name} is missing"
            continue
        if found != getattr(document, its_print):
            yield f"{_where(kind, document)}: the file {stored.name} is not the one that was stored"


def _settled(invoice: Invoice) -> Iterator[str]:
    """What may still move of it adds up from documents that may not."""
    paid = sum((row.amount for row in invoice.allocations.all()), Decimal(0))
    if paid != invoice.paid:
        yield f"{invoice.number} (invoice {invoice.pk}): payments add up to {paid}, paid is {invoice.paid}"
    off = [line for line in invoice.deductions.all() if _takes_off(line.invoice)]
    if sum((line.deposit_total for line in off), Decimal(0)) != invoice.deducted:
        yield f"{invoice.number} (invoice {invoice.pk}): deductions do not add up to {invoice.deducted}"
    taken = [(row.kind, row.total) for row in invoice.corrections.all() if row.number is not None]
    if sum((total for _kind, total in taken), Decimal(0)) != invoice.credited:
        yield f"{invoice.number} (invoice {invoice.pk}): credit notes do not add up to {invoice.credited}"
    state = _state_of(invoice, is_reversed=any(kind == Kind.CANCELLATION for kind, _total in taken))
    if invoice.state != state:
        yield f"{invoice.number} (invoice {invoice.pk}): state is {invoice.state!r} and should be {state!r}"


def _takes_off(invoice: Invoice) -> bool:
    return invoice.kind == Kind.INVOICE and invoice.number is not None and invoice.state != "reversed"


def _paid(invoice: ReceivedInvoice) -> Iterator[str]:
    paid = sum((row.amount for row in invoice.settlements.all()), Decimal(0))
    if paid != invoice.paid:
        where = f"{invoice.number} (received invoice {invoice.pk})"
        yield f"{where}: payments add up to {paid}, paid is {invoice.paid}"


def _state_of(invoice: Invoice, is_reversed: bool) -> str:
    """Where its sums leave it."""
    if invoice.is_correction:
        return "booked"
    if is_reversed:
        return "reversed"
    if invoice.credited and invoice.credited == invoice.total:
        return "credited"
    return "paid" if not invoice.balance else "partly_paid" if invoice.paid else "issued"


def _payments() -> Iterator[str]:
    """What of a payment is unused is what no allocation has used; nothing of one that was taken back."""
    rows = Payment.objects.filter(kind=Payment.Kind.RECEIVED).annotate(used=Coalesce(Sum("allocations__amount"), ZERO))
    for payment in rows.select_related("reversal").iterator():
        left = ZERO if hasattr(payment, "reversal") else payment.amount - payment.used
        if payment.unused != left:
            yield f"{payment.number} (payment {payment.pk}): unused is {payment.unused}, {left} are left"


def _numbers() -> Iterator[str]:
    """Every number up to the last one that was drawn is there."""
    series = {
        "invoice": Invoice.objects.filter(kind=Kind.INVOICE),
        "credit": Invoice.objects.exclude(kind=Kind.INVOICE),
        "delivery": Delivery.objects.all(),
        "confirmation": OrderPaper.objects.filter(kind=OrderPaper.Kind.CONFIRMATION),
        "proforma": OrderPaper.objects.filter(kind=OrderPaper.Kind.PROFORMA),
    }
    drawn: dict[str, list[Sequence]] = {}
    for sequence in Sequence.objects.order_by("pk"):
        drawn.setdefault(sequence.prefix.partition(":")[0], []).append(sequence)
    for kind in (kind for kind in series if kind in drawn):
        numbers = set(series[kind].exclude(number=None).values_list("number", flat=True))
        for sequence in drawn[kind]:
            prefix, suffix = sequence.prefix.removeprefix(f"{kind}:").split("…", 1)
            shape = re.compile(rf"{re.escape(prefix)}(\d+){re.escape(suffix)}")
            there = {int(match[1]) for number in numbers if (match := shape.fullmatch(number))}
            for number in sorted(set(range(1, sequence.last + 1)) - there):
                yield f"{prefix}{number}{suffix}: this number was drawn and no document has it"
