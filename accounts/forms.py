"""Forms of the back office: records of one workspace, and the theme's look for plain forms."""

from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import (
    BASE_INPUT_CLASSES,
    CHECKBOX_CLASSES,
    FILE_CLASSES,
    TEXTAREA_CLASSES,
    UnfoldAdminSelectWidget,
)

from accounts.protected import why_kept
from accounts.typed_numbers import typed

# What a shop has to do with; further out, sums of dates leave the calendar.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
MOST = {models.PositiveSmallIntegerField: 32_767, models.PositiveIntegerField: 2_147_483_647}


def bounded(form):
    """Days within two centuries, whole numbers as large as every database keeps them (SQLite takes any), and nothing
    less than the database would take: it says so with the name of a constraint."""
    meta = form._meta.model._meta if hasattr(form, "_meta") else None
    of_model = {field.name: field for field in meta.fields} if meta else {}
    least = _least(meta) if meta else {}
    for name, field in form.fields.items():
        field.label = capfirst(field.label)  # before anything looks at it: a bound field keeps what it saw
        typed(field)
        if isinstance(field, forms.DateField):
            words = _("This is no day to work with: it should lie between 2000 and 2199.")
            field.validators += [MinValueValidator(FIRST_DAY, words), MaxValueValidator(LAST_DAY, words)]
        elif isinstance(field, forms.IntegerField) and type(of_model.get(name)) in MOST:
            most = MOST[type(of_model[name])]
            field.validators.append(MaxValueValidator(most))
            field.widget.attrs.setdefault("max", most)
        if name in least and isinstance(field, forms.IntegerField | forms.DecimalField):
            field.validators.append(MinValueValidator(least[name]))
    return form


def _least(meta) -> dict[str, int]:
    """What constraints like `quantity > 0` and `price >= 0` ask of one field."""
    found = {}
    for constraint in meta.constraints:
        condition = getattr(constraint, "condition", None)
        for child in condition.children if isinstance(constraint, models.CheckConstraint) else ():
            name, _line, lookup = child[0].partition("__") if isinstance(child, tuple) else ("", "", "")
            whole = name and isinstance(meta.get_field(name), models.IntegerField)
            if lookup == "gte" and isinstance(child[1], int):
                found[name] = child[1]
            elif lookup == "gt" and whole and isinstance(child[1], int):
                found[name] = child[1] + 1
    return found


class InWorkspace:
    """Mixed into the admin's model forms: a record is checked as one of its workspace, unique names included."""

    workspace = None
    refusal = None  # what the verb said when it got what is typed here
    reader = None  # whom the rows of a table are shown to

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        bounded(self)
        for name, field in self.fields.items():
            _without_merged(field, self.initial.get(name))
        for name, value in self.initial.items():
            # What is chosen from a list is found there as it was stored.
            if isinstance(value, Decimal) and name in self.fields and not _is_chosen(self.fields[name]):
                self.initial[name] = _short(value)

    def full_clean(self):
        super().full_clean()
        if self.refusal is not None and self.is_bound:
            take_refusal(self, self.refusal)

    def hand_clean_DELETE(self):
        """In place of Django's words, which name rows that have no page of their own."""
        if self.cleaned_data.get(DELETION_FIELD_NAME) and not self.instance._state.adding:
            words = why_kept(self.instance, self.reader)
            if words:
                raise ValidationError(words, code="deleting_protected")

    def _get_validation_exclusions(self):
        if hasattr(self.instance, "workspace_id") and self.instance.workspace_id is None:
            self.instance.workspace = self.workspace
        return super()._get_validation_exclusions() - {"workspace"}


class InRow(InWorkspace):
    """The same in a table, where the heading of the column is the only label: each control says its own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)


class RoomFormSet(PaginationInlineFormSet):
    @cached_property
    def empty_form(self):
        """Heading, table, button and media of one page all ask for the empty row: it is made once."""
        return super().empty_form


def _without_merged(field, chosen) -> None:
    """Records that were merged into another are offered nowhere; where one stands already, it stays."""
    model = getattr(getattr(field, "queryset", None), "model", None)
    if model is not None and any(each.name == "merged_into" for each in model._meta.concrete_fields):
        field.queryset = field.queryset.filter(models.Q(merged_into=None) | models.Q(pk=chosen))


def _is_chosen(field) -> bool:
    return isinstance(field.widget, forms.Select)


def _short(number: Decimal) -> Decimal:
    """Without the zeros the column fills up with; amounts keep two digits: 1850.0000 is 1850.00, 0.1250 is 0.125."""
    places = -number.normalize().as_tuple().exponent
    stored = -number.as_tuple().exponent
    return number.quantize(Decimal(1).scaleb(-max(places, 2 if stored == 4 else 0)))


def take_refusal(form, refusal) -> None:
    """Say a verb's refusal in the form it came from: at the field it names as `field`, otherwise on top.

    A form that has something to ask because of it has a method `refused`.
    """
    field = refusal.details.get("field")
    form.add_error(field if field in form.fields else None, str(refusal.reason))
    if hasattr(form, "refused"):
        form.refused(refusal)


LOOKS = (
    (forms.CheckboxInput, CHECKBOX_CLASSES),
    (forms.ClearableFileInput, FILE_CLASSES),
    (forms.Textarea, TEXTAREA_CLASSES),
    (forms.TextInput, BASE_INPUT_CLASSES),
    (forms.NumberInput, BASE_INPUT_CLASSES),
)


def dress(form):
    """Give the plain widgets of a verb's form the theme's classes."""
    if form is None:
        return None
    for field in form.fields.values():
        field.label = capfirst(field.label)
        if type(field.widget) is forms.Select:
            field.widget = _themed_select(field)
        widget = field.widget
        if isinstance(widget, forms.HiddenInput | forms.Select | forms.CheckboxSelectMultiple):
            continue
        if isinstance(widget, forms.DateInput):
            widget.input_type, widget.format = "date", "%Y-%m-%d"
        look = next((classes for kind, classes in LOOKS if isinstance(widget, kind)), BASE_INPUT_CLASSES)
        if "px-3" not in widget.attrs.get("class", ""):
            widget.attrs["class"] = " ".join(filter(None, [widget.attrs.get("class"), *look]))
    return form


def _themed_select(field) -> UnfoldAdminSelectWidget:
    select = UnfoldAdminSelectWidget(attrs=field.widget.attrs)
    select.choices, select.is_required = field.widget.choices, field.required
    return select
