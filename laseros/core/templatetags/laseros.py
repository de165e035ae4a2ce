"""Tags and filters every template has without loading them: money, numbers, times, icons, states, fields."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django import template
from django.forms import CheckboxInput, RadioSelect, Select, SelectMultiple
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django_scopes import get_scope

from laseros.core import addresses, colours, tax_words
from laseros.core.locales import locale_of
from laseros.core.money import show, show_price

register = template.Library()

ICONS = "vendor/tabler-icons-3.51.0/sprite.svg"

# What a state means to somebody glancing at it: (tone, icon). The word beside it says the rest.
TONES = {
    "neutral": "circle",
    "info": "info-circle",
    "active": "player-play",
    "wait": "clock",
    "good": "circle-check",
    "bad": "alert-triangle",
    "off": "circle-dashed",
}
STATES = {
    **dict.fromkeys(("draft", "open", "idle", "unknown"), ("neutral", "circle")),
    **dict.fromkeys(("approved",), ("info", "calendar")),
    **dict.fromkeys(("sent", "issued", "booked"), ("info", "send")),
    **dict.fromkeys(("nested", "planned", "ready"), ("info", "layout-dashboard")),
    **dict.fromkeys(("reserved",), ("info", "lock")),
    **dict.fromkeys(("packed", "checked"), ("info", "package")),
    **dict.fromkeys(("shipped",), ("active", "truck-delivery")),
    **dict.fromkeys(("queued", "quoted", "active", "acknowledged", "available"), ("info", "list-check")),
    "downloaded": ("good", "cloud-check"),
    "local": ("off", "file"),
    **dict.fromkeys(("kept",), ("info", "paperclip")),
    **dict.fromkeys(("running", "in_progress"), ("active", "player-play")),
    **dict.fromkeys(("sending", "fetching", "measuring", "preparing", "searching", "opening"), ("active", "rotate")),
    **dict.fromkeys(("waiting", "requested"), ("wait", "hourglass")),
    **dict.fromkeys(("partly_paid", "partly_received"), ("wait", "circle-dot")),
    **dict.fromkeys(("aside", "quarantined"), ("wait", "lock")),
    "changes": ("bad", "alert-triangle"),
    "replaced": ("off", "archive"),
    "basket": ("info", "list-check"),
    **dict.fromkeys(("proposed", "to_check"), ("wait", "clock")),
    "rejected": ("bad", "alert-triangle"),
    "ignored": ("off", "archive"),
    "held": ("info", "clock"),
    "handing": ("active", "send"),
    "bundled": ("good", "circle-check"),
    "unclear": ("wait", "alert-triangle"),
    **dict.fromkeys(("paused", "on_hold"), ("wait", "player-pause")),
    **dict.fromkeys(("maintenance",), ("wait", "tool")),
    **dict.fromkeys(
        ("done", "finished", "completed", "made", "stopped", "accepted", "used", "cut", "free", "opened"),
        ("good", "circle-check"),
    ),
    **dict.fromkeys(("measured",), ("good", "ruler")),
    **dict.fromkeys(("won",), ("good", "thumb-up")),
    **dict.fromkeys(("paid",), ("good", "cash")),
    **dict.fromkeys(("delivered",), ("good", "truck-delivery")),
    **dict.fromkeys(("settled", "posted", "confirmed", "received", "stocked", "reached"), ("good", "circle-check")),
    **dict.fromkeys(("conflict",), ("bad", "alert-triangle")),
    **dict.fromkeys(("arriving",), ("active", "rotate")),
    **dict.fromkeys(("dropped", "undone", "skipped"), ("off", "archive")),
    **dict.fromkeys(("ended", "superseded", "left"), ("off", "archive")),
    **dict.fromkeys(("applied",), ("good", "circle-check")),
    "refunded": ("off", "arrow-back-up"),
    "matter": ("bad", "alert-triangle"),
    "passed": ("good", "circle-check"),
    "rework": ("wait", "rotate"),
    "same": ("off", "stack-2"),
    **dict.fromkeys(("failed", "error", "overdue", "late", "short"), ("bad", "alert-triangle")),
    **dict.fromkeys(("declined", "refused"), ("bad", "circle-x")),
    **dict.fromkeys(("aborted",), ("bad", "player-stop")),
    **dict.fromkeys(("timed_out",), ("bad", "hourglass")),
    **dict.fromkeys(("offline",), ("off", "plug-connected-x")),
    **dict.fromkeys(("cancelled", "withdrawn", "lost", "scrapped", "returned", "credited", "reversed"), ("off", "ban")),
    **dict.fromkeys(("expired", "released", "gone"), ("off", "archive")),
}


def reader_locale() -> str:
    """The reader's language as written in the country of the open workspace."""
    workspace = get_scope().get("workspace")
    return locale_of((get_language() or "en").split("-")[0], getattr(workspace, "country", ""))


