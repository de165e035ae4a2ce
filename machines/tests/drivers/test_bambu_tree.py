"""What a Bambu printer says, merged and read: whole pushes, changes, nonsense."""

from laseros.core.drivers import Outcome, State
from machines.drivers.bambu.reading import Reader
from machines.drivers.bambu.tree import Tree

FULL = {
    "command": "push_status", "msg": 0, "gcode_state": "RUNNING", "mc_percent": "42", "mc_remaining_time": 51,
    "layer_num": 90, "total_layer_num": 220, "stg_cur": 0, "subtask_name": "Bracket", "subtask_id": "7", "task_id": "8",
    "gcode_file": "/cache/bracket.gcode.3mf", "nozzle_temper": 219.97, "cooling_fan_speed": "12",
    "ams": {"ams": [{"id": "0", "temp": "25.0", "tray": [
        {"id": "0", "tray_type": "PLA", "tray_color": "FF8000FF", "remain": 80, "tray_uuid": "0" * 32},
        {"id": "1", "tray_type": "PETG", "tray_color": "161616FF", "remain": -1, "tray_uuid": "AB12"},
    ]}], "tray_now": "1", "tray_exist_bits": "3"},
}  # fmt: skip


def told(*messages, clock=None):
    """The last reading after these bodies of `print`."""
    tree, reader, reading = Tree(), Reader(clock or (lambda: 0.0)), None
    for message in messages:
        tree.take({"print": message})
        reading = reader.read(tree)
    return reading


def trays(reading):
    return [(tray.slot, tray.material, tray.color, tray.left, tray.active, tray.tag) for tray in reading.trays]


def test_a_whole_push():
    reading = told(FULL)
    assert (reading.state, reading.raw_state, reading.job_key, reading.job_name, reading.file) == (
        State.RUNNING, "RUNNING", "7", "Bracket", "/cache/bracket.gcode.3mf",
    )  # fmt: skip
    assert (reading.progress, reading.seconds_left) == (0.42, 3060)
    assert reading.values == {"nozzle_c": 219.97, "fan_percent": 80.0, "layer": 90.0, "layers": 220.0}
    assert trays(reading) == [
        ("A1", "PLA", "#FF8000", 0.8, False, ""),
        ("A2", "PETG", "#161616", None, True, "AB12"),
    ]


def test_a_change_of_one_unit_leaves_its_trays():
    reading = told(FULL, {"ams": {"ams": [{"id": "0", "temp": "25.4"}]}}, {"ams": {"ams": [{"id": "1", "tray": []}]}})
    assert [slot for slot, *_rest in trays(reading)] == ["A1", "A2"]


def test_a_spool_taken_out_is_gone_with_all_it_was():
    assert [tray[0] for tray in trays(told(FULL, {"ams": {"ams": [{"id": "0", "tray": [{"id": "1"}]}]}}))] == ["A1"]
    by_bits = told(FULL, {"ams": {"tray_exist_bits": "2"}})
    assert [tray[0] for tray in trays(by_bits)] == ["A2"]
    switching_off = told(FULL, {"ams": {"tray_exist_bits": "0", "power_on_flag": False}})
    assert [tray[0] for tray in trays(switching_off)] == ["A1", "A2"]


def test_units_of_one_tray_and_the_spool_outside():
    one = {"id": "128", "tray": [{"id": "0", "tray_type": "PA-CF", "tray_color": "000000FF", "remain": 50}]}
    reading = told(
        {"gcode_state": "IDLE", "ams": {"ams": [one], "tray_now": "254", "tray_exist_bits": "10000"},
         "vt_tray": {"tray_type": "TPU", "tray_color": "nonsense", "remain": 0}},
    )  # fmt: skip
    assert trays(reading) == [("HT-A", "PA-CF", "#000000", 0.5, False, ""), ("ext", "TPU", "", 0.0, True, "")]


