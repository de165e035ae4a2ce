"""The demo is what the shops would have left behind: the books agree, the numbers have no gap, every state is there."""

import datetime as dt
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Count, DateTimeField, F, Max, Sum
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from lxml import etree

from accounts.models import Workspace
from billing import closing, einvoice, verifying
from billing.bank import booking, purchases
from billing.bank.matching import SURE
from billing.einvoice import said, wishes
from billing.models import (
    Allocation,
    BankLine,
    Delivery,
    Invoice,
    Payment,
    PaymentAttempt,
    PeriodClose,
    ProviderEvent,
    Quote,
    ReceivedInvoice,
    Reminder,
    Seal,
)
from crm import certificates, duplicates
from crm.models import Client, Contact, Tag
from inventory.management.commands.check_ledger import wrong
from inventory.models import CountLine, Item, Lot, Move, ScanEvent, StockCount, Weighing
from laseros.demo import logins
from laseros.demo.parts import PRINT_PARTS
from laseros.demo.story import Plan, Planner
from laseros.tests.database import put_back, rows_that_are_there
from laseros.tests.typesetting import one_paper
from production.models import (
    DesignFile,
    Job,
    JobLine,
    JobTemplate,
    LabourTime,
    LineCheck,
    Nest,
    NonConformance,
    Operation,
    ProductCheck,
    Run,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """Both businesses, made once for this module as `run` makes them: each verb in a transaction of its own.

    Committed, and afterwards taken away again; what a test here changes is rolled back as ever.
    """
    from django.conf import settings

    media, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path_factory.mktemp("files")
    mail, settings.EMAIL_FILE_PATH = settings.EMAIL_FILE_PATH, str(tmp_path_factory.mktemp("mail"))
    # Hundreds of papers that nobody reads here; those who do are in `billing/tests/test_documents.py`.
    with django_db_blocker.unblock(), one_paper():
        beginning = rows_that_are_there()
        try:
            call_command("demo", stdout=StringIO(), stderr=StringIO())
            yield {workspace.slug: workspace for workspace in Workspace.objects.all()}
        finally:
            put_back(beginning)
            settings.MEDIA_ROOT, settings.EMAIL_FILE_PATH = media, mail


@pytest.mark.one_database
def test_every_german_invoice_passes_the_official_rules(demo):
    """Saxon takes thirty milliseconds for each, and of more than a hundred most say the same with other figures: it
    reads the first and the last of each kind. What its rules reckon is reckoned here for all.
    """
    with scope(workspace=demo["fadenwerk"]):
        rows = list(Invoice.objects.exclude(number=None).select_related("client", "job", "origin"))
        assert len(rows) > 100
        kinds = {}
        for invoice in rows:
            facts = said.read(invoice, list(invoice.lines.all()))
            assert wishes.lacking(facts, xrechnung=True) == []
            _adds_up(facts)
            kinds.setdefault(_kind_of(facts), []).append(invoice)
        assert len(kinds) > 1
        for alike in kinds.values():
            for invoice in {alike[0], alike[-1]}:
                assert einvoice.written(invoice, "xrechnung-cii").startswith(b"<?xml")
            assert b"<cbc:ID>" in einvoice.written(alike[0], "xrechnung-ubl")


def _kind_of(facts: said.Said) -> tuple:
    """What a file says besides its figures: each element and attribute there is, each code, each line and rate."""
    tree = etree.fromstring(einvoice.FORMATS["xrechnung-cii"].xml(facts))
    elements = {tree.getroottree().getpath(each) for each in tree.iter()}
    codes = {(each.tag, each.text) for each in tree.iter() if etree.QName(each).localname in CODES}
    attributes = {(each.tag, name, value) for each in tree.iter() for name, value in each.attrib.items()}
    return frozenset(elements), frozenset(codes), frozenset(attributes)


CODES = {"TypeCode", "CategoryCode", "RateApplicablePercent", "ExemptionReasonCode", "CountryID", "InvoiceCurrencyCode"}


def _adds_up(facts: said.Said) -> None:
    """BR-CO-10, -13, -14, -15 and -17, BR-S-08 and BR-Z-08: the lines are the sums, rate by rate."""
    assert sum(line.net for line in facts.lines) == facts.lines_net
    assert facts.net + facts.tax == facts.total
    assert (sum(tax.basis for tax in facts.taxes), sum(tax.amount for tax in facts.taxes)) == (facts.net, facts.tax)
    for tax in facts.taxes:
        here = [line.net for line in facts.lines if line.tax.percent == tax.percent]
        off = [allowance.amount for allowance in facts.allowances if allowance.tax.percent == tax.percent]
        assert sum(here) - sum(off) == tax.basis
        assert abs(tax.basis * tax.percent / 100 - tax.amount) < 1


@pytest.mark.parametrize("slug", ["umlazi-laser", "fadenwerk"])
class TestBusiness:
    def test_the_books_agree(self, demo, slug):
        with scope(workspace=demo[slug]):
            for item in Item.objects.all():
                # Summed here: SQLite would add them up in binary.
                moves = sum(Move.objects.filter(item=item).values_list("quantity", flat=True), Decimal(0))
                assert item.on_hand == moves >= item.reserved, item

    def test_the_stores_have_a_past_and_something_to_decide(self, demo, slug):
        with scope(workspace=demo[slug]):
            count = StockCount.objects.get()
            off = [line for line in CountLine.objects.filter(count=count).exclude(counted=None)
                   if line.counted != line.expected]  # fmt: skip
            assert (count.state, len(off)) == ("open", 1)
            late = ScanEvent.objects.get()
            assert (late.state, late.why, late.lot.quantity > 0) == ("conflict", "overtaken", True)
            spools = Lot.objects.filter(kind="spool").exclude(key__startswith="receipt:")
            weighed = Weighing.objects.count()
            theirs = Lot.objects.exclude(owner_key="").count()
            expected = (0, 0, 1) if slug == "umlazi-laser" else (4, 7, 0)
            assert (spools.count(), weighed, theirs) == expected
            assert wrong(demo[slug]) == []

    def test_as_many_jobs_as_a_small_shop_has(self, demo, slug):
        with scope(workspace=demo[slug]):
            assert 180 <= Job.objects.count() <= 220
            states = dict(Job.objects.order_by().values_list("state").annotate(count=Count("pk")))
            assert set(states) == {"approved", "in_progress", "made", "completed"}
            assert Run.objects.filter(scrap__gt=0).exists()
            assert Job.objects.exclude(parent=None).count() == 2
            assert Job.objects.filter(made_at__date__gt=F("due_on")).exists()

    def test_the_desk_is_not_empty(self, demo, slug):
        with scope(workspace=demo[slug]):
            assert all(0 < tag.clients.count() < 20 for tag in Tag.objects.all())
            assert Tag.objects.count() == 3
            assert [sorted(pair.reasons) for pair in duplicates.pairs()] == [["name", "phone"]]
            template = JobTemplate.objects.get()
            assert (template.lines.count() > 0, template.archived_at) == (True, None)
            times = LabourTime.objects.all()
            assert {row.state for row in times} == {"stopped"}
            assert times.filter(corrected=True).count() == 1
            assert times.count() > 10
            assert ProductCheck.objects.exists()
            assert LineCheck.objects.exists()
            assert {row.state for row in NonConformance.objects.all()} == {"open", "accepted", "scrapped"}

    def test_invoices_are_numbered_without_a_gap(self, demo, slug):
        with scope(workspace=demo[slug]):
            numbers = Invoice.objects.exclude(number=None).order_by("issued_at", "pk").values_list("number", flat=True)
            by_year = {}
            for number in numbers:
                by_year.setdefault(number[:9], []).append(int(number[9:]))
            for year, drawn in by_year.items():
                assert drawn == list(range(1, len(drawn) + 1)), year

    def test_payments_are_what_invoices_say(self, demo, slug):
        with scope(workspace=demo[slug]):
            for invoice in Invoice.objects.annotate(settled=Sum("allocations__amount")):
                assert invoice.paid == (invoice.settled or 0)
            assert Allocation.objects.exists()
            assert Invoice.objects.filter(state__in=("issued", "partly_paid")).exists()

    def test_every_issued_document_is_sealed_and_says_what_it_said(self, demo, slug):
        with scope(workspace=demo[slug]):
            came = list(ReceivedInvoice.objects.order_by("pk"))
            # Files of the demo lie in the folder of the test that made it.
            missing = [f"{row.number} (received invoice {row.pk}): the file {row.file.name} is missing" for row in came]
            drawn = Quote.objects.exclude(pdf="").order_by("pk")
            missing += [f"{row.number} (quote {row.pk}): the file {row.pdf.name} is missing" for row in drawn]
            assert list(verifying.wrong(demo[slug])) == missing
            assert [row.state for row in came] == ["to_check", "approved", "paid"]
            left = Invoice.objects.exclude(number=None).count() + Delivery.objects.exclude(shipped_on=None).count()
            money = Payment.objects.count() + Allocation.objects.count() + PeriodClose.objects.count()
            sent = Reminder.objects.filter(state="sent").count()
            offered = Quote.objects.exclude(sent_at=None).count() + drawn.count()
            assert Seal.objects.count() == left + sent + money + len(came) + offered > 400

    def test_the_bank_waits_somebody_is_reminded_and_a_month_is_closed(self, demo, slug):
        with scope(workspace=demo[slug]), timezone.override(demo[slug].timezone):
            lines = list(BankLine.objects.order_by("pk"))
            assert {line.state for line in lines} == {"open"}
            found = [proposals[0].certainty for proposals in booking.proposals(lines).values() if proposals]
            assert (len(lines), sum(each >= SURE for each in found), len(found) >= 3) == (6, 1, True)
            (paid,) = [found for found in purchases.proposals(lines).values() if found]
            assert ReceivedInvoice.objects.get(pk=paid[0].invoices[0]).state == "approved"
            assert paid[0].certainty >= SURE
            # What is paid after it was proposed is dropped: by how late it is, that happens here or does not.
            steps = set(Reminder.objects.exclude(state="dropped").values_list("state", "step"))
            assert steps == {("sent", 1), ("proposed", 1), ("proposed", 2)}
            assert Reminder.objects.filter(state="sent").count() == 1
            until = closing.closed_until()
            last = until + dt.timedelta(days=1)
            assert (last.day, (timezone.localdate().replace(day=1) - last).days in range(28, 32)) == (1, True)

    def test_clients_pay_by_card_get_a_part_back_and_are_refused(self, demo, slug):
        with scope(workspace=demo[slug]):
            rows = PaymentAttempt.objects.order_by("pk").values_list("state", "invoice__state")
            assert list(rows) == [
                ("paid", "paid"),
                ("failed", "partly_paid"),
                ("paid", "partly_paid"),
                ("failed", "issued"),
            ]
            assert PaymentAttempt.objects.filter(refunded__gt=0).count() == 1
            assert not ProviderEvent.objects.exclude(state="applied").exists()

    def test_lines_count_what_runs_made(self, demo, slug):
        with scope(workspace=demo[slug]):
            by_piece = Operation.objects.filter(sheet=None, run_parts=None)  # of a sheet each job has its own count
            made = by_piece.annotate(run_good=Sum("runs__good")).exclude(run_good=None)
            assert all(operation.good == operation.run_good for operation in made)
            assert not JobLine.objects.filter(made_good__gt=F("quantity")).exists()

    def test_something_is_running_and_something_waits_for_the_client(self, demo, slug):
        with scope(workspace=demo[slug]):
            assert Run.objects.filter(state="running").exists()
            assert Quote.objects.filter(state="sent").exists()


def test_an_american_business_collects_sales_tax_where_its_goods_go(demo):
    """498.00 at 6.25 %; 750.00 at 8.875 % for Manhattan's ZIP codes; a reseller's certificate; nothing in Vermont."""
    workspace = demo["harbor-plate"]
    with scope(workspace=workspace):
        rows = Invoice.objects.order_by("pk").values_list("state", "treatment", "net", "tax")
        assert list(rows) == [
            ("paid", "standard", Decimal(498), Decimal("31.13")),
            ("issued", "standard", Decimal(750), Decimal("66.56")),
            ("issued", "exempt", Decimal(930), 0),
            ("draft", "outside", Decimal("237.60"), 0),
        ]
        assert [row.number for row in certificates.expiring()] == ["ST-4 0071"]
        # Each test has a folder of its own, so that their papers are out of sight here.
        assert [what for what in verifying.wrong(workspace) if "the file" not in what] == []


def test_a_careless_drawing_is_told_of_and_a_page_is_refused(demo):
    with scope(workspace=demo["umlazi-laser"]):
        careless = DesignFile.objects.get(name="plate-from-phone.dxf")
        assert {defect["kind"] for defect in careless.measurement.findings["defects"]} >= {"gap", "duplicate"}
        assert DesignFile.objects.get(name="holiday.dxf").state == "refused"


def test_sheets_wait_are_cut_and_leave_remnants(demo):
    with scope(workspace=demo["umlazi-laser"]):
        assert wrong(demo["umlazi-laser"]) == []
        assert {"approved", "ready"} <= set(Nest.objects.values_list("state", flat=True)) | {"approved"}
        assert Run.objects.filter(operation__sheet__isnull=False, state="finished").exists()
        assert Lot.objects.filter(state="free").count() >= 2


def test_the_past_lies_behind_us_and_on_working_days(demo):
    """On whatever day it is made: `pytest --today=2027-01-01T00:05`."""
    now, later = timezone.now(), set()
    with scopes_disabled():
        for model in apps.get_models():
            for name in [field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField)]:
                if model._base_manager.filter(**{f"{name}__gt": now}).exists():
                    later.add(f"{model.__name__}.{name}")
        begun = Run.objects.filter(started_at__lt=now - dt.timedelta(minutes=30)).values_list("started_at", flat=True)
        days = {moment.weekday() for moment in begun}
    planned = {"OutgoingMail.due_at", "OutgoingMail.until"}
    assert later <= {"AccessLink.expires_at", "Schedule.next_run"} | planned
    assert days == set(range(5))


