"""The time model against what can be computed by hand."""

import itertools
import math
import time

import pytest

from production.dxf.cut_time import cut_time, travels
from production.dxf.holes import diameters
from production.tests.dxf.drawings import circle, dxf, line, measured_text, plate_text, rectangle

G = 9810.0


def contours(text, tmp_path):
    return measured_text(dxf(text), tmp_path).contours


def test_one_line_from_rest_to_rest(tmp_path):
    result = cut_time(contours(line(0, 0, 1000, 0), tmp_path), 6000, 0.5, acceleration_mm_s2=1000)
    ramp = 100 / 1000  # s to reach 100 mm/s
    assert result.cutting_s == pytest.approx(2 * ramp + (1000 - 100 * ramp) / 100)
    assert result.pierce_s == 0.5
    assert result.travel_s == 0
    assert result.simple_s == pytest.approx(10.5)
    assert result.seconds == result.cutting_s + result.pierce_s + result.travel_s


def test_a_line_too_short_to_reach_the_feed(tmp_path):
    result = cut_time(contours(line(0, 0, 4, 0), tmp_path), 60000, 0, acceleration_mm_s2=1000)
    assert result.cutting_s == pytest.approx(2 * math.sqrt(4 / 1000))


def test_a_small_hole_is_cut_at_the_speed_of_its_curve(tmp_path):
    """√(a·r) of a hole of 2.5 mm radius at 0.5 g is 6.6 m/min, whatever the table says."""
    fast = cut_time(contours(circle(0, 0, 2.5), tmp_path), 30_000, 0, acceleration_mm_s2=G / 2)
    speed = math.sqrt(G / 2 * 2.5)
    assert speed * 60 == pytest.approx(6644, rel=1e-3)
    ramps = 2 * speed / (G / 2)
    assert fast.cutting_s == pytest.approx(ramps + (5 * math.pi - speed * ramps / 2) / speed, rel=1e-6)


def test_straight_on_is_no_corner(tmp_path):
    one = cut_time(contours(line(0, 0, 500, 0), tmp_path), 10_000, 0)
    pieces = "".join(line(10 * i, 0, 10 * i + 10, 0) for i in range(50))
    many = cut_time(contours(pieces, tmp_path), 10_000, 0)
    assert many.cutting_s == pytest.approx(one.cutting_s, rel=1e-6)


def test_corners_cost_time_and_tolerance_saves_it(tmp_path):
    square = contours(rectangle(0, 0, 50, 50), tmp_path)
    straight = cut_time(contours(line(0, 0, 200, 0), tmp_path), 20_000, 0)
    tight = cut_time(square, 20_000, 0, corner_mm=0.001)
    loose = cut_time(square, 20_000, 0, corner_mm=0.1)
    assert tight.cutting_s > loose.cutting_s > straight.cutting_s


def test_a_corner_of_a_right_angle_by_the_formula(tmp_path):
    pieces = line(0, 0, 1000, 0) + line(1000, 0, 1000, 1000)
    acceleration, corner, feed = 2000.0, 0.02, 100.0
    result = cut_time(contours(pieces, tmp_path), feed * 60, 0, acceleration, corner)
    half = math.sin(math.radians(45))
    speed = math.sqrt(acceleration * corner * half / (1 - half))
    to_rest, to_corner = feed / acceleration, (feed - speed) / acceleration
    ramps = feed * to_rest / 2 + (feed + speed) / 2 * to_corner
    assert result.cutting_s == pytest.approx(2 * (to_rest + to_corner + (1000 - ramps) / feed))


@pytest.mark.parametrize(("feed", "more"), [(1000, 1.2), (30_000, 1.5)])
def test_faster_machines_and_more_pierces(feed, more, tmp_path):
    plate = contours(plate_text(), tmp_path)
    slow = cut_time(plate, feed, 0.3, acceleration_mm_s2=2000)
    quick = cut_time(plate, feed, 0.3, acceleration_mm_s2=20_000)
    assert slow.seconds > quick.seconds > quick.simple_s
    assert cut_time(plate, feed, 0.8).pierce_s == pytest.approx(5 * 0.8)
    assert quick.simple_s == pytest.approx(sum(c["length_mm"] for c in plate) / feed * 60 + 5 * 0.3)
    assert slow.seconds / slow.simple_s < more * 2


