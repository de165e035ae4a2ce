"""`manage.py gcode_info FILE… [--json]`: what slicers wrote about their prints."""

import json

from django.core.management.base import BaseCommand

from laseros.core import sandbox


class Command(BaseCommand):
    help = (
        "Say what sliced files (.gcode, .bgcode, .gcode.3mf) say of themselves; each is read in a process of its own."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="an array, one object a file, also when refused")

    def handle(self, *args, files, **options):
        found = [{"file": file, **_read(file)} for file in files]
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))
            return
        for each in found:
            self.stdout.write("\n".join(_lines(each)))


def _read(file: str) -> dict:
    try:
        return {"ok": True, "reason": None, **sandbox.run("machines.gcode.child:facts", str(file))}
    except sandbox.Crashed as crash:
        error = str(crash.details.get("error", ""))
        missing = error.startswith(("FileNotFoundError", "IsADirectoryError", "PermissionError"))
        return {"ok": False, "reason": error.partition(": ")[2] if missing else crash.reason}
    except sandbox.SandboxError as refusal:
        return {"ok": False, "reason": refusal.reason}


def _lines(found: dict):
    yield found["file"]
    if not found["ok"]:
        yield f"  {found['reason']}"
        return
    for name in (
        "slicer",
        "version",
        "seconds",
        "grams",
        "metres",
        "layer_height",
        "layers",
        "printer_model",
        "nozzle",
    ):
        if found[name] is not None:
            yield f"  {name.replace('_', ' ')}: {found[name]}"
    for name in ("filament_type", "thumbnails"):
        if found[name]:
            yield f"  {name.replace('_', ' ')}: {', '.join(found[name])}"
    for plate in found["plates"]:
        tools = ", ".join(f"{each['type']} {each['grams']} g" for each in plate["filaments"])
        yield f"  plate {plate['index']}: {plate['seconds']} s, {plate['grams']} g ({tools})"
    if not found["sliced"]:
        yield "  not sliced yet"
