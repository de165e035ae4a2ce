"""Numbers no drawing can hold, and drawings made to take for ever: an orderly answer within seconds, always."""

import json
import random
import time
from contextlib import suppress

import pytest

from production.dxf import Refused, measure
from production.tests.dxf.drawings import block, circle, dxf, insert, line, measured_text, plate_text, rectangle, tags


def answer(text, tmp_path):
    """The code of the refusal, or "measured"; every figure finite."""
    begin = time.process_time()
    try:
        json.dumps(measured_text(text, tmp_path).as_dict(), allow_nan=False)
        said = "measured"
    except Refused as refusal:
        said = refusal.code
    assert time.process_time() - begin < 10
    return said


def spline(x, knot=1):
    knots = tags(*((40, k) for k in [0] * 4 + [knot] * 4))
    return tags((0, "SPLINE"), (8, "0"), (71, 3)) + knots + tags(*[(10, x), (20, 0), (10, 5), (20, 5)] * 2)


ENTITIES = {
    "line": lambda v: line(0, 0, v, 0),
    "circle": lambda v: circle(0, 0, v),
    "angle": lambda v: tags((0, "ARC"), (8, "0"), (10, 0), (20, 0), (40, 5), (50, 0), (51, v)),
    "bulge": lambda v: tags((0, "LWPOLYLINE"), (8, "0"), (70, 1), (10, 0), (20, 0), (42, v), (10, 9), (20, 0)),
    "ratio": lambda v: tags((0, "ELLIPSE"), (8, "0"), (10, 0), (20, 0), (11, 9), (21, 0), (40, v)),
    "control point": spline,
    "knot": lambda v: spline(9, v),
    "scale": lambda v: insert("B", xscale=v),
    "turn": lambda v: insert("B", turn=v),
    "place": lambda v: insert("B", x=v),
}


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e308", "-1e300", "1e15"])
@pytest.mark.parametrize("kind", ENTITIES)
def test_senseless_numbers(kind, value, tmp_path):
    said = answer(dxf(plate_text() + ENTITIES[kind](value), block("B", circle(0, 0, 5))), tmp_path)
    assert said in ("coordinates", "too-long") or kind in ("turn", "knot")


@pytest.mark.parametrize("value", ["nan", "inf", "1e308", "x", ""])
def test_senseless_headers_and_planes(value, tmp_path):
    assert answer(dxf(plate_text(), header=((9, "$INSUNITS"), (70, value))), tmp_path) == "measured"
    tilted = tags((0, "CIRCLE"), (8, "0"), (10, 0), (20, 0), (40, 5), (210, value), (220, 0), (230, 0))
    answer(dxf(plate_text() + tilted), tmp_path)


def chance():
    return random.Random(7)


def scribble(count):
    dice = chance()
    points = [(c, dice.random() * 100) for _ in range(count) for c in (10, 20)]
    return tags((0, "LWPOLYLINE"), (8, "0"), (70, 1), *points)


def rays(count):
    dice = chance()
    return "".join(line(0, 0, dice.random() * 100, dice.random() * 100) for _ in range(count))


def tangle(count):
    dice = chance()
    return "".join(line(*(dice.random() * 100 for _ in range(4))) for _ in range(count))


@pytest.mark.parametrize(
    "text",
    [
        circle(0, 0, 5) * 5000,
        "".join(circle(0, 0, 0.02 * i) for i in range(1, 4000)),
        "".join(rectangle(i / 20, i / 20, 500 - i / 20, 500 - i / 20) for i in range(1500)),
        "".join(circle(i % 60, i // 60, 3) for i in range(2000)),
        "".join(line(i, 0, i, 60) + line(0, i, 60, i) for i in range(60)),
        "".join(line(i, j, i + 1, j) + line(i, j, i, j + 1) for i in range(40) for j in range(40)),
        "".join(line(i, 5, i, 5) for i in range(5000)) + circle(0, 0, 9),
        "".join(line(0, 0, 1e-3 * i, 1e-3) for i in range(4000)),
        "".join(line(i, 0, i, 9, f"layer {i}") for i in range(4000)),
        scribble(300),
        scribble(10_000),
        rays(4000),
        tangle(4000),
    ],
    ids=[
        "same circle",
        "concentric",
        "nested",
        "crossing circles",
        "lattice",
        "grid",
        "points",
        "dust",
        "layers",
        "scribble",
        "long scribble",
        "rays",
        "tangle",
    ],
)
def test_drawings_made_to_take_for_ever(text, tmp_path):
    assert answer(dxf(text), tmp_path) in ("measured", "too-complex")


def test_too_many_curves(tmp_path):
    text = dxf(insert("B", columns=900, rows=900, wide=3, high=3), block("B", circle(0, 0, 1)))
    assert answer(text, tmp_path) == "too-complex"


def test_thousands_of_nested_contours_are_refused(tmp_path):
    text = "".join(rectangle(i / 20, i / 20, 500 - i / 20, 500 - i / 20) for i in range(3000))
    assert answer(dxf(text), tmp_path) == "too-complex"


def test_bytes_changed_at_random_never_break_it(tmp_path):
    """Whatever a broken transfer makes of a file, the answer is figures or a refusal."""
    parts = plate_text() + spline(40) + ENTITIES["ratio"](0.5) + ENTITIES["bulge"](1) + insert("B", columns=2)
    whole = dxf(parts, block("B", circle(0, 0, 5) + rectangle(0, 0, 9, 9))).encode()
    dice, path = chance(), tmp_path / "broken.dxf"
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            place = dice.randrange(len(data))
            action = dice.random()
            if action < 0.5:
                data[place] = dice.choice(b"0123456789.-\n eE\x00\xff")
            elif action < 0.75:
                del data[place : place + dice.randint(1, 40)]
            else:
                data[place:place] = data[dice.randrange(len(data)) :][: dice.randint(1, 60)]
        path.write_bytes(data)
        with suppress(Refused):
            measure(path)
