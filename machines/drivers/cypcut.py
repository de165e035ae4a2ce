"""Lasers under CypCut: report files in a watched folder say what was cut; the operator's terminal says the rest.

Nothing here talks to the laser, and nothing can start it. Which column is which a person has said before any row
counts. Proven against public descriptions only: no maker's or shop's own export was at hand.
"""

import asyncio
import stat
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from laseros.core import sandbox
from laseros.core.drivers import Ack, Ended, Outcome, Reading, Setting, Step, Trouble, Unreachable, gettext_noop
from machines.drivers import unproven

SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".json", ".log")
LOOK_EVERY = 15.0
QUIET_FOR = 5.0  # a file written to a moment ago is still being written
SETTLED_AFTER = 600.0  # its last line is whole even without its end
AGAIN_EVERY = 3600.0  # everything is told once more: what was told and not stored is not lost
MOST_FILES = 2000
AT_ONCE = 40
CLOCKS = timedelta(days=1)
FACTS = ("pierces", "gas", "material", "thickness", "parts")


@dataclass(frozen=True)
class File:
    path: Path
    size: int
    changed: float


class CypCut:
    title = gettext_noop("CypCut laser (report files)")
    note = unproven.NOTE
    capabilities: frozenset[str] = frozenset()
    settings = (
        Setting("folder", gettext_noop("folder"), default="laser", required=True,
                help=gettext_noop("its name; the doctor on the machine's page says where it lies")),
        Setting("encoding", gettext_noop("writing"), "choice", "", (
            ("", gettext_noop("find out")), ("utf-8", "UTF-8"), ("gb18030", "GBK"), ("utf-16", "UTF-16"),
            ("cp1252", "Windows 1252"),
        )),
        Setting("decimal", gettext_noop("fractions"), "choice", "", (
            ("", gettext_noop("find out")), (",", "1,5"), (".", "1.5"),
        )),
        Setting("dates", gettext_noop("dates"), "choice", "", (
            ("", gettext_noop("find out")), ("dmy", gettext_noop("day first")), ("mdy", gettext_noop("month first")),
            ("ymd", gettext_noop("year first")),
        )),
        Setting("length_unit", gettext_noop("lengths"), "choice", "", (
            ("", gettext_noop("as the heading says")), ("m", "m"), ("mm", "mm"), ("in", gettext_noop("inch")),
        )),
        Setting("time_unit", gettext_noop("durations"), "choice", "", (
            ("", gettext_noop("as the heading says")), ("s", "s"), ("min", "min"), ("h", "h"),
        )),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.options = options
        self.mapping = {str(name): str(heading) for name, heading in (options.get("columns") or {}).items()}
        self.is_on = bool(options.get("switched_on") and self.mapping)
        self.since = _moment(options.get("since")) or datetime.min.replace(tzinfo=UTC)
        self.zone = ZoneInfo(str(options.get("timezone") or "UTC"))
        self._read: dict[Path, tuple] = {}  # what each file was when it was read
        self._waits: set[Path] = set()
        self._told: set[str] = set()
        self._troubles: dict[Path, list[Trouble]] = {}
        self._latest: datetime | None = None

    async def connect(self) -> None:
        self.folder = await asyncio.to_thread(folder_of, self.options)

    async def readings(self) -> AsyncGenerator[Reading, None]:
        began = time.monotonic()
        while True:
            files = await asyncio.to_thread(files_in, self.folder)
            for gone in set(self._read) - {file.path for file in files}:
                del self._read[gone]
                self._troubles.pop(gone, None)
            for file in files if self.is_on else ():
                if self._is_due(file):
                    for batch in _batches(await self._works_of(file)):
                        yield self._reading(files, tuple(batch))
            yield self._reading(files)
            if time.monotonic() - began > AGAIN_EVERY:
                began = time.monotonic()
                self._read.clear()
                self._told.clear()
            await asyncio.sleep(LOOK_EVERY)

    def _is_due(self, file: File) -> bool:
        """Changed since it was read, and nobody is writing; or its last line waited long enough."""
        age = time.time() - file.changed
        if file.changed < (self.since - CLOCKS).timestamp() or age < QUIET_FOR:
            return False
        settled = age >= SETTLED_AFTER
        return self._read.get(file.path) != (file.size, file.changed, settled if file.path in self._waits else None)

    async def _works_of(self, file: File) -> list[Ended]:
        """What it tells that was not told yet."""
        settled = time.time() - file.changed >= SETTLED_AFTER
        try:
            said = await asyncio.to_thread(read, file.path, self.mapping, self.options, settled=settled)
        except sandbox.SandboxError as refusal:
            said = {"works": [], "bad": [], "missing": refusal.reason, "waits": False}
        (self._waits.add if said["waits"] else self._waits.discard)(file.path)
        self._read[file.path] = (file.size, file.changed, settled if said["waits"] else None)
        name, troubles, ended = file.path.name, [], []
        if said["missing"]:
            troubles.append(Trouble(name[-40:], said["missing"], grave=False))
        troubles += [Trouble(f"{name[-30:]}:{row['line']}", row["why"], grave=False) for row in said["bad"][:5]]
        for work in said["works"]:
            end = ended_of(work, name, self.zone)
            if end.at > datetime.now(UTC) + CLOCKS:
                troubles.append(Trouble(f"{name[-30:]}:{work['line']}", "it is in the future", grave=False))
            elif end.at >= self.since and end.job_key not in self._told:
                self._told.add(end.job_key)
                ended.append(end)
                self._latest = max(self._latest or end.at, end.at)
        self._troubles[file.path] = troubles[:5]
        return ended

    def _reading(self, files: list[File], ended: tuple[Ended, ...] = ()) -> Reading:
        troubles = [trouble for each in self._troubles.values() for trouble in each]
        if not self.is_on:
            troubles = [
                Trouble("", "its reports do not count yet", "Look at one and say which column is which.", False)
            ]
        raw = {"reports": len(files), "latest": self._latest.isoformat() if self._latest else "", "on": self.is_on}
        return Reading(None, ended=ended, troubles=tuple(troubles[-12:]), raw=raw)

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        return Ack(False, "a laser is started by whoever stands beside it")

    async def close(self) -> None:
        """Nothing is held."""

    async def examine(self) -> list[Step]:
        try:
            folder = await asyncio.to_thread(folder_of, self.options, make=True)
        except Unreachable as error:
            return [Step("settings", False, str(error), "A name without slashes, or folders one below the other.")]
        steps = [
            Step("settings", True),
            Step("address", True, f"the folder is {folder}"),
        ]
        files = await asyncio.to_thread(files_in, folder)
        if not files:
            mend = "Let the laser's program write its reports there, over a share or a synchronised folder."
            return [*steps, Step("reachable", True), Step("speaks", None, "no report lies there yet", mend), *UNPROVEN]
        steps += [Step("reachable", True, f"{len(files)} reports lie there")]
        return [*steps, await self._spoken(files[-1]), *UNPROVEN]

    async def _spoken(self, file: File) -> Step:
        if not self.is_on:
            return Step("speaks", None, "its reports do not count yet", "Look at one and say which column is which.")
        try:
            said = await asyncio.to_thread(read, file.path, self.mapping, self.options, settled=True)
        except sandbox.SandboxError as refusal:
            return Step("speaks", False, f"{file.path.name}: {refusal.reason}", "Export it again.")
        if said["missing"] or (said["bad"] and not said["works"]):
            why = said["missing"] or said["bad"][0]["why"]
            return Step("speaks", False, f"{file.path.name}: {why}", "Look at it and say which column is which.")
        count = said["count"]
        return Step("speaks", True, f"{file.path.name}: {count['works']} rows read, {count['bad']} not")


UNPROVEN = [
    Step(
        "mode", None, "known from public descriptions only: compare its first rows with the machine",
        unproven.BY_HAND,
    ),
]  # fmt: skip


# --- the folder ---------------------------------------------------------------------------------------------------


def folder_of(options: dict, make: bool = False) -> Path:
    """Where the reports lie: always below the folder of this business. Raises `Unreachable`."""
    base, name = Path(str(options.get("watched") or "")), str(options.get("folder") or "").strip().replace("\\", "/")
    parts = [part for part in name.split("/") if part]
    if not options.get("watched") or not parts or name.startswith("/") or ":" in name or "\x00" in name:
        raise Unreachable("this is no name for a folder")
    folder = base.joinpath(*parts)
    if ".." in parts or not folder.resolve().is_relative_to(base.resolve()):
        raise Unreachable("this is no name for a folder")
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        if not folder.is_dir():
            raise Unreachable("the folder is not there")
    except OSError as error:
        raise Unreachable(f"the folder cannot be opened ({(error.strerror or 'error').lower()})") from None
    return folder


def files_in(folder: Path) -> list[File]:
    """Its reports, the one changed last at the end. No link is followed out of it."""
    found = []
    try:
        for path in folder.iterdir():
            if path.suffix.lower() not in SUFFIXES or path.name.startswith((".", "~")):
                continue
            said = path.lstat()
            if stat.S_ISREG(said.st_mode):
                found.append(File(path, said.st_size, said.st_mtime))
    except OSError as error:
        raise Unreachable(f"the folder cannot be opened ({(error.strerror or 'error').lower()})") from None
    return sorted(found, key=lambda file: (file.changed, file.path.name))[-MOST_FILES:]


def read(path: Path, mapping: dict | None, options: dict, *, settled: bool, most: int | None = None) -> dict:
    """In a process of its own. Raises `sandbox.SandboxError`."""
    ways = {name: options.get(name) or "" for name in ("encoding", "decimal", "dates", "length_unit", "time_unit")}
    return sandbox.run("machines.reports.child:read_report", str(path), settled, mapping, ways, most)


def ended_of(work: dict, report: str, zone: ZoneInfo) -> Ended:
    began, at = (
        datetime.fromisoformat(work[name]).replace(tzinfo=zone).astimezone(UTC) for name in ("started", "ended")
    )
    facts = {name: work[name] for name in FACTS if work[name] is not None} | {"report": report, "line": work["line"]}
    if work["seconds"] is not None:
        facts["cut_seconds"] = work["seconds"]
    return Ended(
        Outcome(work["outcome"]), job_key=work["key"], file=work["file"], at=max(began, at), began=began,
        job_name=work["name"], metres=work["metres"], seconds=work["seconds"], facts=facts,
    )  # fmt: skip


def _batches(ended: list[Ended]):
    for start in range(0, len(ended), AT_ONCE):
        yield ended[start : start + AT_ONCE]


def _moment(said) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
