from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from production.models.job import Job
from production.models.milestone_template import Event
from production.states import MILESTONE


class Milestone(WorkspaceModel):
    """A step of one job that somebody can follow: planned for a day, reached at a time, by a person or an event."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="milestones", verbose_name=_("job"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    name = models.CharField(_("name"), max_length=80)
    is_shown = models.BooleanField(_("shown to the client"), default=True)
    event = models.CharField(_("reached"), max_length=10, choices=Event.choices, default=Event.HAND, blank=True)
    planned_on = models.DateField(_("planned"), null=True, blank=True)
    # Where the plan came from; None: the day was typed, or there is none.
    days_before = models.PositiveSmallIntegerField(null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=MILESTONE.choices, default=MILESTONE.first, editable=False
    )
    at = models.DateTimeField(_("reached at"), null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("by")
    )
    by_event = models.BooleanField(_("by itself"), default=False, editable=False)
    note = models.CharField(_("note for the shop"), max_length=300, blank=True)
    undone = models.PositiveSmallIntegerField(_("taken back"), default=0, editable=False)  # how often

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["job", "position", "id"], name="milestone_of_job"),
            models.Index(fields=["workspace", "planned_on"], name="milestone_open_by_day", condition=Q(state="open")),
        ]
        permissions = [("skip_milestone", "Can skip milestones and take them back later")]

    def __str__(self):
        return self.name

    def is_late(self, today) -> bool:
        """Still open though its day has passed."""
        return self.state == "open" and self.planned_on is not None and self.planned_on < today


class MilestonePhoto(WorkspaceModel):
    """A photograph of how far the work is, drawn anew as JPEG without what the camera wrote into it."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="photos", verbose_name=_("milestone"))
    content = models.FileField(upload_to="milestones/", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("photographed"), default=timezone.now)

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        ordering = ["id"]
        indexes = [models.Index(fields=["milestone", "id"], name="photo_of_milestone")]

    def __str__(self):
        return str(self.pk)
