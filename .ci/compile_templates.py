"""Compiles every template of ours: unknown tags, broken nesting and missing libraries are found without a visit."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "laseros.settings"

import django  # noqa: E402
from django.template import TemplateSyntaxError  # noqa: E402
from django.template.loader import get_template  # noqa: E402


def main() -> int:
    django.setup()
    folder = ROOT / "templates"
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in (".html", ".txt"))
    broken = []
    for name in names:
        try:
            get_template(name)
        except (TemplateSyntaxError, UnicodeDecodeError) as error:
            broken.append(f"{name}: {error}")
    print("\n".join(broken) or f"{len(names)} templates compile")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
