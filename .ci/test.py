"""`make test`: the whole suite on SQLite, and beside it on PostgreSQL with Redis where they answer, Chromium included.

What cannot run is named at the end with its reason; with CI=true it fails. Servers of your own are used by
TEST_DATABASE_URL, TEST_REDIS_URL and TEST_MQTT_URL; the databases made there are removed again. What asks no database
runs in the first pass only. Both passes run at once, so that no core waits for the last long test of one; what the
second says comes after what the first says. A few tests of browsers and processes that failed are tried once more,
after both, alone, and named.
docs/tests.md: how a test here stays fast, and which may be tried again.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from playwright._impl._driver import compute_driver_executable
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
NAMES = {"DATABASE_URL": "PostgreSQL", "REDIS_URL": "Redis"}
# Chromium as Debian packages it, the one without a window first: its walks take two thirds of the processor time.
BROWSERS = ("chromium-headless-shell", "chromium")
BROWSER_PACKAGES = ("libatomic1", "fonts-dejavu-core")
LONGEST_INSTALLATION = 5 * 60
LONGEST_PASS = 60 * 60
# One that takes so long hangs: it is told where it stands, and its process ended, so that the others go on.
LONGEST_TEST = 10 * 60
# So many may have been unlucky with what else the machine did; more have a cause of their own.
MOST_TRIED_AGAIN = 5
# What pytest-xdist says of a test whose process ended in the middle of it.
ENDED = re.compile(r"worker '\w+' crashed while running (?P<quote>['\"])(?P<address>.+)(?P=quote)")
# Of each pass; so more than there are cores: while a browser or a process is waited for, another test computes.
XDIST_WORKERS = min(os.cpu_count() or 2, 6)
# The first has the browsers, which wait most, and most tests besides: with as many as the other it ends long after it.
MORE_IN_THE_FIRST = 1


@dataclass
class Tally:
    """What happened, over all passes."""

    best: dict[str, str] = field(default_factory=dict)  # test → passed | skipped, whichever of its passes did better
    reasons: dict[str, str] = field(default_factory=dict)  # test → why it was skipped
    counts: Counter = field(default_factory=Counter)
    not_run: list[str] = field(default_factory=list)
    second_try: list[str] = field(default_factory=list)  # what passed only then
    lines: list[str] = field(default_factory=list)

    def left_out(self) -> list[str]:
        skipped = [f"{test}: {self.reasons[test]}" for test, how in sorted(self.best.items()) if how == "skipped"]
        return self.not_run + skipped


def main() -> int:
    began, tally = time.monotonic(), Tally()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="laseros-suite-") as folder, servers(tally) as found:
        options = []
        if not browser():
            options += ["-m", "not browser"]
            packages = " ".join((BROWSERS[0], *BROWSER_PACKAGES))
            tally.not_run.append(f"the browser tests: no Chromium. Run:  sudo apt-get install -y {packages}")
        grounds = {"SQLite": {"DATABASE_URL": "", "REDIS_URL": "", "MQTT_URL": ""}}
        if found:
            name = " and ".join(NAMES[variable] for variable in ("DATABASE_URL", "REDIS_URL") if variable in found)
            grounds[name or "SQLite with a broker"] = {**grounds["SQLite"], **found}
        # What a page looks like does not hang on the database either: Chromium walks the whole path once.
        passes = [
            Pass(name, options + share_of(number), {**environment, "TMPDIR": folder})
            for number, (name, environment) in enumerate(grounds.items())
        ]
        read_tests()
        run_passes(passes, tally)
    return report(tally, time.monotonic() - began)


def share_of(number: int) -> list[str]:
    """Of the first pass (0) or of another: in how many processes, and what."""
    if number:
        return ["-n", str(XDIST_WORKERS), "--another-database"]
    return ["-n", str(XDIST_WORKERS + MORE_IN_THE_FIRST)]


# --- what the tests run on -------------------------------------------------------------------------------------------


class servers:
    """Databases of our own on the servers that answer; removed at the end, however the end comes."""

    def __init__(self, tally: Tally):
        self.tally = tally
        self.postgres = self.redis = ""
        self.name = f"laseros_{os.getpid()}"

    def __enter__(self) -> dict[str, str]:
        self.postgres, self.redis = find_postgres(self.tally), find_redis(self.tally)
        database = self.postgres and urlunsplit(urlsplit(self.postgres)._replace(path=f"/{self.name}"))
        found = {"DATABASE_URL": database, "REDIS_URL": self.redis, "MQTT_URL": find_mqtt(self.tally)}
        return {variable: url for variable, url in found.items() if url}

    def __exit__(self, *_exception) -> None:
        if self.postgres:
            with psycopg.connect(self.postgres, autocommit=True) as connection:
                left = connection.execute(
                    "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"test_{self.name}"]
                ).fetchall()
                for (name,) in left:
                    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        if self.redis:
            for step in range(XDIST_WORKERS + 1):
                redis.Redis.from_url(redis_database(self.redis, step)).flushdb()


def find_postgres(tally: Tally) -> str:
    given = os.environ.get("TEST_DATABASE_URL")
    trouble = ""
    for url in [given] if given else ["postgres://postgres@127.0.0.1:5432/postgres", "postgres:///postgres"]:
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                if connection.execute(query).fetchone()[0]:
                    return url
                trouble = "its user may not create databases"
        except psycopg.Error as error:
            trouble = trouble or str(error).strip().splitlines()[0]
    tally.not_run.append(f"everything on PostgreSQL: {trouble} (TEST_DATABASE_URL=postgres://… says where it is)")
    return ""


def find_redis(tally: Tally) -> str:
    """The first of as many empty databases in a row as pytest has processes: what is in use is never touched."""
    url = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/1"
    try:
        for start in range(int(urlsplit(url).path.strip("/") or 0), 16 - XDIST_WORKERS):
            first = redis_database(url, 0, start)
            if all(_claimed(redis_database(first, step)) for step in range(XDIST_WORKERS + 1)):
                return first
        trouble = f"no {XDIST_WORKERS + 1} empty databases in a row at {url}"
    except redis.RedisError as error:
        trouble = str(error)
    tally.not_run.append(f"everything on Redis: {trouble} (TEST_REDIS_URL=redis://… says where it is)")
    return ""


def redis_database(url: str, step: int, start: int | None = None) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{(int(parts.path.strip('/') or 0) if start is None else start) + step}"))


def _claimed(url: str) -> bool:
    database = redis.Redis.from_url(url, socket_connect_timeout=5)
    return database.dbsize() == 0 and bool(database.set("laseros-tests", os.getpid(), nx=True, ex=3600))


def find_mqtt(tally: Tally) -> str:
    url = os.environ.get("TEST_MQTT_URL") or "mqtt://127.0.0.1:1883"
    where = urlsplit(url)
    try:
        socket.create_connection((where.hostname, where.port or 1883), timeout=5).close()
    except OSError as error:
        tally.not_run.append(f"what needs an MQTT broker: {error} (TEST_MQTT_URL=mqtt://… says where it is)")
        return ""
    return url


def browser() -> bool:
    """Whether there is one: installed where there is none, and in CI the one that takes less, if it can be had."""
    if CI and os.geteuid() == 0 and not shutil.which(BROWSERS[0]):
        install(BROWSERS[0])
    for package in BROWSERS:
        if browser_starts():
            return True
        install(package)
    return browser_starts()


def install(browser: str) -> None:
    with suppress(subprocess.TimeoutExpired):
        script = ROOT / ".ci" / "debian"
        subprocess.run(["sh", script, browser, *BROWSER_PACKAGES], check=False, timeout=LONGEST_INSTALLATION)


def browser_starts() -> bool:
    """A Chromium is there, and so is what Playwright's own driver needs of the system."""
    node, _script = compute_driver_executable()
    driver = subprocess.run([node, "--version"], capture_output=True, check=False)
    return any(map(shutil.which, BROWSERS)) and driver.returncode == 0


