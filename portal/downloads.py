"""PDFs of the portal: as they were kept, or as soon as the worker has made them."""

import io

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing import copies, printing
from billing.documents import file_name
from billing.models import Invoice
from portal.templatetags.portal import address


def asked(request, visitor, kind: str, document) -> HttpResponse:
    """The piece of a page that asks whether the PDF is ready."""
    context = {"visitor": visitor, "document": document, "pdf": f"{kind}_pdf", "page": kind}
    return render(request, "portal/_pdf.html", context)


def download(request, visitor, kind: str, document):
    """The PDF as a download; while the worker still makes it, back to the page that says so."""
    try:
        content = _stored(request, visitor, document) if document.pdf else None
    except FileNotFoundError:
        content = None
    if content is None:
        printing.ask_for(document, visitor.by)
        messages.info(request, _("The PDF is being prepared. Try again in a moment."))
        return redirect(address(visitor, kind, document.pk))
    return FileResponse(content, as_attachment=True, filename=file_name(document), content_type="application/pdf")


def _stored(request, visitor, document):
    """What was kept; of an invoice perhaps marked as a copy. Who only asks for the head takes no original."""
    if isinstance(document, Invoice) and request.method != "HEAD":
        return io.BytesIO(copies.hand_out(document, visitor.by))
    return document.pdf.open("rb")
