"""A reminder on paper: what is open, since when, and what is asked for beside it with how it came about."""

from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.documents import pdf, pictures
from accounts.documents.letterhead import day, letterhead
from billing.facts import frozen_facts, link
from billing.models import Reminder
from crm import links


def heading(step: int) -> str:
    return {1: _("Payment reminder"), 2: _("Second reminder"), 3: _("Last reminder")}[step]


def frozen_of(invoice, claim) -> dict:
    """Names and addresses as they are now, and how the interest came about."""
    facts = frozen_facts(invoice, {})
    slices = [
        {"since": each.since.isoformat(), "until": each.until.isoformat(), "percent": f"{each.percent:f}",
         "amount": f"{each.amount:f}", "days": each.days}
        for each in claim.slices
    ]  # fmt: skip
    return {name: facts[name] for name in ("seller", "buyer", "language", "locale")} | {"slices": slices}


def reminder_pdf(reminder: Reminder) -> bytes:
    invoice, facts = reminder.invoice, reminder.frozen
    locale = facts["locale"]
    transfer = pictures.bank_transfer(facts["seller"], reminder.asked, invoice.currency, invoice.number)
    address = links.url(link(invoice))
    with translation.override(facts["language"]):
        title = heading(reminder.step)
    slices = [
        {**each, "since": day(date.fromisoformat(each["since"]), locale), "percent": Decimal(each["percent"]),
         "until": day(date.fromisoformat(each["until"]), locale), "amount": Decimal(each["amount"])}
        for each in facts["slices"]
    ]  # fmt: skip
    context = {
        "heading": title,
        **letterhead(reminder.workspace, facts["seller"], facts["buyer"]),
        "reminder": reminder,
        "invoice": invoice,
        "date": day(reminder.sent_on, locale),
        "issued_on": day(invoice.issued_on, locale),
        "due_on": day(invoice.due_on, locale),
        "pay_by": day(reminder.pay_by, locale),
        "late": (reminder.sent_on - invoice.due_on).days,
        "slices": slices,
        "currency": invoice.currency,
        "link": address,
        "to_pay": bool(transfer),
        "qr": pictures.qr(transfer or address),
    }
    return pdf.render("billing/reminder.html", context, facts["language"])
