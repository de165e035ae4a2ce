"""The codes of the action sheet: a hand scanner says what is to be done with the work that was scanned before.

Each stands on the sheet twice: as the address of a QR code, and as a short word for scanners that read bars only. The
words hold no letter that another keyboard puts elsewhere.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from inventory.scanning import codes

PREFIX = "LO"
DIGITS = tuple("0123456789")
_BARE = re.compile(rf"{PREFIX}([A-Z]+|[0-9])")


@dataclass(frozen=True)
class Action:
    name: str
    label: object
    hint: object = ""


ACTIONS = (
    Action("START", _("Start"), _("the work, or go on after a pause")),
    Action("PAUSE", _("Pause")),
    Action("DONE", _("Done"), _("all good, less what was scanned as scrap")),
    Action("SCRAP", _("Scrap"), _("then the count, then Done")),
    Action("CLEAR", _("Clear"), _("the count that was scanned")),
    Action("UNDO", _("Undo"), _("for a minute")),
    Action("NEXT", _("Next milestone")),
    Action("TIME", _("My time"), _("start it here, or stop it")),
)
NAMES = frozenset(action.name for action in ACTIONS) | frozenset(DIGITS)


def address(slug: str, name: str) -> str:
    return codes.address(slug, "action", name)


def bare(name: str) -> str:
    return f"{PREFIX}{name}"


def read(text: str, slug: str) -> str | None:
    """The name of an action of this business; None for everything else that can be scanned."""
    spoken = codes.read(text)
    if spoken is None or spoken.slug not in ("", slug.lower()):
        return None
    if spoken.kind == "action":
        name = spoken.code.upper()
    else:
        found = _BARE.fullmatch(spoken.code.upper()) if not spoken.kind else None
        name = found[1] if found else ""
    return name if name in NAMES else None
