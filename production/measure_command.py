"""`manage.py measure_dxf`: figures of drawing files on the command line, each file read by a child with limits.

Knows no Django: a drawing is measured in less time than Django needs to start.
"""

import argparse
import json
import os
from concurrent.futures import ThreadPoolExecutor

from laseros.core import sandbox

# Less than the 25 s a file may take in all, so that starting and ending the child are in it too.
SECONDS, CPU_SECONDS, MEMORY_MB = 22, 21, 1024
FIGURES = (
    "units",
    "mm_per_unit",
    "width_mm",
    "height_mm",
    "cut_length_mm",
    "engrave_length_mm",
    "bend_length_mm",
    "pierces",
    "closed_contours",
    "open_chains",
    "outer_contours",
    "net_area_mm2",
)
LISTS = ("defects", "parts", "layers")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="an array with one object a file")
    parser.add_argument("--unit", choices=["mm", "cm", "in"], help="what one unit is; found out if not said")
    parser.add_argument("--cut-layers", metavar="A,B", help="the layers to cut, and no other")


def run(files, unit: str | None = None, cut_layers: list[str] | None = None) -> list[dict]:
    """One dict a file, in the order given: `ok`, `reason`, the figures, `defects`, `parts`, `layers`, `warnings`.

    Warnings about the drawing as a whole stand among the defects too, without a place. A refused file has no figures.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(lambda path: _measured(str(path), unit, cut_layers), files))


def _measured(path: str, unit, cut_layers) -> dict:
    answer = {"file": path, "ok": False, "reason": "", **dict.fromkeys(FIGURES), **{name: [] for name in LISTS}}
    answer |= {"warnings": [], "units_sure": None}
    if not os.path.isfile(path):
        return answer | {"reason": "There is no such file."}
    try:
        found = sandbox.run(
            "production.dxf.child:figures", os.path.abspath(path), unit, cut_layers,
            seconds=SECONDS, cpu_seconds=CPU_SECONDS, memory_mb=MEMORY_MB,
        )  # fmt: skip
    except sandbox.SandboxError as refusal:
        return answer | {"reason": str(refusal.reason)}
    nowhere = {"x_mm": None, "y_mm": None, "size_mm": None}
    found["defects"] += [{"kind": each["code"], "text": each["text"], **nowhere} for each in found["warnings"]]
    return answer | {"ok": True} | {name: found[name] for name in answer.keys() & found.keys()}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="manage.py measure_dxf", description="Measure drawings for cutting.")
    add_arguments(parser)
    chosen = parser.parse_args(arguments)
    print(told(run(chosen.files, chosen.unit, names(chosen.cut_layers)), chosen.json))
    return 0


def names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def told(answers: list[dict], as_json: bool) -> str:
    if as_json:
        return json.dumps(answers, indent=1, ensure_ascii=True)
    return "\n".join(_sentences(answer) for answer in answers)


def _sentences(answer: dict) -> str:
    if not answer["ok"]:
        return f"{answer['file']}: not measured. {answer['reason']}"
    lines = [
        f"{answer['file']}: {answer['width_mm']:.2f} × {answer['height_mm']:.2f} mm (drawn in {answer['units']})",
        f"  to cut {answer['cut_length_mm']:.2f} mm in {answer['pierces']} pierces: {answer['closed_contours']} closed"
        f" ({answer['outer_contours']} outer) and {answer['open_chains']} open; net {answer['net_area_mm2']:.1f} mm²",
    ]
    for name, length in (("engrave", answer["engrave_length_mm"]), ("bend", answer["bend_length_mm"])):
        lines += [f"  to {name} {length:.2f} mm"] if length else []
    for defect in answer["defects"]:
        place = "" if defect["x_mm"] is None else f" (at {defect['x_mm']:.2f}, {defect['y_mm']:.2f})"
        lines.append(f"  {defect['text']}{place}")
    return "\n".join(lines)
