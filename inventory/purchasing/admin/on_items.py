"""What an item's page says of buying: who sells it, and a button that orders it."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.back_office import OnceForm, Verb
from inventory.models import Item, Supplier, SupplierItem
from inventory.purchasing import expected, sources, wants
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import day, number

__all__ = ["BUY", "shown"]


def shown(request, item: Item) -> dict:
    """What admin/inventory/sellers.html says on an item's page."""
    if not request.user.has_perm("inventory.view_supplieritem"):
        return {}
    coming, when = expected.on_order([item]).get(item.pk, (None, None))
    return {
        "sellers": [(source, sources.lead_days(source)) for source in sources.sources_of([item]).get(item.pk, [])],
        "may_add_seller": request.user.has_perm("inventory.add_supplieritem"),
        "coming": coming,
        "coming_on": when,
    }


class BuyForm(OnceForm):
    """How much, and of whom: whoever is on the item's list, or any supplier who then gets onto it."""

    for_record = True
    quantity = forms.DecimalField(label=_("quantity"), min_value=0, max_digits=14, decimal_places=3)
    source = forms.ChoiceField(label=_("Bought from"))

    def __init__(self, *args, record: Item, **kwargs):
        super().__init__(*args, **kwargs)
        self.item = record
        known = sources.sources_of([record]).get(record.pk, [])
        self.known = {f"list:{source.pk}": source for source in known}
        others = Supplier.objects.filter(archived_at=None).exclude(pk__in=[source.supplier_id for source in known])
        self.others = {f"new:{supplier.pk}": supplier for supplier in others.order_by("name", "id")[:200]}
        choices = [(key, self._named(source)) for key, source in self.known.items()]
        choices += [(key, str(supplier)) for key, supplier in self.others.items()]
        self.fields["source"].choices = choices
        if not choices:
            self.fields["source"].help_text = _("You have no supplier yet: add one first, under Suppliers.")
        missing = max(record.minimum, record.target) - record.available
        best = sources.best(known, max(missing, record.minimum))
        self.fields["source"].initial = f"list:{best.pk}" if best else None
        self.fields["quantity"].initial = max(missing, 0) or None
        self.fields["quantity"].help_text = self._words(record)

    def _named(self, source: SupplierItem) -> str:
        pack = source.item.amount(source.pack_size)
        days = _t("%(days)s days") % {"days": sources.lead_days(source)}
        return f"{source.supplier.name} · {source.sku or source.item.code} · {pack} · {days}"

    def _words(self, item: Item) -> str:
        said = [_t("In %(unit)s; whole packs are ordered.") % {"unit": item.get_unit_display()}]
        coming, when = expected.on_order([item]).get(item.pk, (0, None))
        if coming:
            said.append(_t("On order: %(coming)s, expected %(day)s.") % {"coming": number(coming), "day": day(when)})
        draft = expected.in_drafts([item]).get(item.pk, 0)
        if draft:
            said.append(_t("On an order that is not sent: %(draft)s.") % {"draft": number(draft)})
        return " ".join(said)

    def clean_quantity(self):
        if not self.cleaned_data["quantity"]:
            raise forms.ValidationError(_("How much of it?"))
        return self.cleaned_data["quantity"]


def buy(request, item: Item, *, once, quantity, source) -> str:
    kind, _colon, pk = source.partition(":")
    if kind == "new":
        supplier = Supplier.objects.filter(pk=pk, archived_at=None).first()
        if supplier is None:
            raise Refused(_t("This supplier is gone."), code="archived", field="source")
        pack = item.pack_size or 1
        defaults = {"workspace": item.workspace, "pack_size": pack, "price": item.price * pack}
        chosen, _created = SupplierItem.objects.get_or_create(supplier=supplier, item=item, sku="", defaults=defaults)
    else:
        chosen = SupplierItem.objects.select_related("supplier", "item").get(pk=pk)
    want = wants.Want(item, quantity, chosen)
    bought = wants.order(item.workspace, [want], key=f"buy:{item.pk}:{once}", by=request.user, less_drafts=False)
    wants.told(bought)
    return reverse("admin:inventory_purchaseorder_change", args=[bought.orders[0].pk])


BUY = Verb(
    "buy", _("Buy"), buy, "inventory.add_purchaseorder", lambda item: item.archived_at is None,
    form=BuyForm, done=_("It is on the order. Send it when it is whole."), icon="add_shopping_cart",
)  # fmt: skip
