from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from machines.models.machine import Machine

SOON = 0.9  # of the way to the limit: due
SOON_DAYS = timedelta(days=7)


class MachineUse(WorkspaceModel):
    """What a machine has done since it is watched, from events that are counted once."""

    machine = models.OneToOneField(Machine, models.CASCADE, primary_key=True, related_name="use")
    seconds = models.FloatField(_("at work s"), default=0)
    pierces = models.PositiveBigIntegerField(_("pierces"), default=0)
    metres = models.FloatField(_("length m"), default=0)
    # Up to which change of state its time is counted, and since when it runs.
    last_change = models.PositiveBigIntegerField(default=0)
    running_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("use of a machine")
        verbose_name_plural = _("use of machines")

    def __str__(self):
        return f"{self.machine_id}"


class MaintenancePlan(WorkspaceModel):
    """What has to be done at a machine again and again: after so many hours, pierces, metres or days."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="plans", verbose_name=_("machine"))
    name = models.CharField(_("what is to be done"), max_length=120)
    how = models.TextField(pgettext_lazy("maintenance", "how"), blank=True, max_length=2000)
    hours = models.PositiveIntegerField(_("every … hours at work"), null=True, blank=True)
    pierces = models.PositiveIntegerField(_("every … pierces"), null=True, blank=True)
    metres = models.PositiveIntegerField(_("every … metres"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("every … days"), null=True, blank=True)
    # Where the machine's use stood when it was last done (or planned).
    at_seconds = models.FloatField(default=0, editable=False)
    at_pierces = models.PositiveBigIntegerField(default=0, editable=False)
    at_metres = models.FloatField(default=0, editable=False)
    last_on = models.DateField(_("last done"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("planned"), default=timezone.now, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("maintenance plan")
        verbose_name_plural = _("maintenance plans")
        ordering = ["machine", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0) | Q(pierces__gt=0) | Q(metres__gt=0) | Q(days__gt=0),
                name="maintenance_after_something",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def shares(self) -> dict[str, float]:
        """How much of each of its limits is used up."""
        use = getattr(self.machine, "use", None)
        seconds, pierces, metres = (use.seconds, use.pierces, use.metres) if use else (0, 0, 0)
        found = {}
        if self.hours:
            found["hours"] = (seconds - self.at_seconds) / 3600 / self.hours
        if self.pierces:
            found["pierces"] = (pierces - self.at_pierces) / self.pierces
        if self.metres:
            found["metres"] = (metres - self.at_metres) / self.metres
        if self.days and self.due_on:
            found["days"] = 1 - (self.due_on - timezone.localdate()).days / self.days
        return {name: max(0.0, share) for name, share in found.items()}

    @property
    def share(self) -> float:
        return max(self.shares.values(), default=0.0)

    @property
    def state(self) -> str:
        """ "overdue", "due" or "fine"."""
        if self.share >= 1:
            return "overdue"
        is_near = self.due_on is not None and self.due_on - timezone.localdate() <= SOON_DAYS
        return "due" if self.share >= SOON or is_near else "fine"


def due(overdue: bool = False) -> Q:
    """The same for the database: plans that are due (or only those overdue), of machines in use."""
    share = 1.0 if overdue else SOON
    limit = timezone.localdate() + (timedelta(0) if overdue else SOON_DAYS)
    used = {"hours": ("seconds", 3600), "pierces": ("pierces", 1), "metres": ("metres", 1)}
    reached = Q(due_on__lte=limit)
    for name, (count, unit) in used.items():
        wanted = F(f"at_{count}") + F(name) * unit * share
        reached |= Q(**{f"{name}__gt": 0, f"machine__use__{count}__gte": wanted})
    return reached & Q(archived_at=None, machine__archived_at=None)


class MaintenanceDone(WorkspaceModel):
    """What was done at a machine, once it was. Append-only."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="maintained", verbose_name=_("machine"))
    plan = models.ForeignKey(
        MaintenancePlan, models.SET_NULL, null=True, related_name="done", verbose_name=_("maintenance plan")
    )
    what = models.CharField(_("what was done"), max_length=120)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    parts = models.CharField(_("parts used"), max_length=300, blank=True)
    hours = models.FloatField(_("hours at work"), default=0)  # where the machine's use stood
    pierces = models.PositiveBigIntegerField(_("pierces"), default=0)
    metres = models.FloatField(_("length m"), default=0)

    class Meta:
        verbose_name = _("maintenance done")
        verbose_name_plural = _("maintenance done")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["workspace", "-at"], name="maintained_by_workspace")]

    def __str__(self):
        return self.what
