from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from production.models.enquiry import Enquiry
from production.states import PARCEL


def stored_name(parcel, filename: str) -> str:
    return f"{parcel.workspace_id}/parcels/{parcel.sha256[:2]}/{parcel.sha256}.bin"


class Parcel(WorkspaceModel):
    """A ZIP file that came for an enquiry: each drawing in it becomes a part, the rest is named with the reason."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="parcels", verbose_name=_("enquiry"))
    name = models.CharField(_("file name"), max_length=200)
    content = models.FileField(upload_to=stored_name, max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=PARCEL.choices, default=PARCEL.first, editable=False)
    reason = models.CharField(_("why it could not be opened"), max_length=300, blank=True)
    files = models.PositiveIntegerField(_("files in it"), default=0)
    taken = models.PositiveIntegerField(_("taken"), default=0)
    left_out = models.JSONField(default=list, blank=True)  # [{"name": str, "why": str}]
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("ZIP file")
        verbose_name_plural = _("ZIP files")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["enquiry", "sha256"], name="parcel_once_per_enquiry")]

    def __str__(self):
        return self.name
