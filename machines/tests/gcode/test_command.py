import io
import json

from django.core.management import call_command

from machines.tests.gcode import files

KEYS = {
    *("slicer", "version", "seconds", "grams", "metres", "layer_height", "layers", "filament_type", "printer_model"),
    *("nozzle", "thumbnails", "plates"),
}


def test_gcode_info_tells_of_every_file_also_of_one_it_refuses(tmp_path):
    (tmp_path / "good.gcode").write_bytes(files.orca())
    (tmp_path / "page.gcode").write_bytes(b"<html>")
    names = [str(tmp_path / name) for name in ("good.gcode", "page.gcode", "none.gcode")]
    out = io.StringIO()
    call_command("gcode_info", *names, "--json", stdout=out)
    good, page, none = json.loads(out.getvalue())
    assert good.keys() >= KEYS
    assert (good["ok"], good["seconds"], good["grams"], good["plates"]) == (True, 9303, 18.08, [])
    assert (page["ok"], page["reason"]) == (False, "This is no G-code but a web page or an XML file.")
    assert none["ok"] is False
    assert "No such file" in none["reason"]


def test_gcode_info_in_words(tmp_path):
    (tmp_path / "two.gcode.3mf").write_bytes(files.bambu())
    out = io.StringIO()
    call_command("gcode_info", str(tmp_path / "two.gcode.3mf"), stdout=out)
    assert "  plate 2: 60 s, 0.17 g (PLA 0.17 g)" in out.getvalue().splitlines()
