"""A statement of account on paper: what moved it, what is open, and how old that is."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from django.utils import timezone, translation

from accounts.documents import pdf
from accounts.documents.letterhead import day, letterhead
from billing.ageing import BUCKETS
from billing.facts import frozen_facts
from billing.models import AccountStatement, Invoice
from billing.statements import Account, Entry


def frozen_of(account: Account) -> dict:
    """All that stands on the paper, values as text: what a kept statement goes on saying."""
    workspace = account.client.workspace
    facts = frozen_facts(Invoice(workspace=workspace, client=account.client, currency=account.currency), {})
    with translation.override(facts["language"]):
        entries = [
            {"day": entry.day.isoformat(), "what": str(entry.what), "number": entry.number,
             "amount": f"{entry.amount:f}", "balance": f"{entry.balance:f}"}
            for entry in account.entries
        ]  # fmt: skip
    items = [
        {"number": row.number, "due": row.due_on.isoformat() if row.due_on else "", "total": f"{row.total:f}",
         "left": f"{Decimal(row.left):f}"}
        for row in account.open_items
    ]  # fmt: skip
    return {
        **{name: facts[name] for name in ("seller", "buyer", "language", "locale")},
        "currency": account.currency,
        "date": timezone.localdate().isoformat(),
        "from_on": account.from_on.isoformat(),
        "until_on": account.until_on.isoformat(),
        "opening": f"{account.opening:f}",
        "closing": f"{account.closing:f}",
        "entries": entries,
        "open_items": items,
        "buckets": [f"{amount:f}" for amount in account.buckets],
    }


def statement_pdf(account: Account) -> bytes:
    """As it stands now, for a look."""
    return _drawn(account.client.workspace, frozen_of(account))


def kept_pdf(statement: AccountStatement) -> bytes:
    """Of one that was kept: what it said then."""
    return _drawn(statement.workspace, statement.frozen)


def kept_account(statement: AccountStatement) -> Account:
    """What a kept one said then, for a page. Its open items stand on the paper alone: the invoices have moved on."""
    facts = statement.frozen
    entries = [
        Entry(date.fromisoformat(row["day"]), row["what"], row["number"], Decimal(row["amount"]),
              Decimal(row["balance"]))
        for row in facts["entries"]
    ]  # fmt: skip
    return Account(
        statement.client, facts["currency"], *(date.fromisoformat(facts[name]) for name in ("from_on", "until_on")),
        Decimal(facts["opening"]), entries, [], [Decimal(amount) for amount in facts["buckets"]],
    )  # fmt: skip


def _drawn(workspace, facts: dict) -> bytes:
    locale = facts["locale"]

    def short(value: str) -> str:
        return format_date(date.fromisoformat(value), "short", locale=locale) if value else ""

    context = {
        **letterhead(workspace, facts["seller"], facts["buyer"]),
        "opening": Decimal(facts["opening"]),
        "closing": Decimal(facts["closing"]),
        **{name: day(date.fromisoformat(facts[name]), locale) for name in ("date", "from_on", "until_on")},
        "entries": [
            (short(row["day"]), {**row, "amount": Decimal(row["amount"]), "balance": Decimal(row["balance"])})
            for row in facts["entries"]
        ],
        "open_items": [
            (short(row["due"]), {**row, "total": Decimal(row["total"]), "left": Decimal(row["left"])})
            for row in facts["open_items"]
        ],
        "ages": list(zip(BUCKETS, map(Decimal, facts["buckets"]), strict=True)),
        "currency": facts["currency"],
    }
    return pdf.render("billing/statement.html", context, facts["language"])
