"""`manage.py measure_dxf`, as somebody types it."""

import json
import subprocess
import sys

import pytest
from django.core.management import call_command

from production import measure_command as command
from production.dxf import measure
from production.tests.dxf.drawings import circle, dxf, line, plate_text

FIGURES = [*command.FIGURES]


@pytest.fixture
def files(tmp_path):
    """A plate, a web page called .dxf, and a name without a file."""
    plate, page = tmp_path / "plate.dxf", tmp_path / "page.dxf"
    plate.write_text(dxf(plate_text() + line(50, 0, 50, 60, "BEND") + circle(0, 0, 80, "Rim"), header=None))
    page.write_text("<html>404</html>")
    return [str(plate), str(page), str(tmp_path / "nowhere.dxf")]


def test_one_object_a_file_also_when_refused(files):
    done = subprocess.run(
        [sys.executable, "manage.py", "measure_dxf", *files, "--json", "--cut-layers", "0,bend", "--unit", "cm"],
        capture_output=True,
        check=True,
    )
    plate, page, nowhere = json.loads(done.stdout)
    expected = measure(files[0], "cm", ["0", "bend"]).as_dict()
    assert {"ok", "reason", *FIGURES, *command.LISTS} <= plate.keys() == page.keys() == nowhere.keys()
    assert plate["ok"] is True
    assert {key: plate[key] for key in FIGURES} == {key: expected[key] for key in FIGURES}
    assert plate["layers"] == expected["layers"]
    assert (page["ok"], page["cut_length_mm"], page["defects"]) == (False, None, [])
    assert "web page" in page["reason"]
    assert nowhere["reason"] == "There is no such file."
    assert done.stderr == b""


def test_what_is_doubtful_stands_among_the_defects(files):
    (answer,) = command.run(files[:1])
    assert [defect for defect in answer["defects"] if defect["kind"] == "units-missing"] == [
        {"kind": "units-missing", "text": answer["warnings"][0]["text"], "x_mm": None, "y_mm": None, "size_mm": None}
    ]


def test_in_words(files, capsys):
    assert command.main(files) == 0
    said = capsys.readouterr().out
    assert "plate.dxf: 180.00 × 160.00 mm (drawn in mm)" in said
    assert "page.dxf: not measured. This is a web page" in said


def test_django_finds_it_too(files, capsys):
    call_command("measure_dxf", files[1], json=True)
    assert json.loads(capsys.readouterr().out)[0]["ok"] is False
