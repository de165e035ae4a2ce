"""What every room's pages do alike: money hidden, history told, lists kept and exported, other workspaces not there."""

import csv
import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib import admin
from django_scopes import scope
from openpyxl import load_workbook
from unfold.contrib.filters.admin import RangeDateFilter

from accounts import telling
from accounts.models import Activity, SavedView
from crm import clients
from crm.models import Client
from inventory.models import Item
from laseros.core.export import cell, escape_cell
from laseros.tests.ground import figures_joined, stock_shop

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.every_database]


@pytest.fixture
def viewer(person, workspace):
    return person("viewer", workspace)


def text(answer) -> str:
    return answer.content.decode()


def item_page(shop, rest="change/"):
    return f"/admin/inventory/item/{shop.sheet.pk}/{rest}"


def form_of(answer) -> dict:
    """What the browser would send back: every field of the admin's form and its inlines."""
    context = answer.context
    data = dict(context["adminform"].form.initial)
    for formset in context.get("inline_admin_formsets", ()):
        data |= {f"{formset.formset.prefix}-{name}": n for name, n in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))}
    return {name: "" if value is None else value for name, value in data.items()}


# --- money ------------------------------------------------------------------------------------------------------------


def test_office_sees_what_things_cost_and_a_viewer_does_not(shop, office, viewer, log_in):
    pages = ["/admin/inventory/item/", item_page(shop), "/admin/inventory/move/", item_page(shop, "history/")]
    seen = {"office": {}, "viewer": {}}
    for role, user in (("office", office), ("viewer", viewer)):
        browser = log_in(user)
        for page in pages:
            answer = browser.get(page)
            assert answer.status_code == 200
            # R1 850,00, with its cents: a record's number may well be 1850.
            seen[role][page] = "185000" in figures_joined(text(answer))
    assert set(seen["office"].values()) == {True}
    assert set(seen["viewer"].values()) == {False}


def test_a_viewer_cannot_find_out_a_price_by_asking_for_it(shop, viewer, office, log_in):
    browser = log_in(viewer)
    assert browser.get("/admin/inventory/item/?price__gt=1000").status_code == 400
    assert log_in(office).get("/admin/inventory/item/?price__gt=1000").status_code == 200


def test_the_start_page_shows_a_viewer_no_amount(shop, viewer, office, log_in):
    answer = log_in(viewer).get("/admin/")
    assert answer.context.get("money_figures") is None
    assert "R\xa0" not in text(answer)
    assert "R 18" not in text(answer).replace("\xa0", " ")
    assert len(log_in(office).get("/admin/").context["money_figures"]) == 5


def test_an_export_holds_no_price_for_a_viewer(shop, viewer, office, log_in):
    def head(user):
        rows = list(
            csv.reader(io.StringIO(text(log_in(user).get("/admin/inventory/item/export/csv/")).lstrip("\ufeff")))
        )
        return rows[0], rows[1]

    titles, values = head(office)
    assert "Price per unit" in titles
    assert Decimal(values[titles.index("Price per unit")]) == Decimal(1850)
    titles, values = head(viewer)
    assert "Price per unit" not in titles
    assert not any(value.startswith("1850") for value in values)


def test_a_forged_price_changes_nothing(shop, person, workspace, log_in, monkeypatch):
    """Even whoever may change items but not see money cannot write a price."""
    from accounts.roles import MATRIX, Role, synchronise

    monkeypatch.setitem(MATRIX, Role.VIEWER, (*MATRIX[Role.VIEWER], "inventory.change_item"))
    synchronise()
    browser = log_in(person("viewer", workspace))
    data = form_of(browser.get(item_page(shop)))
    assert "price" not in data
    answer = browser.post(item_page(shop), data | {"name": "Renamed", "price": "1"})
    assert answer.status_code == 302
    shop.sheet.refresh_from_db()
    assert (shop.sheet.name, shop.sheet.price) == ("Renamed", Decimal(1850))


# --- history ----------------------------------------------------------------------------------------------------------


