"""A client and those merged into it: what everybody asks who looks for what belongs to a client.

Sealed documents name the client they were made for, for ever. So "theirs" is never `client=client`, but
`client__in=family(client)`; and who is written to about an old document is `living(client)`.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.models import Client
from laseros.core.errors import Refused


def family(client: Client):
    """The keys of `client` and of those merged into it, for `client__in`. No query of its own."""
    if not client.takes_in:
        return [client.pk]
    return Client._base_manager.filter(Q(pk=client.pk) | Q(merged_into=client.pk)).order_by().values("pk")


def theirs(client: Client, name: str):
    """Records by the name a client's own are called by ("invoices"), with those of whom it took in, as a queryset."""
    rows = getattr(client, name).all()
    return rows.model.objects.filter(client__in=family(client)) if client.takes_in else rows


def living(client: Client) -> Client:
    """The client itself, or the one it was merged into."""
    return client.merged_into if client.merged_into_id else client


def check_living(client: Client) -> None:
    """Raises `Refused` ("merged") where something new should begin for a client that was merged."""
    if client.merged_into_id:
        raise Refused(
            _("%(client)s was merged into %(other)s: take that one.") % {"client": client, "other": client.merged_into},
            code="merged",
            field="client",
        )
