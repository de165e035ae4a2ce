"""A client uploads drawings, sees what is wrong with them and what they cost, and asks for a quote or orders."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import online
from billing.facts import tax_state
from laseros.core.errors import Refused
from laseros.core.visitors import address_of as address_of_visitor
from portal.forms import AskForm, OrderForm
from portal.lists import leaf_of
from production import baskets, drawings, findings, parts, serving
from production.foreign_drawings import is_foreign

ACCEPTED = ".dxf,.svg,.pdf,.png,.jpg,.jpeg"
PRINTED = ".stl,.3mf,.gcode,.bgcode"
STATUS = {"too-large": 413, "too-many": 429}


def for_uploader(view):
    """Pages of those who may upload; a shop that takes none has no such pages."""
    from portal.access import for_client

    @for_client
    def door(request, visitor, *args, **kwargs):
        if not visitor.may_upload:
            raise Http404
        return view(request, visitor, *args, **kwargs)

    return door


# --- putting together -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_uploader
def upload(request, visitor):
    if request.method == "POST":
        return _received(request, visitor)
    page = "portal/_upload_basket.html" if request.htmx else "portal/upload.html"
    return render(request, page, _context(request, visitor))


def _received(request, visitor) -> HttpResponse:
    """One file or several. Answers as the drop zone wants it, or like any form where there are no scripts."""
    refusals, taken = [], []
    for file in request.FILES.getlist("file")[: baskets.MOST_PARTS]:
        try:
            taken.append(baskets.receive(visitor.client, visitor.contact, file, visitor.by))
        except Refused as refusal:
            refusals.append(refusal)
    if not taken and not refusals:
        refusals = [Refused(_("No file was chosen."), code="nothing")]
    if "application/json" in request.headers.get("Accept", ""):
        if refusals:
            status = STATUS.get(refusals[0].code, 422)
            return JsonResponse({"reason": str(refusals[0].reason), "code": refusals[0].code}, status=status)
        known = taken[0].is_there_already
        text = drawings.same_as(taken[0]) if known else str(_("being measured"))
        return JsonResponse({"text": text, "listed": not known})
    for refusal in refusals:
        messages.error(request, refusal.reason)
    if not taken:
        return render(request, "portal/upload.html", _context(request, visitor), status=422)
    return redirect("portal:upload")


def _context(request, visitor, **more) -> dict:
    basket = baskets.of(visitor.client, visitor.contact)
    found = online.look(basket) if basket is not None else None
    prints = "printing" in visitor.workspace.modules
    context = {
        "visitor": visitor,
        "accepted": f"{ACCEPTED},{PRINTED}" if prints else ACCEPTED,
        "most_mb": drawings.most_mb(),
        "files": _beside(basket),
        **_looked(visitor, found),
        **more,
    }
    return context


def _beside(basket) -> list:
    """Papers and pictures that explain, and are no parts."""
    return [] if basket is None else list(basket.files.exclude(kind__in=drawings.PART_KINDS).order_by("id"))


def _looked(visitor, found) -> dict:
    """The parts with what each may be made of, and what may be done with all of them."""
    if found is None:
        return {"found": None, "rows": []}
    offered = baskets.offered()
    reasons = online.why_not(found)
    if not visitor.may_order:
        reasons = [
            _("You may ask for a quote here; ordering is for others at %(client)s.") % {"client": visitor.client.name}
        ]
    name = visitor.contact.name if visitor.contact else ""
    return {
        "found": found,
        "tax_state": tax_state(found.basket),
        "rows": [_row(visitor, part, offered) for part in found.parts],
        "reasons": reasons,
        "ask": AskForm(auto_id="ask_%s"),
        "order": OrderForm(initial={"name": name, "seen": found.seen}, auto_id="order_%s") if not reasons else None,
    }


def _row(visitor, part, offered) -> dict:
    fixed, own = part.line.product is not None, part.line.item
    choices = [] if fixed else [item for item in offered if baskets.fits(item, part.file)]
    if own is not None and own.pk not in {item.pk for item in choices}:
        choices.insert(0, own)  # ordered in it before
    hidden = part.line.design_file is None and is_foreign(part.file, visitor.client)
    return {"part": part, "choices": choices, "fixed": fixed, "hidden": hidden}


@require_http_methods(["GET", "HEAD", "POST"])
@for_uploader
def part(request, visitor, line):
    """One row with the sums beside it; asked again while it is measured, and where something of it is changed."""
    basket, row = _line(visitor, line)
    problem = ""
    if request.method == "POST":
        try:
            item, quantity = _item(request.POST.get("item", ""), row), _whole(request.POST.get("quantity", ""))
            baskets.change(basket, row, visitor.by, item=item, quantity=quantity)
        except Refused as refusal:
            problem = str(refusal.reason)
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return redirect("portal:upload")
    context = _context(request, visitor)
    context["row"] = next((each for each in context["rows"] if each["part"].line.pk == line), None)
    if context["row"] is None:
        raise Http404
    return render(request, "portal/_upload_answer.html", context | {"problem": problem})


def _line(visitor, pk):
    basket = baskets.of(visitor.client, visitor.contact)
    if basket is None:
        raise Http404
    return basket, get_object_or_404(basket.lines.select_related("design_file", "item"), pk=pk)


def _item(text: str, line):
    if not text:
        return line.item if line.product_id else None
    wanted = int(text) if text.isdecimal() and len(text) < 19 else 0
    if wanted == line.item_id:
        return line.item
    found = next((item for item in baskets.offered() if item.pk == wanted), None)
    if found is None or not baskets.fits(found, line.design_file):
        raise Refused(_("There is no such material."), code="item")
    return found


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 9:
        raise Refused(_("The quantity must be a whole number from 1."), code="quantity")
    return int(text)


@require_POST
@for_uploader
def unit(request, visitor, line):
    """What the numbers in the file are. It is measured again."""
    basket, row = _line(visitor, line)
    try:
        if row.design_file is None or row.design_file.kind not in drawings.MEASURED_KINDS:
            raise Refused(_("Files of this kind are not measured."), code="kind")
        if not request.POST.get("unit"):
            raise Refused(_("There is no such unit."), code="unit")
        baskets.say_unit(basket, row, request.POST["unit"], visitor.by)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("portal:upload")


@require_POST
@for_uploader
def remove(request, visitor, line):
    basket, row = _line(visitor, line)
    parts.remove(basket, [row.pk], visitor.by)
    return redirect("portal:upload")


@require_safe
@for_uploader
def drawing(request, visitor, line):
    """The drawing with what is wrong marked and numbered as in the list beside it."""
    _basket, row = _line(visitor, line)
    return _picture(row)


def _picture(line) -> HttpResponse:
    from production.dxf import viewer

    file = line.design_file or (line.product.design_file if line.product else None)
    if line.design_file is None and is_foreign(file, line.enquiry.client):
        raise Http404
    found = getattr(file, "measurement", None)
    if found is None or not found.preview:
        raise Http404
    if drawings.is_huge(found) or not found.contours:
        return serving.picture(found.preview)
    facts = {name: getattr(found, name) for name in ("width_mm", "height_mm")}
    facts |= {name: found.findings.get(name, 0.0) for name in ("x_min_mm", "y_min_mm")}
    layers = found.findings.get("layers", [])
    wrong = findings.of(file, line=line)
    return serving.picture(
        viewer.svg({**drawings.curves_of(found), **facts, "layers": layers}, wrong.markers, file.name)
    )


# --- handing in -------------------------------------------------------------------------------------------------------


def _of_theirs(visitor, pk):
    """Their own basket, or what it became since: a second press finds the first."""
    rows = visitor.client.enquiries.filter(origin="portal", contact=visitor.contact)
    return get_object_or_404(rows.select_related("client", "contact"), pk=pk)


@require_POST
@for_uploader
def ask(request, visitor, pk):
    basket = _of_theirs(visitor, pk)
    form = AskForm(request.POST, auto_id="ask_%s")
    if not form.is_valid():
        return render(request, "portal/upload.html", _context(request, visitor, ask=form), status=422)
    try:
        online.ask(basket, visitor.by, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("portal:upload")
    messages.success(request, _("Thank you. We look at it and send you a quote."))
    return redirect("portal:enquiry", basket.pk)


@require_POST
@for_uploader
def order(request, visitor, pk):
    """For the prices on the page that was looked at; what has changed since is shown and not ordered."""
    basket = _of_theirs(visitor, pk)
    if not visitor.may_order:
        messages.error(request, _("You may not order for %(client)s.") % {"client": visitor.client.name})
        return redirect("portal:upload")
    form = OrderForm(request.POST, auto_id="order_%s")
    if not form.is_valid():
        if basket.state != "basket":
            return redirect("portal:enquiry", basket.pk)
        return render(request, "portal/upload.html", _context(request, visitor, order=form), status=422)
    answers = {name: form.cleaned_data[name] for name in ("seen", "name", "title", "note")}
    try:
        job = online.order(basket, visitor.by, ip=address_of_visitor(request), **answers)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("portal:upload")
    messages.success(request, _("Thank you for your order. Here you can follow it."))
    return redirect("portal:job", job.pk)


# --- what was handed in -----------------------------------------------------------------------------------------------


@require_safe
@for_uploader
def enquiries(request, visitor):
    return render(request, "portal/enquiries.html", {"visitor": visitor, "page": leaf_of(request, visitor.enquiries)})


@require_safe
@for_uploader
def enquiry(request, visitor, pk):
    row = get_object_or_404(visitor.enquiries, pk=pk)
    context = {
        "visitor": visitor,
        "enquiry": row,
        "lines": row.lines.select_related("item__material", "design_file").order_by("position", "id"),
        "quotes": visitor.quotes.filter(enquiry=row),
        "jobs": visitor.jobs.filter(enquiry=row),
    }
    return render(request, "portal/enquiry.html", context)


@require_safe
@for_uploader
def enquiry_drawing(request, visitor, pk, line):
    row = get_object_or_404(visitor.enquiries, pk=pk)
    return _picture(get_object_or_404(row.lines.select_related("design_file__measurement", "item"), pk=line))
