"""The comments of a file as names and values, whoever wrote them."""

import re

# "; filament used [g] = 1.5", ";Filament used: 1.2m", "; total filament weight [g] : 1,2", ";LAYER_COUNT:12"
_PAIR = re.compile(r"^;[ \t]*([A-Za-z][^=:\n]{0,80}?)[ \t]*[=:](.*)$", re.MULTILINE)
LONGEST_VALUE = 4096


def said_in(text: str) -> dict[str, str]:
    """Names in lower case and what is said of them; what is said last counts, as in the slicers."""
    return {each[1].casefold(): each[2].strip() for each in _PAIR.finditer(text) if len(each[2]) <= LONGEST_VALUE}


def pairs_in(text: str) -> dict[str, str]:
    """The `name=value` lines of binary G-code."""
    found = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and len(value) <= LONGEST_VALUE:
            found[name.strip().casefold()] = value.strip()
    return found


def listed(text: str | None) -> list[str]:
    """`PLA;PETG` or `"PLA","PETG"` as a list, quotes taken off."""
    if not text:
        return []
    return [part.strip().strip('"').strip() for part in re.split(r"[;,]", text)]
