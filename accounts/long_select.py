"""Choices by the hundred that are the same on every page, like countries: made ready and drawn once."""

from functools import lru_cache
from html import escape

from django.utils.choices import BaseChoiceIterator
from django.utils.safestring import mark_safe
from unfold.widgets import UnfoldAdminSelectWidget


class Prepared(BaseChoiceIterator):
    """(value, words) pairs of plain text, which no form has to take apart and copy again."""

    def __init__(self, choices: tuple[tuple[str, str], ...]):
        self.choices = choices

    def __iter__(self):
        return iter(self.choices)

    def __deepcopy__(self, memo):
        return self


class LongSelect(UnfoldAdminSelectWidget):
    """A select of `Prepared` choices."""

    def optgroups(self, name, value, attrs=None):
        return []

    def render(self, name, value, attrs=None, renderer=None):
        drawn, options = super().render(name, value, attrs, renderer), _options(self.choices.choices)
        option = f'<option value="{escape("" if value is None else str(value))}"'
        options = options.replace(f"{option}>", f"{option} selected>", 1)
        return mark_safe(drawn.replace("</select>", f"{options}</select>", 1))  # noqa: S308 escaped below


@lru_cache(maxsize=20)
def _options(choices: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(words)}</option>\n' for value, words in choices)
