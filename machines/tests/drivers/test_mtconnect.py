"""MTConnect on the wire: what is observed is read once, in order; what the agent threw away is not made up."""

from contextlib import asynccontextmanager

import pytest

from laseros.core.drivers import Ack, Outcome, State, Unreachable
from machines import drivers
from machines.drivers import mtconnect
from machines.drivers.mtconnect import document
from machines.drivers.mtconnect.reading import Reader
from machines.simulators.wire.mtconnect import MTConnectAgent
from machines.tests.drivers.stage import listening, play


@asynccontextmanager
async def agent(**more):
    machine = MTConnectAgent(**more)
    await machine.start()
    try:
        yield machine
    finally:
        await machine.stop()


def states(ear):
    """Without what is told twice."""
    said = [(reading.state.value, reading.file) for reading in ear.heard]
    return [each for number, each in enumerate(said) if not number or said[number - 1] != each]


@pytest.mark.parametrize("fault", ["", "asked"])
def test_two_pieces_of_one_program_with_a_hold_between(tmp_path, monkeypatch, fault):
    monkeypatch.setattr(mtconnect, "LOOK_AGAIN", 0.02)

    async def story():
        async with agent() as machine, listening("mtconnect", machine.options, tmp_path) as ear:
            machine.printing.faults = {fault} if fault else set()
            first = await ear.until()
            assert (first.state, first.raw_state, first.file) == (State.IDLE, "READY · AUTOMATIC", "")
            assert first.values == {"parts": 0.0, "power_w": 350.0}
            machine.printing.begin("O1001.NC")
            running = await ear.state("running")
            assert (running.file, running.job_name, running.job_key) == ("O1001.NC", "O1001.NC", "")
            for held in ("FEED_HOLD", "INTERRUPTED", "OPTIONAL_STOP", "PROGRAM_STOPPED", "STOPPED"):
                machine.say(exec=held)
                paused = await ear.until(lambda reading, held=held: reading.raw_state.startswith(held))
                assert (paused.state, paused.file, paused.outcome) == (State.PAUSED, "O1001.NC", None)
            # So fast that one document tells all of it: no end is lost, none is told of the second.
            machine.say(exec="ACTIVE")
            machine.printing.go_to(1)
            machine.printing.begin("O1001.NC")
            await ear.until(lambda reading: reading.state == "running" and reading.values["parts"] == 1)
            assert states(ear)[-3:] == [("running", "O1001.NC"), ("finished", "O1001.NC"), ("running", "O1001.NC")]
            assert {reading.outcome for reading in ear.heard if reading.state == "finished"} == {Outcome.FINISHED}
            assert await ear.tell("pause") == Ack(False, "this machine is only looked at")
            assert (machine.asked.count("current"), machine.asked.count("sample") > 1) == (1, bool(fault))

    play(story())


def test_a_gap_and_another_instance_are_asked_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(mtconnect, "LOOK_AGAIN", 0.02)

    async def story():
        async with agent() as machine, listening("mtconnect", machine.options, tmp_path) as ear:
            machine.printing.begin("A.NC")
            await ear.state("running")
            machine.overflow()  # so much is said in between that the agent threw the beginning of it away
            await ear.until(lambda reading: reading.values["power_w"] == 464)
            assert machine.asked.count("current") == 2
            machine.restart()
            await ear.until(lambda reading: reading.values["power_w"] == 350)
            assert machine.asked.count("current") == 3
            machine.printing.go_to(1)
            await ear.state("finished")
            # The same work all the time, and one end.
            assert states(ear)[-2:] == [("running", "A.NC"), ("finished", "A.NC")]

    play(story())