@register.filter("money")
def money_filter(amount, currency: str) -> str:
    """{{ invoice.total|money:invoice.currency }}"""
    return "" if amount in (None, "") else show(Decimal(amount), currency, reader_locale())


@register.filter
def price(amount, currency: str) -> str:
    """{{ line.unit_price|price:invoice.currency }}: as `money`, with all digits of a price that is no whole cents."""
    return "" if amount in (None, "") else show_price(Decimal(amount), currency, reader_locale())


@register.simple_tag(takes_context=True)
def money(context, amount, currency: str = "") -> str:
    """{% money total %} in the workspace's own currency, or in the one given."""
    return money_filter(amount, currency or context["workspace"].currency)


@register.simple_tag(takes_context=True)
def tax_label(context, percent) -> str:
    """{% tax_label rate.percent %}: "VAT 15 %" or "Sales tax (MA 6.25 %)", as the document's own country calls it.

    The country is that of `seller`, otherwise the workspace's; the state is `tax_state`.
    """
    country = context["seller"]["country"] if "seller" in context else get_scope()["workspace"].country
    return tax_words.label(country, number(percent), context.get("tax_state", ""))


@register.simple_tag(takes_context=True)
def tax_contained(context, percent) -> str:
    """{% tax_contained rate.percent %}: "contains 15 % VAT", in the words of the same country."""
    country = context["seller"]["country"] if "seller" in context else get_scope()["workspace"].country
    return tax_words.contained(country, number(percent))


@register.simple_tag(takes_context=True)
def with_tax(context) -> str:
    """{% with_tax %}: "incl. VAT", beside a price that includes it."""
    country = context["seller"]["country"] if "seller" in context else get_scope()["workspace"].country
    return tax_words.included(country)


@register.simple_tag(takes_context=True)
def tax_word(context) -> str:
    """{% tax_word %}: "VAT", "Sales tax" or "Tax", of the same country."""
    country = context["seller"]["country"] if "seller" in context else get_scope()["workspace"].country
    return tax_words.word(country)


@register.filter
def number(value, digits: int | None = None, *, least: int = 0, most: int | None = None) -> str:
    """As the locale writes it; `digits` fixes the places after the point: {{ 1234.5|number:2 }}.

    From Python also from `least` to `most` places, without idle zeros.
    """
    if value in (None, ""):
        return ""
    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    if most is not None:
        pattern = f"#,##0.{'0' * least}{'#' * (most - least)}".rstrip(".")
    return _number(str(value), pattern, reader_locale())


@register.filter
def amount(value, thing) -> str:
    """{{ row.quantity|amount:item }}: "1 sheet", "2 sheets", as the thing that is counted says it."""
    return "" if value in (None, "") else thing.amount(value)


@register.filter
def day(value) -> str:
    """A date with its month in letters, as short as that goes: 21 Nov 2026."""
    if not value:
        return ""
    return _day(value.date() if isinstance(value, datetime) else value, reader_locale())


def day_writer() -> Callable[[date], str]:
    """`day` for many dates of one reader, who is asked for once."""
    locale = reader_locale()
    return lambda value: _day(value, locale)


# A list of fifty rows has the same few counts and days again and again, and babel takes each apart anew.
@lru_cache(maxsize=4000)
def _number(value: str, pattern: str | None, locale: str) -> str:
    return format_decimal(Decimal(value), format=pattern, locale=locale)


@lru_cache(maxsize=4000)
def _day(value: date, locale: str) -> str:
    return format_date(value, "medium", locale=locale)


@register.filter
def written(value, form: str) -> str:
    """{{ run.started_at|written:"SHORT_DATETIME_FORMAT" }}: as `date` writes it, to the minute, and the same once."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(second=0, microsecond=0, tzinfo=None)
    return _written(value, form, get_language())


@lru_cache(maxsize=4000)
def _written(value: date, form: str, language: str) -> str:
    return date_format(value, form)


@register.filter
def moment(value) -> str:
    """A date with its time, in the workspace's: 21 Nov 2026, 14:05."""
    return format_datetime(timezone.localtime(value), "medium", locale=reader_locale()) if value else ""


