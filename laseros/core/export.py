"""Tables people take away as CSV or XLSX: numbers stay numbers, and no text ever becomes a formula."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import is_aware, make_naive
from django.utils.translation import gettext as _

# What a spreadsheet takes for the beginning of a formula, in ASCII and in full-width forms, and what hides one.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A number to be called: no spreadsheet counts with it, and an apostrophe before it would be dialled and read in again.
_PHONE = re.compile(r"\+\d+( \d+)*")
# XML cannot hold these.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# The languages whose spreadsheets want a semicolon between columns, since their numbers have a comma.
_WITH_COMMA = ("de",)


def escape_cell(value):
    """Text that could start a formula gets an apostrophe before it; telephone numbers and what is no text stay."""
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub("", value)
    if _PHONE.fullmatch(value):
        return value
    return f"'{value}" if value.startswith(STARTS_A_FORMULA) else value


def cell(value):
    """What is written for a Python value: numbers and dates as such, everything else as escaped text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):  # a date too, so this comes first; spreadsheets know no time zones
        return make_naive(value).replace(microsecond=0) if is_aware(value) else value
    if isinstance(value, int | float | date):
        return value
    if isinstance(value, Decimal):
        return value if value.is_finite() else escape_cell(str(value))
    return escape_cell(str(value))


def csv_text(rows: Iterable[Iterable], language: str) -> str:
    """Rows of `cell`s, the heads first, as CSV for the spreadsheet of a business that speaks `language`.

    In English a comma between columns and points in numbers; in German a semicolon and commas: opened by a double click
    each reads its own only. The mark at the beginning says that it is UTF-8. Days are written as 2026-12-01 in both.
    """
    with_comma, out = language in _WITH_COMMA, io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if with_comma else ",")
    writer.writerows([_with_comma(value) for value in row] if with_comma else row for row in rows)
    return "\ufeff" + out.getvalue()


def _with_comma(value):
    return str(value).replace(".", ",") if isinstance(value, Decimal | float) else value
