from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.membership import Membership
from accounts.models.workspace import WorkspaceModel


class Pin(WorkspaceModel):
    """By which a member says at a shop tablet who they are. Nobody can read it, not even from the database."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="pin", verbose_name=_("member"))
    digest = models.CharField(max_length=200, editable=False)
    set_at = models.DateTimeField(_("set"), default=timezone.now, editable=False)
    failed = models.PositiveIntegerField(_("wrong in a row"), default=0, editable=False)
    # Stays after it has passed, until the right PIN or a manager: that somebody guessed is worth a look.
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("PIN")
        verbose_name_plural = _("PINs")
        ordering = ["membership"]

    def __str__(self):
        return str(self.membership_id)


class Badge(WorkspaceModel):
    """A card with a code. Its text follows from `nonce` and the installation's key, so it can be printed again."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="badges", verbose_name=_("member"))
    nonce = models.CharField(max_length=32, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=models.Q(revoked_at=None), name="badge_one_at_a_time"
            )
        ]

    def __str__(self):
        return f"{self.membership_id} {self.made_at:%Y-%m-%d}"
