"""The rows of a list in the back office.

Looks like the theme's own, which works out every heading again for every row and renders a template for every label:
a list of fifty spent three quarters of its time there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from operator import attrgetter
from types import SimpleNamespace

from django import template
from django.contrib.admin.templatetags.admin_list import _coerce_field_name
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import template_localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, LINK_CLASSES, ROW_CLASSES, result_headers
from unfold.utils import display_for_field, display_for_label, display_for_value

from accounts import typed_numbers
from laseros.core.templatetags.laseros import day_writer

register = template.Library()

ROW = (
    '<tbody class="block relative lg:table-row-group {}"><tr class="data-row block border border-base-200 mb-3 relative'
    ' rounded-default lg:table-row lg:border-none lg:mb-0 lg:rounded-none dark:border-base-800">{}</tr></tbody>'
)
TEXT = "…text…"  # where a label's text or a record's key goes
LINK = " ".join(LINK_CLASSES)
STRIPES = ("", "bg-base-50 dark:bg-white/[.02]")
WHOLE = 26  # what is this short stays on one line: numbers, codes, dates, amounts, a machine's name
NUMBERS = (models.DecimalField, models.IntegerField, models.FloatField)


@dataclass
class Column:
    """One column of the list: everything about it that is the same in every row."""

    name: str
    opening: str  # the cell's tag with its classes and heading
    opening_whole: str  # the same for what must not be broken into lines
    opening_long: str  # and for sentences, which need some room
    closing: str
    linked: bool
    show: Callable = None  # record → what stands in the cell
    shown: dict = field(default_factory=dict)  # label value → its markup; the same few come again and again


@register.simple_tag(takes_context=True)
def room_rows(context, cl):
    """{"headers", "sorted_fields", "rows"} of a change list: rows as markup."""
    headers = list(result_headers(cl))
    columns = [_column(cl, index, name, headers[index]) for index, name in enumerate(cl.list_display)]
    link = _link(cl)
    rows = [
        mark_safe(ROW.format(STRIPES[number % 2], _row(columns, record, link)))  # noqa: S308
        for number, record in enumerate(cl.result_list)
    ]
    return {"headers": headers, "sorted_fields": sum(1 for h in headers if h["sortable"] and h["sorted"]), "rows": rows}


def _column(cl, index: int, name: str, header: dict) -> Column:
    heading = header["text"]
    links = cl.list_display_links
    first = 1 if "action_checkbox" in cl.list_display else 0
    linked = links is not None and (name in links or (not links and index == first))
    tag = "th" if linked and index == first else "td"
    if name == "action_checkbox":
        classes, heading = CHECKBOX_CLASSES, _("Select record")
    else:
        classes = [f"field-{_coerce_field_name(name, index)}", *ROW_CLASSES]
        if _is_number(cl, name):
            classes.append("lo-figure")
            header["class_attrib"] = mark_safe(f"{header.get('class_attrib', '')} lo-figure")  # noqa: S308
    opening = format_html('<{} class="{}" data-label="{}">', tag, " ".join(classes), heading)
    whole, long = (
        format_html('<{} class="{} {}" data-label="{}">', tag, " ".join(classes), width, heading)
        for width in ("lo-whole", "lo-long")
    )
    column = Column(name, opening, whole, long, f"</{tag}>", linked)
    column.show = _shower(cl, column)
    return column


def _is_number(cl, name) -> bool:
    """Amounts and plain numbers stand under each other by their last digit; a number with words around it is words."""
    if callable(name):
        return False
    if name in cl.model_admin.money_fields:
        return True
    try:
        found = cl.opts.get_field(name)
    except FieldDoesNotExist:
        return False
    return isinstance(found, NUMBERS) and not found.choices


def _open(column: Column, shown) -> str:
    words = shown if isinstance(shown, str) else str(shown)
    if len(words) <= WHOLE:
        return column.opening_whole
    return column.opening if isinstance(words, SafeString) else column.opening_long


def _row(columns: list[Column], record, link: Callable) -> str:
    url = link(record)
    cells = []
    for column in columns:
        shown = column.show(record)
        opening = _open(column, shown)
        if column.linked and url:
            cells.append(f'{opening}<a href="{url}" class="{LINK}">{_escaped(shown)}</a>{column.closing}')
        else:
            cells.append(f"{opening}{_escaped(shown)}{column.closing}")
    return "".join(cells)


def _escaped(shown) -> str:
    """As `conditional_escape`, which asks every text first whether it is one to be translated."""
    return escape(shown) if type(shown) is str else conditional_escape(shown)


def _shower(cl, column: Column) -> Callable:
    """record → what stands in its cell. What the column is gets decided here, once, and not for every row."""
    name, empty = column.name, cl.model_admin.get_empty_value_display()
    if name == "action_checkbox":
        return _shower_of_box(cl)
    try:
        found = cl.opts.get_field(name)
    except FieldDoesNotExist:
        return _shower_of_method(cl, column, empty)
    if found.auto_created or not found.concrete or found.attname == name != found.name:
        return _shower_of_method(cl, column, empty)
    if found.many_to_one or found.one_to_one:
        return _or_empty(attrgetter(name), empty)
    if found.flatchoices:
        words = {value: str(word) for value, word in found.flatchoices}
        return lambda record: words.get(getattr(record, name), empty)
    write_day, language = day_writer(), get_language()
    return lambda record: _value_of_field(getattr(record, name), found, empty, write_day, language)


def _shower_of_box(cl) -> Callable:
    """The box a row is ticked by, drawn once, and every record's key set into it."""
    before, after = cl.model_admin.action_checkbox(SimpleNamespace(pk=TEXT)).split(TEXT)
    return lambda record: mark_safe(f"{before}{escape(str(record.pk))}{after}")  # noqa: S308


