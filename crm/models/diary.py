from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from crm.models.client import Client, Contact


class Entry(WorkspaceModel):
    """What somebody here wrote down about a client: a call, a visit, a mail, a note."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        VISIT = "visit", _("Visit")
        MAIL = "mail", _("Mail")
        NOTE = "note", _("Note")

    client = models.ForeignKey(Client, models.CASCADE, related_name="entries", verbose_name=_("client"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices, default=Kind.NOTE)
    at = models.DateTimeField(_("when"), default=timezone.now)
    text = models.TextField(_("text"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    key = models.CharField(max_length=40, editable=False)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="entry_once")]
        indexes = [models.Index(fields=["client", "-at"], name="entry_of_client")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text[:60]}"


class FollowUp(WorkspaceModel):
    """Something to come back to a client about, on a day, by one person."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="follow_ups", verbose_name=_("client"))
    what = models.CharField(_("what"), max_length=200)
    due_on = models.DateField(_("due"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("done by"),
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    key = models.CharField(max_length=40, editable=False)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="follow_up_once")]
        indexes = [
            models.Index(fields=["workspace", "due_on"], name="follow_up_open", condition=Q(done_at=None)),
            models.Index(fields=["client", "due_on"], name="follow_up_of_client"),
        ]

    def __str__(self):
        return self.what
