"""Machines in the back office: what they are, how they are connected, how they are now, and telling them something."""

import secrets

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts import work
from accounts.back_office import OnceForm, Related, RoomAdmin, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from accounts.labelled import Labelled
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import money_filter
from machines import (
    board,
    commands,
    doctor,
    drivers,
    fleet,
    forms,
    importing,
    machine_page,
    meter_admin,
    meter_setup,
    metering,
    pairing,
)
from machines.camera_admin import CameraPages
from machines.files import finding
from machines.files_admin import PrintFileAdmin
from machines.jobs_admin import MachineJobAdmin
from machines.maintenance_admin import MACHINE_VERBS, MaintenanceDoneAdmin, MaintenancePlanAdmin
from machines.models import Command, Machine, StateChange
from machines.reports_admin import ReportsPage
from machines.tablets.admin import TabletAdmin

__all__ = [
    "CommandAdmin", "MachineAdmin", "MachineJobAdmin", "MaintenanceDoneAdmin", "MaintenancePlanAdmin", "PrintFileAdmin",
    "StateChangeAdmin", "TabletAdmin",
]  # fmt: skip

CHANGE = "machines.change_machine"
TONES = {
    "running": "info",
    "preparing": "info",
    "finished": "success",
    "error": "danger",
    "paused": "warning",
    "maintenance": "warning",
    **dict.fromkeys(("idle", "offline", "unknown"), ""),
}


def _tell(name: str):
    """A verb that asks the machine to do `name`. The answer comes later, and is shown with the commands."""

    def run(request, machine, once: str = ""):
        key = f"office:{machine.pk}:{name}:{once or secrets.token_urlsafe(9)}"
        commands.request(machine, name, key=key, by=request.user)

    return run


