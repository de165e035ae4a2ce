"""What lies on the machines: asked now and then, and whenever somebody wants to know."""

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop
from django_scopes import scope, scopes_disabled

from accounts import work
from accounts.models import Workspace
from laseros.core.drivers import RemoteFile, State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import drivers, telemetry
from machines.files.session import on_machine
from machines.models import Machine, PrintFile
from machines.models.file import FILE
from machines.words import said

MOST = 5000  # more files on one machine are not listed
ENDINGS = (".gcode", ".gco", ".g", ".bgcode", ".3mf", ".ufp", ".nc", ".cnc")


def has_files(machine: Machine) -> bool:
    return machine.archived_at is None and "files" in drivers.capabilities(machine.driver)


@work.task(gettext_noop("look for a machine's files"))
def find(pk: int) -> None:
    """List what lies on one machine. Harmless to run twice."""
    machine = Machine.objects.filter(pk=pk).first()
    if machine is None or not has_files(machine):
        return
    try:
        found = async_to_sync(on_machine)(machine, lambda driver: driver.files())
    except Refused as refusal:
        raise Refused(said(refusal.reason), code=refusal.code) from None
    take(machine, found)


@retried
@transaction.atomic
def take(machine: Machine, found: list[RemoteFile]) -> None:
    """Bring the rows of a machine up to what it listed. What it has no more, and we have not, is gone."""
    now = timezone.now()
    listed = {each.path[:300]: each for each in found[:MOST] if each.path.lower().endswith(ENDINGS)}
    rows = {row.path: row for row in PrintFile.objects.filter(machine=machine).exclude(path="")}
    for path, each in listed.items():
        row = rows.pop(path, None)
        if row is None:
            PrintFile.objects.create(
                workspace_id=machine.workspace_id, machine=machine, path=path, name=name_of(path), size=each.size,
                modified_at=each.modified, seen_at=now,
            )  # fmt: skip
        else:
            _seen(row, each, now)
    for row in rows.values():
        if row.state == "available":
            row.delete()
        else:
            FILE.try_move(row, "vanish")


def _seen(row: PrintFile, each: RemoteFile, now) -> None:
    """It is there still; another size is another file, of which what we have is not the content."""
    changed = row.size is not None and each.size is not None and row.size != each.size
    fields = {"size": each.size if each.size is not None else row.size, "modified_at": each.modified, "seen_at": now}
    if changed and row.state == "downloaded" and FILE.try_move(row, "forget"):
        fields |= {"content": "", "sha256": "", "facts": {}, "picture": ""}
    elif row.state == "local":
        FILE.try_move(row, "appear")
    PrintFile.objects.filter(pk=row.pk).update(**fields)


def name_of(path: str) -> str:
    """What a person reads and saves it as: no folders, nothing that could be one."""
    last = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip(". ")[:200] or "file"


def paths_of(file: str) -> list[str]:
    """How a list of files may have what a machine says it works on: with a slash before it or without."""
    return [file, file.lstrip("/"), f"/{file}"]


def look_everywhere() -> None:
    """Queue a look at every machine that has files and answers; in every workspace."""
    with scopes_disabled():
        workspaces = list(Workspace.objects.order_by("pk"))
    for workspace in workspaces:
        with scope(workspace=workspace):
            for machine in Machine.objects.filter(archived_at=None).order_by("pk"):
                if has_files(machine) and telemetry.status_of(machine).current not in (State.OFFLINE, State.UNKNOWN):
                    work.queue(find, workspace, machine.pk, subject=machine)
