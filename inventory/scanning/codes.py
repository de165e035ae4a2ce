"""The codes on labels: written as a short address of this installation, read from whatever a camera or a scanner says.

    HTTPS://SHOP.EXAMPLE.COM/Q/CUTTERS/L/FIL-001      a lot of the business "cutters"
    FIL-001                                           the same, typed
    HTTPS://SHOP.EXAMPLE.COM/Q/CUTTERS/B/7-0A…        a person's badge
    HTTPS://SHOP.EXAMPLE.COM/Q/CUTTERS/A/DONE         what is to be done, from the action sheet

In capitals an address takes half as many modules in a QR code, so a small label is still read at arm's length.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

KINDS = {"l": "lot", "i": "item", "p": "location", "m": "machine", "j": "job", "b": "badge", "a": "action"}
LETTERS = {kind: letter for letter, kind in KINDS.items()}
LONGEST = 300
_PATH = re.compile(r"/q/(?P<slug>[\w-]+)/(?P<letter>[a-z])/(?P<code>[^/?#]+)", re.IGNORECASE)
_OPERATION = re.compile(r"/floor/operations/(?P<pk>[0-9]{1,18})/?(?:[?#]|$)", re.IGNORECASE)
_DELIVERY = re.compile(r"/floor/deliveries/(?P<pk>[0-9]{1,18})/?(?:[?#]|$)", re.IGNORECASE)
# What scanners put before a code to say which symbology it was.
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9]")
# A scanner set to a US keyboard on a device set to a German one: where each key lies on the other.
AS_GERMAN = str.maketrans("YZyzß?Öö-_Ää", "ZYzy-_:;/?\"'")


@dataclass(frozen=True)
class Spoken:
    """What was read. `slug` and `kind` are empty for a bare code; "operation" and "delivery" have their key as code."""

    code: str
    kind: str = ""
    slug: str = ""


def address(slug: str, kind: str, code: str) -> str:
    """The address in the QR code of a label."""
    base, path = settings.BASE_URL, f"/q/{slug}/{LETTERS[kind]}/{quote(code, safe='')}"
    if not urlsplit(base).path.strip("/") and path.isascii():
        return f"{base}{path}".upper() if "%" not in path else f"{base.upper()}{path}"
    return f"{base}{path}"


def read(text: str) -> Spoken | None:
    """What a camera, a scanner or a person said; None for what says nothing."""
    text = "".join(letter for letter in str(text or "")[:LONGEST] if letter.isprintable()).strip()
    text = _SYMBOLOGY.sub("", text).strip()
    if not text:
        return None
    if re.match(r"https?(Ö|ö)(--|__)", text, re.IGNORECASE):
        text = text.translate(AS_GERMAN)
    found = _PATH.search(text)
    if found and found["letter"].lower() in KINDS:
        return Spoken(unquote(found["code"]), KINDS[found["letter"].lower()], found["slug"].lower())
    found = _OPERATION.search(text)
    if found:
        return Spoken(found["pk"], "operation")
    found = _DELIVERY.search(text)
    if found:
        return Spoken(found["pk"], "delivery")
    return Spoken(text)
