"""The pages of the client portal. Each starts from its visitor: see `portal.access`."""

from pathlib import PurePath

from django.contrib import messages
from django.db.models import F, Prefetch, Q, Sum
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import cards, printing, totals
from billing import quotes as quote_verbs
from billing.carriers import page_of
from billing.corrected import sums_of
from billing.deliveries.origin import lots_of
from billing.facts import statement_of, tax_state
from billing.models.rules import MorePieces
from billing.quotes import options
from billing.states import OWED
from crm import links
from laseros.core.errors import Refused
from laseros.core.visitors import address_of as address_of_visitor
from portal import downloads, proofs, talking, words
from portal.access import SESSION_KEY, for_client
from portal.filters import InvoiceFilter, JobFilter, QuoteFilter
from portal.forms import AcceptForm, DeclineForm
from portal.lists import leaf_of
from portal.papers import statement_page
from portal.templatetags.portal import address, follow_address
from production import conversation, milestones, progress, serving, work_order
from production.milestones import STILL
from production.states import OPEN_JOB

SHORT = 5
# A drawing is a picture and nothing else, also when somebody opens it by its address.
PICTURE_ONLY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


@require_safe
@for_client
def home(request, visitor):
    today = timezone.localdate()
    open_quotes = visitor.quotes.filter(state="sent").exclude(valid_until__lt=today)
    context = {
        "visitor": visitor,
        "quotes": open_quotes.order_by(F("valid_until").asc(nulls_last=True), "id")[:SHORT],
        "invoices": visitor.invoices.filter(state__in=OWED).order_by("due_on", "id")[:SHORT],
        "has_material": visitor.material.exists(),
        "owed": _owed(visitor),
        "to_approve": proofs.waiting(visitor)[:SHORT],
        "asked": visitor.enquiries.filter(state="open")[:SHORT] if visitor.may_upload else [],
        "jobs": progress.count(_with_unread(visitor).filter(state__in=(*OPEN_JOB, "made"))[:SHORT]),
    }
    return render(request, "portal/home.html", context)


@require_POST
@for_client
def switch(request, visitor):
    """Look at another of one's clients; somebody else's is not there."""
    wanted = next((client for client in visitor.clients if str(client.pk) == request.POST.get("client")), None)
    if wanted is None:
        raise Http404
    request.session[SESSION_KEY] = wanted.pk
    return redirect("portal:home")


# --- quotes -----------------------------------------------------------------------------------------------------------


@require_safe
@for_client
def quotes(request, visitor):
    found = QuoteFilter(request.GET, queryset=visitor.quotes)
    context = {"visitor": visitor, "page": leaf_of(request, found.qs), "form": found.form}
    return render(request, "portal/quotes.html", context)


def quote_page(request, visitor, pk, accept=None, decline=None, status=200):
    quote = get_object_or_404(visitor.quotes.select_related("job"), pk=pk)
    if request.htmx:
        return downloads.asked(request, visitor, "quote", quote)
    _note(request, visitor, quote)
    printing.ask_for(quote, visitor.by)
    rows = quote.lines.defer("recipe", "item__price").select_related("item__material", "design_file", "product")
    lines = options.arranged(_with_drawings(rows, "design_file"))
    taken = _taken(quote, lines, request.POST or request.GET)
    ordered = quote_verbs.ordered(quote, lines, taken)
    for line, row in zip(lines, ordered, strict=True):
        line.offers, line.taken = quote_verbs.offers_of(line, quote), row
        line.is_left = bool(line.label) and not row.quantity
        if line.is_left:
            line.taken = quote_verbs.asked(line)
    sums = totals.of([row for row in ordered if row.quantity], quote.currency, quote)
    may_choose = words.is_open(quote) and visitor.may_order
    context = {
        "visitor": visitor,
        "quote": quote,
        "lines": lines,
        "rates": sums.rates,
        "sums": sums,
        "statement": statement_of(quote, sums.rates),
        "tax_state": tax_state(quote),
        "taken": {pk: offer.quantity for pk, offer in taken.items() if offer.quantity},
        "picked": [line for line in lines if line.label and not line.is_left],
        "is_open": may_choose,
        "may_choose": may_choose and quote.more_pieces == MorePieces.CHOOSE,
        "may_pick": may_choose and any(line.label for line in lines),
        "total_is": "" if may_choose or quote.job else options.total_is(lines),
        "standing": words.standing(quote)[0],
        "progress": progress.of(quote.job) if quote.job else None,
        "accept": accept or AcceptForm(initial={"name": _signing(visitor)}, auto_id="accept_%s"),
        "order_papers": visitor.order_papers.filter(quote=quote).defer("frozen").order_by("pk"),
        "decline": decline or DeclineForm(initial={"name": _signing(visitor)}, auto_id="decline_%s"),
    }
    return render(request, "portal/quote.html", context, status=status)


