"""`manage.py nest`: a nesting problem from a file answered on the command line.

Knows no Django: a small problem is nested in less time than Django needs to start.
"""

import argparse
import json
import sys
from contextlib import nullcontext
from pathlib import Path

from production.nesting import Refused, nest

LARGEST = 64 * 1024**2  # characters of a problem


class Unreadable(Exception):
    """The file holds no problem; says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("problem", help="a JSON file, or - for standard input")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--start", metavar="LAYOUT", help="a JSON answer to go on from: the new one is never worse")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print the layout as JSON")


def run(problem: str, seconds: float, as_json: bool, say, start: str | None = None) -> None:
    """`say` takes the lines of the answer. Raises `Unreadable`, or `Refused` for a problem without sense."""

    def told(layout, at: float) -> None:
        say(f"{at:6.1f} s  {layout.utilisation:7.2%}  {layout.candidate}")

    before = _read(start) if start else None
    answer = nest(_read(problem), seconds, None if as_json else told, start=before).as_dict()
    if as_json:
        say(json.dumps(answer, separators=(",", ":")))
    else:
        _summary(answer, say)


def _summary(answer: dict, say) -> None:
    for number, sheet in enumerate(answer["sheets"], 1):
        say(
            f"{number:4}. {sheet['id']}: {len(sheet['placements'])} pieces, {sheet['utilisation']:.1%}, "
            f"used {sheet['used_length_mm']:.0f} of {max(sheet['width_mm'], sheet['height_mm']):.0f} mm"
        )
    for row in answer["unplaced"]:
        say(f"  not placed: {row['quantity']} of {row['part']}. {row['reason']}")
    say(f"Used altogether: {answer['utilisation']:.2%}")


def _read(name: str) -> dict:
    try:
        with nullcontext(sys.stdin) if name == "-" else Path(name).open(encoding="utf-8") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise Unreadable(f"{name} is larger than {LARGEST // 1024**2} MB.")
        return json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"{name} could not be read: {error}") from None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py nest", description="Nest the parts of a problem on its sheets.")
    add_arguments(parser)
    try:
        run(**vars(parser.parse_args(arguments)), say=lambda line: print(line, flush=True))
    except (Unreadable, Refused) as error:
        print(f"CommandError: {error}", file=sys.stderr)
        return 1
    return 0
