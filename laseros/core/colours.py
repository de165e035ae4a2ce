"""A business picks any colour; what is written in it or on it stays readable (WCAG 2.2: 4.5 to 1)."""

import re

DEFAULT = "#1d5fbf"
BLACK, WHITE = "#000000", "#ffffff"
# The least forgiving surfaces of each theme: the page behind the cards, and a raised row in the dark.
LIGHT_SURFACE, DARK_SURFACE = "#f3f4f6", "#243042"


def valid(colour: str | None) -> str:
    """`colour` when it is one (#rrggbb), otherwise the house colour."""
    return colour if colour and re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else DEFAULT


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two #rrggbb colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """White or black: what can be read on `colour`. One of them always reaches 4.5."""
    return WHITE if contrast(colour, WHITE) >= 4.5 else BLACK


def readable(colour: str, surface: str, ratio: float = 4.5) -> str:
    """`colour`, moved towards black or white just far enough to be read on `surface`."""
    target = BLACK if _luminance(surface) > 0.18 else WHITE
    for step in range(21):
        shade = _mix(colour, target, step / 20)
        if contrast(shade, surface) >= ratio:
            return shade
    return target


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.2, "relative luminance")."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
