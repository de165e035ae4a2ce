"""The parts table of an enquiry: what was measured, what is still missing, and much of it set at once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.models import Item
from laseros.core.errors import Refused
from production import drawings, parcels, parts, products, words
from production.admin.badges import figures, measured, size, unit_choices
from production.file_kinds import ACCEPTED
from production.models import Enquiry, EnquiryLine

CHANGE = "production.change_enquiry"
MEASURE = "production.change_designfile"
AT_WORK = ("waiting", "measuring")
PRINTS = ("stl", "3mf", "gcode")
IN_TABLE = Q(design_file__isnull=False) & ~Q(design_file__kind__in=PRINTS)
MOST_NUMBERS = 5_000  # of one posted list


def is_open(enquiry) -> bool:
    return enquiry is None or enquiry.state in ("open", "quoted")


class PartsTable:
    """Mixed into the enquiry's page. `prices_of(request, lines) -> {line: {"text", "note", "tone"}}` is added by
    whoever knows prices; this room does not."""

    prices_of = None

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/upload/", view(self.upload_view), name="production_enquiry_upload"),
            path("<int:pk>/drawings/", view(self.drawings_view), name="production_enquiry_drawings"),
            path("<int:pk>/parts/", view(self.parts_view), name="production_enquiry_parts"),
            path("<int:pk>/drawings/<int:drawing>/unit/", view(self.unit_view), name="production_enquiry_unit"),
            *super().get_urls(),
        ]

    def _enquiry(self, request, pk) -> Enquiry:
        enquiry = self.get_object(request, str(pk))
        if enquiry is None:
            raise Http404
        if not self.has_view_or_change_permission(request, enquiry):
            raise PermissionDenied
        return enquiry

    # --- what is shown ------------------------------------------------------------------------------------------------

    def drawings_of(self, request, enquiry, only: set[int] | None = None) -> dict:
        lines = enquiry.lines.filter(IN_TABLE).select_related("item__material", "product", "design_file__measurement")
        lines = list(lines.defer("design_file__measurement__preview", "design_file__roles", "design_file__mends"))
        came = list(enquiry.parcels.all())
        waiting = [line.pk for line in lines if line.design_file.state in AT_WORK]
        can_edit = is_open(enquiry) and request.user.has_perm(CHANGE)
        prices = type(self).prices_of(request, lines) if type(self).prices_of else None
        stock = list(parts.materials()) if can_edit and lines else []
        proposed = {line.pk: edit for line, edit in parts.proposals(lines, stock)} if stock else {}
        shown = [line for line in lines if only is None or line.pk in only]
        return {
            "enquiry": enquiry,
            "rows": [_row(line, proposed.get(line.pk, {}), prices) for line in shown],
            "has_prices": prices is not None,
            "waiting": ",".join(map(str, waiting)),
            "at_work": bool(waiting) or any(row.state in ("waiting", "opening") for row in came),
            "parts": len(lines),
            "measured": len(lines) - len(waiting),
            "named": sum(map(bool, proposed.values())),
            "parcels": [{"row": row, "said": parcels.reason_of(row)} for row in came],
            "beside": list(enquiry.files.exclude(kind__in=drawings.PART_KINDS).order_by("id")) if came or lines else [],
            "can_upload": can_edit,
            "can_make": can_edit and request.user.has_perm("production.add_product"),
            "can_edit": can_edit,
            "can_say_unit": request.user.has_perm(MEASURE),
            "materials": stock,
            "accepted": ",".join(f".{extension}" for extension in ACCEPTED),
            "most_mb": drawings.most_mb(),
        }

    def drawings_view(self, request, pk):
        """The table again; with `waiting`, only the rows that waited when the page was drawn."""
        waited = _numbers([request.GET.get("waiting", "")]) if "waiting" in request.GET else None
        return self._section(request, self._enquiry(request, pk), only=waited)

    def _section(self, request, enquiry, only=None, **said):
        context = {**self.drawings_of(request, enquiry, only), **said}
        return TemplateResponse(request, "admin/production/_drawings.html", context)

    # --- what is done -------------------------------------------------------------------------------------------------

    def parts_view(self, request, pk):
        """One of the table's buttons, or one cell that was edited. A refusal changes nothing and is said above it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        enquiry = self._enquiry(request, pk)
        if not self.has_change_permission(request, enquiry):
            raise PermissionDenied
        chosen = _numbers(request.POST.getlist("part"), ordered=True)
        said = {"chosen": set(chosen)}
        try:
            said["done"] = self._do(request, enquiry, chosen)
        except Refused as refusal:
            said["problem"] = str(refusal.reason)
        if "application/json" in request.headers.get("Accept", ""):
            return self._as_json(request, enquiry, said)
        if request.htmx:
            # With a material chosen, more can be done than before: the buttons above follow.
            enquiry = self._enquiry(request, pk)
            return self._section(request, enquiry, **said, **self.deeds(request, enquiry), fresh_deeds=True)
        if "problem" in said:
            messages.error(request, said["problem"])
        else:
            messages.success(request, said["done"])
        return HttpResponseRedirect(reverse("admin:production_enquiry_change", args=[pk]))

    def _do(self, request, enquiry, chosen: list[int]) -> str:
        """Without a tick the shown rows are meant, which a script names in their order; without one, all of them."""
        deed, data = request.POST.get("deed", "save"), request.POST
        shown = _numbers(data.getlist("shown"), ordered=True) if "shown" in data else _all(enquiry)
        meant = chosen or shown
        if deed == "choose":
            quantity = _whole(data["quantity"]) if data.get("quantity") else None
            count = parts.choose(enquiry, meant, request.user, item=_item(data.get("item")), quantity=quantity)
        elif deed == "names":
            count = parts.from_names(enquiry, request.user, meant)
        elif deed == "paste":
            count = parts.paste(enquiry, meant, data.get("column", "")[:50_000], request.user)
        elif deed == "products":
            if not request.user.has_perm("production.add_product"):
                raise PermissionDenied
            count = products.make_from_lines(enquiry, chosen, request.user)
            return ngettext("%(count)s part is a product now.", "%(count)s parts are products now.",
                            count) % {"count": count}  # fmt: skip
        elif deed == "remove":
            count = parts.remove(enquiry, chosen, request.user)
            return ngettext("%(count)s part was taken off the list.", "%(count)s parts were taken off the list.",
                            count) % {"count": count}  # fmt: skip
        else:
            count = parts.change(enquiry, _edits(data), request.user)
        return ngettext("%(count)s part was changed.", "%(count)s parts were changed.", count) % {"count": count}

    def _as_json(self, request, enquiry, said) -> JsonResponse:
        if "problem" in said:
            return JsonResponse({"reason": said["problem"]}, status=422)
        context = self.drawings_of(request, enquiry, only=set(_edits(request.POST)))
        states = {row["line"].pk: str(row["state"]["text"]) for row in context["rows"]}
        return JsonResponse({"text": said["done"], "states": states})

    def unit_view(self, request, pk, drawing):
        """The unit of a drawing nobody was sure of, said where the doubt stands. It is measured again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        enquiry = self._enquiry(request, pk)
        row = enquiry.files.filter(pk=drawing).first()
        if row is None:
            raise Http404
        if not request.user.has_perm(MEASURE):
            raise PermissionDenied
        drawings.measure_again(row, request.user, unit=request.POST.get("unit", ""))
        if request.htmx:
            return self._section(request, enquiry)
        return HttpResponseRedirect(reverse("admin:production_enquiry_change", args=[pk]))

    def upload_view(self, request, pk):
        """One file or several. Answers as the drop zone wants it, or like any form where there are no scripts."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        enquiry = self._enquiry(request, pk)
        if not self.has_change_permission(request, enquiry):
            raise PermissionDenied
        rows, refusals = [], []
        for upload in request.FILES.getlist("file"):
            room = parcels if parcels.is_one(upload) else drawings
            try:
                rows.append(room.receive(request.workspace, upload, enquiry=enquiry, by=request.user))
            except Refused as refusal:
                refusals.append(refusal)
        if "application/json" in request.headers.get("Accept", ""):
            return _uploaded(rows, refusals)
        for refusal in refusals:
            messages.error(request, refusal.reason)
        if not rows and not refusals:
            messages.error(request, _("No file was chosen."))
        return HttpResponseRedirect(reverse("admin:production_enquiry_change", args=[pk]))


