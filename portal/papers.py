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
    found = _this_year(request, visitor)
    pdf = f"{reverse('portal:account_pdf')}?currency={found.currency}"
    return _account_page(request, visitor, found, pdf, statements.currencies_of(visitor.client))


@require_safe
@for_client
def account_pdf(request, visitor):
    found = _this_year(request, visitor)
    own = "" if found.currency == request.workspace.currency else f"-{found.currency}"
    name = f"{visitor.client.code}{own}-{found.until_on}.pdf"
    return serving.attachment(statement_pdf(found), name, "application/pdf")


def _this_year(request, visitor):
    """In the currency that is asked for, ours where none is; nothing where the client has none of it."""
    if not visitor.sees_money:
        raise Http404
    today, there = timezone.localdate(), statements.currencies_of(visitor.client)
    currency = request.GET.get("currency", there[0])
    if currency not in there:
        raise Http404
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


def _account_page(request, visitor, found, pdf, currencies=()):
    """`currencies`: those there is an account in, to go from one to the other."""
    context = {"visitor": visitor, "account": found, "pdf": pdf, "currencies": currencies}
    return render(request, "portal/account.html", context)


@require_safe
@for_client
def order_paper_pdf(request, visitor, pk):
    """A confirmation or pro forma as it was sent; the worker makes it once."""
    row = get_object_or_404(visitor.order_papers.exclude(pdf=""), pk=pk)
    return FileResponse(row.pdf.open("rb"), as_attachment=True, filename=file_name(row), content_type="application/pdf")
