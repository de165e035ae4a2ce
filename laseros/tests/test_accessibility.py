"""Every kind of page, for everybody: axe-core finds nothing serious, in light and dark, on a phone and at a desk.

Under the policy the pages are served with, and without a word of complaint on the console.
"""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from laseros.tests import permissions_ground as ground
from laseros.tests.browser import DESKTOP, PHONE, chromium, house, tabs  # noqa: F401 (fixtures)

pytestmark = pytest.mark.browser

GRAVE = {"serious", "critical"}
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast"]}  # what else there is to find does not change in the dark
# person → the pages looked at as that person; {record} is the number of one in `permissions_ground`
ENTRANCE = (
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/{uid}-{key}/",
    "/accounts/password/reset/key/x-y/",
    "/portal/link/{link_quote}/",
    "/portal/link/{link_job}/",
    "/portal/link/{link_invoice}/",
    "/portal/link/forged/",
    "/nowhere/",
)
OFFICE = (
    "/admin/",
    "/admin/crm/client/",
    "/admin/crm/client/?q=nobody+of+that+name",
    "/admin/crm/client/add/",
    "/admin/crm/client/{client}/change/",
    "/admin/crm/client/{client}/history/",
    "/admin/crm/client/{client}/do/invite/",
    "/admin/inventory/item/{item}/change/",
    "/admin/inventory/item/{item}/do/book-in/",
    "/admin/machines/machine/{spinning}/change/",
    "/admin/production/enquiry/{enquiry}/change/",
    "/admin/production/designfile/{design_file}/change/",
    "/admin/production/job/",
    "/admin/production/job/{job}/change/",
    "/admin/production/milestonetemplate/{milestone_template}/change/",
    "/admin/production/run/{running}/change/",
    "/admin/billing/quote/{draft}/change/",
    "/admin/billing/invoice/{invoice}/change/",
    "/admin/billing/invoice/{invoice}/do/receive/",
    "/admin/billing/pricerules/{price_rules}/change/",
    "/admin/accounts/activity/",
    "/admin/accounts/outgoingmail/{mail}/change/",
    "/admin/nowhere/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/portal/",
)
ADMINISTRATOR = (
    "/admin/accounts/workspace/{workspace}/change/",
    "/admin/accounts/membership/",
    "/admin/accounts/membership/add/",
)
OPERATOR = (
    "/floor/machines/",
    "/floor/",
    "/floor/operations/{operation}/",
    "/floor/jobs/{job}/",
    "/floor/operations/{running_operation}/",
    "/floor/runs/{running}/finish/",
    "/floor/runs/{running}/abort/",
    "/board/",
    "/board/?tv=1",
    "/admin/login/",
)
BUYER = (
    "/portal/",
    "/portal/quotes/",
    "/portal/quotes/{sent}/",
    "/portal/quotes/{accepted}/",
    "/portal/jobs/",
    "/portal/jobs/{running_job}/",
    "/portal/invoices/",
    "/portal/invoices/{invoice}/",
    "/portal/jobs/0/",
    "/floor/",
)


class Look:
    """Opens pages at one width, in light and in dark, and keeps what is wrong with them."""

    def __init__(self, page: Page):
        self.page, self.wrong = page, []

    def at(self, path: str) -> None:
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.goto(path)
        self.here(path)

    def here(self, path: str) -> None:
        self.page.evaluate(AXE_SCRIPT)
        self._note(path, EVERYTHING)
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        if path.startswith("/admin/"):  # its theme looks once, when the page is loaded
            if path == "/admin/":
                self.page.reload()
                self.page.evaluate(AXE_SCRIPT)
            else:  # it sets this and nothing else
                self.page.evaluate("document.documentElement.classList.add('dark')")
        expect(self.page.locator("html.dark, html[data-bs-theme=dark]")).to_be_attached()
        self._note(f"{path} in dark", COLOURS)
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if width > 0:
            self.wrong.append(f"{path} is {width} px too wide")

    def _note(self, what: str, options: dict) -> None:
        found = self.page.evaluate("(options) => axe.run(document, options)", options)["violations"]
        self.wrong += [
            f"{what}: {rule['id']} at {node['target']} ({node['failureSummary'].splitlines()[-1].strip()})"
            for rule in found
            if rule["impact"] in GRAVE
            for node in rule["nodes"]
        ]


@pytest.fixture
def world(house):  # noqa: F811
    """The world of the permission table, and the web that serves it."""
    world = ground.build()
    world.house = house("web")
    return world


def test_everybody_can_use_every_page_at_a_desk(world, tabs):  # noqa: F811
    everybody_looks_at_every_page(world, tabs(world.house), DESKTOP)


def test_everybody_can_use_every_page_on_a_phone(world, tabs):  # noqa: F811
    everybody_looks_at_every_page(world, tabs(world.house), PHONE)


def everybody_looks_at_every_page(world, people, device: dict) -> None:
    people.expected = ("Failed to load resource",)  # pages that are not there are looked at too
    page = people.open(device)
    look = Look(page)
    for who, paths in {
        "anonymous": ENTRANCE,
        "office": OFFICE,
        "admin": ADMINISTRATOR,
        "operator": OPERATOR,
        "client": BUYER,
    }.items():
        people.become(page, world.visitors[who].session)
        for path in paths:
            look.at(path.format_map({name: getattr(record, "pk", record) for name, record in vars(world).items()}))
    people.become(page, world.visitors["operator"].session)
    a_refusal(page, world)
    look.here("a refusal")
    page.route("**/broken/", lambda route: route.fulfill(body=render_to_string("500.html"), content_type="text/html"))
    look.at("/broken/")
    assert not look.wrong, "\n" + "\n".join(look.wrong)


def a_refusal(page: Page, world) -> None:
    """The page of somebody who starts work that stands at another machine by now."""
    page.goto("/floor/machines/")
    page.get_by_role("button", name=world.machine.name).click()
    form = page.locator(f"form[action='/floor/operations/{world.operation.pk}/start/']").first
    form.locator("[name=machine]").evaluate("(field, other) => { field.value = other }", str(world.busy.pk))
    with page.expect_navigation():
        form.evaluate("(form) => HTMLFormElement.prototype.submit.call(form)")
    expect(page.get_by_text("This work has moved to")).to_be_visible()
