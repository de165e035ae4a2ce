"""What Tasmota and Shelly say of power and energy, in watts and kilowatt-hours.

Counters come as kWh, Wh or watt-minutes, whole or as the part that changed; anything may be missing or nonsense.
"""

import json

from machines.drivers.said import number, table, text

TASMOTA, SHELLY_1, SHELLY_2 = "tasmota", "shelly1", "shelly2"
PHASES = (0, 1, 2)
LARGEST_W, LARGEST_KWH = 1e6, 1e9


class Meter:
    """`power` in W, `kwh` of its counter, `online` as its broker says; None where nothing is known yet."""

    def __init__(self, kind: str, topic: str, channel: int | None = None):
        self.kind, self.topic, self.channel = kind, topic.strip("/"), channel
        self.power: float | None = None
        self.kwh: float | None = None
        self.online: bool | None = None
        self._parts: dict[str, float] = {}  # of three phases, by topic

    @property
    def topics(self) -> list[str]:
        t, c = self.topic, self.channel or 0
        if self.kind == TASMOTA:
            return [f"tele/{t}/SENSOR", f"tele/{t}/LWT", f"stat/{t}/STATUS10"]
        if self.kind == SHELLY_1:
            phases = [f"shellies/{t}/emeter/{phase}/{what}" for phase in PHASES for what in ("power", "total")]
            return [f"shellies/{t}/relay/{c}/power", f"shellies/{t}/relay/{c}/energy", f"shellies/{t}/online", *phases]
        parts = (f"switch:{c}", f"pm1:{c}", f"em:{c}", f"emdata:{c}")
        return [*(f"{t}/status/{part}" for part in parts), f"{t}/events/rpc", f"{t}/online"]

    @property
    def question(self) -> tuple[str, str] | None:
        """(topic, payload) that asks it for its figures, where it else speaks every five minutes."""
        return (f"cmnd/{self.topic}/STATUS", "10") if self.kind == TASMOTA else None

    def take(self, topic: str, payload: bytes) -> bool:
        """Whether the message said anything."""
        words = payload[:20_000].decode("utf-8", "replace").strip()
        if topic.endswith(("/LWT", "/online")):
            self.online = words.casefold() in ("online", "true")
            return True
        took = {TASMOTA: self._tasmota, SHELLY_1: self._shelly_1, SHELLY_2: self._shelly_2}[self.kind](topic, words)
        if took:
            self.online = True
        return took

    def _set(self, power=None, kwh=None) -> bool:
        power, kwh = number(power), number(kwh)
        if power is not None and abs(power) <= LARGEST_W:
            self.power = max(0.0, power)
        if kwh is not None and 0 <= kwh <= LARGEST_KWH:
            self.kwh = kwh
        return power is not None or kwh is not None

    def _tasmota(self, topic: str, words: str) -> bool:
        said = _json(words)
        energy = table((table(said.get("StatusSNS")) or said).get("ENERGY"))
        return self._set(self._of(energy.get("Power")), self._of(energy.get("Total")))

    def _of(self, value):
        """A unit with several meters says a list: one of them, or all together."""
        if not isinstance(value, list):
            return value
        found = [number(each) for each in value]
        if self.channel is not None:
            return found[self.channel] if self.channel < len(found) else None
        return sum(each for each in found if each is not None) if any(each is not None for each in found) else None

    def _shelly_1(self, topic: str, words: str) -> bool:
        value = number(words)
        if value is None:
            return False
        if topic.endswith("/energy"):
            return self._set(kwh=value / 60_000)  # watt-minutes
        if "/emeter/" in topic:
            self._parts[topic] = value
            what = topic.rpartition("/")[2]
            whole = sum(each for name, each in self._parts.items() if name.endswith(what))
            return self._set(power=whole) if what == "power" else self._set(kwh=whole / 1000)
        return self._set(power=value)

    def _shelly_2(self, topic: str, words: str) -> bool:
        said = _json(words)
        if not topic.endswith("/events/rpc"):
            return self._component(topic.rpartition("/")[2], said)
        if text(said.get("method")) != "NotifyStatus":
            return False
        took = [
            self._component(name, table(part))
            for name, part in table(said.get("params")).items()
            if name.endswith(f":{self.channel or 0}")
        ]
        return any(took)

    def _component(self, name: str, said: dict) -> bool:
        """The whole of a part of it, or only what changed."""
        kind = name.partition(":")[0]
        watt_hours = None
        if kind in ("switch", "pm1"):
            watt_hours = number(table(said.get("aenergy")).get("total"))
            power = said.get("apower")
        elif kind in ("em", "emdata"):
            power, watt_hours = said.get("total_act_power"), number(said.get("total_act"))
        else:
            return False
        return self._set(power, None if watt_hours is None else watt_hours / 1000)


def _json(words: str) -> dict:
    try:
        return table(json.loads(words))
    except (ValueError, RecursionError):
        return {}
