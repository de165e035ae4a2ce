"""On a phone: a drawing goes up, its price comes, it is ordered; a proof is approved; the shop makes it."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import expect

from accounts.models import Workspace
from inventory.models import Item
from laseros.tests.browser import DESKTOP, PHONE, chromium, house, tabs  # noqa: F401 (fixtures)
from laseros.tests.ground import stock_shop
from portal.tests.ground import let_in
from production import runs
from production.models import Job, Operation
from production.tests.dxf import drawings as dxf

pytestmark = pytest.mark.browser

PLATE = {"name": "plate.dxf", "mimeType": "image/vnd.dxf", "buffer": dxf.dxf(dxf.plate_text()).encode()}
SHAPE = {"name": "open.dxf", "mimeType": "image/vnd.dxf", "buffer": dxf.dxf(dxf.line(0, 0, 80, 0)).encode()}


def test_from_a_phone_to_a_finished_part(house, tabs, make_workspace, person):  # noqa: F811
    workspace = make_workspace("cutters", portal_orders="all", quote_terms="Ex works.")
    person("office", workspace)
    with scope(workspace=workspace):
        shop = stock_shop(workspace)
        Item.objects.update(is_offered=True)
    user = let_in(shop.contact)
    shop_tabs = tabs(house("web", "worker"))

    phone = shop_tabs.come_in(shop_tabs.open(PHONE), user.email)
    parts = uploads_two_and_takes_one_off(phone)
    orders_twelve(phone, parts)
    with scope(workspace=workspace):
        job = Job.objects.get()
        assert job.lines.get().quantity == 12
    desk = shop_tabs.come_in(shop_tabs.open(DESKTOP), "office@cutters.example")
    a_proof_is_sent_and_approved(desk, phone, job)

    # It is made, and the page that is open says so by itself.
    with scope(workspace=workspace):
        operation = Operation.objects.select_related("machine", "job_line__job").get()
        runs.finish(runs.start(operation, operation.machine, None), good=12, scrap=0, by=None)
        assert Job.objects.get().made_at <= timezone.now()
    expect(phone.locator("#progress").get_by_text("12 of 12 made")).to_be_visible()
    assert Workspace.objects.get().pk == workspace.pk


def uploads_two_and_takes_one_off(phone):
    """Two drawings at once; what is wrong with one of them is named, and it is taken off again."""
    phone.goto("/portal/")
    phone.get_by_role("link", name="Upload a drawing").first.click()
    phone.wait_for_load_state()  # nobody picks files before the page has its scripts
    phone.locator("#upload").set_input_files([PLATE, SHAPE])
    parts = phone.locator(".upload-part")
    expect(parts).to_have_count(2)
    expect(phone.locator(".dropzone-file")).to_have_count(0)  # the list of parts tells of them
    expect(parts.filter(has_text="open").get_by_text("Open ends")).to_be_visible()
    phone.get_by_role("button", name="Take open off").click()
    expect(parts).to_have_count(1)
    expect(parts.get_by_text("nothing wrong")).to_be_visible()
    return parts


def orders_twelve(phone, parts):
    """Material and pieces: the price is there without loading the page again."""
    phone.evaluate("window.neverLoadedAgain = true")
    parts.get_by_label("Material").select_option(label="Mild steel 3 mm")
    expect(phone.locator("#sums .portal-total dd")).to_be_visible()
    parts.get_by_label("Pieces").fill("12")
    parts.get_by_label("Pieces").blur()
    expect(parts.locator(".upload-price")).to_contain_text("12 ×")
    assert phone.evaluate("window.neverLoadedAgain")
    sums = phone.locator("#sums")
    sums.get_by_label("I accept the terms").check()
    sums.get_by_role("button", name="Order with obligation to pay").click()
    phone.get_by_role("dialog").get_by_role("button", name="Order with obligation to pay").click()
    expect(phone.get_by_text("Thank you for your order.")).to_be_visible()


def a_proof_is_sent_and_approved(desk, phone, job):
    desk.goto(reverse("admin:production_job_verb", args=[job.pk, "proof"]))
    desk.locator("#id_upload").set_input_files(PLATE)
    desk.locator("#id_note").fill("Holes as agreed")
    desk.get_by_role("button", name="Send a proof to the client").click()
    expect(desk.get_by_text("The proof is on its way.")).to_be_visible()
    phone.goto("/portal/")
    phone.get_by_role("link", name="Approve what we are going to make").click()
    expect(phone.get_by_text("Holes as agreed")).to_be_visible()
    phone.get_by_role("button", name="Approve version 1").click()
    expect(phone.get_by_text("Thank you. We make it like this.")).to_be_visible()
