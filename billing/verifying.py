"""Whether issued documents still say what they said: the chain, the rows, the files, the numbers, the triggers.

Each answer is a sentence that names the row and the cell. What a row says now is held against the content its seal
keeps, and the seal against the print of the one before.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal

from django.core.files.storage import default_storage
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import Sequence
from billing import chain
from billing.models import Allocation, Invoice, Kind, Payment, Seal
from laseros.core.money import ZERO

FILES = ("pdf", "xml")


def wrong(workspace) -> Iterator[str]:
    """A sentence for whatever of a business's issued documents is not as it was. Must run inside its scope."""
    yield from _chain()
    for invoice in _issued().order_by("pk").iterator():
        yield from _row(invoice)
        yield from _files(invoice)
        yield from _settled(invoice)
    yield from _payments()
    yield from _numbers(workspace)


def head() -> str:
    """The last link: written down elsewhere, it proves that nothing before it was made anew."""
    last = Seal.objects.order_by("position").last()
    return f"{last.position} documents, the last link is {last.link}" if last else "no documents"


def _issued():
    return Invoice.objects.exclude(number=None).select_related("seal")


def _chain() -> Iterator[str]:
    previous, expected = "", 1
    for seal in Seal.objects.order_by("position").iterator():
        if seal.position != expected:
            yield f"chain: link {expected} is missing before {seal.position}"
        elif seal.previous != previous:
            yield f"chain: link {seal.position} does not follow the one before it"
        if seal.link != chain.link_of(seal.previous, seal.position, seal.content):
            yield f"chain: link {seal.position} ({_name(seal.content)}) does not fit what it holds"
        previous, expected = seal.link, seal.position + 1


def _name(content: str) -> str:
    try:
        return str(json.loads(content)["document"]["number"])
    except (ValueError, KeyError, TypeError):
        return "unreadable"


def _row(invoice: Invoice) -> Iterator[str]:
    seal = getattr(invoice, "seal", None)
    if seal is None:
        yield f"{invoice.number} (invoice {invoice.pk}): it was never sealed"
        return
    try:
        kept = json.loads(seal.content)
        was, were, files = kept["document"], kept["lines"], kept["files"]
    except (ValueError, KeyError, TypeError):
        return  # the chain says so
    now = chain.content_of(invoice, list(invoice.lines.all()))
    where = f"{was.get('number')} (invoice {invoice.pk})"
    yield from _cells(where, was, now["document"])
    lines = {line["id"]: line for line in now["lines"]}
    for line in were:
        name = f"{where}, line {line['position']} (invoice line {line['id']})"
        if line["id"] not in lines:
            yield f"{name}: it is gone"
        else:
            yield from _cells(name, line, lines.pop(line["id"]))
    yield from (f"{where}: line {line['position']} (invoice line {pk}) was added" for pk, line in lines.items())
    yield from _cells(where, files, {name: str(getattr(invoice, name)) for name in files})


def _cells(where: str, was: dict, now: dict) -> Iterator[str]:
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{where}: {name} was {was.get(name)!r} and is {now.get(name)!r}"


def _files(invoice: Invoice) -> Iterator[str]:
    for kind in FILES:
        stored, expected = getattr(invoice, kind), getattr(invoice, f"{kind}_sha256")
        if not stored:
            continue
        try:
            with default_storage.open(stored.name) as handle:
                found = hashlib.sha256(handle.read()).hexdigest()
        except OSError:
            yield f"{invoice.number} (invoice {invoice.pk}): the file {stored.name} is missing"
            continue
        if found != expected:
            yield f"{invoice.number} (invoice {invoice.pk}): the file {stored.name} is not the one that was stored"


def _settled(invoice: Invoice) -> Iterator[str]:
    """What may still move of it adds up from documents that may not."""
    paid = sum(Allocation.objects.filter(invoice=invoice).values_list("amount", flat=True), Decimal(0))
    if paid != invoice.paid:
        yield f"{invoice.number} (invoice {invoice.pk}): payments add up to {paid}, paid is {invoice.paid}"
    off = invoice.deductions.filter(invoice__kind=Kind.INVOICE, invoice__number__isnull=False)
    off = off.exclude(invoice__state="reversed").values_list("unit_price", "deposit_tax")
    if sum((net + tax for net, tax in off), Decimal(0)) != invoice.deducted:
        yield f"{invoice.number} (invoice {invoice.pk}): deductions do not add up to {invoice.deducted}"
    taken = invoice.corrections.exclude(number=None).values_list("total", flat=True)
    if sum(taken, Decimal(0)) != invoice.credited:
        yield f"{invoice.number} (invoice {invoice.pk}): credit notes do not add up to {invoice.credited}"


def _payments() -> Iterator[str]:
    """What of a payment is unused is what no allocation has used; nothing of one that was taken back."""
    rows = Payment.objects.filter(kind=Payment.Kind.RECEIVED).annotate(used=Coalesce(Sum("allocations__amount"), ZERO))
    for payment in rows.select_related("reversal").iterator():
        left = ZERO if hasattr(payment, "reversal") else payment.amount - payment.used
        if payment.unused != left:
            yield f"{payment.number} (payment {payment.pk}): unused is {payment.unused}, {left} are left"


def _numbers(workspace) -> Iterator[str]:
    """Every number up to the last one that was drawn is there."""
    for kind, rows in (("invoice", Q(kind=Kind.INVOICE)), ("credit", ~Q(kind=Kind.INVOICE))):
        numbers = set(_issued().filter(rows).values_list("number", flat=True))
        for sequence in Sequence.objects.filter(prefix__startswith=f"{kind}:"):
            prefix, suffix = sequence.prefix.removeprefix(f"{kind}:").split("…", 1)
            shape = re.compile(rf"{re.escape(prefix)}(\d+){re.escape(suffix)}")
            there = {int(match[1]) for number in numbers if (match := shape.fullmatch(number))}
            for number in sorted(set(range(1, sequence.last + 1)) - there):
                yield f"{prefix}{number}{suffix}: this number was drawn and no document has it"
