from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from production.models.design_file import DesignFile
from production.models.job import Job
from production.states import PROOF


class Proof(WorkspaceModel):
    """A version of what is to be made, sent to the client of a job to be approved before it is made."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="proofs", verbose_name=_("job"))
    version = models.PositiveSmallIntegerField(_("version"), editable=False)
    design_file = models.ForeignKey(DesignFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    # Of a picture, drawn anew from what was uploaded: that is what is shown.
    picture = models.FileField(upload_to="proofs/", blank=True, max_length=200, editable=False)
    note = models.CharField(_("note to the client"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PROOF.choices, default=PROOF.first, editable=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True, editable=False)
    decided_from = models.GenericIPAddressField(null=True, editable=False)
    reason = models.CharField(_("what is to be changed"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        ordering = ["-job", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["job", "version"], name="proof_version_once"),
            models.UniqueConstraint(fields=["job"], condition=Q(state="waiting"), name="proof_one_waiting"),
        ]
        indexes = [models.Index(fields=["workspace", "state", "-id"], name="proof_by_state")]

    def __str__(self):
        return f"{self.job.number}, {self.version}"
