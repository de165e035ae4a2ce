"""A line of a draft: its discount is typed in one place, "10 %" for a share and "25" for an amount."""

import re
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import typed_numbers

TYPED = re.compile(r"([^%]*?)\s*(%?)")
MOST = Decimal(10) ** 12


class LineForm(forms.ModelForm):
    discount = forms.CharField(
        label=_("discount"), required=False, max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "text", "size": 7, "placeholder": _("e.g. 10 %")}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "discount" in self.fields:
            self.initial["discount"] = written(self.instance)

    def clean_discount(self) -> str:
        typed = self.cleaned_data["discount"].strip()
        percent, amount = read(typed)
        self.instance.discount_percent, self.instance.discount_amount = percent, amount
        return typed


def written(line) -> str:
    if line.discount_percent:
        return f"{typed_numbers.written(short(line.discount_percent))} %"
    return typed_numbers.written(short(line.discount_amount)) if line.discount_amount else ""


def read(typed: str) -> tuple[Decimal, Decimal]:
    """(percent, amount) of what was typed; nothing for neither."""
    match = TYPED.fullmatch(typed)
    try:
        value = Decimal(typed_numbers.plain(match[1].strip()) or 0) if match else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0 or value >= MOST:
        raise ValidationError(_t("A discount is a share like 10 % or an amount like 25.00."), code="discount")
    places = 2 if match[2] else 4
    if value != round(value, places) or (match[2] and value > 100):
        raise ValidationError(_t("A discount is at most 100 %, with two digits behind the point."), code="discount")
    return (value, Decimal(0)) if match[2] else (Decimal(0), value)


def short(value: Decimal) -> str:
    return f"{value.normalize():f}"
