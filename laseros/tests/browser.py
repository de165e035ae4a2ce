"""The whole shop for a browser: web, worker and watcher as processes of their own on the database under test.

    from laseros.tests.browser import chromium, house, tabs  # noqa: F401 (fixtures)

`house("web", "worker", "watcher")` starts them and answers a `House`; `tabs(house)` opens pages of people beside each
other. What a page complains about fails the test at its end. Everything is gone afterwards.
"""

import email
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from laseros import probe
from laseros.management.commands.run import PROCESSES
from laseros.tests import processes
from laseros.tests.database import one_at_a_time
from laseros.tests.permissions_doors import Visitor

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
TABLET = {"viewport": {"width": 1180, "height": 820}, "has_touch": True}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# Longer than a person would wait: two cores may be busy with other tests.
PATIENCE = 60.0
expect.set_options(timeout=PATIENCE * 1000)
# Of the window around the page nobody sees anything, and what opens under its address bar took half a second of each
# context. The last such argument holds, so what Playwright leaves out is named here too, if it touches a page.
LEFT_OUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter",
    "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
    "NetworkTimeServiceQuerying", "PreconnectToSearch",
)  # fmt: skip
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--disable-features={','.join(LEFT_OUT)}"]

# The first that is there: without the window that nobody sees a walk takes two thirds of the processor time.
EXECUTABLES = ("chromium-headless-shell", "chromium")

# What Chromium says of a page that is left before its socket was open.
LEFT_EARLY = "WebSocket is closed before the connection is established"


def executable() -> str | None:
    return next(filter(None, map(shutil.which, EXECUTABLES)), None)


def eventually(look: Callable, seconds: float = PATIENCE):
    """What `look` answers once it is true; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (answer := look()):
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {getattr(look, '__name__', look)}"
        time.sleep(0.05)
    return answer


class House:
    """The processes of a shop, by the names `manage.py run` gives them, with a data folder of their own.

    Forked by one that has started Django (`processes.Command`) and stays: so folder and port are the same for all
    houses of a process of the tests, one after the other.
    """

    def __init__(self, folder: Path, address: str, around: dict[str, str]):
        self.folder, self.address, self.environment = folder, address, around
        self.running: dict[str, processes.Command] = {}

    def start(self, *names: str) -> "House":
        for name in names:
            self.running[name] = processes.Command(PROCESSES[name], self.environment, self.folder / f"{name}.log")
        eventually(lambda: self._answers(names), 3 * PATIENCE)
        return self

    def _answers(self, names) -> bool:
        for name in names:
            assert not self.running[name].ended(), f"{name} ended:\n{self.said(name)}"
        code, states = probe.ask(f"{self.address}/healthz", timeout=5)
        return code == 200 and all(states[name] == "ok" for name in names if name != "web")

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]

    def kill(self, name: str) -> None:
        """At once, with all it started: as when the power goes."""
        self.running.pop(name).kill()

    def end(self) -> None:
        for name in list(self.running):
            self.kill(name)

    # --- what it sent -------------------------------------------------------------------------------------------------

    def mail(self, to: str, words: str) -> EmailMessage:
        """The message to `to` with `words` in its subject, once the worker has sent it."""
        return eventually(lambda: next((found for found in self.mails(to) if words in found["subject"]), None))

    def mails(self, to: str) -> list[EmailMessage]:
        found = [
            email.message_from_bytes(part, policy=policy.default)
            for path in sorted((self.folder / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime)
            for part in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
            if part.strip()
        ]
        return [message for message in found if message["to"] == to]


@functools.cache
def static_files(config: pytest.Config) -> Path:
    """As a shop serves them, by the names that carry their hash: collected once for all processes of a run."""
    folder = config.cache.mkdir("laseros-static")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    with one_at_a_time(folder / "lock"):
        done = folder / "run"
        if not done.exists() or done.read_text() != run:
            subprocess.run(
                [sys.executable, "manage.py", "static"],
                cwd=django_settings.BASE_DIR,
                env={**os.environ, "STATIC_ROOT": str(folder / "collected")},
                check=True,
                timeout=300,
                stdout=subprocess.DEVNULL,
            )
            done.write_text(run)
    return folder / "collected"


@functools.cache
def house_door() -> socket.socket:
    """Bound and never listening: the port stays ours, and who listens there asks for a used address."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", 0))
    return door


