"""The papers of a document that is being issued: its PDF, and in Germany its XML, stored before anything is booked."""

import hashlib
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from billing.documents.invoice import invoice_pdf
from billing.models import Invoice, InvoiceLine


@dataclass(frozen=True)
class Stored:
    """Values of the invoice's file fields: names in the storage and SHA-256 of what lies there."""

    fields: dict[str, str] = field(default_factory=dict)


def store(invoice: Invoice, lines: list[InvoiceLine]) -> Stored:
    """Make and store the papers of `invoice`, which has its number and is not saved. Nothing refers to them yet.

    Raises `Refused` when the electronic invoice lacks something or breaks a rule: it is checked before it is issued.
    """
    made = {"pdf": invoice_pdf(invoice, lines)}
    if invoice.workspace.country == "DE" and invoice.currency == "EUR":
        from billing import einvoice

        name = einvoice.of_client(invoice.client)
        made["xml"] = einvoice.written(invoice, name, lines)
        if einvoice.FORMATS[name].pdf:
            made["pdf"] = einvoice.hybrid(made["pdf"], made["xml"], invoice.workspace.language)
    fields = {}
    for kind, content in made.items():
        digest = hashlib.sha256(content).hexdigest()
        name = f"documents/{invoice.workspace_id}/invoice-{invoice.pk}-{digest[:16]}.{kind}"
        fields[kind] = default_storage.save(name, ContentFile(content))
        fields[f"{kind}_sha256"] = digest
    return Stored(fields)


def discard(stored: Stored | None) -> None:
    """Take away papers that were made for nothing."""
    for name, value in (stored.fields if stored else {}).items():
        if not name.endswith("_sha256"):
            default_storage.delete(value)
