"""The words, colours and pieces every page is made of."""

import hashlib
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation
from django_scopes import scope
from hypothesis import given
from hypothesis import strategies as st

from laseros.core import colours
from laseros.core.templatetags import laseros as tags

ROOT = Path(settings.BASE_DIR)
VENDOR = ROOT / "laseros" / "static" / "vendor"


def rendered(source: str, **context) -> str:
    return Template(source).render(Context(context))


def page_request(path="/"):
    request = RequestFactory().get(path)
    request.user, request.session, request.workspace = AnonymousUser(), {}, None
    return request


# --- numbers and times ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (-3, "0 s"),
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "1 h 00 min"),
        (3900, "1 h 05 min"),
        (timedelta(hours=47, minutes=59), "47 h 59 min"),
        (timedelta(hours=51), "2 d 03 h"),
    ],
)
def test_durations_as_people_say_them(seconds, words):
    assert tags.duration(seconds) == words


def test_money_and_numbers_follow_language_and_country():
    south_africa = SimpleNamespace(country="ZA", currency="ZAR")
    germany = SimpleNamespace(country="DE", currency="EUR")
    amount = Decimal("1234.5")
    with scope(workspace=south_africa), translation.override("en"):
        assert rendered("{% money a %}", a=amount, workspace=south_africa) == "R1\xa0234,50"
        assert rendered('{{ a|money:"EUR" }}', a=amount) == "€1\xa0234,50"
    with scope(workspace=germany), translation.override("de"):
        assert rendered("{% money a %}", a=amount, workspace=germany) == "1.234,50\xa0€"
        assert rendered("{{ a|number }} {{ a|number:2 }} {{ a|number:0 }}", a=amount) == "1.234,5 1.234,50 1.234"
    assert rendered('{{ a|money:"EUR" }}{{ a|number }}', a=None) == ""


# --- colours ----------------------------------------------------------------------------------------------------------

hex_colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(hex_colours)
def test_any_colour_a_business_picks_stays_readable(colour):
    assert colours.contrast(colour, colours.ink_on(colour)) >= 4.5
    for surface in (colours.LIGHT_SURFACE, colours.DARK_SURFACE, "#ffffff"):
        assert colours.contrast(colours.readable(colour, surface), surface) >= 4.5


def test_contrast_is_the_one_of_wcag():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_a_colour_that_is_none_cannot_write_css():
    wrong = SimpleNamespace(colour="red}body{display:none")
    assert tags.brand_colours(wrong) == tags.brand_colours(None)
    assert "#0f766e" in tags.brand_colours(SimpleNamespace(colour="#0f766e"))


# --- icons and states -------------------------------------------------------------------------------------------------


def sprite() -> set[str]:
    root = ElementTree.parse(VENDOR.parent / tags.ICONS).getroot()
    return {symbol.get("id") for symbol in root}


def test_every_icon_named_in_a_template_or_table_is_in_the_sprite():
    named = {icon for _, icon in tags.STATES.values()} | set(tags.TONES.values())
    for path in ROOT.glob("**/templates/**/*.html"):
        if ".venv" not in path.parts:
            named |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text()))
            named |= set(re.findall(r'symbol="([\w-]+)"', path.read_text()))
    assert named - sprite() == set()


def test_a_state_shows_an_icon_and_its_word_not_the_colour_alone():
    badge = rendered("{% state_badge 'running' word %}", word="<läuft>")
    assert 'class="state state-active"' in badge
    assert "<use href=" in badge
    assert "&lt;läuft&gt;" in badge
    record = SimpleNamespace(state="paid", get_state_display=lambda: "bezahlt")
    assert "state-good" in rendered("{% state_badge r %}", r=record)
    assert "state-neutral" in rendered("{% state_badge 'never heard of' %}")
    assert "state-bad" in rendered("{% state_badge 'queued' 'due today' tone='bad' %}")


def test_every_state_a_record_can_be_in_has_its_look():
    fields = [
        (model.__name__, field)
        for model in apps.get_models()
        for field in model._meta.fields
        if field.name in ("state", "current") and field.choices
    ]
    assert fields
    nameless = {(model, state) for model, field in fields for state, _ in field.choices if state not in tags.STATES}
    assert nameless == set()


def test_icons_are_silent_unless_they_have_a_title():
    assert 'aria-hidden="true"' in rendered('{% icon "lock" %}')
    assert 'role="img" aria-label="&quot;x&quot;"' in rendered('{% icon "lock" title %}', title='"x"')


