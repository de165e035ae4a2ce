from crm.models.access_link import AccessLink
from crm.models.client import Address, Client, Contact, InvoiceFormat

__all__ = ["AccessLink", "Address", "Client", "Contact", "InvoiceFormat"]
