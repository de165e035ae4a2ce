"""One backup from its being asked for to its being copied, with what became of it written down."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Backup, User
from accounts.models.backup import LIFE
from laseros.backups import keeping, making, proving
from laseros.core.errors import Refused

TOLD_EVERY = 2.0  # seconds


@dataclass
class Ran:
    made: making.Made
    copied_to: str = ""
    copy_error: str = ""
    deleted: list[Path] = field(default_factory=list)


def ask(by) -> Backup:
    """A person wants one now; the worker makes it. Refused while one is on its way."""
    from django_q.tasks import async_task

    with transaction.atomic():
        if Backup.objects.filter(state__in=("waiting", "running")).exists():
            raise Refused(_("A backup is on its way already."), code="running")
        row = Backup.objects.create(by=by, folder=str(settings.BACKUP_DIR))
        transaction.on_commit(lambda: async_task("laseros.backups.schedule.begin", row.pk))
    return row


def run(row: Backup, folder: Path, *, plain: bool = False) -> Ran:
    """Make the backup of this row in the folder. From BACKUP_DIR it is copied, and old ones are deleted by the rule."""
    making.refuse(folder, plain)
    try:
        with making.one_at_a_time(folder):
            keeping.take_stock(folder)
            LIFE.move(row, "begin", began_at=timezone.now(), folder=str(folder))
            return _ran(row, folder, plain)
    except OSError as error:
        raise Refused(making.in_words(error, folder), code="disk") from error


def _ran(row: Backup, folder: Path, plain: bool) -> Ran:
    try:
        made = making.make(folder, plain=plain, progress=_Told(row))
    except BaseException as error:
        reason = getattr(error, "reason", "") or f"{type(error).__name__}: {error}"
        LIFE.try_move(row, "give_up", error=str(reason)[:2000], ended_at=timezone.now())
        raise
    LIFE.try_move(
        row, "finish", ended_at=timezone.now(), percent=100, file=made.path.name, size=made.size, error="",
        is_encrypted=made.is_encrypted, rows=made.rows, files=made.files, missing=made.missing,
    )  # fmt: skip
    ran = Ran(made)
    if folder == settings.BACKUP_DIR:
        _copied(row, ran)
        ran.deleted += keeping.tidy(folder)
    return ran


def _copied(row: Backup, ran: Ran) -> None:
    if not settings.BACKUP_COPY_TO:
        return
    try:
        there = keeping.copy_elsewhere(ran.made.path)
        ran.copied_to = str(there.parent)
        ran.deleted += keeping.tidy(there.parent)
    except Refused as refusal:
        ran.copy_error = refusal.reason
    except OSError as error:
        ran.copy_error = making.in_words(error, Path(settings.BACKUP_COPY_TO))
    Backup.objects.filter(pk=row.pk).update(copied_to=ran.copied_to, copy_error=ran.copy_error)


def prove(path: Path) -> dict:
    """See `proving.prove`; one at a time, and why it could not be made is written down too."""
    try:
        with making.one_at_a_time(Path(settings.BACKUP_DIR)):
            found = proving.prove(path)
    except (Refused, OSError) as error:
        reason = getattr(error, "reason", "") or making.in_words(error, path)
        Backup.objects.filter(file=path.name).update(proof_problem=str(reason)[:2000])
        raise Refused(reason) from error
    Backup.objects.filter(file=path.name).update(proof_problem="")
    return found


def speak_to_the_owner(row: Backup | None = None):
    """What goes wrong is written down in the language of whoever will read it."""
    reader = (row and row.by) or User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    translation.activate((reader and reader.language) or settings.LANGUAGE_CODE)


class _Told:
    """How far it is, now and then: each time is a write."""

    def __init__(self, row: Backup):
        self._row, self._last = row, time.monotonic()

    def __call__(self, percent: int) -> None:
        if time.monotonic() - self._last > TOLD_EVERY:
            self._last = time.monotonic()
            Backup.objects.filter(pk=self._row.pk).update(percent=percent)
