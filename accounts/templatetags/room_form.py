"""The fields of a record's page in the back office.

Looks like the theme's own, whose templates ask a field that is only shown for its value five times over, and go
through every row of a table twice. Fields that depend on each other (`conditional_fields`) and tables within tables
are not drawn here; nothing in the house has them.
"""

from decimal import Decimal

from django import template
from django.contrib.admin.helpers import AdminField
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DecimalField
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, strip_tags
from django.utils.safestring import mark_safe

from accounts import typed_numbers

register = template.Library()

LINE = "field-line flex flex-col grow group group/line px-3 py-2.5"
COMPRESSED = (
    " border-b border-base-200 border-dashed min-h-[59px] group-[.last]/row:border-b-0 lg:border-l lg:flex-row"
    " lg:items-center dark:border-base-800 lg:first:border-l-0"
)
BESIDE = "lg:min-w-56 lg:w-56 lg:h-[38px] lg:flex lg:items-center lg:self-start lg:leading-[38px] lg:*:m-0"
CELL = (
    "min-h-[62.5px] align-middle border-b max-md:border-b border-base-200 lg:group-[.last]/parent:border-b-0"
    " dark:border-base-800 field-{name} group field-tabular {errors} {padding} flex items-center before:capitalize"
    " before:font-semibold before:content-[attr(data-label)] before:text-font-important-light"
    " dark:before:text-font-important-dark before:mr-auto before:font-text before:pr-4 lg:before:hidden font-normal"
    " px-3 lg:first:pl-3 lg:last:pr-3 lg:px-1.5 text-left lg:table-cell{hidden}"
)
LINK = 'class="text-link"'
ERRORS = '<div class="mt-2 text-red-600 text-xs dark:text-red-500">{}</div>'


@register.simple_tag(takes_context=True)
def room_line(context):
    """The fields that stand side by side in one line of the form."""
    if context.get("has_conditional_display"):
        raise TypeError("forms have no fields that depend on each other")
    line, compressed = context["line"], getattr(context["adminform"].model_admin, "compressed_fields", False)
    fields = "".join(_field(field, compressed, context.get("request")) for field in line)
    classes = ["form-row field-row group/row"]
    if len(line.fields) > 1:
        classes.append(f"grid lg:grid-cols-{len(line.fields)}")
    if not line.has_visible_field:
        classes.append("hidden")
    if context["forloop"]["last"]:
        classes.append("last")
    return mark_safe(f'<div class="{" ".join(classes)}">{fields}</div>')  # noqa: S308


def _field(field, compressed: bool, request) -> str:
    errors = field.errors() if isinstance(field, AdminField) else ""
    name = _of(field, "name")
    classes = f"{LINE}{f' field-{name}' if name else ''}{' errors' if errors else ''}{COMPRESSED if compressed else ''}"
    if field.is_checkbox:
        holder = {"field": field, "adminform": {"model_admin": {"compressed_fields": compressed}}}
        inside = render_to_string("unfold/helpers/fieldset_row_checkbox.html", holder)
    else:
        shown = _value(field, request) if field.is_readonly else str(field.field)
        help_text = _of(field, "help_text")
        if help_text:
            shown += f'<div class="leading-relaxed mt-2 text-xs">{help_text}</div>'
        if errors:
            shown += ERRORS.format(errors)
        label = f'<div class="{BESIDE if compressed else ""}">{field.label_tag()}</div>'
        inside = f'{label}<div class="grow relative">{shown}</div>'
    return f'<div class="{classes}">{inside}</div>'


@register.simple_tag(takes_context=True)
def room_cells(context, formset, form):
    """The cells of one row of a table, and before them what it has of hidden fields."""
    hidden, cells = [], []
    for number, field in enumerate(field for fieldset in form for line in fieldset for field in line):
        if not field.is_readonly and field.field.is_hidden:
            hidden.append(str(field.field))
        else:
            cells.append(_cell(formset, form, field, context.get("request"), first=number == 0))
    return mark_safe("".join(hidden + cells))  # noqa: S308


def _cell(formset, form, field, request, *, first: bool) -> str:
    name, order = _of(field, "name"), formset.opts.ordering_field
    errors = "" if field.is_readonly else "".join(conditional_escape(error) for error in field.field.errors)
    classes = CELL.format(
        name=name,
        errors="errors" if errors else "",
        padding="p-3 lg:py-3" if form.original else "py-3",
        hidden=" hidden!" if order and name == order and formset.opts.hide_ordering_field else "",
    )
    inside = ""
    if first and order:
        inside = render_to_string(
            "unfold/helpers/edit_inline/inline_drag.html",
            {"inline_admin_formset": formset, "inline_admin_form": form, "tabular": 1},
        )
    if field.is_readonly:
        inside += _value(field, request)
    else:
        inside += f'<div class="flex flex-col grow">{field.field}{ERRORS.format(errors) if errors else ""}</div>'
    label = conditional_escape(_of(field, "label"))
    return (
        f'<td class="{classes}" data-label="{label}"><div class="flex flex-row gap-3 items-center">{inside}</div></td>'
    )


def _value(field, request) -> str:
    """What a field that is only shown says, asked once."""
    if field.is_file:
        return render_to_string("unfold/helpers/field_readonly_value.html", {"field": field})
    contents = _number(field) or field.contents()
    if LINK in contents and not _leads_somewhere(field, request):
        contents = mark_safe(strip_tags(contents))  # noqa: S308 escaped by whoever made the link
    shown = "-" if not contents or contents == "None" else conditional_escape(contents)
    width = "max-w-4xl" if field.is_json else "max-w-2xl"
    return f'<div class="readonly break-words {width} *:rounded-default">{shown}</div>'


def _number(field) -> str:
    """Django writes a number by the language alone; this is by the country too, as it is written everywhere else."""
    name, record = field.field["field"], field.form.instance
    try:
        asked = record._meta.get_field(name)
    except (FieldDoesNotExist, TypeError):
        return ""
    value = getattr(record, name, None) if isinstance(asked, DecimalField) else None
    return typed_numbers.shown(value, asked) if isinstance(value, Decimal) else ""


def _leads_somewhere(field, request) -> bool:
    """Whether this person may see the page of the record that a field names."""
    options, name = field.model_admin.model._meta, field.field["field"]
    try:
        related = options.get_field(name).related_model
    except (FieldDoesNotExist, TypeError):
        return True  # a field the page makes itself knows where it may lead
    page = field.model_admin.admin_site._registry.get(related)
    return request is None or page is None or page.has_view_permission(request)


def _of(field, what: str):
    """Fields that are only shown keep their name, label and help in a dictionary, the others in a bound field."""
    return field.field.get(what, "") if field.is_readonly else getattr(field.field, what, "")
