"""An electronic invoice of somebody else taken apart. Runs in `laseros.core.sandbox`; imports no Django.

XRechnung and Factur-X in CII, UBL invoices and credit notes, and PDFs that carry one of them. Elements are known by
their names without the namespace; what is not understood is left out, since the file itself is kept.
"""

import io
import re

from accounts.imports.reading import Wrong, unpacked

MOST_BYTES = 10_000_000
MOST_LINES = 2_000
MOST_TEXT = 200
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
CREDITS = ("381", "396", "261")
# Imported late, but by whoever forks the sandbox's children beforehand.
NEEDED = ("defusedxml.ElementTree", "pypdf")

TRADE = "SupplyChainTradeTransaction"
AGREED = f"{TRADE}/ApplicableHeaderTradeAgreement"
SELLER, BUYER = f"{AGREED}/SellerTradeParty", f"{AGREED}/BuyerTradeParty"
SETTLED = f"{TRADE}/ApplicableHeaderTradeSettlement"
SUMS = f"{SETTLED}/SpecifiedTradeSettlementHeaderMonetarySummation"
SUPPLIER, CUSTOMER = "AccountingSupplierParty/Party", "AccountingCustomerParty/Party"
# What is said where; of several the first that is there.
CII = {
    "number": ("ExchangedDocument/ID",),
    "type": ("ExchangedDocument/TypeCode",),
    "issued_on": ("ExchangedDocument/IssueDateTime/DateTimeString",),
    "due_on": (f"{SETTLED}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",),
    "seller": (f"{SELLER}/Name",),
    "vat_number": (f"{SELLER}/SpecifiedTaxRegistration/ID[@schemeID='VA']", f"{SELLER}/SpecifiedTaxRegistration/ID"),
    "currency": (f"{SETTLED}/InvoiceCurrencyCode",),
    "iban": (f"{SETTLED}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID",),
    "net": (f"{SUMS}/TaxBasisTotalAmount",),
    "tax": (f"{SUMS}/TaxTotalAmount",),
    "total": (f"{SUMS}/GrandTotalAmount",),
    "payable": (f"{SUMS}/DuePayableAmount",),
    "note": ("ExchangedDocument/IncludedNote/Content",),
    "order": (f"{AGREED}/BuyerOrderReferencedDocument/IssuerAssignedID",),
    "buyer": (f"{BUYER}/Name",),
    "buyer_vat_number": (f"{BUYER}/SpecifiedTaxRegistration/ID[@schemeID='VA']",),
    "country": (f"{SELLER}/PostalTradeAddress/CountryID",),
    "terms": (f"{SETTLED}/SpecifiedTradePaymentTerms/Description",),
    "line_total": (f"{SUMS}/LineTotalAmount",),
    "allowances": (f"{SUMS}/AllowanceTotalAmount",),
    "charges": (f"{SUMS}/ChargeTotalAmount",),
    "prepaid": (f"{SUMS}/TotalPrepaidAmount",),
    "rounding": (f"{SUMS}/RoundingAmount",),
}
CII_LINE = {
    "description": ("SpecifiedTradeProduct/Name",),
    "quantity": ("SpecifiedLineTradeDelivery/BilledQuantity",),
    "price": ("SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount",),
    "percent": ("SpecifiedLineTradeSettlement/ApplicableTradeTax/RateApplicablePercent",),
    "net": ("SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount",),
}
UBL = {
    "number": ("ID",),
    "type": ("InvoiceTypeCode", "CreditNoteTypeCode"),
    "issued_on": ("IssueDate",),
    "due_on": ("DueDate", "PaymentMeans/PaymentDueDate"),
    "seller": (f"{SUPPLIER}/PartyLegalEntity/RegistrationName", f"{SUPPLIER}/PartyName/Name"),
    "vat_number": (f"{SUPPLIER}/PartyTaxScheme/CompanyID",),
    "currency": ("DocumentCurrencyCode",),
    "iban": ("PaymentMeans/PayeeFinancialAccount/ID",),
    "net": ("LegalMonetaryTotal/TaxExclusiveAmount",),
    "tax": ("TaxTotal/TaxAmount",),
    "total": ("LegalMonetaryTotal/TaxInclusiveAmount",),
    "payable": ("LegalMonetaryTotal/PayableAmount",),
    "note": ("Note",),
    "order": ("OrderReference/ID",),
    "buyer": (f"{CUSTOMER}/PartyLegalEntity/RegistrationName", f"{CUSTOMER}/PartyName/Name"),
    "buyer_vat_number": (f"{CUSTOMER}/PartyTaxScheme/CompanyID",),
    "country": (f"{SUPPLIER}/PostalAddress/Country/IdentificationCode",),
    "terms": ("PaymentTerms/Note",),
    "line_total": ("LegalMonetaryTotal/LineExtensionAmount",),
    "allowances": ("LegalMonetaryTotal/AllowanceTotalAmount",),
    "charges": ("LegalMonetaryTotal/ChargeTotalAmount",),
    "prepaid": ("LegalMonetaryTotal/PrepaidAmount",),
    "rounding": ("LegalMonetaryTotal/PayableRoundingAmount",),
}
UBL_LINE = {
    "description": ("Item/Name",),
    "quantity": ("InvoicedQuantity", "CreditedQuantity"),
    "price": ("Price/PriceAmount",),
    "percent": ("Item/ClassifiedTaxCategory/Percent",),
    "net": ("LineExtensionAmount",),
}
FIGURES = {"net", "tax", "total", "payable", "quantity", "price", "percent", "line_total", "allowances", "charges",
           "prepaid", "rounding"}  # fmt: skip


