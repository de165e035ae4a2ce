"""Measuring against `ezdxf.readfile` alone: processor time after imports, and peak memory.

Not collected by itself: `make bench-drawings`, or with sizes in MB `make bench-drawings SIZES="0.1 1"`. Every figure is
the best of some runs, each in a process of its own. The drawings are made here: plates with rows of holes.
"""

import io
import math
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

import ezdxf

from production.tests.dxf.drawings import tags

SIZES = (0.1, 1, 10, 50)
LIMITS = {"seconds": 1.5, "memory": 1.2}
CELL = 10.0

CLOCK = """
import re, sys, time
{imports}
before = time.process_time()
kept = {call}(sys.argv[1])
taken = time.process_time() - before
# What this process took at most; what getrusage says begins with the room of the one that started it.
print(taken, int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""
READERS = {
    "ezdxf": CLOCK.format(imports="import ezdxf", call="ezdxf.readfile"),
    "measure": CLOCK.format(
        imports="from production.dxf import measuring\nfrom production.dxf.child import figures", call="figures"
    ),
}


def entity(kind: str, handles, subclass: str, *pairs) -> str:
    """One entity as CAD programs write it, handle, owner and subclass markers included."""
    handle = f"{next(handles):X}"
    return tags((0, kind), (5, handle), (330, "17"), (100, "AcDbEntity"), (8, "CUT"), (100, subclass), *pairs)


def polyline(x, y, handles) -> str:
    """A rounded slot, 8 × 6, of four lines and four arcs."""
    corners = [(1, 0, 0), (7, 0, 1), (8, 1, 0), (8, 5, 1), (7, 6, 0), (1, 6, 1), (0, 5, 0), (0, 1, 1)]
    points = []
    for dx, dy, curved in corners:
        points += [(10, x + dx), (20, y + dy), *([(42, 0.41421356237309)] if curved else [])]
    return entity("LWPOLYLINE", handles, "AcDbPolyline", (90, 8), (70, 1), *points)


def spline(x, y, handles) -> str:
    """A closed cubic of ten control points, about 8 across, and a line in it."""
    ring = [(x + 4 + 4 * math.cos(i * math.tau / 7), y + 4 + 3 * math.sin(i * math.tau / 7)) for i in range(7)]
    points = [pair for px, py in ring + ring[:3] for pair in ((10, px), (20, py), (30, 0.0))]
    knots = [(40, float(i)) for i in range(14)]
    head = [(70, 11), (71, 3), (72, 14), (73, 10), (74, 0)]
    return entity("SPLINE", handles, "AcDbSpline", *head, *knots, *points) + line(
        x + 3.5, y + 4, x + 4.5, y + 4, handles
    )


def line(x0, y0, x1, y1, handles) -> str:
    return entity("LINE", handles, "AcDbLine", (10, x0), (20, y0), (30, 0.0), (11, x1), (21, y1), (31, 0.0))


def arc(x, y, start, handles) -> str:
    angles = (100, "AcDbArc"), (50, float(start)), (51, float(start + 90) % 360)
    return entity("ARC", handles, "AcDbCircle", (10, x), (20, y), (30, 0.0), (40, 1.0), *angles)


def lines_and_arcs(x, y, handles) -> str:
    """The rounded slot again, each side and corner by itself, and a round hole in it."""
    sides = [(1, 0, 7, 0), (8, 1, 8, 5), (7, 6, 1, 6), (0, 5, 0, 1)]
    corners = [(1, 1, 180), (7, 1, 270), (7, 5, 0), (1, 5, 90)]
    drawn = [line(x + ax, y + ay, x + bx, y + by, handles) for ax, ay, bx, by in sides]
    drawn += [arc(x + cx, y + cy, start, handles) for cx, cy, start in corners]
    hole = entity("CIRCLE", handles, "AcDbCircle", (10, x + 4.0), (20, y + 3.0), (30, 0.0), (40, 1.5))
    return "".join(drawn) + hole


CONTENTS = {"polylines": polyline, "splines": spline, "lines and arcs": lines_and_arcs}


def write(path: Path, content: str, megabytes: float) -> None:
    """A sheet of about that many MB, one shape in every cell."""
    draw = CONTENTS[content]
    document, empty = ezdxf.new("R2000", units=4), io.StringIO()
    document.layers.add("CUT")
    document.write(empty)
    before, mark, after = empty.getvalue().partition("  0\nSECTION\n  2\nENTITIES\n")
    handles = count(0x1000)
    shapes = max(1, round(megabytes * 1e6 / len(draw(1234.5, 1234.5, count(0x10000)))))
    across = math.isqrt(shapes) + 1
    drawn = (draw(CELL * (i % across), CELL * (i // across), handles) for i in range(shapes))
    path.write_text(before + mark + "".join(drawn) + after)


def cost(reader: str, path: str) -> tuple[float, float]:
    """CPU seconds after imports and peak memory in MB of one reading, in a process of its own."""
    command = [sys.executable, "-c", READERS[reader], path]
    seconds, memory = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(seconds), float(memory)


def compare(folder: Path, content: str, megabytes: float) -> dict:
    path = folder / "drawing.dxf"
    write(path, content, megabytes)
    times = 5 if megabytes < 5 else 2 if megabytes < 20 else 1
    runs = {reader: [cost(reader, str(path)) for _ in range(times)] for reader in ("ezdxf", "measure")}
    (base, room), (own, taken) = (tuple(map(min, zip(*runs[reader], strict=True))) for reader in runs)
    return {"base": base, "own": own, "seconds": own / base, "room": room, "taken": taken, "memory": taken / room}


def main(sizes) -> int:
    print("| content | MB | ezdxf, s | measured, s | ratio | ezdxf, MB | measured, MB | ratio |\n" + "|---" * 8 + "|")
    worst = dict.fromkeys(LIMITS, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        for content in CONTENTS:
            for size in sizes:
                row = compare(Path(folder), content, size)
                worst = {name: max(worst[name], row[name]) for name in LIMITS}
                print(
                    f"| {content} | {size:g} | {row['base']:.3f} | {row['own']:.3f} | {row['seconds']:.2f} "
                    f"| {row['room']:.0f} | {row['taken']:.0f} | {row['memory']:.2f} |",
                    flush=True,
                )
    print(
        f"\nThe worst: {worst['seconds']:.2f} of the time (limit 1.5), {worst['memory']:.2f} of the memory (limit 1.2)."
    )
    return int(any(worst[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main([float(size) for size in sys.argv[1:]] or SIZES))
