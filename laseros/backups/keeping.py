"""Which backups are kept, the copy in another folder, and what the installation knows of what lies there."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Backup, User
from accounts.models.backup import LIFE
from laseros.backups import making, restoring
from laseros.core.errors import Refused

A_DAY = timedelta(days=1)
OLD = timedelta(days=2)  # a last good one older than that is a matter for somebody


def kept(moments: Iterable[datetime], days: int, weeks: int, months: int) -> set[datetime]:
    """Of backups made at these moments those that stay: the newest of each of the last so many days, weeks and months
    in which there is one, by the clock of the installation; and the newest of all with what is less than a day older:
    the one made before a change stays beside the one after it."""
    newest_first = sorted(moments, reverse=True)
    stay = {moment for moment in newest_first if newest_first[0] - moment < A_DAY}
    for count, period in ((days, _day), (weeks, _week), (months, _month)):
        seen: set = set()
        for moment in newest_first:
            if len(seen) < count and period(moment) not in seen:
                seen.add(period(moment))
                stay.add(moment)
    return stay


def _day(moment: datetime):
    return timezone.localtime(moment).date()


def _week(moment: datetime):
    return timezone.localtime(moment).isocalendar()[:2]


def _month(moment: datetime):
    local = timezone.localtime(moment)
    return local.year, local.month


def superfluous(folder: Path, coming: datetime | None = None) -> list[Path]:
    """What the rule deletes in a folder, oldest first; with `coming`, once a backup of that moment is there too.

    What is no good stays until there is a younger good one, and speaks for no day. What another installation made, or
    cannot be read, is left alone.
    """
    lying = dict(sorted((making.made_at(path.name), path) for path in _backups(folder) if _is_ours(path)))
    wrong = set(Backup.objects.exclude(proof_error="").values_list("file", flat=True))
    good = {moment for moment, path in lying.items() if path.name not in wrong}
    good |= {coming} if coming else set()
    stay = kept(good, *settings.BACKUP_KEEP)
    newest = max(good, default=None)
    return [path for moment, path in lying.items() if newest and moment < newest and moment not in stay]


def tidy(folder: Path) -> list[Path]:
    """Delete what the rule does not keep; what was deleted."""
    gone = superfluous(folder)
    for path in gone:
        path.unlink(missing_ok=True)
        for row in Backup.objects.filter(file=path.name, folder=str(folder), state="done"):
            LIFE.try_move(row, "go")
    return gone


def _backups(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if making.NAME.fullmatch(path.name) and path.is_file()]
    except FileNotFoundError:
        return []


def _is_ours(path: Path) -> bool:
    try:
        return restoring.said_by(path).get("house") == making.house()
    except (OSError, Refused):
        return False


# --- another folder ---------------------------------------------------------------------------------------------------


def copy_elsewhere(path: Path) -> Path:
    """The same file in BACKUP_COPY_TO; `Refused` in words when it is not there or full."""
    folder = Path(settings.BACKUP_COPY_TO).expanduser().resolve()
    if not folder.is_dir():
        raise Refused(_("%(folder)s is not there. Is the disk connected?") % {"folder": folder}, code="elsewhere")
    making.refuse(folder, settings.BACKUP_PLAIN)
    part = folder / f".{path.name}.part"
    try:
        for left in folder.glob(making.UNFINISHED):
            left.unlink()
        with open(path, "rb") as source, open(part, "xb") as target:
            os.fchmod(target.fileno(), 0o600)
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        os.rename(part, folder / path.name)
        making.sync(folder)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Refused(making.in_words(error, folder), code="disk") from error
    return folder / path.name


# --- what is known of them --------------------------------------------------------------------------------------------


def take_stock(folder: Path) -> None:
    """Say of each backup what is true now: ended in the middle, deleted by hand, or lying here and unheard of, as after
    a restore. Must be called by whoever has the folder's turn: then nobody else makes one."""
    lying = {path.name: path for path in _backups(folder)}
    for row in Backup.objects.filter(folder=str(folder), state="running"):
        LIFE.try_move(
            row, "give_up", error=_("The process that made it ended before it was whole."), ended_at=timezone.now()
        )
    for row in Backup.objects.filter(folder=str(folder), state="done").exclude(file__in=lying):
        LIFE.try_move(row, "go")
    known = set(Backup.objects.filter(folder=str(folder), file__in=lying, state="done").values_list("file", flat=True))
    for name, path in lying.items():
        if name not in known:
            _take_in(folder, path)


def _take_in(folder: Path, path: Path) -> None:
    try:
        header = restoring.said_by(path)
    except (OSError, Refused):
        return
    made = making.made_at(path.name)
    found = {"size": path.stat().st_size, "is_encrypted": header["encrypted"], "ended_at": made, "error": ""}
    row = Backup.objects.filter(folder=str(folder), file=path.name).first()
    if row is None:
        row = Backup.objects.create(folder=str(folder), file=path.name, state="gone", asked_at=made, began_at=made)
    LIFE.try_move(row, "find", **found)


def good():
    """Those that are there and of which nothing is known to be wrong."""
    return Backup.objects.filter(state="done", proof_error="")


def troubled():
    """What is no good and has no younger good one, and what went wrong with the youngest."""
    younger = good().filter(asked_at__gt=OuterRef("asked_at"))
    trouble = Q(state="failed") | Q(state="done") & ~Q(copy_error="", proof_error="", proof_problem="")
    return Backup.objects.filter(trouble).exclude(Exists(younger))


def lacking():
    """A row where people have worked for two days and there is no good backup as young as that."""
    lately = Now() - OLD
    return (
        User.objects.filter(date_joined__lt=lately).exclude(Exists(good().filter(asked_at__gte=lately))).order_by()[:1]
    )
