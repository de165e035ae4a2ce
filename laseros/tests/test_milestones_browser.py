"""On phones: the shop says what its milestones are, three scans bring a job to ready, the client sees each at once."""

import os
from io import BytesIO

import pytest
from django.urls import reverse
from django_scopes import scope
from PIL import Image
from playwright.sync_api import Page, expect

from crm import links
from laseros.tests.browser import DESKTOP, PHONE, chromium, house, tabs  # noqa: F401 (fixtures)
from laseros.tests.ground import stock_shop
from machines.tests.at_once import BESIDE_OTHERS
from production import job_templates
from production.models import Job
from production.tests.ground import new_job

pytestmark = pytest.mark.browser

STEPS = ("Checked", "Ready for you", "Delivered")
# From the scan's answer to the client's page, on a machine that is at nothing else.
AT_ONCE = 1.0
# When the client's page shows one reached milestone more, by the clock that the answers' times are of.
WATCH = """() => {
    window.neverLoadedAgain = true;
    window.seenAt = [];
    const look = () => {
        const reached = document.querySelectorAll("#progress .is-done").length;
        while (window.seenAt.length < reached) window.seenAt.push(Date.now());
    };
    new MutationObserver(look).observe(document.body, {childList: true, subtree: true, attributes: true});
}"""


def picture() -> dict:
    out = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG")
    return {"name": "ready.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def patience() -> float:
    """Seconds: what is promised, times what else the machine has to do."""
    return AT_ONCE * BESIDE_OTHERS * max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))


def a_template_of_milestones(desk: Page) -> None:
    """A kind of job with its milestones, the last one put in its place by a button, not by its number."""
    desk.goto(reverse("admin:production_milestonetemplate_add"))
    desk.locator("#id_name").fill("Flanges")
    for number, name in enumerate(("Checked", "Delivered", "Ready for you")):
        desk.get_by_text("Add another Milestone").click()
        desk.locator(f"#id_milestones-{number}-name").fill(name)
        desk.locator(f"#id_milestones-{number}-is_shown").check()
    last = desk.locator("#id_milestones-2-name").locator("xpath=ancestor::tbody[1]")
    last.get_by_role("button", name="Move up").click()
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("was added successfully")).to_be_visible()


def a_job(desk: Page, template) -> None:
    """From what is kept of a job that was made before, followed by the new milestones."""
    desk.goto(reverse("admin:production_jobtemplate_change", args=[template.pk]))
    desk.locator("#id_milestones").select_option(label="Flanges")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("was changed successfully")).to_be_visible()
    desk.goto(f"{reverse('admin:production_jobtemplate_new')}?template={template.pk}")
    desk.locator("#id_client").select_option(index=1)
    desk.get_by_role("button", name="Open the job").click()
    expect(desk.get_by_text("is opened.")).to_be_visible()


def scan(floor: Page, job: Job, name: str) -> float:
    """The traveller's code opens the job, a thumb reaches what is next; the moment of the answer, by the clock."""
    floor.goto(f"/q/cutters/j/{job.number}")  # what the phone's camera reads
    floor.wait_for_url(f"**{reverse('floor:job', args=[job.pk])}")
    with floor.expect_response(lambda answer: answer.request.method == "POST") as answer:
        floor.locator("#reach").get_by_text(name).click()
    answer.value.finished()
    took = answer.value.request.timing
    expect(floor.get_by_text(f"Reached: {name}.")).to_be_visible()
    return (took["startTime"] + took["responseEnd"]) / 1000


def test_three_scans_bring_a_job_to_ready(house, tabs, make_workspace, person, request):  # noqa: F811
    workspace = make_workspace("cutters")
    office = person("office", workspace)
    person("operator", workspace)
    with scope(workspace=workspace):
        shop = stock_shop(workspace)
    before = new_job(shop)
    with scope(workspace=workspace):
        template = job_templates.keep(before, "Flanges", office)
    shop_tabs = tabs(house("web"))
    shop_tabs.expected = ("navigator.vibrate",)  # nobody has touched the page that the camera opened

    desk = shop_tabs.come_in(shop_tabs.open(PHONE), office.email)
    a_template_of_milestones(desk)
    a_job(desk, template)
    with scope(workspace=workspace):
        job = Job.objects.exclude(pk=before.pk).get()
        assert tuple(job.milestones.values_list("name", flat=True)) == STEPS
        address = f"/portal/link/{links.token(links.make(job, shop.client))}/"
    client = shop_tabs.open(PHONE)
    client.goto(address)
    steps = client.locator("#progress .milestones li")
    expect(steps).to_have_count(3)
    client.evaluate(WATCH)

    floor = shop_tabs.come_in(shop_tabs.open(PHONE), "operator@cutters.example")
    answered = []
    for number, name in enumerate(STEPS):
        answered.append(scan(floor, job, name))
        expect(steps.nth(number)).to_have_class("is-done")
        expect(client.locator("#progress .is-done")).to_have_count(number + 1)
    expect(floor.get_by_text("Every milestone is reached.")).to_be_visible()
    seen = client.evaluate("window.seenAt")
    waited = [round(at / 1000 - answer, 2) for at, answer in zip(seen, answered, strict=True)]
    request.node.user_properties.append(("seconds until the client saw it", str(waited)))
    assert max(waited) < patience(), waited

    floor.locator("#undo").click()
    expect(client.locator("#progress .is-now")).to_contain_text("Delivered")
    floor.locator("input[type=file]").last.set_input_files(picture())
    expect(floor.get_by_text("The photograph is kept.")).to_be_visible()
    expect(client.locator("#progress img")).to_be_visible()
    assert client.evaluate("window.neverLoadedAgain")
