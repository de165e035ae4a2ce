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

from machines.models import Machine, MachineStatus

log = logging.getLogger(__name__)

AVAILABILITY = "laseros/availability"
CLOSE_WITHIN = 2.0


def topic(machine: Machine) -> str:
    return f"laseros/{machine.workspace.slug}/{machine.pk}/state"


def payload(machine: Machine, status: MachineStatus) -> str:
    """What listeners get. No client, no price."""
    said = {
        "machine": machine.name,
        "kind": machine.kind,
        "state": status.current,
        "raw_state": status.raw_state,
        "since": status.since and status.since.isoformat(),
        "seen_at": status.seen_at and status.seen_at.isoformat(),
        "job": status.job_name,
        "progress": status.progress,
        "seconds_left": status.seconds_left,
        "message": status.message,
        "values": status.values,
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
        where, what = topic(machine), payload(machine, status)
        with self.lock:
            self.latest[where] = what
        if self.client.is_connected():
            self.client.publish(where, what, qos=1, retain=True)

    def forget(self, machine: Machine) -> None:
        with self.lock:
            self.latest[topic(machine)] = ""  # an empty retained message takes the old one off the broker
        if self.client.is_connected():
            self.client.publish(topic(machine), "", qos=1, retain=True)

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
        client.subscribe(AVAILABILITY, qos=1)
        client.publish(AVAILABILITY, "online", qos=1, retain=True)
        with self.lock:
            latest = list(self.latest.items())
        for where, what in latest:
            client.publish(where, what, qos=1, retain=True)

    def _on_message(self, client, userdata, message) -> None:
        if message.payload == b"offline" and not self.closing:
            client.publish(AVAILABILITY, "online", qos=1, retain=True)


def _port(scheme: str) -> int:
    return 8883 if scheme == "mqtts" else 1883
