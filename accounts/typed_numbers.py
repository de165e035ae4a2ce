"""Numbers as people type them: with a comma where their language writes one, and never read as another number.

An input of the kind "number" writes 18.37 for a German whose browser is English, and takes no comma there; so these are
plain text with a keyboard for figures.
"""

import re
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_decimal_symbol, get_group_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from laseros.core.templatetags.laseros import number, reader_locale

MARKS = ".,"
SPACES = re.compile("[\\s\u00a0\u202f'’]")  # between thousands, as languages and people have it
ONE_GROUP = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
GROUPS = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(\1\d{3})+")


def written(value) -> str:
    """18.37 → "18,37" for whoever writes a comma; without thousands."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.replace(".", _marks(reader_locale())[0])


def plain(typed: str) -> str:
    """What was typed, with a point and without thousands, for whatever reads numbers next.

    Raises `ValidationError` for 1.234 where it could be a thousand and more: nobody knows which was meant.
    """
    text, (point, group_mark) = SPACES.sub("", typed), _marks(reader_locale())
    sign = text[:1] if text[:1] in ("-", "+", "−") else ""
    figures = text.removeprefix(sign)
    found = [mark for mark in MARKS if mark in figures]
    if len(found) == 2:
        point = max(found, key=figures.rfind)
        whole, rest = figures.rsplit(point, 1)
        group = MARKS.replace(point, "")
        is_grouped = ONE_GROUP.fullmatch(whole) or GROUPS.fullmatch(whole)
        figures = f"{whole.replace(group, '')}.{rest}" if is_grouped and point not in whole else text
    elif GROUPS.fullmatch(figures):
        figures = figures.replace(found[0], "")
    elif found and found[0] != point and found[0] == group_mark and ONE_GROUP.fullmatch(figures):
        either = {"typed": typed, "large": figures.replace(found[0], ""), "small": figures.replace(found[0], point)}
        raise ValidationError(_("%(typed)s can be %(large)s or %(small)s: write which of them.") % either, code="which")
    elif found and figures.count(found[0]) == 1:
        figures = figures.replace(found[0], ".")
    return f"{sign.replace('−', '-')}{figures}"


@lru_cache(maxsize=64)
def _marks(locale: str) -> tuple[str, str]:
    """What stands before the places of a number, and between its thousands."""
    return get_decimal_symbol(locale), get_group_symbol(locale)


def shown(value: Decimal, field) -> str:
    """What a field of a record holds, where it is only shown: all its places, of an amount of money those it needs."""
    money = field.decimal_places == 4
    return number(value, least=2, most=4) if money else number(value, field.decimal_places)


class TypedNumber(forms.TextInput):
    """A field for a number with places behind the point."""

    def __init__(self, attrs=None):
        kept = {name: value for name, value in (attrs or {}).items() if name not in ("min", "max", "step")}
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **kept})

    def format_value(self, value) -> str | None:
        """What was typed and could not be read stays as it is."""
        if value in (None, ""):
            return None
        return value if isinstance(value, str) else written(value)


def typed(field: forms.Field) -> None:
    """Have a field of a form read and write numbers so."""
    takes_places = isinstance(field, forms.DecimalField | forms.FloatField)
    if not takes_places or not isinstance(field.widget, forms.NumberInput):
        return
    read = field.to_python
    field.to_python = lambda value: read(plain(value) if isinstance(value, str) else value)
    field.widget = TypedNumber(field.widget.attrs)
