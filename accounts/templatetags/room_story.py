"""What changed, as the log and the history of a record show it: hundreds on a page, so no template for each."""

from html import escape

from django import template
from django.utils.safestring import mark_safe

register = template.Library()

SAME = "<div><dt>{}</dt><dd>{}</dd></div>"
CHANGED = '<div><dt>{}</dt><dd><del>{}</del> <span aria-hidden="true">→</span> <ins>{}</ins></dd></div>'


@register.filter
def as_changes(facts: list[dict]) -> str:
    """{{ line.changes|as_changes }}, of what `telling.facts` answers; nothing for nothing."""
    rows = "".join(_row(fact) for fact in facts)
    return mark_safe(f'<dl class="lo-changes">{rows}</dl>') if rows else ""  # noqa: S308 escaped below


def _row(fact: dict) -> str:
    label, new = escape(fact["label"]), escape(fact["new"])
    return CHANGED.format(label, escape(fact["old"]), new) if fact["changed"] else SAME.format(label, new)
