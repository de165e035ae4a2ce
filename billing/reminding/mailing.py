"""Mail about an invoice that is overdue: what it says is the business's own, when it is said is decided elsewhere."""

from datetime import date

from django.db import transaction

from accounts import outbox
from accounts.documents.letterhead import day
from accounts.models import OutgoingMail
from billing.facts import address_of, contact_of, link
from billing.models import Invoice
from billing.occasions import REMINDER
from crm import links
from crm.families import living
from laseros.core.money import show


@transaction.atomic
def mail_reminder(
    invoice: Invoice, *, key: str, level: str, fee=None, pay_by: date | None = None, attachments=(), by=None
) -> OutgoingMail | None:
    """Write a reminder to the outbox, once for each key; None where nobody has an address or the business sends none.

    `level` is how it is called ("First reminder"), `fee` an amount in the invoice's currency or None, `pay_by` the new
    day to pay by.
    """
    contact, locale = contact_of(invoice), invoice.workspace.locale
    fee = show(fee, invoice.currency, locale) if fee else ""
    return outbox.post(
        REMINDER, invoice, key=key, to=address_of(invoice), name=contact.name if contact else "",
        link=links.url(link(invoice)), attachments=attachments, by=by,
        values={"level": level, "fee": fee, "pay_by": day(pay_by, locale)},
        phone=contact.phone if contact else living(invoice.client).phone,
    )  # fmt: skip