def test_what_it_complains_of_and_who_works_it(tmp_path):
    async def story():
        async with agent() as machine, listening("mtconnect", machine.options, tmp_path) as ear:
            machine.printing.begin("A.NC")
            machine.condition("Warning", "low gas", "W7")
            running = await ear.until(lambda reading: reading.troubles)
            assert (running.state, [(each.code, each.words, each.grave) for each in running.troubles]) == (
                State.RUNNING, [("W7", "low gas", False)],
            )  # fmt: skip
            machine.printing.fail("Servo fault on X")
            fault = await ear.state("error")
            assert (fault.message, fault.outcome, fault.file) == ("Servo fault on X", None, "")
            machine.condition("Normal")
            assert (await ear.state("paused")).file == "A.NC"
            machine.say(exec="ACTIVE", mode="MANUAL")
            by_hand = await ear.state("unknown")
            assert (by_hand.message, by_hand.raw_state) == ("somebody works it by hand", "ACTIVE · MANUAL")
            machine.say(estop="TRIGGERED")
            assert (await ear.state("error")).message == "the emergency stop is pressed"
            machine.say(avail="UNAVAILABLE", parts="UNAVAILABLE")
            assert "parts" not in (await ear.state("offline")).values  # not known is not 0

    play(story())


def test_what_is_no_agent_is_no_machine(tmp_path):
    async def refused(machine, fault):
        machine.printing.faults = {fault}
        with pytest.raises(Unreachable) as error:
            async with listening("mtconnect", machine.options, tmp_path) as ear:
                await ear.state("finished")
        return str(error.value)

    async def story():
        async with agent() as machine:
            assert "not MTConnect" in await refused(machine, "html")
            assert "not MTConnect" in await refused(machine, "bomb")
            assert await refused(machine, "half") == "the answer is cut off"
            assert await refused(machine, "huge") == await refused(machine, "huge document")
            assert await refused(machine, "elsewhere") == "it sends us to another address, which is not followed"
            assert await refused(machine, "two") == "which machine? The agent has: X3, X4"

    play(story())


def test_the_doctor(tmp_path):
    async def story():
        async with agent() as machine:
            driver = drivers.build("mtconnect", machine.options, tmp_path)
            assert [(step.name, step.ok) for step in await driver.examine()][-2:] == [("speaks", True), ("mode", None)]
            machine.printing.faults = {"two"}
            assert (await driver.examine())[-1].words == "which machine? The agent has: X3, X4"
            named = {**machine.options, "device": "uuid-X3"}
            assert (await drivers.build("mtconnect", named, tmp_path).examine())[-2].words == "X3"
            away = await drivers.build("mtconnect", {**named, "device": "X9"}, tmp_path).examine()
            assert away[-1].words == "the agent does not know X9; it has: X3, X4"

    play(story())


TWO_PATHS = b"""<MTConnectStreams xmlns="urn:mtconnect.org:MTConnectStreams:1.3">
<Header instanceId="7" firstSequence="1" nextSequence="40"/><Streams><DeviceStream name="lathe">
<ComponentStream componentId="p1"><Events>
<Execution dataItemId="e1" sequence="3" timestamp="T1">READY</Execution>
<Program dataItemId="g1" sequence="4" timestamp="T1">IDLE.NC</Program></Events></ComponentStream>
<ComponentStream componentId="p2"><Samples>
<ElectricalEnergy dataItemId="k" sequence="9" timestamp="T1">7200000</ElectricalEnergy></Samples>
<Events><Execution dataItemId="e2" sequence="5" timestamp="T1">ACTIVE</Execution>
<Program dataItemId="s2" sequence="7" timestamp="T1" subType="SUBPROGRAM">SUB.NC</Program>
<Program dataItemId="g2" sequence="6" timestamp="T1" subType="MAIN">//CNC/MAIN.NC</Program>
<PartCount dataItemId="bad" sequence="8" timestamp="T1" subType="BAD">4</PartCount></Events></ComponentStream>
</DeviceStream></Streams></MTConnectStreams>"""


def test_of_two_paths_the_one_that_works_counts_and_nothing_is_read_twice():
    reader = Reader()
    current = document.streams(TWO_PATHS)
    reading = reader.begin(current)
    assert (reading.state, reading.file, reading.job_name) == (State.RUNNING, "//CNC/MAIN.NC", "MAIN.NC")
    assert reading.values == {"energy_kwh": 2.0}  # what was spoilt is no count of pieces
    assert [each.state for each in reader.take(current)] == [State.RUNNING]  # the same once more
    assert not reader.is_lost(current)
    assert reader.is_lost(document.streams(TWO_PATHS.replace(b'instanceId="7"', b'instanceId="8"')))
    assert reader.is_lost(document.streams(TWO_PATHS.replace(b'firstSequence="1"', b'firstSequence="41"')))
    assert Reader(State.IDLE).begin(document.streams(TWO_PATHS.replace(b"ACTIVE", b"STOPPED"))).state == State.IDLE