quote = require_safe(for_client(quote_page))


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def quote_accept(request, visitor, pk):
    return _decide(request, visitor, pk, "accept", AcceptForm)


@require_http_methods(["GET", "HEAD", "POST"])
@for_client
def quote_decline(request, visitor, pk):
    return _decide(request, visitor, pk, "decline", DeclineForm)


def _decide(request, visitor, pk, verb, form_class):
    """Both answers go the same way; whatever was quicker, the page then says how the quote stands."""
    quote = get_object_or_404(visitor.quotes, pk=pk)
    page = address(visitor, "quote", quote.pk)
    if request.method != "POST":
        return redirect(page)
    if not visitor.may_order:
        messages.error(request, _("You may not decide for %(client)s.") % {"client": visitor.client.name})
        return redirect(page)
    form = form_class(request.POST, auto_id=f"{verb}_%s")
    if not form.is_valid():
        if words.is_open(quote):
            return quote_page(request, visitor, pk, **{verb: form}, status=422)
        return redirect(page)
    answer = {"name": form.cleaned_data["name"], "ip": address_of_visitor(request), "by": visitor.user}
    try:
        if verb == "accept":
            # No client is sent away because a sheet has to be bought first: the office sees what is missing.
            reason = _("ordered by the client")
            choice = {"quantities": _wanted(request.POST), "picked": _picked(request.POST)}
            quote_verbs.accept(quote, **answer, **choice, despite=reason)
        else:
            quote_verbs.decline(quote, reason=form.cleaned_data["reason"], **answer)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect(page)


def _wanted(data) -> dict[int, int]:
    """The quantities that were chosen: pieces-7=50 for line 7."""
    found = {}
    for name, value in data.items():
        what, _dash, line = name.partition("-")
        if what == "pieces" and all(text.isdecimal() and len(text) < 10 for text in (line, value)):
            found[int(line)] = int(value)
    return found


def _picked(data) -> set[int]:
    """The optional lines and alternatives that were ticked: take=7 for line 7, take-A=8 of a group; 0 for no line."""
    names = [name for name in data if name.partition("-")[0] == "take"]
    said = [value for name in names for value in data.getlist(name)]
    return {int(value) if value.isdecimal() and len(value) < 19 else 0 for value in said}


def _taken(quote, lines, data) -> dict:
    """What the page shows as chosen; what is not offered is as if nothing had been chosen."""
    if not words.is_open(quote):
        return {}
    try:
        return quote_verbs.chosen(quote, lines, _wanted(data), _picked(data) or None)
    except Refused:
        return {}


@require_safe
@for_client
def quote_pdf(request, visitor, pk):
    return downloads.download(request, visitor, "quote", get_object_or_404(visitor.quotes, pk=pk))


@require_safe
@for_client
def quote_drawing(request, visitor, pk, line):
    quote = get_object_or_404(visitor.quotes, pk=pk)
    return _drawing(quote.lines.filter(pk=line), "design_file")


# --- jobs -------------------------------------------------------------------------------------------------------------


@require_safe
@for_client
def jobs(request, visitor):
    found = JobFilter(request.GET, queryset=_with_unread(visitor))
    page = leaf_of(request, found.qs)
    progress.count(page.object_list)
    return render(request, "portal/jobs.html", {"visitor": visitor, "page": page, "form": found.form})


