"""UN/CEFACT Cross Industry Invoice (D16B): the XML inside a Factur-X PDF, and XRechnung-CII. Built with drafthorse."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from drafthorse.models.accounting import ApplicableTradeTax, CategoryTradeTax, TradeAllowanceCharge
from drafthorse.models.document import Document
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration, TradeParty
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem

from billing.einvoice.said import Allowance, Line, Party, Said, Tax

PIECE = "H87"
CENT = Decimal("0.01")


def xml(said: Said, guideline: str, process: str = "") -> bytes:
    """The document as CII under the rules that `guideline` names (BT-24)."""
    document = Document()
    document.context.guideline_parameter.id = guideline
    if process:
        document.context.business_parameter.id = process
    document.header.id = said.number
    document.header.type_code = "381" if said.credit else "380"
    document.header.issue_date_time = _moment(said.issued_on)
    for text in said.notes:
        note = IncludedNote()
        note.content = text
        document.header.notes.add(note)
    _parties(document, said)
    for line in said.lines:
        document.trade.items.add(_item(line))
    _settlement(document, said)
    return document.serialize(schema=None)


def _parties(document: Document, said: Said) -> None:
    agreement, delivery = document.trade.agreement, document.trade.delivery
    agreement.buyer_reference = said.buyer_reference
    if said.order:
        agreement.seller_order.issuer_assigned_id = said.order
    _party(agreement.seller, said.seller)
    seller = said.seller
    if seller.phone or seller.email:
        agreement.seller.contact.person_name = seller.name
        agreement.seller.contact.telephone.number = seller.phone
        agreement.seller.contact.email.address = seller.email
    _party(agreement.buyer, said.buyer)
    delivery.event.occurrence = _moment(said.supplied_on)
    if said.crosses_the_union:
        delivery.ship_to.name = said.buyer.name
        _address(delivery.ship_to, said.buyer)


def _party(element: TradeParty, party: Party) -> None:
    element.name = party.name
    if party.registration:
        element.legal_organization.id = party.registration
    _address(element, party)
    if party.email:
        element.electronic_address.uri_ID = ("EM", party.email)
    if party.tax_number:
        element.tax_registrations.add(TaxRegistration(id=("FC", party.tax_number)))
    if party.vat_number:
        element.tax_registrations.add(TaxRegistration(id=("VA", party.vat_number)))


def _address(element: TradeParty, party: Party) -> None:
    address = element.address
    address.postcode = party.postcode
    for name, text in zip(("line_one", "line_two", "line_three"), party.street, strict=False):
        setattr(address, name, text)
    address.city_name = party.city
    address.country_id = party.country


def _item(line: Line) -> LineItem:
    item = LineItem()
    item.document.line_id = line.number
    item.product.name = line.name
    item.agreement.net.amount = line.unit_price
    item.delivery.billed_quantity = (Decimal(line.quantity), PIECE)
    tax = item.settlement.trade_tax
    tax.type_code, tax.category_code = "VAT", line.tax.category
    if line.tax.percent is not None:
        tax.rate_applicable_percent = line.tax.percent
    if line.allowance:
        item.settlement.allowance_charge.add(_allowance(line.allowance))
    item.settlement.monetary_summation.total_amount = _cents(line.net)
    return item


def _settlement(document: Document, said: Said) -> None:
    settlement = document.trade.settlement
    settlement.payment_reference = said.number
    settlement.currency_code = said.currency
    settlement.payment_means.add(_means(said))
    for tax in said.taxes:
        settlement.trade_tax.add(_rate(tax))
    for allowance in said.allowances:
        settlement.allowance_charge.add(_allowance(allowance))
    terms = PaymentTerms()
    terms.description = said.terms
    if said.due_on:
        terms.due = _moment(said.due_on)
    settlement.terms.add(terms)
    sums = settlement.monetary_summation
    sums.line_total = _cents(said.lines_net)
    if said.allowances:
        sums.allowance_total = _cents(said.off)
    sums.tax_basis_total = _cents(said.net)
    sums.tax_total = (_cents(said.tax), said.currency)
    sums.grand_total = _cents(said.total)
    sums.due_amount = _cents(said.total)
    if said.origin:
        number, day = said.origin
        settlement.invoice_referenced_document.issuer_assigned_id = number
        settlement.invoice_referenced_document.issue_date_time = _moment(day)


def _allowance(allowance: Allowance) -> TradeAllowanceCharge:
    element = TradeAllowanceCharge()
    element.indicator = False  # less, and not more
    if allowance.percent is not None:
        element.calculation_percent = allowance.percent
    element.basis_amount, element.actual_amount = _cents(allowance.basis), _cents(allowance.amount)
    element.reason_code, element.reason = "95", allowance.reason  # UNTDID 5189: discount
    if allowance.tax is not None:
        tax = CategoryTradeTax()
        tax.type_code, tax.category_code = "VAT", allowance.tax.category
        if allowance.tax.percent is not None:
            tax.rate_applicable_percent = allowance.tax.percent
        element.trade_tax.add(tax)
    return element


def _means(said: Said) -> PaymentMeans:
    means = PaymentMeans()
    means.type_code = "58" if said.iban else "1"  # SEPA credit transfer; or not said
    if said.iban:
        means.payee_account.iban = said.iban
        means.payee_account.account_name = said.seller.name
        if said.bic:
            means.payee_institution.bic = said.bic
    return means


def _rate(tax: Tax) -> ApplicableTradeTax:
    element = ApplicableTradeTax()
    element.type_code, element.category_code = "VAT", tax.category
    element.basis_amount, element.calculated_amount = _cents(tax.basis), _cents(tax.amount)
    if tax.percent is not None:
        element.rate_applicable_percent = tax.percent
    if tax.reason:
        element.exemption_reason = tax.reason
    if tax.reason_code:
        element.exemption_reason_code = tax.reason_code
    return element


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
