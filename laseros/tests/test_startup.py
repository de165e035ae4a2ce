"""What a web process reads in before its first page: memory and seconds that every process pays."""

import subprocess
import sys

from django.conf import settings

HEAVY = ("ezdxf", "fontTools", "lxml", "numpy", "openpyxl", "PIL", "pypdf", "reportlab", "shapely", "svglib")
HEAVY += ("trimesh", "xhtml2pdf")
START = """
import sys
import laseros.asgi
from django.urls import get_resolver
get_resolver().reverse_dict
print(*sorted(set(sys.argv[1:]) & set(sys.modules)))
"""


def test_the_web_process_starts_without_the_libraries_of_the_workshop(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", START, *HEAVY],
        cwd=settings.BASE_DIR,
        env={"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
