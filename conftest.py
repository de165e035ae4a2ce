"""Shared ground of the tests: two businesses, a person for every role, and strictness.

The doors are driven for real: SQLite or PostgreSQL by `DATABASE_URL`, Redis by `REDIS_URL`; nothing of ours is mocked.
"""

import atexit
import itertools
import os
import shutil
import tempfile
from contextlib import nullcontext
from pathlib import Path

# A developer's own data are never touched: every test process has a data folder of its own.
_folder = tempfile.mkdtemp(prefix="laseros-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DATA_DIR"] = _folder
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
# Simulated machines and peers are on this computer.
os.environ["MACHINES_ON_THIS_COMPUTER"] = "1"
for _name in ("EMAIL_URL", "BASE_URL", "DEBUG"):
    os.environ.pop(_name, None)

import hypothesis  # noqa: E402
import pytest  # noqa: E402
from django_scopes import scope, scopes_disabled  # noqa: E402

pytest_plugins = ["laseros.tests.database", "laseros.tests.shares", "laseros.tests.another_day"]

# How long one example takes says how busy the machine is, and nothing about the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


class FailuresAtOnce:
    """What failed is named while the others still run: a pass that is ended in the middle has said what it knows."""

    def __init__(self, config):
        self.config = config

    def pytest_runtest_logreport(self, report):
        if report.failed:
            reporter = self.config.pluginmanager.get_plugin("terminalreporter")
            reporter.ensure_newline()
            reporter.write_line(f"{report.nodeid} failed ({report.when})")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(FailuresAtOnce(config))


PASSWORD = "correct horse battery"
ROLES = ("admin", "manager", "office", "operator", "viewer")


_number_of_test = itertools.count()


@pytest.fixture(autouse=True)
def _files_of_their_own(settings):
    """Uploads, mail and what drivers keep of one test are not seen by the next. Most write none and need no folder."""
    folder = Path(_folder, f"test-{next(_number_of_test)}")
    settings.MEDIA_ROOT = folder / "files"
    settings.EMAIL_FILE_PATH = str(folder / "mail")
    yield
    for left in (folder, Path(_folder, "machines")):
        shutil.rmtree(left, ignore_errors=True)


@pytest.fixture(autouse=True)
def _nothing_left_in_the_cache():
    """A database forgets what a test did; the cache does not, nor the worker's queue that shares its Redis."""
    yield
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _nobodys_language_or_clock():
    """A page opened in German leaves its language and timezone in this thread; the next test starts without."""
    from django.utils import timezone, translation

    translation.activate("en")
    timezone.deactivate()
    yield
    translation.activate("en")
    timezone.deactivate()


@pytest.fixture
def make_workspace(db):
    """make_workspace("acme") -> a Workspace with tax rate and price rules, as a new business starts."""
    from laseros.tests.ground import new_workspace

    return new_workspace


@pytest.fixture
def workspace(make_workspace):
    return make_workspace("cutters")


@pytest.fixture
def other_workspace(make_workspace):
    return make_workspace("printers", currency="EUR", country="DE", language="de", timezone="Europe/Berlin")


@pytest.fixture
def scoped(workspace):
    """The test runs inside the scope of `workspace` and by its clock, as every door opens both."""
    from django.utils import timezone

    with scope(workspace=workspace), timezone.override(workspace.timezone):
        yield workspace


@pytest.fixture
def unscoped():
    with scopes_disabled():
        yield


@pytest.fixture
def person(db):
    """person("office", workspace) -> a user with that role there; person("superuser")."""
    from laseros.tests.ground import new_person

    return new_person


@pytest.fixture
def office(person, workspace):
    return person("office", workspace)


@pytest.fixture
def operator(person, workspace):
    return person("operator", workspace)


@pytest.fixture
def manager(person, workspace):
    return person("manager", workspace)


@pytest.fixture
def shop(workspace):
    """A small stocked business: see `laseros.tests.ground.Shop`."""
    from laseros.tests.ground import stock_shop

    with scope(workspace=workspace):
        return stock_shop(workspace)


@pytest.fixture
def one_paper(request):
    """Nobody reads what is typeset here: one paper serves for all. In such a module `own_papers` is for who does."""
    from laseros.tests import typesetting

    with nullcontext() if "own_papers" in request.fixturenames else typesetting.one_paper():
        yield


@pytest.fixture
def own_papers():
    """Each document has the paper that says what it says."""


@pytest.fixture
def log_in(client):
    """log_in(user) -> the test client, logged in."""

    def enter(user):
        client.force_login(user, backend="accounts.backends.WorkspaceRoleBackend")
        return client

    return enter


@pytest.fixture
def run_work(db):
    """run_work() performs the background tasks that wait, as the worker would, until none is left."""
    from laseros.tests.ground import perform_waiting

    return perform_waiting
