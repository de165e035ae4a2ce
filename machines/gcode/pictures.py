"""Pictures in sliced files: what one is, and one a browser can show."""

import io
import struct

from .sliced import Refused, Thumbnail

LARGEST_SIDE = 4096
STILL_SIDE = 1280


def thumbnail_of(data: bytes) -> Thumbnail | None:
    """A PNG by its own header; None when it is none."""
    if len(data) < 24 or not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    width, height = struct.unpack(">II", data[16:24])
    return Thumbnail(width, height, "PNG", data)


def as_png(picture: Thumbnail, largest_side: int = 512) -> bytes:
    """The picture as a new PNG, no side above `largest_side`. Raises `Refused` for what is no picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(picture.data), formats=("PNG", "JPEG", "QOI")) as image:
            if max(image.size) > LARGEST_SIDE:
                raise Refused("The picture in the file is too large.", "picture")
            image.load()
            small = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, Image.DecompressionBombError):
        raise Refused("The picture in the file is damaged.", "picture") from None
    small.thumbnail((largest_side, largest_side))
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def as_jpeg(data: bytes) -> bytes:
    """A camera's picture as a new JPEG of a size for a page, without what else was in it. Raises `Refused`."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if max(image.size) > LARGEST_SIDE:
                raise Refused("The picture in the file is too large.", "picture")
            small = image.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, Image.DecompressionBombError):
        raise Refused("The picture in the file is damaged.", "picture") from None
    small.thumbnail((STILL_SIDE, STILL_SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()
