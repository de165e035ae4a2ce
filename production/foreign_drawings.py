"""Drawings that one client handed in and that are made for another: whoever orders the part does not see them.

A drawing of nobody (the shop's own, of a product) may be seen by all who order what is made from it.
"""

from crm.families import family
from crm.models import Client
from production.models import DesignFile


def is_foreign(file: DesignFile | None, client: Client) -> bool:
    """Whether another client handed it in; at most two queries."""
    if file is None or file.enquiry_id is None:
        return False
    owner = file.enquiry.client_id
    return owner != client.pk and not Client._base_manager.filter(pk=owner, pk__in=family(client)).exists()
