"""What leaves the package: plain, finite, rounded."""

import json
import math
import subprocess
import sys

import pytest

from production.tests.dxf.drawings import PLATE_LENGTH, dxf, line, measured_text, plate_text


def test_as_dict_is_json_and_comes_back_the_same(tmp_path):
    figures = measured_text(dxf(plate_text() + line(0, 0, 50, 0) + line(20, 20, 20, 30, "ENGRAVE")), tmp_path)
    plain = figures.as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["cut_length_mm"] == round(PLATE_LENGTH, 6)
    assert plain["engine"].startswith("laseros-dxf ")
    assert set(plain) == set(figures.__dataclass_fields__)


def test_numbers_have_six_places_and_no_minus_zero(tmp_path):
    def numbers(value):
        if isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                yield from numbers(item)
        elif isinstance(value, float):
            yield value

    plain = measured_text(dxf(plate_text() + line(-1e-9, -20, 1 / 3, -20)), tmp_path).as_dict()
    assert all(math.isfinite(number) for number in numbers(plain))
    assert all(math.copysign(1, number) > 0 for number in numbers(plain) if number == 0)
    assert all(number == round(number, 6) for number in numbers(plain["parts"]))


def test_contours_carry_their_arcs(tmp_path):
    figures = measured_text(dxf(plate_text()), tmp_path)
    circle = next(contour for contour in figures.contours if not contour["outer"])
    assert circle["segments"] == [[20, 15, 10, 15, 1], [10, 15, 20, 15, 1]]
    assert circle["area_mm2"] == pytest.approx(25 * math.pi)
    assert (circle["closed"], circle["depth"], circle["layer"]) == (True, 1, "0")


def test_the_figures_do_not_change_afterwards(tmp_path):
    figures = measured_text(dxf(plate_text()), tmp_path)
    with pytest.raises(AttributeError):
        figures.cut_length_mm = 0


def test_no_more_than_a_hundred_defects_of_a_kind_are_listed(tmp_path):
    figures = measured_text(dxf(plate_text() + "".join(line(i, 5, i, 5) for i in range(150))), tmp_path)
    assert figures.defect_counts == {"zero-length": 150}
    assert len(figures.defects) == 100


def test_importing_the_package_is_cheap_and_needs_no_django():
    code = (
        "import sys; from production.dxf import measure; from production.dxf.drawing import svg;"
        "from production.dxf.cut_time import cut_time; import production.dxf.child;"
        "print(sorted({'numpy', 'shapely', 'ezdxf', 'django'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_measuring_needs_no_django(tmp_path):
    (tmp_path / "plate.dxf").write_text(dxf(plate_text()))
    code = (
        "import sys; from production.dxf import measure; measure(sys.argv[1]);"
        "print([name for name in sys.modules if name.startswith(('django', 'ezdxf'))])"
    )
    answer = subprocess.check_output([sys.executable, "-c", code, str(tmp_path / "plate.dxf")], text=True)
    assert answer.strip() == "[]"