# --- the passes ------------------------------------------------------------------------------------------------------


# Which characters there are is reckoned when the first text is drawn, and kept.
FIRST_TEXT = "from hypothesis import find, strategies; find(strategies.text(), lambda text: True)"


def read_tests() -> None:
    """What pytest makes of each test module and keeps beside it: in a new checkout once, and not by every process.

    Hypothesis keeps something as well.
    """
    rooms = sorted({file.parts[-3] for file in ROOT.glob("*/tests/test_*.py")})
    tests = {file for room in rooms for file in (ROOT / room).glob("**/test_*.py")}
    read = {file.name.partition(".")[0] for room in rooms for file in (ROOT / room).glob("**/*-pytest-*.pyc")}
    if read.issuperset(file.stem for file in tests):
        return
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    collect = ["-m", "pytest", "--collect-only", "-qq", "-p", "no:xdist"]
    readers = [
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for arguments in ([*collect, *rooms[::2]], [*collect, *rooms[1::2]], ["-c", FIRST_TEXT])
    ]  # fmt: skip
    for reader in readers:
        reader.wait()


class Pass:
    """The suite on one ground, in processes of its own."""

    def __init__(self, name: str, options: list[str], environment: dict[str, str]):
        self.name = name
        self.about = name + (", what hangs on the database" if "--another-database" in options else "")
        self.arguments = [*options, *sys.argv[1:], "--durations=10"]
        # Whoever forbids Python to keep what it compiled would wait for it in every process that a test starts.
        self.environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment}