def _go(request, address: str) -> HttpResponse:
    """Another page, also for htmx."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _look(request, machine) -> str:
    work.queue(finding.find, machine.workspace, machine.pk, subject=machine, by=request.user)
    messages.success(request, _("It is being asked for its files."))
    return f"{reverse('admin:machines_printfile_changelist')}?machine__id__exact={machine.pk}"


def _in(*states: str, command: str):
    def applies(machine) -> bool:
        return commands.can(machine, command) and board.of(machine).state in states

    return applies


@admin.register(Machine)
class MachineAdmin(CameraPages, ReportsPage, Labelled, RoomAdmin):
    label_kind = "machine"
    archivable = True
    list_display = ("name", "kind", "model", "state_shown", "work", "connection", "rate")
    list_select_related = ("status",)
    list_filter = ("kind", "status__current")
    search_fields = ("name", "model", "status__job_name")
    search_help_text = _("Name, make or job")
    money_fields = ("rate", "hourly_rate")
    export_fields = ("name", "kind", "model", "driver", "bed_width_mm", "bed_height_mm", "power_w", "hourly_rate")
    change_form_outer_before_template = "admin/machines/status.html"
    change_form_outer_after_template = "admin/machines/changes.html"
    empty_text = _("Your lasers and printers. One without a connection works too: the operator says what it does.")
    empty_icon = "precision_manufacturing"
    verbs = (
        Verb("pause", _("Pause"), _tell("pause"), CHANGE, _in("running", "preparing", command="pause"),
             icon="pause", done=_("Asked to pause. Its answer stands below.")),
        Verb("resume", _("Resume"), _tell("resume"), CHANGE, _in("paused", "error", command="resume"),
             icon="play_arrow", primary=True, done=_("Asked to go on. Its answer stands below.")),
        Verb("stop", _("Stop"), _tell("stop"), CHANGE, _in("running", "preparing", "paused", "error", command="stop"),
             form=OnceForm, icon="stop", dangerous=True, done=_("Asked to stop. Its answer stands below."),
             confirm=_("The machine ends what it is doing. What is half done is probably scrap.")),
        Verb("forget", _("Forget the simulated work"), _tell("forget"), CHANGE,
             _in("finished", "error", "paused", "running", "preparing", command="forget"), form=OnceForm,
             icon="ink_eraser", done=_("Asked. The simulated machine will be idle."),
             confirm=_("The simulated machine is idle afterwards, as if it had never begun.")),
        Verb("look", _("Look for files"), lambda request, machine: _look(request, machine), CHANGE, finding.has_files,
             icon="folder_open"),
        *meter_admin.VERBS,
        *MACHINE_VERBS,
    )  # fmt: skip

    # --- the form -------------------------------------------------------------------------------------------------

    def _driver(self, request, obj) -> str:
        return obj.driver if obj is not None else request.POST.get("driver") or request.GET.get("driver") or "manual"

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = forms.dressed(forms.form_for(self._driver(request, obj)))
        return super().get_form(request, obj, change=change, **kwargs)

    def _settings(self, request, obj) -> list[str]:
        driver = self._driver(request, obj)
        asks = driver in drivers.DRIVERS and driver not in forms.NOTHING_TO_TRY
        return [*forms.setting_names(driver), *(["unproved"] if asks else [])]

    def get_fieldsets(self, request, obj=None):
        what = [("name", "kind"), ("model", "position"), *self._without_money(request, ["hourly_rate"])]
        return (
            (None, {"fields": what}),
            (_("Connection"), {"fields": ["driver", *self._settings(request, obj)]}),
            (
                _("What it can do"),
                {"fields": (("bed_width_mm", "bed_height_mm"), ("power_w", "nozzle_mm"))},
            ),
            (
                _("How it moves"),
                {
                    "fields": (("acceleration_mm_s2", "corner_mm"), ("rapid_mm_min", "load_seconds")),
                    "description": _("The cut times of quotes and queues are worked out from these."),
                },
            ),
        )

    def create(self, request, obj):
        fleet.register(obj, request.user)

    def save_model(self, request, obj, form, change):
        request.driver_before = form.initial.get("driver", "manual")
        super().save_model(request, obj, form, change)
        connected_anew = change and {"driver", *forms.setting_names(form.of_driver)} & set(form.changed_data)
        if connected_anew and ("driver" in form.changed_data or drivers.tells_state(obj.driver)):
            fleet.reconnected(obj)

    def _record_change(self, request, obj, form):
        for setting in forms.settings_of(form.of_driver):
            name = forms.PREFIX + setting.name
            if setting.secret and form.cleaned_data.get(name):
                form.cleaned_data[name] = forms.HIDDEN
        super()._record_change(request, obj, form)

    def response_add(self, request, obj, post_url_continue=None):
        return self._on_to_settings(request, obj, "manual") or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        before = getattr(request, "driver_before", obj.driver)
        return self._on_to_settings(request, obj, before) or super().response_change(request, obj)

    def _on_to_settings(self, request, obj, driver_before: str):
        """Another connection asks for other things: show them before anybody goes elsewhere."""
        if obj.driver == driver_before or not forms.settings_of(obj.driver):
            return None
        messages.success(request, _("Saved. Now look at the settings of its connection."))
        return redirect("admin:machines_machine_change", obj.pk)

    # --- doing ----------------------------------------------------------------------------------------------------

    def archive(self, request, obj):
        fleet.archive(obj, request.user)

    def restore(self, request, obj):
        fleet.restore(obj, request.user)

    # --- the page -------------------------------------------------------------------------------------------------

    def get_urls(self):
        return [
            path(
                "<path:object_id>/doctor/", self.admin_site.admin_view(self.doctor_view), name="machines_machine_doctor"
            ),
            path("<path:object_id>/pair/", self.admin_site.admin_view(self.pair_view), name="machines_machine_pair"),
            *super().get_urls(),
        ]

    def pair_view(self, request, object_id):
        """POST asks the machine for a key; the page then asks every second (`?ask=1`) whether somebody allowed it."""
        machine = self.get_object(request, object_id)
        if machine is None or not pairing.can_pair(machine):
            raise Http404
        if not self.has_change_permission(request, machine):
            raise PermissionDenied
        name = f"pairing:{machine.pk}"
        try:
            if request.method == "POST":
                request.session[name] = pairing.ask(machine)
                return redirect("admin:machines_machine_pair", machine.pk)
            if request.GET.get("ask") and name in request.session:
                return self._asked_again(request, machine, name)
        except Refused as refusal:
            request.session.pop(name, None)
            messages.error(request, refusal.reason)
            return _go(request, reverse("admin:machines_machine_pair", args=[machine.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Let it give us a key"),
            "subtitle": str(machine),
            "opts": self.opts,
            "original": machine,
            "machine": machine,
            "waiting": name in request.session,
        }
        return TemplateResponse(request, "admin/machines/pair.html", context)

    def _asked_again(self, request, machine, name: str):
        key = pairing.key_for(machine, request.session[name])
        if key is None:
            return HttpResponse(status=204)
        pairing.keep(machine, key, request.user)
        del request.session[name]
        messages.success(request, _("The machine gave us a key. It is connected in a moment."))
        return _go(request, reverse("admin:machines_machine_change", args=[machine.pk]))

    def doctor_view(self, request, object_id):
        """What is wrong with the connection; POST forgets the certificate of the first time and looks again."""
        machine = self.get_object(request, object_id)
        if machine is None:
            raise Http404
        if not self.has_change_permission(request, machine):
            raise PermissionDenied
        if request.method == "POST":
            fleet.trust_anew(machine, request.user)
            return redirect("admin:machines_machine_doctor", machine.pk)
        steps = async_to_sync(doctor.examine)(machine)
        context = {
            **self.admin_site.each_context(request),
            "title": _("The doctor"),
            "subtitle": str(machine),
            "opts": self.opts,
            "original": machine,
            "machine": machine,
            "steps": [machine_page.step(each) for each in steps],
            "meter_steps": self._meter_steps(machine),
            "is_well": not any(step.ok is False and step.name not in doctor.HARMLESS for step in steps),
        }
        return TemplateResponse(request, "admin/machines/doctor.html", context)

    def _meter_steps(self, machine) -> list[dict]:
        meter = metering.of(machine)
        return [machine_page.step(each) for each in meter_setup.examine(metering.options_for(meter))] if meter else []

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["card"] = next(iter(board.cards([obj.pk])), None) or board.of(obj)
            context["changes"] = obj.changes.all()[:10]
            context.update(machine_page.of(obj))
            context["commands"] = [
                {"row": command, "words": commands.NAMES.get(command.name, command.name)}
                for command in obj.commands.select_related("by")[:8]
            ]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        mine = {"machine__id__exact": obj.pk}
        look = reverse("admin:machines_machine_doctor", args=[obj.pk])
        return [
            Related(_("The doctor"), look, "stethoscope", CHANGE)
            if drivers.connects(obj.driver) or metering.of(obj) is not None
            else None,
            Related(_("Reports"), reverse("admin:machines_machine_reports", args=[obj.pk]), "table_view", CHANGE)
            if importing.has_reports(obj)
            else None,
            Related(_("Spools"), reverse("floor:spools", args=[obj.pk]), "donut_large", "production.view_operation")
            if obj.kind == Machine.Kind.PRINTER
            else None,
            Related(_("Let it give us a key"), reverse("admin:machines_machine_pair", args=[obj.pk]), "key", CHANGE)
            if pairing.can_pair(obj)
            else None,
            to_list("production.operation", icon="list_alt", **mine),
            to_list("production.run", icon="timer", **mine),
            to_list("production.cuttingparameter", icon="tune", **mine),
            to_list("machines.printfile", icon="folder_open", **mine) if finding.has_files(obj) else None,
            to_list("machines.machinejob", icon="fact_check", **mine),
            to_list("machines.maintenanceplan", icon="build", **mine),
            to_list("machines.maintenancedone", icon="task_alt", **mine),
            to_list("machines.statechange", icon="history", **mine),
            to_list("machines.command", icon="send", **mine),
        ]

    @display(description=_("state"), ordering="status__current", label=TONES)
    def state_shown(self, machine):
        card = board.of(machine)
        if card.is_stale:
            return "offline", _("last known: %(state)s") % {"state": card.label}
        return card.state, card.label

    @display(description=_("job"), ordering="status__job_name")
    def work(self, machine):
        card = board.of(machine)
        if not card.has_work:
            return "–"
        return f"{card.work} · {card.percent:.0f} %" if card.has_progress else card.work

    @display(description=_("connection"), ordering="driver")
    def connection(self, machine):
        return dict(forms.driver_choices()).get(machine.driver, machine.driver)

    @display(description=_("hourly rate"), ordering="hourly_rate")
    def rate(self, machine):
        return money_filter(machine.hourly_rate, machine.workspace.currency)


class Written(RoomAdmin):
    """What machines said and were told: read, searched and exported, never edited."""

    paginator = InfinitePaginator

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(StateChange)
class StateChangeAdmin(Written):
    list_display = ("at", "machine", "before", "after_shown", "job_name", "message")
    list_select_related = ("machine",)
    list_filter = ("machine", "after", ("at", BetweenDays))
    list_filter_submit = True
    search_fields = ("machine__name", "job_name", "message")
    search_help_text = _("Machine, job or message")
    fields = (("at", "machine"), ("before", "after"), "job_name", "progress", "message")
    readonly_fields = ("at", "machine", "before", "after", "job_name", "progress", "message")
    export_fields = ("at", "machine", "before", "after", "job_name", "progress", "message")
    empty_text = _("Whenever a machine starts, stops or fails, a line is written here.")
    empty_icon = "history"

    def related_links(self, obj):
        return [to_record(obj.machine, icon="precision_manufacturing")]

    @display(description=_("to"), ordering="after", label=TONES)
    def after_shown(self, change):
        return change.after, change.get_after_display()


class ByCommand(admin.SimpleListFilter):
    title = _("command")
    parameter_name = "name"

    def lookups(self, request, model_admin):
        return list(commands.NAMES.items())

    def queryset(self, request, queryset):
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(Command)
class CommandAdmin(Written):
    list_display = ("created_at", "machine", "what", "state_shown", "reason", "by")
    list_select_related = ("machine", "by")
    list_filter = ("state", ByCommand, "machine")
    search_fields = ("machine__name", "reason")
    search_help_text = _("Machine or answer")
    fields = (("created_at", "by"), ("machine", "what"), ("state", "answered_at"), "reason", "arguments_shown")
    readonly_fields = ("created_at", "by", "machine", "what", "state", "answered_at", "reason", "arguments_shown")
    export_fields = ("created_at", "machine", "name", "state", "reason", "by", "answered_at")
    empty_text = _("What people asked machines to do, and what the machines answered.")
    empty_icon = "send"

    def related_links(self, obj):
        return [to_record(obj.machine, icon="precision_manufacturing")]

    @display(description=_("command"), ordering="name")
    def what(self, command):
        return commands.NAMES.get(command.name, command.name)

    @display(description=_("details"))
    def arguments_shown(self, command):
        shown = forms.masked(command.arguments)
        return " · ".join(f"{name}: {value}" for name, value in shown.items()) or "–"

    @display(
        description=_("state"), ordering="state",
        label={"confirmed": "success", "refused": "danger", "timed_out": "warning", "requested": "",
               "acknowledged": "info", "sent": "info"},
    )  # fmt: skip
    def state_shown(self, command):
        return command.state, command.get_state_display()
