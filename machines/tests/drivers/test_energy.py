"""Tasmota and Shelly meters: every shape, on the wire of a broker, with nonsense in between."""

import asyncio
import json

import pytest

from laseros.core.drivers import CredentialsRefused, Unreachable
from machines import drivers
from machines.drivers.energy.reading import Meter
from machines.simulators.wire.energy import TOPIC, EnergyMeter
from machines.tests.drivers.stage import listening, play


def said(kind, *messages, channel=None):
    meter = Meter(kind, "m", channel)
    took = [meter.take(topic, payload if isinstance(payload, bytes) else json.dumps(payload).encode())
            for topic, payload in messages]  # fmt: skip
    return meter.power, meter.kwh, took


def test_tasmota():
    one = {"ENERGY": {"Total": 312.451, "Power": 1840}}
    assert said("tasmota", ("tele/m/SENSOR", one)) == (1840.0, 312.451, [True])
    two = {"StatusSNS": {"ENERGY": {"Total": [1.5, 2.5], "Power": [100, 40]}}}
    assert said("tasmota", ("stat/m/STATUS10", two))[:2] == (140.0, 4.0)
    assert said("tasmota", ("stat/m/STATUS10", two), channel=1)[:2] == (40.0, 2.5)


def test_shelly_of_the_second_kind_tells_only_what_changed():
    whole = {"id": 0, "apower": 1840.2, "aenergy": {"total": 312451.0, "by_minute": [30500.1]}}
    part = {"method": "NotifyStatus", "params": {"ts": 1, "switch:0": {"apower": 90.5}, "switch:1": {"apower": 7}}}
    assert said("shelly2", ("m/status/switch:0", whole), ("m/events/rpc", part)) == (90.5, 312.451, [True, True])
    phases = [("m/status/em:0", {"total_act_power": 5200.5}), ("m/status/emdata:0", {"total_act": 1500.0})]
    assert said("shelly2", *phases)[:2] == (5200.5, 1.5)


def test_shelly_of_the_first_kind_counts_watt_minutes():
    assert said("shelly1", ("shellies/m/relay/0/power", b"60.1"), ("shellies/m/relay/0/energy", b"90000"))[:2] == (
        60.1, 1.5,
    )  # fmt: skip
    phases = [(f"shellies/m/emeter/{phase}/{what}", str(value).encode())
              for what, value in (("power", 1000), ("total", 2000)) for phase in range(3)]  # fmt: skip
    assert said("shelly1", *phases)[:2] == (3000.0, 6.0)


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"null", b'{"ENERGY": 7}', b"\xff\xfe", b'{"ENERGY":{"Power":"x"}}',
     b'{"ENERGY":{"Power":1e99,"Total":-5}}', b"[" * 20_000],
)  # fmt: skip
def test_nonsense_says_nothing(payload):
    assert said("tasmota", ("tele/m/SENSOR", payload))[:2] == (None, None)


@pytest.mark.parametrize("kind", ["tasmota", "shelly1", "shelly2"])
def test_on_the_wire(kind, tmp_path):
    async def story():
        meter = EnergyMeter(kind)
        await meter.start()
        try:
            async with listening("energy", meter.options, tmp_path) as ear:
                meter.printing.faults.add("nonsense")
                meter.use(2600.0, 3600)
                reading = await ear.until(
                    lambda reading: reading.values.get("power_w") == 2600 and reading.values.get("energy_kwh", 0) > 315
                )
                assert (reading.state, reading.raw_state, round(reading.values["energy_kwh"], 2)) == (
                    None, "online", 315.05,
                )  # fmt: skip
                while meter.asked != (kind == "tasmota"):  # our word may still be on its way
                    await asyncio.sleep(0.02)
                await meter.server.stop()
                with pytest.raises(Unreachable):
                    await ear.until(lambda reading: False)
        finally:
            await meter.stop()

    play(story())


def test_the_doctor_of_a_meter(tmp_path, monkeypatch):
    monkeypatch.setattr("machines.drivers.energy.LISTEN_FOR", 0.4)

    async def story():
        meter = EnergyMeter()
        await meter.start()
        try:

            async def last(**options):
                found = await drivers.build("energy", {**meter.options, **options}, tmp_path).examine()
                return found[-1].name, found[-1].ok

            assert await last() == ("speaks", True)
            assert await last(password="wrong") == ("credentials", False)
            assert await last(topic=TOPIC.upper()) == ("speaks", False)
            assert await last(topic="a/#") == ("settings", False)
            assert await last(host="169.254.169.254") == ("address", False)
            with pytest.raises(CredentialsRefused):
                await drivers.build("energy", {**meter.options, "user": "x"}, tmp_path).connect()
            await meter.server.stop()
            await asyncio.sleep(0)
            assert await last() == ("reachable", False)
        finally:
            await meter.stop()

    play(story())