def run_passes(passes: list[Pass], tally: Tally) -> None:
    """All at once: the first speaks while it runs, the others when they have ended."""
    with ExitStack() as stack:
        running = [
            stack.enter_context(Pytest(each.arguments, each.environment, aloud=not n)) for n, each in enumerate(passes)
        ]
        for each, pytest in zip(passes, running, strict=True):
            print(f"\n### {each.name}\n", flush=True)
            each.ended = pytest.ended()
    for each in passes:
        judge(each, tally)


def judge(each: Pass, tally: Tally) -> None:
    code, cases, seconds = each.ended
    counts = count(cases, tally)
    if code not in (0, 1, 5) or (code == 1 and not counts["failed"] + counts["errors"]):
        counts["errors"] += 1  # it broke down as a whole: an import, a time-out, a signal
    elif again := to_try_again(cases):
        try_again(each.name, again, each.environment, counts, tally)
    tally.counts += counts
    tally.lines.append(f"  {each.about:<56}{said(counts):<34}{seconds:6.0f} s")


def to_try_again(cases: list[ElementTree.Element]) -> dict[str, Counter]:
    """What failed and may be tried again, by its address for pytest, with what was counted for it; none if too many."""
    found: dict[str, Counter] = {}
    for case in cases:
        if outcome(case)[0] in ("failed", "errors") and (address := address_again(case)):
            found.setdefault(address, Counter())[outcome(case)[0]] += 1
    return found if len(found) <= MOST_TRIED_AGAIN else {}


def address_again(case: ElementTree.Element) -> str:
    """Where pytest finds it, if it may be tried again: it waits for others, or its process ended in its middle."""
    address = case.find("properties/property[@name='second-try']")
    if address is not None:
        return address.get("value")
    ended = [ENDED.search(error.get("message") or "") for error in case.iter("error")]
    return next((said["address"] for said in ended if said), "")


def try_again(
    name: str, failed: dict[str, Counter], environment: dict[str, str], counts: Counter, tally: Tally
) -> None:
    """Each alone and in one process; what passes now counts as passed, and is named at the end."""
    print(f"\n### {name}: once more, alone\n", flush=True)
    for address, how in failed.items():
        code, cases = run_pytest(["-n", "0", address], environment)
        if code == 0 and cases and {outcome(case)[0] for case in cases} == {"passed"}:
            counts.subtract(how)
            counts["passed"] += 1
            count(cases, tally)
            tally.second_try.append(f"{address} ({name})")


