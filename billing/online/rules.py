"""Within which limits a client may order by themselves; in all other cases they ask, and a person looks at it."""

from django.utils.translation import gettext as _

from accounts.models.workspace import PortalOrders
from billing import credit_limit
from billing.online.looking import Looked
from crm.models import Client
from laseros.core.templatetags.laseros import money_filter


def is_on(workspace) -> bool:
    """Whether clients may upload drawings at all."""
    return workspace.portal_orders != PortalOrders.OFF


def orders_are_on(workspace) -> bool:
    return workspace.portal_orders in (PortalOrders.TERMS, PortalOrders.ALL)


def why_not(found: Looked) -> list[str]:
    """Why this can only be asked for, in a client's words; nothing when it may be ordered at once.

    What a person of theirs may do is for the door to say.
    """
    workspace, client = found.basket.workspace, found.basket.client
    if not orders_are_on(workspace):
        return [_("Orders are placed by accepting our quote.")]
    return [*_of_parts(found), *_of_money(found, workspace, client)]


def _of_parts(found: Looked) -> list[str]:
    said = []
    for part in found.parts:
        name = {"part": part.line.description}
        if part.standing == "unreadable":
            said.append(_("“%(part)s” could not be read.") % name)
        elif part.is_unsure:
            said.append(_("The size of “%(part)s” has to be confirmed first.") % name)
        elif part.standing != "priced":
            said.append(_("“%(part)s” has no price yet.") % name)
        elif part.is_dirty:
            said.append(_("We want to look at the drawing of “%(part)s” first.") % name)
    return said


def _of_money(found: Looked, workspace, client: Client) -> list[str]:
    said, limit = [], workspace.portal_order_limit
    on_terms = client.payment_days is not None or client.credit_limit is not None
    if workspace.portal_orders == PortalOrders.TERMS and not on_terms:
        said.append(_("Ordering at once is for clients we have agreed payment terms with."))
    if limit is not None and found.sums.net > limit:
        said.append(
            _("Orders above %(limit)s without tax are confirmed by us first.")
            % {"limit": money_filter(limit, found.currency)}
        )
    if credit_limit.warning(client, more=found.sums.total, currency=found.currency):
        said.append(_("With this order more would be open than we have agreed."))
    return said
