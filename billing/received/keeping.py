"""What came in is kept: the file unchanged under its print, and beside it what it says."""

import hashlib
from base64 import b64encode
from datetime import date
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity
from billing import chain
from billing.models import ReceivedInvoice
from billing.received import ordering
from billing.received.reading import MOST_BYTES
from laseros.core import sandbox
from laseros.core.errors import Refused
from laseros.core.retry import retried
from laseros.core.sentences import Sentences
from laseros.core.templatetags.laseros import day

_refusals = Sentences(
    gettext_noop("The file is too large: 10 MB at most."),
    gettext_noop("This XML is no electronic invoice (CII or UBL)."),
    gettext_noop("This invoice says neither who, which number nor how much."),
    gettext_noop("The invoice has too many lines: 2,000 at most."),
    gettext_noop("This PDF cannot be read."),
    gettext_noop("There is no electronic invoice in this PDF."),
    gettext_noop("This is neither XML nor a PDF."),
    gettext_noop("The file could not be read."),
    gettext_noop("The file is too complicated: reading it took too long."),
    gettext_noop("The file is too large or too complicated to be read."),
)
LARGEST = Decimal(10) ** 12


def receive(row: ReceivedInvoice, upload, by) -> ReceivedInvoice:
    """Keep an electronic invoice as it came; of a row that is not stored yet. Raises `Refused` for what is none, and
    "known" for one that is here, as this file or as another that was not rejected."""
    if upload.size > MOST_BYTES:
        raise Refused(_("The file is too large: 10 MB at most."), code="too-large", field="upload")
    content = upload.read()
    digest = hashlib.sha256(content).hexdigest()
    if there := ReceivedInvoice.objects.filter(sha256=digest).first():
        raise _known(there)
    try:
        said = sandbox.run("billing.received.reading:read", b64encode(content).decode(), memory_mb=768)
    except sandbox.SandboxError as refusal:
        raise Refused(_refusals(refusal.reason), code=refusal.code, field="upload") from None
    row.sha256, row.facts, row.by = digest, said, by if getattr(by, "pk", None) else None
    row.number, row.seller, row.currency = said["number"], said["seller"], said["currency"][:3].upper()
    row.issued_on, row.due_on = _day(said["issued_on"]), _day(said["due_on"])
    for name in ("net", "tax", "total"):
        setattr(row, name, _amount(said[name]))
    payable = _amount(said["payable"]) if said["payable"] else row.total
    row.owed = -payable if said["credit"] else payable
    row.order = ordering.named(said["order"])
    return _keep(row, content, by)


@retried
@transaction.atomic
def _keep(row: ReceivedInvoice, content: bytes, by) -> ReceivedInvoice:
    row.pk = None  # tried once more
    ending = "pdf" if row.facts["pdf"] else "xml"
    row.file.save(f"{row.workspace_id}/{row.sha256[:16]}.{ending}", ContentFile(content), save=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody else was quicker
        row.file.storage.delete(row.file.name)
        raise _known(ReceivedInvoice.objects.get(sha256=row.sha256)) from None
    chain.seal(row, by)  # from here on nobody else of this business stores one until we have ended
    twins = ReceivedInvoice.objects.filter(number=row.number, seller=row.seller).exclude(state="rejected")
    if twin := twins.exclude(pk=row.pk).first():
        row.file.storage.delete(row.file.name)
        raise _another(twin)
    activity.record("received", row, by, money={"total": row.total})
    return row


def _known(row: ReceivedInvoice) -> Refused:
    words = _("This file is here already: %(invoice)s.") % {"invoice": row}
    return Refused(words, code="known", field="upload")


def _another(twin: ReceivedInvoice) -> Refused:
    words = _(
        "%(invoice)s is here already, in another file of %(day)s. If this one replaces it, reject that one first."
    )
    words %= {"invoice": twin, "day": day(timezone.localdate(twin.received_at))}
    return Refused(words, code="twin", field="upload")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _amount(text: str) -> Decimal:
    amount = Decimal(text or "0").quantize(Decimal("0.0001"))
    return amount if abs(amount) < LARGEST else Decimal(0)
