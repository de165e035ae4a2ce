"""Four jobs to nest as shops have them, drawn by code; and one from a folder of real drawings, when there is one."""

import math
import random
from pathlib import Path

QUARTERS = [0, 90, 180, 270]
DEVIATION = 0.01  # mm between an arc and its chords
# Of a folder of drawings each part that is neither tiny nor larger than half a sheet is taken, so many times.
LEAST_SIDE, MOST_SIDE, COPIES = 15.0, 900.0, 12


def jobs() -> dict[str, dict]:
    return {
        "A enclosures": _enclosures(),
        "B small plates": _plates(),
        "C irregular": _irregular(),
        "D brackets": _brackets(),
    }


def _enclosures() -> dict:
    parts = [
        _part("main", _notched(777, 790, 12), 5),
        _part("back", _notched(493, 256, 16), 5),
        _part("front", _rectangle(505, 215), 5),
        _part("door", _notched(383, 403, 24), 5),
        _part("tray", _notched(155, 135, 10), 5),
        _part("long shim", _rectangle(390, 40), 20),
        _part("thin shim", _rectangle(390, 13), 20),
        _part("corner", _rectangle(120, 19), 40),
    ]
    return _job(parts, 2500, 1250, 5, 10)


def _plates() -> dict:
    parts = [
        _part("keyboard", _trapeze(257, 116, 52), 40),
        _part("plate", _rectangle(228, 95), 40),
        _part("board", _ell(162, 126, 70, 60), 40),
        _part("foot", _trapeze(205, 50, 60), 60),
        _part("fan", _rounded(120, 120, 12), 40),
        _part("window", _rounded(100, 60, 6), 60),
        _part("disc", _circle(19), 30),
        _part("lever", _ell(39, 94, 24, 30), 30),
    ]
    return _job(parts, 2500, 1250, 5, 10)


def _irregular() -> dict:
    chance = random.Random(4)  # noqa: S311 - the same shapes every time
    sizes = (
        ("arm", 230, 12),
        ("blade", 170, 20),
        ("cam", 130, 25),
        ("rib", 150, 28),
        ("lug", 80, 30),
        ("clip", 60, 25),
    )
    parts = [_part(name, _star(chance, size), count) for name, size, count in sizes]
    ring = _part("ring", _circle(190), 6)
    ring["holes"] = [[[x + 50, y + 50] for x, y in _circle(140)]]
    return _job([*parts, ring], 3000, 1500, 5, 10)


def _brackets() -> dict:
    return _job([_part("bracket", _ell(80, 80, 40, 40), 600)], 2450, 1225, 2, 6)


def _job(parts: list[dict], width: float, height: float, gap: float, margin: float) -> dict:
    sheets = [{"id": "sheet", "width_mm": width, "height_mm": height, "quantity": 20}]
    return {"parts": parts, "sheets": sheets, "gap_mm": gap, "margin_mm": margin}


def _part(name: str, outline: list, quantity: int) -> dict:
    return {"id": name, "outline": outline, "holes": [], "quantity": quantity, "rotations": QUARTERS}


def _rectangle(width, height):
    return [[0, 0], [width, 0], [width, height], [0, height]]


def _notched(width, height, notch):
    return [
        [notch, 0], [width - notch, 0], [width - notch, notch], [width, notch], [width, height - notch],
        [width - notch, height - notch], [width - notch, height], [notch, height], [notch, height - notch],
        [0, height - notch], [0, notch], [notch, notch],
    ]  # fmt: skip


def _trapeze(width, height, slant):
    return [[0, 0], [width, 0], [width - slant / 2, height], [slant / 2, height]]


def _ell(width, height, leg_x, leg_y):
    return [[0, 0], [width, 0], [width, leg_y], [leg_x, leg_y], [leg_x, height], [0, height]]


def _arc(x, y, radius, start, end):
    count = max(2, math.ceil(abs(end - start) / (2 * math.acos(1 - DEVIATION / radius))))
    steps = [start + (end - start) * step / count for step in range(count + 1)]
    return [[x + radius * math.cos(step), y + radius * math.sin(step)] for step in steps]


def _circle(radius):
    return _arc(radius, radius, radius, 0, 2 * math.pi)[:-1]


