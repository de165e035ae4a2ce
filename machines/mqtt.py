"""Each machine's state on the shop's own MQTT broker, retained: `laseros/<workspace>/<machine id>/state`.

The broker may come and go; nothing here waits for it. Who connects anew is told the latest of every machine.
`laseros/availability` says whether anybody is watching: a watcher that leaves says "offline" (or the broker does, by
the last will), and another that is still there says "online" again.
"""

import json
import logging
import ssl
import threading
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt

from laseros.core.drivers import State
from machines import home_assistant
from machines.models import Machine, MachineStatus

log = logging.getLogger(__name__)

AVAILABILITY = "laseros/availability"
AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)
CLOSE_WITHIN = 2.0


def topic(machine: Machine) -> str:
    return f"laseros/{machine.workspace.slug}/{machine.pk}/state"


def payload(machine: Machine, status: MachineStatus) -> str:
    """What listeners get. No client, no price."""
    values, state = dict(status.values or {}), status.current
    meter = machine._state.fields_cache.get("meter")  # as it was read with the machine: no query here
    if meter is not None and meter.heard_at is not None:
        values.setdefault("energy_kwh", meter.total_kwh)
        if meter.power_w is not None:
            values.setdefault("power_w", meter.power_w)
    if machine.maintenance_since is not None and state not in AT_WORK:
        state = State.MAINTENANCE.value
    said = {
        "machine": machine.name,
        "kind": machine.kind,
        "state": state,
        "raw_state": status.raw_state,
        "since": status.since and status.since.isoformat(),
        "seen_at": status.seen_at and status.seen_at.isoformat(),
        "job": status.job_name,
        "progress": status.progress,
        "seconds_left": status.seconds_left,
        "message": status.message,
        "values": values,
        "version": status.version,
    }
    return json.dumps(said, ensure_ascii=False)


class Publisher:
    """`url` is mqtt://user:password@host:1883, or mqtts:// with TLS."""

    def __init__(self, url: str):
        where = urlsplit(url)
        self.latest: dict[str, str] = {}
        self.lock = threading.Lock()
        self.closing = False
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        if where.username:
            self.client.username_pw_set(unquote(where.username), unquote(where.password or ""))
        if where.scheme == "mqtts":
            self.client.tls_set_context(ssl.create_default_context())
        self.client.will_set(AVAILABILITY, "offline", qos=1, retain=True)
        self.client.reconnect_delay_set(1, 60)
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message
        self.client.connect_async(where.hostname or "127.0.0.1", where.port or _port(where.scheme), keepalive=30)
        self.client.loop_start()

    def publish(self, machine: Machine, status: MachineStatus) -> None:
        where = topic(machine)
        told = home_assistant.topic(machine)
        with self.lock:
            before = self.latest.get(told)
        discovery = home_assistant.config(machine, where, AVAILABILITY)
        if discovery != before:  # new, renamed, or not wanted any more
            self._tell(told, discovery)
        self._tell(where, payload(machine, status))

    def forget(self, machine: Machine) -> None:
        for where in (home_assistant.topic(machine), topic(machine)):
            self._tell(where, "")  # an empty retained message takes the old one off the broker

    def _tell(self, where: str, what: str) -> None:
        with self.lock:
            self.latest[where] = what
        if self.client.is_connected():
            self.client.publish(where, what, qos=1, retain=True)

    def close(self) -> None:
        self.closing = True
        if self.client.is_connected():
            farewell = self.client.publish(AVAILABILITY, "offline", qos=1, retain=True)
            try:
                farewell.wait_for_publish(CLOSE_WITHIN)
            except (RuntimeError, ValueError) as error:
                log.info("mqtt: no farewell: %s", error)
        self.client.disconnect()
        self.client.loop_stop()

    def _on_connect(self, client, userdata, flags, reason, properties) -> None:
        if reason.is_failure:
            log.warning("mqtt: refused: %s", reason)
            return
        client.subscribe([(AVAILABILITY, 1), (home_assistant.BIRTH, 1)])
        client.publish(AVAILABILITY, "online", qos=1, retain=True)
        self._tell_all(client)

    def _tell_all(self, client) -> None:
        with self.lock:
            latest = list(self.latest.items())
        for where, what in latest:
            client.publish(where, what, qos=1, retain=True)

    def _on_message(self, client, userdata, message) -> None:
        if message.topic == home_assistant.BIRTH:
            if message.payload == b"online":
                self._tell_all(client)
        elif message.payload == b"offline" and not self.closing:
            client.publish(AVAILABILITY, "online", qos=1, retain=True)


def _port(scheme: str) -> int:
    return 8883 if scheme == "mqtts" else 1883