def job_page(request, visitor, pk):
    job = get_object_or_404(visitor.jobs, pk=pk)
    _note(request, visitor, job)
    lines = list(_with_drawings(job.lines.filter(parent=None).select_related("design_file"), "design_file"))
    for line in lines:
        if line.hides_drawing:
            line.drawn, line.design_file = False, None
    context = {
        "visitor": visitor,
        "job": job,
        "lines": lines,
        "progress": progress.of(job, lines),
        "follow": follow_address(visitor, job.pk),
        **_milestones(job),
        **proofs.on_page(visitor, job),
        "quote": visitor.quotes.filter(job=job).first(),
        "deliveries": visitor.deliveries.filter(job=job),
        "order_papers": visitor.order_papers.filter(Q(job=job) | Q(quote__job=job)).defer("frozen").order_by("pk"),
        "invoices": visitor.invoices.filter(job=job),
        **talking.on(request, visitor, job),
    }
    return render(request, "portal/job.html", context)


job = require_safe(for_client(job_page))


@require_safe
@for_client
def job_progress(request, visitor, pk):
    """The piece of the job's page that a browser asks for every few seconds."""
    job = get_object_or_404(visitor.jobs, pk=pk)
    context = {"visitor": visitor, "job": job, "progress": progress.of(job), **_milestones(job)}
    return render(request, "portal/_progress.html", context)


def _milestones(job) -> dict:
    """What a client follows: the shown ones, in order; the next one while the job goes on."""
    pictures = Prefetch("photos", to_attr="pictures")
    rows = list(job.milestones.filter(is_shown=True).exclude(state="skipped").prefetch_related(pictures))
    return {"milestones": rows, "next": None if job.state in STILL else milestones.next_of(rows)}


@require_safe
@for_client
def job_pdf(request, visitor, pk):
    """The work order as it is now."""
    job = get_object_or_404(visitor.jobs.select_related("client__workspace", "contact", "workspace"), pk=pk)
    return serving.attachment(work_order.client_pdf(job), work_order.file_name(job), "application/pdf")


@require_safe
@for_client
def job_photo(request, visitor, pk, photo):
    job = get_object_or_404(visitor.jobs, pk=pk)
    row = get_object_or_404(job.milestones.filter(is_shown=True, state="reached"), photos=photo)
    return serving.photograph(row.photos.get(pk=photo).content)


@require_safe
@for_client
def job_drawing_file(request, visitor, pk, line):
    """The drawing a line is made from, as it came, to be saved."""
    job = get_object_or_404(visitor.jobs, pk=pk)
    row = get_object_or_404(_drawn(job).exclude(design_file=None), pk=line)
    return serving.download(row.design_file)


@require_safe
@for_client
def job_drawing(request, visitor, pk, line):
    job = get_object_or_404(visitor.jobs, pk=pk)
    return _drawing(_drawn(job).filter(pk=line), "design_file")


def _drawn(job):
    """The lines a client ordered and may see the drawing of."""
    return job.lines.filter(parent=None, hides_drawing=False)


# --- deliveries -------------------------------------------------------------------------------------------------------


@require_safe
@for_client
def deliveries(request, visitor):
    """What has left the house for them, the newest first, with where it is."""
    page = leaf_of(request, visitor.deliveries.select_related("job").prefetch_related("lines", "parcels"))
    for row in page.object_list:
        row.follow = page_of(row.carrier, row.tracking, row.tracking_page)
    return render(request, "portal/deliveries.html", {"visitor": visitor, "page": page})


def delivery_page(request, visitor, pk):
    delivery = get_object_or_404(visitor.deliveries.select_related("job"), pk=pk)
    _note(request, visitor, delivery)
    parcels = list(delivery.parcels.all())
    for parcel in parcels:
        parcel.follow = page_of(delivery.carrier, parcel.tracking)
    context = {
        "visitor": visitor,
        "delivery": delivery,
        "lines": list(delivery.lines.all()),
        "parcels": parcels,
        "follow": page_of(delivery.carrier, delivery.tracking, delivery.tracking_page),
        "job": visitor.jobs.filter(pk=delivery.job_id).first(),
        "certified": _certified(delivery),
    }
    return render(request, "portal/delivery.html", context)


delivery = require_safe(for_client(delivery_page))


@require_safe
@for_client
def delivery_pdf(request, visitor, pk):
    return downloads.download(request, visitor, "delivery", get_object_or_404(visitor.deliveries, pk=pk))