def _rounded(width, height, radius):
    corners = [(width - radius, radius), (width - radius, height - radius), (radius, height - radius), (radius, radius)]
    quarter = math.pi / 2
    return [
        point
        for number, (x, y) in enumerate(corners)
        for point in _arc(x, y, radius, (number - 1) * quarter, number * quarter)
    ]


def _star(chance: random.Random, size: float):
    count = chance.randint(6, 11)
    reach = [size * chance.uniform(0.3, 1.0) for _ in range(count)]
    return [
        [radius * math.cos(2 * math.pi * number / count), radius * math.sin(2 * math.pi * number / count)]
        for number, radius in enumerate(reach)
    ]


# (drawing, part in it, pieces): public drawings of enclosures, plates and frames, for a folder that has them all.
DRAWN = {
    "A drawn enclosures": (
        2500, 1250,
        (("l4d_mainsheet", 0, 5), ("l4d_backplate", 0, 5), ("l4d_frontplate", 0, 5), ("voron_back250", 0, 5),
         ("eez_meanwell", 0, 5), ("l4d_bigshim", 0, 20), ("l4d_shim4", 0, 20), ("l4d_cornerbracket", 0, 40)),
    ),
    "B drawn plates": (
        2500, 1250,
        (("atreus_base_steel", 0, 40), ("olkb_preonic", 0, 40), ("redox_brd", 0, 40), ("prusa_front", 0, 60),
         ("thelio_fan120", 0, 40), ("thelio_wifi", 0, 60), ("bj_squircle2", 0, 30), ("prusa3_miniplate", 0, 30)),
    ),
    "C drawn irregular": (
        3000, 1500,
        (("morgan_platform", 0, 6), ("morgan_platform", 1, 6), ("prusa3_miniplate", 1, 8), ("prusa3_miniplate", 2, 10),
         ("oscad_ellipse-rot", 3, 10), ("oscad_ellipse-rot", 0, 10), ("ez_empty_handles", 0, 8),
         ("oscad_polygon-many-holes", 21, 10), *(("ez_forms", part, 8) for part in (0, 1, 5, 7, 8, 10, 11, 18, 22))),
    ),
}  # fmt: skip


def drawn(folder: Path) -> dict[str, dict]:
    """Jobs of public drawings, those the folder has all drawings of."""
    from production.dxf import measure

    measured, found = {}, {}
    for job, (width, height, rows) in DRAWN.items():
        names = {name for name, _part, _pieces in rows}
        if not all((folder / f"{name}.dxf").is_file() for name in names):
            continue
        measured |= {name: measure(folder / f"{name}.dxf") for name in names - measured.keys()}
        parts = [_drawn(measured[name], f"{name} {part}", part, pieces) for name, part, pieces in rows]
        found[job] = _job(parts, width, height, 5, 10)
    return found


def _drawn(measured, name: str, number: int, pieces: int) -> dict:
    row = measured.parts[number]
    part = _part(name, _flat(measured.contours[row["contour"]]["segments"]), pieces)
    return part | {"holes": [_flat(measured.contours[hole]["segments"]) for hole in row["hole_contours"]]}


def of_folder(folder: Path) -> dict:
    """Every part of the drawings in a folder, as the project measures them."""
    from production.dxf import Refused, measure

    parts = []
    for path in sorted(folder.glob("*.dxf")):
        try:
            measured = measure(path)
        except Refused:
            continue
        for number, row in enumerate(measured.parts):
            if (
                min(row["width_mm"], row["height_mm"]) > LEAST_SIDE
                and max(row["width_mm"], row["height_mm"]) < MOST_SIDE
            ):
                parts.append(_drawn(measured, f"{path.stem} {number}", number, COPIES))
    return _job(parts, 3000, 1500, 5, 10)


def _flat(segments: list) -> list:
    points = []
    for x0, y0, x1, y1, bulge in segments:
        points.append([x0, y0])
        chord = math.hypot(x1 - x0, y1 - y0)
        if bulge and chord:
            sweep = 4 * math.atan(bulge)
            away = chord / 2 / math.tan(sweep / 2)
            x, y = (x0 + x1) / 2 - away * (y1 - y0) / chord, (y0 + y1) / 2 + away * (x1 - x0) / chord
            start, radius = math.atan2(y0 - y, x0 - x), math.hypot(x0 - x, y0 - y)
            points += _arc(x, y, radius, start, start + sweep)[1:-1] if radius > DEVIATION else []
    return points
