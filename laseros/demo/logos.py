"""The marks of the demo's businesses, drawn here."""

import io
import math

from django.core.files.base import ContentFile


def give_logo(workspace) -> None:
    draw = _beam if "laser" in workspace.modules else _layers
    stream = io.BytesIO()
    draw(workspace.colour).save(stream, "PNG", optimize=True)
    workspace.logo.save(f"{workspace.slug}.png", ContentFile(stream.getvalue()))


def _canvas():
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    return image, ImageDraw.Draw(image)


def _small(image):
    from PIL import Image

    return image.resize((256, 256), Image.Resampling.LANCZOS)


def _beam(colour: str):
    """A beam that meets a plate, and the sparks."""
    image, pen = _canvas()
    pen.rounded_rectangle((16, 16, 496, 496), 96, fill=colour)
    pen.polygon([(236, 70), (276, 70), (262, 330), (250, 330)], fill="white")
    pen.rounded_rectangle((90, 340, 236, 380), 8, fill="white")
    pen.rounded_rectangle((276, 340, 422, 380), 8, fill="white")
    for angle in (-150, -125, -55, -30):
        x, y = math.cos(math.radians(angle)), -math.sin(math.radians(angle))
        pen.line((256 + 36 * x, 392 + 36 * y, 256 + 92 * x, 392 + 92 * y), fill="white", width=14)
    return _small(image)


def _layers(colour: str):
    """Layers of a print under a nozzle."""
    image, pen = _canvas()
    pen.ellipse((16, 16, 496, 496), fill=colour)
    pen.polygon([(206, 90), (306, 90), (306, 150), (268, 204), (244, 204), (206, 150)], fill="white")
    for row, width in enumerate((150, 200, 236, 250)):
        y = 236 + row * 48
        pen.rounded_rectangle((256 - width / 2, y, 256 + width / 2, y + 32), 16, fill="white")
    return _small(image)
