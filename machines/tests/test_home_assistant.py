"""Home Assistant: every machine one device, renamed the same one, gone when it is archived or not wanted."""

import json
from types import SimpleNamespace

import pytest
from django.utils import timezone

from machines import home_assistant, mqtt
from machines.models import Machine, MachineStatus, Meter
from machines.models.machine import STATE_CHOICES


@pytest.fixture
def printer(make_workspace, unscoped):
    shop = make_workspace("printers", language="de", home_assistant=True)
    machine = Machine.objects.create(workspace=shop, name='P1 "Ünï" {{ x }}', kind="printer", driver="bambu")
    MachineStatus.objects.create(workspace=shop, machine=machine, current="running", values={"nozzle_c": 215.0})
    return machine


class Broker(mqtt.Publisher):
    """What is published, without a network."""

    def __init__(self):
        self.said = []
        super().__init__("mqtt://127.0.0.1:9")
        self.client.loop_stop()
        self.client.is_connected = lambda: True
        self.client.publish = lambda where, what, **ways: self.said.append((where, what, ways["retain"]))


def described(machine) -> dict:
    return json.loads(home_assistant.config(machine, mqtt.topic(machine), mqtt.AVAILABILITY))


def test_what_it_has_to_be_for_home_assistant_to_take_it(printer):
    said = described(printer)
    assert said["dev"]["ids"] == [f"laseros_{printer.pk}"]
    assert (said["dev"]["name"], said["o"]["name"], said["availability_mode"]) == (printer.name, "Laser OS", "all")
    assert [each["topic"] for each in said["availability"]] == [mqtt.AVAILABILITY, mqtt.topic(printer)]
    parts = said["cmps"]
    assert {part["unique_id"] for part in parts.values()} == {f"laseros_{printer.pk}_{name}" for name in parts}
    assert not any(part.keys() & {"unit_of_measurement", "state_class"} for part in (parts["state"], parts["job"]))
    assert set(parts["state"]["options"]) == {value for value, _label in STATE_CHOICES}
    assert (parts["energy"]["state_class"], parts["remaining"]["unit_of_measurement"]) == ("total_increasing", "min")
    assert parts["nozzle"]["name"] == "Düse"  # in the language of the business
    assert "button" not in {part["p"] for part in parts.values()}
    Machine.objects.filter(pk=printer.pk).update(kind="laser")
    assert "nozzle" not in described(Machine.objects.get(pk=printer.pk))["cmps"]


def test_told_once_told_anew_when_renamed_and_taken_back(printer):
    broker, where = Broker(), home_assistant.topic(printer)

    def told():
        found = [what for topic, what, _retain in broker.said if topic == where]
        broker.said.clear()
        return found

    for _twice in range(2):
        broker.publish(printer, printer.status)
    assert [bool(what) for what in told()] == [True]
    printer.name = "P2"
    broker.publish(printer, printer.status)
    assert [json.loads(what)["dev"] for what in told()] == [described(printer)["dev"]]
    broker._on_message(broker.client, None, SimpleNamespace(topic="homeassistant/status", payload=b"online"))
    assert len(told()) == 1  # it has started again
    printer.workspace.home_assistant = False
    broker.publish(printer, printer.status)
    assert told() == [""]
    printer.workspace.home_assistant = True
    broker.publish(printer, printer.status)
    broker.forget(printer)
    assert told()[-1] == ""
    broker.client.is_connected = lambda: False
    broker.close()


def test_the_state_with_its_meter_and_out_for_maintenance(printer):
    said = {"power_w": 120.0, "total_kwh": 3.5, "heard_at": timezone.now()}
    Meter.objects.create(workspace=printer.workspace, machine=printer, **said)
    machine = Machine.objects.select_related("workspace", "meter", "status").get(pk=printer.pk)
    said = json.loads(mqtt.payload(machine, machine.status))
    assert (said["state"], said["values"]) == ("running", {"nozzle_c": 215.0, "energy_kwh": 3.5, "power_w": 120.0})
    machine.maintenance_since, machine.status.current = timezone.now(), "idle"
    assert json.loads(mqtt.payload(machine, machine.status))["state"] == "maintenance"


def test_switched_on_in_the_settings_of_the_business(workspace, log_in, manager):
    page = log_in(manager).get(f"/admin/accounts/workspace/{workspace.pk}/change/").content.decode()
    assert 'name="home_assistant"' in page
