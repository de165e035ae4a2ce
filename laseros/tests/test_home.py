"""The start page, the sidebar and the search: what each person sees, counted by the filter it leads to."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts import activity
from accounts.models import BackgroundTask, Membership, OutgoingMail, Pin, User
from billing.models import BankLine, BankStatement, Invoice, ProviderEvent, Quote, ReceivedInvoice, Reminder
from crm.models import ExemptionCertificate, FollowUp, Tag
from inventory import ledger
from inventory.models import Need, PurchaseOrder, ScanEvent, Supplier
from laseros import matters, navigation
from laseros.tests.ground import stock_shop
from machines.models import MachineJob, MaintenancePlan, Tablet
from production.models import (
    DesignFile,
    Enquiry,
    Job,
    JobLine,
    JobMessage,
    LabourTime,
    Milestone,
    NonConformance,
    Operation,
    Proof,
)

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.every_database]


def text(answer) -> str:
    return answer.content.decode()


MONEY = {"currency": "ZAR", "net": Decimal(100), "tax": Decimal(15), "total": Decimal(115)}


def one_of_each(shop, workspace, n=0):
    """A record for every matter there is."""
    late = timezone.localdate() - timedelta(days=1)
    _orders(shop, workspace, n, late)
    _office(shop, workspace, n, late)
    _stock_and_machines(shop, workspace, n, late)
    _money(shop, workspace, n, late)
    _people(workspace, n)
    if not n:
        ledger.reserve(shop.sheet, 8, key="r", label="JB")


def _orders(shop, workspace, n, late):
    today, now = timezone.localdate(), timezone.now()
    soon = today + timedelta(days=2)
    same = {"workspace": workspace, "client": shop.client, "title": "Brackets"}
    Enquiry.objects.create(**same, number=f"EN-{n}")
    ordered = Enquiry.objects.create(**same, number=f"EN-{n}-portal", state="won", origin="portal")
    for state, day in (("draft", None), ("sent", late), ("sent", today + timedelta(days=90))):
        Quote.objects.create(
            **same, **MONEY, number=f"QT-{n}-{state}-{day}", state=state, valid_until=day, sent_at=day and now
        )
    for state, due in (("approved", late), ("in_progress", soon), ("made", late)):
        job = Job.objects.create(
            **same,
            number=f"JB-{n}-{state}",
            state=state,
            due_on=due,
            approved_at=now,
            key=f"{n}{state}",
            enquiry=ordered,
            quoted_total=50,
        )
        Milestone.objects.create(workspace=workspace, job=job, name="Cut", planned_on=late)
    file = DesignFile.objects.create(workspace=workspace, name="a.pdf", kind="pdf", size=1, sha256=f"{n}", state="kept")
    Proof.objects.create(workspace=workspace, job=job, version=1, design_file=file, state="changes")
    line = JobLine.objects.create(
        workspace=workspace,
        job=job,
        description="Bracket",
        quantity=5,
        made_good=5,
        item=shop.sheet,
        material_each=1,
        unit_price=10,
    )
    by_hand = JobLine.objects.create(workspace=workspace, job=job, description="Engraving", quantity=1, made_good=1)
    for part in (line, by_hand):  # one that takes a sheet, one that takes nothing
        Operation.objects.create(workspace=workspace, job_line=part, machine=shop.laser, quantity=5, seconds_each=60)
    NonConformance.objects.create(workspace=workspace, job=job, job_line=line, number=f"NC-{n}")


def _office(shop, workspace, n, late):
    today = timezone.localdate()
    BackgroundTask.objects.create(workspace=workspace, name="measure", state="failed")
    OutgoingMail.objects.create(
        workspace=workspace, key=f"m{n}", to="a@b.example", subject="x", text="x", state="failed"
    )
    DesignFile.objects.create(
        workspace=workspace, name="a.dxf", kind="dxf", size=1, sha256=f"{n:064}", state="refused", content="a"
    )
    paper = {"number": f"C{n}", "state": "MA", "valid_until": today}
    ExemptionCertificate.objects.create(workspace=workspace, client=shop.client, **paper)
    FollowUp.objects.create(workspace=workspace, client=shop.client, what="Ring", due_on=late, key=str(n))
    asked = Job.objects.order_by("pk").last()
    JobMessage.objects.create(workspace=workspace, job=asked, side="client", text="?", by_name="X", key=str(n))


def _stock_and_machines(shop, workspace, n, late):
    now = timezone.now()
    supplier = Supplier.objects.create(workspace=workspace, code=f"SU-{n}", name="Steel & Co")
    ordered = {"number": f"PO-{n}", "currency": "ZAR", "state": "sent", "expected_on": late}
    PurchaseOrder.objects.create(workspace=workspace, supplier=supplier, **ordered)
    Need.objects.filter(key=f"item:{shop.sheet.pk}").delete()
    Need.objects.create(workspace=workspace, key=f"n{n}", item=shop.sheet, label="Sheet", is_low=True)
    over = {"started_at": now, "ended_at": now, "outcome": "unclear"}
    MachineJob.objects.create(workspace=workspace, machine=shop.laser, key=f"j{n}", name="Bracket", **over)
    MaintenancePlan.objects.create(workspace=workspace, machine=shop.laser, name="Lens", days=30, due_on=now.date())
    scan = {"key": f"s{n}", "kind": "weigh", "code": "FIL-001", "state": "conflict", "at": now, "said_at": now}
    ScanEvent.objects.create(workspace=workspace, by=User.objects.get_or_create(email="scans@x.example")[0], **scan)


def _money(shop, workspace, n, late):
    today = timezone.localdate()
    invoice = {"workspace": workspace, "client": shop.client, **MONEY}
    Invoice.objects.create(**invoice)
    issued = Invoice.objects.create(**invoice, number=f"INV-{n}", state="issued", due_on=late, issued_on=today)
    statement = BankStatement.objects.create(
        workspace=workspace, name="b.csv", account="1", currency="ZAR", from_on=today, until_on=today, sha256=f"{n}"
    )
    came = {"key": f"b{n}", "day": today, "amount": Decimal(100), "currency": "ZAR", "name": "Umgeni Pumps"}
    BankLine.objects.create(workspace=workspace, statement=statement, **came)
    wrong = {"event_id": f"e{n}", "kind": "paid", "amount": 5, "currency": "ZAR", "state": "matter", "why": "amount"}
    ProviderEvent.objects.create(workspace=workspace, provider="simulated", **wrong)
    asked = {"open": Decimal(115), "fee": Decimal(0), "flat": Decimal(0), "interest": Decimal(0)}
    Reminder.objects.create(workspace=workspace, invoice=issued, step=1, **asked)
    owed = {"number": f"R{n}", "seller": "Steel & Co", "currency": "ZAR", "total": 5, "owed": 5, "due_on": late}
    ReceivedInvoice.objects.create(workspace=workspace, sha256=f"{n:064}", facts={}, **owed)


def _people(workspace, n):
    now = timezone.now()
    guessed = Membership.objects.create(
        workspace=workspace, role="operator", user=User.objects.create(email=f"guessed{n}@x.example")
    )
    Pin.objects.create(workspace=workspace, membership=guessed, digest="!", failed=5, locked_until=now)
    Tablet.objects.create(workspace=workspace, name=f"T{n}", failed=5, locked_until=now)


def test_every_matter_is_counted_as_its_list_shows_it(shop, workspace, manager, log_in):
    one_of_each(shop, workspace)
    browser = log_in(manager)
    needs = {need["matter"].name: need for need in browser.get("/admin/").context["needs_me"]}
    assert {name: need["count"] for name, need in needs.items()} == {
        **{matter.name: 1 for matter in matters.MATTERS if matter.permission != matters.SEE_BACKUPS},
        "quotes_waiting": 2,
    }
    for name, need in needs.items():
        if need["link"]:
            assert len(browser.get(need["link"]).context["cl"].result_list) == need["count"], name


def test_key_figures_are_exact(shop, workspace, office, log_in):
    one_of_each(shop, workspace)
    figures = {figure["label"]: figure["value"] for figure in log_in(office).get("/admin/").context["money_figures"]}
    assert figures == {
        "Open quotes, without tax": Decimal(200),
        "Invoiced this month, without tax": Decimal(100),
        "Owed to us": Decimal(115),
        "Of it overdue": Decimal(115),
        "Stock at cost": Decimal(18500),
    }


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_the_start_page_takes_as_many_queries_for_three_of_each_as_for_one(
    role, shop, workspace, person, log_in, django_assert_num_queries
):
    browser = log_in(person(role, workspace, email=f"{role}@x.example"))
    one_of_each(shop, workspace)
    browser.get("/admin/")
    expected = {"manager": 15, "viewer": 10}[role]
    for n in (1, 2):
        with django_assert_num_queries(expected):
            browser.get("/admin/")
        one_of_each(shop, workspace, n)
        one_of_each(shop, workspace, n + 10)


def test_a_new_business_is_shown_its_first_steps(workspace, manager, log_in, shop):
    page = log_in(manager).get("/admin/")
    done = [step["done"] for step in page.context["first_steps"]]
    assert done == [True, True, True, True, True, True, True, True, False]  # all but an enquiry; people are the admin's
    assert "First steps" in text(page)
    one_of_each(shop, workspace)
    assert "First steps" not in text(log_in(manager).get("/admin/"))


def test_what_happened_lately_is_what_was_done_and_not_who_came_in(shop, workspace, office, manager, log_in):
    activity.record("changed", shop.client, office)
    for _ in range(12):
        activity.record("logged in", workspace, office)
    story = log_in(manager).get("/admin/").context["story"]
    assert (story[0]["who"], story[0]["verb"]) == ("Office", activity.VERBS["changed"])
    assert activity.VERBS["logged in"] not in {line["verb"] for line in story}


def test_nothing_of_another_workspace_is_counted(shop, other_workspace, manager, log_in):
    with scope(workspace=other_workspace):
        one_of_each(stock_shop(other_workspace), other_workspace)
    page = log_in(manager).get("/admin/")
    assert page.context["needs_me"] == []
    assert page.context["machines"][0]["waiting"] == 0
    assert [machine["machine"].pk for machine in page.context["machines"]] == [shop.laser.pk]


def test_machines_come_by_themselves_to_those_who_may_see_them(shop, office, operator, log_in):
    answer = log_in(office).get("/admin/machines-now/")
    assert "X3" in text(answer)
    assert "<html" not in text(answer)
    assert log_in(operator).get("/admin/machines-now/").status_code == 302


# --- sidebar --------------------------------------------------------------------------------------------------------

SUPERUSERS = {"Accounts", "Groups", "Backups"}
HIDDEN = {
    "manager": SUPERUSERS,
    "office": {*SUPERUSERS, "Business", "People", "Shop tablets", "Message texts", "Chat and SMS"},
    "viewer": {*SUPERUSERS, "Business", "People", "Background work", "Messages", "Shop floor"}
    | {"Stock report", "Stock value", "Scanner", "Shop tablets", "Pack and check", "Message texts", "Chat and SMS"}
    | {"Bank", "Reminders", "Month end", "Open items"},
}


@pytest.mark.parametrize("role", HIDDEN)
def test_the_sidebar_shows_each_role_what_it_may_see(role, workspace, person, log_in):
    browser = log_in(person(role, workspace, email=f"{role}@x.example"))
    groups = browser.get("/admin/").context["sidebar_navigation"]
    shown = {str(item["entry"].title) for group in groups for item in group["items"]}
    everything = {str(entry.title) for group in navigation.NAVIGATION for entry in group.entries if entry.link()}
    assert shown == everything - HIDDEN[role]
    for entry in navigation.entries(browser.get("/admin/").wsgi_request.user):
        if entry.url.startswith("admin:"):
            assert browser.get(entry.link()).status_code in (200, 302), entry.url


def test_every_room_with_a_page_is_in_the_sidebar(workspace):
    """A page nobody is led to does not exist: what is left out is left out here, by name."""
    reached_otherwise = {
        "crm.exemptioncertificate",  # from the clients, where there is sales tax
        "crm.contact",
        "crm.accesslink",
        "machines.command",
        "machines.statechange",
        "machines.machinestatus",
    }
    reached_otherwise.add("crm.accesslink")  # from the client
    reached_otherwise |= {"machines.maintenancedone"}  # from the machine and from its plans
    reached_otherwise |= {"billing.bankline", "billing.bankstatement"}  # from what is matched, and from a line
    reached_otherwise |= {"billing.reminder", "billing.accountstatement"}  # from those to send, and from the client
    reached_otherwise |= {"billing.periodclose", "billing.archive"}  # from the month's end
    reached_otherwise |= {"billing.providerevent"}  # from the card payments and from what needs somebody
    reached_otherwise |= {"production.linecheck"}  # from what was not good, from jobs and operations
    linked = {entry.url for group in navigation.NAVIGATION for entry in group.entries}
    missing = set()
    for model in admin.site._registry:
        meta = model._meta
        ours = meta.app_label in ("accounts", "crm", "inventory", "machines", "production", "billing")
        if ours and f"admin:{meta.app_label}_{meta.model_name}_changelist" not in linked:
            missing.add(meta.label_lower)
    assert missing <= reached_otherwise


def test_badges_count_what_waits(shop, workspace, manager, log_in):
    one_of_each(shop, workspace)
    page = log_in(manager).get("/admin/crm/client/")
    badges = {
        str(item["entry"].title): item["badge"]
        for group in page.context["sidebar_navigation"]
        for item in group["items"]
        if item["badge"]
    }
    assert badges["Items"] == badges["Background work"] == badges["Messages"] == "1"
    assert set(badges.values()) == {"1"}


def test_every_list_counts_the_choices_of_its_filters(shop, workspace, manager, log_in):
    """Django asks each filter with every choice as it is stored, and not as an address has it."""
    one_of_each(shop, workspace)
    browser = log_in(manager)
    shop.client.tags.add(Tag.objects.create(workspace=workspace, name="Collects"))
    LabourTime.objects.create(workspace=workspace, person=manager, job=Job.objects.first(), started_at=timezone.now())
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model, room in admin.site._registry.items()
        if room.list_filter and manager.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]
    assert len(lists) > 40
    counted = {address: browser.get(address, {"_facets": "True"}).status_code for address in lists}
    assert {address for address, status in counted.items() if status != 200} == set()


# --- search ---------------------------------------------------------------------------------------------------------


def found(browser, term) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in browser.get("/admin/search/", {"s": term}).context["found"]]


def test_every_hit_says_what_it_is(shop, workspace, office, log_in):
    browser = log_in(office)
    assert found(browser, "INV-MS") == [("Item", str(shop.sheet))]
    assert ("Client", "CL-0001 Umgeni Pumps") in found(browser, "umgeni")
    assert ("Contact", "Thandi Nkosi · CL-0001 Umgeni Pumps") in found(browser, "thandi")
    assert found(browser, "ledger") == [("Page", "Ledger")]
    assert found(browser, "") == []
    assert found(browser, "no such thing") == []
    if admin.site._registry.get(Invoice):
        one_of_each(shop, workspace)
        hits = found(browser, "INV-")
        assert {kind for kind, title in hits if title.startswith("INV-0")} == {"Invoice"}
        assert {kind for kind, title in hits if title.startswith("INV-MS")} == {"Item"}


def test_what_is_found_depends_on_workspace_and_role_at_once(shop, person, workspace, other_workspace, log_in):
    from accounts.models import Membership

    user = person("viewer", workspace)
    with scope(workspace=other_workspace):
        Membership.objects.create(workspace=other_workspace, user=user, role="office")
    browser = log_in(user)
    assert ("Client", "CL-0001 Umgeni Pumps") in found(browser, "umgeni")
    browser.post("/workspace/", {"workspace": other_workspace.pk})
    assert found(browser, "umgeni") == []
    assert ("Page", "Background work") not in found(browser, "nothing")
    Membership._base_manager.filter(user=user).update(is_active=False)
    assert browser.get("/admin/search/", {"s": "umgeni"}).status_code == 302


def test_a_price_is_not_found(shop, office, log_in):
    assert found(log_in(office), "1850") == []


# --- policy ---------------------------------------------------------------------------------------------------------


def test_only_the_back_office_may_evaluate(office, log_in, client):
    policy = log_in(office).get("/admin/").headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src "))
    assert scripts.split()[1:] == ["'self'", "'unsafe-eval'"]
    client.logout()
    outside = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "unsafe" not in outside


def test_models_named_in_the_search_exist():
    from laseros.admin_site import SEARCHED

    for label, _icon in SEARCHED:
        assert apps.get_model(label)
