"""Suppliers from a list: new ones, and those whose number or name is known changed."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from inventory.imports.columns import SUPPLIERS as COLUMNS
from inventory.imports.items import bad, once
from inventory.models import Supplier, SupplierContact
from inventory.purchasing import suppliers

TITLE = gettext_lazy("suppliers")
MODEL = Supplier
__all__ = ["COLUMNS", "MODEL", "TITLE", "Known", "check", "keep"]
CONTACT = {"contact": "name", "contact_email": "email", "contact_phone": "phone"}
MONEY = ("minimum_order",)


class Known:
    def __init__(self, workspace):
        self.workspace = workspace
        self.by_name: dict[str, Supplier] = {}
        self.by_code: dict[str, Supplier] = {}
        for supplier in Supplier.objects.order_by("-id"):
            self.by_name[supplier.name.casefold()] = self.by_code[supplier.code.casefold()] = supplier
        self.people = set(SupplierContact.objects.values_list("supplier", "name"))
        self.seen: dict[str, int] = {}


def check(row, known: Known, plan) -> bool:
    values = row.values
    once(known, values["name"], row.line, "name")
    supplier = known.by_name.get(values["name"].casefold())
    if values["code"]:
        once(known, f"code:{values['code']}", row.line, "code")
        supplier = known.by_code.get(values["code"].casefold())
        if supplier is None:
            words = _("There is no supplier %(code)s. New ones get their number by themselves: leave it empty.")
            raise bad("code", words % {"code": values["code"]})
    if (values["contact_email"] or values["contact_phone"]) and not values["contact"]:
        raise bad("contact", _("A contact needs a name."))
    row.person = {field: values.pop(name) or "" for name, field in CONTACT.items()}
    row.values = {name: value for name, value in values.items() if value is not None and name != "code"}
    row.label, row.target = row.values["name"], supplier
    if supplier is not None:
        changed = [name for name, value in row.values.items() if getattr(supplier, name) != value]
        if row.person["name"] and (supplier.pk, row.person["name"]) not in known.people:
            changed.append("contact")
        row.what, row.details = ("changed", ", ".join(changed)) if changed else ("same", "")
    return True


def keep(row, known: Known, plan, by) -> None:
    supplier = row.target
    if supplier is None:
        supplier = suppliers.register(Supplier(workspace=known.workspace, **row.values), by)
    else:
        before = {name: getattr(supplier, name) for name in row.values}
        for name, value in row.values.items():
            setattr(supplier, name, value)
        supplier.save(update_fields=list(row.values))
        changed = activity.changes(before, row.values)
        money = {name: changed.pop(name) for name in MONEY if name in changed}
        activity.record("changed", supplier, by, details=changed, money=money)
    if row.person["name"] and (supplier.pk, row.person["name"]) not in known.people:
        SupplierContact.objects.create(workspace=known.workspace, supplier=supplier, **row.person)
