"""German is whole: every text has its translation, every text is a text one can translate."""

import ast
import re
from collections import Counter
from functools import partial
from gettext import GNUTranslations
from html import unescape
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from accounts.telling import DETAILS
from billing import words as billing_words
from billing.carriers import CARRIERS
from billing.pricing import KEYS, CutParameters, CutPart, PrintPart, Rates, SheetMaterial, price_cut, price_print
from laseros.core.sentences import Sentences
from laseros.management.commands.messages import ROOMS, as_mo, in_the_tree, is_translated, path_of, stored
from machines import words as machine_words
from production import words as production_words
from production.dxf import Refused, measure
from production.dxf.defects import TEXTS
from production.dxf.layers import BEND, CUT, ENGRAVE, IGNORE

ROOT = Path(settings.BASE_DIR)
PLACES = re.compile(r"%\(\w+\)[a-z0-9]+|%%|%[sd]|\{\w*[^{}]*\}")
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def german():
    return stored("de")


def pairs(catalogue):
    """(English, German) of every message; of both its numbers where it has two."""
    for message in catalogue:
        if message.id and isinstance(message.id, tuple):
            yield from zip(message.id, message.string, strict=True)
        elif message.id:
            yield message.id, message.string


# --- the catalogue ----------------------------------------------------------------------------------------------------


def test_the_catalogue_holds_the_texts_of_the_tree_and_no_others(german):
    texts = {(message.context, message.id) for message in in_the_tree() if message.id}
    known = {(message.context, message.id) for message in german if message.id}
    assert texts - known == set(), "new: make messages, then write their German"
    assert known - texts == set(), "gone: make messages"


def test_every_text_is_german_and_certain(german):
    assert [message.id for message in german if message.id and not is_translated(message)] == []
    assert [message.id for message in german if message.id and message.fuzzy] == []


def test_what_is_filled_in_is_the_same_in_both(german):
    different = [
        (english, said)
        for english, said in pairs(german)
        if Counter(PLACES.findall(english)) != Counter(PLACES.findall(said))
    ]
    assert different == []


def test_markup_is_the_same_in_both(german):
    different = [
        (english, said)
        for english, said in pairs(german)
        if Counter(TAGS.findall(english)) != Counter(TAGS.findall(said))
    ]
    assert different == []


def test_no_german_ends_an_attribute_early(german):
    """Translations stand in attributes as they are: a straight quotation mark would end one."""
    assert [said for english, said in pairs(german) if said.count('"') != english.count('"')] == []


def test_edges_and_full_stops_are_kept(german):
    """Spaces join words to what stands beside them, and a sentence stays one."""
    ends = str.maketrans("", "", "”“„\"'")
    for english, said in pairs(german):
        assert (english[0].isspace(), english[-1].isspace()) == (said[0].isspace(), said[-1].isspace()), english
        last, their_last = english.translate(ends)[-1:], said.translate(ends)[-1:]
        if last in ".?!:…":
            assert last == their_last or english in {"No.", "{name}…"}, (english, said)


def test_the_compiled_catalogue_says_what_the_written_one_says(german):
    with path_of("de").with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in german:
        if message.id and isinstance(message.id, tuple):
            said = partial(compiled.npgettext, message.context) if message.context else compiled.ngettext
            assert tuple(said(*message.id, number) for number in (1, 2)) == message.string
        elif message.context:
            assert compiled.pgettext(message.context, message.id) == message.string
        elif message.id:
            assert compiled.gettext(message.id) == message.string
    assert path_of("de").with_suffix(".mo").read_bytes() == as_mo(german)


def test_the_catalogue_tells_nothing_of_the_machine_it_was_made_on():
    written = path_of("de").read_text(encoding="utf-8")
    assert not re.search(r"^#:|POT-Creation-Date|/home/|/tmp/", written, re.MULTILINE)
    assert str(ROOT) not in written


# --- texts that could not be translated -------------------------------------------------------------------------------

ICONS = re.compile(r'<(span|i)[^>]*material-symbols[^>]*>[^<]*</\1>|<[^>]*class="[^"]*icon[^"]*"[^>]*>[a-z_]+<')
NOT_WORDS = {"laser os", "dxf", "x mm", "y mm", "mm", "kg", "s", "k", "esc", "n", "kwh"}
SPOKEN = re.compile(r'\b(?:aria-label|title|alt|placeholder|data-confirm(?!-tone)[\w-]*|data-label)="([^"]*)"')
BOTH_LANGUAGES = {"500.html"}  # it is shown when nothing else works, so it says all it says twice


