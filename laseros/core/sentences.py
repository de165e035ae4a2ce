"""Sentences of the pure parts, said again in the reader's language.

Drawings, prices and drivers are worked out without Django and speak English, in whole sentences that are stored as they
came. A room that shows them lists them as templates; a sentence is recognised by its template and said with its own
values. What no template knows stays as it is.
"""

import re

from django.utils.translation import gettext

from laseros.core.templatetags.laseros import number

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
NUMBER = re.compile(r"(\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|\d+\.\d+)( [^\W\d]+)?")  # 1 234.5, 200,000 or 12.7 mm
COUNTED = re.compile(r"(?<= × )[^,]+")


class Sentences:
    """Templates with %(named)s places, and the terms that may stand in them.

    said = Sentences("The file holds %(parts)s parts.", terms=["table"]);  said("The file holds 3 parts.")
    """

    def __init__(self, *templates: str, terms=()):
        self.templates = templates
        self.terms = frozenset(terms)
        self._known = [(template, *_taken_apart(template)) for template in templates]

    def __call__(self, sentence) -> str:
        sentence = str(sentence)
        for template, names, parts in self._known:
            values = _values(parts, sentence)
            if values is None:
                continue
            return gettext(template) % {name: self._value(value) for name, value in zip(names, values, strict=True)}
        return gettext(sentence) if sentence in self.terms else sentence

    def _value(self, value: str) -> str:
        if found := NUMBER.fullmatch(value):
            digits, unit = found.groups()
            digits = digits.replace(" ", "").replace(",", "")
            return number(digits, len(digits.partition(".")[2])) + (unit or "")
        if len(sides := value.split(" × ")) > 1 and all(NUMBER.fullmatch(side) for side in sides):
            return " × ".join(self._value(side) for side in sides)
        if value in self.terms:
            return gettext(value)
        return COUNTED.sub(lambda kind: gettext(kind[0]) if kind[0] in self.terms else kind[0], value)


def _taken_apart(template: str) -> tuple[list[str], list[str]]:
    """The names in a template, and the words before, between and after them."""
    pieces = PLACEHOLDER.split(template)
    return pieces[1::2], [piece.replace("%%", "%") for piece in pieces[::2]]


def _values(parts: list[str], sentence: str) -> list[str] | None:
    """What stands between `parts`, each as short as it can be. One walk along the sentence: strangers write into it."""
    first, *rest = parts
    if not rest:
        return [] if sentence == first else None
    if not sentence.startswith(first) or not sentence.endswith(rest[-1]):
        return None
    values, at, end = [], len(first), len(sentence) - len(rest[-1])
    for part in rest[:-1]:
        found = sentence.find(part, at, end)
        if found < 0:
            return None
        values.append(sentence[at:found])
        at = found + len(part)
    return [*values, sentence[at:end]] if at <= end else None
