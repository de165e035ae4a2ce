"""The pages of the path, each opened by the person it is for, timed in turn with the reference."""

import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace

from django.contrib import admin
from django.db.models import Count
from django.test import Client as Browser
from django.urls import reverse
from django_scopes import scopes_disabled

from accounts.models import Activity, User
from billing.models import BankLine, Delivery, Invoice, Payment, Quote, Reminder
from crm import links
from crm.models import Client
from inventory.models import Item, Move, PurchaseOrder, Reservation
from laseros import rubbish
from laseros.demo.people import CLIENTS, STAFF
from machines.models import Machine
from production.models import DesignFile, Enquiry, Job, Operation, Product, Run

REFERENCE, NAME_OF_REFERENCE = "/bench/reference/", "The reference"
WARM_UP = 3
ROW = b'<tr class="data-row'

# Every list of the path in the back office; and whether there is a page of one of its records.
ROOMS = (
    ("Clients", Client, True), ("Enquiries", Enquiry, True), ("Drawings", DesignFile, True), ("Quotes", Quote, True),
    ("Jobs", Job, True), ("Operations", Operation, True), ("Runs", Run, True), ("Machines", Machine, True),
    ("Products", Product, False), ("Items", Item, True), ("Ledger", Move, True), ("Reservations", Reservation, False),
    ("Deliveries", Delivery, True), ("Invoices", Invoice, True), ("Payments", Payment, True),
    ("Bank lines", BankLine, False), ("Reminders", Reminder, False), ("Purchase orders", PurchaseOrder, True),
    ("Activity", Activity, False),
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    name: str
    who: str  # manager, operator, client, or nobody with a link
    path: str
    model: type | None = None  # of a list in the back office
    rows: int | None = None  # at most so many on it; None: as many as it has


@dataclass
class Clocks:
    """What one page took, in seconds, each time it was opened: by the clock on the wall and by the processor's.

    `wall_beside` and `cpu_beside` is what the reference took then, the mean of the opening before and the one after.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    wall_beside: list[float] = field(default_factory=list)
    cpu_beside: list[float] = field(default_factory=list)
    rows: int = 0


def pages(slug: str) -> list[Page]:
    """Every list and detail page of the path in one business, with a record from the middle of its history."""
    with scopes_disabled():
        return [*_office(slug), *_shop(slug), *_portal(slug)]


def _office(slug: str):
    yield Page("Dashboard", "manager", reverse("admin:index"))
    for label, model, has_page in ROOMS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield Page(f"{label}: list", "manager", reverse(f"{name}_changelist"), model)
        if label == "Jobs":
            yield Page("Jobs: board", "manager", reverse("admin:production_job_board"))
        if has_page:
            record = _middle(_alike(model).filter(workspace__slug=slug))
            yield Page(f"{label}: one", "manager", reverse(f"{name}_change", args=[record.pk]))


def _shop(slug: str):
    # The demo's own day ends with it, at every scale.
    operation = Operation.objects.filter(workspace__slug=slug, state="queued").order_by("pk").last()
    yield Page("Floor: queue", "operator", reverse("floor:queue"))
    yield Page("Floor: operation", "operator", reverse("floor:operation", args=[operation.pk]))
    yield Page("Board", "operator", reverse("board:board"))


def _portal(slug: str):
    mine = {"client__contacts__user__email": CLIENTS[slug][1]}
    for name in ("home", "quotes", "jobs", "deliveries", "invoices"):
        yield Page(f"Portal: {name}", "client", reverse(f"portal:{name}"))
    shown = (("quote", Quote), ("job", Job), ("delivery", Delivery), ("invoice", Invoice))
    for name, model in shown:
        record = _middle(_alike(model).filter(**mine))
        yield Page(f"Portal: one {name}", "client", reverse(f"portal:{name}", args=[record.pk]))
    quote = _middle(_alike(Quote).filter(**mine))
    token = links.token(links.make(quote, quote.client))
    yield Page("Portal: a quote by link", "nobody", reverse("portal:link", args=[token]))


def _alike(model):
    """Records of the same size at every scale, so that two runs compare pages and not what happens to stand on them."""
    if model is Job:
        runs = Count("lines__operations__runs", distinct=True)
        return Job.objects.annotate(lines_on=Count("lines", distinct=True), runs_of=runs).filter(
            state="completed", lines_on=2, runs_of=2
        )
    if model in (Enquiry, Quote, Invoice):
        settled = {Enquiry: "won", Quote: "accepted", Invoice: "paid"}[model]
        return model.objects.filter(state=settled).annotate(lines_on=Count("lines")).filter(lines_on=2)
    if model is Delivery:
        return Delivery.objects.filter(state="delivered")
    if model in (Operation, Run):
        return model.objects.filter(state={Operation: "completed", Run: "finished"}[model])
    return model.objects.all()


def _middle(rows):
    rows = rows.order_by("pk")
    return rows[rows.count() // 2]


def sizes(slug: str) -> dict[str, int]:
    """How many of each there are, so that a table of figures says what it was measured on."""
    models = (Client, Enquiry, Quote, Job, Run, Move, Invoice, Payment, Activity)
    with scopes_disabled():
        return {str(m._meta.verbose_name_plural): m.objects.filter(workspace__slug=slug).count() for m in models}


def measure(slug: str, rounds: int, rows: dict[str, int]) -> dict[str, dict]:
    """The clocks of every page, and of the reference under its name.

    It goes round all the pages, with the reference before and after each of them: a busy moment of the machine hits
    both. `rows` says how many a list had elsewhere: one that has more here is opened with as many as well, under the
    name of `shortened`.
    """
    browsers, anybody = _browsers(slug), Browser(HTTP_HOST="localhost")
    opened = {page: Clocks() for page in _with_shortened(pages(slug), browsers, rows)}
    bare = Clocks()
    for number in range(WARM_UP + rounds):
        if number == WARM_UP:
            rubbish.put_aside()  # as the web process does
            opened, bare = {page: Clocks() for page in opened}, Clocks()
        _open(anybody, REFERENCE, bare)
        for page, clocks in opened.items():
            with _at_most(page.rows, page.model):
                clocks.rows = _open(browsers[page.who], page.path, clocks).count(ROW)
            _open(anybody, REFERENCE, bare)
            clocks.wall_beside.append(sum(bare.wall[-2:]) / 2)
            clocks.cpu_beside.append(sum(bare.cpu[-2:]) / 2)
    return {NAME_OF_REFERENCE: asdict(bare), **{page.name: asdict(clocks) for page, clocks in opened.items()}}


def shortened(name: str) -> str:
    return f"{name}, as few rows"


def _with_shortened(all_pages: list[Page], browsers, rows: dict[str, int]):
    for page in all_pages:
        yield page
        if page.model and browsers[page.who].get(page.path).content.count(ROW) > rows.get(page.name, 1000):
            yield replace(page, name=shortened(page.name), rows=rows[page.name])


@contextmanager
def _at_most(rows: int | None, model):
    if rows is None:
        yield
        return
    room = admin.site.get_model_admin(model)
    room.list_per_page = rows
    try:
        yield
    finally:
        del room.list_per_page  # that of its class again


def _browsers(slug: str) -> dict[str, Browser]:
    browsers = {"nobody": Browser(HTTP_HOST="localhost")}
    for role in ("manager", "operator", "client"):
        email = CLIENTS[slug][1] if role == "client" else STAFF[slug][role][1]
        browsers[role] = Browser(HTTP_HOST="localhost")
        browsers[role].force_login(User.objects.get(email=email), backend="accounts.backends.WorkspaceRoleBackend")
    return browsers


def _open(browser: Browser, path: str, clocks: Clocks) -> bytes:
    wall, cpu = time.perf_counter(), time.process_time()
    answer = browser.get(path)
    clocks.cpu.append(time.process_time() - cpu)
    clocks.wall.append(time.perf_counter() - wall)
    if answer.status_code != 200:
        raise AssertionError(f"{path} answered {answer.status_code}")
    return answer.content