def words_in(template: str) -> list[str]:
    """What a template says outside of tags that translate, attributes that are read aloud included."""
    for pattern in (
        r"{% comment.*?%}.*?{% endcomment %}|{#.*?#}|<!--.*?-->",
        r"{% blocktrans.*?%}.*?{% endblocktrans(?:late)? %}",
        r"<(style|script)\b.*?</\1>",
        ICONS.pattern,
    ):
        template = re.sub(pattern, " ", template, flags=re.DOTALL)
    template = re.sub(r"{%.*?%}|{{.*?}}", "\0", template, flags=re.DOTALL)
    said = [*SPOKEN.findall(template), *re.split(r"<[^>]*>", template)]
    pieces = (unescape(piece).strip(" \n\t·×/:,()[]+-–—") for text in said for piece in text.split("\0"))
    return [piece for piece in pieces if re.search(r"[^\W\d_]{2,}", piece)]


def test_templates_say_nothing_in_one_language_only():
    found = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        # Blocks and extensions hold classes and attributes, and icons the names of their pictures.
        source = re.sub(r"{% block \w*(?:class|attributes)\w* %}.*?{% endblock[^%]*%}", "", source, flags=re.DOTALL)
        said = [
            words for words in words_in(source)
            if words.lower() not in NOT_WORDS and not re.fullmatch(r"[a-z]+(_[a-z]+)*|--.*", words)
        ]  # fmt: skip
        if said and path.name not in BOTH_LANGUAGES:
            found[str(path.relative_to(ROOT))] = said
    assert found == {}


PURE = ("production/dxf", "production/nesting", "production/measure_command.py", "production/nest_command.py",
        "billing/pricing", "laseros/core/sandbox.py", "machines/drivers", "machines/gcode",
        "machines/simulators", "machines/reports/")  # fmt: skip
SAYS = {"label", "help_text", "verbose_name", "verbose_name_plural", "description", "short_description", "empty_label",
        "search_help_text", "empty_text", "done", "confirm", "title"}  # fmt: skip


def sources():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if not {"tests", "migrations", "bench", "demo"} & set(path.parts) and not name.startswith(PURE):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def is_prose(node) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return text != "Laser OS" and bool(re.search(r"[^\W\d_]{2,} [^\W\d_]{2,}", TAGS.sub("", text)))


def test_refusals_labels_and_messages_are_translatable():
    found = []
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                said = [keyword.value for keyword in node.keywords if keyword.arg in SAYS]
                if function in {"Refused", "ValidationError", "success", "warning", "Verb"}:
                    said += node.args[:2]
                    is_log = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in {"log", "self"}
                    said = [] if is_log else said
                found += [f"{name}:{node.lineno} {ast.unparse(text)[:60]}" for text in said if is_prose(text)]
            elif isinstance(node, ast.Assign) and {getattr(target, "id", "") for target in node.targets} & SAYS:
                found += [f"{name}:{node.lineno}"] if is_prose(node.value) else []
    assert found == []


def test_models_are_named_in_the_language_of_the_reader():
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS]
    shown = [model for model in ours if model._meta.label not in {"accounts.Sequence"}]
    assert len(shown) > 20
    for model in shown:
        assert isinstance(model._meta.verbose_name, Promise), model
        assert isinstance(model._meta.verbose_name_plural, Promise), model


def test_choices_are_words_one_can_translate():
    international = {"mm", "cm", "DXF", "SVG", "STL", "3MF", "G-code", "PDF", "SKR03", "SKR04"}
    international |= {label for label, _page in CARRIERS.values() if isinstance(label, str)}  # names of firms
    for model in apps.get_models():
        if model.__module__.split(".")[0] in ROOMS:
            for field in model._meta.concrete_fields:
                said = [label for _, label in field.choices or () if label not in international]
                said = [label for label in said if not set(label) <= set("★☆")]
                assert all(isinstance(label, Promise) for label in said), field


