"""Real DXF files, drawn by the demo itself: what a job shop gets in an ordinary week."""

import functools
import io
import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Design:
    """A part: its name, its file, and how to draw it into a model space in millimetres."""

    slug: str
    title: str
    draw: Callable
    material: str = "MS"
    thickness: str = "3"

    @property
    def file_name(self) -> str:
        return f"{self.slug}.dxf"


@functools.cache
def dxf_of(design: Design) -> bytes:
    """The drawing as a file; the same bytes every time."""
    import ezdxf

    ezdxf.options.write_fixed_meta_data_for_testing = True
    document = ezdxf.new("R2010", units=4)
    for layer, colour in (("CUT", 7), ("ENGRAVE", 3), ("BEND", 5)):
        document.layers.add(layer, color=colour)
    design.draw(document)
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode()


def _space(document):
    return document.modelspace()


CUT = {"layer": "CUT"}


def rectangle(space, x, y, width, height, radius=0.0):
    """A closed polyline with rounded corners as bulges (tan of a quarter of the angle)."""
    if not radius:
        points = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        space.add_lwpolyline(points, close=True, dxfattribs=CUT)
        return
    bulge, r = math.tan(math.pi / 8), radius
    points = [
        (x + r, y, 0), (x + width - r, y, bulge), (x + width, y + r, 0), (x + width, y + height - r, bulge),
        (x + width - r, y + height, 0), (x + r, y + height, bulge), (x, y + height - r, 0), (x, y + r, bulge),
    ]  # fmt: skip
    space.add_lwpolyline(points, format="xyb", close=True, dxfattribs=CUT)


def slot(space, x, y, length, width):
    """A slot along x, drawn as two lines and two arcs."""
    r = width / 2
    space.add_line((x + r, y), (x + length - r, y), dxfattribs=CUT)
    space.add_line((x + r, y + width), (x + length - r, y + width), dxfattribs=CUT)
    space.add_arc((x + r, y + r), r, 90, 270, dxfattribs=CUT)
    space.add_arc((x + length - r, y + r), r, 270, 90, dxfattribs=CUT)


def hole(space, x, y, diameter):
    space.add_circle((x, y), diameter / 2, dxfattribs=CUT)


def bracket(document):
    space = _space(document)
    points = [(0, 0), (80, 0), (80, 25), (25, 25), (25, 80), (0, 80)]
    space.add_lwpolyline(points, close=True, dxfattribs=CUT)
    for x, y in ((12.5, 12.5), (60, 12.5), (12.5, 60)):
        hole(space, x, y, 8.5)


def flange(document):
    space = _space(document)
    hole(space, 0, 0, 220)
    hole(space, 0, 0, 114.3)
    for number in range(8):
        angle = math.radians(22.5 + 45 * number)
        hole(space, 85 * math.cos(angle), 85 * math.sin(angle), 18)


def gusset(document):
    space = _space(document)
    for start, end in (((0, 0), (140, 0)), ((140, 0), (140, 18)), ((140, 18), (18, 140)), ((18, 140), (0, 140)),
                       ((0, 140), (0, 0))):  # fmt: skip
        space.add_line(start, end, dxfattribs=CUT)
    hole(space, 42, 42, 30)


def base_plate(document):
    space = _space(document)
    rectangle(space, 0, 0, 300, 300, 12)
    for x, y in ((25, 25), (235, 25), (25, 257), (235, 257)):
        slot(space, x, y, 40, 18)
    hole(space, 150, 150, 90)


def vent_panel(document):
    """Rows of slots as one block, placed many times."""
    space = _space(document)
    block = document.blocks.new("VENT")
    slot(block, 0, 0, 60, 6)
    rectangle(space, 0, 0, 420, 260, 6)
    for column in range(5):
        for row in range(12):
            space.add_blockref("VENT", (30 + column * 75, 40 + row * 16))
    for x, y in ((12, 12), (408, 12), (12, 248), (408, 248)):
        hole(space, x, y, 5.5)


