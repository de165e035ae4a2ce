"""Operations and runs in the back office: the queues, and what was done."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.back_office import Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from inventory.lots_admin import trace_link
from inventory.models import Move
from laseros.core.templatetags.laseros import duration, number
from machines.models import Machine
from production import jobs, queue, shortages
from production.admin import quality
from production.admin.badges import COLOURS, PRIORITIES, Untouched, badge
from production.models import Job, Operation, Priority, Run
from production.states import OPEN_OPERATION

CHANGE = "production.change_operation"


class PriorityForm(forms.Form):
    for_record = True
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["priority"].initial = record.priority


class MachineForm(forms.Form):
    for_record = True
    machine = forms.ModelChoiceField(label=_("Machine"), queryset=None)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        others = Machine.objects.filter(kind=record.machine.kind, archived_at=None).exclude(pk=record.machine_id)
        self.fields["machine"].queryset = others


def is_queued(operation) -> bool:
    return operation.state == "queued"


class WhichFilter(admin.SimpleListFilter):
    """The queue is what is still to be done, unless somebody asks for a state or for all."""

    title = _("which")
    parameter_name = "which"

    def lookups(self, request, model_admin):
        self.asked_for_a_state = any(name.startswith("state__") for name in request.GET)
        return [("all", _("All, done ones too")), ("bare", _("Without reserved material"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Still to be done")}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "bare":
            return queryset.filter(pk__in=shortages.without_material().order_by().values("pk"))
        if self.value() == "all" or self.asked_for_a_state:
            return queryset
        return queryset.filter(state__in=OPEN_OPERATION)


@admin.register(Operation)
class OperationAdmin(Untouched):
    list_display = ("what", "job", "machine", "place", "state_shown", "priority_shown", "counts", "time", "material")
    list_select_related = ("job_line__job", "job_line__item", "sheet__nest", "sheet__item", "machine", "reservation")
    list_reads = (
        "state", "priority", "position", "quantity", "good", "scrap", "seconds_each", "taken", "machine",
        "machine__name", "job_line", "sheet", "reservation", "reservation__state", "reservation__held",
        *(f"job_line__{each}" for each in ("description", "material_each", "job", "job__number")),
        *(f"job_line__{each}" for each in ("item", "item__code", "item__name")),
        *(f"sheet__{each}" for each in ("position", "extra", "nest", "nest__number")),
        *(f"sheet__{each}" for each in ("item", "item__code", "item__name")),
    )  # fmt: skip
    list_filter = (WhichFilter, "state", "machine", "priority")
    ordering = ("machine__position", "position", "id")
    paginator = InfinitePaginator
    search_fields = ("job_line__description", "job_line__job__number", "job_line__job__title", "machine__name",
                     "sheet__nest__number")  # fmt: skip
    search_help_text = _("Part, job, nest or machine")
    readonly_fields = ("made_of", "state_word", "counts", "material", "time")
    fields = ("made_of", ("machine", "position"), ("state_word", "priority"), ("counts", "time"), "material",
              ("created_at", "done_at"))  # fmt: skip
    empty_text = _("Approved work stands here until a machine has done it.")
    empty_icon = "list_alt"
    verbs = (
        Verb("priority", _("Priority"),
             lambda request, operation, priority: queue.prioritise(operation, priority, request.user), CHANGE,
             is_queued, form=PriorityForm, icon="flag", done=_("It has its place by its priority.")),
        Verb("move", _("To another machine"),
             lambda request, operation, machine: queue.move(operation, machine, request.user), CHANGE, is_queued,
             form=MachineForm, icon="swap_horiz", done=_("It waits on the other machine.")),
        quality.ADD_TO_OPERATION,
    )  # fmt: skip

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "job_line__job__id__exact" or super().lookup_allowed(lookup, value, request)

    def related_links(self, obj):
        return [
            to_record(obj.job_line.job if obj.job_line_id else None, icon="work"),
            to_record(obj.sheet.nest if obj.sheet_id else None, icon="dashboard_customize"),
            *(to_record(part.nest, icon="dashboard_customize") for part in _nested(obj)),
            to_record(obj.machine, icon="precision_manufacturing"),
            to_record(obj.job_line.design_file if obj.job_line_id else None, icon="architecture"),
            to_record(obj.reservation, icon="bookmark"),
            to_list("production.run", _("Runs"), icon="timer", operation__id__exact=obj.pk),
            to_list("production.linecheck", icon="rule", q=obj.reference) if obj.job_line_id else None,
        ]

    @display(description=_("what"), ordering="job_line__description")
    def what(self, operation):
        return operation.what

    @display(description=_("job line"))
    def made_of(self, operation):
        return operation.sheet or operation.job_line

    @display(description=_("place"), ordering="position")
    def place(self, operation):
        return operation.position

    @display(description=_("job"), ordering="job_line__job__number")
    def job(self, operation):
        return operation.reference

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, operation):
        return badge(operation)

    @display(description=_("state"))
    def state_word(self, operation):
        return operation.get_state_display()

    @display(description=_("priority"), ordering="priority", label=PRIORITIES)
    def priority_shown(self, operation):
        return operation.priority, operation.get_priority_display()

    @display(description=_("good"))
    def counts(self, operation):
        words = _("%(good)s of %(quantity)s") % {"good": operation.good, "quantity": operation.quantity}
        return f"{words}, {_('scrap')} {operation.scrap}" if operation.scrap else words

    @display(description=_("time"))
    def time(self, operation):
        return duration(operation.left * operation.seconds_each) or "–"

    @display(description=_("material"))
    def material(self, operation):
        if jobs.lacks_material(operation, operation.job_line):
            return _("not reserved")
        return operation.item or "–"


def _nested(operation) -> list:
    """Where its pieces were nested, each nest once."""
    rows = operation.nest_parts.exclude(nest__state="cancelled").filter(part_index=0)
    return list(rows.select_related("nest").order_by("-nest")[:5])


@admin.register(Run)
class RunAdmin(Untouched):
    list_display = ("what", "job", "machine", "operator", "state_shown", "good", "scrap", "started_at", "took")
    list_select_related = ("operation__job_line__job", "operation__sheet__nest", "machine", "operator")
    list_reads = (
        "state", "quantity", "good", "scrap", "started_at", "finished_at", "paused_seconds", "machine", "machine__name",
        "operator", "operator__name", "operator__email", "operation", "operation__job_line", "operation__sheet",
        *(f"operation__job_line__{each}" for each in ("description", "job", "job__number")),
        *(f"operation__sheet__{each}" for each in ("position", "nest", "nest__number")),
    )  # fmt: skip
    list_filter = ("state", "machine", ("started_at", BetweenDays))
    list_filter_submit = True
    paginator = InfinitePaginator
    search_fields = ("operation__job_line__description", "operation__job_line__job__number", "machine__name", "note")
    search_help_text = _("Part, job, machine or note")
    readonly_fields = ("state_word", "took", "booked", "energy")
    fields = ("operation", ("machine", "operator", "state_word"), ("quantity", "good", "scrap"),
              ("material_used", "booked"), ("started_at", "finished_at", "took"), "machine_done_at",
              "energy", "note")  # fmt: skip
    empty_text = _("What operators start and finish on the shop floor is kept here.")
    empty_icon = "timer"

    def related_links(self, obj):
        return [
            *(to_record(job, icon="work") for job in _jobs(obj)),
            to_record(obj.operation.sheet.nest if obj.operation.sheet_id else None, icon="dashboard_customize"),
            to_record(obj.operation, icon="list_alt"),
            to_list("machines.machinejob", icon="fact_check", made__run__id__exact=obj.pk),
            to_record(obj.machine, icon="precision_manufacturing"),
            trace_link(f"run:{obj.pk}"),
        ]

    @display(description=_("what"))
    def what(self, run):
        return f"{run.quantity} × {run.operation.what}"

    @display(description=_("job"), ordering="operation__job_line__job__number")
    def job(self, run):
        return run.operation.reference

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, run):
        return badge(run)

    @display(description=_("state"))
    def state_word(self, run):
        return run.get_state_display()

    @display(description=_("took"))
    def took(self, run):
        if run.finished_at is None:
            return "–"
        return duration((run.finished_at - run.started_at).total_seconds() - run.paused_seconds)

    @display(description=_("energy kWh"))
    def energy(self, run):
        return "–" if run.kwh is None else f"{'≈ ' if run.kwh_is_estimate else ''}{number(run.kwh, 2)}"

    @display(description=_("taken out of the books"))
    def booked(self, run):
        """Less than was used where the books held less: then the stock wants counting."""
        moves = Move.objects.filter(source=f"run:{run.pk}").select_related("item").order_by("id")
        # Of a sheet there is a move for each job, with the job behind the key; of several lots one for each.
        # What was taken back and its taking back are no more.
        mine = (run.key_of_use, f"run:{run.pk}:use:", f"{run.key_of_use}#", "machine-job:")
        amounts = [
            f"{move.item.amount(-move.quantity)} {move.item}"
            for move in moves
            if move.key == mine[0] or move.key.startswith(mine[1:])
        ]
        if run.from_taken:
            words = _("%(amount)s taken when the job was approved")
            amounts.append(words % {"amount": number(run.from_taken)})
        return ", ".join(map(str, amounts)) or "–"


def _jobs(run) -> list:
    if run.operation.job_line_id:
        return [run.operation.job_line.job]
    return list(Job.objects.filter(lines__operations__run_parts__run=run).distinct().order_by("pk")[:10])
