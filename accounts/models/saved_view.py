from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.workspace import WorkspaceModel


class SavedView(WorkspaceModel):
    """A list as somebody likes to see it: search, filters and order under a name of their own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    page = models.CharField(_("page"), max_length=80)  # app_model of the list
    label = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        ordering = ["label", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "user", "page", "label"], name="saved_view_once")]

    def __str__(self):
        return self.label
