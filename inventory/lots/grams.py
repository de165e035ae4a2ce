"""Between grams on the scales and the unit an item is counted in."""

from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Item
from laseros.core.errors import Refused


def grams_of(item: Item) -> Decimal:
    """What one unit of an item weighs. Raises `Refused` ("weight") for what is not kept by weight or length."""
    if item.unit == Item.Unit.GRAM:
        return Decimal(1)
    if item.unit == Item.Unit.KILOGRAM:
        return Decimal(1000)
    if item.unit == Item.Unit.METRE and item.grams_per_metre:
        return item.grams_per_metre
    raise Refused(
        _("%(item)s is kept in %(unit)s and cannot be weighed.") % {"item": item, "unit": item.get_unit_display()},
        code="weight",
    )
