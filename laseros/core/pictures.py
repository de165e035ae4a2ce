"""Pictures somebody uploads, drawn anew. Runs in the child process of `laseros.core.sandbox`: no Django here."""

import base64
import io
import warnings

MOST_PIXELS = 16_000_000
BOX = (1200, 600)


class NoPicture(Exception):
    """Says by its code what is wrong; whoever asked has the words."""

    def __init__(self, code: str):
        super().__init__(code)
        self.reason, self.code = code, code


def redraw(content: str) -> str:
    """A PNG no larger than `BOX` from a PNG or JPEG; both are base64, as a child process talks."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(base64.b64decode(content)), formats=("PNG", "JPEG"))
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPicture("too-many-pixels")
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NoPicture("not-a-picture") from None
    except (OSError, SyntaxError, ValueError):
        raise NoPicture("damaged") from None
    picture = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB")
    picture.thumbnail(BOX)
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    return base64.b64encode(drawn.getvalue()).decode()
