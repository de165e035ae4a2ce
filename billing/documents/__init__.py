"""Documents on paper: quotes and invoices as PDF, made by the worker and kept as they were made."""

from accounts.documents import file_name, keep
from billing.documents.invoice import invoice_pdf
from billing.documents.quote import quote_pdf

__all__ = ["file_name", "invoice_pdf", "keep", "quote_pdf"]