def test_a_change_is_told_from_what_to_what_and_amounts_are_kept_apart(shop, office, viewer, log_in):
    browser = log_in(office)
    data = form_of(browser.get(item_page(shop)))
    browser.post(item_page(shop), data | {"category": "other", "price": "1900.50", "minimum": "6"})
    line = Activity.objects.get(verb="changed")
    assert line.details == {"category": ["Sheet metal", "Other"], "minimum": ["4", "6"]}
    assert line.money == {"price": ["1850.00", "1900.50"]}
    page = text(browser.get(item_page(shop, "history/")))
    assert "Sheet metal" in page
    assert "1\xa0900,50" in page
    page = text(log_in(viewer).get(item_page(shop, "history/")))
    assert "Sheet metal" in page
    assert "900,50" not in page


def test_saving_without_a_change_writes_nothing(shop, office, log_in):
    before = Activity.objects.count()
    browser = log_in(office)
    browser.post(item_page(shop), form_of(browser.get(item_page(shop))))
    assert Activity.objects.count() == before


# --- other workspaces -------------------------------------------------------------------------------------------------


def test_records_of_another_workspace_are_not_there(shop, other_workspace, office, log_in):
    with scope(workspace=other_workspace):
        theirs = stock_shop(other_workspace)
    browser = log_in(office)
    for rest in ("change/", "history/"):
        answer = browser.get(f"/admin/inventory/item/{theirs.sheet.pk}/{rest}")
        assert answer.status_code == 404
        assert theirs.sheet.name not in text(answer)
    assert browser.post(f"/admin/inventory/item/{theirs.sheet.pk}/do/archive/").status_code == 404
    assert browser.post(f"/admin/crm/client/{theirs.client.pk}/do/archive/").status_code == 404
    export = text(browser.get("/admin/crm/client/export/csv/"))
    assert export.count("Umgeni Pumps") == 1


def test_switching_workspaces_changes_what_is_there(person, workspace, other_workspace, log_in, shop):
    from accounts.models import Membership

    user = person("office", workspace)
    with scope(workspace=other_workspace):
        Membership.objects.create(workspace=other_workspace, user=user, role="viewer")
        Client.objects.create(workspace=other_workspace, code="CL-0001", name="Elsewhere GmbH")
    browser = log_in(user)
    first = text(browser.get("/admin/crm/client/"))
    assert ("Umgeni Pumps" in first, "Elsewhere" in first) == (True, False)
    answer = browser.post("/workspace/", {"workspace": other_workspace.pk, "next": "/admin/crm/client/1/change/"})
    assert answer.headers["Location"] == "/admin/"
    second = text(browser.get("/admin/crm/client/"))
    assert ("Umgeni Pumps" in second, "Elsewhere" in second) == (False, True)
    assert browser.get("/admin/crm/client/add/").status_code == 403  # a viewer there
    assert browser.post("/workspace/", {"workspace": 99999}).status_code == 404


def test_the_switcher_is_for_those_who_have_a_choice(office, log_in, person, workspace, other_workspace):
    assert 'action="/workspace/"' not in text(log_in(office).get("/admin/"))
    assert 'action="/workspace/"' in text(log_in(person("superuser")).get("/admin/"))


# --- lists ------------------------------------------------------------------------------------------------------------


def test_a_list_is_kept_shown_and_forgotten_by_its_owner_only(office, person, workspace, log_in):
    browser = log_in(office)
    answer = browser.post(
        "/admin/crm/client/saved/", {"label": " Private  people ", "query": "kind__exact=private&p=3&_popup=1"}
    )
    assert answer.headers["Location"] == "/admin/crm/client/?kind__exact=private"
    kept = SavedView.objects.get()
    assert (kept.label, kept.query, kept.page) == ("Private people", "kind__exact=private", "crm_client")
    assert "Private people" in text(browser.get("/admin/crm/client/"))
    browser.post("/admin/crm/client/saved/", {"label": "Private people", "query": "kind__exact=business"})
    assert SavedView.objects.get().query == "kind__exact=business"
    other = log_in(person("manager", workspace))
    assert "Private people" not in text(other.get("/admin/crm/client/"))
    assert other.post("/admin/crm/client/saved/", {"forget": kept.pk}).status_code == 404
    assert SavedView.objects.count() == 1
    log_in(office).post("/admin/crm/client/saved/", {"forget": kept.pk})
    assert SavedView.objects.count() == 0


