"""Which received invoices a line of the bank pays: matched as money that came in, seen from the other side."""

from collections.abc import Iterable

from billing.bank.matching import Line, Open, Proposal, propose
from billing.models import BankLine, ReceivedInvoice
from billing.states import RECEIVED_OPEN
from laseros.core.money import cents

MOST = 2_000  # open ones that are looked through


def proposals(lines: Iterable[BankLine]) -> dict[int, list[Proposal]]:
    """{line: what it may be for}, of money that left what we owe, of money that came what a supplier gives back. Those
    that nobody has checked yet are proposed too; nothing is paid with more than it asks for. One query, however many
    lines there are."""
    rows = ReceivedInvoice.objects.filter(state__in=RECEIVED_OPEN).order_by("due_on", "id")[:MOST]
    whose: dict[str, int] = {}
    accounts: dict[str, int] = {}
    items: dict[bool, list[Open]] = {True: [], False: []}
    for row in rows:
        seller = whose.setdefault(row.seller.casefold(), len(whose))
        if iban := "".join(row.facts.get("iban", "").split()):
            accounts[iban] = seller
        found = Open(row.pk, row.number, seller, "", row.seller, cents(abs(row.left), row.currency), row.currency)
        if row.left:
            items[row.left > 0].append(found)
    return {line.pk: _fitting(line, items[line.amount < 0], accounts) for line in lines}


def _fitting(line: BankLine, items: list[Open], accounts: dict[str, int]) -> list[Proposal]:
    said = Line(abs(line.amount), line.currency, line.name, "".join(line.iban.split()), line.text)
    return [proposal for proposal in propose(said, items, accounts) if proposal.left_over <= 0]
