"""Every row of a table checked against the books, and all of them stored or none."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from types import ModuleType

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity
from accounts.imports.cells import BadCell, Column, plain_heading
from accounts.imports.reading import MOST_BYTES
from laseros.core import sandbox
from laseros.core.errors import Refused
from laseros.core.retry import retried
from laseros.core.sentences import Sentences

MOST_WRONG = 200

_refusals = Sentences(
    gettext_noop("The file could not be read."),
    gettext_noop("The file is too large: 1.5 MB at most."),
    gettext_noop("This is not a text file."),
    gettext_noop("The file is not a table: a quotation mark is not closed."),
    gettext_noop("The file has too many rows: 5,000 at most."),
    gettext_noop("The file is not valid JSON."),
    gettext_noop("The file is not a list of records."),
    gettext_noop("The file is too large when it is unpacked."),
    gettext_noop("The file is not a workbook that can be read."),
    gettext_noop("There is nothing in the file."),
    gettext_noop("The first row must name the columns."),
    gettext_noop("A cell is too long: 2,000 characters at most."),
    gettext_noop("The file is too complicated: reading it took too long."),
    gettext_noop("The file is too large or too complicated to be read."),
)


@dataclass
class Row:
    """One row of the file: what it would do ("new", "changed", "same"), and the values that were understood."""

    line: int
    values: dict
    what: str = "new"
    label: str = ""
    details: str = ""
    target: object = None


@dataclass
class Plan:
    """What a file would do. `wrong` are (line, column, reason); with any of them nothing is stored."""

    module: ModuleType  # which knows the columns, checks a row and stores it
    print_of: str  # of the file: the same file again books nothing again
    by: object = None  # whose rights count: a person, or the name of a command, which may everything
    rows: list[Row] = field(default_factory=list)
    wrong: list[tuple[int, str, str]] = field(default_factory=list)
    left_out: int = 0
    ignored: list[str] = field(default_factory=list)  # headings nobody understands
    headings: list[tuple[int, str, str]] = field(default_factory=list)  # (place, heading, the column it is taken for)

    def may(self, permission: str) -> bool:
        return self.by is None or isinstance(self.by, str) or self.by.has_perm(permission)

    @property
    def counts(self) -> dict[str, int]:
        found = {"new": 0, "changed": 0, "same": 0}
        for row in self.rows:
            found[row.what] += 1
        return found


def read(content: bytes) -> dict:
    """The table in a file, taken apart in a child process. Raises `Refused` with the reason in words."""
    if len(content) > MOST_BYTES:
        raise Refused(_("The file is too large: 1.5 MB at most."), code="too-large")
    try:
        table = sandbox.run("accounts.imports.reading:read", b64encode(content).decode(), memory_mb=768)
    except sandbox.SandboxError as refusal:
        raise Refused(_refusals(refusal.reason), code=refusal.code) from None
    return {**table, "print": hashlib.sha256(content).hexdigest()[:32]}


def plan_of(workspace, module: ModuleType, table: dict, said: dict[int, str] | None = None, by=None) -> Plan:
    """Check a table that was read against the books of a business; nothing is stored.

    `said`: place → column ("" for none), for headings that somebody has told us about.
    """
    plan = Plan(module, table["print"], by)
    places = _places(module.COLUMNS, table["header"], plan, said or {})
    if plan.wrong:
        return plan
    known = module.Known(workspace)
    for line, cells in table["rows"]:
        values = _values(module.COLUMNS, places, line, cells, plan)
        if values is None:
            continue
        row = Row(line, values)
        try:
            if module.check(row, known, plan):
                plan.rows.append(row)
            else:
                plan.left_out += 1
        except BadCell as bad:
            plan.wrong.append((line, getattr(bad, "column", ""), bad.reason))
    if not plan.rows and not plan.wrong and not plan.left_out:
        plan.wrong.append((1, "", _("There are no rows below the headings.")))
    return plan


def _places(columns: tuple[Column, ...], header: list[str], plan: Plan, said: dict[int, str]) -> dict[str, int]:
    """{column: its place}. Headings may be ours in any language, those of an export, or what people say."""
    wanted = {}
    for column in columns:
        for word in (column.name, *column.words):
            wanted.setdefault(plain_heading(word), column.name)
    for heading, name in _labels(plan.module).items():
        wanted.setdefault(heading, name)
    places: dict[str, int] = {}
    for place, heading in enumerate(header):
        name = said.get(place, wanted.get(plain_heading(heading))) or None
        plan.headings.append((place, heading, name or ""))
        if name is None or not heading:
            plan.ignored += [heading] if heading else []
        elif name in places:
            plan.wrong.append((1, heading, _("This column is there twice.")))
        else:
            places[name] = place
    for column in columns:
        if column.needed and column.name not in places:
            plan.wrong.append((1, column.name, _("This column is missing.")))
    return places


def _labels(module) -> dict[str, str]:
    """The names of the model's fields as our exports write them, in each language."""
    found = {}
    model = getattr(module, "MODEL", None)
    names = {column.name for column in module.COLUMNS}
    for language in ("en", "de"):
        with translation.override(language):
            for each in model._meta.concrete_fields if model else ():
                if each.name in names:
                    found.setdefault(plain_heading(str(each.verbose_name)), each.name)
    return found


def _values(columns, places, line: int, cells: list, plan: Plan) -> dict | None:
    """What the cells of a row say; None, and every reason in `plan.wrong`, where one says nothing that can be."""
    values, bad = {}, False
    for column in columns:
        place = places.get(column.name)
        cell = cells[place] if place is not None and place < len(cells) else ""
        try:
            if isinstance(cell, dict):
                raise BadCell(_("A formula is not worked out here: put its value."))
            if cell == "":
                if column.needed:
                    raise BadCell(_("This has to be filled in."))
                values[column.name] = None
            else:
                values[column.name] = column.read(cell)
        except BadCell as reason:
            bad = True
            plan.wrong.append((line, column.name, reason.reason))
    return None if bad else values


def check(plan: Plan) -> None:
    """Raises `Refused` ("wrong-rows") with the first reason when a row is wrong."""
    if plan.wrong:
        line, column, reason = plan.wrong[0]
        raise Refused(f"{_('Row')} {line} {column}: {reason}".replace("  ", " "), code="wrong-rows")


@retried
def store(workspace, module: ModuleType, table: dict, by, said: dict[int, str] | None = None) -> Plan:
    """Check the table once more and store all of it, in one transaction. Raises `Refused` when a row is wrong."""
    with transaction.atomic():
        plan = plan_of(workspace, module, table, said, by)
        check(plan)
        known = module.Known(workspace)
        for row in plan.rows:
            if row.what == "same":
                continue
            try:
                module.keep(row, known, plan, by)
            except Refused as refusal:
                raise Refused(f"{_('Row')} {row.line}: {refusal.reason}", code=refusal.code) from None
        details = {"what": str(module.TITLE), **plan.counts}
        activity.record("imported", workspace, by, details=details)
    return plan