def _row(line: EnquiryLine, proposed: dict, prices: dict | None) -> dict:
    file = line.design_file
    found = measured(file)
    doubts = [words.said(text) for text in drawings.doubts(found)] if found else []
    return {
        "line": line,
        "file": file,
        "found": found,
        "size": size(found) if found else "",
        "figures": figures(file, line.item),
        "units": unit_choices(file),
        "doubts": doubts,
        "defects": sum(found.findings.get("defect_counts", {}).values()) if found else 0,
        "picture": reverse("admin:production_designfile_picture", args=[file.pk]) if found else "",
        "proposed": proposed,
        "state": _standing(line, found),
        "price": (prices or {}).get(line.pk),
    }


def _standing(line: EnquiryLine, found) -> dict:
    """Whether a price can be made of it, in a word."""
    file = line.design_file
    if file.state in AT_WORK:
        return {"text": file.get_state_display(), "tone": "info"}
    if file.state == "refused":
        return {"text": _("cannot be read"), "tone": "bad"}
    if found is None:
        return {"text": _("not measured"), "tone": "off"}
    if line.item_id is None:
        return {"text": _("material missing"), "tone": "wait"}
    return {"text": _("can be priced"), "tone": "good"}


def _uploaded(rows, refusals) -> JsonResponse:
    if refusals:
        status = 413 if refusals[0].code == "too-large" else 422
        return JsonResponse({"reason": str(refusals[0].reason), "code": refusals[0].code}, status=status)
    if not rows:
        return JsonResponse({"reason": str(_("No file was chosen.")), "code": "nothing"}, status=422)
    row = rows[0]
    if not hasattr(row, "kind"):
        return JsonResponse({"text": str(_("being opened")) if row.state != "opened" else parcels.reason_of(row)})
    text = _("being measured") if row.state in AT_WORK else row.get_state_display()
    if row.is_there_already:
        text = drawings.same_as(row)
    answer = {
        "text": str(text),
        "listed": not row.is_there_already,
        "url": reverse("admin:production_designfile_change", args=[row.pk]),
    }
    return JsonResponse(answer | ({"reload": True} if row.kind in PRINTS else {}))


