"""As a new user would: from an empty installation to three things ordered and taken in, by the pages alone."""

import pytest
from django.conf import settings
from django.test import Client as Browser
from django_scopes import scope
from playwright.sync_api import expect

from accounts.models import OutgoingMail, Workspace
from inventory.models import Item, PurchaseOrder
from laseros.tests.browser import chromium, profile  # noqa: F401 (a fixture)
from laseros.tests.ground import new_person, perform_waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THINGS = (("Cutting nozzle", "85", "10"), ("Protective lens", "390", "4"), ("Oxygen", "620", "2"))


@pytest.fixture
def page(live_server, chromium):  # noqa: F811
    session = Browser()
    session.force_login(new_person("superuser"), backend="accounts.backends.WorkspaceRoleBackend")
    cookie = session.cookies[settings.SESSION_COOKIE_NAME].value
    with profile(base_url=live_server.url, viewport={"width": 1280, "height": 900}) as context:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        yield context.new_page()


def test_from_an_empty_installation_to_three_things_bought(page):
    page.goto("/admin/")
    page.get_by_label("Name of the business").fill("Fresh Works")
    page.get_by_role("button", name="Begin").click()
    for name, price, minimum in THINGS:
        page.goto("/admin/inventory/item/add/")
        page.fill("#id_name", name)
        page.select_option("#id_category", "consumable")
        page.select_option("#id_unit", "pcs")
        page.fill("#id_minimum", minimum)
        page.fill("#id_price", price)
        page.click("button[name=_save]")
    page.goto("/admin/inventory/need/")
    page.get_by_role("link", name="Add a supplier").click()
    page.fill("#id_name", "Port Gases")
    page.fill("#id_email", "orders@port.example")
    page.click("button[name=_save]")
    page.goto("/admin/inventory/need/")
    page.get_by_role("button", name="Note it").click()
    page.get_by_role("button", name="Order all 3").click()
    page.get_by_role("link", name="Send", exact=True).click()
    page.locator("dialog[open] button[type=submit]").click()
    page.get_by_role("link", name="Receive goods").click()
    for code in ("INV-CONS-001", "inv-cons-001"):
        page.fill("#scan-code", code)
        page.keyboard.press("Enter")
    expect(page.locator("[data-scanned]")).to_have_text("INV-CONS-001: 2")
    page.get_by_role("button", name="All of it came").click()
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_text("Taken in.")).to_be_visible()
    perform_waiting()
    with scope(workspace=Workspace.objects.get()):
        order = PurchaseOrder.objects.get()
        assert (order.state, order.net, bool(order.pdf)) == ("received", 3650, True)
        assert OutgoingMail.objects.get().to == "orders@port.example"
        assert list(Item.objects.order_by("code").values_list("on_hand", flat=True)) == [10, 4, 2]
