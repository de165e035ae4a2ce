"""What suppliers sent in the demo: an invoice that is paid, one whose money has left already, one to be checked."""

from datetime import timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from billing.models import ReceivedInvoice
from billing.received import deciding, keeping, paying
from inventory.models import PurchaseOrder
from laseros.core.money import cents
from laseros.demo.ground import Business

PERCENT = {"DE": Decimal(19), "ZA": Decimal(15)}
LINE = (
    "<InvoiceLine><ID>{number}</ID><InvoicedQuantity>{packs}</InvoicedQuantity><LineExtensionAmount>{net}"
    "</LineExtensionAmount><Item><Name>{name}</Name><ClassifiedTaxCategory><Percent>{percent}</Percent>"
    "</ClassifiedTaxCategory></Item><Price><PriceAmount>{price}</PriceAmount></Price></InvoiceLine>"
)
INVOICE = (
    '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>{number}</ID><IssueDate>{issued}'
    "</IssueDate><DueDate>{due}</DueDate><InvoiceTypeCode>380</InvoiceTypeCode><DocumentCurrencyCode>{currency}"
    "</DocumentCurrencyCode><OrderReference><ID>{order}</ID></OrderReference><AccountingSupplierParty><Party><PartyName>"
    "<Name>{seller}</Name></PartyName><PartyTaxScheme><CompanyID>{vat}</CompanyID></PartyTaxScheme></Party>"
    "</AccountingSupplierParty><AccountingCustomerParty><Party><PartyName><Name>{buyer}</Name></PartyName></Party>"
    "</AccountingCustomerParty><PaymentMeans><PayeeFinancialAccount><ID>{account}</ID></PayeeFinancialAccount>"
    "</PaymentMeans><PaymentTerms><Note>{terms}</Note></PaymentTerms><TaxTotal><TaxAmount>{tax}</TaxAmount></TaxTotal>"
    "<LegalMonetaryTotal><LineExtensionAmount>{net}</LineExtensionAmount><TaxExclusiveAmount>{net}</TaxExclusiveAmount>"
    "<TaxInclusiveAmount>{total}</TaxInclusiveAmount><PayableAmount>{total}</PayableAmount></LegalMonetaryTotal>{lines}"
    "</Invoice>"
)


def make(business: Business) -> ReceivedInvoice | None:
    """Of the last orders that came; answers the one that the bank has paid and nobody has booked yet."""
    office, today = business.people["office"], timezone.localdate()
    sent = PurchaseOrder.objects.filter(net__gt=0, sent_at__isnull=False).exclude(state="cancelled")
    orders = list(sent.order_by("-sent_at")[:3])
    found = [_came(business, order, number) for number, order in enumerate(orders)]
    for row in found[1:]:
        deciding.approve(row, office)
    for row in found[2:]:
        paying.pay(row, row.left, today - timedelta(days=9), "Card", office)
    return found[1] if len(found) > 1 else None


def _came(business: Business, order: PurchaseOrder, number: int) -> ReceivedInvoice:
    workspace, day = business.workspace, timezone.localdate() - timedelta(days=3 + 12 * number)
    percent = PERCENT[workspace.country]
    tax = cents(order.net * percent / 100, order.currency)
    lines = "".join(
        LINE.format(number=place, packs=line.packs, net=f"{line.net:.2f}", name=escape(line.item.name),
                    percent=percent, price=f"{line.unit_price:.2f}")
        for place, line in enumerate(order.lines.select_related("item"), start=1)
    )  # fmt: skip
    text = INVOICE.format(
        number=f"{4210 + 7 * number}/{day:%y}", issued=day, due=day + timedelta(days=14), currency=order.currency,
        order=order.number, seller=escape(order.supplier.name), buyer=escape(workspace.printed_name),
        vat="DE136695976" if workspace.country == "DE" else "4870123456",
        account="DE89370400440532013000" if workspace.country == "DE" else "62012345678",
        terms=escape(order.supplier.terms), tax=f"{tax:.2f}", net=f"{order.net:.2f}",
        total=f"{order.net + tax:.2f}", lines=lines,
    )  # fmt: skip
    upload = SimpleUploadedFile("invoice.xml", text.encode())
    return keeping.receive(ReceivedInvoice(workspace=workspace), upload, business.people["office"])
