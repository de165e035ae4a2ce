"""Reads a DXF file into a `Document`: header facts, layers, and the shapes of the model and of each block."""

import math
import re
from collections import Counter
from dataclasses import dataclass, field

from production.dxf.arrows import ARROWS, Arrow, arrow_block, filled_arrow
from production.dxf.entities import OTHER_KINDS, READERS, SILENT_KINDS, TEXT_KINDS, PolylineReader
from production.dxf.hatches import read_hatch
from production.dxf.limits import MAX_ARROWS, MAX_TEXT_PLACES
from production.dxf.refused import Refused
from production.dxf.shapes import Shapes
from production.dxf.sniff import sniff
from production.dxf.tags import read_records

FROZEN, XREF = 1, 4
UNICODE = re.compile(r"\\U\+((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})")  # half of a pair would be no letter
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")  # no database keeps a NUL, and no name needs the others
PAPER_SPACES = b"*PAPER_SPACE", b"$PAPER_SPACE"  # the latter up to R12
ANONYMOUS = {b"*D": "dimension", b"*T": "table", b"*X": "hatch"}  # blocks that CAD programs make and number
DIMENSION_BLOCK = b"*D"  # how a dimension looks, its text included
LAYER_ZERO = 0  # curves of a block drawn here take the layer on which the block is placed
PLAIN_PEN = 0  # layer 0, everything by layer
BY_BLOCK, BY_LAYER = 0, 256  # colour numbers that mean: that of the block as placed, that of the layer
WHITE, CONTINUOUS = 7, "CONTINUOUS"


@dataclass(slots=True)
class Block:
    base: tuple[float, float]
    shapes: Shapes
    external: bool = False


@dataclass(frozen=True, slots=True)
class Pen:
    """What a curve is drawn with: the index of its layer, and colour and linetype, None where those are the layer's."""

    layer: int = LAYER_ZERO
    color: int | None = None
    linetype: bytes | None = None


@dataclass(slots=True)
class Document:
    """`units` and `measurement` are the header's numbers, or None when the file itself does not state them."""

    model: Shapes = field(default_factory=Shapes)
    blocks: dict[bytes, Block] = field(default_factory=dict)
    layer_names: list[bytes] = field(default_factory=lambda: [b"0"])
    hidden_layers: set[bytes] = field(default_factory=set)
    frozen_layers: set[bytes] = field(default_factory=set)
    layer_styles: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)  # by name: colour, linetype
    pens: list[Pen] = field(default_factory=lambda: [Pen()])
    units: int | None = None
    measurement: int | None = None
    hatches: bool = False  # whether their edges are curves
    only_hatches: bool = False  # their edges are curves because there is nothing else
    on_paper: int = 0  # curves drawn on paper layouts, which are none of the part's
    pixels: bool = False  # an SVG whose numbers are pixels: no size is certain
    version: bytes = b""
    codepage: bytes = b""
    texts: Counter = field(default_factory=Counter)  # what is meant for people, by kind
    not_read: Counter = field(default_factory=Counter)  # what is not understood, by kind
    unreadable: Counter = field(default_factory=Counter)  # known kinds with senseless numbers
    text_places: list[tuple[float, float, float, int]] = field(default_factory=list)  # x, y, height, pen; the model's
    arrows: list[Arrow] = field(default_factory=list)  # those without lines; the model's
    complete: bool = False
    _placed: dict[tuple[int, int], int] = field(default_factory=dict)
    _written: dict[tuple, int] = field(default_factory=dict)
    _numbers: dict[Pen, int] = field(default_factory=lambda: {Pen(): PLAIN_PEN})
    _indexes: dict[bytes, int] = field(default_factory=lambda: {b"0": LAYER_ZERO})

    def pen(self, get) -> int:
        """The number of the pen of an entity; `get` is that of a dict of its tags."""
        written = get(8, b"0"), get(62), get(6)
        found = self._written.get(written)
        if found is None:
            found = self._written[written] = self._pen(*written)
        return found

    def _pen(self, layer, color, linetype) -> int:
        color, linetype = _whole(color, None) if color is not None else None, _text(linetype or b"").upper()
        return self.pen_number(
            Pen(
                self.layer(layer),
                None if color is None or color == BY_LAYER else abs(color),
                None if linetype in (b"", b"BYLAYER") else linetype,
            )
        )

    def pen_number(self, pen: Pen) -> int:
        number = self._numbers.setdefault(pen, len(self.pens))
        if number == len(self.pens):
            self.pens.append(pen)
        return number

    def forget_shapes(self) -> None:
        """Let go of what `production.dxf.placing` has made its own copy of."""
        self.model, self.blocks = Shapes(), {}

    def placed_pen(self, number: int, block: int) -> int:
        """The pen of a curve drawn with pen `number` in a block that is placed with the pen `block`."""
        if block == PLAIN_PEN:
            return number
        found = self._placed.get((number, block))
        if found is None:
            own, around = self.pens[number], self.pens[block]
            color, linetype = self.look(around)
            placed = Pen(
                around.layer if own.layer == LAYER_ZERO else own.layer,
                color if own.color == BY_BLOCK else own.color,
                linetype.encode() if own.linetype == b"BYBLOCK" else own.linetype,
            )
            found = self._placed[number, block] = self.pen_number(placed)
        return found

    def is_frozen(self, number: int) -> bool:
        return self.layer_names[self.pens[number].layer].upper() in self.frozen_layers

    def layer(self, name: bytes) -> int:
        """The index of a layer; spellings that differ in case or white space are one layer, as in CAD programs."""
        name = _text(name)
        index = self._indexes.setdefault(name.upper(), len(self.layer_names))
        if index == len(self.layer_names):
            self.layer_names.append(name)
        return index

    def look(self, pen: Pen) -> tuple[int, str]:
        """The colour number and linetype one sees."""
        own = self.layer_styles.get(self.layer_names[pen.layer].upper(), (WHITE, b""))
        linetype = own[1] if pen.linetype in (None, b"BYBLOCK") else pen.linetype
        color = own[0] if pen.color is None else pen.color or WHITE
        return color, self.decode(linetype).upper() or CONTINUOUS

    def decode(self, text: bytes) -> str:
        """`text` as people read it. Up to R2004 letters beyond the code page stand there as \\U+5207."""
        said = UNICODE.sub(lambda match: chr(int(match[1], 16)), self._decode(text))
        return CONTROL.sub("", said)

    def _decode(self, text: bytes) -> str:
        codepage = self.codepage.decode("ascii", "replace").lower().replace("ansi_", "cp")
        for encoding in ("utf-8", codepage or "cp1252", "cp1252"):
            try:
                return text.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
        return text.decode("latin-1")


