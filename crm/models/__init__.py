from crm.models.access_link import AccessLink
from crm.models.client import Address, Client, Contact, InvoiceFormat
from crm.models.diary import Entry, FollowUp
from crm.models.tag import Tag

__all__ = ["AccessLink", "Address", "Client", "Contact", "Entry", "FollowUp", "InvoiceFormat", "Tag"]
