from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from machines.models.machine import Machine


class Tablet(WorkspaceModel):
    """A device of the shop that stands somewhere and is worked at by many. See docs/adr/0017."""

    name = models.CharField(_("name"), max_length=60)
    place = models.CharField(_("place"), max_length=80, blank=True)
    machines = models.ManyToManyField(
        Machine,
        blank=True,
        related_name="tablets",
        verbose_name=_("machines"),
        help_text=_("It stands at these; empty: whoever takes over says at which"),
    )
    idle_minutes = models.PositiveSmallIntegerField(
        _("hand back after (minutes)"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text=_("When nobody touches it"),
    )
    digest = models.CharField(max_length=64, blank=True, editable=False)  # of the secret in the device's cookie
    # Of the address that makes a device this tablet: open once, and not for long.
    invitation = models.CharField(max_length=32, blank=True, editable=False)
    invited_until = models.DateTimeField(null=True, editable=False)
    registered_at = models.DateTimeField(_("registered"), null=True, blank=True, editable=False)
    device = models.CharField(_("device"), max_length=200, blank=True, editable=False)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("last taken over by"),
    )
    failed = models.PositiveIntegerField(_("wrong in a row"), default=0, editable=False)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("shop tablet")
        verbose_name_plural = _("shop tablets")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="tablet_named_once")]

    def __str__(self):
        return self.name

    @property
    def is_registered(self) -> bool:
        return bool(self.digest) and self.revoked_at is None
