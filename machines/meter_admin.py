"""The energy meter on the page of a machine: its form, its figures, its doctor."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.back_office import Verb
from machines import meter_setup, metering
from machines.drivers.energy import Energy
from machines.forms import field_of
from machines.models import Machine, Meter

CHANGE = "machines.change_machine"
SETTINGS = {setting.name: setting for setting in Energy.settings}


class MeterForm(forms.Form):
    """Tried before it is saved: the meter has to say its power once."""

    for_record = True

    idle_w = forms.IntegerField(
        label=_("idle up to W"), min_value=0, max_value=1_000_000, initial=200,
        help_text=_("At or below it the machine is guessed to be idle."),
    )  # fmt: skip
    cutting_w = forms.IntegerField(
        label=_("working from W"), min_value=1, max_value=1_000_000, initial=1000,
        help_text=_("At or above it, to be working; in between it is as it was."),
    )  # fmt: skip
    unproved = forms.BooleanField(label=_("Save it although the connection does not work"), required=False)
    field_order = [*SETTINGS, "idle_w", "cutting_w", "unproved"]

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        kept = metering.of(record)
        for name, setting in SETTINGS.items():
            self.fields[name] = field_of(setting)
            self.fields[name].required = setting.required
            if not setting.secret:
                self.fields[name].initial = (kept.options if kept else {}).get(name, setting.default)
        if kept is not None:
            self.fields["idle_w"].initial, self.fields["cutting_w"].initial = kept.idle_w, kept.cutting_w
        self.order_fields(self.field_order)


def _install(request, machine, *, password="", idle_w, cutting_w, unproved, **settings):
    options = {name: value for name, value in settings.items() if value not in (None, "")}
    meter_setup.install(
        machine, options, password, idle_w=idle_w, cutting_w=cutting_w, unproved=unproved, by=request.user
    )


def _has_one(machine: Machine) -> bool:
    return Meter.objects.filter(machine=machine).exists()


VERBS = (
    Verb("meter", _("Energy meter"), _install, CHANGE, lambda machine: machine.archived_at is None, form=MeterForm,
         icon="bolt", done=_("Saved. Its figures come within a minute.")),
    Verb("unmeter", _("Take the energy meter off"), lambda request, machine: meter_setup.remove(machine, request.user),
         CHANGE, _has_one, icon="power_off", done=_("It is not listened to any more."),
         confirm=_("What it counted for jobs and runs stays there.")),
)  # fmt: skip


def shown(machine: Machine) -> dict | None:
    """What the page says of the meter: live, or what was last known."""
    meter = metering.of(machine)
    if meter is None:
        return None
    return {"row": meter, "is_stale": metering.is_stale(meter)}
