"""`manage.py machine_doctor NAME`: what is wrong with a machine's connection, and how it is mended."""

import asyncio
import json

from django.core.management.base import BaseCommand, CommandError

from machines import doctor, meter_setup, metering
from machines.management import finding

SIGNS = {True: "ok  ", False: "FAIL", None: "?   "}


class Command(BaseCommand):
    help = "Look at a machine's connection step by step. Ends with 1 when it cannot be watched like this."

    def add_arguments(self, parser):
        parser.add_argument("name")
        finding.workspace_arguments(parser)

    def handle(self, *args, name, workspace, **options):
        machine = finding.machine(name, workspace)
        steps, meter = asyncio.run(doctor.examine(machine)), metering.of(machine)
        beside = meter_setup.examine(metering.options_for(meter)) if meter is not None else []
        broken = [step for step in steps if step.ok is False and step.name not in doctor.HARMLESS]
        if options["json"]:
            said = {"ok": not broken, "steps": _plain(steps)} | ({"meter": _plain(beside)} if beside else {})
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1))
        else:
            self._say(steps)
            if beside:
                self.stdout.write("Its energy meter:")
                self._say(beside)
        if broken:
            raise CommandError(broken[0].words, returncode=1)

    def _say(self, steps) -> None:
        for step in steps:
            self.stdout.write(" ".join(filter(None, (SIGNS[step.ok], step.name + ":", step.words))))
            if step.mend and not step.ok:
                self.stdout.write(f"     {step.mend}")


def _plain(steps) -> list[dict]:
    return [{"step": step.name, "ok": step.ok, "words": step.words, "mend": step.mend} for step in steps]
