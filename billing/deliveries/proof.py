"""A photograph or a signature as proof of delivery, drawn anew in a process of its own."""

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from billing.models import Delivery
from laseros.core.errors import Refused

FOLDER = "proofs"
MOST_BYTES = 24 * 1024 * 1024


def picture_of(upload) -> ContentFile:
    """The picture without what the camera wrote into it. Raises `Refused` with code "too-large" or "not-a-picture"."""
    from laseros.core import photographs, sandbox

    if upload.size > MOST_BYTES:
        raise Refused(_("The picture is larger than %(most)s MB.") % {"most": MOST_BYTES // 2**20}, code="too-large",
                      field="picture")  # fmt: skip
    try:
        return photographs.drawn_anew(upload)
    except sandbox.SandboxError:
        raise Refused(
            _("This is not a PNG or JPEG picture we can read."), code="not-a-picture", field="picture"
        ) from None


def store(delivery: Delivery, picture: File) -> str:
    """Its name in the storage. No delivery refers to it yet."""
    picture.seek(0)
    return default_storage.save(f"{FOLDER}/{delivery.workspace_id}/{delivery.pk}.jpg", picture)


def discard(name: str) -> None:
    if name:
        default_storage.delete(name)