def test_newer_printers_pack_two_temperatures_into_a_number():
    device = {
        "extruder": {"state": 2, "info": [{"id": 0, "temp": 245 << 16 | 244, "snow": 0x0103}]},
        "bed": {"info": {"temp": 70 << 16 | 69}}, "ctc": {"info": {"temp": 36}},
    }  # fmt: skip
    reading = told({"gcode_state": "RUNNING", "device": device, "layer_num": 1})
    assert reading.values == {
        "nozzle_c": 244.0, "nozzle_target_c": 245.0, "bed_c": 69.0, "bed_target_c": 70.0, "chamber_c": 36.0,
        "layer": 1.0,
    }  # fmt: skip


def test_nothing_is_known_before_the_printer_has_said_what_it_does():
    assert told({"nozzle_temper": 25.0}) is None
    assert told({"nozzle_temper": 25.0}, {"gcode_state": "SOMETHING NEW"}).state == State.UNKNOWN


def test_nonsense_changes_nothing():
    tree = Tree()
    assert tree.take({"print": FULL})
    before = repr(tree.print)
    other = ({"info": {"gcode_state": "IDLE"}}, {"mc_print": {"command": "push_info"}})
    reply = {"print": {"command": "pause", "result": "success"}}
    for broken in (None, [], "x", 7, {}, {"print": None}, {"print": []}, *other, reply):
        assert not tree.take(broken)
    tree.take({"print": {"gcode_state": ""}})
    assert repr(tree.print) == before


def test_heating_is_preparing_and_the_old_works_progress_is_not_the_new_ones():
    first = told({**FULL, "gcode_state": "PREPARE", "mc_percent": 100})
    assert (first.state, first.progress) == (State.PREPARING, 0.0)
    heating = told({**FULL, "layer_num": 0, "stg_cur": 2, "mc_percent": 100})
    assert (heating.state, heating.progress) == (State.PREPARING, 0.0)
    assert told({**FULL, "stg_cur": 4}).state == State.RUNNING  # another filament in the middle


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_cancelled_by_a_person_is_no_failure():
    clock = Clock()
    tree, reader = Tree(), Reader(clock)

    def say(**said):
        tree.take({"print": said})
        reading = reader.read(tree)
        return reading.state, reading.outcome

    assert say(**FULL) == (State.RUNNING, None)
    assert say(print_error=50348044) == (State.RUNNING, None)
    clock.now += 3
    assert say(print_error=0) == (State.RUNNING, None)
    tree.print["gcode_state"] = "FAILED"
    assert say(mc_percent=42) == (State.ERROR, Outcome.FAILED)  # it went on running after the code: not that one


def test_the_code_of_a_cancel_comes_just_before_the_end():
    clock = Clock()
    tree, reader = Tree(), Reader(clock)
    for said in (FULL, {"print_error": 50348044, "gcode_state": "FAILED"}, {"print_error": 0}):
        tree.take({"print": said})
        reading = reader.read(tree)
        clock.now += 4
    assert (reading.state, reading.outcome, reading.troubles) == (State.IDLE, Outcome.CANCELLED, ())
    clock.now += 3600
    assert reader.read(tree).outcome == Outcome.FAILED  # long ago: then it is read anew, and its job is closed


def test_a_failure_with_its_codes():
    fault = {"attr": 0x07002000, "code": 0x00020001}
    reading = told(FULL, {"gcode_state": "FAILED", "hms": [fault], "print_error": 0x03008004})
    assert (reading.state, reading.outcome) == (State.ERROR, Outcome.FAILED)
    assert [(each.code, each.words, each.grave) for each in reading.troubles] == [
        ("0300_8004", "a fault of its part motion and heating", True),
        ("0700_2000_0002_0001", "a fault of its part filament unit", True),
    ]
    assert reading.message == "a fault of its part motion and heating"


def test_a_failure_nobody_saw_is_unclear():
    reading = told({**FULL, "gcode_state": "FAILED"})
    assert (reading.state, reading.outcome) == (State.IDLE, Outcome.UNCLEAR)


def test_why_it_paused():
    reading = told(FULL, {"gcode_state": "PAUSE", "stg_cur": 6})
    assert (reading.state, reading.message) == (State.PAUSED, "filament has run out")
    assert reading.troubles[0].mend == "Put in filament and go on."


def test_work_without_a_number_is_known_by_its_file():
    reading = told({**FULL, "subtask_id": "0", "task_id": "0"})
    assert (reading.job_key, reading.file) == ("", "/cache/bracket.gcode.3mf")
