"""`manage.py machine_replay DRIVER FILE`: what a connection makes of recorded messages, one reading a line."""

import json
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from machines import believing, drivers

LARGEST = 50 * 1024 * 1024


class Command(BaseCommand):
    help = (
        "Read recorded messages (JSON, or one JSON object a line) as a connection of this kind would. No machine is"
        " asked, nothing is stored."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("driver")
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="everything of each reading")

    def handle(self, *args, driver, file, **options):
        try:
            replay = drivers.driver_class(driver).replay
        except (drivers.UnknownDriver, AttributeError):
            raise CommandError(f"There is no connection called {driver} that can be replayed.") from None
        for reading in replay(_messages(file)):
            said = asdict(believing.believable(reading))
            if options["json"]:
                self.stdout.write(json.dumps(said, default=str, ensure_ascii=False))
            else:
                names = ("state", "raw_state", "job_key", "job_name", "progress", "seconds_left", "outcome", "message")
                self.stdout.write("  ".join(f"{name}={said[name]}" for name in names if said[name] not in ("", None)))


def _messages(file: Path) -> list:
    try:
        if file.stat().st_size > LARGEST:
            raise CommandError("The file is too large for a recording.")
        text = file.read_text("utf-8", "replace")
    except OSError as error:
        raise CommandError(str(error)) from None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return [_message(line) for line in text.splitlines() if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _message(line: str):
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None  # a broken message, as it may come on the wire
