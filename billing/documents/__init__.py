"""Documents on paper: quotes, delivery notes and invoices as PDF, made by the worker and kept as they were made."""

from accounts.documents import file_name
from billing.documents.delivery import delivery_pdf, note_of
from billing.documents.invoice import invoice_pdf
from billing.documents.keeping import keep
from billing.documents.quote import quote_pdf
from billing.documents.reminder import reminder_pdf

__all__ = ["delivery_pdf", "file_name", "invoice_pdf", "keep", "note_of", "quote_pdf", "reminder_pdf"]
