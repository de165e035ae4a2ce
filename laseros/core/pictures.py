"""Pictures somebody uploads, drawn anew. Runs in the child process of `laseros.core.sandbox`: no Django here."""

import base64
import io
import warnings

MOST_PIXELS = 16_000_000
BOX = (1200, 600)
MOST_PIXELS_OF_A_CAMERA = 110_000_000
PHOTOGRAPH = (1600, 1600)
# Imported late, but by whoever forks the sandbox's children beforehand.
NEEDED = ("PIL.ImageOps", "PIL.JpegImagePlugin", "PIL.PngImagePlugin")


class NoPicture(Exception):
    """Says by its code what is wrong; whoever asked has the words."""

    def __init__(self, code: str):
        super().__init__(code)
        self.reason, self.code = code, code


def redraw(content: str) -> str:
    """A PNG no larger than `BOX` from a PNG or JPEG; both are base64, as a child process talks."""
    picture = _opened(io.BytesIO(base64.b64decode(content)), MOST_PIXELS)
    picture = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB")
    picture.thumbnail(BOX)
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    return base64.b64encode(drawn.getvalue()).decode()


def photograph_at(path: str) -> str:
    """`photograph` of a picture that lies in a file."""
    return _photograph(path)


def photograph(content: str) -> str:
    """A JPEG no larger than `PHOTOGRAPH`, the right way up, without what the camera wrote into it: place, time, device.

    A JPEG is read at a fraction of its size, so that a phone's 50 megapixels take little memory. Both are base64.
    """
    try:
        return _photograph(io.BytesIO(base64.b64decode(content)))
    except ValueError:
        raise NoPicture("damaged") from None


def _photograph(source: str | io.BytesIO) -> str:
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(_opened(source, MOST_PIXELS_OF_A_CAMERA, draft=PHOTOGRAPH))
    if "A" in picture.getbands() or "transparency" in picture.info:
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.convert("RGBA").getchannel("A"))
        picture = paper
    picture = picture.convert("RGB")
    picture.thumbnail(PHOTOGRAPH)
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=84, optimize=True)
    return base64.b64encode(drawn.getvalue()).decode()


def _opened(source: str | io.BytesIO, most: int, draft: tuple[int, int] | None = None):
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error" if draft is None else "ignore", Image.DecompressionBombWarning)
            picture = Image.open(source, formats=("PNG", "JPEG"))
            if picture.width * picture.height > (most if draft is None or picture.format == "JPEG" else MOST_PIXELS):
                raise NoPicture("too-many-pixels")
            if draft is not None:
                picture.draft("RGB", draft)
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NoPicture("not-a-picture") from None
    except (OSError, SyntaxError, ValueError):
        raise NoPicture("damaged") from None
    return picture
