from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.workspace import WorkspaceModel
from accounts.roles import Role


class Membership(WorkspaceModel):
    """A person's role in one business."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["user__email"]
        permissions = [
            ("use_back_office", "Can work in the back office"),
            ("see_money", "Can see prices, costs and amounts"),
            ("hand_out_floor_keys", "Can reset and unlock PINs and print badges"),
        ]
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="membership_once")]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"
