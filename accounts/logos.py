"""A logo somebody uploads: believed only after it was decoded, and stored as the picture we drew from it."""

import base64

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laseros.core import sandbox
from laseros.core.errors import Refused

MOST_BYTES = 2 * 1024 * 1024
REASONS = {
    "too-many-pixels": gettext_lazy("The logo has more than 16 million pixels."),
    "not-a-picture": gettext_lazy("The logo must be a PNG or JPEG picture."),
}


def redraw(upload) -> ContentFile:
    """A PNG of moderate size, made from a PNG or JPEG. Raises `Refused` for everything else."""
    if upload.size > MOST_BYTES:
        raise Refused(_("The logo is larger than 2 MB."), code="too-large")
    content = base64.b64encode(upload.read()).decode()
    try:
        drawn = sandbox.run("laseros.core.pictures:redraw", content, seconds=10, cpu_seconds=8, memory_mb=512)
    except sandbox.SandboxError as refusal:
        reason = REASONS.get(refusal.code) or _("The picture is damaged.")
        raise Refused(reason, code="not-a-picture") from None
    return ContentFile(base64.b64decode(drawn), name="logo.png")
