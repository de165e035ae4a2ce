"""A bank's file into the books: understood first, then each of its lines taken once."""

import hashlib
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity
from accounts.documents import pictures
from billing.bank import columns
from billing.bank.reading import MOST_BYTES
from billing.models import BankLine, BankStatement
from laseros.core import sandbox
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.retry import retried
from laseros.core.sentences import Sentences

BATCH = 500
SHOWN = 30  # lines of a preview
NO_REFERENCE = ("", "NONREF", "NOTPROVIDED")  # what banks write where they have none
_refusals = Sentences(
    gettext_noop("The file could not be read."),
    gettext_noop("The file is too large: 5 MB at most."),
    gettext_noop("There is nothing in the file."),
    gettext_noop("This is no XML of a bank."),
    gettext_noop("This XML is no account statement (CAMT.053)."),
    gettext_noop("The file has too many lines: 10,000 at most."),
    gettext_noop("The file is no table with a day, an amount and a text."),
    gettext_noop("This is not a text file."),
    gettext_noop("The file is not a table: a quotation mark is not closed."),
    gettext_noop("The file is too complicated: reading it took too long."),
    gettext_noop("The file is too large or too complicated to be read."),
)


@dataclass
class Understood:
    """What a file would add. `header` and `columns` of a table, for whoever says which column is what."""

    account: str
    currency: str
    lines: list[dict] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    skipped: list[int] = field(default_factory=list)  # rows without a day or an amount
    known: int = 0

    @property
    def shown(self) -> list[dict]:
        """The lines with their days as days, for a page."""
        return [{**line, "on": date.fromisoformat(line["day"])} for line in self.lines[:SHOWN]]

    @property
    def fits(self) -> bool:
        """Whether every column is known that a statement needs."""
        return not self.header or all(any(name in self.columns for name in names) for names in columns.NEEDED)


def read(content: bytes) -> dict:
    """The file taken apart in a child process. Raises `Refused` with the reason in words."""
    if len(content) > MOST_BYTES:
        raise Refused(_("The file is too large: 5 MB at most."), code="too-large")
    try:
        return sandbox.run("billing.bank.reading:read", b64encode(content).decode(), memory_mb=768)
    except sandbox.SandboxError as refusal:
        raise Refused(_refusals(refusal.reason), code=refusal.code) from None


def usual_account(workspace) -> str:
    """The account whose statements are read in here, or will be; nothing where there are several."""
    known = list(BankStatement.objects.order_by().values_list("account", flat=True).distinct()[:2])
    return known[0] if len(known) == 1 else "" if known else pictures.iban_in(workspace.bank_details)


def understood(workspace, found: dict, account: str = "", chosen: dict[str, int] | None = None) -> list[Understood]:
    """What the file says, statement by statement; of a table with the columns `chosen`, or guessed from headings."""
    if "camt" in found:
        each = [_of_camt(workspace, statement, account) for statement in found["camt"]]
    else:
        each = [_of_table(workspace, found["table"], account, chosen)]
    for statement in each:
        keys = [line["key"] for line in statement.lines]
        statement.known = BankLine.objects.filter(key__in=keys).count() if keys else 0
    return each


def _of_camt(workspace, statement: dict, account: str) -> Understood:
    lines, skipped = [], []
    for number, line in enumerate(statement["lines"], start=1):
        amount, day = _amount(line["amount"]), columns.day_of(line["day"])
        if amount and day:
            currency = line["currency"] or statement["currency"] or workspace.currency
            lines.append({**line, "amount": f"{amount:f}", "day": day.isoformat(), "currency": currency})
        else:
            skipped.append(number)
    # What the file says counts: under another name each of its lines would be another one.
    done = Understood(statement["account"] or account, statement["currency"] or workspace.currency, skipped=skipped)
    done.lines = _with_keys(done.account, lines)
    return done


def _of_table(workspace, table: dict, account: str, chosen: dict[str, int] | None) -> Understood:
    header = table["header"]
    places = chosen or _used_before(header) or columns.guess(header)
    done = Understood(account, workspace.currency, header=header, columns=places)
    if done.fits:
        lines = []
        for number, cells in table["rows"]:
            line = columns.line_of(cells, places, workspace.currency)
            if line is not None:
                lines.append(line)
            else:
                done.skipped.append(number)
        done.lines = _with_keys(account, lines)
    return done