class Pytest:
    """pytest as a process, in a session of its own, so that one that hangs can be ended with all that it started."""

    def __init__(self, arguments: list[str], environment: dict[str, str], *, aloud: bool = True):
        self.files = ExitStack()
        self.results = self.files.enter_context(tempfile.NamedTemporaryFile(suffix=".xml"))  # noqa: SIM115
        self.words = None if aloud else self.files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        patience = ["-o", f"faulthandler_timeout={LONGEST_TEST}", "-o", "faulthandler_exit_on_timeout=true"]
        options = ["-q", *patience, f"--junitxml={self.results.name}"]
        self.began = time.time()
        self.child = subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments, *options],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stdout=self.words,
            stderr=subprocess.STDOUT if self.words else None,
        )

    def __enter__(self) -> "Pytest":
        return self

    def __exit__(self, kind, *_exception) -> None:
        if self.child.poll() is None:
            self.end(signal.SIGINT if kind is KeyboardInterrupt else signal.SIGTERM)
        self.files.close()

    def end(self, how: int) -> None:
        os.killpg(self.child.pid, how)
        try:
            self.child.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    def ended(self) -> tuple[int, list[ElementTree.Element], float]:
        """How pytest ended, what it says of each test (nothing if it did not come that far), after how many seconds."""
        try:
            code = self.child.wait(timeout=max(0, self.began + LONGEST_PASS - time.time()))
        except subprocess.TimeoutExpired:
            self.end(signal.SIGINT)  # so that it still says what failed
            print(f"This took longer than {LONGEST_PASS // 60} minutes and was ended.")
            code = 2
        if self.words:
            self.words.seek(0)
            print(self.words.read().decode(errors="replace"), flush=True)
        seconds = os.stat(self.results.name).st_mtime - self.began  # the last it does is to write them
        try:
            found = ElementTree.parse(self.results.name).getroot().iter("testcase")  # noqa: S314 (pytest wrote it)
            return code, list(found), seconds
        except ElementTree.ParseError:
            return code, [], time.time() - self.began


def run_pytest(arguments: list[str], environment: dict[str, str]) -> tuple[int, list[ElementTree.Element]]:
    with Pytest(arguments, environment) as pytest:
        return pytest.ended()[:2]


def count(cases: list[ElementTree.Element], tally: Tally) -> Counter:
    counts = Counter()
    for case in cases:
        test = f"{case.get('classname')}::{case.get('name')}"
        how, reason = outcome(case)
        counts[how] += 1
        if how == "skipped":
            tally.best.setdefault(test, how)
            tally.reasons[test] = reason
        else:
            tally.best[test] = how
    return counts


def outcome(case: ElementTree.Element) -> tuple[str, str]:
    if case.find("error") is not None:
        return "errors", ""
    if case.find("failure") is not None:
        return "failed", ""
    skipped = case.find("skipped")
    if skipped is None:
        return "passed", ""
    if skipped.get("type") == "pytest.xfail":
        return "xfailed", ""
    return "skipped", " ".join((skipped.get("message") or "").split())


# --- what is said at the end -----------------------------------------------------------------------------------------


def said(counts: Counter) -> str:
    words = [f"{counts[how]} {how}" for how in ("failed", "passed", "skipped", "xfailed", "errors") if counts[how]]
    return ", ".join(words) or "no tests"


def report(tally: Tally, seconds: float) -> int:
    print("\nWhat ran:", *tally.lines, sep="\n")
    if tally.second_try:
        print("\nPassed only at the second try, alone:", *[f"  {line}" for line in tally.second_try], sep="\n")
    left_out = tally.left_out()
    if left_out:
        print("\nWhat did not run, and why:", *[f"  {line}" for line in left_out], sep="\n")
        if CI:
            print("  With CI=true that is a failure.")
            tally.counts["errors"] += len(tally.not_run)
    else:
        print("\nNothing was left out.")
    bad = tally.counts["failed"] + tally.counts["errors"] or not tally.counts["passed"] or (CI and left_out)
    print(f"\n{'=' * 20} {said(tally.counts)} in {seconds:.2f}s {'=' * 20}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