def read(content: str) -> dict:
    """`content` is the file in base64; amounts are text with a point, days like 2026-11-30, "" for what is not said."""
    data = unpacked(content, MOST_BYTES, "The file is too large: 10 MB at most.")
    is_pdf = data.startswith(b"%PDF-")
    root = _root(_inside(data) if is_pdf else data)
    if root.tag == "CrossIndustryInvoice":
        facts, syntax = _facts(root, CII), "cii"
        lines = root.findall(f"{TRADE}/IncludedSupplyChainTradeLineItem")
    elif root.tag in ("Invoice", "CreditNote"):
        facts, syntax = _facts(root, UBL), "ubl"
        lines = [*root.findall("InvoiceLine"), *root.findall("CreditNoteLine")]
    else:
        raise Wrong("This XML is no electronic invoice (CII or UBL).", "not-an-invoice")
    if not facts["number"] or not facts["seller"] or not facts["total"]:
        raise Wrong("This invoice says neither who, which number nor how much.", "not-an-invoice")
    if len(lines) > MOST_LINES:
        raise Wrong("The invoice has too many lines: 2,000 at most.", "too-many")
    places = CII_LINE if syntax == "cii" else UBL_LINE
    credit = facts["type"] in CREDITS or root.tag == "CreditNote"
    found = [_facts(line, places) for line in lines]
    return {**facts, "syntax": syntax, "pdf": is_pdf, "credit": credit, "lines": found}


def _inside(pdf: bytes) -> bytes:
    """The XML that a hybrid PDF carries."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        attached = PdfReader(io.BytesIO(pdf)).attachments
        found = [content for name, (content, *_more) in attached.items() if name.lower().endswith(".xml")]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Wrong("This PDF cannot be read.", "unreadable") from None
    if not found:
        raise Wrong("There is no electronic invoice in this PDF.", "not-an-invoice")
    return found[0]


def _root(data: bytes):
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Wrong("This is neither XML nor a PDF.", "unreadable") from None
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
    return root


def _facts(element, places: dict) -> dict[str, str]:
    return {name: _said(element, paths, name) for name, paths in places.items()}


def _said(element, paths: tuple[str, ...], name: str) -> str:
    for path in paths:
        text = " ".join((element.findtext(path) or "").split())
        if text and name in FIGURES:
            return text if NUMBER.fullmatch(text) else ""
        if text and name.endswith("_on"):
            match = DAY.match(text)
            return "-".join(match.groups()) if match else ""
        if text:
            return text[:MOST_TEXT]
    return ""
