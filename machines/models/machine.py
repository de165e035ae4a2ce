from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from laseros.core.drivers import State

STATE_LABELS = {
    State.OFFLINE: _("offline"),
    State.IDLE: _("idle"),
    State.PREPARING: _("preparing"),
    State.RUNNING: _("running"),
    State.PAUSED: _("paused"),
    State.FINISHED: _("finished"),
    State.ERROR: _("error"),
    State.MAINTENANCE: _("maintenance"),
    State.UNKNOWN: _("unknown"),
}
STATE_CHOICES = [(state.value, label) for state, label in STATE_LABELS.items()]


class Machine(WorkspaceModel):
    """A laser or a printer."""

    class Kind(models.TextChoices):
        LASER = "laser", _("Laser")
        PRINTER = "printer", _("3D printer")

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.LASER)
    model = models.CharField(_("make and model"), max_length=120, blank=True)
    driver = models.CharField(
        _("connection"), max_length=40, default="manual", help_text=_("manual: the operator's terminal is the truth")
    )
    options = models.JSONField(_("connection settings"), default=dict, blank=True)
    # Those of its connection settings that are secret, as `machines.sealing` seals them.
    sealed = models.TextField(blank=True, default="", editable=False)
    bed_width_mm = models.PositiveIntegerField(_("bed width mm"), default=0)
    bed_height_mm = models.PositiveIntegerField(_("bed depth mm"), default=0)
    nozzle_mm = models.DecimalField(_("nozzle mm"), max_digits=4, decimal_places=2, null=True, blank=True)
    power_w = models.PositiveIntegerField(_("power W"), default=0)
    acceleration_mm_s2 = models.PositiveIntegerField(_("acceleration mm/s²"), default=9810)
    rapid_mm_min = models.PositiveIntegerField(_("rapid mm/min"), default=100000)
    corner_mm = models.DecimalField(
        _("corner tolerance mm"), max_digits=5, decimal_places=3, default=Decimal("0.02"),
        validators=[MinValueValidator(Decimal("0.001"))],
        help_text=_("How far the path may leave a corner to get round it without stopping"),
    )  # fmt: skip
    load_seconds = models.PositiveIntegerField(
        _("load a sheet, s"), default=0, help_text=_("From one sheet to the next, while nothing is cut")
    )
    hourly_rate = money_field(_("hourly rate"))
    position = models.PositiveSmallIntegerField(_("order on the board"), default=0)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    # Out of work since then: `machines.maintenance`.
    maintenance_since = models.DateTimeField(_("in maintenance since"), null=True, blank=True, editable=False)
    maintenance_why = models.CharField(_("why in maintenance"), max_length=200, blank=True, editable=False)
    # Goes up whenever what waits for the machine changes. Whoever keeps a queue for it raises it (`bell.ring_queues`).
    queue_version = models.PositiveBigIntegerField(default=0, editable=False)
    # The watcher that looks after this machine now, and until when (claimed by compare-and-swap).
    lease_owner = models.CharField(max_length=80, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("machine")
        verbose_name_plural = _("machines")
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="machine_name_once")]
        permissions = [("maintain_machine", "Can put machines into maintenance and say what was done")]

    def __str__(self):
        return self.name


class MachineStatus(WorkspaceModel):
    """The latest a machine said: one row per machine, a new version at every write."""

    machine = models.OneToOneField(Machine, models.CASCADE, related_name="status", primary_key=True)
    current = models.CharField(_("state"), max_length=12, choices=STATE_CHOICES, default=State.UNKNOWN)
    raw_state = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField(_("since"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last heard"), null=True, blank=True)
    job_key = models.CharField(max_length=160, blank=True)
    job_name = models.CharField(_("job"), max_length=200, blank=True)
    progress = models.FloatField(_("progress"), null=True, blank=True)
    seconds_left = models.PositiveIntegerField(_("time left"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=300, blank=True)
    values = models.JSONField(default=dict, blank=True)
    file = models.CharField(max_length=300, blank=True)
    picture = models.CharField(max_length=200, blank=True)  # of its work, as `MachineJob.picture`: told by production
    trays = models.JSONField(default=list, blank=True)
    troubles = models.JSONField(default=list, blank=True)
    raw = models.JSONField(default=dict, blank=True)  # in the machine's own words, beside ours
    # What ended before this is history: nobody watched then.
    first_seen_at = models.DateTimeField(null=True, blank=True)
    sampled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("machine status")
        verbose_name_plural = _("machine statuses")

    def __str__(self):
        return f"{self.machine_id}: {self.current}"
