"""The maker's cloud after its public descriptions: off at first, asked no more than it allows, only looked at."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from laseros.core.drivers import Ack, CredentialsRefused, Ended, Outcome, State, Trouble, Unreachable
from machines import drivers
from machines.drivers import fscut
from machines.drivers.fscut import cloud, reading
from machines.drivers.fscut.reading import Reader, Work
from machines.simulators.wire.certificate import context_for
from machines.simulators.wire.fscut import CARD, FsCutCloud
from machines.tests.drivers.stage import listening, play

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
PAID = {
    "workUuid": "w7", "fileName": "D:\\jobs\\Bracket.lxds", "portionName": "Nest 1", "startTime": "2026-05-01 14:00:00",
    "endTime": "2026-05-01 14:06:00", "timeTaken": 350.5, "curveLength": 12500.0, "pierceCount": 56, "endState": 0,
    "material": "S235", "thickness": 3, "partAmount": 4, "plateSize": "3000*1500",
}  # fmt: skip
ENDED = Ended(
    Outcome.FINISHED, job_key="Bracket.lxds@2026-05-01T06:00:00Z", file="Bracket.lxds", job_name="Nest 1",
    at=datetime(2026, 5, 1, 6, 6, tzinfo=UTC), began=datetime(2026, 5, 1, 6, 0, tzinfo=UTC), metres=12.5, seconds=350.5,
    reported=True,
    facts={"pierces": 56.0, "cut_seconds": 350.5, "material": "S235", "thickness": 3.0, "parts": 4.0},
)  # fmt: skip


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    for module, name in ((cloud, "ONE_EVERY"), (fscut, "SOONEST"), (fscut, "BREATH")):
        monkeypatch.setattr(module, name, 0.01)
    monkeypatch.setattr(cloud, "_resting", {})
    monkeypatch.setattr(cloud, "_next_turn", {})


def on(machine, **more):
    return {**machine.options, "every": 0.02, **more}


def steps_of(found):
    return {step.name: (step.ok, step.words) for step in found}


# --- what is read out of the answers --------------------------------------------------------------------------------


def test_a_record_is_one_end_however_often_it_comes():
    reader = Reader()
    assert reader.ended([PAID, PAID], NOW) == [ENDED]
    assert reader.ended([PAID], NOW) == []
    assert reader.ended([PAID], NOW, again=True) == [ENDED]


@pytest.mark.parametrize(
    ("said", "outcome"), [(0, "finished"), ("0", "finished"), (2, "cancelled"), (7, "unclear"), (None, "unclear")]
)
def test_how_a_work_ended_is_only_what_the_record_says(said, outcome):
    assert [end.outcome for end in Reader().ended([{**PAID, "endState": said}], NOW)] == [outcome]


@pytest.mark.parametrize(
    ("said", "unreadable"),
    [({"endState": -1}, 0), ({"endState": 1}, 0), ({"endTime": None}, 1), ({"startTime": "yesterday"}, 1),
     ({"startTime": "0001-01-01 00:00:00"}, 1), ({"startTime": "9999-12-31 23:59:59"}, 1),
     ({"startTime": "1999-01-01 00:00:00"}, 1), ({"fileName": 7}, 1),
     ({"startTime": "2026-05-01 14:07:00"}, 1), ({"endTime": "2027-01-01 00:00:00"}, 1)],
)  # fmt: skip
def test_what_goes_on_or_cannot_be_placed_is_no_end(said, unreadable):
    reader = Reader()
    assert (reader.ended([{**PAID, **said}], NOW), reader.unreadable) == ([], unreadable)


def test_a_record_without_numbers_invents_none():
    bare = {name: PAID[name] for name in ("fileName", "startTime", "endTime")}
    [end] = Reader().ended([bare], NOW)
    assert (end.metres, end.seconds, end.facts, end.job_name) == (None, None, {}, "Bracket.lxds")


def test_what_was_seen_at_work_and_its_record_are_the_same_work():
    reader = Reader()
    live = reader.work({"filename": "Bracket.lxds", "portionId": "T1", "startTime": "2026-05-01 14:00:02"})
    assert live == Work("Bracket.lxds", "Bracket.lxds@2026-05-01T06:00:02Z")
    assert [end.job_key for end in reader.ended([PAID], NOW)] == [live.key]
    # The cloud names for a moment longer what its own records have as over.
    stale = reader.work({"filename": "Bracket.lxds", "startTime": "2026-05-01 14:00:02"})
    for said, state in (("WORKING", "idle"), ("PAUSE", "idle"), ("ALARMING", "error")):
        found = reader.read(said, stale, {"taskName": "Bracket.lxds", "cutPercent": 100}, (), {})
        assert (found.state, found.raw_state, found.file, found.job_key) == (state, said, "", "")
    assert reader.work(None) == reader.work("nonsense") == Work()


@pytest.mark.parametrize(
    ("said", "state", "message"),
    [("WORKING", "running", ""), ("PAUSE", "paused", ""), ("IDLE", "idle", ""), ("STOP", "idle", ""),
     ("OFFLINE", "offline", "the cloud answers; the machine itself does not"),
     ("CLOSE", "offline", "its cutting program is closed"), ("ALARMING", "error", "it reports an alarm"),
     ("UNKNOWN", "unknown", "the cloud does not know what the machine does"),
     ("DANCING", "unknown", "nobody said what this state means")],
)  # fmt: skip
def test_states(said, state, message):
    assert reading.state_of([{"cardId": "1", "deviceState": "IDLE"}, {"cardId": 2, "deviceState": said}], "2") == said
    found = Reader().read(said, Work("A.lxds", "A.lxds@1"), {"taskName": "A.lxds", "cutPercent": 42}, (), {})
    has_work = state in ("running", "paused", "error")
    assert (found.state, found.raw_state, found.message, found.outcome, found.seconds_left) == (
        state, said, message, None, None,
    )  # fmt: skip
    expected = ("A.lxds@1", "A.lxds", 0.42) if has_work else ("", "", None)
    assert (found.job_key, found.file, found.progress) == expected


def test_progress_of_another_file_is_not_its_progress():
    found = Reader().read("WORKING", Work("A.lxds", "A"), {"taskName": "B.lxds", "cutPercent": 99}, (), {})
    assert (found.file, found.progress) == ("A.lxds", None)


@pytest.mark.parametrize("said", [None, [], {}, 7, "x", [None], {"list": 7}, {"list": [[]], "meta": 3}])
def test_nonsense_says_nothing(said):
    assert (reading.page_of(said), reading.alarms_of(said), reading.state_of(said, "1")) == (([], None), (), "")


def test_moments():
    assert reading.moment("2026-05-01 14:00:00") == reading.moment(1777615200000) == NOW - timedelta(hours=2)
    assert [reading.moment(said) for said in (None, "", "x", 1e300, True, "2026-13-01 00:00:00")] == [None] * 6
    assert reading.written(NOW) == "2026-05-01 16:00:00"


def test_who_asks_is_signed():
    assert cloud.signed("op1", "s", 1.5) == {
        "app-id": "op1",
        "time-stamp": "1500",
        "app-sign": "78faa9caace86649bc8d89f45bbd533f",
        "zoneId": "Asia/Shanghai",
    }


# --- on the wire ----------------------------------------------------------------------------------------------------


def test_works_with_a_pause_an_alarm_and_a_stop_and_never_a_command(tmp_path):
    async def story():
        machine = FsCutCloud()
        machine.cut("Old.lxds", machine.began - timedelta(hours=2), 300)
        await machine.start()
        async with listening("fscut", on(machine), tmp_path) as ear:
            first = await ear.until()
            assert (first.state, first.file, [end.file for end in first.ended]) == ("idle", "", ["Old.lxds"])
            machine.printing.begin("A.lxds")
            machine.printing.go_to(0.42)
            running = await ear.until(lambda reading: reading.progress == 0.42)
            key = f"A.lxds@{machine.began:%Y-%m-%dT%H:%M:%SZ}"
            assert (running.state, running.file, running.job_key, running.raw_state) == (
                "running", "A.lxds", key, "WORKING",
            )  # fmt: skip
            machine.printing.pause()
            paused = await ear.state("paused")
            assert (paused.job_key, paused.ended, paused.outcome) == (key, (), None)
            machine.printing.resume()
            await ear.state("running")
            machine.printing.fail("gas pressure low")
            wrong = await ear.state("error")
            assert (wrong.job_key, wrong.message, wrong.ended) == (key, "gas pressure low", ())
            assert wrong.troubles == (Trouble("A12", "gas pressure low"),)
            machine.printing.go_to(1)
            done = await ear.state("idle")
            assert [(end.job_key, end.outcome) for end in done.ended] == [(key, Outcome.FINISHED)]
            # The next one is stopped, and its record comes late: no end is made up meanwhile, and none is lost.
            machine.printing.faults = {"late"}
            machine.printing.begin("B.lxds")
            await ear.state("running")
            machine.printing.cancel()
            stopped = await ear.until(lambda reading: reading.raw_state == "STOP")
            assert (stopped.state, stopped.ended) == ("idle", ())
            machine.printing.faults = set()
            late = await ear.until(lambda reading: reading.ended)
            assert [(end.file, end.outcome) for end in late.ended] == [("B.lxds", Outcome.CANCELLED)]
            machine.says = "DANCING"
            assert (await ear.state("unknown")).raw_state == "DANCING"
            assert await ear.tell("start") == Ack(False, "a laser is started by whoever stands beside it")
        assert {path.rpartition("/")[2] for path in machine.asked} == {
            "current_state", "current_work", "cut_system_state", "current_alarms", "v2",
        }  # fmt: skip
        await machine.stop()

    play(story())


def test_what_it_does_not_allow_is_said_and_not_asked_again(tmp_path):
    async def story():
        machine = FsCutCloud()
        await machine.start()
        machine.printing.faults = {"not allowed", "too often"}
        async with listening("fscut", on(machine), tmp_path) as ear:
            first = await ear.state("idle")  # too often: asked once more after a breath
            words = "its records cannot be read: this account may not ask for it"
            assert first.troubles == (Trouble("", words, grave=False),)
            machine.printing.begin("A.lxds")
            await ear.state("running")
            machine.printing.go_to(1)
            still = await ear.state("idle")
            assert (still.ended, still.troubles) == ((), first.troubles)
            assert machine.asked.count("/api/statistics/work_logs/v2") == 1
            machine.printing.faults = {"used up"}
            with pytest.raises(Unreachable, match="today's number of questions is used up"):
                await ear.state(State.MAINTENANCE)
        asked = len(machine.asked)
        with pytest.raises(Unreachable, match="used up"):  # a connection built anew asks nothing either
            async with listening("fscut", on(machine), tmp_path) as ear:
                await ear.until()
        assert machine.asked[asked:].count("/api/user_devices/current_state") == 0
        await machine.stop()

    play(story())


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [("html", Unreachable, "not JSON"), ("huge", Unreachable, "larger than any machine's"),
     ("elsewhere", Unreachable, "not followed"), ("down", Unreachable, "the cloud says: HTTP 500"),
     ("expired", CredentialsRefused, "this app id has expired"), ("wrong time", Unreachable, "more than ten minutes")],
)  # fmt: skip
def test_what_is_no_answer_is_no_reading(fault, error, words, tmp_path):
    async def story():
        machine = FsCutCloud()
        machine.printing.faults = {fault}
        await machine.start()
        with pytest.raises(error, match=words):
            async with listening("fscut", on(machine), tmp_path) as ear:
                await ear.until()
        await machine.stop()

    play(story())


def test_off_at_first_and_asked_over_https_only(tmp_path):
    async def story():
        machine = FsCutCloud()
        await machine.start()
        for more in ({"switched_on": ""}, {"host": "http://mcs-gateway.fscut.com"}):
            with pytest.raises(Unreachable):
                await drivers.build("fscut", on(machine, **more), tmp_path).connect()
            steps = await drivers.build("fscut", on(machine, **more), tmp_path).examine()
            assert [(step.name, step.ok) for step in steps] == [("settings", False)]
        assert machine.asked == []
        await machine.stop()

    play(story())
    assert str(cloud.address_of("")) == str(cloud.address_of("mcs-gateway.fscut.com")) == cloud.HOST


def test_somebody_on_the_way_is_told_nothing(tmp_path):
    async def story():
        heard = []
        server = await asyncio.start_server(
            lambda reader, writer: heard.append(reader), "127.0.0.1", 0, ssl=context_for("mcs-gateway.fscut.com")
        )
        options = on(FsCutCloud(), host=f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        steps = await drivers.build("fscut", options, tmp_path).examine()
        assert [(step.name, step.ok) for step in steps[-2:]] == [("reachable", True), ("certificate", False)]
        assert steps[-1].words == "its certificate is not one this computer trusts"
        server.close()
        assert heard == []

    play(story())


def test_the_doctor_names_what_is_wrong_and_its_mend(tmp_path):
    async def story():
        machine = FsCutCloud()
        await machine.start()

        async def examined(*faults, **more):
            machine.printing.faults = set(faults)
            return await drivers.build("fscut", on(machine, **more), tmp_path).examine()

        well = await examined()
        assert [(step.name, step.ok) for step in well] == [
            ("settings", True), ("address", True), ("reachable", True), ("credentials", True), ("clock", True),
            ("speaks", True), ("rights", True), ("mode", None),
        ]  # fmt: skip
        wrong = steps_of(await examined(app_secret="x"))
        assert wrong["credentials"] == (False, "the app secret is wrong")
        assert steps_of(await examined(app_id="x"))["credentials"] == (False, "the cloud does not know this app id")
        other = (await examined(card="9"))[-1]
        assert (other.words, other.mend) == (
            "this control card is not among the account's machines",
            f"Compare the number. The account has: {CARD} Laser 1",
        )
        assert steps_of(await examined("wrong time"))["clock"][0] is False
        assert [step.words for step in await examined("not allowed") if step.name == "rights"] == [
            "this account may not ask for its alarms", "this account may not ask for its records",
        ]  # fmt: skip
        assert steps_of(await examined("used up"))["speaks"] == (None, "today's number of questions is used up")
        assert steps_of(await examined())["rights"] == (True, "")  # asked anew, whatever it said a moment ago
        machine.skew = 480.0
        assert steps_of(await examined())["clock"] == (False, "its clock is 8 min off")
        assert steps_of(await examined(app_secret=""))["settings"][0] is False
        await machine.stop()
        assert steps_of(await examined())["reachable"][0] is False

    play(story())
