"""`manage.py restore FILE`: a backup back into a database and a folder of files, or with --check a proof of it."""

import json
import os
import subprocess
import sys
from argparse import SUPPRESS
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from laseros import health
from laseros.backups import restoring, running
from laseros.core.errors import Refused


class Command(BaseCommand):
    help = "Restores a backup into the database and files of the settings, whichever database it was made from."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument(
            "--check",
            action="store_true",
            help="Proves it in a scratch place that is thrown away; changes nothing here.",
        )
        parser.add_argument("--into", metavar="DATABASE_URL", help="Into this database instead.")
        parser.add_argument("--files", metavar="FOLDER", help="The files into this folder instead of DATA_DIR/files.")
        parser.add_argument("--overwrite", action="store_true", help="Over a business that is there already.")
        parser.add_argument("--json", action="store_true", help="Says it as JSON.")
        parser.add_argument("--only-proof", action="store_true", help=SUPPRESS)  # in the scratch place

    def handle(self, *args, file, **options):
        path = Path(file).expanduser().resolve()
        if not path.is_file():
            raise CommandError(f"{path} is not there.")
        if options["into"]:
            return self.elsewhere(path, options)
        try:
            if options["check"]:
                return self.said_proof(running.prove(path), options["json"])
            if options["files"]:
                settings.MEDIA_ROOT = Path(options["files"]).expanduser().resolve()
            elif not options["only_proof"]:
                refuse_while_running()
            found = restoring.restore(path, overwrite=options["overwrite"], only_proof=options["only_proof"])
        except Refused as refusal:
            if options["only_proof"] and refusal.code in ("damaged", "keys"):  # of the backup, and not of this place
                return self.stdout.write(
                    json.dumps({"wrong": [str(refusal.reason)], "tables": {}, "files": 0, "missing": []})
                )
            raise CommandError(refusal.reason) from refusal
        if options["json"]:
            return self.stdout.write(json.dumps(asdict(found)))
        return self.said(found)

    def elsewhere(self, path: Path, options) -> None:
        """By a process whose settings are those of that database."""
        if not options["files"]:
            raise CommandError("Say with --files where its files go.")
        words = [f"--{name}" for name in ("overwrite", "json") if options[name]]
        command = [
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            "restore",
            str(path),
            "--files",
            options["files"],
            *words,
        ]
        done = subprocess.run(command, env={**os.environ, "DATABASE_URL": options["into"]}, check=False)
        if done.returncode:
            sys.exit(done.returncode)

    def said_proof(self, found: dict, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found))
        elif not found["wrong"]:
            rows = sum(found["tables"].values())
            self.stdout.write(
                f"Proven: {rows} rows of {len(found['tables'])} tables and {found['files']} files are right."
            )
        if found["wrong"]:
            raise CommandError("\n".join(["It was restored, and this is wrong:", *found["wrong"]]))

    def said(self, found: restoring.Restored) -> None:
        rows = sum(found.tables.values())
        self.stdout.write(
            f"Restored: {rows} rows of {len(found.tables)} tables and {found.files} files, as of {found.made}."
        )
        for sentence in found.told:
            self.stdout.write(sentence)
        for name in found.missing:
            self.stdout.write(f"was missing already when the backup was made: {name}")
        for sentence in found.wrong:
            self.stderr.write(f"was wrong in the backup: {sentence}")


def refuse_while_running() -> None:
    for alive in (health.worker_is_alive, health.watcher_is_alive):
        try:
            is_running = alive()
        except Exception:  # whatever the cache or the queue's server raises: then nobody runs by it
            is_running = False
        if is_running:
            raise Refused(
                _("Laser OS is running here. Stop web, worker and watcher first, and wait twenty seconds."),
                code="running",
            )
