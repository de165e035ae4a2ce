"""`manage.py machine_add "A1 mini" --workspace acme --driver bambu --option host=… --option access_code=…`"""

import asyncio
import json

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from machines import doctor, drivers, fleet, forms
from machines.management import finding
from machines.models import Machine

OF_LASERS = ("manual", "simulator", "cypcut", "mtconnect", "opcua", "raybox", "fscut")


class Command(BaseCommand):
    help = "Take a machine in. Its connection's settings are named as in the form; secrets are stored sealed."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--driver", required=True, help=", ".join(drivers.DRIVERS))
        parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="a connection setting")
        parser.add_argument("--kind", choices=[value for value, _label in Machine.Kind.choices])
        parser.add_argument("--model", default="", help="make and model")
        parser.add_argument("--test", action="store_true", help="try the connection first; store nothing if it fails")
        finding.workspace_arguments(parser, required=True)

    def handle(self, *args, name, driver, option, kind, model, test, workspace, **options):
        if driver not in drivers.DRIVERS:
            raise CommandError(f"There is no connection called {driver}: {', '.join(drivers.DRIVERS)}.")
        shop = finding.workspace(workspace)
        plain, sealed = _settings(driver, option)
        kind = kind or ("laser" if driver in OF_LASERS else "printer")
        machine = Machine(
            workspace=shop, name=name, driver=driver, kind=kind, model=model, options=plain, sealed=sealed
        )
        with scope(workspace=shop):
            if Machine.objects.filter(name=name).exists():
                raise CommandError(f"{workspace} has a machine called {name} already.")
            if test:
                steps = asyncio.run(doctor.examine(machine))
                failed = [step for step in steps if step.ok is False and step.name not in doctor.HARMLESS]
                if failed:
                    raise CommandError(f"{failed[0].words} {failed[0].mend}".strip())
            fleet.register(machine, "machine_add")
        if options["json"]:
            shown = {"id": machine.pk, "name": name, "workspace": workspace, "driver": driver, "kind": kind}
            self.stdout.write(json.dumps({**shown, "options": forms.masked(plain)}, ensure_ascii=False))
        else:
            self.stdout.write(f"{name} is machine {machine.pk} of {workspace}.")


def _settings(driver: str, said: list[str]) -> tuple[dict, str]:
    known = {setting.name: setting for setting in forms.settings_of(driver)}
    plain, secrets = {}, {}
    for each in said:
        name, sign, value = each.partition("=")
        if not sign or name not in known:
            raise CommandError(f"{driver} has no setting called {name}: {', '.join(known) or 'none'}.")
        if known[name].secret:
            secrets[name] = value
        else:
            plain[name] = _value(known[name], value)
    missing = [name for name, setting in known.items() if setting.required and not (plain | secrets).get(name)]
    if missing:
        raise CommandError(f"{driver} needs {', '.join(missing)}.")
    return plain, forms.sealing.sealed(secrets)


def _value(setting, value: str):
    if setting.kind == "number":
        try:
            return float(value)
        except ValueError:
            raise CommandError(f"{setting.name} is a number.") from None
    if setting.kind == "choice" and value not in dict(setting.choices):
        raise CommandError(f"{setting.name} is one of {', '.join(name or '“”' for name, _label in setting.choices)}.")
    return value
