"""The formats an issued document is written in, checked before it is handed out."""

import io
from dataclasses import dataclass
from importlib import import_module

from django.utils.translation import gettext as _

from billing.einvoice import said, wishes
from billing.models import Invoice, InvoiceLine
from crm.models import Client, InvoiceFormat
from laseros.core.errors import Refused

XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
INSIDE = "factur-x.xml"
EN16931 = "urn:cen.eu:en16931:2017"


@dataclass(frozen=True)
class Format:
    """`syntax` is the module that writes it under `guideline`; `pdf`: the XML goes into the stored PDF."""

    syntax: str
    guideline: str
    process: str = ""
    pdf: bool = False

    def xml(self, facts: said.Said) -> bytes:
        """Imported when it is needed: start-up does not wait for it."""
        return import_module(f"billing.einvoice.{self.syntax}").xml(facts, self.guideline, self.process)

    @property
    def xrechnung(self) -> bool:
        return self.guideline == XRECHNUNG


FORMATS = {
    "xrechnung-cii": Format("cii", XRECHNUNG, PEPPOL_PROCESS),
    "xrechnung-ubl": Format("ubl", XRECHNUNG, PEPPOL_PROCESS),
    "facturx-xml": Format("cii", EN16931),
    "facturx-pdf": Format("cii", EN16931, pdf=True),
}


def of_client(client: Client) -> str:
    """The format a client gets; who wants a PDF gets the XML of Factur-X stored beside it."""
    return "facturx-xml" if client.invoice_format == InvoiceFormat.PDF else client.invoice_format


def written(invoice: Invoice, name: str, lines: list[InvoiceLine] | None = None) -> bytes:
    """The XML of an invoice that has its number. Raises `Refused` with what is missing, or which rule it breaks."""
    from billing.einvoice import checking

    form = FORMATS[name]
    facts = said.read(invoice, list(invoice.lines.all()) if lines is None else lines)
    missing = wishes.lacking(facts, xrechnung=form.xrechnung)
    if missing:
        raise Refused(
            _("The electronic invoice must say more: %(missing)s is missing.") % {"missing": ", ".join(missing)},
            code="einvoice-missing",
        )
    xml = form.xml(facts)
    broken = checking.failures(xml, xrechnung=form.xrechnung)
    if broken:
        raise Refused(
            _("The electronic invoice breaks a rule: %(rules)s")
            % {"rules": " ".join(wishes.in_words(failure) for failure in broken[:5])},
            code="einvoice-rule",
            rules=[failure.code for failure in broken],
        )
    return xml


def file_of(invoice: Invoice, name: str) -> bytes:
    """The file of an issued invoice in a format: XML, or the stored PDF with the XML inside."""
    from billing import documents

    xml = written(invoice, name)
    if not FORMATS[name].pdf:
        return xml
    documents.keep(invoice, lambda: documents.invoice_pdf(invoice))
    with invoice.pdf.open("rb") as handle:
        pdf = handle.read()
    return pdf if holds_xml(pdf) else hybrid(pdf, xml, invoice.frozen["language"])


def holds_xml(pdf: bytes) -> bool:
    from pypdf import PdfReader

    return INSIDE in PdfReader(io.BytesIO(pdf)).attachments


def hybrid(pdf: bytes, xml: bytes, language: str = "de") -> bytes:
    """The PDF with the XML inside, as Factur-X and ZUGFeRD want it."""
    from facturx import generate_from_binary

    from billing.einvoice import archival

    return archival.made(generate_from_binary(
        pdf, xml, flavor="factur-x", level="en16931", check_xsd=False, check_schematron=False,
        lang=language, afrelationship="alternative",
    ))  # fmt: skip
