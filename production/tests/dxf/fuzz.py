"""Broken drawings for as long as one likes: an answer in words within seconds, or the file is kept and shown.

Not collected by itself: `make fuzz SECONDS=600`, with `SAMPLES=folder` also from drawings of your own. Every file is
measured in a child with 1 GB and 25 s; what ends otherwise than with figures or a refusal lands in `test-results/fuzz`.
"""

import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from production.tests.dxf.drawings import block, circle, dxf, insert, line, plate_text, rectangle, tags

KEPT = Path("test-results/fuzz")
SECONDS, MEMORY = 25, 1024**3
NUMBERS = (
    b"0",
    b"-1",
    b"1e308",
    b"nan",
    b"inf",
    b"-1e300",
    b"1e-320",
    b"30000",
    b"2147483648",
    b"0,5",
    b"",
    b"x",
    b"1e15",
)
CODES = (
    b"0",
    b"8",
    b"10",
    b"11",
    b"20",
    b"40",
    b"41",
    b"42",
    b"50",
    b"62",
    b"67",
    b"70",
    b"71",
    b"210",
    b"230",
    b"999",
)


def seeds() -> list[bytes]:
    spline = tags((0, "SPLINE"), (8, "0"), (71, 3), *((40, k) for k in (0, 0, 0, 0, 1, 1, 1, 1)))
    spline += tags(*[(10, 40), (20, 0), (10, 5), (20, 5)] * 2)
    bulges = tags(
        (0, "LWPOLYLINE"), (8, "0"), (70, 1), *((c, v) for i in range(9) for c, v in ((10, i), (20, i * i), (42, 1)))
    )
    ellipse = tags((0, "ELLIPSE"), (8, "0"), (10, 0), (20, 0), (11, 9), (21, 3), (40, 0.4), (41, 0), (42, 6.2831853))
    nested = block("A", circle(0, 0, 5) + rectangle(0, 0, 9, 9)) + block(
        "B", insert("A", columns=3, rows=2, wide=20, high=20)
    )
    whole = dxf(
        plate_text() + spline + bulges + ellipse + insert("B", turn=30, xscale=-2) + line(0, 0, 3, 4, "BEND"), nested
    )
    return [whole.encode(), dxf(plate_text()).encode(), dxf(insert("B"), nested).encode(), svg()]


def svg() -> bytes:
    path = "M10 10h80v40a10 10 0 0 1-10 10H20q-10 0-10-10zM30 30c0-10 20-10 20 0s20 10 20 0t5-5 5 5A5 8 30 1 0 60 50z"
    shapes = (
        '<rect x="1" y="2" width="9" height="8" rx="2"/><circle cx="5" cy="5" r="2"/><polygon points="0,0 9,0 9,9"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="80mm" viewBox="0 0 100 80"><defs>'
        f'<g id="a">{shapes}</g></defs><g transform="translate(3 4) rotate(20)">'
        f'<path d="{path}" style="fill:none;stroke:#f00"/>'
        '<use href="#a" x="5"/><use href="#a" transform="scale(2,1) skewX(10)"/></g><text x="1" y="1">T</text></svg>'
    ).encode()


def broken(data: bytes, dice: random.Random) -> bytes:
    """A few accidents: bytes, lines, tags and whole stretches lost, doubled, swapped or made senseless."""
    data = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 6, 20))):
        if not data:
            break
        place, kind = dice.randrange(len(data)), dice.random()
        if kind < 0.2:
            data[place] = dice.choice(b"0123456789.-\n eE\x00\xff<>&")
        elif kind < 0.3:
            del data[place : place + dice.choice((1, 5, 40, 400))]
        elif kind < 0.4:
            data[place:place] = data[dice.randrange(len(data)) :][: dice.choice((5, 60, 600))]
        elif kind < 0.45:
            del data[place:]
        else:
            lines = bytes(data).split(b"\n")
            row = dice.randrange(len(lines))
            lines[row] = dice.choice(NUMBERS if dice.random() < 0.7 else CODES)
            data = bytearray(b"\n".join(lines))
    return bytes(data)


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def measure_one(path: str, answer) -> None:
    """In a child of its own process: "" for an orderly end, else what happened."""
    from production.dxf import Refused, measure

    signal.alarm(SECONDS)
    limited()
    try:
        measure(path).as_dict()
        answer.send("")
    except Refused as refusal:
        answer.send("" if refusal.reason.endswith(".") else f"refused without a sentence: {refusal.reason}")
    except BaseException as error:
        answer.send(f"{type(error).__name__}: {error}")


def tried(path: str) -> str:
    mine, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=measure_one, args=(path, theirs))
    child.start()
    theirs.close()
    try:
        said = mine.recv() if mine.poll(SECONDS + 2) else "no answer in time"
    except EOFError:
        said = "died without an answer"
    child.join(1)
    if child.is_alive():
        child.kill()
    return said


def main(seconds: float, seed: int) -> int:
    import production.dxf.measuring
    import production.dxf.svg  # noqa: F401, imported once, before the children are forked

    dice, end = random.Random(seed), time.monotonic() + seconds
    folder = Path(os.environ.get("SAMPLES", "nowhere"))
    known = [path.read_bytes() for path in sorted(folder.glob("*.[ds][xv][fg]")) if path.stat().st_size < 300_000]
    known = [data for data in known if data] + seeds()
    count = bad = 0
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "broken.dxf"
        while time.monotonic() < end:
            path.write_bytes(broken(dice.choice(known), dice))
            began = time.monotonic()
            said = tried(str(path))
            slowest, count = max(slowest, time.monotonic() - began), count + 1
            if said:
                bad += 1
                KEPT.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, KEPT / f"{seed}-{count}.dxf")
                print(f"{seed}-{count}.dxf: {said}", flush=True)
    print(f"{count} drawings, {bad} without an orderly answer, the slowest {slowest:.1f} s (seed {seed}).")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)))
