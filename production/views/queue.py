"""My machine: what runs on it, what waits for it, in which order."""

import hashlib
from collections import Counter

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from machines import drivers
from machines.models import Command
from production import action_codes, dispatching, following, jobs, progress, queue, undoing, work_pictures
from production.filters import QueueFilter, contains
from production.labour import clocks
from production.machine_work import counting, matching
from production.models import NestPart, NestSheet, Operation, Run
from production.quality import showing
from production.states import ACTIVE_RUN, IN_QUEUE
from production.views.access import LOOK, SESSION_KEY, WORK, floor, machines, machines_here, my_machine

MOST_SHOWN = 200
# What a machine did with a start it was asked for, when that is not simply "started".
NOT_STARTED = ("refused", "timed_out")

# Of the many rows joined only what is shown: this page is open all day.
RUN_WITH = tuple(f"operation__{each}" for each in ("job_line__job", "job_line__item", "sheet__nest", "sheet__item"))
RUN_SHOWN = (
    *(field.name for field in Run._meta.concrete_fields), "operation__job_line", "operation__sheet",
    *(f"operation__job_line__{each}" for each in ("description", "job", "item", "job__number", "item__name")),
    *(f"operation__job_line__{each}" for each in ("quantity", "made_good")),
    *(f"operation__sheet__{each}" for each in ("position", "nest", "item", "nest__number", "item__name")),
)  # fmt: skip
PART_OF_JOB = ("operation__job_line__job__number", "operation__job_line__job__due_on")
QUEUE_WITH = ("job_line__job", "job_line__item", "reservation", "sheet__nest", "sheet__item", "sheet__lot")
QUEUE_SHOWN = (
    *(field.name for field in Operation._meta.concrete_fields),
    *(f"job_line__{each}" for each in ("description", "parent", "step", "starts", "quantity", "made_good")),
    *(f"job_line__{each}" for each in ("material_each", "job", "job__number", "job__state", "job__due_on")),
    *(f"job_line__{each}" for each in ("item", "item__name")), "reservation__state", "reservation__held",
    *(f"sheet__{each}" for each in ("position", "placements", "extra", "nest", "nest__number", "item", "item__name")),
    *(f"sheet__{each}" for each in ("lot", "lot__code", "lot__rectangle")),
)  # fmt: skip


@floor(LOOK)
@require_safe
def page(request):
    machine = my_machine(request)
    if machine is None:
        return choose_page(request)
    context = now(request, machine)
    context["clock"] = clocks.glance(request.user) if context["can_work"] else None
    context["there_are_others"] = machines().exclude(pk=machine.pk).exists()
    return render(request, "floor/queue.html", {**context, **waiting(request, machine, context["run"])})


