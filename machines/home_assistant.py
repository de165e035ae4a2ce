"""A machine as Home Assistant discovers it: one retained message for each, taken back when nobody is to see it.

Looked at, not controlled: whoever presses there is nobody we know. Names are those of the machine; what identifies it
is its number here, so that another name is the same device.
"""

import json

from django.utils import translation
from django.utils.translation import gettext as _

from laseros.core.drivers import State
from machines.models import Machine
from machines.models.machine import STATE_LABELS

PREFIX = "homeassistant"
BIRTH = f"{PREFIX}/status"  # "online": it has started and wants to be told everything
ORIGIN = {"name": "Laser OS"}


def topic(machine: Machine) -> str:
    return f"{PREFIX}/device/laseros_{machine.pk}/config"


def config(machine: Machine, state_topic: str, availability: str) -> str:
    """The discovery message; "" takes the device away where the business does not want it told."""
    if not machine.workspace.home_assistant or machine.archived_at is not None:
        return ""
    with translation.override(machine.workspace.language):
        said = {
            "dev": {
                "ids": [f"laseros_{machine.pk}"],
                "name": machine.name,
                "mdl": machine.model or str(machine.get_kind_display()),
                "mf": machine.workspace.name,
            },
            "o": ORIGIN,
            "availability": [
                {"topic": availability},
                {"topic": state_topic, "value_template": AVAILABLE},
            ],
            "availability_mode": "all",
            "state_topic": state_topic,
            "qos": 1,
            "cmps": _components(machine),
        }
    return json.dumps(said, ensure_ascii=False)


AVAILABLE = "{{ 'offline' if value_json.state == 'offline' else 'online' }}"


def _components(machine: Machine) -> dict:
    found = {
        "state": _sensor(_("State"), "value_json.state", device_class="enum",
                         options=[state.value for state in STATE_LABELS]),
        "job": _sensor(_("Job"), "value_json.job[:250]"),
        "progress": _sensor(_("Progress"), "(value_json.progress * 100) | round(1)", "value_json.progress is not none",
                            unit_of_measurement="%", state_class="measurement"),
        "remaining": _sensor(_("Time left"), "(value_json.seconds_left / 60) | round(0)",
                             "value_json.seconds_left is not none", device_class="duration", unit_of_measurement="min"),
        "message": _sensor(_("Message"), "value_json.message[:250]"),
        "problem": {
            "p": "binary_sensor", "name": _("Problem"), "device_class": "problem",
            "value_template": f"{{{{ 'ON' if value_json.state == '{State.ERROR}' else 'OFF' }}}}",
        },
        "power": _value(_("Power"), "power_w", device_class="power", unit_of_measurement="W",
                        state_class="measurement"),
        "energy": _value(_("Energy"), "energy_kwh", device_class="energy", unit_of_measurement="kWh",
                         state_class="total_increasing"),
    }  # fmt: skip
    if machine.kind == Machine.Kind.PRINTER:
        heat = {"device_class": "temperature", "unit_of_measurement": "°C", "state_class": "measurement"}
        found["nozzle"] = _value(_("Nozzle"), "nozzle_c", **heat)
        found["bed"] = _value(_("Bed"), "bed_c", **heat)
    return {name: {**part, "unique_id": f"laseros_{machine.pk}_{name}"} for name, part in found.items()}


def _sensor(name: str, what: str, known: str = "", **more) -> dict:
    """`known` says when there is a value at all: else the sensor is unknown, and never 0."""
    template = f"{{{{ {what} if {known} else None }}}}" if known else f"{{{{ {what} }}}}"
    return {"p": "sensor", "name": name, "value_template": template, **more}


def _value(name: str, value: str, **more) -> dict:
    return _sensor(name, f"value_json['values']['{value}'] | round(3)", f"'{value}' in value_json['values']", **more)
