"""What is the same on every page is drawn once; another language or another value is another piece."""

import re

import pytest
from django.template import Context, engines
from django.utils import translation


class Drawing:
    """Counts how often it was drawn."""

    times = 0

    def __str__(self):
        Drawing.times += 1
        return f"<{Drawing.times}>"


def page(source: str):
    Drawing.times = 0
    template = engines["django"].from_string(source).template
    return lambda **values: template.render(Context({"drawing": Drawing(), **values}))


def test_once_for_each_language():
    draw = page("{% load i18n %}{% drawn_once %}{{ drawing }}{% translate 'Close' %}{% enddrawn_once %}|{{ here }}")
    assert draw(here="a") == "&lt;1&gt;Close|a"
    assert draw(here="b") == "&lt;1&gt;Close|b"
    with translation.override("de"):
        assert draw(here="c") == "&lt;2&gt;Schließen|c"
    assert draw(here="d") == "&lt;1&gt;Close|d"
    assert Drawing.times == 2


def test_once_for_each_value_and_not_for_ever(monkeypatch):
    from laseros.core.templatetags import drawn_once

    monkeypatch.setattr(drawn_once, "MOST", 3)
    draw = page("{% drawn_once name|lower number %}{{ drawing }}{{ name }}{% enddrawn_once %}")
    assert draw(name="A", number=1) == draw(name="a", number=1) == "&lt;1&gt;A"
    assert draw(name="A", number=2) == "&lt;2&gt;A"
    assert draw(number=2) == "&lt;3&gt;"  # a value that is not there is one as well
    assert draw(name="B", number=1) == "&lt;4&gt;B"  # the fourth: it begins anew
    assert draw(name="A", number=1) == "&lt;5&gt;A"


@pytest.mark.django_db
def test_the_frame_of_the_back_office_keeps_nothing_of_a_person(log_in, office, manager, workspace, other_workspace):
    """Two people in two languages, one after the other, each with their own name, token, path and rooms."""
    for person, language in ((office, "en"), (manager, "de")):
        person.language = language
        person.save()
    pages = [log_in(person).get("/admin/crm/client/").content.decode() for person in (office, manager, office)]
    for shown, person, word in zip(pages, (office, manager, office), ("Log out", "Abmelden", "Log out"), strict=True):
        assert person.email in shown
        assert word in shown
        assert workspace.name in shown
        assert other_workspace.name not in shown
        assert shown.count('name="csrfmiddlewaretoken"') >= 2
    assert office.email not in pages[1]
    assert manager.email not in pages[2]
    tokens = [re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages]
    assert len(set(tokens)) == 3