@pytest.mark.django_db
def test_the_pages_of_the_back_office_name_their_fields_in_german():
    """What a list or a form shows under a field's own name has one."""
    from django.contrib import admin
    from django.contrib.admin.utils import flatten, label_for_field

    nameless = set()
    with translation.override("de"):
        for model, room in admin.site._registry.items():
            if model.__module__.split(".")[0] not in ROOMS:
                continue
            fields = [room.fields or (), *(options["fields"] for _, options in room.fieldsets or ())]
            for name in {*room.list_display, *flatten(flatten(fields)), *getattr(room, "export_fields", ())}:
                try:
                    field = model._meta.get_field(name)
                except Exception:
                    label = label_for_field(name, model, room) if hasattr(room, name) else ""
                    if label and label == name.replace("_", " "):
                        nameless.add(f"{model._meta.label}.{name}")
                    continue
                if not isinstance(field.verbose_name, Promise):
                    nameless.add(f"{model._meta.label}.{name}")
    assert nameless <= {"production.DesignFile.sha256"}


def test_a_coloured_state_has_a_word_whatever_it_is():
    """The theme shows the bare key of a state it was given no colour for."""
    from django.contrib import admin

    for model, room in admin.site._registry.items():
        for name in room.list_display:
            shown = getattr(room, str(name), None)
            colours = getattr(shown, "label", None)
            if not isinstance(colours, dict) or not getattr(shown, "admin_order_field", ""):
                continue
            field = model
            for part in shown.admin_order_field.split("__"):
                field = field._meta.get_field(part) if field is model else field.related_model._meta.get_field(part)
            if model.__module__.split(".")[0] in ROOMS and field.choices:
                assert {key for key, _ in field.choices} - set(colours) == set(), f"{model._meta.label}.{name}"


def test_what_verbs_note_beside_their_deed_is_told_in_words():
    fields = {field.name for model in apps.get_models() for field in model._meta.get_fields()}
    noted = {
        key.value
        for _, tree in sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"activity.record", "record"}
        for given in call.keywords
        if given.arg in {"details", "money"} and isinstance(given.value, ast.Dict)
        for key in given.value.keys
        if key is not None  # {**details} has none
    }
    assert len(noted) > 20
    assert noted - fields - set(DETAILS) == set()


# --- sentences of the pure parts --------------------------------------------------------------------------------------

TECHNICAL = {
    "production/dxf": ("feed, acceleration, corner tolerance", "leads and joints must not", "laseros-dxf",
                       "the numbers of knots", "a fit point is", "closed contours",
                       "small curves are not shown", " mm to cut", " Layers: ", " open, ",
                       "is not finite", "no colour of a layer", "a hatch "),
    "billing/pricing": ("material can be charged by", "not by"),
    "machines/drivers": ("Ünïcode", "filament used ["),
    "machines/drivers/bambu": ("verify failed", "no JSON object is passed over"),
    "machines/drivers/moonraker": (),
    "machines/drivers/mtconnect": (),
    "machines/drivers/octoprint": (),
    "machines/drivers/opcua": (),
    "machines/gcode": ("filament ", "total ", " time", "layer height", "plastic weight"),
    "machines/simulators": (),
    "laseros/core/sandbox.py": ("exit status", "the result is no JSON"),
}  # fmt: skip


