"""From the tree of a Bambu printer to a `Reading`."""

import re
import time
from collections.abc import Callable

from laseros.core.drivers import Outcome, Reading, State, Tray, Trouble
from machines.drivers.said import known, number, rows, share, table, text, whole

from . import words
from .tree import Tree

STATES = {
    "IDLE": State.IDLE,
    "INIT": State.IDLE,
    "PREPARE": State.PREPARING,
    "SLICING": State.PREPARING,
    "RUNNING": State.RUNNING,
    "PAUSE": State.PAUSED,
    "FINISH": State.FINISHED,
    "FAILED": State.ERROR,
}
AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)
# How long before "FAILED" the printer may have said that a person cancelled.
CANCEL_COUNTS_FOR = 30.0
KEPT = (
    "gcode_state", "stg_cur", "mc_percent", "mc_remaining_time", "layer_num", "total_layer_num", "subtask_name",
    "gcode_file", "task_id", "subtask_id", "gcode_start_time", "print_error", "hms", "print_type", "spd_lvl",
    "wifi_signal", "home_flag", "fun", "nozzle_diameter", "lights_report",
)  # fmt: skip


class Reader:
    """Remembers what a session saw: whether the work on the machine was seen running, and when it was cancelled."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.cancelled_at = float("-inf")
        self.was_at_work = False

    def read(self, tree: Tree) -> Reading | None:
        """None until the printer has said what it does."""
        said = tree.print
        raw = text(said.get("gcode_state"))
        if not raw:
            return None
        error = whole(said.get("print_error")) or 0
        if error in words.CANCELLED_BY_A_PERSON:
            self.cancelled_at = self.clock()
        state, outcome = self._state(raw, said), None
        if state in AT_WORK:
            self.was_at_work = True
            if state == State.RUNNING:
                self.cancelled_at = float("-inf") if error not in words.CANCELLED_BY_A_PERSON else self.cancelled_at
        elif raw == "FINISH":
            outcome = Outcome.FINISHED
        elif raw == "FAILED":
            state, outcome = self._failed(said, error)
        troubles = troubles_of(said, error)
        has_work = state in AT_WORK or outcome is not None
        return Reading(
            state,
            raw_state=raw,
            job_key=_job_key(said) if has_work else "",
            job_name=_job_name(said) if has_work else "",
            file=text(said.get("gcode_file")) or text(said.get("subtask_name")) if has_work else "",
            progress=_progress(said, state) if has_work else None,
            seconds_left=_seconds_left(said, state),
            message=_message(said, state, troubles),
            values=_values(said),
            outcome=outcome,
            trays=tuple(_trays(tree)),
            troubles=troubles,
            raw={name: said[name] for name in KEPT if name in said},
        )

    def _state(self, raw: str, said: dict) -> State:
        state = STATES.get(raw, State.UNKNOWN)
        before_the_first_layer = not whole(said.get("layer_num"))
        if state == State.RUNNING and before_the_first_layer and stage(said) in words.PREPARING:
            return State.PREPARING
        return state

    def _failed(self, said: dict, error: int) -> tuple[State, Outcome]:
        if self.clock() - self.cancelled_at < CANCEL_COUNTS_FOR:
            self.cancelled_at = self.clock()  # it says "FAILED" until the next work: still the same cancelling
            return State.IDLE, Outcome.CANCELLED
        if self.was_at_work or error or any(each.grave for each in troubles_of(said, error)):
            return State.ERROR, Outcome.FAILED
        # Said for days after any end that was not a good one, and nobody saw this one.
        return State.IDLE, Outcome.UNCLEAR


def stage(said: dict) -> int | None:
    found = whole(table(said.get("stage")).get("_id")) if "stage" in said else whole(said.get("stg_cur"))
    return None if found in (-1, 255) else found


def _job_key(said: dict) -> str:
    """The number whoever sent the work gave it; none where all is "0"."""
    for name in ("subtask_id", "task_id"):
        key = str(said.get(name) or "").strip()
        if key.strip("0"):
            return key[:60]
    return ""


def _job_name(said: dict) -> str:
    file = text(said.get("gcode_file")).rpartition("/")[2]
    return text(said.get("subtask_name")) or file


def _progress(said: dict, state: State) -> float | None:
    """Before the first layer it may still say how far the last work was."""
    if state == State.PREPARING:
        return 0.0
    return share(said.get("mc_percent"))


def _seconds_left(said: dict, state: State) -> int | None:
    minutes = number(said.get("mc_remaining_time"))
    return round(minutes * 60) if minutes is not None and state in AT_WORK else None


def _message(said: dict, state: State, troubles: tuple[Trouble, ...]) -> str:
    if state == State.PAUSED and stage(said) in words.PAUSED_BY:
        return words.PAUSED_BY[stage(said)]
    grave = [each for each in troubles if each.grave]
    return (grave[0].words or grave[0].code) if grave and state in (State.ERROR, State.PAUSED) else ""


# --- numbers ------------------------------------------------------------------------------------------------------


def _values(said: dict) -> dict[str, float]:
    device = table(said.get("device"))
    nozzle, nozzle_target = _heat(said, "nozzle_temper", "nozzle_target_temper", _working_nozzle(device).get("temp"))
    packed_bed = table(table(device.get("bed")).get("info")).get("temp", device.get("bed_temp"))
    bed, bed_target = _heat(said, "bed_temper", "bed_target_temper", packed_bed)
    fan = number(said.get("cooling_fan_speed"))
    return known(
        nozzle_c=nozzle,
        nozzle_target_c=nozzle_target,
        bed_c=bed,
        bed_target_c=bed_target,
        chamber_c=_chamber(said, device),
        fan_percent=None if fan is None else round(fan / 1.5) * 10,
        speed_percent=said.get("spd_mag"),
        layer=said.get("layer_num"),
        layers=said.get("total_layer_num") or None,
        wifi_dbm=_signal(said.get("wifi_signal")),
    )


def _heat(said: dict, name: str, target: str, packed) -> tuple[float | None, float | None]:
    """(is, wanted); newer printers say both in one number."""
    if name in said:
        return number(said.get(name)), number(said.get(target))
    both = whole(packed)
    return (None, None) if both is None else (both & 0xFFFF, both >> 16 & 0xFFFF)


def _working_nozzle(device: dict) -> dict:
    extruder = table(device.get("extruder"))
    at_work = (whole(extruder.get("state")) or 0) >> 4 & 0xF
    nozzles = rows(extruder.get("info"))
    return next((each for each in nozzles if whole(each.get("id")) == at_work), nozzles[0] if nozzles else {})


def _chamber(said: dict, device: dict) -> float | None:
    packed = whole(table(table(device.get("ctc")).get("info")).get("temp"))
    if packed is not None:
        return packed & 0xFFFF
    said_is = number(said.get("chamber_temper"))
    return None if said_is == 5 else said_is  # printers without a sensor say 5


def _signal(value) -> float | None:
    found = re.fullmatch(r"(-?\d+) ?dBm", str(value or ""))
    return float(found[1]) if found else None


# --- trays and troubles -------------------------------------------------------------------------------------------


def _trays(tree: Tree):
    active = _active(tree.print)
    for unit, trays in tree.units():
        number_of_unit = whole(unit.get("id"))
        for tray in trays:
            place = whole(tray.get("id"))
            yield _tray(tray, _slot(number_of_unit, place), (number_of_unit, place) == active)
    spool = table(tree.print.get("vt_tray"))
    if text(spool.get("tray_type")):
        yield _tray(spool, "ext", active == (254, 0))


def _slot(unit: int | None, place: int | None) -> str:
    """As the maker's screens count them: A1 … D4, HT-A."""
    if unit is None or place is None:
        return "?"
    if unit >= 128:
        return f"HT-{chr(65 + unit - 128)}"
    return f"{chr(65 + unit)}{place + 1}" if unit < 26 else f"{unit}-{place + 1}"