@floor(LOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """Which machine this device stands at."""
    if request.method != "POST":
        return choose_page(request)
    machine = get_object_or_404(machines(), pk=number(request.POST.get("machine")))
    request.session[SESSION_KEY] = machine.pk
    return redirect("floor:queue")


def choose_page(request):
    rows = machines().annotate(waits=Count("operations", filter=Q(operations__state="queued")))
    active = _runs().filter(machine__archived_at=None)
    runs = {run.machine_id: run for run in active}
    here = set(machines_here(request).values_list("pk", flat=True))
    cards = [{"machine": machine, "run": runs.get(machine.pk)} for machine in rows]
    cards.sort(key=lambda card: card["machine"].pk not in here)  # a tablet's own first
    context = {"cards": cards, "chosen": request.session.get(SESSION_KEY)}
    return render(request, "floor/machines.html", context)


@floor(LOOK)
@require_safe
def run_card(request, pk):
    """What runs on a machine, for a page whose bell rang. Says when the page's queue is out of date too."""
    context = now(request, get_object_or_404(machines(), pk=pk))
    response = render(request, "floor/_now.html", context)
    run = context["run"]
    if request.GET.get("run", "") != (str(run.pk) if run else ""):
        response.headers["HX-Trigger"] = "queue-changed"
    return response


@floor(LOOK)
@require_safe
def queue_list(request, pk):
    """The queue for a page that shows it already: nothing while it is still as the page has seen it.

    By its version that is known at once. What raises no version (midnight, a promise given back in the stock room) is
    found by a page that asks without one, now and then.
    """
    machine = get_object_or_404(machines(), pk=pk)
    if request.GET.get("version") == str(machine.queue_version):
        return HttpResponse(status=204)
    run = Run.active_on(machine).first()
    context = waiting(request, machine, run)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    response = render(request, "floor/_queue.html", {**context, "machine": machine, "run": run})
    if request.GET.get("run", "") != (str(run.pk) if run else ""):
        response.headers["HX-Trigger"] = "run-changed"
    return response


@floor(WORK)
@require_POST
def order(request, pk):
    """A drop: one operation between two neighbours."""
    machine = get_object_or_404(machines(), pk=pk)
    operation = get_object_or_404(Operation.objects, pk=number(request.POST.get("item")), machine=machine)
    after, before = (number(request.POST.get(name)) for name in ("after", "before"))
    queue.place(operation, request.user, after=after, before=before)
    return _moved(request, machine)


@floor(WORK)
@require_POST
def shift(request, pk):
    """One place up or down."""
    operation = get_object_or_404(Operation.objects.select_related("machine__status"), pk=pk)
    queue.shift(operation, request.user, up=request.POST.get("move") == "up")
    return _moved(request, operation.machine)


def _moved(request, machine):
    if not request.htmx:
        return redirect("floor:queue")
    run = Run.active_on(machine).first()
    return render(request, "floor/_list.html", {**waiting(request, machine, run), "machine": machine, "run": run})


@floor(WORK)
@require_POST
def move(request, pk):
    """To another machine of the same kind."""
    operation = get_object_or_404(Operation.objects.select_related("machine"), pk=pk)
    machine = get_object_or_404(machines(), pk=number(request.POST.get("machine")))
    queue.move(operation, machine, request.user)
    messages.success(request, _("Moved to %(machine)s.") % {"machine": machine})
    return redirect("floor:operation", pk=operation.pk)


@floor(LOOK)
@require_safe
def find(request):
    """What a scanner reads or a person types: the address on a traveller, a job number, a word."""
    text = " ".join(request.GET.get("q", "").split())[:200]
    if action_codes.read(text, request.workspace.slug):
        messages.warning(request, _("Scan the code of a job or of a piece of work first, then the action."))
        return redirect("floor:queue")
    operation = found(text)
    if operation is not None:
        return redirect("floor:operation", pk=operation.pk)
    if "/q/" in text.lower():
        return redirect(f"{reverse('floor:scan')}?{urlencode({'code': text})}")
    messages.warning(request, _("Nothing with “%(text)s” is in a queue.") % {"text": text})
    return redirect(f"{reverse('floor:queue')}?{urlencode({'text': text})}")


def found(text: str, *, exactly: bool = False) -> Operation | None:
    """The operation a scanner or a person means: by its address, its job or nest, unless `exactly` by a word of it."""
    rows = Operation.objects.order_by("done_at", "position", "id")
    if "/floor/operations/" in text:
        return rows.filter(pk=number(text.rsplit("/floor/operations/", 1)[1].strip("/"))).first()
    if not text:
        return None
    exact = rows.filter(Q(job_line__job__number__iexact=text) | Q(sheet__nest__number__iexact=text))
    open_rows = rows.filter(state__in=("in_progress", "queued"))
    return (
        exact.filter(state__in=("in_progress", "queued")).first()
        or exact.first()
        or (None if exactly else open_rows.filter(contains(text)).first())
        or _sheet_with(exact.filter(state="nested").first())
    )


def _sheet_with(nested: Operation | None) -> Operation | None:
    """The sheet in a queue on which the pieces of a nested operation lie."""
    return next(iter(sheets_with(nested)), None) if nested is not None else None


def sheets_with(operation: Operation) -> list[Operation]:
    """The sheets still to be cut that have pieces of an operation on them."""
    parts = set(operation.nest_parts.order_by("pk").values_list("pk", flat=True))
    rows = Operation.objects.filter(sheet__nest__parts__operation=operation, state__in=IN_QUEUE).distinct()
    rows = rows.select_related("sheet__nest", "machine").order_by("position", "id")
    return [row for row in rows if parts & set(row.sheet.counts())]


# --- what the pages show ----------------------------------------------------------------------------------------------


def _runs():
    related = ("operator", "machine__status", "operation__job_line__job", "operation__job_line__item",
               "operation__sheet__nest", "operation__sheet__item")  # fmt: skip
    return Run.objects.filter(state__in=ACTIVE_RUN).select_related(*related).order_by("id")


def _run_on(machine) -> Run | None:
    run = (
        showing.marked(Run.active_on(machine))
        .select_related("operator", *RUN_WITH)
        .only("operator__name", "operator__email", *RUN_SHOWN)
        .first()
    )
    if run is not None:
        run.machine = machine
    return run


def now(request, machine) -> dict:
    """The run on a machine and what the machine says about it."""
    run = _run_on(machine)
    status = getattr(machine, "status", None)
    connected = drivers.tells_state(machine.driver)
    answer = None
    if run is not None and connected and not run.machine_done_at:
        keys = [run.job_key, dispatching.key_of_plate(run, run.plates_sent)]
        answer = Command.objects.filter(key__in=keys, state__in=NOT_STARTED).order_by("-id").first()
    return {
        "machine": machine,
        "status": status,
        "connected": connected,
        "run": run,
        "live": progress.of_run(run) if run else None,
        "over": None if run else just_over(machine),
        "answer": answer,
        "plates": counting.open_plates(run) if run is not None and connected else [],
        "checks_left": showing.checks_left(run) if run is not None and run.is_checked else 0,
        "can_send_next": run is not None and connected and dispatching.can_send_next(run),
        "unclaimed": matching.open_jobs().filter(machine=machine).count() if connected else 0,
        "can_work": request.user.has_perm(WORK),
    }


def just_over(machine) -> Run | None:
    """The last run on a machine, while what was said about it can be taken back."""
    run = (
        Run.objects.filter(machine=machine)
        .select_related("operation__job_line__job", "operation__sheet__nest")
        .order_by("-id")
        .first()
    )
    if run is not None and (until := undoing.undo_until(run)):
        run.undo_seconds = max(1, round((until - timezone.now()).total_seconds()))
        return run
    return None


def waiting(request, machine, run: Run | None) -> dict:
    """The queue of a machine, narrowed by the filter. Only a whole queue can be put in order."""
    rows = queue.waiting(machine).select_related(*QUEUE_WITH).only(*QUEUE_SHOWN)
    rows = rows.annotate(drawn=work_pictures.DRAWN | work_pictures.SLICED | Q(sheet__isnull=False))
    found = QueueFilter(request.GET, queryset=rows, request=request)
    operations = list(found.qs[: MOST_SHOWN + 1])
    turns = following.turns(operation.job_line for operation in operations)
    up, down = _("%(what)s up"), _("%(what)s down")
    for operation in operations:
        operation.lacks_material = jobs.lacks_material(operation, operation.job_line)
        operation.turn = turns.get(operation.job_line_id)
        operation.up, operation.down = (words % {"what": operation.reference} for words in (up, down))
    _tell_sheets(operations)
    narrowed = any(request.GET.get(name) for name in found.filters)
    can_work = request.user.has_perm(WORK)
    return {
        "operations": operations[:MOST_SHOWN],
        "next": next((row.pk for row in operations if row.turn is None or row.turn.room), None),
        "seen": _look_of(operations, run),
        "more": len(operations) > MOST_SHOWN,
        "form": found.form,
        "narrowed": narrowed,
        "can_order": can_work and not narrowed and 1 < len(operations) <= MOST_SHOWN,
        "can_work": can_work,
        "today": timezone.localdate(),
    }


def _tell_sheets(operations) -> None:
    """For the sheets among them: how many of the nest there are, for how many jobs and for when; two queries in all."""
    sheets = [row.sheet for row in operations if row.sheet_id]
    nests = {sheet.nest_id for sheet in sheets}
    parts = NestPart.objects.filter(nest__in=nests, operation__job_line__isnull=False).order_by("pk")
    job_of = {pk: job for pk, *job in parts.values_list("pk", *PART_OF_JOB)} if nests else {}
    of = Counter(NestSheet.objects.filter(nest__in=nests).order_by().values_list("nest", flat=True)) if nests else {}
    for operation in operations:
        operation.due_on = operation.job_line.job.due_on if operation.job_line_id else None
        if operation.sheet_id:
            counts = operation.sheet.counts()
            jobs_on = [job_of[pk] for pk in counts if pk in job_of]
            operation.pieces, operation.of = sum(counts.values()), of[operation.sheet.nest_id]
            operation.jobs = sorted({number for number, _due_on in jobs_on})
            operation.due_on = min((due_on for _number, due_on in jobs_on if due_on), default=None)


def _look_of(operations, run: Run | None) -> str:
    """Another text whenever the rows, or what can be done with them, would look different."""
    rows = [
        (
            row.pk,
            row.good,
            row.priority,
            row.job_line and row.job_line.job.state,
            row.due_on,
            row.lacks_material,
            row.drawn,
            row.turn,
        )
        for row in operations
    ]
    return hashlib.sha256(repr((run.pk if run else None, rows)).encode()).hexdigest()[:16]


def number(text) -> int | None:
    text = str(text or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
