"""Maintenance in the back office: plans by hours, pierces, metres or days, and the history of what was done."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.back_office import OnceForm, Related, RoomAdmin, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from machines import maintenance, maintenance_words
from machines.models import Machine, MaintenanceDone, MaintenancePlan
from machines.models.maintenance import due

MAINTAIN = "machines.maintain_machine"
TONES = {"overdue": "danger", "due": "warning", "fine": "success"}


class WhatWasDone(OnceForm):
    note = forms.CharField(label=_("note"), max_length=500, required=False)
    parts = forms.CharField(label=_("parts used"), max_length=300, required=False)


class WhyOut(forms.Form):
    why = forms.CharField(label=_("why"), max_length=200, required=False)


def _done(request, row, note="", parts="", once=""):
    maintenance.done(row.machine, row.name, request.user, row=row, note=note, parts=parts)


def _out(request, machine, why=""):
    maintenance.begin(machine, why, request.user)


MACHINE_VERBS = (
    Verb("out", _("Out for maintenance"), _out, MAINTAIN,
         lambda machine: machine.archived_at is None and machine.maintenance_since is None, form=WhyOut, icon="build",
         done=_("It takes no work until it is back.")),
    Verb("back", _("Back to work"), lambda request, machine: maintenance.end(machine, request.user), MAINTAIN,
         lambda machine: machine.maintenance_since is not None, icon="play_circle", primary=True,
         done=_("It is back to work.")),
)  # fmt: skip


class IsDue(admin.SimpleListFilter):
    title = _("due")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("yes", _("due or overdue")), ("overdue", _("overdue"))]

    def queryset(self, request, queryset):
        return queryset.filter(due(overdue=self.value() == "overdue")) if self.value() else queryset


class PlanForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in ("hours", "pierces", "metres", "days")):
            raise forms.ValidationError(_("After how many hours, pierces, metres or days?"))
        return cleaned


@admin.register(MaintenancePlan)
class MaintenancePlanAdmin(RoomAdmin):
    form = PlanForm
    archivable = True
    list_display = ("name", "machine", "state_shown", "left_shown", "every", "last_on")
    list_select_related = ("machine__use",)
    list_filter = (IsDue, "machine")
    search_fields = ("name", "machine__name", "how")
    search_help_text = _("What or machine")
    fields = ("machine", "name", "how", ("hours", "days"), ("pierces", "metres"), ("state_word", "left_shown"))
    readonly_fields = ("state_word", "left_shown")
    export_fields = ("machine", "name", "hours", "pierces", "metres", "days", "last_on", "due_on")
    empty_text = _("What machines need again and again: a filter, a lens. Due by hours, pierces, metres or days.")
    empty_icon = "build"
    verbs = (
        Verb("done", _("Done"), _done, MAINTAIN, lambda row: row.archived_at is None, form=WhatWasDone,
             icon="task_alt", primary=True, done=_("Noted. It counts anew from now.")),
    )  # fmt: skip

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "machine":
            kwargs["queryset"] = Machine.objects.filter(archived_at=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def create(self, request, obj):
        maintenance.plan(obj, request.user)

    def save_model(self, request, obj, form, change):
        if change:
            maintenance.replanned(obj)
        super().save_model(request, obj, form, change)

    def related_links(self, obj):
        return [
            to_record(obj.machine, icon="precision_manufacturing"),
            Related(_("On the floor"), reverse("floor:maintenance", args=[obj.machine_id]), "touch_app",
                    "production.view_operation"),
            to_list("machines.maintenancedone", icon="history", plan__id__exact=obj.pk),
        ]  # fmt: skip

    @display(description=_("state"), label=TONES)
    def state_shown(self, row):
        return (row.state, maintenance_words.state_of(row)) if row.pk else None

    @display(description=_("state"))
    def state_word(self, row):
        return maintenance_words.state_of(row) if row.pk else "–"

    @display(description=_("how far"))
    def left_shown(self, row):
        return maintenance_words.left(row) if row.pk else "–"

    @display(description=_("every"))
    def every(self, row):
        return maintenance_words.limits(row)


@admin.register(MaintenanceDone)
class MaintenanceDoneAdmin(RoomAdmin):
    paginator = InfinitePaginator
    list_display = ("at", "machine", "what", "by", "note", "parts")
    list_select_related = ("machine", "by")
    list_filter = ("machine", ("at", BetweenDays))
    list_filter_submit = True
    search_fields = ("what", "note", "parts", "machine__name")
    search_help_text = _("What, note, part or machine")
    fields = (("at", "by"), ("machine", "plan"), "what", "note", "parts", ("hours", "pierces", "metres"))
    readonly_fields = ("at", "by", "machine", "plan", "what", "note", "parts", "hours", "pierces", "metres")
    export_fields = ("at", "machine", "what", "by", "note", "parts", "hours", "pierces", "metres")
    empty_text = _("Whatever is done at a machine is noted here, by its plan or without one.")
    empty_icon = "history"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "plan__id__exact" or super().lookup_allowed(lookup, value, request)

    def related_links(self, obj):
        return [to_record(obj.machine, icon="precision_manufacturing"), to_record(obj.plan, icon="build")]
