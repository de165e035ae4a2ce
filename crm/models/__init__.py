from crm.models.access_link import AccessLink
from crm.models.apart import NotDuplicate
from crm.models.certificate import ExemptionCertificate
from crm.models.client import Address, Client, Contact, InvoiceFormat
from crm.models.diary import Entry, FollowUp
from crm.models.tag import Tag

__all__ = [
    "AccessLink",
    "Address",
    "Client",
    "Contact",
    "Entry",
    "ExemptionCertificate",
    "FollowUp",
    "InvoiceFormat",
    "NotDuplicate",
    "Tag",
]
