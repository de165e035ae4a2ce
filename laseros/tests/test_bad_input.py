"""Bad input through the real doors: impatient fingers, pages left open, a worker that dies half-way.

The rooms test their verbs and their forms; here the web answers eight people at the same moment, and the worker is
killed with the drawing in its hands. Nothing is lost, nothing is twice.
"""

import http.client
import io
import threading
from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import ezdxf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_scopes import scope

from accounts import activity, work
from accounts.models import Activity, BackgroundTask
from billing import invoices, payments, quotes
from billing.models import Invoice, Payment, Quote
from billing.tests.ground import made_job, new_enquiry, sent_quote
from crm import links
from inventory.models import Move
from laseros.tests.browser import eventually, house  # noqa: F401 (a fixture)
from laseros.tests.ground import new_person, stock_shop
from laseros.tests.permissions_doors import Visitor
from production import drawings, enquiries, jobs, runs
from production.models import DesignFile, EnquiryLine, Job, Measurement, Operation, Run

pytestmark = pytest.mark.every_database

AT_ONCE = 8
TOKEN = "x" * 32


# --- at the same moment -------------------------------------------------------------------------------------------


def press_together(address: str, presses: list[tuple[str, str, dict]]) -> list[int]:
    """Post (path, session, values) all at the same moment, each on a connection of its own; the answers' codes."""
    ready, codes = threading.Barrier(len(presses)), []

    def press(path: str, session: str, values: dict) -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=180)
        body = urlencode({**values, "csrfmiddlewaretoken": TOKEN})
        cookies = f"csrftoken={TOKEN}; {settings.SESSION_COOKIE_NAME}={session}"
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection.connect()
        ready.wait()
        connection.request("POST", path, body, headers)
        codes.append(connection.getresponse().status)
        connection.close()

    threads = [threading.Thread(target=press, args=each) for each in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes


@pytest.fixture
def busy(house, make_workspace):  # noqa: F811
    """press(path, *people, **values): everybody presses, together eight times. On a running web, in a stocked shop."""
    workspace = make_workspace("cutters")
    sessions = {
        name: Visitor(new_person(role, workspace, email=f"{name}@cutters.example")).session
        for name, role in (("office", "office"), ("first", "operator"), ("second", "operator"), ("nobody", "viewer"))
    }
    sessions["client"] = ""
    with scope(workspace=workspace):
        shop = stock_shop(workspace)
        running = house("web")

        def press(path: str, *people: str, each=lambda number: {}, **values) -> Counter:
            presses = [
                (path, sessions[people[number % len(people)]], {**values, **each(number)}) for number in range(AT_ONCE)
            ]
            return Counter(press_together(running.address, presses))

        def mixed(presses) -> Counter:
            each = [(path, sessions[who], values) for path, who, values in presses]
            return Counter(press_together(running.address, each))

        press.shop, press.mixed = shop, mixed
        yield press


@pytest.mark.processes
def test_eight_presses_are_one_deed_all_along_the_path(busy):
    shop = busy.shop
    enquiry = new_enquiry(shop, {"quantity": 10})
    assert busy(f"/admin/production/enquiry/{enquiry.pk}/do/quote/", "office") == {302: 8}
    quote = Quote.objects.get()
    assert busy(f"/admin/billing/quote/{quote.pk}/do/send/", "office") == {302: 8}
    assert told(quote, "sent") == 1
    link = links.token(quotes.link(quote))
    answer = {"name": "Thandi Nkosi", "agree": "on"}
    assert busy(f"/portal/link/{link}/quotes/{quote.pk}/accept/", "client", **answer) == {302: 8}
    job, operation = Job.objects.get(), Operation.objects.get()
    assert told(quote, "accepted") == 1
    started = busy(f"/floor/operations/{operation.pk}/start/", "first", "second", machine=shop.laser.pk)
    assert started == {302: 4, 409: 4}  # one of them was quicker; the other is told who
    run = Run.objects.get()
    finished = busy(f"/floor/runs/{run.pk}/finish/", "first", "second", good=10, scrap=0)
    assert finished == {302: 8}
    assert (Move.objects.filter(kind="usage").count(), told(operation, "finished")) == (1, 1)
    job.refresh_from_db()
    assert (job.state, job.lines.get().made_good) == ("made", 10)
    assert busy(f"/admin/production/job/{job.pk}/do/invoice/", "office") == {302: 8}
    invoice = Invoice.objects.get()
    assert busy(f"/admin/billing/invoice/{invoice.pk}/do/issue/", "office") == {302: 8}
    invoice.refresh_from_db()
    assert (invoice.number, told(invoice, "issued")) == (f"INV-{timezone.localdate():%Y}-0001", 1)
    received = {"received_on": timezone.localdate().isoformat(), "method": "transfer"}
    pay = f"/admin/billing/invoice/{invoice.pk}/do/receive/"
    assert busy(pay, "office", amount="100", once="one-page", **received) == {302: 8}
    assert Payment.objects.count() == 1
    # Eight people who each book half of what is left: two of them can.
    half, page = str((invoice.total - 100) / 2), lambda number: {"once": f"page-{number}"}
    assert busy(pay, "office", amount=half, each=page, again="on", **received) == {302: 2, 409: 6}
    invoice.refresh_from_db()
    job.refresh_from_db()
    assert (invoice.paid, invoice.state, job.state) == (invoice.total, "paid", "completed")
    assert told(job, "completed") == 1


def told(record, verb: str) -> int:
    """How often the log tells it."""
    return activity.of(record).filter(verb=verb).count()


@pytest.mark.processes
def test_start_and_cancel_at_the_same_moment_never_both(busy):
    """The office cancels while the operator starts: either it runs and is not cancelled, or it is and nothing runs."""
    shop = busy.shop
    job = quotes.accept(sent_quote(shop), name="Thandi Nkosi")
    operation = Operation.objects.get()
    presses = [
        (f"/floor/operations/{operation.pk}/start/", "first", {"machine": shop.laser.pk}),
        (f"/admin/production/job/{job.pk}/do/cancel/", "office", {"why": "changed their mind"}),
    ]
    codes = busy.mixed(presses * 4)
    assert set(codes) <= {302, 409}
    job.refresh_from_db()
    active = Run.objects.filter(state="running").count()
    assert (job.state, active) in {("in_progress", 1), ("cancelled", 0)}


# --- pages left open ----------------------------------------------------------------------------------------------


@pytest.fixture
def open_page(shop, scoped, log_in, office):
    """open_page(path, **values) -> (code, page): what somebody reads who presses a button of a page left open."""

    def press(path: str, **values):
        response = log_in(office).post(path, values, follow=True)
        return response.status_code, response.content.decode()

    return press


def cancelled_job(shop, office):
    job = quotes.accept(sent_quote(shop), name="Thandi Nkosi")
    operation = Operation.objects.get()
    jobs.cancel(job, office)
    return f"/floor/operations/{operation.pk}/start/", {"machine": shop.laser.pk}, "is cancelled"


def aborted_run(shop, office):
    quotes.accept(sent_quote(shop), name="Thandi Nkosi")
    run = runs.start(Operation.objects.get(), shop.laser, office)
    runs.abort(run, by=office)
    return f"/floor/runs/{run.pk}/finish/", {"good": 10, "scrap": 0}, "aborted"


def withdrawn_quote(shop, office):
    quote = quotes.withdraw(sent_quote(shop), office)
    return f"/admin/billing/quote/{quote.pk}/do/accept/", {"name": "Thandi"}, "This offer has been withdrawn."


def discarded_invoice(shop, office):
    invoice = invoices.discard(invoices.draft_from(made_job(shop), office), office)
    return f"/admin/billing/invoice/{invoice.pk}/do/issue/", {}, "cannot be changed any more"


def paid_invoice(shop, office):
    invoice = invoices.issue(invoices.draft_from(made_job(shop), office), office)
    payments.receive(invoice, invoice.total, key="all", received_on=timezone.localdate())
    values = {"amount": "1", "once": "late", "received_on": timezone.localdate().isoformat(), "method": "cash"}
    return f"/admin/billing/invoice/{invoice.pk}/do/receive/", values, "is paid already"


def more_than_is_owed(shop, office):
    invoice = invoices.issue(invoices.draft_from(made_job(shop), office), office)
    much = str(invoice.total + 1)
    values = {"amount": much, "once": "much", "received_on": timezone.localdate().isoformat(), "method": "cash"}
    return f"/admin/billing/invoice/{invoice.pk}/do/receive/", values, "is still to be paid"


def closed_enquiry(shop, office):
    enquiry = new_enquiry(shop)
    enquiries.lose(enquiry, office)
    upload = SimpleUploadedFile("late.dxf", b"0\nEOF\n")
    return f"/admin/production/enquiry/{enquiry.pk}/upload/", {"file": upload}, "This enquiry is closed."


@pytest.mark.one_database
@pytest.mark.parametrize(
    "meanwhile",
    [
        cancelled_job,
        aborted_run,
        withdrawn_quote,
        discarded_invoice,
        paid_invoice,
        more_than_is_owed,
        closed_enquiry,
    ],
    ids=lambda made: made.__name__,
)
def test_a_page_left_open_says_what_has_happened_and_changes_nothing(open_page, shop, office, meanwhile):
    path, values, words = meanwhile(shop, office)
    before = everything()
    code, page = open_page(path, **values)
    assert code in (200, 409)
    assert words in page
    assert everything() == before


def everything() -> dict:
    """What a deed would have changed."""
    models = (Quote, Job, Operation, Run, Invoice, Payment, Move, DesignFile, EnquiryLine, Activity, BackgroundTask)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


# --- a worker that dies -------------------------------------------------------------------------------------------


def slow_drawing() -> bytes:
    """Some thousand holes: seconds of work, so that there is a middle."""
    document = ezdxf.new("R2010", units=4)
    for number in range(4000):
        document.modelspace().add_circle((number % 80 * 10, number // 80 * 10), radius=3)
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode()


@pytest.mark.processes
def test_a_worker_killed_with_a_drawing_in_its_hands(house, make_workspace):  # noqa: F811
    workspace = make_workspace("cutters")
    with scope(workspace=workspace):
        enquiry = new_enquiry(stock_shop(workspace))
        running = house("web", "worker")
        row = drawings.receive(
            workspace, SimpleUploadedFile("holes.dxf", slow_drawing()), enquiry=enquiry, quantity=1, by=None
        )
        eventually(lambda: DesignFile.objects.get(pk=row.pk).state == "measuring")
        running.kill("worker")
        assert DesignFile.objects.get(pk=row.pk).state == "measuring"
        assert four_minutes_later() == 1
        running.start("worker")
        eventually(lambda: DesignFile.objects.get(pk=row.pk).state == "measured", 120)
        task = eventually(lambda: BackgroundTask.objects.filter(arguments=[row.pk], state="done").first())
        assert (task.tries, Measurement.objects.get(design_file=row).pierces, told(row, "measured")) == (2, 4000, 1)
        assert EnquiryLine.objects.filter(design_file=row).count() == 1


def four_minutes_later() -> int:
    """What the timetable does with work that nobody has answered for: now instead of in a while."""
    BackgroundTask.objects.update(started_at=timezone.now() - work.LOST_AFTER - timedelta(seconds=1))
    return work.hand_over_lost()