def test_a_list_without_a_name_or_of_nobody_is_not_kept(office, operator, log_in):
    log_in(office).post("/admin/crm/client/saved/", {"label": "  ", "query": "kind__exact=private"})
    assert log_in(operator).post("/admin/crm/client/saved/", {"label": "x", "query": ""}).status_code == 302
    assert SavedView.objects.count() == 0


def test_archived_records_are_out_of_the_way_until_asked_for(shop, office, log_in):
    browser = log_in(office)
    browser.post(f"/admin/crm/client/{shop.client.pk}/do/archive/")
    assert "Umgeni Pumps" not in text(browser.get("/admin/crm/client/"))
    assert "Umgeni Pumps" in text(browser.get("/admin/crm/client/?archived=yes"))
    assert "Umgeni Pumps" in text(browser.get("/admin/crm/client/?archived=all"))
    browser.post(f"/admin/crm/client/{shop.client.pk}/do/restore/")
    assert "Umgeni Pumps" in text(browser.get("/admin/crm/client/"))
    verbs = Activity.objects.filter(target_label=str(shop.client)).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["created", "archived", "restored"]


@pytest.mark.parametrize("page", ["crm/client", "inventory/item", "inventory/move", "accounts/activity"])
def test_lists_take_as_many_queries_for_three_rows_as_for_one(
    page, workspace, office, log_in, django_assert_num_queries, shop
):
    expected = {"crm/client": 10, "inventory/item": 9, "inventory/move": 7, "accounts/activity": 8}[page]
    browser = log_in(office)
    browser.get(f"/admin/{page}/")  # content types and the like are read once a process
    for more in range(2):
        with django_assert_num_queries(expected):
            assert browser.get(f"/admin/{page}/").status_code == 200
        for n in range(2):
            clients.register(Client(workspace=workspace, name=f"Client {more}{n}"), None)
            Item.objects.create(workspace=workspace, code=f"I{more}{n}", name="More", material=shop.material)


# --- two people with one form -----------------------------------------------------------------------------------------


def test_an_older_page_does_not_overwrite_what_another_wrote(shop, office, manager, log_in):
    address = f"/admin/crm/client/{shop.client.pk}/change/"
    first, second = log_in(office), log_in(manager)
    sent = {}
    for browser in (first, second):
        page = browser.get(address)
        form = page.context["adminform"].form
        typed = {name: "" if value is None else value for name, value in form.initial.items()} | {"tags": []}
        prefixes = [each.formset.prefix for each in page.context["inline_admin_formsets"]]
        tables = {f"{prefix}-{key}_FORMS": "0" for prefix in prefixes for key in ("TOTAL", "INITIAL")}
        assert f'name="as_opened" value="{form.as_opened}"' in page.content.decode()
        sent[browser] = typed | tables | {"as_opened": form.as_opened, "_continue": "1"}
    assert first.post(address, sent[first] | {"phone": "+27 31 111"}).status_code == 302
    refused = second.post(address, sent[second] | {"notes": "pays late"})
    shop.client.refresh_from_db()
    assert (shop.client.phone, shop.client.notes) == ("+27 31 111", "")
    assert "Somebody changed this record while you had it open" in refused.content.decode()
    assert "pays late" in refused.content.decode()
    newest = refused.context["adminform"].form.as_opened
    assert newest != sent[second]["as_opened"]
    assert second.post(address, sent[second] | {"notes": "pays late", "as_opened": newest}).status_code == 302
    shop.client.refresh_from_db()
    assert shop.client.notes == "pays late"


# --- files people take away -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_becomes_a_formula(start):
    assert escape_cell(f"{start}1+1") == f"'{start}1+1"
    assert escape_cell(f"a{start}1") == f"a{start}1"


def test_a_telephone_number_stays_one():
    assert escape_cell("+27 555 1002") == "+27 555 1002"
    for formula in ("+27-555-1002", "+27 555+1", "+27 A1", "+27\t1"):
        assert escape_cell(formula) == f"'{formula}"


def test_an_export_has_no_column_without_a_name(shop, office, log_in):
    for page in ("/admin/inventory/item/export/csv/", "/admin/production/job/export/csv/"):
        heads = next(csv.reader(io.StringIO(text(log_in(office).get(page)).lstrip("\ufeff"))))
        assert "" not in heads
        assert "Version" not in heads
        assert len(set(heads)) == len(heads)


