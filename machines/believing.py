"""What a machine may say: impossible numbers are not known, texts fit, lists end, nothing is invented."""

import json
import math
import re
from dataclasses import asdict, replace

from laseros.core.drivers import Ended, Outcome, Reading, State, Tray, Trouble
from machines.models import MachineStatus

LONGEST_SECONDS = 2**31 - 1
MOST_VALUES = 40
MOST_TRAYS = 40
MOST_TROUBLES = 12
MOST_ENDED = 50
LARGEST_RAW = 32_000
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


def believable(reading: Reading) -> Reading:
    """The reading as it can be stored."""
    state = None if reading.state is None else _state(reading.state)
    left = _finite(reading.seconds_left)
    return Reading(
        state,
        raw_state=_text(reading.raw_state, 80),
        job_key=_text(reading.job_key, 160),
        job_name=_text(reading.job_name, 200),
        progress=_share(reading.progress),
        seconds_left=None if left is None or left < 0 else min(LONGEST_SECONDS, round(left)),
        message=_text(reading.message, 300),
        values=_numbers(reading.values),
        file=_text(reading.file, 300),
        outcome=_outcome(reading.outcome),
        ended=tuple(_end(each) for each in reading.ended[:MOST_ENDED] if _outcome(each.outcome)),
        trays=tuple(_tray(each) for each in reading.trays[:MOST_TRAYS]),
        troubles=tuple(_trouble(each) for each in reading.troubles[:MOST_TROUBLES]),
        raw=_raw(reading.raw),
    )


def _state(said) -> State:
    try:
        return State(said)
    except ValueError:
        return State.UNKNOWN


def kept_of(reading: Reading) -> dict:
    """What of a reading is kept in fields of their own, as plain data."""
    return {
        "values": reading.values,
        "file": reading.file,
        "trays": [asdict(each) for each in reading.trays],
        "troubles": [asdict(each) for each in reading.troubles],
        "raw": reading.raw,
    }


def beside(reading: Reading, status: MachineStatus) -> Reading:
    """What the operator says, beside what the machine's reports said last."""
    return replace(reading, troubles=tuple(Trouble(**each) for each in status.troubles), raw=status.raw)


def reading_of(status: MachineStatus) -> Reading:
    """What was last said, as it was said."""
    return Reading(
        State(status.current),
        raw_state=status.raw_state,
        job_key=status.job_key,
        job_name=status.job_name,
        progress=status.progress,
        seconds_left=status.seconds_left,
        message=status.message,
        values=status.values,
        file=status.file,
        trays=tuple(Tray(**each) for each in status.trays),
        troubles=tuple(Trouble(**each) for each in status.troubles),
        raw=status.raw,
    )


def _end(end: Ended) -> Ended:
    return replace(
        end,
        job_key=_text(end.job_key, 160),
        file=_text(end.file, 300),
        job_name=_text(end.job_name, 200),
        grams=_amount(end.grams),
        metres=_amount(end.metres),
        facts=_facts(end.facts),
    )


def _facts(facts: dict) -> dict:
    """Numbers that are none are not known; words fit."""
    numbers = {name: _amount(value) for name, value in facts.items() if not isinstance(value, str)}
    words = {name: _text(value, 200) for name, value in facts.items() if isinstance(value, str) and value}
    return words | {name: value for name, value in numbers.items() if value is not None}


def _tray(tray: Tray) -> Tray:
    color = _text(tray.color, 7)
    return Tray(
        _text(tray.slot, 12), _text(tray.material, 40), color if COLOR.fullmatch(color) else "", _share(tray.left),
        bool(tray.active), _text(tray.tag, 64), _text(tray.name, 60),
    )  # fmt: skip


def _trouble(trouble: Trouble) -> Trouble:
    return Trouble(_text(trouble.code, 40), _text(trouble.words, 300), _text(trouble.mend, 300), bool(trouble.grave))


def _raw(raw) -> dict:
    """Its own words, as JSON that any database takes and nobody chokes on."""
    try:
        text = json.dumps(raw, allow_nan=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return {}
    if len(text) > LARGEST_RAW or not isinstance(raw, dict):
        return {}
    return json.loads(_text(text.replace("\\u0000", ""), LARGEST_RAW))


def _outcome(outcome) -> Outcome | None:
    return outcome if isinstance(outcome, Outcome) else None


def _share(value) -> float | None:
    found = _finite(value)
    return None if found is None else min(1.0, max(0.0, found))


def _amount(value) -> float | None:
    found = _finite(value)
    return None if found is None or found < 0 else found


def _text(value, length: int) -> str:
    """Text that any database takes: no NUL, no half of a character pair, not too long."""
    words = "" if value is None else str(value)
    return words.replace("\x00", "").encode("utf-8", "replace").decode()[:length]


def _finite(value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _numbers(values) -> dict[str, float]:
    if not isinstance(values, dict):
        return {}
    known = {_text(name, 40): _finite(value) for name, value in list(values.items())[:MOST_VALUES]}
    return {name: value for name, value in known.items() if value is not None}
