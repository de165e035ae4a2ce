"""A session that ends under an open form: after logging in, the same person has what was typed, and nobody else has."""

import json

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django_scopes import scope
from playwright.sync_api import expect

from billing.models import Quote
from crm.models import Client
from laseros.tests.browser import chromium, profile  # noqa: F401 (a fixture)
from laseros.tests.ground import new_person, new_workspace, stock_shop
from laseros.tests.permissions_doors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AGAIN = "You had been logged out. What you had typed is here again; nothing is stored yet."
KEPT = "JSON.parse(sessionStorage.getItem('laseros-typed'))"


def log_in(page, person):
    page.get_by_label("E-mail").fill(person.email)
    page.locator("#id_password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()


def come_in(page, person, url):
    """As one who logged in before."""
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": Visitor(person).session, "url": url}
    page.context.add_cookies([cookie])


@pytest.fixture
def desk(live_server, chromium, settings):  # noqa: F811
    """A tab of a manager who is logged in: `page.shop`, `page.boss`; `page.other` works in the same business."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    workspace = new_workspace("cutters")
    with scope(workspace=workspace):
        shop = stock_shop(workspace)
    with profile(base_url=live_server.url, viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.shop, page.boss, page.other = shop, new_person("manager", workspace), new_person("office", workspace)
        come_in(page, page.boss, live_server.url)
        yield page


def end_session():
    Session.objects.all().delete()


def fill_quote(page):
    page.goto("/admin/billing/quote/add/")
    page.locator(".field-client .select2-selection").click()
    page.locator(".select2-results__option", has_text="Umgeni Pumps").click()
    page.locator("[name=title]").fill("Brackets")
    page.locator("[name=note]").fill("first\nsecond")
    for row, price in enumerate(("18.37", "9.5")):
        page.locator("#lines-group a.add-row").click()
        page.locator(f"[name=lines-{row}-description]").fill(f"Bracket {row}")
        page.locator(f"[name=lines-{row}-quantity]").fill(str(row + 3))
        page.locator(f"[name=lines-{row}-unit_price]").fill(price)


def save(page):
    page.locator("#submit-row [name=_save]").click()


def test_a_quote_with_its_lines_and_prices_is_there_again(desk, live_server):
    page = desk
    fill_quote(page)
    end_session()
    save(page)
    expect(page.get_by_text("What you had typed is kept in this tab")).to_be_visible()
    page.locator("#id_password").fill("wrong")  # the first try fails, and nothing is forgotten
    page.get_by_label("E-mail").fill(page.boss.email)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("not correct")).to_be_visible()
    log_in(page, page.boss)
    expect(page.get_by_text(AGAIN)).to_be_visible()
    expect(page).to_have_url(f"{live_server.url}/admin/billing/quote/add/")
    expect(page.locator(".field-client .select2-selection__rendered")).to_contain_text("Umgeni Pumps")
    expect(page.locator("[name=note]")).to_have_value("first\nsecond")
    assert page.evaluate(KEPT) is None
    with scope(workspace=page.shop.workspace):
        assert not Quote.objects.exists()
    save(page)
    expect(page.get_by_text("was added successfully")).to_be_visible()
    with scope(workspace=page.shop.workspace):
        lines = Quote.objects.get(title="Brackets", client=page.shop.client).lines.order_by("position")
        assert [(each.description, each.quantity, str(each.unit_price)) for each in lines] == [
            ("Bracket 0", 3, "18.3700"),
            ("Bracket 1", 4, "9.5000"),
        ]


def test_somebody_else_who_logs_in_finds_an_empty_form(desk):
    page = desk
    page.goto("/admin/crm/client/add/")
    page.locator("[name=name]").fill("Secret Client")
    end_session()
    save(page)
    expect(page.get_by_text("What you had typed is kept in this tab")).to_be_visible()
    assert page.evaluate(KEPT)["interrupted"] is True
    log_in(page, page.other)
    expect(page).to_have_url(f"{page.url.split('/admin')[0]}/admin/crm/client/add/")
    page.wait_for_function("sessionStorage.getItem('laseros-typed') === null")
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.get_by_text(AGAIN)).to_have_count(0)


def test_who_logged_in_in_another_tab_goes_back_to_what_was_typed(desk):
    page = desk
    page.goto("/admin/crm/client/add/")
    page.locator("[name=name]").fill("Tab Works")
    end_session()
    second = page.context.new_page()
    second.goto("/admin/")
    log_in(second, page.boss)
    second.wait_for_url("**/admin/")
    save(page)
    page.get_by_role("link", name="Back to the form").click()
    expect(page.get_by_text(AGAIN)).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Tab Works")
    save(page)
    expect(page.get_by_text("was added successfully")).to_be_visible()
    with scope(workspace=page.shop.workspace):
        assert Client.objects.filter(name="Tab Works").count() == 1


def test_what_somebody_changed_meanwhile_is_still_told(desk):
    page, client = desk, desk.shop.client
    page.goto(f"/admin/crm/client/{client.pk}/change/")
    page.locator("[name=name]").fill("Umgeni Pumps and Valves")
    end_session()
    with scope(workspace=page.shop.workspace):
        Client.objects.filter(pk=client.pk).update(name="Umgeni Pumps Ltd")
    save(page)
    log_in(page, page.boss)
    expect(page.locator("[name=name]")).to_have_value("Umgeni Pumps and Valves")
    save(page)
    expect(page.get_by_text("Somebody changed this record while you had it open")).to_be_visible()
    client.refresh_from_db()
    assert client.name == "Umgeni Pumps Ltd"


def test_passwords_and_files_are_not_kept_and_the_missing_file_is_told(desk, live_server):
    page, workspace = desk, desk.shop.workspace
    come_in(page, new_person("admin", workspace), live_server.url)
    page.goto(f"/admin/accounts/workspace/{workspace.pk}/change/")
    page.locator("[name=name]").fill("Cutters and Sons")
    hidden = "<input type=password name=secret value=hush>"
    page.evaluate("html => document.querySelector('[name=name]').insertAdjacentHTML('afterend', html)", hidden)
    page.locator("#id_logo").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"PNG"})
    end_session()
    save(page)
    expect(page.get_by_text("What you had typed is kept in this tab")).to_be_visible()
    kept = json.dumps(page.evaluate(KEPT))
    assert "Cutters and Sons" in kept
    assert "hush" not in kept
    assert "csrf" not in kept
    log_in(page, page.boss.__class__.objects.get(email=f"admin@{workspace.slug}.example"))
    expect(page.get_by_text(f"{AGAIN} Choose the files again.")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Cutters and Sons")


def test_what_was_stored_is_kept_nowhere(desk):
    page = desk
    page.goto("/admin/crm/client/add/")
    page.locator("[name=name]").fill("Kept Nowhere")
    save(page)
    expect(page.get_by_text("was added successfully")).to_be_visible()
    page.wait_for_function("sessionStorage.getItem('laseros-typed') === null")
    page.goto("/admin/crm/client/add/")
    expect(page.locator("[name=name]")).to_have_value("")
