"""Whose a machine job is: by the number we gave it, by what was started on the floor, by its file, else nobody knows.

A guess is made only where it can be but one thing. Everything else stands in the list of those whose owner a person
has to name: a print booked to the wrong client is worse than one that waits.
"""

import re
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from machines.files.finding import paths_of
from machines.models import Machine, MachineJob, PrintFile
from production.models import MachineWork, Operation, Run
from production.run_keys import run_of

How = MachineWork.How
MADE_OF = re.compile(r"(\.gcode)?\.(3mf|gcode|bgcode|gco|g|ufp|lxds?|nc|cnc|zzx?|dxf)$", re.IGNORECASE)
# Our own mark in a file's name: "JB-0007 bracket op12.gcode". The address on a traveller counts as well.
MARK = re.compile(r"(?<![0-9A-Za-z])op(\d{1,18})(?![0-9A-Za-z])|/floor/operations/(\d{1,18})")


@dataclass(frozen=True)
class Match:
    """A run that is there, or an operation to begin one of; with neither, `why` nobody can tell."""

    run: Run | None = None
    operation: Operation | None = None
    how: str = ""
    why: str = ""


def find(job: MachineJob) -> Match:
    """What is known of it now. Asks no machine."""
    told = _told(job)
    if told is not None:
        return Match(run=told, how=How.TOLD)
    run = Run.active_on(job.machine_id).select_related("operation").first()
    found = by_file(job)
    if run is None:
        return found
    if found.operation is not None and found.operation.pk != run.operation_id:
        words = {"file": found.operation.reference, "run": run.operation.reference}
        return Match(why=_("%(run)s was started on the floor, and the file is of %(file)s.") % words)
    return Match(run=run, how=found.how or How.STARTED)


def _told(job: MachineJob) -> Run | None:
    """The run the machine was told by its number."""
    pk = run_of(job.native_key.partition("#")[0])
    return Run.objects.filter(pk=pk, machine=job.machine_id).select_related("operation").first() if pk else None


def by_file(job: MachineJob) -> Match:
    """The open work its file is of."""
    by_code = _marked(job)
    if by_code is not None:
        return Match(operation=by_code, how=How.CODE)
    rows = open_operations(job.machine)
    sha256 = _content_of(job)
    if sha256:
        same = rows.filter(job_line__design_file__sha256=sha256)
        found = _only_one(same, job.machine)
        if found is not None:
            return Match(operation=found, how=How.HASH)
    name = stem(job.file) or stem(job.name)
    if not name:
        return Match(why=_("The machine does not say what file it is."))
    named = [
        row
        for row in rows.select_related("job_line__design_file", "job_line__job", "sheet__nest")
        if is_called(row, name)
    ]
    if not named:
        return Match(why=_("No open work is of a file of this name."))
    found = _only_one(rows.filter(pk__in=[row.pk for row in named]), job.machine)
    if found is None:
        numbers = ", ".join(sorted({row.reference for row in named})[:4])
        return Match(why=_("It could be of several: %(jobs)s.") % {"jobs": numbers})
    return Match(operation=found, how=How.NAME)


def _content_of(job: MachineJob) -> str:
    """The checksum of the file it works on, where that file was fetched or sent by us; empty otherwise."""
    if not job.file:
        return ""
    rows = PrintFile.objects.filter(machine=job.machine, path__in=paths_of(job.file))
    return rows.exclude(sha256="").values_list("sha256", flat=True).first() or ""


def open_operations(machine: Machine):
    """Work that a machine of this kind may be doing, in the order it would be done."""
    rows = Operation.objects.filter(state__in=("queued", "in_progress"), machine__kind=machine.kind)
    return rows.select_related("machine", "job_line__job").order_by("position", "id")


def open_jobs():
    """Machine jobs of which nobody has said whose they are."""
    return MachineJob.objects.filter(claim=MachineJob.Claim.OPEN, made__run=None)


def stem(file: str) -> str:
    """The name of a file without folder and ending, as names are compared."""
    name = MADE_OF.sub("", file.replace("\\", "/").rpartition("/")[2])
    return re.sub(r"[\s_\-.]+", " ", name).strip().casefold()


def _marked(job: MachineJob) -> Operation | None:
    for text in (job.file, job.name):
        for by_name, by_address in MARK.findall(text):
            row = open_operations(job.machine).filter(pk=int(by_name or by_address)).first()
            if row is not None:
                return row
    return None


def is_called(operation: Operation, name: str) -> bool:
    """Whether a name, as `stem` has it, is that of its drawing or holds the number of its job or nest."""
    line = operation.job_line
    if line is None:
        return _has_number(operation.reference, name)
    names = {stem(line.design_file.name)} if line.design_file else set()
    return name in names or _has_number(line.job.number, name)


def _has_number(number: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(stem(number))}(?!\w)", name))


def _only_one(rows, machine: Machine) -> Operation | None:
    """The one it can be. Several of one drawing are told by their turn, those in this machine's queue first."""
    found = list(rows.filter(Q(machine=machine) & Q(state="queued")).order_by("position", "id"))
    found = found or list(rows.filter(state="queued").order_by("position", "id"))
    drawings = {(row.job_line.design_file_id, row.job_line.design_file_id is None and row.pk) for row in found}
    return found[0] if len(drawings) == 1 else None