def sprocket(document):
    space = _space(document)
    teeth, outer, root = 24, 92.0, 84.0
    points = []
    for tooth in range(teeth):
        for share, radius in ((0.0, root), (0.2, root), (0.35, outer), (0.65, outer), (0.8, root)):
            angle = 2 * math.pi * (tooth + share) / teeth
            points.append((radius * math.cos(angle), radius * math.sin(angle)))
    space.add_lwpolyline(points, close=True, dxfattribs=CUT)
    hole(space, 0, 0, 25)
    rectangle(space, -4, 40, 8, 12)
    for number in range(6):
        angle = math.radians(60 * number + 30)
        hole(space, 58 * math.cos(angle), 58 * math.sin(angle), 16)


def name_sign(document):
    """An ellipse with a spline inside and an engraved frame."""
    space = _space(document)
    space.add_ellipse((0, 0), major_axis=(160, 0), ratio=0.45, dxfattribs=CUT)
    wave = [(-110, -10), (-60, 25), (0, -15), (60, 25), (110, -10), (60, -30), (0, -45), (-60, -30)]
    spline = space.add_spline(dxfattribs=CUT)
    spline.set_closed([(x, y, 0) for x, y in wave])
    space.add_ellipse((0, 0), major_axis=(148, 0), ratio=0.44, dxfattribs={"layer": "ENGRAVE"})
    hole(space, -140, 0, 6)
    hole(space, 140, 0, 6)


def hinge_leaf(document):
    space = _space(document)
    rectangle(space, 0, 0, 120, 60, 8)
    for x in (20, 60, 100):
        hole(space, x, 18, 6.5)
        hole(space, x, 42, 6.5)


def motor_mount(document):
    space = _space(document)
    rectangle(space, 0, 0, 96, 96, 10)
    hole(space, 48, 48, 38.1)
    for x, y in ((24.5, 24.5), (71.5, 24.5), (24.5, 71.5), (71.5, 71.5)):
        hole(space, x, y, 5.2)
    slot(space, 33, 8, 30, 6.5)


def folded_tray(document):
    """A flat pattern with bend lines on their own layer."""
    space = _space(document)
    points = [(40, 0), (360, 0), (360, 40), (400, 40), (400, 260), (360, 260), (360, 300), (40, 300), (40, 260),
              (0, 260), (0, 40), (40, 40)]  # fmt: skip
    space.add_lwpolyline(points, close=True, dxfattribs=CUT)
    for start, end in (((40, 40), (360, 40)), ((40, 260), (360, 260)), ((40, 40), (40, 260)), ((360, 40), (360, 260))):
        space.add_line(start, end, dxfattribs={"layer": "BEND"})
    for x in range(80, 340, 40):
        hole(space, x, 150, 12)


def careless_plate(document):
    """What really arrives: a gap in the outline, one edge drawn twice, a stray line."""
    space = _space(document)
    for start, end in (((0, 0), (200, 0)), ((200, 0), (200, 120)), ((200, 120), (0, 120)), ((0, 119.6), (0, 0)),
                       ((200, 0), (0, 0))):  # fmt: skip
        space.add_line(start, end, dxfattribs=CUT)
    hole(space, 40, 60, 20)
    hole(space, 40, 60, 20)
    hole(space, 160, 60, 20)


DESIGNS = (
    Design("corner-bracket-80", "Corner bracket 80 × 80", bracket),
    Design("flange-dn100", "Flange DN100", flange, "MS", "6"),
    Design("gusset-140", "Gusset 140", gusset),
    Design("base-plate-300", "Base plate 300 × 300", base_plate, "MS", "6"),
    Design("vent-panel-420", "Ventilation panel", vent_panel, "MS", "2"),
    Design("sprocket-24", "Sprocket, 24 teeth", sprocket, "MS", "6"),
    Design("name-sign", "Name sign, oval", name_sign, "SS", "1.5"),
    Design("hinge-leaf-120", "Hinge leaf", hinge_leaf, "SS", "3"),
    Design("motor-mount-nema23", "Motor mount NEMA 23", motor_mount, "AL", "3"),
    Design("drip-tray-400", "Drip tray, flat pattern", folded_tray, "SS", "1.5"),
)
CARELESS = Design("plate-from-phone", "Cover plate", careless_plate)
