"""A draft open on two pages: what one of them stored is not undone by the other."""

import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SEEN = "seen"
OF_A_LINE = ("pk", "position", "description", "quantity", "unit_price", "tax_percent", "discount_percent",
             "discount_amount")  # fmt: skip
OF_AN_OFFER = ("role", "group")


def look_of(document) -> str:
    """Another text whenever something that can be edited of a document, as it was read, or of its lines is another."""
    own = [getattr(document, field.attname) for field in document._meta.concrete_fields if field.editable]
    names = (*OF_A_LINE, *(name for name in OF_AN_OFFER if hasattr(document.lines.model, name)))
    lines = list(document.lines.order_by("pk").values_list(*names))
    return hashlib.sha256(repr((own, lines)).encode()).hexdigest()[:16]


def look_on_page(document) -> str:
    """The same, for what a page carries along beside its form: looked up once for both."""
    return document.__dict__.get("_look") or look_of(document)


class DraftForm(forms.ModelForm):
    """Carries what the page was made from, and is refused when that is another by now."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and SEEN in self.fields:
            self.initial[SEEN] = self.instance._look = look_of(self.instance)

    def clean(self):
        data = super().clean()
        seen = data.get(SEEN)
        if seen and seen != self.initial.get(SEEN):
            raise ValidationError(
                _("Somebody changed this meanwhile, perhaps you on another page. Load the page again and repeat your"
                  " change."), code="stale",
            )  # fmt: skip
        return data

    def clean_discount_percent(self):
        return self.cleaned_data["discount_percent"] or 0

    def clean_discount_amount(self):
        return self.cleaned_data["discount_amount"] or 0

    @property
    def changed_data(self):
        return [name for name in super().changed_data if name != SEEN]
