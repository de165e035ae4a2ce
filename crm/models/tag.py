from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel


class Tag(WorkspaceModel):
    """A word a business sorts its clients by."""

    class Colour(models.TextChoices):
        GREY = "grey", pgettext_lazy("colour", "grey")
        BLUE = "blue", pgettext_lazy("colour", "blue")
        GREEN = "green", pgettext_lazy("colour", "green")
        AMBER = "amber", pgettext_lazy("colour", "amber")
        RED = "red", pgettext_lazy("colour", "red")
        VIOLET = "violet", pgettext_lazy("colour", "violet")

    name = models.CharField(_("name"), max_length=40)
    colour = models.CharField(_("colour"), max_length=6, choices=Colour.choices, default=Colour.GREY)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="tag_once")]

    def __str__(self):
        return self.name
