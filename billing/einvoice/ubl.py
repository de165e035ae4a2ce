"""OASIS UBL 2.1, as XRechnung-UBL: an Invoice, or a CreditNote for what takes something back."""

from decimal import Decimal

from lxml import etree

from billing.einvoice.said import Allowance, Line, Party, Said, Tax

PIECE = "H87"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
ROOT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
CENT = Decimal("0.01")


class Node:
    """An element that grows: `put` adds a value, `open` a group."""

    def __init__(self, element, currency: str):
        self.element, self.currency = element, currency

    def put(self, name: str, value, **attributes) -> None:
        if value not in (None, ""):
            child = etree.SubElement(self.element, f"{{{CBC}}}{name}", attributes)
            child.text = str(value)

    def pay(self, name: str, amount: Decimal, quantum: Decimal | None = CENT) -> None:
        value = amount.quantize(quantum) if quantum else amount
        self.put(name, f"{value:f}", currencyID=self.currency)

    def open(self, name: str) -> "Node":
        return Node(etree.SubElement(self.element, f"{{{CAC}}}{name}"), self.currency)


def xml(said: Said, guideline: str, process: str = "") -> bytes:
    name = "CreditNote" if said.credit else "Invoice"
    element = etree.Element(f"{{{ROOT.format(name)}}}{name}", nsmap={None: ROOT.format(name), "cac": CAC, "cbc": CBC})
    root = Node(element, said.currency)
    root.put("CustomizationID", guideline)
    root.put("ProfileID", process)
    root.put("ID", said.number)
    root.put("IssueDate", said.issued_on)
    if not said.credit:
        root.put("DueDate", said.due_on)
    root.put(f"{name}TypeCode", "381" if said.credit else "380")
    for text in said.notes:
        root.put("Note", text)
    root.put("DocumentCurrencyCode", said.currency)
    root.put("BuyerReference", said.buyer_reference)
    _references(root, said)
    _party(root.open("AccountingSupplierParty").open("Party"), said.seller, contact=True)
    _party(root.open("AccountingCustomerParty").open("Party"), said.buyer)
    _delivery(root, said)
    _payment(root, said)
    for allowance in said.allowances:
        _allowance(root, allowance)
    _taxes(root, said)
    _sums(root, said)
    for line in said.lines:
        _line(root, line, name)
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _references(root: Node, said: Said) -> None:
    if said.order:
        order = root.open("OrderReference")
        order.put("ID", "-")  # BT-13 is not known; UBL wants it beside the seller's own number
        order.put("SalesOrderID", said.order)
    if said.origin:
        origin = root.open("BillingReference").open("InvoiceDocumentReference")
        origin.put("ID", said.origin[0])
        origin.put("IssueDate", said.origin[1])


def _party(node: Node, party: Party, contact: bool = False) -> None:
    if party.email:
        node.put("EndpointID", party.email, schemeID="EM")
    _address(node.open("PostalAddress"), party)
    for number, scheme in ((party.vat_number, "VAT"), (party.tax_number, "FC")):
        if number:
            tax = node.open("PartyTaxScheme")
            tax.put("CompanyID", number)
            tax.open("TaxScheme").put("ID", scheme)
    legal = node.open("PartyLegalEntity")
    legal.put("RegistrationName", party.name)
    legal.put("CompanyID", party.registration)
    if contact and (party.phone or party.email):
        person = node.open("Contact")
        person.put("Name", party.name)
        person.put("Telephone", party.phone)
        person.put("ElectronicMail", party.email)


def _address(node: Node, party: Party) -> None:
    street = party.street
    node.put("StreetName", street[0] if street else "")
    node.put("AdditionalStreetName", street[1] if len(street) > 1 else "")
    node.put("CityName", party.city)
    node.put("PostalZone", party.postcode)
    if len(street) > 2:
        node.open("AddressLine").put("Line", street[2])
    node.open("Country").put("IdentificationCode", party.country)


def _delivery(root: Node, said: Said) -> None:
    delivery = root.open("Delivery")
    delivery.put("ActualDeliveryDate", said.supplied_on)
    if said.crosses_the_union:
        _address(delivery.open("DeliveryLocation").open("Address"), said.buyer)


def _payment(root: Node, said: Said) -> None:
    means = root.open("PaymentMeans")
    means.put("PaymentMeansCode", "58" if said.iban else "1")
    if said.credit:
        means.put("PaymentDueDate", said.due_on)
    means.put("PaymentID", said.number)
    if said.iban:
        account = means.open("PayeeFinancialAccount")
        account.put("ID", said.iban)
        account.put("Name", said.seller.name)
        if said.bic:
            account.open("FinancialInstitutionBranch").put("ID", said.bic)
    root.open("PaymentTerms").put("Note", said.terms)


def _allowance(node: Node, allowance: Allowance) -> None:
    part = node.open("AllowanceCharge")
    part.put("ChargeIndicator", "false")
    part.put("AllowanceChargeReasonCode", "95")  # UNTDID 5189: discount
    part.put("AllowanceChargeReason", allowance.reason)
    if allowance.percent is not None:
        part.put("MultiplierFactorNumeric", f"{allowance.percent:f}")
    part.pay("Amount", allowance.amount)
    part.pay("BaseAmount", allowance.basis)
    if allowance.tax is not None:
        _category(part.open("TaxCategory"), allowance.tax)


def _taxes(root: Node, said: Said) -> None:
    total = root.open("TaxTotal")
    total.pay("TaxAmount", said.tax)
    for tax in said.taxes:
        part = total.open("TaxSubtotal")
        part.pay("TaxableAmount", tax.basis)
        part.pay("TaxAmount", tax.amount)
        _category(part.open("TaxCategory"), tax, why=True)


def _category(node: Node, tax: Tax, why: bool = False) -> None:
    node.put("ID", tax.category)
    if tax.percent is not None:
        node.put("Percent", f"{tax.percent:f}")
    if why:
        node.put("TaxExemptionReasonCode", tax.reason_code)
        node.put("TaxExemptionReason", tax.reason)
    node.open("TaxScheme").put("ID", "VAT")


def _sums(root: Node, said: Said) -> None:
    sums = root.open("LegalMonetaryTotal")
    for name, amount in (
        ("LineExtensionAmount", said.lines_net),
        ("TaxExclusiveAmount", said.net),
        ("TaxInclusiveAmount", said.total),
        ("AllowanceTotalAmount", said.off),
        ("PayableAmount", said.total),
    ):
        if amount or name != "AllowanceTotalAmount":
            sums.pay(name, amount)


def _line(root: Node, line: Line, name: str) -> None:
    node = root.open(f"{name}Line")
    node.put("ID", line.number)
    node.put("CreditedQuantity" if name == "CreditNote" else "InvoicedQuantity", line.quantity, unitCode=PIECE)
    node.pay("LineExtensionAmount", line.net)
    if line.allowance:
        _allowance(node, line.allowance)
    item = node.open("Item")
    item.put("Name", line.name)
    _category(item.open("ClassifiedTaxCategory"), line.tax)
    node.open("Price").pay("PriceAmount", line.unit_price, quantum=None)