def test_what_is_no_text_stays_what_it_is():
    assert cell(Decimal("-5.25")) == Decimal("-5.25")
    assert cell(-5) == -5
    assert cell(None) == ""
    assert cell(True) == "yes"
    assert cell(datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)).tzinfo is None
    assert cell(Decimal("NaN")) == "NaN"
    assert cell("a\x00b\x1fc") == "abc"


def test_an_export_is_filtered_escaped_and_told_in_the_log(shop, workspace, office, log_in):
    clients.register(Client(workspace=workspace, name="=HYPERLINK(1)", kind="private", phone="+27 31 555"), None)
    browser = log_in(office)
    answer = browser.get("/admin/crm/client/export/xlsx/?kind__exact=private")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="cutters-client-')
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][:6] == ("Code", "Name", "Kind", "E-mail", "Phone", "VAT number")
    assert len(rows) == 2
    assert rows[1][:3] == ("CL-0002", "'=HYPERLINK(1)", "Private")
    assert rows[1][4] == "+27 31 555"
    row = Activity.objects.get(verb="exported")
    assert row.details == {"what": "clients", "form": "xlsx"}
    line = telling.told(row, sees_money=True)
    assert (line["verb"], line["kind"], line["label"], line["link"]) == ("exported", "", "clients", "")
    assert telling.sentence(row).endswith(": exported clients")


def test_numbers_of_an_export_are_numbers(shop, office, log_in):
    answer = log_in(office).get("/admin/inventory/item/export/xlsx/")
    titles, values = list(load_workbook(io.BytesIO(answer.content)).active.values)
    row = dict(zip(titles, values, strict=True))
    assert (row["On hand"], row["Price per unit"], row["Material"]) == (10, 1850, "Mild steel")


def test_only_who_sees_a_list_may_take_it_away(operator, office, log_in):
    assert log_in(operator).get("/admin/crm/client/export/csv/").status_code == 302  # no back office at all
    browser = log_in(office)
    assert browser.get("/admin/accounts/membership/export/csv/").status_code == 403
    assert browser.get("/admin/crm/client/export/pdf/").status_code == 404
    assert browser.get("/admin/accounts/backgroundtask/export/csv/").status_code == 404


# --- how lists read ---------------------------------------------------------------------------------------------------


def test_codes_and_amounts_stay_on_one_line_and_amounts_stand_under_each_other(shop, office, log_in):
    answer = text(log_in(office).get("/admin/inventory/item/"))
    cells = {found[1].split()[0]: found[1].split() for found in re.finditer(r'<t[hd] class="(field-[^"]*)"', answer)}
    assert ("lo-whole" in cells["field-code"], "lo-figure" in cells["field-code"]) == (True, False)
    assert {"lo-whole", "lo-figure"} <= set(cells["field-costs"])
    assert "lo-whole" not in cells["field-named"]
    assert re.search(r'<th class="[^"]*column-costs[^"]* lo-figure', answer)


def test_a_page_is_called_what_it_is_about(shop, office, log_in):
    browser = log_in(office)
    pages = ("/admin/inventory/item/", "/admin/inventory/item/add/", item_page(shop))
    titles = [re.search(r"<title>(.*?)</title>", text(browser.get(page)), re.S)[1].strip() for page in pages]
    assert titles == ["Items | Laser OS", "New item | Laser OS", f"{shop.sheet} | Item | Laser OS"]


def test_no_list_leaves_the_last_day_out():
    leave_out = [
        room.__class__.__name__
        for room in admin.site._registry.values()
        for entry in room.list_filter or ()
        if isinstance(entry, tuple) and entry[1] is RangeDateFilter
    ]
    assert leave_out == []


@pytest.mark.parametrize(("language", "day"), [("en", "05 Mar 2026"), ("de", "05.03.2026")])
def test_a_date_is_written_in_one_style_wherever_it_stands(language, day):
    from django.utils import translation
    from django.utils.formats import date_format

    from laseros.core.templatetags.laseros import day as of_the_portal

    moment = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
    with translation.override(language):
        assert {date_format(moment, name) for name in ("DATE_FORMAT", "SHORT_DATE_FORMAT")} == {day}
        assert {date_format(moment, name) for name in ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT")} == {f"{day}, 14:30"}
        assert of_the_portal(moment.date()) == day
