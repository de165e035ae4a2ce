"""What is asked on an item's page before something of it is taken in, or carried elsewhere."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory import ledger, lots, pictures, stock
from inventory.lots_admin import PlaceField, PlacesForm
from inventory.models import Item, Lot
from laseros.core.templatetags.laseros import number

USUAL = {Item.Category.FILAMENT: Lot.Kind.SPOOL, Item.Category.SHEET: Lot.Kind.SHEET}


class ReceiveForm(PlacesForm):
    """One spool, sheet or batch that came without an order."""

    for_record = True
    kind = forms.ChoiceField(label=_("kind"))
    quantity = forms.DecimalField(label=_("quantity"), min_value=0, max_digits=14, decimal_places=3, required=False)
    unit_cost = forms.DecimalField(
        label=_("cost per unit"), min_value=0, max_digits=16, decimal_places=4, required=False,
        help_text=_("Empty: the item's price"),
    )  # fmt: skip
    gross_g = forms.DecimalField(label=_("gross g"), min_value=0, max_digits=9, decimal_places=1, required=False)
    tare_g = forms.DecimalField(label=_("empty spool g"), min_value=0, max_digits=9, decimal_places=1, required=False)
    heat = forms.CharField(label=_("heat number"), max_length=60, required=False)
    certificate = forms.FileField(label=_("certificate"), required=False, help_text=_("PDF, PNG or JPEG"))
    supplier = forms.CharField(label=_("supplier"), max_length=120, required=False)
    location = PlaceField(label=_("location"), required=False)

    def __init__(self, *args, record: Item, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind.value, kind.label) for kind in (Lot.Kind.SPOOL, Lot.Kind.SHEET, Lot.Kind.BATCH)
        ]
        self.fields["kind"].initial = USUAL.get(record.category, Lot.Kind.BATCH)
        self.fields["quantity"].initial = record.pack_size
        self.fields["quantity"].help_text = _("In %(unit)s. Empty: what the scales say, less the empty spool.") % {
            "unit": record.get_unit_display()
        }
        self.fields["location"].initial = record.default_location_id
        if record.category != Item.Category.FILAMENT:
            del self.fields["gross_g"], self.fields["tare_g"]


def receive(request, item: Item, *, once, kind, quantity, unit_cost, heat, certificate, supplier, location,
            gross_g=None, tare_g=None) -> str:  # fmt: skip
    certificate = pictures.certificate_of(certificate) if certificate else None
    lot = lots.receive(
        item, quantity, kind=kind, unit_cost=unit_cost, heat=heat, certificate=certificate, supplier=supplier,
        location=location, gross_g=gross_g, tare_g=tare_g, key=f"hand:{item.pk}:{once}", by=request.user,
    )  # fmt: skip
    return reverse("admin:inventory_lot_change", args=[lot.pk])


class TransferForm(PlacesForm):
    for_record = True
    quantity = forms.DecimalField(label=_("quantity"), min_value=0, max_digits=14, decimal_places=3)
    source = PlaceField(label=_("from"))
    target = PlaceField(label=_("to"))

    def __init__(self, *args, record: Item, **kwargs):
        super().__init__(*args, **kwargs)
        there = record.balances.filter(quantity__gt=0).select_related("location").order_by("-quantity")
        self.fields["source"].queryset = self.fields["source"].queryset.filter(balances__in=there)
        most = next((row for row in there if row.loose > 0), None)
        self.fields["source"].initial = most.location_id if most else None
        words = ", ".join(f"{row.location}: {number(row.loose)}" for row in there if row.loose)
        self.fields["quantity"].help_text = _("Loose, in %(unit)s: %(there)s. A lot is moved on its own page.") % {
            "unit": record.get_unit_display(), "there": words or "0",
        }  # fmt: skip


def transfer(request, item: Item, *, once, quantity, source, target):
    ledger.transfer(
        item, quantity, source_location=source, target_location=target, key=f"hand:{item.pk}:{once}", by=request.user
    )


class PictureForm(forms.Form):
    upload = forms.FileField(label=_("Picture"), help_text=_("PNG or JPEG"))


def picture(request, item: Item, *, upload):
    stock.picture(item, pictures.picture_of(upload), request.user)