def read_document(path, hatches: bool = False) -> Document:
    """Read the file at `path`. Raises `Refused` for what is no DXF or SVG, is damaged, or ends in the middle."""
    form = sniff(path)
    if form == "svg":
        from production.dxf.svg import read_svg

        return read_svg(path)
    document = Document(hatches=hatches)
    section = _Section(document)
    kinds = set()
    for kind, codes, values in read_records(path, form):
        if kind == b"SECTION":
            section.enter(codes, values)
            kinds.add(section.name)
        elif kind == b"ENDSEC":
            section.leave()
        elif kind == b"EOF":
            document.complete = True
            break
        else:
            section.take(kind, codes, values)
    if b"ENTITIES" not in kinds and b"BLOCKS" not in kinds:
        raise Refused("The file holds no drawing. Please export it from your CAD program again.", "no-drawing")
    if section.name and not document.complete:
        raise Refused("The file ends in the middle of the drawing. Please export and send it again.", "incomplete")
    return document


class _Section:
    """Where in the file we are, and what a record there means."""

    def __init__(self, document: Document):
        self.document = document
        self.name = b""
        self.shapes: Shapes | None = None
        self.noting, self.on_paper = True, False
        self.polyline = PolylineReader()

    def enter(self, codes, values) -> None:
        self.name = _text(values[0]).upper() if codes and codes[0] == 2 else b"?"
        self.shapes = self.document.model if self.name == b"ENTITIES" else None
        self.noting = True
        if self.name == b"HEADER":
            _read_header(self.document, codes, values)

    def leave(self) -> None:
        self.polyline.end()
        self.name, self.shapes, self.on_paper = b"", None, False

    def take(self, kind: bytes, codes, values) -> None:
        if self.name == b"TABLES" and kind == b"LAYER":
            self._layer(codes, values)
        elif self.name == b"BLOCKS" and kind in (b"BLOCK", b"ENDBLK"):
            self._block(kind, codes, values)
        elif self.shapes is not None:
            self._entity(kind, codes, values)
        elif self.on_paper:
            self.document.on_paper += kind in READERS

    def _layer(self, codes, values) -> None:
        tags = dict(zip(codes, values, strict=False))
        name, color = _text(tags.get(2, b"")).upper(), _whole(tags.get(62, WHITE))
        if _whole(tags.get(70, 0)) & FROZEN:
            self.document.frozen_layers.add(name)
            self.document.hidden_layers.add(name)
        if color < 0:
            self.document.hidden_layers.add(name)
        self.document.layer_styles[name] = abs(color), _text(tags.get(6, b""))

    def _block(self, kind: bytes, codes, values) -> None:
        self.polyline.end()
        self.shapes, self.on_paper = None, False
        if kind == b"ENDBLK":
            return
        tags = dict(zip(codes, values, strict=False))
        name = _text(tags.get(2, b"")).upper()
        base = (_number(tags.get(10, 0)), _number(tags.get(20, 0)))
        block = Block(base, Shapes(), bool(_whole(tags.get(70, 0)) & XREF))
        self.document.blocks[name] = block
        self.on_paper = name.startswith(PAPER_SPACES)
        if not self.on_paper:
            self.shapes = block.shapes
            self.noting = not name.startswith(DIMENSION_BLOCK)

    def _entity(self, kind: bytes, codes, values) -> None:
        if kind == b"VERTEX":
            return self._read(kind, lambda _document, _shapes, c, v: self.polyline.vertex(c, v), codes, values)
        self.polyline.end()
        if _unseen(codes, values):
            self.document.on_paper += kind in READERS and 67 in codes
            return None
        if kind == b"HATCH" and self.document.hatches:
            return self._read(kind, read_hatch, codes, values)
        if kind == b"INSERT" and self._is_paperwork(codes, values):
            return None
        if kind == b"POLYLINE":
            return self._read(kind, self.polyline.begin, codes, values)
        reader = READERS.get(kind)
        if reader:
            return self._read(kind, reader, codes, values)
        return self._note(kind, codes, values)

    def _is_paperwork(self, codes, values) -> bool:
        """Whether a block is one that CAD programs make for a dimension, an arrow, a table or a hatch."""
        name = _text(values[codes.index(2)]).upper() if 2 in codes else b""
        kind = ANONYMOUS.get(name[:2]) if name[2:].isdigit() else None
        if name in ARROWS:
            self._note_arrow(arrow_block, codes, values)
        elif kind in ("dimension", "table"):
            self.document.texts[kind] += self.noting
        elif kind:
            self.document.not_read[kind] += self.noting
        return name in ARROWS or kind is not None

    def _note_arrow(self, reader, codes, values) -> None:
        if self.shapes is self.document.model and len(self.document.arrows) < MAX_ARROWS:
            arrow = reader(codes, values)
            if arrow and all(map(math.isfinite, arrow)):
                self.document.arrows.append(arrow)

    def _read(self, kind: bytes, reader, codes, values) -> None:
        try:
            reader(self.document, self.shapes, codes, values)
        except (ValueError, KeyError, IndexError, TypeError, ArithmeticError):
            try:  # some programs follow the decimal comma of their country
                with_points = [v.replace(b",", b".") if isinstance(v, bytes) else v for v in values]
                reader(self.document, self.shapes, codes, with_points)
            except (ValueError, KeyError, IndexError, TypeError, ArithmeticError):
                self.document.unreadable[kind.decode("latin-1")] += 1

    def _note(self, kind: bytes, codes, values) -> None:
        if not self.noting:
            return
        if kind in TEXT_KINDS:
            self.document.texts[TEXT_KINDS[kind]] += 1
            if TEXT_KINDS[kind] == "text" and self.shapes is self.document.model:
                self._note_place(codes, values)
        elif kind not in SILENT_KINDS:
            if kind in (b"SOLID", b"TRACE"):
                self._note_arrow(filled_arrow, codes, values)
            self.document.not_read[OTHER_KINDS.get(kind, kind.decode("latin-1")[:40])] += 1

    def _note_place(self, codes, values) -> None:
        if len(self.document.text_places) < MAX_TEXT_PLACES:
            tags = dict(zip(reversed(codes), reversed(values), strict=False))  # the first of each code counts
            x, y, height = (_number(tags.get(code, 0)) for code in (10, 20, 40))
            if all(map(math.isfinite, (x, y, height))):
                self.document.text_places.append((x, y, height, self.document.pen(tags.get)))


def _unseen(codes, values) -> bool:
    """Whether an entity is drawn on a paper layout (67) or made invisible (60)."""
    return any(code in codes and _text(values[codes.index(code)]) == b"1" for code in (60, 67))


def _text(value) -> bytes:
    return value.strip() if isinstance(value, bytes) else str(value).encode()


def _read_header(document: Document, codes, values) -> None:
    name = b""
    for code, value in zip(codes, values, strict=False):
        if code == 9:
            name = _text(value).upper()
        elif name == b"$INSUNITS":
            document.units = _whole(value, None)
        elif name == b"$MEASUREMENT":
            document.measurement = _whole(value, None)
        elif name == b"$ACADVER":
            document.version = _text(value)
        elif name == b"$DWGCODEPAGE":
            document.codepage = _text(value)


def _whole(value, otherwise: int | None = 0) -> int | None:
    """A whole number, or `otherwise` where there is none."""
    try:
        return int(float(value))
    except (ValueError, OverflowError):
        return otherwise


def _number(value) -> float:
    """A coordinate; where there is none, one that is refused if the block is ever placed."""
    try:
        return float(value.replace(b",", b".") if isinstance(value, bytes) else value)
    except ValueError:
        return math.nan
