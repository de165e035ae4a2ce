"""What the slicers wrote is what is read: exact figures, and None for what a file does not say."""

import pytest

from machines.gcode import Refused, read
from machines.gcode.pictures import as_png
from machines.tests.gcode import files


@pytest.fixture
def reading(tmp_path):
    def read_it(data: bytes):
        (tmp_path / "file").write_bytes(data)
        return read(tmp_path / "file")

    return read_it


def test_prusaslicer_with_three_tools_of_which_two_print(reading):
    found = reading(files.prusa())
    assert (found.slicer, found.version) == ("PrusaSlicer", "2.8.1+win64")
    assert (found.seconds, found.grams, found.metres) == (86400 + 2 * 3600 + 3 * 60 + 4, 12.25, 4.0)
    assert (found.layer_height, found.nozzle, found.printer_model, found.layers) == (0.15, 0.6, "XL", None)
    assert found.filament_type == ["PLA", "PETG"]
    assert [(each.id, each.type, each.color, each.grams, each.metres) for each in found.filaments] == [
        (1, "PLA", "#FF0000", 4.5, 1.5005),
        (3, "PETG", "#0000FF", 7.75, 2.4995),
    ]
    assert list(map(str, found.thumbnails)) == ["16x16 PNG", "40x30 QOI"]


def test_orcaslicer(reading):
    found = reading(files.orca())
    assert (found.slicer, found.version, found.seconds, found.grams) == ("OrcaSlicer", "2.3.1", 9303, 18.08)
    assert (found.layers, found.layer_height, found.nozzle, found.metres) == (500, 0.2, 0.5, 7.5167)


def test_cura_knows_metres_and_no_grams(reading):
    found = reading(files.cura())
    assert (found.slicer, found.version, found.seconds, found.metres) == ("Cura", "5.8.0", 3723, 1.55)
    assert (found.grams, found.layers, found.printer_model) == (None, 77, "Ender-3")
    assert [each.metres for each in found.filaments] == [1.25, 0.3]


def test_what_the_engine_of_cura_leaves_open_is_not_known(reading):
    found = reading(files.cura(";TIME:6666\n;Filament used: 0m\n;Layer height: 0.1"))
    assert (found.seconds, found.metres, found.grams, found.layer_height) == (None, None, None, 0.1)


def test_ultimakers_count_cubic_millimetres_of_wide_filament(reading):
    found = reading(files.GRIFFIN)
    assert (found.slicer, found.version, found.seconds, found.printer_model) == ("Cura", "5.8.0", 5400, "Ultimaker S5")
    assert found.metres == 1.0  # 6379.397 mm³ ÷ (π · 2.85² / 4)
    assert found.nozzle == 0.4


@pytest.mark.parametrize("crc", [True, False])
def test_binary_gcode(reading, crc):
    found = reading(files.bgcode(crc))
    assert (found.slicer, found.version, found.seconds, found.grams) == ("PrusaSlicer", "2.8.1", 221, 0.75)
    assert (found.metres, found.layer_height, found.nozzle, found.printer_model) == (0.25222, 0.2, 0.4, "MK4S")
    assert list(map(str, found.thumbnails)) == ["16x16 QOI", "8x8 JPG"]
    assert found.crc_ok is (True if crc else None)


def test_a_flipped_bit_in_binary_gcode_is_said(reading):
    data = bytearray(files.bgcode())
    data[data.index(b"MK4S") + 2] ^= 1
    assert reading(bytes(data)).crc_ok is False


def test_a_package_of_two_plates_is_two_prints(reading):
    found = reading(files.bambu())
    assert (found.slicer, found.version, found.printer_model) == ("BambuStudio", "02.04.00.70", "Bambu Lab A1 mini")
    assert (found.seconds, found.grams, found.metres, found.layers) == (1155, 3.0, 0.98, None)
    assert [(each.index, each.seconds, each.grams, each.layers) for each in found.plates] == [
        (1, 1095, 2.83, 90),
        (2, 60, 0.17, 180),
    ]
    assert [each.objects for each in found.plates] == [["Cube & co"], ["Pin"]]
    assert found.filament_type == ["PLA"]  # what is printed, not what the project knows
    assert list(map(str, found.thumbnails)) == ["64x64 PNG", "64x64 PNG"]


def test_one_plate_that_does_not_say_its_weight_leaves_the_whole_unknown(reading):
    plates = (files.PLATES[0], files.PLATES[1] | {"grams": ""})
    found = reading(files.bambu(plates))
    assert (found.grams, found.seconds) == (None, 1155)


def test_a_project_is_not_sliced(reading):
    found = reading(files.bambu(sliced=False))
    assert found.sliced is False
    assert (found.seconds, found.grams, found.metres, found.plates, found.filaments) == (None, None, None, [], [])


def test_every_kind_of_picture_becomes_a_png(reading):
    pictures = [*reading(files.prusa()).thumbnails, *reading(files.bgcode()).thumbnails]
    assert [each.format for each in pictures] == ["PNG", "QOI", "QOI", "JPG"]
    for each in pictures:
        assert as_png(each).startswith(b"\x89PNG")


def test_a_picture_that_never_ends_costs_only_itself(reading):
    data = files.prusa().replace(b"; thumbnail end", b"; thumbnail", 1)
    assert reading(data).grams == 12.25


REFUSED = {
    "nothing": (b"", "empty"),
    "a web page": (b"<!doctype html><html>", "kind"),
    "a letter": (b"Dear Sirs, please print this.", "kind"),
    "another binary": (b"\x7fELF\0\0\0\0", "kind"),
    "binary G-code cut off": (files.bgcode()[:200], "damaged"),
    "binary G-code of tomorrow": (b"GCDE\2\0\0\0\1\0", "kind"),
    "a block of 4 GB": (b"GCDE\1\0\0\0\1\0" + b"\0\0\0\0\xff\xff\xff\xff" + b"\0" * 90, "damaged"),
    "a package cut off": (files.bambu()[:-40], "damaged"),
    "a ZIP of letters": (files.bambu(sliced=False).replace(b"Metadata/", b"Metabata/").replace(b"3D/", b"4D/"), "kind"),
    "entities": (
        files.bambu(sliced=False, extra={"Metadata/slice_info.config": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "damaged",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_why(reading, name):
    data, code = REFUSED[name]
    with pytest.raises(Refused) as refusal:
        reading(data)
    assert refusal.value.code == code
    assert refusal.value.reason.endswith(".")


def test_a_bomb_is_not_unpacked(reading):
    with pytest.raises(Refused) as refusal:
        reading(files.bambu(extra={"Metadata/project_settings.config": b" " * (17 << 20)}))
    assert refusal.value.code == "too-big"


def test_hostile_comments_are_quick(reading):
    lines = b"; thumbnail begin 9x9 4000000\n" * 15000 + b"; generated by " * 30000
    assert reading(b"G28\n" + lines).thumbnails == []
