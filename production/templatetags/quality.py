"""Checks in words."""

from django import template

from production.quality import showing

register = template.Library()
register.filter("limits", showing.limits)
register.filter("often", showing.often)


@register.filter
def found_value(result, check=None) -> str:
    """What was found; `check` spares a query where it is at hand."""
    if check is not None:
        result.line_check = check
    return showing.found(result)
