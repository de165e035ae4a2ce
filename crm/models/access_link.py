import secrets

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from crm.models.client import Client, Contact


def fresh_nonce() -> str:
    return secrets.token_urlsafe(12)


class AccessLink(WorkspaceModel):
    """A signed, expiring, revocable link that opens one document for one client without a log-in."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="links", verbose_name=_("client"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="links", verbose_name=_("contact")
    )
    target_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    target_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("target_type", "target_id")
    nonce = models.CharField(max_length=24, default=fresh_nonce)
    created_at = models.DateTimeField(pgettext_lazy("document", "made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    opened_at = models.DateTimeField(_("last opened"), null=True, blank=True)

    class Meta:
        verbose_name = _("client link")
        verbose_name_plural = _("client links")
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="link_by_target")]

    def __str__(self):
        return f"{self.target_type.model} {self.target_id}"
