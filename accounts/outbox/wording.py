"""Words with places in braces: checked on saving, filled by plain replacement, laid out as text and as HTML.

A text is paragraphs with empty lines between them. `[Words]({link})` on a line of its own is a button, `| What:
{value}` a fact, `- ` a row of a list, `> ` a quotation. What is left empty by its value is left out. The layout is read
off the words before anything is filled in, so what a client wrote can never become a button.
"""

import re
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import password_links
from accounts.models import MessageWording, Workspace
from accounts.outbox.occasions import STAFF, Occasion
from laseros.core.errors import Refused

PLACE = re.compile(r"\{([^{}]*)\}")
BUTTON = re.compile(r"^\[([^\[\]]+)\]\((\{[a-z_]+\}|https?://[^\s()]+)\)$")
MOST = 8000


@dataclass(frozen=True)
class Written:
    subject: str
    text: str
    html: str


def fill(source: str, values: dict[str, str]) -> str:
    """One pass: what stands in a value stays as it is."""
    return PLACE.sub(lambda found: _harmless(str(values.get(found[1], ""))), source)


def _harmless(value: str) -> str:
    """The place of a secret link is a value of its own; in what somebody wrote it would be filled for who reads it."""
    return value if value == password_links.PLACE else value.replace(password_links.PLACE, "…")


def check(occasion: Occasion, subject: str, body: str) -> None:
    """Raises `Refused` for a place that is not in the list, naming it, and for a message that says nothing."""
    for field, source in (("subject", subject), ("body", body)):
        if not source.strip():
            raise Refused(_("Say something here."), code="empty", field=field)
        if len(source) > MOST:
            raise Refused(_("This is too long."), code="long", field=field)
        for name in PLACE.findall(source):
            if name not in occasion.known:
                raise Refused(
                    _("{%(name)s} is not in the list of what can stand here.") % {"name": name},
                    code="unknown-place",
                    field=field,
                )
        if "{" in PLACE.sub("", source) or "}" in PLACE.sub("", source):
            raise Refused(_("A brace is open or closed too often."), code="brace", field=field)


def of(workspace: Workspace, occasion: Occasion, language: str) -> tuple[str, str]:
    """(subject, text) a business uses: its own words, or the ones we propose."""
    own = MessageWording.objects.filter(workspace=workspace, occasion=occasion.name, language=language).first()
    return (own.subject, own.body) if own else occasion.original(language)


def write(
    workspace: Workspace, occasion: Occasion, language: str, source: tuple[str, str], values: dict[str, str]
) -> Written:
    subject = " ".join(fill(source[0], values).split())[:200]
    return laid_out(workspace, language, subject, source[1], values, signed=occasion.audience != STAFF)


def laid_out(
    workspace: Workspace, language: str, subject: str, body: str, values: dict[str, str], *, signed: bool
) -> Written:
    blocks = [block for block in (_block(part, values) for part in _paragraphs(body)) if block]
    text = "\n\n".join(_as_text(block) for block in blocks)
    if signed:
        text += "\n\n" + render_to_string("emails/_signature.txt", {"workspace": workspace}).strip()
    frame = {"workspace": workspace, "language": language, "blocks": blocks, "subject": subject}
    return Written(subject, text.strip() + "\n", render_to_string("emails/message.html", frame))


def _paragraphs(body: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()) if part.strip()]


def _block(part: str, values: dict[str, str]) -> dict | None:
    """One paragraph as {"kind", …}; None where nothing is left of it."""
    lines = [line.strip() for line in part.splitlines()]
    if len(lines) == 1 and (button := BUTTON.match(lines[0])):
        url = fill(button[2], values)
        leads = url.startswith(("https://", "http://")) or url == password_links.PLACE
        return {"kind": "button", "label": fill(button[1], values), "url": url} if leads else None
    if all(line.startswith("| ") for line in lines):
        facts = [_fact(line[2:], values) for line in lines]
        return {"kind": "facts", "facts": kept} if (kept := [fact for fact in facts if fact]) else None
    if all(line.startswith("- ") for line in lines):
        rows = [row.strip() for line in lines for row in fill(line[2:], values).splitlines() if row.strip()]
        return {"kind": "list", "rows": rows} if rows else None
    if all(line.startswith("> ") for line in lines):
        said = "\n".join(fill(line[2:], values) for line in lines).strip()
        return {"kind": "quotation", "text": said} if said else None
    text = "\n".join(fill(line, values) for line in lines).strip()
    return {"kind": "text", "text": text} if text else None


def _fact(line: str, values: dict[str, str]) -> dict | None:
    label, _colon, value = line.partition(":")
    value = fill(value, values).strip()
    return {"label": fill(label, values).strip(), "value": value} if value else None


def _as_text(block: dict) -> str:
    match block["kind"]:
        case "button":
            return f"{block['label']}:\n{block['url']}"
        case "facts":
            return "\n".join(f"{fact['label']}: {fact['value']}" for fact in block["facts"])
        case "list":
            return "\n".join(f"- {row}" for row in block["rows"])
        case "quotation":
            return "\n".join(f"> {line}".rstrip() for line in block["text"].splitlines())
    return block["text"]
