"""The proof of a backup: restored into a scratch place, counted, its books and papers asked, and all thrown away."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Backup
from laseros.core.errors import Refused

SCRATCH = "proof-"
SENTENCES = 20


def prove(path: Path) -> dict:
    """{"wrong": [sentences], "tables": {name: rows}, "files": n, …}; what was found is written to the backup's row.

    `Refused` in words where the proof itself could not be made: no disk left, no right to make a database.
    """
    beside = Path(settings.DATA_DIR)
    for left in beside.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=beside))
    try:
        with _scratch_database(folder) as url:
            found = _restored_there(path, folder, url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sentences = found["wrong"][:SENTENCES]
    if len(found["wrong"]) > SENTENCES:
        sentences.append("…")
    Backup.objects.filter(file=path.name).update(proven_at=timezone.now(), proof_error="\n".join(sentences))
    return found


def _restored_there(path: Path, folder: Path, url: str) -> dict:
    """By a process of its own, whose settings are those of the scratch place."""
    around = {
        **os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder), "REDIS_URL": "", "MQTT_URL": "", "EMAIL_URL": "",
        "SECRET_KEY": settings.SECRET_KEY, "BACKUP_KEY": settings.BACKUP_KEY, "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "laseros.settings",
    }  # fmt: skip
    around.pop("STATIC_ROOT", None)
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(path), "--only-proof", "--json"]
    done = subprocess.run(command, env=around, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise Refused(
            (
                done.stderr.strip().removeprefix("CommandError: ")
                or _("The proof ended with %(code)s.") % {"code": done.returncode}
            )[-2000:]
        ) from None


@contextmanager
def _scratch_database(folder: Path) -> Iterator[str]:
    """Its address. SQLite's is a file in the folder."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'laseros.sqlite3'}"
        return
    beginning = f"{connection.settings_dict['NAME']}_proof_"
    name = f"{beginning}{secrets.token_hex(4)}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [beginning])
            for (left,) in cursor.fetchall():  # of a process that was killed
                cursor.execute(f'DROP DATABASE "{left}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
    except Error as error:
        raise Refused(
            _("No database could be made for the proof: %(why)s. It wants a user with CREATEDB.")
            % {"why": str(error).strip()},
            code="createdb",
        ) from error
    try:
        yield address(name)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def address(name: str) -> str:
    """Of another database on the same server."""
    conf = connection.settings_dict
    where = f"{quote(conf['USER'] or '')}:{quote(conf['PASSWORD'] or '', safe='')}@{quote(conf['HOST'] or '', safe='')}"
    return f"postgres://{where}:{conf['PORT'] or ''}/{name}"
