"""MTConnect's XML, read as from a stranger: no entities, no more than fits, and only what is asked for.

`Streams` is one answer of /current or /sample, `Device` one machine of /probe.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from laseros.core.drivers import Unreachable

MOST_ELEMENTS = 60_000
CATEGORIES = ("Events", "Samples", "Condition")
NOTHING = "UNAVAILABLE"
OUT_OF_RANGE = "OUT_OF_RANGE"


class OutOfRange(Exception):
    """What we want to read on from is not there any more, or not yet: to be asked anew how it is."""


@dataclass(frozen=True)
class Observation:
    """One thing said: `kind` is "Execution", "Program" …, or for a condition its level."""

    category: str
    kind: str
    sequence: int
    value: str
    component: str  # of its component: two paths of one machine say the same things
    item: str
    at: str = ""
    subtype: str = ""
    code: str = ""
    condition: str = ""  # which of an item's conditions, where it has several

    @property
    def is_said(self) -> bool:
        return self.value != NOTHING


@dataclass(frozen=True)
class Streams:
    """`first` is the oldest the agent still has, `after` where to read on."""

    instance: str
    first: int
    after: int
    observations: tuple[Observation, ...]  # in the order they were said


@dataclass(frozen=True)
class Device:
    name: str
    uuid: str
    kinds: frozenset[str]  # types of its data items, as they are written: "EXECUTION"


def parsed(body: bytes) -> Element:
    """Raises `Unreachable` for what is no MTConnect document, `OutOfRange` where the agent says so."""
    if body.count(b"<") > 2 * MOST_ELEMENTS:
        raise Unreachable("the answer is larger than any machine's")
    try:
        root = fromstring(body, forbid_dtd=True)
    except ParseError:
        raise Unreachable(_not_ours(body)) from None
    except (DefusedXmlException, ValueError, LookupError):
        raise Unreachable("the answer is not MTConnect; another program is listening there") from None
    if _tag(root) == "MTConnectError":
        _raise_error(root)
    if _tag(root) not in ("MTConnectDevices", "MTConnectStreams"):
        raise Unreachable("the answer is not MTConnect; another program is listening there")
    return root


def streams(body: bytes) -> Streams:
    root = parsed(body)
    header = _child(root, "Header")
    if header is None or _tag(root) != "MTConnectStreams":
        raise Unreachable("the answer is not MTConnect; another program is listening there")
    found = [seen for component in root.iter() if _tag(component) == "ComponentStream" for seen in _said_by(component)]
    found.sort(key=lambda seen: seen.sequence)
    first, after = _whole(header.get("firstSequence")), _whole(header.get("nextSequence"))
    if after is None:
        raise Unreachable("the answer is not MTConnect; another program is listening there")
    return Streams(header.get("instanceId", "")[:40], first or 0, after, tuple(found))


def devices(body: bytes) -> list[Device]:
    """The machines behind an agent, without the agent itself."""
    return [
        Device(
            device.get("name", "")[:80],
            device.get("uuid", "")[:80],
            frozenset(item.get("type", "") for item in device.iter() if _tag(item) == "DataItem"),
        )
        for device in parsed(body).iter()
        if _tag(device) == "Device"
    ]


def _said_by(component: Element):
    name = component.get("componentId") or component.get("name") or ""
    for group in component:
        if (category := _tag(group)) not in CATEGORIES:
            continue
        for each in group:
            sequence = _whole(each.get("sequence"))
            if sequence is None:
                continue
            # An event that resets or empties a value says so in an attribute, not in its text.
            yield Observation(
                category, _tag(each), sequence, (each.text or "").strip()[:500], name, each.get("dataItemId", "")[:80],
                at=each.get("timestamp", ""), subtype=each.get("subType", ""), code=each.get("nativeCode", "")[:40],
                condition=(each.get("conditionId") or each.get("nativeCode") or "")[:80],
            )  # fmt: skip


def _raise_error(root: Element) -> None:
    errors = [each for each in root.iter() if each.get("errorCode")]
    if any(each.get("errorCode") == OUT_OF_RANGE for each in errors):
        raise OutOfRange
    words = " ".join((errors[0].text or "").split())[:120] if errors else ""
    raise Unreachable(f"the agent says: {words or (errors[0].get('errorCode', '')[:40] if errors else 'no')}")


def _not_ours(body: bytes) -> str:
    start = body.lstrip()[:2000].lower()
    if b"mtconnect" in start and b"<html" not in start:
        return "the answer is cut off"
    return "the answer is not MTConnect; another program is listening there"


def _child(element: Element, name: str) -> Element | None:
    return next((each for each in element if _tag(each) == name), None)


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _whole(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 20 else None
