"""`manage.py machine_status [NAME] --workspace W [--json]`: how machines are, and what they worked on lately."""

import json

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from machines import board
from machines.management import finding
from machines.models import MachineJob

LATEST = 20


class Command(BaseCommand):
    help = "Say how the machines of a business are, as the board would."

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?")
        parser.add_argument("--jobs", type=int, default=LATEST, help=f"so many of the latest jobs ({LATEST})")
        finding.workspace_arguments(parser, required=True)

    def handle(self, *args, name, jobs, workspace, **options):
        with scope(workspace=finding.workspace(workspace)):
            cards = [card for card in board.cards() if name in (None, card.machine.name)]
            if name is not None and not cards:
                raise CommandError(f"There is no machine called {name}.")
            said = [{**_status(card), "jobs": _jobs(card.machine, jobs)} for card in cards]
        if options["json"]:
            self.stdout.write(json.dumps(said[0] if name is not None else said, ensure_ascii=False, indent=1))
            return
        for each in said:
            self.stdout.write(_line(each))
            for job in each["jobs"]:
                self.stdout.write(f"    {job['started']}  {job['outcome'] or 'running'}  {job['name'] or job['file']}")


def _status(card) -> dict:
    status = card.status
    return {
        "name": card.machine.name,
        "driver": card.machine.driver,
        "state": status.current,
        "raw_state": status.raw_state,
        "stale": card.is_stale,
        "since": _time(status.since),
        "seen": _time(status.seen_at),
        "job": status.job_name or None,
        "job_key": status.job_key or None,
        "progress": status.progress,
        "seconds_left": status.seconds_left,
        "message": status.message,
        "values": status.values,
        "trays": status.trays,
        "troubles": status.troubles,
    }


def _jobs(machine, most: int) -> list[dict]:
    return [
        {
            "key": job.key,
            "name": job.name,
            "file": job.file,
            "outcome": job.outcome or None,
            "started": _time(job.started_at),
            "ended": _time(job.ended_at),
            "progress": job.progress,
            "grams": job.grams,
            "metres": job.metres,
            "kwh": job.kwh,
            "why": job.why,
        }
        for job in MachineJob.objects.filter(machine=machine)[:most]
    ]


def _time(moment) -> str | None:
    return moment and moment.isoformat()


def _line(said: dict) -> str:
    parts = [f"{said['name']}: {said['state']}" + (" (last known)" if said["stale"] else "")]
    if said["job"]:
        parts.append(said["job"])
    if said["progress"] is not None:
        parts.append(f"{said['progress']:.0%}")
    if said["message"]:
        parts.append(said["message"])
    return ", ".join(parts)