# --- pieces -----------------------------------------------------------------------------------------------------------


class Order(forms.Form):
    name = forms.CharField(help_text="As on the invoice")
    kind = forms.ChoiceField(choices=[("a", "A")], required=False)
    how = forms.ChoiceField(choices=[("c", "Collect")], widget=forms.RadioSelect)
    agree = forms.BooleanField()


def test_a_field_is_tied_to_its_label_its_help_and_its_error():
    form = Order({})
    form.is_valid()
    html = rendered('{% field form.name autocomplete="organization" %}', form=form)
    assert '<label class="form-label" for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'autocomplete="organization"' in html
    assert 'class="form-control is-invalid"' in html
    assert " data-scan " in rendered("{% field form.name data_scan=True required=False %}", form=form)
    assert "optional" not in html
    assert "optional" in rendered("{% field form.kind %}", form=form)
    assert "<legend" in rendered("{% field form.how %}", form=form)
    assert rendered("{% field form.agree %}", form=form).index("<input") < rendered(
        "{% field form.agree %}", form=form
    ).index("form-check-label")


def test_pages_keep_the_question_that_was_asked():
    request = page_request("/?q=steel&page=2")
    html = render_to_string("components/pagination.html", {"page": Paginator(range(30), 10).page(2)}, request)
    assert 'href="?q=steel&amp;page=1"' in html
    assert 'href="?q=steel&amp;page=3"' in html
    assert "Page 2 of 3" in html
    single = render_to_string("components/pagination.html", {"page": Paginator(range(3), 10).page(1)}, request)
    assert single.strip() == ""


def test_progress_tells_the_page_what_it_needs_to_tick():
    html = render_to_string(
        "components/progress.html", {"percent": 42.5, "seconds_left": 900, "running": True, "label": "Laser"}
    )
    assert 'data-progress="42.50" data-seconds-left="900" data-running' in html
    assert 'value="42.50"' in html
    assert "15 min" in html
    idle = render_to_string("components/progress.html", {"percent": None, "seconds_left": None, "label": "Laser"})
    assert "data-progress" not in idle
    assert "value=" not in idle


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_words_of_the_scripts_survive_their_translation(language):
    with translation.override(language):
        html = render_to_string("components/texts.html")
    # A quotation mark in a translation would end an attribute early and leave a stray name behind.
    start = html[html.index("<template") : html.index("></template>")]
    assert re.sub(r'\s+(?:id|data-[\w-]+)="[^"]*"', "", start) == "<template"


# --- whole pages ------------------------------------------------------------------------------------------------------


def test_the_worst_page_needs_nothing():
    html = get_template("500.html").render()
    assert "went wrong" in html
    assert "schiefgegangen" in html


def test_a_refusal_is_a_page_or_a_piece():
    context = {"reason": "It is <running> now.", "code": "state"}
    page = render_to_string("errors/refused.html", context, page_request())
    piece = render_to_string("errors/_refused.html", context)
    for html in (page, piece):
        assert "It is &lt;running&gt; now." in html
        assert 'data-code="state"' in html
    assert "<html" in page
    assert "<html" not in piece


def test_no_page_of_ours_needs_what_the_content_policy_forbids():
    forbidden = re.compile(
        r"""\s(?:style|on[a-z]+|hx-on[\w:-]*)=["']|<script(?![^>]*\bsrc=)(?![^>]*application/json)|hx-vals=["']js:"""
    )
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if {"admin", "unfold", "billing", "documents", "emails", "email"} & set(path.relative_to(ROOT).parts):
            continue  # the back office has a policy of its own; PDFs (billing, documents) and mails have none
        if forbidden.search(path.read_text()):
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


# --- what others made -------------------------------------------------------------------------------------------------


def test_vendored_files_are_the_ones_listed_and_carry_a_licence():
    table = (VENDOR / "README.md").read_text()
    listed = dict(re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", table))
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
        assert (VENDOR / name).parent.joinpath("LICENSE").exists(), name
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    unlisted = {name for name in present if not name.endswith(("LICENSE", "README.md"))} - set(listed)
    assert unlisted == set()


def test_the_font_of_documents_has_the_letters_of_our_neighbours():
    from fontTools.ttLib import TTFont

    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        known = TTFont(VENDOR.parent / "fonts" / name).getBestCmap()
        assert [letter for letter in "äßéłșțžČŐΩλЖщй€₹£²³×–" if ord(letter) not in known] == []