def fragments(path: Path) -> list[str]:
    """Pieces of English of at least two words that stand in the code of a pure part."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    explained = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    said = [
        re.sub(r"\{[^{}]*\}", "\0", node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained
    ]
    pieces = [piece.strip(" .,:“”()") for text in said for piece in text.split("\0")]
    return [piece for piece in pieces if re.search(r"[a-z]{2,} [a-z]{2,}", piece) and not re.search(r"[<>|\\=]", piece)]


@pytest.mark.parametrize("part", TECHNICAL)
def test_every_sentence_of_a_pure_part_is_in_the_catalogue(part, german):
    known = "\n".join(english for english, _ in pairs(german)).replace("%%", "%")
    folder = ROOT / part
    said = [
        piece for path in ([folder] if folder.is_file() else sorted(folder.glob("*.py"))) for piece in fragments(path)
    ]
    assert len(said) > (0 if part.startswith("machines/sim") else 1)
    technical = [words.strip() for words in TECHNICAL[part]]
    assert [piece for piece in said if piece not in known and not any(words in piece for words in technical)] == []


def test_labels_of_prices_defects_and_layers_are_in_the_catalogue(german):
    known = {message.id for message in german}
    assert set(KEYS) == set(billing_words.STEPS)
    assert set(billing_words.STEPS.values()) <= known
    assert {CUT, ENGRAVE, BEND, IGNORE} <= known
    for text in TEXTS.values():
        assert text.format(size=2.0) in known or production_words.said._known
        with translation.override("de"):
            assert production_words.said(text.format(size=2.0)) != text.format(size=2.0)


RATES = Rates(850, 350, 15, 20, 30, 150, 10, "2.5", 6, 32, currency="EUR")
SHEET = SheetMaterial("Baustahl", 7850, 3, 3000, 1500, 1200)
TABLE = CutParameters(3200, "0.5", "N2", 14, 2, "0.2", 5000, 60000, "4")


@pytest.mark.parametrize(
    "priced",
    [
        price_cut(CutPart(120.5, 80, 9000, 9600, 512.25, 5, None, 2), 7, SHEET, TABLE, RATES),
        price_cut(CutPart(120.5, 80, 9000, 9600, 512.25, 5, 12.3, 1), 9, SHEET, TABLE, RATES, 5, [(5, 3), (10, 60)]),
        price_cut(CutPart(2995, 1495, 9000, 9600, 512.25, 5), 1, SHEET, TABLE, RATES, 0, [(1, 3)]),
        price_print(PrintPart("38.5", 5400, 25), 500, RATES, 2),
    ],
)
def test_a_price_is_explained_in_german(priced):
    facts = [step.how for step in priced.steps] + priced.assumptions
    told = {}
    for language in ("en", "de"):
        with translation.override(language):
            told[language] = [billing_words.explained(fact, "EUR") for fact in facts]
    german = told["de"]
    assert all(told["en"])
    assert [pair for pair in zip(told["en"], german, strict=True) if pair[0] == pair[1]] == []
    assert not any(re.search(r"\b(per|sheet|pieces|the|each|from|is|off)\b", text) for text in german), german


def test_a_file_that_is_no_drawing_is_refused_in_german(tmp_path):
    (tmp_path / "scan.dxf").write_bytes(b"%PDF-1.7\n")
    with pytest.raises(Refused) as refusal:
        measure(tmp_path / "scan.dxf")
    with translation.override("de"):
        assert production_words.said(refusal.value.reason) == (
            "Das ist eine PDF-Datei. Bitte exportieren Sie die Zeichnung als DXF."
        )


@pytest.mark.parametrize(
    ("said", "german"),
    [
        (
            "The file does not say its unit. It was taken as millimetres: 12.7 m long. That is larger than a sheet."
            " Please confirm the size.",
            "Die Datei nennt keine Einheit. Sie wurde in Millimetern verstanden: 12,7 m lang. Das ist größer als eine"
            " Tafel. Bitte bestätigen Sie die Größe.",
        ),
        (
            "Not cut and not counted: 2 × hatch, 1 × ACAD_PROXY, ….",
            "Nicht geschnitten und nicht gezählt: 2 × Schraffur, 1 × ACAD_PROXY, ….",
        ),
        ("Layers not cut: “1.5 mm” (3).", "Nicht geschnittene Ebenen: “1.5 mm” (3)."),
        (
            "The drawing holds more than 200,000 curves once its blocks are placed. Please send single parts.",
            "Die Zeichnung enthält mehr als 200.000 Kurven, wenn ihre Blöcke eingesetzt sind. Bitte senden Sie einzelne"
            " Teile.",
        ),
        ("Something no template knows: 1.5", "Something no template knows: 1.5"),
    ],
)
def test_a_sentence_keeps_its_values(said, german):
    with translation.override("de"):
        assert production_words.said(said) == german


def test_machines_are_quoted_and_connections_translated():
    with translation.override("de"):
        assert machine_words.said("no word for 60 s") == "seit 60 s keine Meldung"
        assert machine_words.said("E-204 Crash sensor") == "E-204 Crash sensor"


def test_a_sentence_is_taken_apart_in_one_walk():
    """Names of layers come from strangers: however they are written, finding the template takes no time."""
    said = Sentences("%(a)s x %(b)s x %(c)s x %(d)s x %(e)s!")
    with translation.override("de"):
        assert said("q x " * 200_000 + "?") == "q x " * 200_000 + "?"
        assert said("x" * 500_000 + "!").startswith("xxx")
