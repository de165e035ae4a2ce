"""The choices of a filter beside a list.

Looks like the theme's own, which goes through all of them twice and asks each five things: the kinds of deed in the log
are eighty.
"""

from functools import lru_cache
from html import escape

from django import template
from django.contrib.admin import BooleanFieldListFilter
from django.utils.encoding import iri_to_uri
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

register = template.Library()

CHOSEN, OPEN = "font-semibold text-primary-600 dark:text-primary-500", "hover:text-base-700 dark:hover:text-base-200"
BESIDE = (  # few words side by side
    "dark:bg-base-900 border border-base-200 flex min-w-20 rounded-default shadow-xs text-font-default-light"
    " dark:border-base-700 dark:text-font-default-dark w-full",
    "basis-1/3 border-r border-base-200 grow truncate last:border-r-0 dark:border-base-700",
    "block py-2 text-center hover:text-primary-600 dark:hover:text-primary-500",
)
BELOW = (
    "border border-base-200 flex flex-col rounded-default shadow-xs dark:border-base-700",
    "border-b border-base-200 last:border-b-0 dark:border-base-700",
    "block px-3 py-2 hover:text-primary-600 dark:hover:text-primary-500",
)


@register.simple_tag
def room_choices(spec, choices):
    beside = isinstance(spec, BooleanFieldListFilter) or getattr(spec, "horizontal", False)
    around, row, link = BESIDE if beside else BELOW
    kept, rows = "", []
    for choice in choices:
        word = _escaped(choice["display"])
        if choice["selected"]:
            kept += _kept(spec)
        rows.append(
            f'<li class="{row} {CHOSEN if choice["selected"] else OPEN}">'
            f'<a href="{_address(choice["query_string"])}" title="{word}" class="{link}">'
            f"{word}</a></li>"
        )
    return mark_safe(f'{kept}<ul class="{around}">{"".join(rows)}</ul>')  # noqa: S308


def _escaped(word) -> str:
    return escape(word) if type(word) is str else conditional_escape(word)


@lru_cache(maxsize=2000)
def _address(query: str) -> str:
    """The same on every opening of the list."""
    return escape(iri_to_uri(query))


def _kept(spec) -> str:
    """What is chosen goes along when another filter of the list is sent."""
    value = getattr(spec, "lookup_val", None)
    return format_html('<input type="hidden" name="{}" value="{}">', spec.lookup_kwarg, value[0]) if value else ""
