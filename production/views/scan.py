"""The scanner of the shop floor: one page for camera, hand scanner and scales that also works without a network."""

import hashlib
from functools import lru_cache
from pathlib import Path

from csp.constants import WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import workspaces
from inventory import counting
from inventory.models import StockCount
from inventory.scanning import cards, codes, events, finding, wire
from inventory.scanning.undoing import UNDO_SECONDS
from laseros.core.errors import Refused
from laseros.core.locales import locale_of
from laseros.core.templatetags.laseros import ICONS
from machines.models import Machine
from production import scanned_milestones
from production.models import Job, Operation
from production.views import queue
from production.views.access import LOOK, SESSION_KEY, floor, machines

SCAN = "inventory.scan_stock"
# Codes that mean something elsewhere.
SAID_HERE = {
    "badge": gettext_lazy("A badge takes over a shop tablet. It opens nothing here."),
    "action": gettext_lazy("Scan the code of a job or of a piece of work first, then the action."),
}
# All that the page needs when there is no network.
ASSETS = (
    "vendor/tabler-1.6.1/tabler.min.css",
    *(f"css/{name}.css" for name in ("tokens", "app", "controls", "feedback", "floor", "scan")),
    *(f"js/{name}.js" for name in ("theme", "app", "ticking", "keys", "bell", "leaving", "tablet")),
    *(f"js/scan-{name}.js" for name in ("store", "sending", "camera", "cards", "page")),
    "vendor/htmx-2.0.11/htmx.min.js",
    "vendor/inter-5.3.0/inter-latin.woff2",
    "vendor/inter-5.3.0/inter-latin-ext.woff2",
    "vendor/zxing-wasm-3.1.6/zxing-reader.js",
    "vendor/zxing-wasm-3.1.6/zxing_reader.wasm",
    "img/mark.svg",
    "img/scan-192.png",
    ICONS,
)


@csp_update({"script-src": [WASM_UNSAFE_EVAL]})
@floor(LOOK)
@require_safe
def page(request):
    """The same for everybody, without a name on it: it is what a device keeps for when there is no network."""
    response = HttpResponse(render_to_string("floor/scan.html", {"undo_seconds": UNDO_SECONDS}))
    response.headers["X-Shell"] = "scan"
    patch_vary_headers(response, ["Cookie"])
    return response


@floor(LOOK)
@require_safe
def me(request):
    """Who is logged in here and where, for a page that knows nobody."""
    return JsonResponse(
        {
            "user": request.user.pk,
            "name": request.user.get_short_name(),
            "workspace": request.workspace.pk,
            "workspaceName": request.workspace.name,
            "slug": request.workspace.slug.lower(),
            "locale": locale_of(request.LANGUAGE_CODE.split("-")[0], request.workspace.country).replace("_", "-"),
            "canScan": request.user.has_perm(SCAN),
            "csrf": get_token(request),
            "waiting": events.waiting(request.user).count(),
            "tablet": request.tablet.idle_minutes if request.tablet else 0,  # a shop tablet: handed back after so long
            "now": timezone.now().isoformat(),
        }
    )


@floor(LOOK)
@require_safe
def known(request):
    """What a device keeps to be of use without a network."""
    return JsonResponse(cards.everything() | {"jobs": scanned_milestones.known()})


@floor(LOOK)
@require_safe
def look(request):
    """What a code means: a card, an address to go to, or why it means nothing here."""
    text = request.GET.get("code", "")[: codes.LONGEST]
    try:
        return JsonResponse(_meaning(request, text))
    except Refused as refusal:
        return JsonResponse({"kind": "none", "why": refusal.code, "reason": str(refusal.reason)})


def _meaning(request, text: str) -> dict:
    spoken = codes.read(text)
    if spoken is not None and spoken.slug and spoken.slug != request.workspace.slug.lower():
        return _elsewhere(request, spoken.slug)
    spoken = finding.of_this_business(request.workspace, text)
    if spoken.kind == "machine":
        machine = machines().filter(pk=queue.number(spoken.code)).first()
        if machine is not None:
            return _machine(machine)
        raise finding.unknown(spoken.code)
    if spoken.kind in ("badge", "action"):
        raise Refused(SAID_HERE[spoken.kind], code=spoken.kind)
    if spoken.kind == "job":
        return _job(spoken.code)
    if spoken.kind == "delivery":
        return {"kind": "go", "title": _("Delivery"), "url": reverse("deliveries:page", args=[spoken.code])}
    found = None if spoken.kind == "operation" else finding.find(request.workspace, spoken)
    if found is not None:
        return cards.with_content(found)
    if spoken.kind in ("", "operation"):
        machine = machines().filter(name__iexact=spoken.code).first()
        if machine is not None:
            return _machine(machine)
        if not spoken.kind and Job.objects.filter(number__iexact=spoken.code).exists():
            return _job(spoken.code)
        operation = queue.found(text if spoken.kind else spoken.code, exactly=True)
        if operation is not None:
            return _operation(operation)
    raise finding.unknown(spoken.code)