# --- what was posted --------------------------------------------------------------------------------------------------


def _numbers(texts: list[str], ordered: bool = False):
    found = [int(text) for part in texts[:MOST_NUMBERS] for text in part.split(",") if text.isdecimal()]
    found = [number for number in found[:MOST_NUMBERS] if number < 2**63]
    return list(dict.fromkeys(found)) if ordered else set(found)


def _all(enquiry) -> list[int]:
    return list(enquiry.lines.filter(IN_TABLE).values_list("pk", flat=True))


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 9:
        raise Refused(_("The quantity must be a whole number from 1."), code="quantity")
    return int(text)


def _item(text: str | None) -> Item | None:
    if not text:
        return None
    row = parts.materials().filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if row is None:
        raise Refused(_("There is no such material."), code="item")
    return row


def _edits(data) -> dict[int, dict]:
    """The cells that were posted: description-7, item-7, quantity-7."""
    edits: dict[int, dict] = {}
    kept = {}
    for name in data:
        what, _dash, number = name.partition("-")
        if what not in parts.EDITABLE or not number.isdecimal() or len(number) > 18:
            continue
        text = data[name]
        if what == "item":
            if text not in kept:
                kept[text] = _item(text)
            value = kept[text]
        else:
            value = _whole(text) if what == "quantity" else text.strip()
        edits.setdefault(int(number), {})[what] = value
    return edits
