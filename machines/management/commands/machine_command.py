"""`manage.py machine_command NAME pause|resume|stop`: ask a machine to do something, and hear what it says."""

import json
import secrets
import time

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from laseros.core.errors import Refused
from machines import commands
from machines.management import finding
from machines.models import Command as Asked

OVER = ("confirmed", "refused", "timed_out")


class Command(BaseCommand):
    help = "Ask a machine to pause, go on, stop or print a file it has. The watcher hands it over."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("command", choices=["pause", "resume", "stop", "print"])
        parser.add_argument("--file", default="", help="for print: as the machine names it")
        parser.add_argument("--wait", type=float, default=30.0, help="seconds to wait for the machine to do it (30)")
        finding.workspace_arguments(parser)

    def handle(self, *args, name, command, file, wait, workspace, **options):
        machine = finding.machine(name, workspace)
        if command == "print" and not file:
            raise CommandError("Which --file?")
        arguments = {"file": file} if command == "print" else {}
        with scope(workspace=machine.workspace):
            try:
                asked = commands.request(
                    machine, command, arguments, key=f"shell:{secrets.token_urlsafe(9)}", by="machine_command"
                )
            except Refused as refusal:
                raise CommandError(str(refusal.reason)) from None
            state, reason = _answer(asked, wait)
        if options["json"]:
            self.stdout.write(json.dumps({"command": command, "state": state, "reason": reason}, ensure_ascii=False))
        else:
            self.stdout.write(f"{name}: {command} {state}" + (f" ({reason})" if reason else ""))
        if state in ("refused", "timed_out"):
            raise CommandError(reason or state)


def _answer(asked: Asked, wait: float) -> tuple[str, str]:
    until = time.monotonic() + wait
    while True:
        state, reason = Asked._base_manager.filter(pk=asked.pk).values_list("state", "reason").get()
        if state in OVER or time.monotonic() > until:
            return state, reason
        time.sleep(0.2)
