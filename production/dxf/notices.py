"""What the sender and the estimator should know about a drawing before a price is believed."""

from collections import Counter

from production.dxf.contours import Contours
from production.dxf.document import Document
from production.dxf.layers import CUT, IGNORE
from production.dxf.paperwork import Paperwork
from production.dxf.units import Units

NOT_SOLID = ("CENT", "HIDDEN", "DASH", "PHANTOM", "DIVIDE", "BORDER", "ACAD_ISO", "MITTE", "STRICH", "GESTR")
MANY_OPEN = 20
ONLY_HATCHES = "The drawing holds only hatches. Their edges are cut. Please check that they should be."
TINY_HOLE_MM = 0.3


def warnings_of(document: Document, units: Units, layers, contours: Contours, paperwork: Paperwork) -> list[dict]:
    """The warnings of a measured drawing, as dicts of code and text; the gravest come first."""
    found = [units.warning] if units.warning else []
    found += _drawing_like(contours, layers)
    found += _openings(contours)
    found += _tiny_holes(contours, units)
    if document.only_hatches:
        found.append(_warning("only-hatches", ONLY_HATCHES))
    if document.unreadable:
        found.append(_warning("unreadable", f"Could not be read and is missing here: {listed(document.unreadable)}."))
    if document.not_read:
        found.append(_warning("not-included", f"Not cut and not counted: {listed(document.not_read)}."))
    if document.texts:
        text = f"Not cut: {listed(document.texts)}. Text to be cut must be converted to outlines."
        found.append(_warning("text-ignored", text))
    found += _paperwork(paperwork)
    found += _layers_left_out(layers)
    found += _linetypes(layers)
    parts = int((contours.rings.depth % 2 == 0).sum())
    if parts > 1:
        found.append(_warning("several-parts", f"The file holds {parts} separate parts."))
    return found


PAPERWORK = {
    "frame": "The frame of the drawing and its title block are not cut: {count} lines.",
    "dimension": "Dimensions drawn as plain lines are not cut: {count} lines.",
}


def _paperwork(paperwork: Paperwork) -> list[dict]:
    counts = paperwork.counts.items()
    return [_warning("paperwork", PAPERWORK[kind].format(count=count)) for kind, count in counts if count]


def _warning(code: str, text: str) -> dict:
    return {"code": code, "text": text}


def listed(counts: Counter) -> str:
    """“2 × picture, 1 × cover”: the most frequent first, the rest left out."""
    shown = [f"{count} × {kind}" for kind, count in counts.most_common(8)]
    return ", ".join(shown) + (", …" if len(counts) > 8 else "")


def _drawing_like(contours: Contours, layers: list[dict]) -> list[dict]:
    """Workshop drawings whose dimensions and notes were exploded to lines: no entity betrays them, but open ends do."""
    opened, closed = contours.open_count(), sum(contours.ring_closed)
    if opened < MANY_OPEN or opened < closed:
        return []
    text = (
        f"This looks like a workshop drawing with dimensions or notes, not like a part to cut: "
        f"{opened} of {opened + closed} contours are open"
    )
    used = [layer["name"] for layer in layers if layer["role"] != IGNORE]
    text += f", on {len(used)} layers. Please say which layer is the outline." if len(used) > 1 else "."
    return [_warning("looks-like-drawing", text)]


def _openings(contours: Contours) -> list[dict]:
    opened = contours.open_count()
    if not opened:
        return []
    text = f"{opened} contours are open" if opened > 1 else "One contour is open"
    return [_warning("open-contours", f"{text}: what they should enclose will not fall out.")]


def _tiny_holes(contours: Contours, units: Units) -> list[dict]:
    """Holes no drill or beam makes: what should be a hole is probably in inches, unless somebody said its unit."""
    box = contours.rings.box
    if units.chosen or not len(box):
        return []
    if float((box[:, 2:] - box[:, :2]).max(1).min()) >= TINY_HOLE_MM:
        return []
    return [_warning("tiny-contours", f"There are contours below {TINY_HOLE_MM} mm. Please confirm the unit.")]


def _layers_left_out(layers: list[dict]) -> list[dict]:
    partly = {layer["name"] for layer in layers if layer["role"] != IGNORE}
    left = [layer for layer in layers if layer["role"] == IGNORE and layer["name"] not in partly]
    found = []
    for code, text, chosen in (
        ("layers-hidden", "Hidden layers are not cut", [x for x in left if x["hidden"]]),
        ("layers-ignored", "Layers not cut", [x for x in left if not x["hidden"]]),
    ):
        if chosen:
            shown = ", ".join(f"“{layer['name']}” ({layer['count']})" for layer in chosen[:10])
            found.append(_warning(code, f"{text}: {shown}."))
    return found


def _linetypes(layers: list[dict]) -> list[dict]:
    """Centre and hidden lines often have no layer of their own; what is drawn dashed is cut, but not silently."""
    dashed = {
        name for layer in layers if layer["role"] == CUT for name in layer["linetypes"] if name.startswith(NOT_SOLID)
    }
    if not dashed:
        return []
    shown = ", ".join(sorted(dashed)[:6])
    return [_warning("linetypes", f"Lines drawn in the style {shown} are cut too. Please check that they should be.")]
