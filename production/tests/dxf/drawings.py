"""Builds the DXF files the tests measure: by ezdxf for what is well formed, tag by tag for what is not."""

import math

import ezdxf

from production.dxf import measure

PLATE = [(0, 0), (100, 0), (100, 60), (0, 60)]
HOLES = [(15, 15), (15, 45), (85, 15), (85, 45)]
PLATE_LENGTH = 320 + 4 * math.tau * 5
PLATE_AREA = 6000 - 4 * math.pi * 25


def new(version="R2010", units=4):
    """An empty document and its model space; `units` is $INSUNITS."""
    document = ezdxf.new(version, units=units)
    return document, document.modelspace()


def add_lines(space, points, close=True, **attributes):
    ends = [*points[1:], points[0]] if close else points[1:]
    for start, end in zip(points, ends, strict=False):
        space.add_line(start, end, dxfattribs=attributes)


def add_plate(space, scale=1.0):
    """100 × 60 with four holes of diameter 10, in lines and circles."""
    add_lines(space, [(x * scale, y * scale) for x, y in PLATE])
    for x, y in HOLES:
        space.add_circle((x * scale, y * scale), 5 * scale)


def saved(document, tmp_path):
    path = tmp_path / "drawing.dxf"
    document.saveas(path)
    return path


def measured(document, tmp_path, **options):
    return measure(saved(document, tmp_path), **options)


def measured_text(text, tmp_path, **options):
    path = tmp_path / "drawing.dxf"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return measure(path, **options)


def tags(*pairs) -> str:
    return "".join(f"{code}\n{value}\n" for code, value in pairs)


def line(x0, y0, x1, y1, layer="0") -> str:
    return tags((0, "LINE"), (8, layer), (10, x0), (20, y0), (11, x1), (21, y1))


def circle(x, y, radius, layer="0") -> str:
    return tags((0, "CIRCLE"), (8, layer), (10, x), (20, y), (40, radius))


def block(name, body, x=0, y=0) -> str:
    return tags((0, "BLOCK"), (8, "0"), (2, name), (70, 0), (10, x), (20, y)) + body + tags((0, "ENDBLK"))


def insert(name, x=0, y=0, columns=1, rows=1, **more) -> str:
    codes = {"xscale": 41, "yscale": 42, "turn": 50, "wide": 44, "high": 45}
    extra = tags(*((codes[key], value) for key, value in more.items()))
    return tags((0, "INSERT"), (8, "0"), (2, name), (10, x), (20, y), (70, columns), (71, rows)) + extra


def dxf(entities, blocks="", header=((9, "$INSUNITS"), (70, 4))) -> str:
    """A whole file by hand, without tables, handles or anything else a measurement has no use for."""
    text = tags((0, "SECTION"), (2, "HEADER"), *header, (0, "ENDSEC")) if header is not None else ""
    if blocks:
        text += tags((0, "SECTION"), (2, "BLOCKS")) + blocks + tags((0, "ENDSEC"))
    return text + tags((0, "SECTION"), (2, "ENTITIES")) + entities + tags((0, "ENDSEC"), (0, "EOF"))


def rectangle(x0, y0, x1, y1, layer="0") -> str:
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return "".join(line(*a, *b, layer) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True))


def plate_text() -> str:
    return rectangle(0, 0, 100, 60) + "".join(circle(x, y, 5) for x, y in HOLES)


def kinds(measured) -> dict[str, int]:
    return measured.defect_counts


def codes(measured) -> set[str]:
    return {warning["code"] for warning in measured.warnings}
