"""What is wrong with a drawing, in a client's words: each kind with its places, its price, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.cache import cache
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import money_filter, number
from machines.models import Machine
from production import drawings, parameters, signals, words
from production.models import DesignFile, EnquiryLine

PLACES = 20  # of a kind, in the list and on the picture
MOST_CONTOURS = 20_000  # checked for a material while somebody waits
CHECKS_KEPT_S = 24 * 3600
SEVERITIES = ("refuse", "warn", "info")
SAID_AS_KINDS = ("open-contours", "several-parts", "looks-like-drawing")  # warnings that stand among the kinds
COUNTED_TWICE = ("duplicate", "overlap")

# kind: severity, what it is called, what it means, the mend that takes it away
KINDS = {
    "too-large": ("refuse", _("Larger than the machine"), _("It cannot be cut in one piece."), ""),
    "looks-like-drawing": ("refuse", _("A workshop drawing, not a part"), "", "paperwork"),
    "frame": (
        "warn", _("Perhaps the frame of the drawing"), _("It would be cut and paid for like an outline."), "paperwork",
    ),
    "open": ("refuse", _("Open ends"), _("What they should enclose does not fall out."), ""),
    "gap": ("refuse", _("Gaps"), _("What they should enclose does not fall out."), "gaps"),
    "crossing": ("refuse", _("Contours that cross"), _("The beam cuts into the part."), ""),
    "self-intersection": (
        "refuse", _("Contours that cross themselves"),
        _("What is part and what is waste is not clear."), "",
    ),
    "small-hole": ("warn", _("Holes too small for the thickness"), "", ""),
    "thin-web": ("warn", _("Too little material between cuts"), "", ""),
    "parts-close": ("refuse", _("Parts too close to each other"), _("Each is cut into."), "split"),
    "duplicate": (
        "warn", _("Drawn twice"), _("Cut as drawn, the edge burns. It is counted once."),
        "duplicates",
    ),
    "overlap": (
        "warn", _("Lines on top of each other"),
        _("Cut as drawn, the edge burns. The common part is counted once."), "duplicates",
    ),
    "branch": ("warn", _("Lines that branch"), _("Contours share a line or have a tail here."), ""),
    "text": ("warn", _("Text"), _("It is not cut unless it is converted to outlines."), ""),
    "tiny": ("info", _("Tiny pieces"), _("They make the machine stutter."), "tiny"),
    "zero-length": (
        "info", _("Lines without length"), _("A machine may pierce there all the same."), "duplicates",
    ),
    "several-parts": (
        "info", _("Several parts in one file"),
        _("Apart they are nested better and can be ordered in different numbers."), "split",
    ),
}  # fmt: skip
MEND_LABELS = {
    "gaps": _("Join the gaps"),
    "duplicates": _("Leave them out"),
    "tiny": _("Leave them out"),
    "split": _("Split into parts"),
    "paperwork": _("Leave out frame, dimensions and notes"),
}


@dataclass
class Place:
    """One spot; `number` is on the picture beside it."""

    number: int
    text: str
    x_mm: float
    y_mm: float
    severity: str


@dataclass
class Kind:
    """All there is of one kind of defect."""

    kind: str
    title: str
    meaning: str
    severity: str
    count: int
    price: str = ""  # what it would do to the price
    mend: str = ""
    mend_label: str = ""
    places: list[Place] = field(default_factory=list)

    @property
    def unlisted(self) -> int:
        return max(0, self.count - len(self.places)) if self.places else 0


@dataclass
class Findings:
    kinds: list[Kind]
    checked_for: str  # the material the drawing was checked for, or ""

    @property
    def markers(self) -> list[dict]:
        """For `production.dxf.viewer.svg`."""
        return [vars(place) for kind in self.kinds for place in kind.places]

    @property
    def can_be_mended(self) -> bool:
        return any(kind.mend in ("gaps", "duplicates", "tiny") for kind in self.kinds)


def of(
    row: DesignFile, *, curves: dict | None = None, sees_money: bool = False, line: EnquiryLine | None = None,
    cut_with: Callable[[Item], tuple[float, Machine | None]] | None = None,
) -> Findings:  # fmt: skip
    """What is wrong with a measured drawing, the gravest first.

    `line` is the part it is looked at for, else one of its enquiry's; `cut_with` answers kerf and machine of an item
    where the tables were read before.

    Thickness, kerf and bed are checked where a line of the enquiry says the material. What a defect would cost is in
    money where there is a price and `sees_money`, and a share of the cut length elsewhere.
    """
    measurement = row.measurement
    line = line or _line(row)
    checked, checked_for = _checked(measurement, line, curves, cut_with or _cut_with)
    defects = [*measurement.findings.get("defects", ()), *checked]
    counts = dict(measurement.findings.get("defect_counts", {}))
    for defect in checked:
        counts[defect["kind"]] = counts.get(defect["kind"], 0) + 1
    kinds = [_kind(kind, count, [d for d in defects if d["kind"] == kind]) for kind, count in counts.items() if count]
    for warning in measurement.findings.get("warnings", ()):
        if warning.get("code") == "looks-like-drawing":
            kinds.append(_kind("looks-like-drawing", 1, []))
            kinds[-1].meaning = words.said(str(warning.get("text", "")))
    parts = len(measurement.findings.get("parts", ()))
    if parts > 1:
        several = _kind("several-parts", parts, [])
        several.title = ngettext("%(count)s part in one file", "%(count)s parts in one file", parts) % {"count": parts}
        kinds.append(several)
    kinds.sort(key=lambda kind: (SEVERITIES.index(kind.severity), list(KINDS).index(kind.kind)))
    _mend_shared_edges(kinds, measurement, curves, parts)
    _number(kinds)
    _say_price(kinds, measurement, defects, _cutting_price(line) if sees_money else None)
    return Findings(kinds, checked_for)


def _line(row: DesignFile) -> EnquiryLine | None:
    lines = EnquiryLine.objects.filter(design_file=row).select_related("item__material")
    return lines.order_by("item__thickness_mm", "id").first() if row.enquiry_id else None


def _kind(kind: str, count: int, defects: list[dict]) -> Kind:
    severity, title, meaning, mend = KINDS[kind]
    found = [SEVERITIES.index(defect["severity"]) for defect in defects if "severity" in defect]
    severity = SEVERITIES[min(found)] if found else severity
    places = [
        Place(0, words.said(defect["text"]), defect["x_mm"], defect["y_mm"], defect.get("severity", severity))
        for defect in defects[:PLACES]
    ]
    label = str(MEND_LABELS[mend]) if mend else ""
    return Kind(kind, str(title), str(meaning), severity, count, "", mend, label, places)


def _mend_shared_edges(kinds: list[Kind], measurement, curves: dict | None, parts: int) -> None:
    """A line two closed contours share is nobody's to leave out: only apart has each its own."""
    if curves is None:
        return
    drawn = sum(layer["length_mm"] for layer in measurement.findings.get("layers", ()) if layer["role"] == "cut")
    if drawn - sum(contour["length_mm"] for contour in curves["contours"]) > 0.001:
        return
    for kind in kinds:
        if kind.mend == "duplicates" and kind.kind in COUNTED_TWICE:
            kind.mend = "split" if parts > 1 else ""
            kind.mend_label = str(MEND_LABELS["split"]) if kind.mend else ""


