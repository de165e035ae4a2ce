"""What can be done with a record, what it came from and led to: twenty buttons and links, no template for each."""

from html import escape

from django import template
from django.utils.html import conditional_escape, format_html
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


# One next step with a sentence, the rest in a menu under headings.
STEP = '<p class="lo-step-words">{words}</p>{button}'
MENU = (
    '<details class="lo-menu lo-deeds-menu"><summary class="lo-button">{icon}{label}</summary>'
    '<div class="lo-menu-panel">{inside}</div></details>'
)
GROUP = (
    '<div role="group" aria-label="{subject}"><p class="lo-menu-heading" aria-hidden="true">{subject}</p>{inside}</div>'
)


@register.simple_tag(takes_context=True)
def room_verbs(context) -> str:
    """The buttons of `verbs`: what asks for something first opens a page, what wants a yes a dialog.

    With a `step`, that one is the only button in sight.
    """
    token, verbs = escape(str(context.get("csrf_token", ""))), context["verbs"]
    if context.get("step") is not None:
        return mark_safe(_one_step(context["step"], verbs, token))  # noqa: S308 escaped below
    next_ones = sum(verb.primary for verb in verbs) or 1  # they come first
    buttons = [_button(verb, token) for verb in verbs]
    shown, rest = buttons[:next_ones], buttons[next_ones:]
    return mark_safe("".join(shown) + _folded(rest, "more-deeds", "more_horiz", _("More")))  # noqa: S308 escaped below


def _folded(pieces: list[str], name: str, icon: str, label: str) -> str:
    inside = "".join(pieces)
    if len(pieces) <= FEW:
        return inside
    return FOLDED.format(id=name, icon=_icon(icon), label=conditional_escape(label), inside=inside)


def _one_step(step, verbs, token: str) -> str:
    button = ""
    if step.verb is not None:
        button = _button(step.verb, token, " lo-primary")
    elif step.link is not None:
        label = conditional_escape(step.link.label)
        button = f'<a class="lo-button" href="{escape(step.link.url)}">{_icon(step.link.icon)}{label}</a>'
    first = STEP.format(words=conditional_escape(step.words), button=button) if step.words else ""
    groups: dict[str, list[str]] = {}
    for verb in sorted(verbs, key=lambda verb: verb.dangerous):
        if verb is not step.verb:
            groups.setdefault(str(verb.subject), []).append(_button(verb, token, " lo-dangerous" * verb.dangerous))
    if not groups:
        return first
    inside = "".join(
        GROUP.format(subject=escape(subject), inside="".join(buttons))
        if subject
        else f'<div class="lo-deeds-last">{"".join(buttons)}</div>'
        for subject, buttons in groups.items()
    )
    return first + MENU.format(icon=_icon("more_horiz"), label=conditional_escape(_("More")), inside=inside)


def _button(verb, token: str, style: str | None = None) -> str:
    shape = ASKED if verb.asks else CONFIRMED if verb.confirm else DONE
    if style is None:
        style = " lo-primary" if verb.primary else " lo-dangerous" if verb.dangerous else ""
    return shape.format(
        style=style,
        name=escape(verb.name),
        icon=_icon(verb.icon),
        label=conditional_escape(verb.label),
        token=token,
    )


@register.simple_tag
def seen_by(verb, record) -> str:
    """What a page carries along so that a verb is done to what it showed: see `Verb.look`."""
    return format_html('<input type="hidden" name="seen" value="{}">', verb.look(record)) if verb.look else ""


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
