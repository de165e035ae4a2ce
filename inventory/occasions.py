"""The occasions of this room: something is ordered, something has run low."""

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import outbox
from accounts.documents.letterhead import day
from accounts.outbox.occasions import STAFF, SUPPLIER
from laseros.core.locales import locale_of
from laseros.core.templatetags.laseros import number


def _of_order(order) -> dict[str, str]:
    language = order.supplier.language or order.workspace.language
    return {
        "order": order.number,
        "supplier": order.supplier.name,
        "expected": day(order.expected_on, locale_of(language, order.workspace.country)),
        "customer_number": order.supplier.customer_number,
    }


def _of_need(need) -> dict[str, str]:
    return {"count": ngettext("%(count)s item", "%(count)s items", 1) % {"count": 1}, "items": in_words([need])}


def in_words(needs) -> str:
    """One line for each item that has run low."""
    return "\n".join(_line(need) for need in needs)


def _line(need) -> str:
    free = _t("%(free)s %(unit)s free") % {"free": number(need.available), "unit": need.item.unit_of(need.available)}
    lasts = "" if need.days_left is None else ", " + _t("lasts %(days)s days") % {"days": number(need.days_left, 0)}
    seller = f" ({need.source.supplier.name})" if need.source else ""
    return f"{need.label}: {free}{lasts}{seller}"


PURCHASE = outbox.register(
    outbox.Occasion(
        "purchase", _("A purchase order is sent"), SUPPLIER, "inventory.PurchaseOrder",
        {"order": _("number of the order"), "supplier": _("name of the supplier"), "expected": _("day it is wanted"),
         "customer_number": _("our number there")},
        _of_order, always=True,
    )
)  # fmt: skip
LOW = outbox.register(
    outbox.Occasion(
        "needs", _("Items have run low"), STAFF, "inventory.Need",
        {"count": _("how many items"), "items": _("the items, one a line")}, _of_need, permission="inventory.view_need",
    )
)  # fmt: skip
