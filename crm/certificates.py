"""Exemption certificates: which one holds for a client, which run out, and the paper that was uploaded for one."""

from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.families import family, living
from crm.models import Client, ExemptionCertificate
from laseros.core.errors import Refused

WARNED_BEFORE = timedelta(days=30)
MOST_BYTES = 8 * 1024 * 1024
# How the paper may begin, and the ending it is kept under. It is never shown as a page of ours, only taken away.
BEGINNINGS = {b"%PDF-": "pdf", b"\x89PNG\r\n": "png", b"\xff\xd8\xff": "jpg"}


def of(client: Client, state: str) -> list[ExemptionCertificate]:
    """All a client ever had for a state, the last to run out first; of a merged one the others' too."""
    rows = ExemptionCertificate.objects.filter(client__in=family(living(client)), state=state)
    return sorted(rows, key=lambda row: (row.valid_until or date.max, row.pk), reverse=True)


def expiring():
    """Those that run out within thirty days, or did so within the last thirty, with none that follows them."""
    today = timezone.localdate()
    later = ExemptionCertificate.objects.filter(client=OuterRef("client"), state=OuterRef("state")).filter(
        Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until"))
    )
    return ExemptionCertificate.objects.filter(
        ~Exists(later), client__archived_at=None, valid_until__range=(today - WARNED_BEFORE, today + WARNED_BEFORE)
    )


def paper_of(upload) -> ContentFile:
    """The paper as it came, under a name of ours. Raises `Refused` ("too-large", "certificate")."""
    if upload.size > MOST_BYTES:
        raise Refused(_("The certificate is larger than 8 MB."), code="too-large", field="upload")
    content = upload.read()
    ending = next((ending for beginning, ending in BEGINNINGS.items() if content.startswith(beginning)), None)
    if ending is None:
        raise Refused(_("A certificate is a PDF, PNG or JPEG."), code="certificate", field="upload")
    return ContentFile(content, name=f"exemption.{ending}")