def _elsewhere(request, slug: str) -> dict:
    """Another business's label: named only to those who work there too."""
    theirs = next((each for each in workspaces.of(request.user) if each.slug.lower() == slug), None)
    if theirs is None:
        raise Refused(_("This label belongs to another business."), code="elsewhere")
    reason = _("This label belongs to %(name)s. Switch there to work with it.") % {"name": theirs.name}
    return {"kind": "none", "why": "elsewhere", "reason": reason, "switch": theirs.pk}


def _machine(machine: Machine) -> dict:
    return {"kind": "go", "title": machine.name, "url": reverse("floor:machine", args=[machine.pk])}


def _job(number: str) -> dict:
    job = Job.objects.filter(number__iexact=number).first()
    if job is None:
        raise finding.unknown(number)
    return {"kind": "go", "title": str(job), "url": reverse("floor:job", args=[job.pk])}


def _operation(operation: Operation) -> dict:
    return {"kind": "go", "title": str(operation), "url": reverse("floor:operation", args=[operation.pk])}


@floor(SCAN)
@require_POST
def take(request):
    """A batch of events from a device, in order; the answer to each. What arrives again answers what it did before."""
    try:
        said = wire.read(request.body)
    except Refused as refusal:
        return JsonResponse({"reason": str(refusal.reason)}, status=400)
    answers = [events.take(each, request.workspace, request.user) for each in said]
    found = [{"id": one.key, "answer": one.answer, "reason": one.reason, "result": one.result} for one in answers]
    return JsonResponse({"answers": found, "waiting": events.waiting(request.user).count()})


@floor(LOOK)
@require_safe
def count_lines(request, pk):
    """What is to be counted, for those who go round."""
    return JsonResponse(cards.with_lines(get_object_or_404(StockCount.objects.select_related("location"), pk=pk)))


@floor(LOOK)
@require_safe
def counts(request):
    """The counts that are going on."""
    rows = StockCount.objects.filter(state="open").select_related("location").order_by("-id")[:50]
    found = [{"card": cards.of_count(count), "progress": counting.progress(count), "count": count} for count in rows]
    return render(request, "floor/counts.html", {"counts": found, "can_scan": request.user.has_perm(SCAN)})


@floor(LOOK)
@require_safe
def machine(request, pk):
    """A machine's own page, from its label: this device stands there from now on."""
    request.session[SESSION_KEY] = get_object_or_404(machines(), pk=pk).pk
    return redirect("floor:queue")


# --- what needs a person ----------------------------------------------------------------------------------------------


@floor(SCAN)
@require_safe
def unsettled(request):
    """My scans that could not be done; everybody's for those who decide in the office."""
    rows = events.waiting(None if _decides_all(request) else request.user)[:100]
    return render(request, "floor/unsettled.html", {"events": rows, "everybody": _decides_all(request)})


def _decides_all(request) -> bool:
    return request.user.has_perm("inventory.change_scanevent")


@floor(SCAN)
@require_POST
def decide(request, pk):
    """Do it after all, or drop it."""
    event = get_object_or_404(events.waiting(None if _decides_all(request) else request.user), pk=pk)
    verb = events.settle if request.POST.get("what") == "settle" else events.drop
    verb(event, request.user)
    return redirect("floor:unsettled")


# --- what the device keeps --------------------------------------------------------------------------------------------


@never_cache
@require_safe
def worker(request):
    """The service worker. Its scope is its own folder: the scanner's page and no other."""
    context = {"assets": [static(name) for name in ASSETS], "version": _version(), "page": reverse("floor:scan")}
    return render(request, "floor/scan_worker.js", context, content_type="text/javascript")


@lru_cache(maxsize=1)
def _version() -> str:
    """Another one whenever anything the device keeps is another."""
    digest = hashlib.sha256()
    for name in ASSETS:
        path = finders.find(name)
        digest.update(static(name).encode())
        if path:
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:16]


@require_safe
def manifest(request):
    """What makes the page an app on a phone's home screen."""
    page = reverse("floor:scan")
    icons = [
        {"src": static(f"img/scan-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    answer = JsonResponse(
        {
            "id": page, "name": "Laser OS Scan", "short_name": "Scan", "start_url": page, "scope": page,
            "display": "standalone", "background_color": "#ffffff", "theme_color": "#1d5fbf", "icons": icons,
        }
    )  # fmt: skip
    answer.headers["Content-Type"] = "application/manifest+json"
    return answer


@require_safe
def code(request, slug, letter, code):
    """The address in the QR code of a label, for a phone's own camera."""
    kind = codes.KINDS.get(letter.lower())
    said = f"/q/{slug}/{letter}/{code}" if kind else code
    return redirect(f"{reverse('floor:scan')}?{urlencode({'code': said})}")
