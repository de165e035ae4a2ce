from crm.models.access_link import AccessLink
from crm.models.client import Address, Client, Contact

__all__ = ["AccessLink", "Address", "Client", "Contact"]
