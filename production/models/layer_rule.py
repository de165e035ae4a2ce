from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from crm.models import Client


class LayerRole(models.TextChoices):
    CUT = "cut", pgettext_lazy("layer", "cut")
    ENGRAVE = "engrave", pgettext_lazy("layer", "engrave")
    BEND = "bend", pgettext_lazy("layer", "bend")
    IGNORE = "ignore", pgettext_lazy("layer", "leave out")


class LayerRule(WorkspaceModel):
    """What a layer, a colour or a line type means in the drawings of one client, or of everybody."""

    client = models.ForeignKey(
        Client,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="layer_rules",
        verbose_name=_("client"),
        help_text=_("Empty: the drawings of every client. A rule for the client comes first."),
    )
    layer = models.CharField(
        _("layer"), max_length=255, blank=True, help_text=_("The whole name, in any case; * and ? stand for anything.")
    )
    color = models.PositiveSmallIntegerField(
        _("colour"), null=True, blank=True, help_text=_("AutoCAD's number, 1 to 255")
    )
    linetype = models.CharField(_("line type"), max_length=255, blank=True)
    role = models.CharField(_("taken as"), max_length=10, choices=LayerRole.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("layer rule")
        verbose_name_plural = _("layer rules")
        ordering = ["client__name", "layer", "color", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(layer="") | Q(color__isnull=False) | ~Q(linetype=""), name="layer_rule_of_something"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "client"], name="layer_rule_by_client")]

    def __str__(self):
        what = [self.layer, str(self.color or ""), self.linetype]
        return f"{', '.join(filter(None, what))} → {self.get_role_display()}"
