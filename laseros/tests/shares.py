"""How the tests are shared out to the processes of pytest-xdist, and what a second database has to show anew.

A plugin of pytest, loaded by the root `conftest.py`. A module is worked off by one process, so what it sets up for
itself is set up once. Modules that take long come first, and those that wait lie beside those that compute.
"""

import gc
import sys

import pytest
from xdist.scheduler import LoadScopeScheduling

# A test with one of these waits for others: on a machine that does not come round to them it may fail for that alone.
WAITS_FOR_OTHERS = ("browser", "processes")
# With one of these a test asks the database; without any it says the same whichever database there is.
DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}
# With one of these a test opens pages. The permission table asks for each page on every database, as somebody who may.
PAGES = {"client", "log_in"}
# The one walk of a browser that is made on every database.
WHOLE_PATH = "laseros/tests/test_path_browser.py"


def module_of(nodeid: str) -> str:
    """What is given to one process as a whole, and sets up once what it needs many times."""
    return nodeid.partition("::")[0]


class Shares(LoadScopeScheduling):
    def __init__(self, config, log=None):
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by number of tests: three of a browser take longer than fifty others

    def _split_scope(self, nodeid: str) -> str:
        return module_of(nodeid)

    def remove_node(self, node):
        """A test in whose middle a process ended is not given to the next one, which would end the same way."""
        shares = self.assigned_work.get(node, {})
        ended = next((nodeid for share in shares.values() for nodeid, done in share.items() if not done), None)
        if ended is not None:
            next(share for share in shares.values() if ended in share)[ended] = True
        super().remove_node(node)
        return ended


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Shares(config, log) if config.option.dist == "load" else None


def pytest_addoption(parser):
    parser.addoption(
        "--another-database",
        action="store_true",
        help="leave out what says the same on any database; of the browser, walk the whole path only",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if any(item.get_closest_marker(mark) for mark in WAITS_FOR_OTHERS):
            item.user_properties.append(("second-try", item.nodeid))  # into the report that `.ci/test.py` reads
    if config.option.another_database:
        left_out = [item for item in items if not depends_on_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if depends_on_database(item)]
    if hasattr(config, "workerinput"):
        items[:] = longest_first(items)


def pytest_configure(config):
    """Half a million things are loaded now, and all stay: nothing of it is looked through for rubbish meanwhile."""
    gc.disable()


def pytest_collection_finish(session):
    """What is loaded by now stays to the end: no need to look through it for rubbish ever."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Chromium and Playwright's loop stay for the next module of a browser, and go before anything else.

    Also after an end that failed: what follows may want a loop of its own.
    """
    try:
        return (yield)
    finally:
        browser = sys.modules.get("laseros.tests.browser")
        follows = nextitem is not None and (nextitem.path == item.path or "chromium" in nextitem.fixturenames)
        if browser is not None and not follows:
            browser.one_chromium.end()


def depends_on_database(item) -> bool:
    if item.get_closest_marker("browser"):
        return item.nodeid.startswith(WHOLE_PATH)
    if item.get_closest_marker("one_database"):
        return False
    if not PAGES.isdisjoint(item.fixturenames):
        return any(item.get_closest_marker(mark) for mark in ("every_database", "processes"))
    return bool(item.get_closest_marker("django_db")) or not DATABASE.isdisjoint(item.fixturenames)


def longest_first(items: list) -> list:
    """By module: those of a browser, those of real processes, the others; among them the one of most tests first."""
    modules: dict[str, list] = {}
    for item in items:
        modules.setdefault(module_of(item.nodeid), []).append(item)

    def weight(module: list) -> tuple:
        marked = [sum(bool(item.get_closest_marker(mark)) for item in module) for mark in WAITS_FOR_OTHERS]
        return (*marked, len(module), module_of(module[0].nodeid))

    return [item for module in sorted(modules.values(), key=weight, reverse=True) for item in module]
