"""What can be done with a record, what it came from and led to: twenty buttons and links, no template for each."""

from html import escape

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

register = template.Library()

ICON = '<span class="material-symbols-outlined" aria-hidden="true">{}</span>'
ASKED = '<a class="lo-button{style}" href="../do/{name}/">{icon}{label}</a>'
CONFIRMED = '<a class="lo-button{style}" href="../do/{name}/" data-confirm="confirm-{name}">{icon}{label}</a>'
DONE = (
    '<form method="post" action="../do/{name}/"><input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
    '<button type="submit" class="lo-button{style}">{icon}{label}</button></form>'
)
# Where there is little room these stand in a sheet that a button opens; elsewhere the style sheet shows them in place.
FOLDED = (
    '<button type="button" class="lo-button lo-folded-button" popovertarget="{id}">{icon}{label}</button>'
    '<div class="lo-folded" id="{id}" popover>{inside}</div>'
)
FEW = 2  # are not worth a menu


@register.simple_tag(takes_context=True)
def room_verbs(context) -> str:
    """The buttons of `verbs`: what asks for something first opens a page, what wants a yes a dialog."""
    token, verbs = escape(str(context.get("csrf_token", ""))), context["verbs"]
    next_ones = sum(verb.primary for verb in verbs) or 1  # they come first
    buttons = [_button(verb, token) for verb in verbs]
    shown, rest = buttons[:next_ones], buttons[next_ones:]
    return mark_safe("".join(shown) + _folded(rest, "more-deeds", "more_horiz", _("More")))  # noqa: S308 escaped below


def _folded(pieces: list[str], name: str, icon: str, label: str) -> str:
    inside = "".join(pieces)
    if len(pieces) <= FEW:
        return inside
    return FOLDED.format(id=name, icon=_icon(icon), label=conditional_escape(label), inside=inside)


def _button(verb, token: str) -> str:
    shape = ASKED if verb.asks else CONFIRMED if verb.confirm else DONE
    return shape.format(
        style=" lo-primary" if verb.primary else " lo-dangerous" if verb.dangerous else "",
        name=escape(verb.name),
        icon=_icon(verb.icon),
        label=conditional_escape(verb.label),
        token=token,
    )


@register.simple_tag(takes_context=True)
def room_links(context) -> str:
    """`related`, each with its picture."""
    links = [
        f'<a class="lo-chip" href="{escape(link.url)}">{_icon(link.icon)}{conditional_escape(link.label)}</a>'
        for link in context["related"]
    ]
    return mark_safe(_folded(links, "more-links", "link", _("What belongs to it")))  # noqa: S308 escaped above


def _icon(name: str) -> str:
    return ICON.format(escape(name)) if name else ""
