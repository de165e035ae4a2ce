"""What people upload about stock: pictures, drawn anew in a process of its own, and certificates, kept as they came."""

import base64

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from laseros.core import sandbox
from laseros.core.errors import Refused

MOST_BYTES = 8 * 1024 * 1024
# How a certificate may begin, and the ending it is kept under. It is never shown as a page of ours, only taken away.
BEGINNINGS = {b"%PDF-": "pdf", b"\x89PNG\r\n": "png", b"\xff\xd8\xff": "jpg"}


def picture_of(upload) -> ContentFile:
    """A PNG of what was uploaded. Raises `Refused` ("too-large", "not-a-picture")."""
    if upload.size > MOST_BYTES:
        raise Refused(_("The picture is larger than 8 MB."), code="too-large", field="upload")
    content = base64.b64encode(upload.read()).decode()
    try:
        drawn = sandbox.run("laseros.core.pictures:redraw", content, seconds=15, cpu_seconds=10, memory_mb=768)
    except sandbox.SandboxError:
        raise Refused(
            _("This is not a PNG or JPEG picture we can read."), code="not-a-picture", field="upload"
        ) from None
    return ContentFile(base64.b64decode(drawn), name="item.png")


def certificate_of(upload) -> ContentFile:
    """A certificate as it came, under a name of ours. Raises `Refused` ("too-large", "certificate")."""
    if upload.size > MOST_BYTES:
        raise Refused(_("The certificate is larger than 8 MB."), code="too-large", field="certificate")
    content = upload.read()
    ending = next((ending for beginning, ending in BEGINNINGS.items() if content.startswith(beginning)), None)
    if ending is None:
        raise Refused(_("A certificate is a PDF, PNG or JPEG."), code="certificate", field="certificate")
    return ContentFile(content, name=f"certificate.{ending}")
