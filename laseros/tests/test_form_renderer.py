"""Controls drawn without a template say what their templates say."""

import re
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.db.models.fields.files import FieldFile, FileField
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminImageFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from laseros.core.form_renderer import LEAN, LeanControls

NASTY = "\"><script>alert('x')</script>&amp;"
CHOICES = [("", "---------"), (1, "one"), (NASTY, NASTY), ("lazy", gettext_lazy("Client")), ("n", 1234567.5)]
GROUPED = [(NASTY, [("a", "A & B"), ("b", mark_safe("<b>B</b>"))]), ("c", "C")]
ATTRS = {"id": "id_x", "data-note": NASTY, "required": True, "disabled": False, "data-n": 7}
CONTROLS = {
    "text": (forms.TextInput(ATTRS), NASTY),
    "safe text": (forms.TextInput(ATTRS), mark_safe("a &amp; b")),
    "nothing": (forms.TextInput(ATTRS), None),
    "empty": (forms.TextInput(ATTRS), ""),
    "number": (forms.NumberInput(ATTRS), Decimal("1234567.50")),
    "e-mail": (forms.EmailInput(ATTRS), "a@b.example"),
    "address": (forms.URLInput(ATTRS), "https://x.example/?a=1&b=2"),
    "hidden": (forms.HiddenInput(ATTRS), 12345),
    "box": (forms.CheckboxInput(ATTRS), True),
    "box of a row": (forms.CheckboxInput(ATTRS, lambda value: False), NASTY),
    "date": (forms.DateInput(ATTRS, format="%Y-%m-%d"), date(2026, 1, 9)),
    "select": (forms.Select(ATTRS, choices=CHOICES), 1),
    "grouped": (forms.Select(ATTRS, choices=GROUPED), "b"),
    "several": (forms.SelectMultiple(ATTRS, choices=CHOICES), ["1", "lazy"]),
    "themed text": (UnfoldAdminTextInputWidget(ATTRS), NASTY),
    "themed with a prefix": (UnfoldAdminTextInputWidget({**ATTRS, "prefix": NASTY}), NASTY),
    "themed select": (UnfoldAdminSelectWidget(ATTRS, choices=CHOICES), NASTY),
    "themed and grouped": (UnfoldAdminSelectWidget(ATTRS, choices=GROUPED), "c"),
}


def same(markup: str) -> str:
    """Without the white space between and around tags."""
    return re.sub(r"\s*(<|>)\s*", r"\1", markup.strip())


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_is_drawn_as_its_template_draws_it(name, language):
    widget, value = CONTROLS[name]
    with translation.override(language):
        lean = deepcopy(widget).render("field & name", value, renderer=LeanControls())
        full = deepcopy(widget).render("field & name", value, renderer=DjangoTemplates())
    assert same(lean) == same(full)
    assert "<script>" not in lean


class Order(forms.Form):
    name = forms.CharField(label="Name & <b>", help_text="who")
    state = forms.ChoiceField(label=mark_safe("<i>State</i>"), choices=CHOICES)
    note = forms.CharField(widget=forms.HiddenInput)
    due = forms.DateField(required=False)


@pytest.mark.parametrize("data", [None, {}, {"name": NASTY, "state": "nowhere", "note": "", "due": "never"}])
def test_a_form_with_its_labels_and_errors(data):
    forms_drawn = [str(Order(data, renderer=renderer)) for renderer in (LeanControls(), DjangoTemplates())]
    assert same(forms_drawn[0]) == same(forms_drawn[1])


def test_every_template_that_is_replaced_is_drawn_here():
    drawn = set()

    class Noting(DjangoTemplates):
        def render(self, template_name, context, request=None):
            drawn.add(template_name)
            return super().render(template_name, context, request)

    for widget, value in CONTROLS.values():
        widget.render("x", value, renderer=Noting())
    str(Order({}, renderer=Noting()))
    ours = {f"unfold/widgets/clearable_file_input{size}.html" for size in ("", "_small")}
    assert set(LEAN) <= drawn | {"django/forms/errors/list/ul.html"} | ours


@pytest.mark.parametrize("widget", [UnfoldAdminFileFieldWidget, UnfoldAdminImageFieldWidget])
def test_a_stored_file_has_a_name_and_no_address(widget):
    """The theme links it where nothing is served."""
    there = FieldFile(None, FileField(), "logos/my & logo.png")
    shown = widget(ATTRS).render("logo", there, renderer=LeanControls())
    assert 'value="my &amp; logo.png"' in shown
    assert ("href" in shown, "logos/" in shown) == (False, False)
    assert 'name="logo-clear"' not in widget({**ATTRS}).render("logo", None, renderer=LeanControls())
