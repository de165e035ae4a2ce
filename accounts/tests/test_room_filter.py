"""The choices of a filter say what the theme's own template says."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import unfold
from django.contrib.admin.views.main import ChangeList
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


@pytest.mark.django_db
def test_addresses_of_choices_are_those_of_django(office, log_in):
    """They are put together once for each parameter, and Django's own for every value."""
    ours = log_in(office).get("/admin/accounts/activity/?verb=sent&q=a+%26b&who=7&at_from=2026-01-02").context["cl"]
    asked = [
        ({"verb": value}, remove)
        for value in ("created", "asked for a change", "ü&<b>=1", "", 7, True, None, ["x", "y"])
        for remove in (None, ["verb"], ["at_"], ["who", "q"])
    ]
    for params, remove in [*asked, (None, ["verb"]), ({}, None), ({"o": "1.2", "p": 3}, ["q"])]:
        theirs = ChangeList.get_query_string(ours, params, remove)
        assert ours.get_query_string(params, remove) == theirs
        assert ours.get_query_string(params, remove) == theirs  # the second time from what is kept
