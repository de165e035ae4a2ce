"""Prices are a permission: whoever may not see money gets forms, lists, filters and exports without it."""

from django.db import models

from accounts.roles import SEE_MONEY


def priced(field) -> bool:
    """Whether a model field was made by `money_field`, or holds a sum of such: nobody has to remember to list it."""
    return isinstance(field, models.DecimalField) and (field.max_digits, field.decimal_places) in ((16, 4), (20, 4))


class MoneyMixin:
    """Amounts of the model, and what is named in `money_fields`, exist only for people who may see money."""

    money_fields: tuple[str, ...] = ()

    def all_money_fields(self) -> frozenset[str]:
        own = (field.name for field in self.model._meta.get_fields() if priced(field))
        return frozenset((*self.money_fields, *own))

    def hides_money(self, request) -> bool:
        return bool(self.all_money_fields()) and not request.user.has_perm(SEE_MONEY)

    def _without_money(self, request, names):
        if not self.hides_money(request):
            return names
        hidden = self.all_money_fields()
        return [name for name in names if not (isinstance(name, str) and name in hidden)]

    def get_readonly_fields(self, request, obj=None):
        return self._without_money(request, super().get_readonly_fields(request, obj))

    def get_exclude(self, request, obj=None):
        hidden = self.all_money_fields() if self.hides_money(request) else ()
        return [*(super().get_exclude(request, obj) or ()), *hidden]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not self.hides_money(request):
            return fieldsets
        kept = []
        for title, options in fieldsets:
            fields = []
            for entry in options["fields"]:
                if isinstance(entry, list | tuple):
                    fields += [inner] if (inner := tuple(self._without_money(request, entry))) else []
                else:
                    fields += self._without_money(request, [entry])
            if fields:
                kept.append((title, {**options, "fields": fields}))
        return kept


class MoneyListMixin(MoneyMixin):
    """The same for lists: columns, filters, and lookups somebody types into the address."""

    def get_list_display(self, request):
        return self._without_money(request, super().get_list_display(request))

    def get_list_filter(self, request):
        filters = super().get_list_filter(request)
        if not self.hides_money(request):
            return filters
        hidden = self.all_money_fields()
        return [entry for entry in filters if (entry[0] if isinstance(entry, list | tuple) else entry) not in hidden]

    def lookup_allowed(self, lookup, value, request=None):
        if request is not None and self.hides_money(request) and lookup.split("__")[0] in self.all_money_fields():
            return False
        return super().lookup_allowed(lookup, value, request)
