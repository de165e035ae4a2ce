"""Where clamps hold a sheet, as a shop writes it: a line for each, `x, y, width, height` in mm from the lower left."""

import math
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_CLAMPS = 20
FARTHEST_MM = 20_000


def field():
    return models.TextField(
        gettext_lazy("clamps"), blank=True, validators=[check],
        help_text=gettext_lazy(
            "Kept free: a line for each clamp, x, y, width, height in mm from the lower left corner of the sheet. "
            "Less than 0 counts from the other edge."
        ),
    )  # fmt: skip


def check(text: str) -> None:
    """Raise ValidationError naming the line that is no clamp."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_CLAMPS:
        raise ValidationError(_("No more than %(most)s clamps.") % {"most": MOST_CLAMPS})
    for line in lines:
        if _numbers(line) is None:
            raise ValidationError(_("“%(line)s” is no clamp. Write for example 100, 0, 60, 40.") % {"line": line[:60]})


def on_sheet(text: str, width_mm: float, height_mm: float) -> list[dict]:
    """The clamps on a sheet of this size as nesting takes them; what lies beside a small one is left out."""
    found = []
    for line in text.splitlines():
        numbers = _numbers(line)
        if numbers is None:
            continue
        x, y, width, height = numbers
        x, y = x + width_mm if x < 0 else x, y + height_mm if y < 0 else y
        if x < width_mm and y < height_mm and x + width > 0 and y + height > 0:
            found.append({"x_mm": x, "y_mm": y, "width_mm": width, "height_mm": height})
    return found


def _numbers(line: str) -> tuple[float, float, float, float] | None:
    """A decimal comma is taken where semicolons or blanks stand between the numbers."""
    words = [word.strip() for word in line.split(";")] if ";" in line else line.replace(", ", " ").split()
    if len(words) != 4:
        words = line.split(",")
    try:
        numbers = [float(re.sub(r"^([-+]?\d+),(\d+)$", r"\1.\2", word.strip())) for word in words]
    except ValueError:
        return None
    if len(numbers) != 4 or not all(math.isfinite(value) and abs(value) <= FARTHEST_MM for value in numbers):
        return None
    return tuple(numbers) if min(numbers[2:]) > 0 else None