@require_safe
@for_client
def delivery_certificate(request, visitor, pk, lot):
    """The certificate of a lot that a delivery was made of, as it came from the mill."""
    delivery = get_object_or_404(visitor.deliveries.select_related("job"), pk=pk)
    found = next((row for row in _certified(delivery) if row.pk == lot), None)
    if found is None:
        raise Http404
    name = f"{found.heat or found.code}{PurePath(found.certificate.name).suffix}"
    return FileResponse(
        found.certificate.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
    )


def _certified(delivery):
    return [lot for lot in lots_of(delivery) if lot.certificate]


# --- invoices ---------------------------------------------------------------------------------------------------------


@require_safe
@for_client
def invoices(request, visitor):
    found = InvoiceFilter(request.GET, queryset=visitor.invoices)
    context = {"visitor": visitor, "page": leaf_of(request, found.qs), "form": found.form, "owed": _owed(visitor)}
    return render(request, "portal/invoices.html", context)


def _owed(visitor):
    """What is open altogether, by currency."""
    rows = visitor.invoices.filter(state__in=OWED).values("currency").order_by("currency")
    return rows.annotate(balance=Sum(F("total") - F("paid") - F("credited")))


def invoice_page(request, visitor, pk):
    invoice = get_object_or_404(visitor.invoices, pk=pk)
    if request.htmx:
        return downloads.asked(request, visitor, "invoice", invoice)
    _note(request, visitor, invoice)
    printing.ask_for(invoice, visitor.by)
    lines = list(invoice.lines.all())
    for line in lines:
        line.taken = line  # an invoice says what it says
    sums = sums_of(invoice, lines)
    context = {
        "visitor": visitor,
        "invoice": invoice,
        "lines": lines,
        "rates": sums.rates,
        "sums": sums,
        "tax_state": tax_state(invoice),
        "payments": invoice.allocations.select_related("payment").order_by("payment__received_on", "id"),
        "job": visitor.jobs.filter(pk=invoice.job_id).first(),
        "online": cards.offer(invoice),
        # What the paper says, so that page and PDF never name two accounts.
        "bank": invoice.frozen.get("seller", {}).get("bank_details") or visitor.workspace.bank_details,
    }
    return render(request, "portal/invoice.html", context)


invoice = require_safe(for_client(invoice_page))


@require_safe
@for_client
def invoice_pdf(request, visitor, pk):
    return downloads.download(request, visitor, "invoice", get_object_or_404(visitor.invoices, pk=pk))


# --- material ---------------------------------------------------------------------------------------------------------


@require_safe
@for_client
def material(request, visitor):
    """What the client left with us: how much came, how much is left, what of that is spoken for."""
    return render(request, "portal/material.html", {"visitor": visitor, "page": leaf_of(request, visitor.material)})


# --- links ------------------------------------------------------------------------------------------------------------

LINKED = {
    "quote": quote_page,
    "job": job_page,
    "delivery": delivery_page,
    "invoice": invoice_page,
    "accountstatement": statement_page,
}


@require_safe
@for_client
def link(request, visitor):
    """The document a link was made for."""
    page = LINKED.get(visitor.link.target_type.model)
    if page is None:
        raise Http404
    return page(request, visitor, visitor.link.target_id)


# --- what the pages share ---------------------------------------------------------------------------------------------


def _note(request, visitor, document) -> None:
    if request.method == "GET":
        links.note_opened(document, visitor.by, visitor.link)


def _signing(visitor) -> str:
    """Whose name to propose under a decision: a person's, never a company's."""
    return visitor.contact.name if visitor.contact else ""


def _with_unread(visitor):
    return conversation.count_unread(visitor.jobs, conversation.CLIENT)


def _with_drawings(lines, path: str):
    """`drawn` on each line: whether there is a picture to ask for."""
    return lines.annotate(drawn=Q(**{f"{path}__measurement__preview__gt": ""}))


def _drawing(lines, path: str) -> HttpResponse:
    picture = lines.values_list(f"{path}__measurement__preview", flat=True).first()
    if not picture:
        raise Http404
    response = HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")
    response.headers["Content-Security-Policy"] = PICTURE_ONLY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
