"""What machines worked on, in the back office: whose it was, how it ended, what it used."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.back_office import Related, RoomAdmin, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from laseros.core.drivers import Outcome
from laseros.core.templatetags.laseros import duration
from machines import machine_jobs
from machines.models import MachineJob
from machines.models.job import OUTCOME_LABELS

CHANGE = "machines.change_machinejob"
TONES = {"finished": "success", "cancelled": "warning", "failed": "danger", "unclear": "warning", "running": "info"}


FACT_LABELS = {
    "material": _("material"), "thickness": _("thickness mm"), "gas": _("gas"), "parts": _("parts"),
    "report": _("report"), "line": _("line"),
}  # fmt: skip


class HowItEnded(forms.Form):
    outcome = forms.ChoiceField(
        label=_("outcome"),
        choices=[(each.value, OUTCOME_LABELS[each]) for each in Outcome if each != Outcome.UNCLEAR],
        widget=forms.RadioSelect,
    )


def _settle(request, job, outcome):
    machine_jobs.settle(job, outcome, request.user)


def _nobodys(request, job):
    machine_jobs.claim(job, "", request.user)


@admin.register(MachineJob)
class MachineJobAdmin(RoomAdmin):
    paginator = InfinitePaginator
    list_display = ("started_at", "machine", "name_shown", "outcome_shown", "took", "grams_shown", "claim_shown")
    list_select_related = ("machine",)
    list_filter = ("claim", "outcome", "machine", ("started_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("name", "file", "work", "machine__name")
    search_help_text = _("Work, file, machine or job")
    fields = (
        ("machine", "name"), "file", ("started_at", "ended_at"), ("outcome_word", "why"), ("grams", "metres", "kwh"),
        ("cut_seconds", "pierces", "facts_shown"), "reported", ("claim", "work"),
    )  # fmt: skip
    readonly_fields = (
        "machine", "name", "file", "started_at", "ended_at", "outcome_word", "why", "grams", "metres", "kwh", "claim",
        "work", "cut_seconds", "pierces", "facts_shown", "reported",
    )  # fmt: skip
    export_fields = (
        "started_at", "ended_at", "machine", "name", "file", "outcome", "grams", "metres", "kwh", "cut_seconds",
        "pierces", "claim", "work", "why",
    )  # fmt: skip
    empty_text = _("Whatever a connected machine works on is noted here, whoever sent it.")
    empty_icon = "fact_check"
    verbs = (
        Verb("settle", _("Say how it ended"), _settle, CHANGE, lambda job: job.outcome == Outcome.UNCLEAR,
             form=HowItEnded, icon="rule", primary=True, done=_("Noted.")),
        Verb("nobodys", _("Not for a job"), _nobodys, CHANGE, lambda job: job.claim == MachineJob.Claim.OPEN,
             icon="do_not_disturb_on", done=_("Noted.")),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request=None):
        # Of a job or run: whoever keeps those leads here.
        return lookup.startswith("made__run__") or super().lookup_allowed(lookup, value, request)

    def related_links(self, obj):
        is_open = obj.claim == MachineJob.Claim.OPEN
        return [
            Related(_("Say whose it is"), f"{reverse('floor:whose')}#work-{obj.pk}", "sell") if is_open else None,
            to_record(obj.machine, icon="precision_manufacturing"),
            to_list("machines.machinejob", icon="fact_check", machine__id__exact=obj.machine_id),
        ]

    @display(description=_("work"), ordering="name")
    def name_shown(self, job):
        return str(job)

    @display(description=_("outcome"), ordering="outcome", label=TONES)
    def outcome_shown(self, job):
        if job.ended_at is None:
            return "running", _("running")
        return job.outcome, job.get_outcome_display()

    @display(description=_("outcome"))
    def outcome_word(self, job):
        return _("running") if job.ended_at is None else job.get_outcome_display()

    @display(description=_("took"))
    def took(self, job):
        return "–" if job.seconds is None else duration(job.seconds)

    @display(description=_("filament g"), ordering="grams")
    def grams_shown(self, job):
        return "–" if job.grams is None else f"{job.grams:.1f}"

    @display(description=_("details"))
    def facts_shown(self, job):
        facts = {name: job.facts[name] for name in FACT_LABELS if job.facts.get(name) not in (None, "")}
        shown = {name: f"{value:g}" if isinstance(value, float) else value for name, value in facts.items()}
        return " · ".join(f"{FACT_LABELS[name]}: {value}" for name, value in shown.items()) or "–"

    @display(description=_("belongs"), ordering="claim")
    def claim_shown(self, job):
        return job.work or job.get_claim_display()
