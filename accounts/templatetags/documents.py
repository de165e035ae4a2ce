"""What mail and paper need: dates as a workspace's country writes them, and colours that can be read on white."""

from babel.dates import format_date
from django import template

from laseros.core import colours

register = template.Library()


@register.filter
def day(value, workspace) -> str:
    """{{ quote.valid_until|day:workspace }}: 16 November 2026 · 16. November 2026"""
    return format_date(value, "long", locale=workspace.locale) if value else ""


@register.filter
def on_paper(colour: str) -> str:
    """The brand's colour, dark enough to be read on white and to carry white letters."""
    return colours.readable(colours.valid(colour), colours.WHITE)
