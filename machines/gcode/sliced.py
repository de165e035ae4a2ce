"""What reading a sliced file gives, and what refuses it."""

from dataclasses import dataclass, field


class Refused(Exception):
    """A file nobody can read; `reason` is for the person who sent it."""

    def __init__(self, reason: str, code: str):
        super().__init__(reason)
        self.reason, self.code = reason, code


@dataclass(frozen=True)
class Thumbnail:
    """A picture in the file: pixels, "PNG", "JPG" or "QOI", and its bytes as they are there."""

    width: int
    height: int
    format: str
    data: bytes = field(repr=False)

    def __str__(self):
        return f"{self.width}x{self.height} {self.format}"


@dataclass(frozen=True)
class Filament:
    """What one tool or tray takes. `id` counts from 1; `color` is "#RRGGBB"."""

    id: int
    type: str | None = None
    color: str | None = None
    grams: float | None = None
    metres: float | None = None


@dataclass(frozen=True)
class Plate:
    """One plate of a package of several: each is a print of its own."""

    index: int
    seconds: int | None = None
    grams: float | None = None
    metres: float | None = None
    printer_model_id: str | None = None
    nozzle: float | None = None
    layers: int | None = None
    objects: list[str] = field(default_factory=list)
    filaments: list[Filament] = field(default_factory=list)
    thumbnail: Thumbnail | None = None


@dataclass(frozen=True)
class Sliced:
    """One file. Seconds, grams and metres are those of all plates and tools together; None is not known, never 0."""

    slicer: str | None = None
    version: str | None = None
    seconds: int | None = None
    grams: float | None = None
    metres: float | None = None
    layer_height: float | None = None
    layers: int | None = None
    filament_type: list[str] | None = None
    printer_model: str | None = None
    nozzle: float | None = None
    filaments: list[Filament] = field(default_factory=list)
    thumbnails: list[Thumbnail] = field(default_factory=list)
    plates: list[Plate] = field(default_factory=list)
    sliced: bool = True
    crc_ok: bool | None = None

    def as_dict(self) -> dict:
        """Plain data for JSON; pictures by size and kind, as "300x200 PNG"."""
        said = {name: value for name, value in vars(self).items() if name not in ("plates", "thumbnails", "filaments")}
        said["filaments"] = [dict(vars(filament)) for filament in self.filaments]
        said["thumbnails"] = [str(thumbnail) for thumbnail in self.thumbnails]
        said["plates"] = [_plate(plate) for plate in self.plates]
        return said

    def best_picture(self) -> Thumbnail | None:
        """The largest picture."""
        return max(self.thumbnails, key=lambda picture: picture.width * picture.height, default=None)


def _plate(plate: Plate) -> dict:
    said = dict(vars(plate))
    said["filaments"] = [dict(vars(filament)) for filament in plate.filaments]
    said["thumbnail"] = str(plate.thumbnail) if plate.thumbnail else None
    return said
