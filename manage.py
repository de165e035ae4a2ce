#!/usr/bin/env python
"""The administrators' door: imports, backups, checks, the watcher and the worker."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["measure_dxf"]:  # needs no Django, and would wait longer for it than for a drawing
        from production import measure_command as command

        sys.exit(command.main(sys.argv[2:]))
    if sys.argv[1:2] == ["nest"]:
        from production import nest_command

        sys.exit(nest_command.main(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laseros.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
