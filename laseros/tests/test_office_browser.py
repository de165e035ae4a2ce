"""The back office in Chromium: its policy is kept, the keyboard is enough. What axe finds: `test_accessibility`."""

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import expect

from accounts.models import Membership
from billing.tests.ground import new_enquiry
from crm.models import Client
from inventory.models import Item
from laseros.tests.browser import PATIENCE, chromium, profile  # noqa: F401 (fixtures)
from laseros.tests.ground import new_person, new_workspace, stock_shop
from production.tests.ground import line, new_job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office_page(live_server, chromium):  # noqa: F811
    """A tab of an administrator of two businesses; what the browser complained about is in `complaints`."""
    workspace, other = new_workspace("cutters"), new_workspace("printers")
    with scope(workspace=workspace):
        shop = stock_shop(workspace)
    boss = new_person("admin", workspace)
    with scope(workspace=other):
        Membership.objects.create(workspace=other, user=boss, role="office")
    session = Browser()
    session.force_login(boss, backend="accounts.backends.WorkspaceRoleBackend")
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": session.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": live_server.url,
    }
    with profile(base_url=live_server.url, viewport={"width": 1280, "height": 900}) as context:
        context.add_cookies([cookie])
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: message.type in ("error", "warning") and page.complaints.append(message.text),
        )
        page.shop = shop
        yield page


def test_the_palette_finds_and_opens_by_keyboard_alone(office_page):
    page = office_page
    page.goto("/admin/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    page.keyboard.type("umgeni")
    expect(page.locator("#command-results-list li")).to_have_count(2)
    expect(page.locator("#command-results-list")).to_contain_text("Client")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/admin')[0]}/admin/crm/client/{page.shop.client.pk}/change/")
    assert page.complaints == []


def test_a_deed_that_asks_first_asks_in_a_dialog(office_page):
    page, shop = office_page, office_page.shop
    page.goto(f"/admin/crm/client/{shop.client.pk}/change/")
    page.get_by_role("link", name="Archive").click()
    dialog = page.get_by_role("dialog", name="Archive: CL-0001 Umgeni Pumps")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Back").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Archive").click()
    dialog.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Archived.")).to_be_visible()
    expect(page.get_by_role("button", name="Restore")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_job_has_one_next_step_and_the_rest_in_a_menu_for_the_keyboard_too(office_page, width):
    page = office_page
    with scope(workspace=page.shop.workspace):
        job = new_job(page.shop, lines=[line(page.shop, item=None)])
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"/admin/production/job/{job.pk}/change/")
    step, hold = page.locator(".lo-step"), page.get_by_role("link", name="Put on hold")
    assert [each.inner_text().split("\n")[-1] for each in step.locator("> .lo-button").all()] == [
        "Made without a machine"
    ]
    expect(step).to_contain_text("What is in no machine's queue is left: this counts it as made.")
    expect(hold).to_be_hidden()
    menu = page.locator(".lo-deeds-menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(hold).to_be_visible()
    expect(page.get_by_role("group", name="Delivery and money")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator(".lo-deeds-menu > .lo-menu-panel").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    expect(hold).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    paper = page.get_by_role("link", name="Pro forma invoice")
    paper.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Back").click()
    expect(paper).to_be_focused()
    assert page.complaints == []


def test_long_names_make_no_page_wide_and_cut_no_field(office_page):
    page, shop = office_page, office_page.shop
    with scope(workspace=shop.workspace):
        Client.objects.filter(pk=shop.client.pk).update(name="Drakensberg Gates & Fences (Pty) Ltd of Harrismith")
        Item.objects.update(name="Polyethylene terephthalate glycol, grey, 1.75 mm on a spool of a kilogram")
        enquiry = new_enquiry(shop, {"design_file": None, "item": Item.objects.first(), "quantity": 10})
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/admin/production/enquiry/{enquiry.pk}/change/")
    expect(page.locator(".select2-selection__rendered", has_text="Drakensberg")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    lines = page.locator(".formset-wrapper .simplebar-content-wrapper")
    expect(lines).to_be_visible()
    assert lines.evaluate("lines => lines.scrollWidth <= lines.clientWidth")
    assert page.complaints == []


def test_a_number_format_is_tried_as_it_is_typed(office_page):
    page, shop = office_page, office_page.shop
    page.goto(f"/admin/accounts/workspace/{shop.workspace.pk}/change/")
    page.get_by_role("button", name="Numbers", exact=True).focus()
    page.keyboard.press("Enter")
    field, example = page.locator("#id_number_quote"), page.locator("#example-quote")
    field.fill("AN-{n:3}")
    expect(example).to_have_text("Next: AN-001")
    field.fill("AN-{x}")
    expect(example).to_contain_text("The format needs {n} once")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert page.complaints == []


def test_a_new_machine_asks_what_its_connection_needs(office_page):
    page = office_page
    page.goto("/admin/machines/machine/add/")
    page.locator("#id_name").fill("Printer 1")
    page.locator("#id_driver").select_option("bambu")
    expect(page.locator("#id_setting_access_code")).to_be_visible()
    expect(page.locator("#id_driver")).to_be_focused()
    expect(page.locator("#id_name")).to_have_value("Printer 1")
    page.locator("#id_driver").select_option("manual")
    expect(page.locator("#id_setting_access_code")).to_have_count(0)
    assert page.complaints == []


def test_a_chosen_file_is_named_in_its_own_box_and_nowhere_else(office_page):
    page, shop = office_page, office_page.shop
    photo = {"name": "sign.png", "mimeType": "image/png", "buffer": b"PNG"}
    page.goto(f"/admin/accounts/workspace/{shop.workspace.pk}/change/")
    page.locator("#id_logo").set_input_files(photo)
    expect(page.locator(".lo-file input[type=text]")).to_have_value("sign.png")
    with scope(workspace=shop.workspace):
        job = new_job(shop, lines=[line(shop)])
        job.milestones.order_by("position").update(at=timezone.now(), state="reached")
    page.goto(f"/admin/production/job/{job.pk}/change/")
    page.locator("input[type=file]").first.set_input_files(photo)
    assert "sign.png" not in [box.input_value() for box in page.locator("input[type=text]").all()]
    assert page.complaints == []


def test_switching_the_business_in_the_header(office_page):
    page = office_page
    page.goto("/admin/crm/client/")
    expect(page.get_by_text("Umgeni Pumps")).to_be_visible()
    page.locator(".lo-switcher summary").click()
    page.get_by_role("button", name="Printers").click()
    expect(page.locator(".lo-switcher summary")).to_contain_text("Printers")
    page.goto("/admin/crm/client/")
    expect(page.get_by_text("No clients yet")).to_be_visible()


def test_the_keys_are_told(office_page):
    page = office_page
    page.goto("/admin/crm/client/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{page.url.split('/admin')[0]}/admin/crm/client/add/")
