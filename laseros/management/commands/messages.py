"""Bring the catalogues up to date with the texts in code and templates, and compile them: `make messages`.

Babel reads and writes them, so that nobody needs gettext's own programs. A text that is new stands without translation
until somebody writes one; a test fails as long as one is missing.
"""

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

ROOMS = ("laseros", "accounts", "crm", "inventory", "machines", "production", "billing", "portal", "templates")
LEFT_OUT = {"tests", "migrations", "static", "locale", "bench"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_t": None,  # as gettext is called where _ is the lazy one
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # Babel writes one in any case: always the same changes nothing
HEADER = (
    ("Project-Id-Version", "Laser OS"),
    ("Language", "{language}"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=UTF-8"),
    ("Content-Transfer-Encoding", "8bit"),
    ("Plural-Forms", "{plural_forms}"),
)


class Command(BaseCommand):
    help = "Bring the translations up to date with the texts in code and templates, and compile them."

    def handle(self, **options):
        template = in_the_tree()
        for language, _ in settings.LANGUAGES:
            if language == "en":
                continue
            catalogue = stored(language) if path_of(language).exists() else Catalog(locale=language)
            catalogue.update(template, no_fuzzy_matching=True)
            path_of(language).parent.mkdir(parents=True, exist_ok=True)
            path_of(language).write_text(as_po(catalogue), encoding="utf-8")
            path_of(language).with_suffix(".mo").write_bytes(as_mo(stored(language)))
            missing = [message for message in stored(language) if message.id and not is_translated(message)]
            self.stdout.write(f"{language}: {len(template)} texts, {len(missing)} without translation")
            for message in missing:
                self.stdout.write(f"  {message.id!r}")


def path_of(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def stored(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def is_translated(message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def in_the_tree() -> Catalog:
    """Every text marked for translation in our code and templates."""
    catalogue = Catalog()
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and not LEFT_OUT & set(path.parts):
                for text, context in _texts(path):
                    catalogue.add(text, context=context)
    return catalogue


def _texts(path: Path):
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What stands around the tags has no indentation that Python would understand.
        source = "\n".join(line.strip() for line in templatize(source).split("\n"))
    for _, text, _, context in extract("python", io.BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"}):
        yield text, context


def as_po(catalogue: Catalog) -> str:
    """Without dates and places, so that it changes only where a text does."""
    written = io.BytesIO()
    write_po(written, catalogue, omit_header=True, no_location=True, sort_output=True, ignore_obsolete=True, width=None)
    values = {"language": catalogue.locale_identifier, "plural_forms": catalogue.plural_forms}
    header = "".join(f'"{name}: {value.format(**values)}\\n"\n' for name, value in HEADER)
    return f'msgid ""\nmsgstr ""\n{header}\n{written.getvalue().decode()}'


def as_mo(catalogue: Catalog) -> bytes:
    catalogue.creation_date = catalogue.revision_date = NO_DAY
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()
