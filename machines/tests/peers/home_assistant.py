"""What Home Assistant itself makes of our discovery messages: every entity there, with its state, and no complaint.

    make check-home-assistant CHECK="/path/python /path/check.py"

CHECK is a program that starts Home Assistant's core with its MQTT integration, takes the port of a broker on this
computer and the seconds to listen, and prints JSON {"devices": […], "entities": [{"unique_id", "state", "unit"}…],
"warnings": ["…"]}. Mosquitto has to be installed. Nothing is stored: the machines are made for this.
"""

import json
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import django

SECONDS = 12
MACHINES = (
    {"kind": "printer", "driver": "bambu", "name": 'A1 "mini" {{ x }} 🦊', "language": "de"},
    {"kind": "laser", "driver": "mtconnect", "name": "X3", "language": "en"},
    {"kind": "laser", "driver": "cypcut", "name": "Silent", "language": "en"},
)
SAID = (
    {
        "current": "running", "job_name": "Bracket", "progress": 0.421, "seconds_left": 5280,
        "values": {"nozzle_c": 219.8, "bed_c": 60.0, "power_w": 120.0, "energy_kwh": 12.345678},
    },
    {"current": "error", "message": 'Servo "X"', "values": {"power_w": 0.0}},
    {"current": "unknown"},
)  # fmt: skip
EXPECTED = (
    {"state": "running", "job": "Bracket", "progress": "42.1", "remaining": "88", "problem": "off", "power": "120.0",
     "energy": "12.346", "nozzle": "219.8", "bed": "60.0"},
    {"state": "error", "problem": "on", "message": 'Servo "X"', "power": "0.0", "energy": "unknown",
     "progress": "unknown"},
    {"state": "unknown", "progress": "unknown", "remaining": "unknown", "problem": "off"},
)  # fmt: skip


def main() -> int:
    check = shlex.split(os.environ.get("CHECK", ""))
    if not check:
        print("Say what starts Home Assistant: make check-home-assistant CHECK='python check.py'")
        return 2
    told = _told()
    with _broker() as port:
        _publish(port, told)
        done = subprocess.run([*check, str(port), str(SECONDS)], stdout=subprocess.PIPE, timeout=600)
    found = json.loads(done.stdout)
    wrong = _compared(found)
    print(f"{len(found['devices'])} devices, {len(found['entities'])} entities, {len(found['warnings'])} warnings")
    print("\n".join(wrong) or "Home Assistant takes all of it.")
    return 1 if wrong else 0


def _told() -> dict[str, str]:
    """Topic → message, as the watcher would publish them for these machines."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laseros.settings")
    django.setup()
    from accounts.models import Workspace
    from machines import home_assistant, mqtt
    from machines.models import Machine, MachineStatus

    told = {mqtt.AVAILABILITY: "online"}
    for number, (what, said) in enumerate(zip(MACHINES, SAID, strict=True), 1):
        plain = {name: value for name, value in what.items() if name != "language"}
        shop = Workspace(pk=1, slug="check", name="Check", language=what["language"], home_assistant=True)
        machine = Machine(pk=number, workspace=shop, **plain)
        status = MachineStatus(machine=machine, workspace=shop, seen_at=datetime.now(UTC), version=1, **said)
        where = mqtt.topic(machine)
        told[home_assistant.topic(machine)] = home_assistant.config(machine, where, mqtt.AVAILABILITY)
        told[where] = mqtt.payload(machine, status)
    return told


def _compared(found: dict) -> list[str]:
    """What is not as it should be, in words."""
    states = {each["unique_id"]: each["state"] for each in found["entities"]}
    wrong = [f"Home Assistant warns: {warning}" for warning in found["warnings"]]
    if len(found["devices"]) != len(MACHINES):
        wrong.append(f"{len(MACHINES)} machines became {len(found['devices'])} devices")
    for number, expected in enumerate(EXPECTED, 1):
        for name, state in expected.items():
            got = states.get(f"laseros_{number}_{name}", "not there")
            if not _same(got, state):
                wrong.append(f"{MACHINES[number - 1]['name']}: {name} is {got!r} and not {state!r}")
    return wrong


def _same(got: str, wanted: str) -> bool:
    try:
        return float(got) == float(wanted)
    except (TypeError, ValueError):
        return got == wanted


@contextmanager
def _broker():
    with socket.socket() as held, tempfile.TemporaryDirectory() as folder:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        held.close()
        config = Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        broker = subprocess.Popen(["mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            yield port
        finally:
            broker.terminate()
            broker.wait(10)


def _publish(port: int, told: dict[str, str]) -> None:
    import paho.mqtt.client as paho

    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    for attempt in range(50):
        try:
            client.connect("127.0.0.1", port)
            break
        except ConnectionRefusedError:
            if attempt == 49:
                raise
            time.sleep(0.2)
    client.loop_start()
    for topic, message in told.items():
        client.publish(topic, message, qos=1, retain=True).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    sys.exit(main())
