"""The line over a page of the back office that says where one is: room, list, record.

Says what the theme's own says, which asks the router for each part three times and runs all context processors again.
"""

from html import escape, unescape

from django import template
from django.contrib.admin import site
from django.urls import NoReverseMatch
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from laseros.core import addresses

register = template.Library()

ARROW = '<span class="material-symbols-outlined lo-crumb-arrow" aria-hidden="true">chevron_right</span>'
RECORD = 2  # the place of a record's own name, which is written as it is


@register.simple_tag(takes_context=True)
def room_title(context) -> str:
    parts = _parts(context)
    # A room and its only page often share a name: it is said once.
    names = [name if place == RECORD else capfirst(name) for place, (name, _link) in enumerate(parts)]
    if len(parts) > 1 and names[0] == capfirst(parts[1][0]):
        names[0] = None
    request = context["request"]
    last = len(parts) - 1
    drawn = "".join(
        _part(name, link if link != request.path else "", place == last)
        for place, (name, (_name, link)) in enumerate(zip(names, parts, strict=True))
        if name is not None
    )
    if (request.resolver_match.url_name or "").endswith("_add"):
        new = escape(_("New"))
        drawn += f'{ARROW}<span class="lo-crumb lo-crumb-here lo-crumb-new">{new}</span>'
    return mark_safe(drawn)  # noqa: S308 escaped in `_part`


def _part(name: str, link: str, is_last: bool) -> str:
    if not link:
        return f'<span class="lo-crumb lo-crumb-here">{escape(name)}</span>'
    here, arrow = (" lo-crumb-here", "") if is_last else ("", ARROW)
    return f'<a href="{escape(link)}" class="lo-crumb{here}">{escape(name)}</a>{arrow}'


def _parts(context) -> list[tuple[str, str]]:
    """[(name, address or "")]: the last part is where one is."""
    opts = context.get("opts")
    record = context.get("original") if opts else None
    if record is None or isinstance(record, str):
        record = context.get("object")
    about = opts or getattr(record, "_meta", None) or getattr(_model(context), "_meta", None)
    title = unescape(context.get("content_title") or "").strip()  # drawn by a block of the page
    if about is None:
        return [(title or str(site.index_title), "")]
    parts = [(str(about.app_config.verbose_name), addresses.plain("admin:app_list", about.app_label))]
    kind = record._meta if record is not None else about
    name = f"{kind.app_label}_{kind.model_name}"
    parts.append((str(kind.verbose_name_plural), _address(f"{name}_changelist")))
    if record is not None:
        parts.append((str(record), _address(f"{name}_change", record.pk)))
    if not opts and title:
        parts.append((title, ""))
    return parts


def _model(context):
    return getattr(context.get("model_admin"), "model", None)


def _address(name: str, key=None) -> str:
    try:
        return addresses.plain(f"admin:{name}") if key is None else addresses.of(f"admin:{name}")(key)
    except NoReverseMatch:
        return ""
