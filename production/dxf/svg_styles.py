"""How SVG elements look, as far as it says what is to be cut: visible or not, stroke and fill, dashed or not."""

import re

INHERITED = ("stroke", "fill", "visibility", "stroke-dasharray", "color", "stroke-opacity", "fill-opacity")
OWN = ("display", "opacity", "clip-path")
NAMED = {
    "black": "#000000", "white": "#ffffff", "red": "#ff0000", "lime": "#00ff00", "green": "#008000", "blue": "#0000ff",
    "yellow": "#ffff00", "cyan": "#00ffff", "aqua": "#00ffff", "magenta": "#ff00ff", "fuchsia": "#ff00ff",
    "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "orange": "#ffa500", "purple": "#800080",
    "maroon": "#800000", "navy": "#000080", "teal": "#008080", "olive": "#808000",
}  # fmt: skip
# AutoCAD's first colours, as rules about colours name them.
ACI = {
    1: (255, 0, 0), 2: (255, 255, 0), 3: (0, 255, 0), 4: (0, 255, 255), 5: (0, 0, 255), 6: (255, 0, 255), 7: (0, 0, 0),
    8: (128, 128, 128), 9: (192, 192, 192),
}  # fmt: skip
WHITE = "#ffffff"
_rule = re.compile(r"([^{}]+)\{([^{}]*)\}")
_comment = re.compile(r"/\*.*?\*/", re.DOTALL)


def declarations(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in (text or "").split(";"))
    return {name.strip().lower(): value.replace("!important", "").strip() for name, _, value in pairs if value.strip()}


class StyleSheet:
    """The rules of style elements, by plain selectors: element, .class, #id and element.class."""

    def __init__(self):
        self.rules: dict[str, dict[str, str]] = {}

    def add(self, text: str) -> None:
        for selectors, body in _rule.findall(_comment.sub("", text)):
            for selector in selectors.split(","):
                self.rules.setdefault(selector.strip(), {}).update(declarations(body))

    def of(self, name: str, element) -> dict[str, str]:
        """What is said about an element: attributes, then the sheet, then its own style, the later the stronger."""
        said = {key: element.get(key) for key in (*INHERITED, *OWN) if element.get(key) is not None}
        if self.rules:
            classes = (element.get("class") or "").split()
            for selector in (
                name,
                *(f".{c}" for c in classes),
                *(f"{name}.{c}" for c in classes),
                f"#{element.get('id')}",
            ):
                said.update(self.rules.get(selector, ()))
        said.update(declarations(element.get("style", "")))
        return said


def colour(text: str | None, current: str = "#000000") -> str | None:
    """A colour as #rrggbb, None for none; what is not understood, gradients too, is some colour and counts as black."""
    text = (text or "").strip().lower()
    if text in ("", "none", "transparent"):
        return None
    if text == "currentcolor":
        return current
    if re.fullmatch(r"#[0-9a-f]{3,4}", text):
        return "#" + "".join(2 * digit for digit in text[1:4])
    if re.fullmatch(r"#[0-9a-f]{6}([0-9a-f]{2})?", text):
        return text[:7]
    if found := re.fullmatch(r"rgba?\(\s*([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?).*\)", text):
        return "#" + "".join(f"{_share(value):02x}" for value in found.groups())
    return NAMED.get(text, "#000000")


def _share(value: str) -> int:
    number = float(value.rstrip("%")) * (2.55 if value.endswith("%") else 1)
    return min(255, round(number))


def colour_number(name: str) -> int:
    """The nearest of AutoCAD's nine first colours; white is black's, as on screens it is."""
    if name == WHITE:
        return 7
    red, green, blue = (int(name[place : place + 2], 16) for place in (1, 3, 5))
    return min(ACI, key=lambda n: (ACI[n][0] - red) ** 2 + (ACI[n][1] - green) ** 2 + (ACI[n][2] - blue) ** 2)
