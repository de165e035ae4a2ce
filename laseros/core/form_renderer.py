"""Form controls put together without a template: a page has dozens of them, and one list of countries 250 options.

They say what Django's and the theme's templates say, character for character but for white space; whatever is unusual
about a control sends it to its template.
"""

from html import escape
from pathlib import PurePosixPath

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

OPTION = "django/forms/widgets/select_option.html"
ARROW = (
    '<span class="material-symbols-outlined absolute group-[.primary]:text-white pointer-events-none mr-[12px] right-0'
    " text-base-400 top-0 top-1/2 hover:text-base-700 dark:text-base-500 dark:hover:text-base-200 -translate-y-1/2"
    '">expand_more</span>'
)


class LeanControls(DjangoTemplates):
    def render(self, template_name, context, request=None):
        draw = LEAN.get(template_name)
        markup = draw(context) if draw else None
        return super().render(template_name, context, request) if markup is None else mark_safe(markup)  # noqa: S308


def _escaped(value) -> str:
    # Plain text, which nearly everything is, without the detour over lazy and safe strings.
    return escape(value) if type(value) is str else conditional_escape(value)


def _shown(value) -> str:
    return _escaped(value if isinstance(value, str) else localize(value))


def _attributes(attrs) -> str:
    drawn = ""
    for name, value in attrs.items():
        if value is not False:
            drawn += f" {_escaped(name)}" if value is True else f' {_escaped(name)}="{_escaped(value)}"'
    return drawn


def _input(context) -> str:
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{_escaped(widget["value"])}"'
    start = f'<input type="{_escaped(widget["type"])}" name="{_escaped(widget["name"])}"'
    return f"{start}{value}{_attributes(widget['attrs'])}>"


def _themed_input(context) -> str | None:
    if any(context["widget"].get(extra) for extra in ("prefix", "prefix_icon", "suffix", "suffix_icon")):
        return None
    return f'<div class="max-w-2xl relative w-full">{_input(context)}</div>'


def _select(context) -> str | None:
    widget = context["widget"]
    parts = [f'<select name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if any(option["template_name"] != OPTION for option in options):
            return None
        drawn = "".join(
            f'<option value="{_escaped(str(option["value"]))}"{_attributes(option["attrs"])}>'
            f"{_shown(option['label'])}</option>\n"
            for option in options
        )
        parts.append(f'<optgroup label="{_shown(group)}">{drawn}</optgroup>' if group else drawn)
    return f"{''.join(parts)}</select>"


def _themed_select(context) -> str | None:
    select = _select(context)
    return None if select is None else f'<div class="grow relative max-w-2xl">{select}{ARROW}</div>'


def _label(context) -> str:
    label = _shown(context["label"])
    return (
        f"<{context['tag']}{_attributes(context['attrs'])}>{label}</{context['tag']}>" if context["use_tag"] else label
    )


def _errors(context) -> str | None:
    return None if context["errors"] else ""


def _file(context) -> str:
    """A file to be chosen, and the name of the one there is. That leads nowhere: stored files are handed out by doors
    that ask who is there, and have no address of their own. The theme's script looks for the box with the name three
    steps above the control.
    """
    widget = context["widget"]
    there = widget["value"] if widget["is_initial"] else None
    name = _escaped(PurePosixPath(str(there)).name if there else gettext("Choose file to upload"))
    control = f'<input type="file" name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>'
    clear, chosen = "", gettext("Chosen file")
    if there and not widget["required"]:
        clear = (
            f'<label class="lo-file-clear"><input type="checkbox" name="{_escaped(widget["checkbox_name"])}"'
            f' id="{_escaped(widget["checkbox_id"])}"><span>{_escaped(widget["clear_checkbox_label"])}</span></label>'
        )
    return (
        f'<div class="lo-file"><div><label for="{_escaped(widget["attrs"].get("id", ""))}">'
        '<span class="material-symbols-outlined" aria-hidden="true">upload</span>'
        f'<span class="lo-file-control">{control}</span>'
        f'<input type="text" disabled aria-label="{_escaped(chosen)}" value="{name}"></label></div>{clear}</div>'
    )


PLAIN = ("text", "number", "email", "hidden", "date", "url", "checkbox")
LEAN = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in PLAIN},
    "django/forms/widgets/select.html": _select,
    "django/forms/label.html": _label,
    "django/forms/errors/list/default.html": _errors,
    "django/forms/errors/list/ul.html": _errors,
    "unfold/widgets/text.html": _themed_input,
    "unfold/widgets/select.html": _themed_select,
    "unfold/widgets/clearable_file_input.html": _file,
    "unfold/widgets/clearable_file_input_small.html": _file,
}