def _used_before(header: list[str]) -> dict[str, int] | None:
    rows = BankStatement.objects.exclude(mapping={}).order_by("-id").values_list("mapping", flat=True)[:20]
    return next((mapping["columns"] for mapping in rows if mapping.get("header") == header), None)


def _amount(text: str) -> Decimal | None:
    """XML has a point; anything else in there is no amount."""
    try:
        found = Decimal(text)
    except ArithmeticError:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


def _plain(account: str) -> str:
    return "".join(account.split()).casefold()


def _with_keys(account: str, lines: list[dict]) -> list[dict]:
    """Each line's natural key: the bank's own reference with day and amount, because not every bank counts on; without
    one all it says. With its place among those alike. An account is the same however it is spaced."""
    alike: Counter = Counter()
    account = _plain(account)
    for line in lines:
        names = ("day", "amount", "currency", "name", "iban", "text", "reference")
        if line["bank_reference"] not in NO_REFERENCE:
            names = ("day", "amount", "bank_reference")
        text = "\x1f".join([account, *(line[name] for name in names)])
        alike[text] += 1
        line["key"] = hashlib.sha256(f"{text}\x1f{alike[text]}".encode()).hexdigest()
    return lines


@retried
@transaction.atomic
def store_all(workspace, name: str, content: bytes, found: list[Understood], by) -> list[BankStatement]:
    """Every statement of a file, or none; of several those without a line say nothing, as of a quiet day."""
    found = [each for each in found if each.fits]
    if not found:
        raise Refused(_("Say which column has the day and which the amount."), code="columns")
    return [store(workspace, name, content, each, by) for each in [one for one in found if one.lines] or found[:1]]


@retried
@transaction.atomic
def store(workspace, name: str, content: bytes, statement: Understood, by) -> BankStatement:
    """Keep the lines that are new. The same file again adds nothing and says so."""
    if not statement.account.strip():
        raise Refused(_("Say which account it is of."), code="account", field="account")
    if not statement.lines:
        raise Refused(_("No line of this file has a day and an amount."), code="no-lines")
    for line in statement.lines:
        amount = Decimal(line["amount"])
        if amount != cents(amount, line["currency"]) or len(line["currency"]) != 3:
            raise Refused(_("%(amount)s is not an amount that can be paid in %(currency)s.") % line, code="precision")
    days = [date.fromisoformat(line["day"]) for line in statement.lines]
    digest = hashlib.sha256(content).hexdigest()
    same = BankStatement.objects.filter(sha256=digest).order_by("id").first() if statement.header else None
    if same and _plain(same.account) != _plain(statement.account):
        words = _(
            "This file was read in before, for the account “%(account)s”: say so again, or its lines are there twice."
        )
        raise Refused(words % {"account": same.account}, code="other-account", field="account")
    there = set(
        BankLine.objects.filter(key__in=[line["key"] for line in statement.lines]).values_list("key", flat=True)
    )
    new = [line for line in statement.lines if line["key"] not in there]
    row = BankStatement.objects.create(
        workspace=workspace, name=name[:200], account=statement.account[:60], currency=statement.currency,
        from_on=min(days), until_on=max(days), lines_new=len(new), lines_known=len(statement.lines) - len(new),
        sha256=digest, imported_by=by if getattr(by, "pk", None) else None,
        mapping={"header": statement.header, "columns": statement.columns} if statement.header else {},
    )  # fmt: skip
    BankLine.objects.bulk_create(
        [
            BankLine(
                workspace=workspace, statement=row, key=line["key"], day=line["day"], amount=Decimal(line["amount"]),
                currency=line["currency"], name=line["name"], iban=line["iban"], text=line["text"],
                reference=line["reference"],
            )
            for line in new
        ],
        batch_size=BATCH,
    )  # fmt: skip
    activity.record("imported", row, by, details={"new": len(new), "known": row.lines_known})
    return row