ENDS = [  # how it was and what came → what the readings of it say
    ("", ["Execution READY"], [("idle", "O1", "finished")]),  # nothing counts: by itself, in automatic mode
    ("", ["Execution FEED_HOLD", "Execution READY"], [("paused", "O1", None), ("idle", "", None)]),
    ("", ["ControllerMode MANUAL", "Execution READY"], [("unknown", "", None), ("idle", "", None)]),
    ("3", ["PartCount 4", "Execution READY"], [("running", "O1", None), ("idle", "O1", "finished")]),
    ("3", ["Execution FEED_HOLD", "PartCount 4", "Execution READY"],
     [("paused", "O1", None), ("paused", "O1", None), ("idle", "O1", "finished")]),
    ("3", ["Execution READY", "PartCount 4"], [("idle", "", None), ("idle", "", None, "finished", "O1")]),
    ("3", ["Execution READY", "Execution ACTIVE", "PartCount 4"],
     [("idle", "", None), ("running", "O1", None), ("running", "O1", None)]),
    ("3", ["Execution PROGRAM_COMPLETED", "PartCount 4", "Execution READY"],
     [("finished", "O1", "finished"), ("finished", "O1", "finished"), ("idle", "", None)]),
]  # fmt: skip


def observed(sequence: int, said: str) -> bytes:
    kind, _space, value = said.partition(" ")
    return f'<{kind} dataItemId="{kind}" sequence="{sequence}" timestamp="{sequence}">{value}</{kind}>'.encode()


@pytest.mark.parametrize("is_one_document", [False, True])
@pytest.mark.parametrize(("parts", "then", "wanted"), ENDS)
def test_ready_after_active_is_an_end_where_something_says_so(parts, then, wanted, is_one_document):
    reader = Reader()
    begin = ["Availability AVAILABLE", "ControllerMode AUTOMATIC", "Program O1", "Execution ACTIVE"]
    begin += [f"PartCount {parts}"] if parts else []
    said = b"".join(observed(number, each) for number, each in enumerate(begin, 1))
    reader.begin(document.streams(STREAM % (b"10", said)))
    events = [observed(number, each) for number, each in enumerate(then, 10)]
    documents = [b"".join(events)] if is_one_document else events
    readings = [
        reading
        for number, body in enumerate(documents, 1)
        for reading in reader.take(
            document.streams(STREAM % (b"%d" % (9 + number + is_one_document * len(then)), body))
        )
    ]
    found = [
        (reading.state, reading.file, reading.outcome, *((each.outcome, each.file) for each in reading.ended))
        for reading in readings
    ]
    wanted = [(*each[:3], each[3:]) if len(each) > 3 else each for each in wanted]
    if is_one_document:  # what says nothing new is not told
        wanted = [each for number, each in enumerate(wanted) if number == len(wanted) - 1 or wanted[number + 1] != each]
    assert found == wanted


def test_an_agent_that_says_more_than_any_machine_stops_nobody_elses():
    """Each moment costs a look at all that is known: without limits one such document took minutes."""
    said = "".join(
        f'<Program dataItemId="p{number}" sequence="{number}" timestamp="{number}">O{number}</Program>'
        f'<Line dataItemId="l{number}" sequence="{number}" timestamp="{number}">1</Line>'
        for number in range(1, 3001)
    )
    said += '<Program dataItemId="p1" sequence="3001" timestamp="3001">O1001</Program>'
    reader = Reader()
    reader.begin(document.streams(STREAM % (b"1", b"")))
    readings = list(reader.take(document.streams(STREAM % (b"3002", said.encode()))))
    assert (len(readings), readings[-1].raw["Program"], reader.next) == (1, "O400", 3002)
    assert (len(reader.latest), len(reader.others)) == (400, 400)
    assert reader.latest["p1"].value == "O1001"


STREAM = b"""<MTConnectStreams><Header instanceId="1" firstSequence="1" nextSequence="%s"/><Streams><DeviceStream>
<ComponentStream componentId="path"><Events>%s</Events></ComponentStream></DeviceStream></Streams></MTConnectStreams>"""
