"""The way of a drawing from file to figures."""

import gc
from contextlib import contextmanager

import numpy as np
import numpy.ma  # numpy loads it the first time it makes anything unique: rather with the other imports

from production.dxf import arcs
from production.dxf.contours import Contours, find_contours
from production.dxf.curves import Strokes, check_extent, check_numbers, extent, strokes
from production.dxf.defects import Defects
from production.dxf.document import Document, read_document
from production.dxf.layers import BEND, CUT, ENGRAVE, IGNORE
from production.dxf.limits import MAX_COORDINATE
from production.dxf.listing import listed_contours, listed_layers, listed_marks
from production.dxf.measured import Measured
from production.dxf.notices import listed, warnings_of
from production.dxf.paperwork import find_paperwork
from production.dxf.pens import Asked, Pens
from production.dxf.placing import Curves, place
from production.dxf.refused import Refused
from production.dxf.units import Units, find_units, pixel_units

ENGINE = "laseros-dxf 3"
ROLE = "U8"


@contextmanager
def _no_collection():
    """Hold the garbage collector: nothing here makes cycles, and it would walk a million lists again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_collection()
def measure_file(
    path, unit: str | None = None, cut_layers=None, rules=None, curves: bool = True, bold: bool = False
) -> Measured:
    """See `production.dxf.measure`; `bold` leaves out as paperwork what is only likely to be it."""
    asked = Asked(cut_layers, rules)
    document, placed = _read(path, asked)
    document.forget_shapes()
    pens = Pens(document, asked)
    role = np.array(pens.roles, dtype=ROLE)[placed.source_pen]
    _check_something(document, pens, placed, role, asked)
    box = extent(placed, role == CUT)
    size = max(box[2] - box[0], box[3] - box[1])
    if document.pixels and not unit:
        units = pixel_units(size)
    else:
        units = find_units(document.units, document.measurement, size, unit)
    check_extent(box, units.mm)
    drawn = strokes(placed, units.mm, box, len(role))
    pen = placed.source_pen
    del placed
    defects = Defects(*drawn.origin.tolist())
    contours = find_contours(drawn.of(role == CUT), defects)
    paperwork = find_paperwork(document, pens, pen, role, units.mm, drawn, contours, bold)
    if paperwork.sources:
        role[list(paperwork.sources)] = IGNORE
        defects = Defects(*drawn.origin.tolist())
        contours = find_contours(drawn.of(role == CUT), defects)
    if paperwork.suspected:
        defects.add("frame", *paperwork.suspected)
    return _measured(document, pens, pen, role, units, drawn, contours, defects, paperwork, curves)


def _read(path, asked: Asked) -> tuple[Document, Curves]:
    """The drawing and its curves. Where it holds nothing but hatches, their edges are its curves."""
    document = read_document(path, asked.hatches)
    placed = _placed(document)
    if len(placed.source_pen) or asked.hatches or not document.not_read["hatch"]:
        return document, placed
    document = read_document(path, True)
    document.only_hatches = True
    return document, _placed(document)


def _placed(document: Document) -> Curves:
    with np.errstate(all="ignore"):  # numbers beyond reason become infinite or none, and are refused here
        placed = place(document)
        check_numbers(placed)
    return placed


def _check_something(document: Document, pens: Pens, placed: Curves, role, asked: Asked) -> None:
    if (role == CUT).any():
        return
    if not len(role):
        raise _nothing_in(document)
    used = sorted({pens.names[pen] for pen in np.unique(placed.source_pen).tolist()})
    shown = ", ".join(f"“{name}”" for name in used[:10])
    if asked.layers is not None:
        raise Refused(f"The layers chosen hold nothing to cut. The drawing uses {shown}.", "nothing-to-cut")
    raise Refused(
        f"No layer of the drawing is for cutting, by their names: {shown}. Please say which are to be cut.",
        "nothing-to-cut",
    )


def _nothing_in(document: Document) -> Refused:
    """Why a drawing without a single curve is refused: by what it holds instead."""
    if document.not_read:
        what = listed(document.not_read + document.texts)
        reason = f"The drawing holds no line or curve to cut, only: {what}. Please export the outlines of the part."
        return Refused(reason, "nothing-to-cut")
    if document.on_paper:
        reason = "Everything is drawn on a paper layout. Please export what is in model space, at its true size."
        return Refused(reason, "on-paper")
    if document.texts:
        reason = "The drawing holds only text and dimensions. Please convert text to outlines if it is to be cut."
        return Refused(reason, "only-text")
    if document.unreadable:
        return Refused("The lines of the drawing could not be read. Please export it again.", "unreadable")
    return Refused("The drawing is empty: it holds no line or curve to cut.", "nothing-to-cut")


def _measured(
    document, pens, pen, role, units: Units, drawn: Strokes, contours: Contours, defects: Defects, paperwork, curves
) -> Measured:
    if not len(contours.rings.area) and not len(contours.chains):
        raise Refused("The drawing holds only points: there is nothing to cut.", "nothing-to-cut")
    _report_texts(document, pens, units, drawn, defects)
    parts = _parts(contours, drawn.origin)
    low, high = _bounds(contours)
    outer = contours.rings.depth % 2 == 0
    others = {name: drawn.of(role == name) for name in (ENGRAVE, BEND, IGNORE)}
    engrave, bend = others[ENGRAVE], others[BEND]
    layers = listed_layers(pens, pen, role, drawn)
    width, height = (float(size) for size in high - low)
    names = [pens.names[number] for number in pen.tolist()] if curves else []
    return Measured(
        units=units.name,
        mm_per_unit=units.mm,
        units_sure=units.sure,
        width_mm=width,
        height_mm=height,
        x_min_mm=float(low[0] + drawn.origin[0]),
        y_min_mm=float(low[1] + drawn.origin[1]),
        cut_length_mm=contours.cut_length,
        engrave_length_mm=float(engrave.length.sum()),
        bend_length_mm=float(bend.length.sum()),
        pierces=len(contours.rings.area) + len(contours.chains),
        closed_contours=sum(contours.ring_closed),
        open_chains=contours.open_count(),
        outer_contours=int(outer.sum()),
        net_area_mm2=contours.rings.net_area(),
        # What lies in a hole is on the same piece of sheet; outlines that cross share some of it.
        gross_area_mm2=min(float(contours.rings.area[contours.rings.depth == 0].sum()), width * height),
        defects=defects.listed,
        defect_counts=dict(defects.counts),
        warnings=warnings_of(document, units, layers, contours, paperwork),
        parts=parts,
        layers=layers,
        contours=listed_contours(contours, drawn.origin, names) if curves else [],
        marks=listed_marks(contours, others, drawn.origin, names) if curves else [],
        bends=len(np.unique(bend.source)),
        engine=ENGINE,
    )


def _report_texts(document: Document, pens: Pens, units: Units, drawn: Strokes, defects: Defects) -> None:
    """Text that would be missing on the part; on a layer that is not cut nobody expects it."""
    for x, y, height, pen in document.text_places:
        if pens.roles[pen] != IGNORE and max(abs(x), abs(y)) < MAX_COORDINATE:
            place = np.array((x, y)) * units.mm - drawn.origin
            defects.add("text", *place.tolist(), abs(height) * units.mm)


def _bounds(contours: Contours) -> tuple[np.ndarray, np.ndarray]:
    boxes = np.concatenate((contours.rings.box, arcs.boxes(contours.chains.segments)))
    return boxes[:, :2].min(0), boxes[:, 2:].max(0)


def _parts(contours: Contours, origin: np.ndarray) -> list[dict]:
    """Every outline with the holes directly in it."""
    rings = contours.rings
    holes: dict[int, list[int]] = {}
    for ring in np.flatnonzero(rings.depth % 2).tolist():
        holes.setdefault(int(rings.parent[ring]), []).append(ring)
    boxes = (rings.box + np.concatenate((origin, origin))).tolist()
    area, length = rings.area.tolist(), rings.length.tolist()
    parts = []
    for ring in np.flatnonzero(rings.depth % 2 == 0).tolist():
        inner = holes.get(ring, [])
        box = boxes[ring]
        parts.append(
            {
                "box": box,
                "width_mm": box[2] - box[0],
                "height_mm": box[3] - box[1],
                "net_area_mm2": max(0.0, area[ring] - sum(area[hole] for hole in inner)),
                "gross_area_mm2": area[ring],
                "cut_length_mm": length[ring] + sum(length[hole] for hole in inner),
                "pierces": 1 + len(inner),
                "holes": len(inner),
                "contour": ring,
                "hole_contours": inner,
            }
        )
    return parts