def _value_of_field(value, field, empty, write_day: Callable, language: str):
    if type(value) is str and value:
        return value
    if type(value) is datetime:
        local = template_localtime(value)
        return _moment(local.replace(second=0, microsecond=0, tzinfo=None), language)
    if type(value) is Decimal:
        return typed_numbers.shown(value, field)
    return write_day(value) if type(value) is date else display_for_field(value, field, empty)


@lru_cache(maxsize=4000)
def _moment(minute: datetime, language: str) -> str:
    """As the theme writes it; no language of ours says the second."""
    return localize(minute)


def _or_empty(read: Callable, empty) -> Callable:
    def show(record):
        try:
            related = read(record)
        except ObjectDoesNotExist:
            return empty
        return empty if related is None else str(related)

    return show


def _shower_of_method(cl, column: Column, empty) -> Callable:
    """Of a method of the admin or the model, or of a property."""
    attribute = _attribute(cl, column.name)
    empty = getattr(attribute, "empty_value_display", empty)
    write_day = day_writer()
    label, boolean = getattr(attribute, "label", False), getattr(attribute, "boolean", False)
    if getattr(attribute, "header", False) or getattr(attribute, "dropdown", False):
        raise TypeError(f"{column.name}: lists have no headers or menus in their cells")

    def show(record):
        try:
            value = attribute(record) if of_admin else lookup_field(column.name, record, cl.model_admin)[2]
        except ObjectDoesNotExist:
            return empty
        if label:
            return _label(column, value, empty, label)
        if type(value) is date:
            return write_day(value)
        return value if isinstance(value, str) else display_for_value(value, empty, boolean)

    of_admin = callable(column.name) or (hasattr(cl.model_admin, column.name) and column.name != "__str__")
    return show


def _attribute(cl, name):
    if callable(name):
        return name
    if name != "__str__" and hasattr(cl.model_admin, name):
        return getattr(cl.model_admin, name)
    return getattr(cl.model, name, None)


def _label(column: Column, value, empty, label):
    """A label is drawn once for each of its kinds, and every text of that kind set into it."""
    if isinstance(label, dict) and isinstance(value, tuple) and value[0] in label and value[1]:
        if value[0] not in column.shown:
            column.shown[value[0]] = display_for_label((value[0], TEXT), empty, label)
        return mark_safe(column.shown[value[0]].replace(TEXT, conditional_escape(value[1])))  # noqa: S308
    key = str(value)
    if key not in column.shown:
        column.shown[key] = display_for_label(value, empty, label)
    return column.shown[key]


def _link(cl) -> Callable:
    """record → the escaped address of its page, or "" where there is none; asked of the router once."""
    name = f"admin:{cl.opts.app_label}_{cl.opts.model_name}_change"
    try:
        pattern = reverse(name, args=["__pk__"], current_app=cl.model_admin.admin_site.name)
    except NoReverseMatch:
        return lambda record: ""
    pattern = str(add_preserved_filters({"preserved_filters": cl.preserved_filters, "opts": cl.opts}, pattern))
    before, after = (conditional_escape(part) for part in pattern.split("__pk__"))
    return lambda record: f"{before}{conditional_escape(record.pk)}{after}"
