import secrets
from datetime import time

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.workspace import WorkspaceModel


class MessageWording(WorkspaceModel):
    """What a business says on an occasion in one language, where that is not what we propose."""

    occasion = models.CharField(_("occasion"), max_length=40)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("message text")
        verbose_name_plural = _("message texts")
        ordering = ["occasion", "language"]
        permissions = [("word_messages", "Can change what messages say and when they are sent")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "occasion", "language"], name="message_wording_once")
        ]

    def __str__(self):
        return f"{self.occasion} ({self.language})"


class MessagePreferences(WorkspaceModel):
    """What one person wants to hear of, and when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    choices = models.JSONField(default=dict, blank=True)  # {occasion: "now" | "daily" | "never"}
    timezone = models.CharField(_("timezone"), max_length=60, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest_at = models.TimeField(_("daily digest at"), default=time(8))

    class Meta:
        verbose_name = _("message preferences")
        verbose_name_plural = _("message preferences")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="message_preferences_once")]

    def __str__(self):
        return str(self.user)


def fresh_secret() -> str:
    return secrets.token_urlsafe(32)


class MessageHook(WorkspaceModel):
    """A chat room or an SMS service that is told: an address, and what is posted there."""

    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(pgettext_lazy("web", "address"), max_length=400)
    occasions = models.JSONField(_("on these occasions"), default=list)
    body = models.TextField(_("what is posted"))
    secret = models.CharField(_("secret"), max_length=60, default=fresh_secret, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("chat or SMS")
        verbose_name_plural = _("chat and SMS")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="message_hook_once")]

    def __str__(self):
        return self.name
