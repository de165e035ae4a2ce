from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.workspace import WorkspaceModel


class Activity(WorkspaceModel):
    """Who did what to which record, when, old → new. Written by the verbs; never changed, never deleted."""

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    actor_name = models.CharField(_("who"), max_length=160)
    station = models.CharField(_("tablet"), max_length=80, blank=True)  # the shop tablet it was done at
    verb = models.CharField(_("what"), max_length=60)
    target_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind"))
    target_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("target_type", "target_id")
    target_label = models.CharField(_("record"), max_length=200)
    details = models.JSONField(_("details"), default=dict, blank=True)
    # Amounts are kept apart, so that whoever may not see money can still read the story.
    money = models.JSONField(_("amounts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activity log")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-at", "-id"], name="activity_by_workspace"),
            models.Index(fields=["target_type", "target_id", "-id"], name="activity_by_target"),
        ]

    def __str__(self):
        return f"{self.actor_name}: {self.verb} {self.target_label}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("the activity log is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("the activity log is append-only")
