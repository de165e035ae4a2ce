"""`manage.py machine_doctor NAME`: what is wrong with a machine's connection, and how it is mended."""

import asyncio
import json

from django.core.management.base import BaseCommand, CommandError

from machines import doctor
from machines.management import finding

SIGNS = {True: "ok  ", False: "FAIL", None: "?   "}


class Command(BaseCommand):
    help = "Look at a machine's connection step by step. Ends with 1 when it cannot be watched like this."

    def add_arguments(self, parser):
        parser.add_argument("name")
        finding.workspace_arguments(parser)

    def handle(self, *args, name, workspace, **options):
        steps = asyncio.run(doctor.examine(finding.machine(name, workspace)))
        broken = [step for step in steps if step.ok is False and step.name not in doctor.HARMLESS]
        if options["json"]:
            said = [{"step": step.name, "ok": step.ok, "words": step.words, "mend": step.mend} for step in steps]
            self.stdout.write(json.dumps({"ok": not broken, "steps": said}, ensure_ascii=False, indent=1))
        else:
            for step in steps:
                self.stdout.write(" ".join(filter(None, (SIGNS[step.ok], step.name + ":", step.words))))
                if step.mend and not step.ok:
                    self.stdout.write(f"     {step.mend}")
        if broken:
            raise CommandError(broken[0].words, returncode=1)
