"""What messages are about: each room registers its occasions, with the closed list of what may stand in their text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

CLIENT, SUPPLIER, STAFF = "client", "supplier", "staff"
AUDIENCES = {CLIENT: _("To clients"), SUPPLIER: _("To suppliers"), STAFF: _("To people who work here")}

# May stand in every message.
EVERYWHERE = {
    "business": _("name of the business"),
    "business_phone": _("its phone number"),
    "business_email": _("its e-mail address"),
    "greeting": _("greeting with the name, where it is known"),
    "link": _("address of the page it is about"),
}

NOW, DAILY, NEVER = "now", "daily", "never"


@dataclass(frozen=True)
class Occasion:
    """`values(record)` answers a text for every place, in the language that is active; it reads and writes nothing."""

    name: str
    label: object
    audience: str
    model: str
    places: dict[str, object]
    values: Callable[[object], dict[str, str]]
    # Papers and ways in are always sent; of anything else a person says whether and when they want to hear.
    always: bool = False
    permission: str = ""  # what somebody here must be allowed to see to be told
    latest: Callable | None = field(default=None, compare=False)  # the queryset to take an example from

    @property
    def known(self) -> dict[str, object]:
        return {**EVERYWHERE, **self.places}

    def original(self, language: str) -> tuple[str, str]:
        """(subject, text) as we propose them."""
        return _original(self.name, language)


_registry: dict[str, Occasion] = {}


def register(occasion: Occasion) -> Occasion:
    if occasion.name in _registry:
        raise ValueError(f"two occasions are called {occasion.name!r}")
    _registry[occasion.name] = occasion
    return occasion


def every() -> Iterator[Occasion]:
    """By audience, then in the order of the rooms."""
    return iter(sorted(_registry.values(), key=lambda one: list(AUDIENCES).index(one.audience)))


def named(name: str) -> Occasion | None:
    return _registry.get(name)


def label_of(name: str) -> str:
    occasion = _registry.get(name)
    return str(occasion.label) if occasion else name


@cache
def _original(name: str, language: str) -> tuple[str, str]:
    folder = Path(settings.BASE_DIR) / "templates" / "messages"
    path = folder / language / f"{name}.txt"
    subject, _line, body = (path if path.exists() else folder / "en" / f"{name}.txt").read_text("utf-8").partition("\n")
    return subject.strip(), body.strip()
