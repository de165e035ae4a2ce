"""What a test process may touch: a data folder of its own and, on a shared Redis server, a database of its own.

Called by the settings before anything is read, because pytest-django loads them before any `conftest.py`.
"""

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit, urlunsplit

# What a developer may have set for the running shop and a test must not inherit.
FOREIGN = (
    "ALLOWED_HOSTS",
    "BACKUP_COPY_TO",
    "BACKUP_DIR",
    "BACKUP_KEEP",
    "BACKUP_KEY",
    "BACKUP_PLAIN",
    "BASE_URL",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "DEMO",
    "SIMULATED_CARDS",
    "EMAIL_URL",
    "STATIC_ROOT",
    "TZ",
)


def isolate(environ: dict[str, str] | os._Environ = os.environ) -> None:
    for name in FOREIGN:
        environ.pop(name, None)
    worker = environ.get("PYTEST_XDIST_WORKER", "")
    folder = tempfile.mkdtemp(prefix=f"laseros-tests-{worker}")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environ["DATA_DIR"] = folder
    os.mkdir(os.path.join(folder, "static"))  # whitenoise warns where nothing was collected
    environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
    environ["BACKUP_HOUR"] = "-1"  # a worker under test makes none by itself
    if environ.get("REDIS_URL") and worker:
        environ["REDIS_URL"] = neighbour(environ["REDIS_URL"], int(worker.removeprefix("gw")) + 1)


def neighbour(url: str, steps: int) -> str:
    """The Redis database `steps` after the one of `url`: redis://host/1 and 2 give redis://host/3."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{int(parts.path.strip('/') or 0) + steps}"))
