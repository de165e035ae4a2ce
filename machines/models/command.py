from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from laseros.core.states import Life, Move
from machines.models.machine import Machine

LIFE = Life(
    {
        "requested": _("requested"),
        "sent": _("sent"),
        "acknowledged": _("acknowledged"),
        "confirmed": _("done"),
        "refused": _("refused"),
        "timed_out": _("timed out"),
    },
    [
        Move("send", ("requested",), "sent"),
        Move("acknowledge", ("sent",), "acknowledged"),
        Move("refuse", ("requested", "sent"), "refused"),
        Move("confirm", ("acknowledged",), "confirmed"),
        Move("time_out", ("requested", "sent", "acknowledged"), "timed_out"),
    ],
)


class Command(WorkspaceModel):
    """What a person asked a machine to do. One in flight per machine; never sent twice."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="commands", verbose_name=_("machine"))
    name = models.CharField(_("command"), max_length=20)
    arguments = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=120)
    state = models.CharField(_("state"), max_length=14, choices=LIFE.choices, default=LIFE.first)
    reason = models.CharField(_("answer"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("command")
        verbose_name_plural = _("commands")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="command_by_workspace")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="command_key_once"),
            models.UniqueConstraint(
                fields=["machine"], condition=Q(state__in=["requested", "sent"]), name="command_one_in_flight"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.machine_id}"
