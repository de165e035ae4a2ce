"""Kinds of scans that rooms above do: they say so when they start, and nothing here knows what they mean.

A deed of another room gets the event and answers its result; when it raises `Refused`, as ours do, it is a conflict.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What is done with stock: see `deeds`."""

    WEIGH = "weigh", _("Weigh")
    MOVE = "move", pgettext_lazy("stock", "Move")
    OPEN = "open", pgettext_lazy("spool", "Open")
    USE_UP = "use_up", _("Used up")
    COUNT = "count", _("Count")
    UNDO = "undo", _("Take back")


@dataclass(frozen=True)
class Deed:
    """`do(event, by, anyhow)` answers the result that is kept; `undo(event, by)` takes it back within the minute."""

    kind: str
    label: object
    fields: frozenset[str]
    do: Callable
    undo: Callable


_others: dict[str, Deed] = {}


def register(deed: Deed) -> None:
    _others[deed.kind] = deed


def of(kind: str) -> Deed | None:
    """The deed of another room; None for what is done with stock."""
    return _others.get(kind)


def kinds() -> list[tuple[str, object]]:
    return [*Kind.choices, *((deed.kind, deed.label) for deed in _others.values())]


def is_known(kind: str) -> bool:
    return kind in Kind.values or kind in _others
