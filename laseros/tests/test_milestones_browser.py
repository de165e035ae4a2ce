"""The shop says what its milestones are, three presses bring a job to ready, the client sees each at once."""

from io import BytesIO

import pytest
from django.urls import reverse
from django_scopes import scope
from PIL import Image
from playwright.sync_api import expect

from crm import links
from laseros.tests.browser import DESKTOP, PHONE, chromium, house, tabs  # noqa: F401 (fixtures)
from laseros.tests.ground import stock_shop
from production.models import MilestoneTemplate
from production.tests.ground import new_job

pytestmark = pytest.mark.browser


def picture() -> dict:
    out = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG")
    return {"name": "ready.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_three_presses_bring_a_job_to_ready(house, tabs, make_workspace, person):  # noqa: F811
    workspace = make_workspace("cutters")
    person("office", workspace)
    person("operator", workspace)
    with scope(workspace=workspace):
        shop = stock_shop(workspace)
        template = MilestoneTemplate.objects.get()
        template.milestones.filter(position__lt=5).delete()
    shop_tabs = tabs(house("web"))
    shop_tabs.expected = ("navigator.vibrate",)  # nobody has touched the page that the camera opened

    # The shop renames a milestone and puts another one before it.
    desk = shop_tabs.log_in(shop_tabs.open(DESKTOP), "office@cutters.example")
    desk.goto(reverse("admin:production_milestonetemplate_change", args=[template.pk]))
    desk.locator("#id_milestones-1-name").fill("Ready for you")
    desk.locator("#id_milestones-0-is_shown").check()
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("was changed successfully")).to_be_visible()

    job = new_job(shop)
    with scope(workspace=workspace):
        address = f"/portal/link/{links.token(links.make(job, shop.client))}/"
    client = shop_tabs.open(PHONE)
    client.goto(address)
    steps = client.locator("#progress .milestones li")
    expect(steps).to_have_count(3)
    client.evaluate("window.neverLoadedAgain = true")

    floor = shop_tabs.log_in(shop_tabs.open(PHONE), "operator@cutters.example")
    floor.goto(f"/q/cutters/j/{job.number}")  # what the phone's camera reads
    floor.wait_for_url(f"**{reverse('floor:job', args=[job.pk])}")
    for number, name in enumerate(("Checked", "Ready for you", "Delivered")):
        floor.locator("#reach").get_by_text(name).click()
        expect(floor.get_by_text(f"Reached: {name}.")).to_be_visible()
        expect(steps.nth(number)).to_have_class("is-done")
        expect(client.locator("#progress .is-done")).to_have_count(number + 1)
    expect(floor.get_by_text("Every milestone is reached.")).to_be_visible()

    floor.locator("#undo").click()
    expect(client.locator("#progress .is-now")).to_contain_text("Delivered")
    floor.locator("input[type=file]").last.set_input_files(picture())
    expect(floor.get_by_text("The photograph is kept.")).to_be_visible()
    expect(client.locator("#progress img")).to_be_visible()
    assert client.evaluate("window.neverLoadedAgain")