@register.filter
def duration(seconds) -> str:
    """Seconds or a timedelta as people say it: 45 s, 12 min, 1 h 05 min, 2 d 03 h. The clock in ticking.js agrees."""
    if seconds in (None, ""):
        return ""
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    seconds = max(0, round(float(seconds)))
    if seconds < 60:
        return gettext("%(s)d s") % {"s": seconds}
    minutes = round(seconds / 60)
    if minutes < 60:
        return gettext("%(min)d min") % {"min": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return gettext("%(h)d h %(min)02d min") % {"h": hours, "min": minutes}
    days, hours = divmod(hours, 24)
    return gettext("%(d)d d %(h)02d h") % {"d": days, "h": hours}


@register.filter
def at(pk: int, name: str) -> str:
    """{{ job.pk|at:"admin:production_job_change" }}: what {% url %} says, in a tenth of the time; for rows of lists."""
    return addresses.of(name)(pk)


@register.simple_tag
def icon(name: str, title: str = "", css: str = "") -> str:
    """{% icon "player-play" %} is decoration; with a title it speaks: {% icon "lock" title=_("Locked") %}."""
    if not title:
        return _decoration(name, css)
    return _icon(name, css, format_html('role="img" aria-label="{}"', title))


@lru_cache(maxsize=500)
def _decoration(name: str, css: str) -> str:
    """A long list has hundreds of them, and they are always the same few."""
    return _icon(name, css, mark_safe('aria-hidden="true"'))


def _icon(name: str, css: str, voice: str) -> str:
    return format_html(
        '<svg class="icon{}" width="20" height="20" {} focusable="false"><use href="{}#{}"/></svg>',
        f" {css}" if css else "", voice, _pictures(), name,
    )  # fmt: skip


@cache
def _pictures() -> str:
    """Their address: the name with its hash is looked up once."""
    return static(ICONS)


@register.simple_tag
def state_badge(record, label: str = "", tone: str = "", css: str = "") -> str:
    """{% state_badge job %}, or a state and its word: {% state_badge "running" machine.get_current_display %}."""
    state = record if isinstance(record, str) else record.state
    if not label:
        label = state if isinstance(record, str) else record.get_state_display()
    known_tone, symbol = STATES.get(state, ("neutral", "circle"))
    if tone and tone != known_tone:
        known_tone, symbol = tone, TONES[tone]
    return format_html(
        '<span class="state state-{}{}" data-state="{}">{}<span>{}</span></span>',
        known_tone, f" {css}" if css else "", state, icon(symbol), label,
    )  # fmt: skip


@register.filter
def tone(state: str) -> str:
    """The tone of a state, for a border or a bar: class="machine machine-{{ machine.current|tone }}"."""
    return STATES.get(state, ("neutral", ""))[0]


@register.simple_tag
def brand_colours(workspace=None) -> str:
    """CSS variables from the workspace's colour, readable in both themes whatever was picked."""
    brand = colours.valid(getattr(workspace, "colour", None))
    light = colours.readable(brand, colours.LIGHT_SURFACE)
    dark = colours.readable(brand, colours.DARK_SURFACE)
    return mark_safe(  # noqa: S308 hexadecimal colours only, checked above
        f":root{{--brand:{brand};--brand-ink:{colours.ink_on(brand)};--brand-text:light-dark({light},{dark})}}"
    )


@register.inclusion_tag("components/field.html")
def field(bound, label: str = "", css: str = "", hide_label: bool = False, **attributes):
    """{% field form.pieces inputmode="numeric" data_key="p" %}: label, control, help and errors, tied together.

    Other names become attributes of the control; True writes the name alone, False takes one away.
    """
    widget = bound.field.widget
    kind = "control"
    if isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, RadioSelect):  # and CheckboxSelectMultiple, which inherits from it
        kind = "group"
    elif isinstance(widget, Select | SelectMultiple):
        kind = "select"
    classes = {"control": "form-control", "check": "form-check-input", "select": "form-select", "group": "form-choices"}
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    attrs["class"] = " ".join(filter(None, [widget.attrs.get("class"), classes[kind], bound.errors and "is-invalid"]))
    return {
        "field": bound,
        "label": label or bound.label,
        "control": bound.as_widget(attrs=attrs),
        "kind": kind,
        "css": css,
        "hide_label": hide_label,
    }
