"""The board: one card per machine, as it is now or, when nobody knows, as it was last known."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date, format_time
from django.db.models import CharField, Exists, Func, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_scopes import get_scope

from laseros.core.drivers import State
from laseros.core.locales import locale_of
from laseros.core.templatetags.laseros import duration
from machines import drivers, reported, telemetry
from machines.models import Machine, MachineJob, MachineStatus, MaintenancePlan, PrintFile
from machines.models.machine import STATE_LABELS
from machines.models.maintenance import due

AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)
BUSY = (State.PREPARING, State.RUNNING, State.PAUSED, State.ERROR)
ICONS = {Machine.Kind.LASER: "laser", Machine.Kind.PRINTER: "printer"}
# What is worth a place on the card: name of the value, its words, unit, places after the point.
VALUES = {
    "nozzle_c": (_("Nozzle"), "°C", 0),
    "bed_c": (_("Bed"), "°C", 0),
    "chamber_c": (_("Chamber"), "°C", 0),
    "power_w": (_("Power"), "W", 0),
    "gas_bar": (_("Gas"), "bar", 1),
    "parts": (_("Counter"), _("pieces"), 0),
}
# The order in which the head of the board counts them: what needs somebody first.
COUNTED = (State.ERROR, State.PAUSED, State.FINISHED, State.RUNNING, State.PREPARING, State.IDLE,
           State.MAINTENANCE, State.OFFLINE)  # fmt: skip


@dataclass(frozen=True)
class Card:
    machine: Machine
    status: MachineStatus
    now: datetime

    @property
    def state(self) -> str:
        return shown(self.status.current, self.machine.maintenance_since)

    @property
    def label(self) -> str:
        return _("by report") if self.reported else STATE_LABELS[State(self.state)]

    @property
    def icon(self) -> str:
        return ICONS.get(self.machine.kind, "box")

    @cached_property
    def is_stale(self) -> bool:
        return telemetry.is_stale(self.machine, self.status, self.now)

    @property
    def is_live(self) -> bool:
        """Running, and we would know if it were not: the page may move time and bar along."""
        return self.state == State.RUNNING and not self.is_stale

    @property
    def has_work(self) -> bool:
        return bool(self.status.job_name or self.status.job_key) and self.state != State.IDLE

    @property
    def work(self) -> str:
        """What it is at: by the job it is known to be of, else as the machine calls it."""
        return getattr(self.machine, "made_for", None) or self.status.job_name or self.status.job_key

    @property
    def picture(self) -> str:
        """The address of a picture of what it is at: of the work it is known to be of, else of its file."""
        if not self.has_work:
            return ""
        known = self.status.picture or getattr(self.machine, "work_pictured", None)
        file = getattr(self.machine, "pictured", None)
        return known or (reverse("board:picture", args=[file]) if file else "")

    @property
    def has_progress(self) -> bool:
        return self.has_work and self.state in BUSY and self.percent is not None

    @cached_property
    def _passed(self) -> float:
        """Seconds since the machine spoke, in which a running one has gone on."""
        if not self.is_live or self.status.seen_at is None:
            return 0.0
        return max(0.0, (self.now - self.status.seen_at).total_seconds())

    @property
    def seconds_left(self) -> float | None:
        left = self.status.seconds_left
        return None if left is None else max(0.0, left - self._passed)

    @property
    def percent(self) -> float | None:
        progress, left = self.status.progress, self.status.seconds_left
        if progress is None:
            return None
        if self._passed and left:
            progress = max(progress, min(0.99, progress + (1 - progress) * self._passed / left))
        return progress * 100

    @property
    def ends(self) -> str:
        """The time of day it will be done, with the weekday when that is not today."""
        if self.state not in (State.RUNNING, State.PREPARING) or self.is_stale or not self.seconds_left:
            return ""
        return clock(self.now + timedelta(seconds=self.seconds_left), self.now)

    @property
    def since(self) -> str:
        """How long it has been in this state."""
        return "" if self.moment is None else duration(self.now - self.moment)

    @property
    def moment(self) -> datetime | None:
        """Since when it is in this state."""
        return self.machine.maintenance_since if self.state == State.MAINTENANCE else self.status.since

    @property
    def note(self) -> str:
        """What it says, or why it is out of work."""
        is_out = self.machine.maintenance_since is not None
        return (self.machine.maintenance_why if is_out else "") or self.status.message

    @property
    def maintenance(self) -> str:
        """Whether something is to be done at it: "overdue", "due" or nothing."""
        if getattr(self.machine, "is_overdue", False):
            return "overdue"
        return "due" if getattr(self.machine, "is_due", False) else ""

    @property
    def last_known(self) -> str:
        """When it was last heard, for a machine nobody hears now."""
        if self.status.seen_at is None or not (self.is_stale or self.state == State.OFFLINE):
            return ""
        return clock(self.status.seen_at, self.now)

    @property
    def reported(self) -> str:
        """When the last work ended that its reports tell of: of a machine that says nothing while it works."""
        if self.state != State.UNKNOWN or drivers.tells_state(self.machine.driver):
            return ""
        latest = reported.latest(self.status)
        return clock(latest, self.now) if latest else ""

    @property
    def values(self) -> list[tuple[str, float, str, int]]:
        if self.is_stale or self.state not in (*BUSY, State.FINISHED):
            return []
        said = self.status.values or {}
        return [(words, said[name], unit, digits) for name, (words, unit, digits) in VALUES.items() if name in said]

    @property
    def version(self) -> int:
        return self.status.version


def cards(machine_pks=None) -> list[Card]:
    """The cards of the open workspace, all or these; one query."""
    now = timezone.now()
    machines = Machine.objects.filter(archived_at=None).select_related("status")
    made = {"made_for": made_for("work"), "work_pictured": made_for("picture"), "pictured": pictured()}
    machines = machines.annotate(**made, **maintenance_due())
    if machine_pks is not None:
        machines = machines.filter(pk__in=machine_pks)
    return [Card(machine, _status(machine), now) for machine in machines]


def maintenance_due() -> dict:
    """Whether plans of a machine are due, beside each machine."""
    plans = MaintenancePlan._base_manager.filter(machine=OuterRef("pk"))
    return {"is_due": Exists(plans.filter(due())), "is_overdue": Exists(plans.filter(due(overdue=True)))}


def made_for(what: str) -> Subquery:
    """What a machine is at or did last: its "work" in the words of whoever knows it, or its "picture"; else empty."""
    rows = MachineJob._base_manager.filter(machine=OuterRef("pk"), name=OuterRef("status__job_name"))
    return Subquery(rows.order_by("-started_at").values(what)[:1])


def pictured() -> Subquery:
    """The file a machine says it is at, if it has a picture; see `machines.files.finding.paths_of`."""
    file, slash = OuterRef("status__file"), Value("/")
    places = [file, Func(file, slash, function="LTRIM", output_field=CharField()), Concat(slash, file)]
    rows = PrintFile._base_manager.filter(machine=OuterRef("pk"), path__in=places)
    return Subquery(rows.exclude(path="").exclude(picture="").values("pk")[:1])


def picture_of(machine: Machine) -> str:
    """The address of a picture of what it is at."""
    return next((card.picture for card in cards([machine.pk])), "")


def of(machine: Machine) -> Card:
    """The card of a machine at hand."""
    return Card(machine, _status(machine), timezone.now())


def _status(machine: Machine) -> MachineStatus:
    try:
        return machine.status
    except MachineStatus.DoesNotExist:
        return MachineStatus(machine=machine, workspace_id=machine.workspace_id)


def shown(current: str, maintenance_since: datetime | None) -> str:
    """Out for maintenance, whatever it says of itself; what runs all the same is shown running."""
    return current if maintenance_since is None or current in AT_WORK else State.MAINTENANCE


def summary(all_cards: list[Card]) -> list[tuple[str, str, int]]:
    """(state, its word, how many), what needs somebody first."""
    return counted(Counter(card.state for card in all_cards))


def counted(counts: Counter) -> list[tuple[str, str, int]]:
    """The same of {state: how many}."""
    return [(state.value, STATE_LABELS[state], counts[state]) for state in COUNTED if counts[state]]


def tv_shape(count: int) -> tuple[int, int]:
    """Columns and rows in which a wide screen shows so many cards at once; from 64 on it scrolls."""
    columns = min(8, max(1, math.ceil(math.sqrt(count))))
    return columns, min(8, max(1, math.ceil(count / columns)))


def clock(moment: datetime, now: datetime) -> str:
    """A time of day as the reader's country writes it; with the weekday when it is another day."""
    locale = locale_of((get_language() or "en").split("-")[0], get_scope()["workspace"].country)
    there, here = timezone.localtime(moment), timezone.localtime(now)
    words = format_time(there, "short", locale=locale)
    if there.date() == here.date():
        return words
    pattern = "EEE" if abs(there - here) < timedelta(days=6) else "medium"
    return f"{format_date(there, pattern, locale=locale)} {words}"
