"""`manage.py backup`: one consistent copy of database and files, sealed with BACKUP_KEY. See docs/adr/0022."""

import json
from argparse import SUPPRESS
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from accounts.models import Backup
from accounts.models.backup import LIFE
from laseros.backups import keeping, running
from laseros.core.errors import Refused


class Command(BaseCommand):
    help = "Makes a backup of database and files while the shop works on. Restored by `manage.py restore FILE`."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--to", metavar="FOLDER", help="Into this folder instead of BACKUP_DIR; nothing is deleted there."
        )
        parser.add_argument(
            "--plain", action="store_true", help="Without BACKUP_KEY also outside of DATA_DIR: anybody can read it."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Makes none; says which old ones would be deleted after it."
        )
        parser.add_argument("--json", action="store_true", help="Says it as JSON.")
        parser.add_argument("--ordered", type=int, help=SUPPRESS)  # the row of one that was asked for

    def handle(self, *args, to=None, plain=False, ordered=None, **options):
        folder = Path(to).expanduser().resolve() if to else Path(settings.BACKUP_DIR)
        if options["dry_run"]:
            return self.would_delete(options["json"])
        row = Backup.objects.filter(pk=ordered).first() if ordered else None
        if ordered:
            running.speak_to_the_owner(row)
        try:
            # It goes into the database whichever way it ends, so that the page knows.
            row = row or Backup.objects.create(folder=str(folder))
            ran = running.run(row, folder, plain=plain or settings.BACKUP_PLAIN)
        except Refused as refusal:
            if row is not None:
                put_away(row, refusal, ordered=bool(ordered))
            raise CommandError(refusal.reason) from refusal
        self.say(ran, options["json"])
        if ran.copy_error:
            raise CommandError(f"It was made, but not copied: {ran.copy_error}")

    def would_delete(self, as_json: bool) -> None:
        folders = [Path(settings.BACKUP_DIR)]
        if settings.BACKUP_COPY_TO:
            folders.append(Path(settings.BACKUP_COPY_TO).expanduser().resolve())
        paths = [str(path) for folder in folders for path in keeping.superfluous(folder, timezone.now())]
        if as_json:
            self.stdout.write(json.dumps({"would_delete": paths}))
            return
        for path in paths:
            self.stdout.write(f"would be deleted: {path}")
        days, weeks, months = settings.BACKUP_KEEP
        self.stdout.write(
            f"{len(paths)} would be deleted. Kept are {days} daily, {weeks} weekly, {months} monthly ones."
        )

    def say(self, ran: running.Ran, as_json: bool) -> None:
        made = ran.made
        if as_json:
            said = {
                "path": str(made.path), "size": made.size, "encrypted": made.is_encrypted, "rows": made.rows,
                "tables": made.tables, "files": made.files, "missing": made.missing, "left_out": made.left_out,
                "copied_to": ran.copied_to, "copy_error": ran.copy_error,
                "deleted": [str(path) for path in ran.deleted],
            }  # fmt: skip
            self.stdout.write(json.dumps(said))
            return
        size, how = (
            filesizeformat(made.size).replace("\xa0", " "),
            "encrypted" if made.is_encrypted else "readable by anybody",
        )
        self.stdout.write(
            f"{made.path}: {size}, {how}; {made.rows} rows of {len(made.tables)} tables, {made.files} files."
        )
        if not made.is_encrypted:
            self.stdout.write(
                "Set BACKUP_KEY and keep it elsewhere: then backups can leave this disk, and SECRET_KEY is inside."
            )
        for name in made.missing:
            self.stdout.write(f"was missing already: {name}")
        if made.left_out:
            self.stdout.write(f"tables that are not of Laser OS, left out: {', '.join(made.left_out)}")
        if ran.copied_to:
            self.stdout.write(f"copied to {ran.copied_to}")
        for path in ran.deleted:
            self.stdout.write(f"deleted: {path}")


def put_away(row: Backup, refusal: Refused, *, ordered: bool) -> None:
    """What was refused before it began: whoever sits here reads why; what was ordered is written down, and waits while
    another one is being made."""
    if row.state != "waiting":
        return
    if not ordered:
        row.delete()
    elif refusal.code != "running":
        LIFE.try_move(row, "give_up", error=refusal.reason, ended_at=timezone.now())