def _number(kinds: list[Kind]) -> None:
    number_of = 0
    for kind in kinds:
        for place in kind.places:
            number_of += 1
            place.number = number_of


# --- what a material does not allow -----------------------------------------------------------------------------------


def _checked(measurement, line: EnquiryLine | None, curves: dict | None, cut_with) -> tuple[list[dict], str]:
    item = line.item if line is not None else None
    if item is None or item.material is None or not item.thickness_mm:
        return [], ""
    if measurement.closed_contours > MOST_CONTOURS or drawings.is_huge(measurement):
        return [], ""
    kerf, machine = cut_with(item)
    bed = (machine.bed_width_mm, machine.bed_height_mm) if machine else (0, 0)
    bed = bed if all(bed) else None
    thickness = float(item.thickness_mm)
    stamp = f"{measurement.measured_at.timestamp():.6f}"
    key = f"checks:{measurement.pk}:{stamp}:{thickness}:{kerf}:{bed and 'x'.join(map(str, bed))}"
    found = cache.get(key)
    if found is None:
        from production.dxf.checks import checks

        curves = curves or drawings.curves_of(measurement)
        parts = measurement.findings.get("parts", [])
        found = checks({**curves, "parts": parts}, thickness, kerf, bed) if curves["contours"] else []
        cache.set(key, found, CHECKS_KEPT_S)
    return found, gettext("%(material)s %(thickness)s mm") % {
        "material": item.material.name,
        "thickness": number(thickness),
    }


def _cut_with(item) -> tuple[float, Machine | None]:
    """How wide the cut is and on which machine, as the price takes them; without parameters the first laser's bed."""
    try:
        row = parameters.find(item.material, item.thickness_mm)
    except Refused:
        return 0.0, Machine.objects.filter(kind=Machine.Kind.LASER, archived_at=None).order_by("position", "id").first()
    return float(row.kerf_mm), row.machine


# --- what it does to the price ----------------------------------------------------------------------------------------


def _cutting_price(line: EnquiryLine | None) -> tuple[Decimal, str] | None:
    """(cutting of one piece, currency) where there is a price: whoever makes prices answers."""
    if line is None:
        return None
    answers = (answer for _receiver, answer in signals.cutting_price_wanted.send(EnquiryLine, line=line))
    return next((answer for answer in answers if answer), None)


def _say_price(kinds: list[Kind], measurement, defects: list[dict], price: tuple[Decimal, str] | None) -> None:
    if not measurement.cut_length_mm:
        return
    for kind in kinds:
        if kind.kind not in COUNTED_TWICE:
            continue
        length = sum(defect["size_mm"] for defect in defects if defect["kind"] == kind.kind)
        share = length / measurement.cut_length_mm
        what = {"length": number(length, 0), "percent": number(100 * share, 1)}
        if price and price[0] * Decimal(share) >= Decimal("0.005"):
            what["money"] = money_filter((price[0] * Decimal(share)).quantize(Decimal("0.01")), price[1])
            kind.price = gettext("%(length)s mm more to cut: %(money)s more for each piece.") % what
        else:
            kind.price = gettext("%(length)s mm more to cut: %(percent)s %% more.") % what
