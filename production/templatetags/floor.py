"""Days and moments as they are read at a glance on the shop floor."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_skeleton, format_time
from django import template
from django.utils import timezone
from django.utils.translation import get_language
from django_scopes import get_scope

from laseros.core.locales import locale_of
from laseros.core.templatetags.laseros import number

register = template.Library()


def _locale() -> str:
    workspace = get_scope().get("workspace")
    return locale_of((get_language() or "en").split("-")[0], getattr(workspace, "country", ""))


@register.filter
def short_day(value: date | None) -> str:
    """Fri, 27 Nov: nobody has to know which number is the month."""
    return _short_day(value, _locale()) if value else ""


@lru_cache(maxsize=1000)
def _short_day(value: date, locale: str) -> str:
    return format_skeleton("MMMEd", value, locale=locale)


@register.filter
def short_moment(value: datetime | None) -> str:
    """27 Nov, 14:05, in the workspace's time."""
    if value is None:
        return ""
    value, locale = timezone.localtime(value), _locale()
    return f"{format_skeleton('MMMd', value, locale=locale)}, {format_time(value, 'short', locale=locale)}"


@register.filter
def rectangle(corners) -> str:
    """[x0, y0, x1, y1] in mm as its size: 1,225 × 400 mm."""
    if not corners:
        return ""
    x0, y0, x1, y1 = corners
    return f"{number(x1 - x0, 0)} × {number(y1 - y0, 0)} mm"
