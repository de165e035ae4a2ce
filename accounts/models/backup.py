from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from laseros.core.states import Life, Move

LIFE = Life(
    {
        "waiting": _("waiting"),
        "running": _("running"),
        "done": _("done"),
        "failed": _("failed"),
        "gone": _("deleted"),
    },
    [
        Move("begin", ("waiting",), "running"),
        Move("finish", ("running",), "done"),
        # Whoever made it was ended before saying so, and the file lies there whole.
        Move("find", ("running", "failed", "gone"), "done"),
        Move("give_up", ("waiting", "running"), "failed"),
        Move("go", ("done",), "gone"),
        # The backup that a restored database comes from was just being made in it.
        Move("forget", ("waiting", "running"), "gone"),
    ],
)


class Backup(models.Model):
    """One backup of the whole installation: when it was made, where it lies, what its last proof said."""

    file = models.CharField(_("file"), max_length=120, blank=True)
    folder = models.CharField(_("folder"), max_length=400, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=LIFE.choices, default=LIFE.first)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    error = models.TextField(_("what went wrong"), blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)  # bytes
    is_encrypted = models.BooleanField(_("encrypted"), default=False)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    files = models.PositiveIntegerField(_("files"), default=0)
    missing = models.JSONField(_("files that were missing already"), default=list, blank=True)
    copied_to = models.CharField(_("copied to"), max_length=400, blank=True)
    copy_error = models.TextField(_("why it was not copied"), blank=True)
    proven_at = models.DateTimeField(_("looked through"), null=True, blank=True)
    proof_problem = models.TextField(_("why it could not be looked through"), blank=True)
    # What the proof found wrong; empty and looked through: proven.
    proof_error = models.TextField(_("what the proof found"), blank=True)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-asked_at", "-id"]

    def __str__(self):
        return self.file or str(self.pk)

    @property
    def is_proven(self) -> bool:
        return self.proven_at is not None and not self.proof_error