@pytest.fixture
def house(transactional_db, settings, pytestconfig):
    """house("web", "worker") -> those processes, ready. People made from here on can log in there."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    port = str(house_door().getsockname()[1])
    folder, address = Path(settings.DATA_DIR) / "house", f"http://127.0.0.1:{port}"
    folder.mkdir()
    settings.MEDIA_ROOT = folder / "files"
    around = {
        **processes.environment(),
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(static_files(pytestconfig)),
        "HOST": "127.0.0.1",
        "PORT": port,
        "BASE_URL": address,
        "LOG_LEVEL": "WARNING",
    }
    found = House(folder, address, around)
    yield found.start
    found.end()
    shutil.rmtree(folder)


class OneChromium:
    """Started when the first asks for it, and for all who follow at once; `shares` says when nobody does."""

    def __init__(self):
        self.browser: Browser | None = None
        self.idle: dict[str, list[BrowserContext]] = {}  # profiles nobody has, by what was asked of them
        self.running = ExitStack()

    def given(self) -> Browser:
        if self.browser is None or not self.browser.is_connected():
            self.end()
            # One at a time in a process, and other modules bring their own. Playwright's loop runs in this thread; the
            # records here are made by the test, not by anything asynchronous.
            patch = self.running.enter_context(pytest.MonkeyPatch.context())
            playwright = self.running.enter_context(sync_playwright())
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
            self.browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
            self.running.callback(self.browser.close)
        return self.browser

    def profile(self, **options) -> BrowserContext:
        """As good as new, and what it knows of style sheets and scripts a quarter of a second ahead of a new one."""
        browser = self.given()
        idle = self.idle.get(json.dumps(options, sort_keys=True))
        return idle.pop() if idle else browser.new_context(**options)

    def put_back(self, profile: BrowserContext, **options) -> None:
        """Whoever comes next finds no page, no cookie and nothing that was stored."""
        if self.browser is None or not self.browser.is_connected():
            return  # it went with its Chromium
        offline = bool(profile.service_workers)  # it answers for pages that are gone, and takes its time to go
        for page in profile.pages:
            page.close()
        if offline:
            profile.close()
            return
        page = profile.new_page()
        everything = {"origin": options["base_url"], "storageTypes": "all"}
        profile.new_cdp_session(page).send("Storage.clearDataForOrigin", everything)
        page.close()
        profile.clear_cookies()
        profile.set_offline(False)
        self.idle.setdefault(json.dumps(options, sort_keys=True), []).append(profile)

    def end(self) -> None:
        self.browser = None
        self.idle.clear()
        self.running.close()


one_chromium = OneChromium()


@contextmanager
def profile(**options) -> Iterator[BrowserContext]:
    """One of the one Chromium, for pages of `base_url`: a page in it waits as long as everything does here."""
    options = {"reduced_motion": "reduce", **options}
    given = one_chromium.profile(**options)
    given.set_default_timeout(PATIENCE * 1000)
    try:
        yield given
    finally:
        one_chromium.put_back(given, **options)


@pytest.fixture(scope="module")
def chromium() -> Browser:
    """The one of this process; what is opened in it is closed by who opened it."""
    return one_chromium.given()


class Tabs:
    """People at their devices, beside each other."""

    def __init__(self, house: House):
        self.house = house
        self.profiles = ExitStack()
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()  # words of complaints a test provokes

    def open(self, device: dict, **options) -> Page:
        options = {"base_url": self.house.address, "locale": "en-ZA", **device, **options}
        page = self.profiles.enter_context(profile(**options)).new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._listen(page, message))
        return page

    def _listen(self, page: Page, message) -> None:
        words_left_out = (*self.expected, LEFT_EARLY)
        if message.type in ("error", "warning") and not any(words in message.text for words in words_left_out):
            self.complaints.append(f"{page.url}: {message.text}")

    def log_in(self, page: Page, email: str, password: str = "correct horse battery") -> Page:
        page.goto("/accounts/login/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return page

    def come_in(self, page: Page, email: str) -> Page:
        """As somebody who logged in before. The form takes longer than the page that is wanted."""
        self.become(page, Visitor(get_user_model().objects.get(email=email)).session)
        return page

    def become(self, page: Page, session: str | None) -> None:
        """Whoever the session is of; nobody without one."""
        page.context.clear_cookies()
        if session:
            cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": self.house.address}
            page.context.add_cookies([cookie])

    def close(self) -> None:
        self.profiles.close()
        assert not self.complaints, "\n".join(self.complaints)


@pytest.fixture
def tabs(chromium):
    """tabs(house) -> `Tabs` on that house."""
    opened: list[Tabs] = []

    def begin(house: House) -> Tabs:
        opened.append(Tabs(house))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()
