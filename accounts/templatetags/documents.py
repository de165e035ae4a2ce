"""What mail and paper need: dates as a workspace's country writes them, and colours that can be read on white."""

from itertools import accumulate

from babel.dates import format_date
from django import template
from django.utils.html import format_html
from django.utils.translation import pgettext

from laseros.core import colours
from laseros.core.templatetags.laseros import money_filter

register = template.Library()


@register.filter
def day(value, workspace) -> str:
    """{{ quote.valid_until|day:workspace }}: 16 November 2026 · 16. November 2026"""
    return format_date(value, "long", locale=workspace.locale) if value else ""


@register.filter
def on_paper(colour: str) -> str:
    """The brand's colour, dark enough to be read on white and to carry white letters."""
    return colours.readable(colours.valid(colour), colours.WHITE)


@register.simple_tag
def carried(rows, currency: str) -> str:
    """{% carried rows currency %} after the tables of lines and sums: totals carried over from page to page."""
    amounts = (row["amount"] * row.get("counts", True) if isinstance(row, dict) else row.net for row in rows)
    sums = "|".join(money_filter(total, currency) for total in accumulate(amounts))
    tag = '<pdf:carried sums="{}" over="{}" forward="{}" style="font-weight: bold"></pdf:carried>'
    return format_html(tag, sums, pgettext("page", "Carried over"), pgettext("page", "Brought forward"))
