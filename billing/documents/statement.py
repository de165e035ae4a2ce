"""A statement of account on paper: what moved it, what is open, and how old that is."""

from babel.dates import format_date
from django.utils import timezone

from accounts.documents import pdf
from accounts.documents.letterhead import day, letterhead
from billing.ageing import BUCKETS
from billing.facts import frozen_facts
from billing.models import Invoice
from billing.statements import Account


def statement_pdf(account: Account) -> bytes:
    workspace = account.client.workspace
    facts = frozen_facts(Invoice(workspace=workspace, client=account.client, currency=account.currency), {})
    locale = facts["locale"]

    def short(value):
        return format_date(value, "short", locale=locale) if value else ""

    context = {
        **letterhead(workspace, facts["seller"], facts["buyer"]),
        "account": account,
        "date": day(timezone.localdate(), locale),
        "from_on": day(account.from_on, locale),
        "until_on": day(account.until_on, locale),
        "entries": [(short(entry.day), entry) for entry in account.entries],
        "open_items": [(short(row.due_on), row) for row in account.open_items],
        "ages": list(zip(BUCKETS, account.buckets, strict=True)),
        "currency": account.currency,
    }
    return pdf.render("billing/statement.html", context, facts["language"])