def test_it_is_not_made_twice_and_its_people_can_log_in(demo):
    from django.contrib.auth import authenticate

    with pytest.raises(CommandError, match="already"):
        call_command("demo", stdout=StringIO(), stderr=StringIO())
    for _role, email, password, _slug in logins():
        assert authenticate(None, email=email, password=password), email


@pytest.mark.one_database
def test_the_history_is_deterministic(demo):
    with scopes_disabled():
        clients = Client.objects.filter(workspace=demo["fadenwerk"]).aggregate(last=Max("code"))["last"]
        people = Contact.objects.values_list("name", "client__name", "client__kind")
        people = list(people.filter(client__code__gt="CL-0001", client__code__lte="CL-0040"))
    assert clients == "CL-0041"  # forty with a history, and one that stands there twice
    assert {" – " in name for name, _client, _kind in people} == {False}  # people, as mails greet them
    assert all(name == client for name, client, kind in people if kind == "private")
    now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    price = lambda part, quantity: SimpleNamespace(seconds_each=600)  # noqa: E731
    plan = Plan(PRINT_PARTS, price, 40, 4, 14, now)
    first, again = (Planner(plan, "seed").orders(50, now - dt.timedelta(days=60), now) for _time in (1, 2))
    assert [(o.taken, o.client, o.decision, len(o.runs)) for o in first] == [
        (o.taken, o.client, o.decision, len(o.runs)) for o in again
    ]


@pytest.mark.one_database
@pytest.mark.parametrize("day", range(23, 30))  # Monday to Sunday
@pytest.mark.parametrize("hour", [2, 12, 22])
def test_nothing_happened_after_now(day, hour):
    now = dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)
    plan = Plan(PRINT_PARTS, lambda part, quantity: SimpleNamespace(seconds_each=600), 40, 4, 14, now)
    orders = Planner(plan, "seed").orders(200, now - dt.timedelta(days=60), now)
    moments = [moment for order in orders for moment in (order.taken, order.sent, order.decided, order.made)]
    moments += [order.invoiced for order in orders] + [paid[0] for order in orders for paid in order.payments]
    moments += [run.finished for order in orders for run in order.runs]
    assert max(filter(None, moments)) <= now
