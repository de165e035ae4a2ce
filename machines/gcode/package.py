"""3MF packages: what Bambu Studio and OrcaSlicer wrote of every plate, or a project that was never sliced."""

import json
import re
import zipfile
import zlib
from typing import BinaryIO

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from . import numbers
from .pictures import thumbnail_of
from .plain import END
from .sliced import Filament, Plate, Refused, Sliced
from .slicers import figures, slicer_of
from .words import said_in

LARGEST_MEMBER = 16 * 1024 * 1024
LARGEST_PICTURE = 5 * 1024 * 1024
MOST_MEMBERS = 2000
MOST_PLATES = 200
OTHER_HEADS = 16 * 1024
SLICE_INFO = "Metadata/slice_info.config"
SETTINGS = "Metadata/project_settings.config"
DAMAGED = "The 3MF file is damaged or cut off. Please export it again."


def read_package(file: BinaryIO) -> Sliced:
    try:
        with zipfile.ZipFile(file) as package:
            return _read(package)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, ValueError, zlib.error):
        raise Refused(DAMAGED, "damaged") from None


def _read(package: zipfile.ZipFile) -> Sliced:
    members = {member.filename: member for member in package.infolist()[:MOST_MEMBERS]}
    if not any(name.startswith(("3D/", "Metadata/")) for name in members):
        raise Refused("This is a ZIP file, not a 3MF.", "kind")
    slices = _member(package, members, SLICE_INFO, LARGEST_MEMBER)
    settings = _settings(_member(package, members, SETTINGS, LARGEST_MEMBER))
    root = _xml(slices)
    heads = _heads(package, members)
    head = next(iter(heads.values()), "")
    slicer, version = slicer_of(head)
    if slicer is None:
        slicer, version = _slicer_of_project(package, members, root)
    said = said_in(head)
    plates = [_plate(package, members, heads, each) for each in root.iter("plate")] if root is not None else []
    return _answer(
        slicer, version, figures(slicer, settings | said), plates[:MOST_PLATES], bool(head or plates), package, members
    )


def _answer(slicer, version, found: dict, plates: list[Plate], was_sliced: bool, package, members) -> Sliced:
    if plates:
        # The head is the first plate's: what is of all plates is added up, what one does not say nobody knows.
        found |= {name: _sum(plates, name, digits) for name, digits in (("seconds", 0), ("grams", 3), ("metres", 6))}
        found["layers"] = found["layers"] if len(plates) == 1 else None
        used = {(each.id, each.type, each.color): each for plate in plates for each in plate.filaments}
        found["filament_type"] = list(dict.fromkeys(each.type for each in used.values() if each.type)) or None
        found["filaments"] = plates[0].filaments if len(plates) == 1 else []
        found["nozzle"] = found["nozzle"] or plates[0].nozzle
    elif not was_sliced:
        found |= {"seconds": None, "grams": None, "metres": None, "layers": None, "filaments": []}
    pictures = [plate.thumbnail for plate in plates if plate.thumbnail] or _loose(package, members)
    return Sliced(slicer=slicer, version=version, **found, thumbnails=pictures, plates=plates, sliced=was_sliced)


def _sum(plates: list[Plate], name: str, digits: int):
    values = [getattr(plate, name) for plate in plates]
    if None in values:
        return None
    return round(sum(values)) if digits == 0 else round(sum(values), digits)


def _member(package, members, name: str, most: int) -> bytes:
    """A member, or b"" when it is not there. One that says it is larger, or is, is refused."""
    member = members.get(name)
    if member is None:
        return b""
    if member.file_size > most:
        raise Refused("The 3MF file holds more than can be read.", "too-big")
    with package.open(member) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise Refused("The 3MF file holds more than can be read.", "too-big")
    return data


def _heads(package, members) -> dict[int, str]:
    """The beginning of every plate's moves; its end would cost unpacking them all."""
    found = {int(name[15:-6]): name for name in members if re.fullmatch(r"Metadata/plate_\d{1,4}\.gcode", name)}
    heads = {}
    for index in sorted(found)[:MOST_PLATES]:
        with package.open(members[found[index]]) as stream:
            heads[index] = stream.read(OTHER_HEADS if heads else END).decode("utf-8", "replace")
    return heads


def _settings(data: bytes) -> dict[str, str]:
    """The project's settings in the words of a G-code's comments. Lists are joined as there."""
    try:
        found = json.loads(data) if data else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    wanted = ("layer_height", "filament_type", "filament_colour", "printer_model", "nozzle_diameter")
    said = {name: found[name] for name in wanted if isinstance(found.get(name), str | list)}
    return {name: ";".join(map(str, value)) if isinstance(value, list) else value for name, value in said.items()}


def _xml(data: bytes):
    if not data:
        return None
    try:
        return fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Refused(DAMAGED, "damaged") from None


def _slicer_of_project(package, members, root) -> tuple[str | None, str | None]:
    """Bambu Studio writes its version beside the slices; PrusaSlicer at the head of its settings."""
    if root is not None:
        for item in root.iter("header_item"):
            if item.get("key") == "X-BBL-Client-Version":
                return "BambuStudio", item.get("value")
    for name in ("Metadata/Slic3r_PE.config", "Metadata/SuperSlicer.config"):
        if name in members:
            return slicer_of(_member(package, members, name, LARGEST_MEMBER)[:4096].decode("utf-8", "replace"))
    return None, None


# --- plates -----------------------------------------------------------------------------------------------------------


def _plate(package, members, heads: dict[int, str], element) -> Plate:
    said = {item.get("key", ""): item.get("value", "") for item in element.findall("metadata")}
    index = numbers.whole(said.get("index")) or 1
    filaments = [_filament(each) for each in element.findall("filament")][:64]
    lengths = [each.metres for each in filaments if each.metres]
    return Plate(
        index=index,
        seconds=numbers.whole(said.get("prediction")),
        grams=numbers.positive(said.get("weight")),
        metres=numbers.total(lengths, 6),
        printer_model_id=said.get("printer_model_id") or None,
        nozzle=next(iter(numbers.numbers(said.get("nozzle_diameters", ""))), None) or None,
        layers=numbers.whole(said_in(heads.get(index, "")[:OTHER_HEADS]).get("total layer number")),
        objects=[each.get("name", "")[:200] for each in element.findall("object")][:1000],
        filaments=filaments,
        thumbnail=_picture(package, members, f"Metadata/plate_{index}.png"),
    )


def _filament(element) -> Filament:
    return Filament(
        id=numbers.whole(element.get("id")) or 1,
        type=element.get("type") or None,
        color=element.get("color") or None,
        grams=numbers.positive(element.get("used_g")),
        metres=numbers.positive(element.get("used_m")),
    )


def _loose(package, members) -> list:
    found = (_picture(package, members, name) for name in ("Metadata/thumbnail.png", "Metadata/plate_1.png"))
    return [picture for picture in found if picture is not None]


def _picture(package, members, name: str):
    member = members.get(name)
    if member is None or member.file_size > LARGEST_PICTURE:
        return None
    return thumbnail_of(_member(package, members, name, LARGEST_PICTURE))
