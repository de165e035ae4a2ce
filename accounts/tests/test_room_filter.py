"""The choices of a filter say what the theme's own template says."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import unfold
from django.template import Context, engines

from accounts.templatetags.room_filter import room_choices

THEME = Path(unfold.__file__).parent / "templates/admin/filter.html"
NASTY = "\"><script>alert('x')</script>&amp;"


def same(markup: str) -> str:
    return re.sub(r"\s*/?(<|>)\s*", r"\1", " ".join(markup.split())).replace(' "', '"')


def chosen(number: int) -> list[dict]:
    words = ("All", NASTY, "Größe & Farbe")
    return [
        {"selected": place == number, "query_string": f"?q={word}&b=1", "display": word}
        for place, word in enumerate(words)
    ]


@pytest.mark.parametrize("horizontal", [True, False])
@pytest.mark.parametrize("value", [None, [], [NASTY]])
@pytest.mark.parametrize("number", [0, 1])
def test_choices_are_drawn_as_the_theme_draws_them(number, value, horizontal):
    spec = SimpleNamespace(horizontal=horizontal, lookup_kwarg="state__exact", lookup_val=value)
    theirs = engines["django"].from_string(THEME.read_text()).template
    whole = theirs.render(Context({"spec": spec, "title": "state", "choices": chosen(number)}))
    ours = room_choices(spec, chosen(number))
    assert same(whole).endswith(same(ours) + "</div>")
    assert ("<input" in ours) == bool(value)
    assert "<script>" not in ours
