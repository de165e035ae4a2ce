"""Jobs in the back office: what was ordered, how far it is, what keeps it."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import F, Prefetch
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDateWidget

from accounts.back_office import OnceForm, Related, RoomAdmin, Verb, to_list, to_messages, to_record
from accounts.day_filter import BetweenDays
from inventory.lots_admin import trace_link
from inventory.purchasing import wants
from laseros.core.templatetags.laseros import day, money_filter, number
from production import job_tree, jobs, milestones, shortages
from production.admin import client_material, conversation, job_step, job_template, quality, sub_jobs
from production.admin import milestones as follow
from production.admin import proofs as proof_pages
from production.admin.badges import COLOURS, PRIORITIES, badge
from production.admin.enquiry import WhyForm
from production.admin.job_board import Boards
from production.labour import weeks
from production.machine_work import costs
from production.models import Job, JobLine, NestPart, Operation, Run
from production.signals import job_changed
from production.states import OPEN_JOB, OPEN_OPERATION

CHANGE = "production.change_job"
OPERATION = ("workspace", "job_line", "job_line__description", "sheet", "machine", "machine__name", "state", "quantity",
             "good", "scrap")  # fmt: skip
LINE = (*(field.name for field in JobLine._meta.concrete_fields), "item__code", "item__name")
RUN = ("workspace", "operation", "operator", "operator__name", "operator__email", "state", "started_at", "finished_at",
       "good", "scrap")  # fmt: skip
PART = ("workspace", "operation", "nest", "nest__number")
PROOF = ("workspace", "job", "version", "state", "sent_at", "decided_by", "decided_at", "reason", "design_file",
         "design_file__name")  # fmt: skip


def lines_of(job) -> list[JobLine]:
    """All of them with what their items are called, read once for one page."""
    if "_all_lines" not in job.__dict__:
        job._all_lines = list(job.lines.select_related("item").only(*LINE))
    return job._all_lines


def _lines(job) -> list[JobLine]:
    """Of an open job, read once for one page."""
    if "_lines" not in job.__dict__:
        job._lines = shortages.lines_of(job) if job.state in OPEN_JOB else []
    return job._lines


def _operations(job) -> list[Operation]:
    """With their runs and where they are nested: of each only what a line of the page says."""
    runs = Run.objects.select_related("operator").only(*RUN)
    parts = NestPart.objects.filter(part_index=0).exclude(nest__state="cancelled").select_related("nest").only(*PART)
    rows = Operation.objects.filter(job_line__job=job).select_related("machine", "job_line").only(*OPERATION)
    return list(
        rows.prefetch_related(Prefetch("runs", runs, "all_runs"), Prefetch("nest_parts", parts, "nested_as")).order_by(
            "id"
        )
    )


def _wanting(job) -> list[str]:
    """What an open job lacks, asked once for one page."""
    if "_wanting" not in job.__dict__:
        job._wanting = shortages.wanting(job, _lines(job)) if job.state in OPEN_JOB else []
    return job._wanting


def _short(job) -> dict:
    """What is not there for an open job, asked once for one page, and only where something is wanting."""
    if "_short" not in job.__dict__:
        job._short = shortages.short_of(job, _lines(job)) if _wanting(job) else {}
    return job._short


def _to_buy(job) -> dict:
    """What of it is not on an order either."""
    if "_to_buy" not in job.__dict__:
        job._to_buy = shortages.to_buy(_short(job))
    return job._to_buy


class CloneForm(OnceForm):
    """What is different about the copy; pressed twice there is one."""

    for_record = True
    title = forms.CharField(label=_("title"), max_length=160)
    due_on = forms.DateField(label=_("due"), required=False, widget=UnfoldAdminDateWidget)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].initial = record.title


def _clone(request, job, *, once, title, due_on) -> str:
    """Who may promise what is not there gets a job that waits for it; others are told what is missing."""
    may = request.user.has_perm("inventory.promise_short")
    despite = str(_("copy of %(job)s") % {"job": job.number}) if may else ""
    copy = jobs.clone(job, request.user, key=once, title=title, due_on=due_on, despite=despite)
    return reverse("admin:production_job_change", args=[copy.pk])


class BuyForm(OnceForm):
    """Says what would be ordered; pressed twice it is ordered once."""

    for_record = True

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        rows = shortages.to_buy(shortages.short_of(record))
        self.fields["what"] = forms.CharField(
            label=_("What is missing"), disabled=True, required=False, widget=forms.Textarea(attrs={"rows": 4}),
            initial="\n".join(f"{item.amount(count)} {item}" for item, count in rows.items()),
        )  # fmt: skip


def _buy(request, job, *, once, what="") -> str:
    rows = [wants.Want(item, count) for item, count in shortages.short_of(job).items()]
    key = f"job:{job.pk}:{once}"
    bought = wants.order(job.workspace, rows, key=key, by=request.user, less_ordered=True)
    messages.success(request, wants.told(bought))
    if len(bought.orders) == 1:
        return reverse("admin:inventory_purchaseorder_change", args=[bought.orders[0].pk])
    return f"{reverse('admin:inventory_purchaseorder_changelist')}?state__exact=draft"


def _has_lines_by_hand(job) -> bool:
    if job.state not in ("approved", "in_progress"):
        return False
    open_lines = job.lines.filter(made_good__lt=F("quantity"), parts=None)
    return open_lines.exclude(operations__state__in=OPEN_OPERATION).exists()


class BillFilter(admin.SimpleListFilter):
    title = _("invoice")
    parameter_name = "bill"

    def lookups(self, request, model_admin):
        return [("open", _("To be invoiced"))]

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=jobs.to_invoice().order_by().values("pk")) if self.value() == "open" else queryset


@admin.register(Job)
class JobAdmin(follow.Followed, Boards, RoomAdmin):
    list_display = ("number", "title", "client", "state_shown", "next_shown", "priority_shown", "due", "made",
                    "total_shown")  # fmt: skip
    list_display_links = ("number", "title")
    list_select_related = ("client",)
    list_reads = ("number", "title", "client", "client__code", "client__name", "state", "priority", "due_on",
                  "quoted_total")  # fmt: skip
    list_filter = (
        "state",
        follow.MilestoneFilter,
        follow.PaceFilter,
        conversation.TalkFilter,
        "priority",
        BillFilter,
        sub_jobs.TreeFilter,
        "enquiry__origin",
        ("due_on", BetweenDays),
        ("approved_at", BetweenDays),
    )
    list_filter_submit = True
    search_fields = ("number", "title", "client__name", "client__code", "parent__number")
    search_help_text = _("Number, title, client or number of the whole")
    money_fields = ("total_shown", "quoted_total")
    export_fields = ("number", "title", "client", "contact", "enquiry", "parent", "state", "priority", "due_on",
                     "approved_at", "started_at", "made_at", "completed_at", "tax_included", "quoted_total",
                     "discount_percent", "discount_amount", "note", "hold_reason")  # fmt: skip
    readonly_fields = ("number", "standing", "client", "made_shown", "total_shown", "approved_at", "started_at",
                       "made_at", "completed_at")  # fmt: skip
    fieldsets = (
        (None, {"fields": (("number", "standing"), ("client", "contact"), ("title", "total_shown"),
                           ("priority", "due_on"), "made_shown", "note")}),
        (_("Dates"), {"fields": (("approved_at", "started_at"), ("made_at", "completed_at")),
                      "classes": ("collapse",)}),
    )  # fmt: skip
    change_form_outer_before_template = "admin/production/job.html"
    change_form_outer_after_template = "admin/production/job_work.html"
    empty_text = _("A job is made by itself when a client accepts a quote.")
    empty_icon = "work"
    verbs = (
        Verb("prepare", _("Queue and reserve what is missing"), lambda request, job: _prepare(request, job), CHANGE,
             lambda job: bool(_wanting(job)), icon="playlist_add", subject=job_step.MATERIAL,
             says=_("Not all of it is in the queues or has its material: this queues it and reserves what is there.")),
        Verb("buy", _("Buy what is missing"), _buy, "inventory.add_purchaseorder", lambda job: bool(_to_buy(job)),
             form=BuyForm, icon="add_shopping_cart", subject=job_step.MATERIAL,
             says=_("There is too little material for it: this puts what is missing on draft orders."),
             confirm=_("What this job takes and nobody has for it is put on a draft for each supplier.")),
        Verb("by-hand", _("Made without a machine"), lambda request, job: jobs.made_by_hand(job, request.user), CHANGE,
             _has_lines_by_hand, icon="front_hand", done=_("Counted as made."), subject=job_step.WORK,
             says=_("What is in no machine's queue is left: this counts it as made."),
             confirm=_("Lines that are in no machine's queue count as made: delivery, bending, what was bought in.")),
        *follow.VERBS,
        proof_pages.SEND,
        quality.ADD_TO_JOB,
        job_template.KEEP,
        Verb("clone", _("Copy as a new job"), _clone, "production.add_job", form=CloneForm, icon="content_copy",
             subject=job_step.JOBS,
             done=_("This is the copy: lines, prices and client as they were.")),
        *sub_jobs.VERBS,
        Verb("hold", _("Put on hold"), lambda request, job, why: jobs.hold(job, request.user, why=why), CHANGE,
             lambda job: job.state in ("approved", "in_progress"), form=WhyForm, icon="pause", subject=job_step.WORK,
             done=_("On hold: nothing of it starts until it goes on.")),
        Verb("continue", _("Go on"), lambda request, job: jobs.resume(job, request.user), CHANGE,
             lambda job: job.state == "on_hold", primary=True, icon="play_arrow", done=_("It goes on."),
             subject=job_step.WORK, says=_("It is on hold: this puts its work back into the queues.")),
        Verb("cancel", pgettext_lazy("job", "Cancel"), sub_jobs.cancel, CHANGE,
             lambda job: job.state in OPEN_JOB, form=sub_jobs.CancelForm, dangerous=True, icon="block",
             confirm=_("Queued work leaves the queues and reserved material is free again."), done=_("Cancelled.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/production_admin.css",)}

    def has_add_permission(self, request):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view(lambda request, pk: client_material.page(self.admin_site, request, pk))
        talk = self.admin_site.admin_view(lambda request, pk: conversation.page(self.admin_site, request, pk))
        return [
            path("material/<int:pk>/", view, name="production_job_material"),
            path("<int:pk>/messages/", talk, name="production_job_messages"),
            path(
                "<int:pk>/messages/<int:file>/",
                self.admin_site.admin_view(conversation.file),
                name="production_job_message_file",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        match = getattr(request, "resolver_match", None)
        if match is not None and "object_id" in match.kwargs:
            rows = rows.select_related("client", "enquiry", "parent__parent")
        return job_tree.with_pieces(rows)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "contact" in form.base_fields:
            form.base_fields["contact"].queryset = obj.client.contacts.all()
        return form

    def save_model(self, request, obj, form, change):
        obj.version = F("version") + 1  # whoever watches it sees the change
        super().save_model(request, obj, form, change)
        obj.refresh_from_db(fields=["version"])
        if "priority" in form.changed_data:
            jobs.follow_priority(obj, request.user)
        if "due_on" in form.changed_data:
            milestones.replan(obj)
        jobs.tell(job_changed, obj)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["operations"] = _operations(obj)
            context["wanting"] = _wanting(obj)
            context["machines_used"] = costs.of_job(obj)
            context["people_worked"] = weeks.of_job(obj)
            context["material"] = shortages.material(_lines(obj))
            # Nobody edits these here: plain tables are drawn in a tenth of the time of a form's.
            context["lines"] = lines_of(obj)
            context["proofs"] = obj.proofs.select_related("design_file").only(*PROOF)
            context["job"] = obj
            context |= self.milestones_of(request, obj) | quality.of_job(obj) | sub_jobs.of_job(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def deeds(self, request, obj) -> dict:
        found = super().deeds(request, obj)
        if obj is None:
            return found
        is_ordered = bool(_short(obj)) and not _to_buy(obj)
        return {**found, "step": job_step.of_job(obj, found["verbs"], lines_of(obj), is_ordered)}

    def related_links(self, obj):
        return [
            Related(
                str(_("Messages with the client")), reverse("admin:production_job_messages", args=[obj.pk]), "forum"
            ),
            Related(str(_("On the shop floor")), reverse("floor:job", args=[obj.pk]), "smartphone"),
            Related(str(_("Job sheet")), reverse("floor:traveller", args=[obj.pk]), "qr_code_2"),
            Related(str(_("Job sheet as PDF")), reverse("floor:shop_pdf", args=[obj.pk]), "picture_as_pdf"),
            Related(
                str(_("Work order for the client")),
                reverse("admin:production_job_work_order", args=[obj.pk]),
                "picture_as_pdf",
            ),
            to_record(obj.parent, _("Part of"), icon="account_tree"),
            to_record(obj.client, icon="groups"),
            to_record(obj.enquiry, icon="mail"),
            to_messages(obj),
            to_list("billing.quote", _("Quote"), icon="request_quote", job__id__exact=obj.pk),
            to_list("billing.orderpaper", icon="task", job__id__exact=obj.pk),
            to_list("billing.delivery", icon="local_shipping", job__id__exact=obj.pk),
            to_list("billing.invoice", _("Invoices"), icon="receipt_long", job__id__exact=obj.pk),
            to_list("machines.machinejob", icon="fact_check", made__run__operation__job_line__job__id__exact=obj.pk),
            Related(str(_("Material of the client")), _material_url(obj), "handshake", "inventory.view_lot"),
            trace_link(f"job:{obj.pk}"),
            to_list(
                "production.operation", _("Operations"), icon="list_alt", which="all", job_line__job__id__exact=obj.pk
            ),
        ]

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, job):
        return badge(job)

    @display(description=_("state"))
    def standing(self, job):
        return f"{job.get_state_display()}: {job.hold_reason}" if job.hold_reason else job.get_state_display()

    @display(description=_("priority"), ordering="priority", label=PRIORITIES)
    def priority_shown(self, job):
        return job.priority, job.get_priority_display()

    @display(description=_("due"), ordering="due_on")
    def due(self, job):
        if job.due_on and job.state in OPEN_JOB and job.due_on < timezone.localdate():
            return format_html('<span class="lo-late">{} · {}</span>', day(job.due_on), _("late"))
        return job.due_on

    @display(description=_("made"))
    def made(self, job):
        return _("%(made)s of %(ordered)s") % {"made": number(job.pieces_made), "ordered": number(job.pieces)}

    @display(description=_("made"))
    def made_shown(self, job):
        return self.made(job)

    @display(description=_("quoted, without tax"), ordering="quoted_total")
    def total_shown(self, job):
        return money_filter(job.quoted_total, job.workspace.currency)


def _material_url(job) -> str:
    """Where the client's own material is booked in, with what this job is made from chosen already."""
    items = [line.item_id for line in _lines(job) if line.item_id is not None]
    page = reverse("admin:production_job_material", args=[job.client_id])
    return f"{page}?{urlencode({'item': items[0]})}" if items else page


def _prepare(request, job):
    missing = jobs.prepare(job, request.user)
    for words in missing:
        messages.warning(request, words)
    if not missing:
        messages.success(request, _("Everything is queued and reserved."))
