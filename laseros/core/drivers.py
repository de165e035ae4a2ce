"""The contract between a machine and the rest of the house. Pure: no Django, no ORM, asyncio only.

A driver connects to one machine, yields `Reading`s and carries out commands it is capable of. It never touches the
database; `watch_machines` does that with what the driver says.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable


class State(StrEnum):
    """What a machine is doing, in our words. `offline` is a property of the link, not of the work."""

    OFFLINE = "offline"
    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    ERROR = "error"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a piece of work ended, as the machine says; `unclear` where nobody saw it."""

    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Tray:
    """What lies in one slot of a machine. `color` is "#RRGGBB"; `left` is 0…1, None where the machine cannot say."""

    slot: str
    material: str = ""
    color: str = ""
    left: float | None = None
    active: bool = False
    tag: str = ""  # of the spool's own chip, if it has one
    name: str = ""


@dataclass(frozen=True)
class Trouble:
    """Something the machine complains of: its own code, words for it, and what mends it where that is known."""

    code: str
    words: str = ""
    mend: str = ""
    grave: bool = True  # False: it works on


@dataclass(frozen=True)
class Ended:
    """The machine says that a piece of work is over, and how: the same key again is the same end.

    Either `job_key` names it, or `file` and `at`, for machines that number nothing. `at` is by our clock.
    """

    outcome: Outcome
    job_key: str = ""
    file: str = ""
    at: datetime | None = None
    began: datetime | None = None
    job_name: str = ""
    grams: float | None = None
    metres: float | None = None
    seconds: float | None = None
    # From a list that is read after it was over: where nobody saw it, the operator's terminal is the truth of its run.
    reported: bool = False
    # What else is told of it: pierces, cut_seconds, gas, material, thickness, parts, report, line.
    facts: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What a machine says at one moment.

    `state` None: it says nothing of its state, only of what `ended` and what troubles it; the operator's terminal is
    the truth of the rest.

    `values` are numbers by name: nozzle_c, nozzle_target_c, bed_c, bed_target_c, chamber_c, fan_percent,
    speed_percent, layer, layers, grams (of the whole work), grams_used, metres_used, power_w, energy_kwh, gas_bar,
    parts (its counter of pieces, over all work).
    A machine that numbers its work says `job_key`; one that does not says only `file`, and the house numbers for it.
    `outcome` is what it says of that same work; `ended` of others.
    """

    state: State | None
    raw_state: str = ""
    job_key: str = ""  # the machine's own name for the piece of work, stable over a reconnect
    job_name: str = ""
    progress: float | None = None  # 0…1
    seconds_left: int | None = None
    message: str = ""
    values: dict = field(default_factory=dict)
    file: str = ""
    outcome: Outcome | None = None
    ended: tuple[Ended, ...] = ()
    trays: tuple[Tray, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    raw: dict = field(default_factory=dict)  # its own words for all this, few enough to keep


@dataclass(frozen=True)
class Ack:
    """A machine's answer to a command: taken or refused, with the reason in words."""

    taken: bool
    reason: str = ""


@dataclass(frozen=True)
class Setting:
    """One connection setting of a driver: what the form of a machine asks for."""

    name: str
    label: str
    kind: str = "text"  # "text", "long", "number" or "choice"
    default: object = ""
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    secret: bool = False  # stored sealed, never shown again
    required: bool = False


def gettext_noop(text: str) -> str:
    """Marks a text for translation; whoever shows it translates it."""
    return text


@dataclass(frozen=True)
class Step:
    """One thing the doctor looked at. `ok` is None where it could not be looked at."""

    name: str  # of STEPS
    ok: bool | None
    words: str = ""
    mend: str = ""


# In the order a doctor looks: the first that fails is the one to mend.
STEPS = ("settings", "address", "reachable", "certificate", "credentials", "clock", "speaks", "mode", "rights")


@dataclass(frozen=True)
class RemoteFile:
    """A file on the machine, by the path its driver takes."""

    path: str
    size: int | None = None
    modified: datetime | None = None


class CredentialsRefused(Exception):
    """The machine said no to who we are: a person is needed, trying again is not."""


class Unreachable(Exception):
    """No connection now; the watcher tries again with back-off."""


@runtime_checkable
class Driver(Protocol):
    """One connection to one machine.

    Whatever waits here waits in `asyncio.timeout`: `wait_for` may swallow the cancelling of the task it waits in.
    One task reads; `command` may be called meanwhile, one command at a time. After an error the connection is closed
    and a new driver is built: nothing of the old one is used again.

    A driver that is to ask seldom says in `quiet_for` how many seconds may lie between two readings; else it is 60.
    """

    title: str  # and `note`, where a person should know something before he takes it
    # Commands: "start" (work named by us), "print" (a file on the machine), "pause", "resume", "stop", "forget".
    # "files": has `files`, `upload` and `download` (see `Filing`). "camera": has `picture` (see `Seeing`).
    capabilities: frozenset[str]
    settings: tuple[Setting, ...]

    def __init__(self, options: dict, home: Path) -> None:
        """`options` by the names of `settings`; `home` is a folder for what must survive a restart (may not exist)."""

    async def connect(self) -> None:
        """Raises `Unreachable` or `CredentialsRefused`."""

    def readings(self) -> AsyncGenerator[Reading, None]:
        """Readings until the link breaks (`Unreachable`)."""

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        """Carry out a command once per `key`; the same key again answers the same."""

    async def close(self) -> None: ...

    async def examine(self) -> list[Step]:
        """Look at the connection step by step, on a driver that is not connected; never raises for what it finds."""


class Filing(Protocol):
    """What a driver with the capability "files" has besides. Paths are the machine's own."""

    async def files(self) -> list[RemoteFile]: ...

    async def upload(self, source: Path, name: str) -> str:
        """Answers the path it has there. Raises `FileTrouble` when what arrived is not what was sent."""

    async def download(self, path: str, target: Path, most: int) -> None:
        """At most `most` bytes, or `FileTrouble`."""


class Seeing(Protocol):
    """What a driver with the capability "camera" has besides."""

    async def picture(self) -> bytes | None:
        """One picture now, JPEG or PNG, on a driver that is not connected; None where this machine has no camera."""


class FileTrouble(Exception):
    """A file did not arrive whole, or is not there; in words."""