def _active(said: dict) -> tuple[int, int] | None:
    now = whole(_working_nozzle(table(said.get("device"))).get("snow"))
    if now is not None:
        return None if now >> 8 == 0xFF else (now >> 8, now & 0xFF if now >> 8 >= 128 else now & 3)
    now = whole(table(said.get("ams")).get("tray_now"))
    if now is None or now == 255:
        return None
    if now == 254:
        return 254, 0
    return (now, 0) if now >= 128 else divmod(now, 4)


def _tray(tray: dict, slot: str, active: bool) -> Tray:
    color = text(tray.get("tray_color"))
    left = number(tray.get("remain"))
    tag = text(tray.get("tray_uuid"))
    return Tray(
        slot=slot,
        material=text(tray.get("tray_type"), 40),
        color=f"#{color[:6].upper()}" if re.fullmatch(r"[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?", color) else "",
        left=None if left is None or left < 0 else min(1.0, left / 100),
        active=active,
        tag=tag if tag.strip("0") else "",
        name=text(tray.get("tray_sub_brands"), 60),
    )


def troubles_of(said: dict, error: int) -> tuple[Trouble, ...]:
    found = []
    if error and error not in words.CANCELLED_BY_A_PERSON:
        found.append(Trouble(words.error_code(error), _of_module(error >> 24), words.LOOK_IT_UP))
    for entry in rows(said.get("hms")):
        attr, code = whole(entry.get("attr")), whole(entry.get("code"))
        if attr is None or code is None:
            continue
        shown = words.hms_code(attr, code)
        if shown == words.WANTS_DEVELOPER_MODE:
            found.append(Trouble(shown, "it takes no commands from us", words.READ_ONLY, grave=False))
            continue
        grave = code >> 16 in (1, 2)
        found.append(Trouble(shown, _of_module(attr >> 24 & 0xFF), words.LOOK_IT_UP, grave))
    here = stage(said)
    if here in words.MENDS and text(said.get("gcode_state")) == "PAUSE":
        found.insert(0, Trouble(f"stage {here}", words.PAUSED_BY[here], words.MENDS[here]))
    return tuple(found[:12])


def _of_module(module: int) -> str:
    name = words.MODULES.get(module)
    return f"a fault of its part {name}" if name else ""