def test_holes_before_outlines_and_the_nearest_next(tmp_path):
    plate = contours(rectangle(0, 0, 100, 10) + circle(20, 5, 1) + circle(80, 5, 1) + circle(50, 5, 1), tmp_path)
    moves = travels(plate)
    assert moves[:2] == [30, 30]
    assert len(moves) == 3


def test_nothing_takes_no_time_and_nonsense_is_refused():
    assert cut_time([], 1000, 1).seconds == 0
    with pytest.raises(ValueError, match="positive"):
        cut_time([], 0, 1)


def test_json_contours_give_the_same_time(tmp_path):
    figures = measured_text(dxf(plate_text()), tmp_path)
    assert cut_time(figures.as_dict()["contours"], 5000, 0.5).seconds == pytest.approx(
        cut_time(figures.contours, 5000, 0.5).seconds
    )


def test_thousands_of_holes_are_quick(tmp_path):
    sheet = contours("".join(circle(i % 80 * 10, i // 80 * 10, 2) for i in range(4000)), tmp_path)
    begin = time.process_time()
    result = cut_time(sheet, 20_000, 0.2)
    assert time.process_time() - begin < 1.5
    assert result.travel_s < 4000 * 0.1


def perforated(holes: int, side: float) -> list[dict]:
    """A sheet with so many holes of 6 mm on a grid, as contours."""
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    outline = [[*a, *b, 0] for a, b in itertools.pairwise(corners)]
    found = [{"segments": outline, "length_mm": 4 * side, "depth": 0, "closed": True}]
    for number in range(holes):
        x, y = 10 + number % 15 * 25, 10 + number // 15 * 25
        ring = [[x, y, x + 6, y, 1.0], [x + 6, y, x, y, 1.0]]
        found.append({"segments": ring, "length_mm": 6 * math.pi, "depth": 1, "closed": True})
    return found


@pytest.mark.parametrize(("feed", "low", "high"), [(30_000, 1.6, 2.3), (2800, 1.05, 1.25)])
def test_thin_sheet_full_of_holes_takes_far_longer_than_the_plain_formula(feed, low, high):
    for g in (0.5, 1.0, 1.5):
        found = cut_time(perforated(212, 390), feed, 0.2, acceleration_mm_s2=g * G)
        assert low * 0.8 < found.seconds / found.simple_s < high
        assert found.contours == 213
    assert cut_time(perforated(0, 390), 2800, 0.2, acceleration_mm_s2=G).seconds == pytest.approx(
        cut_time(perforated(0, 390), 2800, 0.2, acceleration_mm_s2=G).simple_s, rel=0.03
    )


def test_leads_joints_and_common_lines_are_counted_apart():
    plain = cut_time(perforated(0, 100), 6000, 0.5, acceleration_mm_s2=1000)
    more = cut_time(
        perforated(0, 100), 6000, 0.5, acceleration_mm_s2=1000, lead_in_mm=10, lead_out_mm=10, micro_joints=2,
        common_line=0.5,
    )  # fmt: skip
    assert more.joints_s == pytest.approx(2 * (0.5 + 0.1))  # 100 mm/s at 1000 mm/s² is 0.1 s to stop and go
    assert more.cutting_s == pytest.approx(plain.cutting_s * 0.75)
    assert more.lead_s == pytest.approx(0.2, abs=0.1)  # 20 mm at 100 mm/s
    assert more.seconds == pytest.approx(more.cutting_s + more.pierce_s + more.lead_s + more.joints_s)
    hole = perforated(1, 100)[1:]
    led = cut_time(hole, 6000, 0, acceleration_mm_s2=1000, lead_in_mm=50)
    short = cut_time(hole, 6000, 0, acceleration_mm_s2=1000, lead_in_mm=3)
    assert led.lead_s == pytest.approx(short.lead_s)  # never longer than the radius


@pytest.mark.parametrize("wrong", [{"lead_in_mm": -1}, {"common_line": 1.5}, {"micro_joints": -1}])
def test_refused_leads_and_shares(wrong):
    with pytest.raises(ValueError, match="leads and joints"):
        cut_time(perforated(0, 100), 6000, 0.5, **wrong)


def test_round_holes_are_counted_by_their_diameter():
    found = diameters(perforated(7, 390))
    assert found == {6.0: 7}
    slot = {"segments": [[0, 0, 9, 0, 0.0], [9, 0, 0, 0, 1.0]], "length_mm": 23, "depth": 1, "closed": True}
    assert diameters([slot]) == {}
