"""Settings of the books: reminders, what late payers owe, and the accounts an accountant books on."""

import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import get_scope
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.back_office import RoomAdmin
from billing.accounting.accounts import LABELS, USUAL, labels_of
from billing.models import BooksRules


def field_of(key: str) -> str:
    return "account_" + key.replace(":", "_")


class BooksRulesForm(forms.ModelForm):
    """An account for each case; empty is the usual one of the chart."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = labels_of(get_scope()["workspace"].country)
        for key in LABELS:
            if key not in labels:
                self.fields.pop(field_of(key), None)
            elif field_of(key) in self.fields:
                self.fields[field_of(key)].label = labels[key]
                self.initial[field_of(key)] = self.instance.accounts.get(key, "")

    def clean(self):
        cleaned = super().clean()
        own = {key: account for key, account in self.instance.accounts.items() if field_of(key) not in self.fields}
        for key in LABELS:
            typed = (cleaned.get(field_of(key)) or "").strip()
            if typed and not re.fullmatch(r"\d{4,8}", typed):
                self.add_error(field_of(key), ValidationError(_("An account is a number of four to eight digits.")))
            elif typed:
                own[key] = typed
        if any(field_of(key) in self.fields for key in LABELS):
            self.instance.accounts = own
        return cleaned


# Declared on the class, so that the admin's fieldsets may name them.
for _key, _label in LABELS.items():
    _field = forms.CharField(
        label=_label, required=False, max_length=8, widget=UnfoldAdminTextInputWidget(),
        help_text=" / ".join(f"SKR0{3 + place}: {number}" for place, number in enumerate(USUAL[_key])),
    )  # fmt: skip
    BooksRulesForm.base_fields[field_of(_key)] = BooksRulesForm.declared_fields[field_of(_key)] = _field


def _rows(keys: list[str]) -> tuple[tuple[str, ...], ...]:
    names = [field_of(key) for key in keys]
    return tuple(tuple(names[place : place + 3]) for place in range(0, len(names), 3))


@admin.register(BooksRules)
class BooksRulesAdmin(RoomAdmin):
    """One row: the list leads to it."""

    form = BooksRulesForm
    exports = False
    money_fields = ("fee_second", "fee_third")
    fieldsets = (
        (_("Reminders"), {"fields": (("remind_after", "remind_again", "remind_last", "pay_within"),
                                     ("fee_second", "fee_third"), ("interest", "interest_percent", "base_rate"))}),
        (_("Accountant"), {"fields": (("chart", "account_length", "first_debtor"),
                                      ("consultant_number", "client_number", "year_begins"))}),
        (pgettext_lazy("books", "Accounts"), {"classes": ("collapse",), "fields": _rows(list(LABELS))}),
    )  # fmt: skip
    empty_text = _("When reminders are due and what they cost, and which accounts your accountant books on.")
    empty_icon = "menu_book"

    def get_fieldsets(self, request, obj=None):
        """The accounts that its country books on."""
        *others, (name, accounts) = super().get_fieldsets(request, obj)
        return [*others, (name, {**accounts, "fields": _rows(list(labels_of(request.workspace.country)))})]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not BooksRules.objects.exists()

    def changelist_view(self, request, extra_context=None):
        rules = BooksRules.objects.first()
        if rules is not None and self.has_view_permission(request):
            return redirect(reverse("admin:billing_booksrules_change", args=[rules.pk]))
        return super().changelist_view(request, extra_context)
