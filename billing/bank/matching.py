"""Which open invoices a line of a bank is for: proposals with reasons and a certainty from 0 to 100.

Pure: neither Django nor the database. Points are added for what agrees; nothing is booked here.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

# What each reason is worth.
POINTS = {"number": 60, "all_numbers": 60, "amount": 30, "sum": 30, "part": 5, "over": 5, "name": 15, "account": 15,
          "only_one": 15, "client": 10}  # fmt: skip
SURE, LIKELY = 85, 55
MOST = 3  # proposals
MOST_TOGETHER = 10  # invoices of one client that are looked through for a sum
LEGAL_FORMS = {"gmbh", "ag", "kg", "ohg", "ug", "mbh", "co", "ltd", "pty", "llc", "inc", "cc", "ek", "eg", "und", "and"}


@dataclass(frozen=True)
class Line:
    amount: Decimal
    currency: str
    name: str = ""
    iban: str = ""
    text: str = ""


@dataclass(frozen=True)
class Open:
    """An invoice with something to pay."""

    pk: int
    number: str
    client: int
    client_code: str
    client_name: str
    balance: Decimal
    currency: str


@dataclass(frozen=True)
class Proposal:
    invoices: tuple[int, ...]
    client: int
    certainty: int
    reasons: tuple[str, ...]
    left_over: Decimal  # of the amount; less than nothing: so much would still be owed


def propose(line: Line, items: Sequence[Open], accounts: dict[str, int] | None = None) -> list[Proposal]:
    """The best few, the surest first. `accounts`: bank account → the client who paid from it before.

    `items` stand in the order they are to be paid in.
    """
    items = [item for item in items if item.currency == line.currency]
    if line.amount <= 0 or not items:
        return []
    payer = (accounts or {}).get(line.iban) if line.iban else None
    found: dict[tuple[int, ...], Proposal] = {}
    for chosen, reasons in _candidates(line, items):
        proposal = _judged(line, chosen, reasons, items, payer)
        there = found.get(proposal.invoices)
        if there is None or there.certainty < proposal.certainty:
            found[proposal.invoices] = proposal
    best = sorted(
        found.values(), key=lambda each: (-each.certainty, abs(each.left_over), len(each.invoices), each.invoices)
    )
    return [each for each in best if each.certainty >= POINTS["amount"]][:MOST]


def _candidates(line: Line, items: list[Open]):
    named = [item for item in items if _says(line.text, item.number)]
    by_client: dict[int, list[Open]] = {}
    for item in items:
        by_client.setdefault(item.client, []).append(item)
    if len(named) > 1 and len({item.client for item in named}) == 1:
        yield named, ["all_numbers"]
    for item in named:
        yield [item], ["number"]
    for item in items:
        if item.balance == line.amount:
            yield [item], []
    for mine in by_client.values():
        known = alike(line.name, mine[0].client_name) or _says(line.text, mine[0].client_code)
        if not known and len(mine) > MOST_TOGETHER:
            continue
        yield from ((group, []) for group in _sums(mine[:MOST_TOGETHER], line.amount))
        if known:
            yield [mine[0]], []


def _sums(items: list[Open], amount: Decimal):
    """Groups of two and three, and all of them, that add up to the amount exactly."""
    for size in (2, 3):
        for group in combinations(items, size):
            if sum(item.balance for item in group) == amount:
                yield list(group)
    if len(items) > 3 and sum(item.balance for item in items) == amount:
        yield items


def _judged(line: Line, chosen: list[Open], reasons: list[str], items: list[Open], payer: int | None) -> Proposal:
    owed = sum((item.balance for item in chosen), Decimal(0))
    client = chosen[0].client
    reasons = list(reasons)
    if owed == line.amount:
        reasons.append("amount" if len(chosen) == 1 else "sum")
        if not reasons[0].endswith(("number", "numbers")) and sum(item.balance == owed for item in items) == 1:
            reasons.append("only_one")
    else:
        reasons.append("part" if line.amount < owed else "over")
    if alike(line.name, chosen[0].client_name):
        reasons.append("name")
    if payer == client:
        reasons.append("account")
    if _says(line.text, chosen[0].client_code):
        reasons.append("client")
    certainty = min(sum(POINTS[reason] for reason in reasons), 100)
    return Proposal(tuple(item.pk for item in chosen), client, certainty, tuple(reasons), line.amount - owed)


def _says(text: str, number: str) -> bool:
    """Whether a text names a number, whatever stands between its parts, and not a longer one."""
    parts = re.findall(r"[A-Za-z]+|\d+", number)
    folded = text.casefold()
    if not parts or not all(part.casefold() in folded for part in parts):
        return False  # a pattern for each invoice there is would take a page seconds
    pattern = r"[\W_]*".join(re.escape(part) for part in parts)
    return re.search(rf"(?<![A-Za-z0-9]){pattern}(?!\d)", text, re.IGNORECASE) is not None


def alike(one: str, other: str) -> bool:
    """Whether two names share most of their words; legal forms do not count."""
    mine, theirs = _words(one), _words(other)
    return bool(mine and theirs) and len(mine & theirs) * 2 > min(len(mine), len(theirs))


def _words(name: str) -> set[str]:
    folded = name.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return {word for word in re.findall(r"[a-z0-9]+", plain) if len(word) > 1} - LEGAL_FORMS
