"""Electronic invoices by EN 16931: XRechnung (CII and UBL) and Factur-X/ZUGFeRD, from one issued document.

`said` reads what a document says, `cii` and `ubl` write it, `checking` holds it against the official schemas and
schematron rules without a network, `wishes` says before that which field a format wants and does not have.
"""

from billing.einvoice.formats import FORMATS, file_of, hybrid, of_client, written

__all__ = ["FORMATS", "file_of", "hybrid", "of_client", "written"]
