"""Papers of an account: statements, what was written about an order, each only to whoever sees prices."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing import statements
from billing.documents import file_name
from billing.documents.statement import kept_account, statement_pdf
from portal.access import for_client
from portal.templatetags.portal import address
from production import serving


@require_safe
@for_client
def account(request, visitor):
    """What moved the client's account this year, as it stands now."""
    if visitor.link is not None:
        raise Http404
    return _account_page(request, visitor, _this_year(visitor), reverse("portal:account_pdf"))


@require_safe
@for_client
def account_pdf(request, visitor):
    found = _this_year(visitor)
    name = f"{visitor.client.code}-{found.until_on}.pdf"
    return serving.attachment(statement_pdf(found), name, "application/pdf")


def _this_year(visitor):
    if not visitor.sees_money:
        raise Http404
    today = timezone.localdate()
    currency = statements.currencies_of(visitor.client)[0]
    return statements.account_of(visitor.client, currency, today.replace(month=1, day=1), today)


def statement_page(request, visitor, pk):
    """One that was sent, with the paper that was sent: what was booked later is in neither."""
    row = get_object_or_404(visitor.statements.select_related("client"), pk=pk)
    return _account_page(request, visitor, kept_account(row), address(visitor, "statement_pdf", row.pk))


statement = require_safe(for_client(statement_page))


@require_safe
@for_client
def statement_pdf_view(request, visitor, pk):
    row = get_object_or_404(visitor.statements.exclude(pdf=""), pk=pk)
    return FileResponse(row.pdf.open("rb"), as_attachment=True, filename=file_name(row), content_type="application/pdf")


def _account_page(request, visitor, found, pdf):
    return render(request, "portal/account.html", {"visitor": visitor, "account": found, "pdf": pdf})


@require_safe
@for_client
def order_paper_pdf(request, visitor, pk):
    """A confirmation or pro forma as it was sent; the worker makes it once."""
    row = get_object_or_404(visitor.order_papers.exclude(pdf=""), pk=pk)
    return FileResponse(row.pdf.open("rb"), as_attachment=True, filename=file_name(row), content_type="application/pdf")
