"""What the worker does about backups by itself: one a day, a proof a week, and what a person asked for.

Each is a process of its own, because the queue ends what takes longer than 90 seconds. It ends with the worker's.
"""

import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Backup, User
from laseros.backups import keeping, making, running
from laseros.core.errors import Refused

PROOF_EVERY = timedelta(days=7)
PROOF_TRIED_EVERY = 24 * 60 * 60  # seconds
FAILURES_A_DAY = 3
AFTER_A_FAILURE = timedelta(hours=1)
NOTHING_TO_LOSE = timedelta(hours=1)  # what a new installation is given before its first


def when_due() -> str:
    """Called every few minutes. Answers what was begun: "backup", "proof" or nothing."""
    folder, now = Path(settings.BACKUP_DIR), timezone.now()
    running.speak_to_the_owner()
    try:
        with making.one_at_a_time(folder):
            keeping.take_stock(folder)
    except Refused:
        return ""  # one is being made or proven
    waiting = Backup.objects.filter(state="waiting").order_by("pk").first()
    if waiting is None and is_due(now):
        waiting = Backup.objects.create(folder=str(folder))
    if waiting is not None:
        begin(waiting.pk)
        return "backup"
    if (path := to_be_proven(now)) and cache.add("backup-proof-tried", path.name, PROOF_TRIED_EVERY):
        _start("restore", str(path), "--check")
        return "proof"
    return ""


def begin(pk: int) -> None:
    """The backup of this row, by a process of its own."""
    _start("backup", "--ordered", str(pk))


def is_due(now: datetime) -> bool:
    """Whether none was begun since the last BACKUP_HOUR, and it did not just fail."""
    if settings.BACKUP_HOUR < 0:
        return False
    if not Backup.objects.exists() and not User.objects.filter(date_joined__lt=now - NOTHING_TO_LOSE).exists():
        return False
    since = Backup.objects.filter(asked_at__gte=last_hour(now))
    if since.filter(state__in=("waiting", "running", "done", "gone")).exists():
        return False
    failures = since.filter(state="failed")
    return failures.count() < FAILURES_A_DAY and not failures.filter(asked_at__gt=now - AFTER_A_FAILURE).exists()


def last_hour(now: datetime) -> datetime:
    local = timezone.localtime(now)
    moment = local.replace(hour=settings.BACKUP_HOUR, minute=0, second=0, microsecond=0)
    return moment if moment <= local else moment - timedelta(days=1)


def to_be_proven(now: datetime) -> Path | None:
    """The newest, when none was proven for a week."""
    if settings.BACKUP_HOUR < 0 or Backup.objects.filter(proven_at__gte=now - PROOF_EVERY).exists():
        return None
    newest = keeping.good().filter(folder=str(settings.BACKUP_DIR)).order_by("-asked_at").first()
    return Path(newest.folder) / newest.file if newest else None


def _start(*command: str) -> None:
    process = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *command],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "laseros.settings"},
        stdin=subprocess.DEVNULL,
        preexec_fn=_gently,
    )
    threading.Thread(target=process.wait, daemon=True).start()  # so that nothing is left of it


def _gently() -> None:
    os.nice(10)  # pages and machines go first
