from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel


class Event(models.TextChoices):
    """What can reach a milestone by itself. Verbs say so to `production.milestones.happened`."""

    HAND = "", pgettext_lazy("milestone", "by hand")
    APPROVED = "approved", _("when order and drawings are approved")
    MATERIAL = "material", _("when the material is in")
    STARTED = "started", _("when the first run starts")
    MADE = "made", _("when all pieces are made")
    DELIVERED = "delivered", _("when everything is delivered")
    INVOICED = "invoiced", _("when everything is invoiced")


class MilestoneTemplate(WorkspaceModel):
    """The milestones of one kind of job, as the shop wrote them down."""

    name = models.CharField(_("kind of job"), max_length=80)
    is_standard = models.BooleanField(
        _("standard"), default=False, help_text=_("For every job where nobody chooses another one.")
    )
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("milestone template")
        verbose_name_plural = _("milestone templates")
        ordering = ["-is_standard", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(is_standard=True), name="milestone_template_one_standard"
            )
        ]
        indexes = [models.Index(fields=["workspace", "name"], name="milestone_template_by_name")]

    def __str__(self):
        return self.name


class TemplateMilestone(WorkspaceModel):
    """One milestone of a template."""

    template = models.ForeignKey(
        MilestoneTemplate, models.CASCADE, related_name="milestones", verbose_name=_("milestone template")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    name = models.CharField(_("name"), max_length=80)
    event = models.CharField(_("reached"), max_length=10, choices=Event.choices, default=Event.HAND, blank=True)
    is_shown = models.BooleanField(_("shown to the client"), default=True)
    days_before = models.PositiveSmallIntegerField(
        _("working days before the due day"), null=True, blank=True, help_text=_("Empty: no day is planned.")
    )

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["template", "position"], name="template_milestone_in_order")]

    def __str__(self):
        return self.name
