"""Who may do what: one matrix, synchronised to Django groups after every migrate.

A pattern is `app.codename` with `*`; a role is the union of its patterns, without those that begin with "-". Money is a
permission of its own (`accounts.see_money`): whoever lacks it sees no price or cost on any screen, export, PDF, search
result or history.
"""

import re
from collections.abc import Callable
from fnmatch import translate
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMIN = "admin", _("Administrator")
    MANAGER = "manager", _("Manager")
    OFFICE = "office", _("Office")
    OPERATOR = "operator", _("Operator")
    VIEWER = "viewer", _("Viewer")


ROOMS = ("crm", "inventory", "machines", "production", "billing")
SEE_MONEY = "accounts.see_money"

_EVERYTHING_IN_THE_ROOMS = tuple(f"{room}.*" for room in ROOMS)
_SEE_THE_ROOMS = tuple(f"{room}.view_*" for room in ROOMS)

MATRIX: dict[str, tuple[str, ...]] = {
    Role.ADMIN: (
        *_EVERYTHING_IN_THE_ROOMS,
        SEE_MONEY,
        "accounts.use_back_office",
        "accounts.hand_out_floor_keys",
        "accounts.view_activity",
        "accounts.*_membership",
        "accounts.view_workspace",
        "accounts.change_workspace",
        "accounts.view_backgroundtask",
        "accounts.change_backgroundtask",
        "accounts.view_outgoingmail",
        "accounts.change_outgoingmail",
        "accounts.word_messages",
        "accounts.view_messagehook",
        "accounts.add_messagehook",
        "accounts.change_messagehook",
    ),
    Role.MANAGER: (
        *_EVERYTHING_IN_THE_ROOMS,
        SEE_MONEY,
        "accounts.use_back_office",
        "accounts.hand_out_floor_keys",
        "accounts.view_activity",
        "accounts.view_membership",
        "accounts.view_workspace",
        "accounts.change_workspace",
        "accounts.view_backgroundtask",
        "accounts.change_backgroundtask",
        "accounts.view_outgoingmail",
        "accounts.change_outgoingmail",
        "accounts.word_messages",
        "accounts.view_messagehook",
        "accounts.add_messagehook",
        "accounts.change_messagehook",
    ),
    Role.OFFICE: (
        "crm.*",
        "inventory.view_*",
        "inventory.add_*",
        "inventory.change_*",
        "inventory.post_move",
        "inventory.send_purchaseorder",
        "inventory.receive_purchaseorder",
        "inventory.delete_purchaseline",
        "inventory.delete_suppliercontact",
        "inventory.delete_supplieritem",
        "inventory.delete_pricebreak",
        "inventory.scan_stock",
        "machines.view_*",
        "machines.maintain_machine",
        "production.*",
        "-production.accept_nonconformance",
        "billing.view_*",
        "billing.add_quote*",
        "billing.add_invoice*",
        "billing.add_orderpaper",
        "billing.add_receivedinvoice",
        "billing.decide_receivedinvoice",
        "billing.add_delivery*",
        "billing.change_delivery*",
        "billing.delete_deliveryline",
        "billing.*_parcel",
        "billing.pack_delivery",
        "billing.ship_delivery",
        "billing.add_payment",
        "billing.add_exchangerate",
        "billing.change_quote*",
        "billing.change_invoice*",
        "billing.change_exchangerate",
        "billing.delete_quoteline",
        "billing.delete_invoiceline",
        "billing.*_recurringinvoice",
        "billing.*_recurringline",
        "billing.send_quote",
        "billing.issue_invoice",
        "billing.receive_payment",
        "billing.send_reminder",
        SEE_MONEY,
        "accounts.use_back_office",
        "accounts.view_activity",
        "accounts.view_backgroundtask",
        "accounts.view_outgoingmail",
    ),
    Role.OPERATOR: (
        "machines.view_machine",
        "machines.maintain_machine",
        "production.view_job",
        "production.view_operation",
        "production.view_designfile",
        "production.run_operation",
        "billing.view_delivery",
        "billing.pack_delivery",
        "inventory.view_item",
        "inventory.view_lot",
        "inventory.view_location",
        "inventory.scan_stock",
    ),
    Role.VIEWER: (*_SEE_THE_ROOMS, "accounts.use_back_office", "accounts.view_activity"),
}


def allows(role: str, permission: str) -> bool:
    """Whether the matrix gives `permission` ("app.codename") to `role`."""
    given, taken = _readers(tuple(MATRIX[role]))
    return given(permission) is not None and taken(permission) is None


@lru_cache
def _readers(patterns: tuple[str, ...]) -> tuple[Callable, Callable]:
    """What reads a permission's name: one matches what is given, the other what is taken away again."""
    given = [translate(pattern) for pattern in patterns if not pattern.startswith("-")]
    taken = [translate(pattern[1:]) for pattern in patterns if pattern.startswith("-")]
    nothing = r"(?!)"
    return tuple(re.compile("|".join(each) or nothing).match for each in (given, taken))


def synchronise(sender=None, **kwargs) -> None:
    """Make the groups say what the matrix says. Runs after migrate, once the last app's permissions exist."""
    from django.contrib.auth.models import Group, Permission

    permissions = {
        f"{row['content_type__app_label']}.{row['codename']}": row["pk"]
        for row in Permission.objects.order_by("pk").values("pk", "codename", "content_type__app_label")
    }
    for role in Role.values:
        group, _created = Group.objects.get_or_create(name=role)
        wanted = {pk for name, pk in permissions.items() if allows(role, name)}
        if wanted != set(group.permissions.order_by("pk").values_list("pk", flat=True)):
            group.permissions.set(wanted)
