"""{% load portal %}: addresses that stay under the visitor's link, states in a client's words, days and times."""

from datetime import date, datetime

from babel.dates import format_date, format_time
from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django_scopes import get_scope

from laseros.core.locales import locale_of
from laseros.core.templatetags.laseros import number, state_badge
from portal import words

register = template.Library()

# Under a link there is one document, and its page is the link itself.
PAGES = {"quote", "job", "delivery", "invoice", "statement"}


def address(visitor, name: str, *args) -> str:
    """The address of a portal page for this visitor: with the token in it when they came by a link."""
    if visitor.link is None:
        return reverse(f"portal:{name}", args=args)
    if name in PAGES:
        return reverse("portal:link", args=[visitor.token])
    return reverse(f"portal:link_{name}", args=[visitor.token, *args])


def follow_address(visitor, pk: int) -> str:
    """Where a page about a job listens: see `portal.consumers`."""
    return f"/ws/job/{pk}/" + (f"{visitor.token}/" if visitor.link is not None else "")


@register.simple_tag(takes_context=True)
def portal_url(context, name: str, *args) -> str:
    """{% portal_url "quote_pdf" quote.pk %}"""
    return address(context["visitor"], name, *args)


@register.simple_tag
def standing(record) -> str:
    """{% standing invoice %}: its state as a badge, in the client's words."""
    state, word = words.standing(record)
    return state_badge(state, word)


@register.filter
def offered(item) -> str:
    """Mild steel 3 mm; PLA, black: what a client calls it, and nothing of what it is in the books."""
    thickness = f" {number(item.thickness_mm)} mm" if item.thickness_mm else ""
    return f"{item.material.name}{thickness}{f', {item.colour}' if item.colour else ''}"


@register.filter
def size(measurement) -> str:
    """100 × 60.5 mm."""
    width, height = (number(value, most=1) for value in (measurement.width_mm, measurement.height_mm))
    return f"{width} × {height} mm"


@register.filter
def day(value: date | None) -> str:
    """21 November 2026, as the workspace's country writes it."""
    return format_date(value, "long", locale=_locale()) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """A day with its time, in the workspace's time."""
    if not value:
        return ""
    here = timezone.localtime(value)
    return f"{format_date(here, 'long', locale=_locale())}, {format_time(here.time(), 'short', locale=_locale())}"


def _locale() -> str:
    workspace = get_scope().get("workspace")
    return locale_of((get_language() or "en").split("-")[0], getattr(workspace, "country", ""))
