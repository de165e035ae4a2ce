"""Every kind of page, for everybody: axe-core finds nothing serious, in light and dark, on a phone and at a desk.

Under the policy the pages are served with, and without a word of complaint on the console.
"""

import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.db import connection, transaction
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from laseros.tests import permissions_ground as ground
from laseros.tests.browser import DESKTOP, PHONE, chromium, house, tabs  # noqa: F401 (fixtures)

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
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
    "/admin/inventory/stockcount/{stock_count}/change/",
    "/admin/labels/?kind=lot&pk={spool}",
    "/admin/production/job/material/{client}/",
    "/admin/machines/machine/{spinning}/change/",
    "/admin/production/enquiry/{enquiry}/change/",
    "/admin/production/designfile/{design_file}/change/",
    "/admin/production/job/",
    "/admin/production/job/{job}/change/",
    "/admin/production/milestonetemplate/{milestone_template}/change/",
    "/admin/production/job/board/",
    "/admin/production/job/calendar/",
    "/admin/production/run/{running}/change/",
    "/admin/billing/quote/{draft}/change/",
    "/admin/billing/invoice/{invoice}/change/",
    "/admin/billing/invoice/{invoice}/do/receive/",
    "/admin/billing/pricerules/{price_rules}/change/",
    "/admin/accounts/activity/?q=Lens",
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
    "/floor/scan/",
    "/floor/counts/",
    "/floor/unsettled/",
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
    "/portal/material/",
    "/portal/upload/",
    "/portal/people/",
    "/portal/jobs/0/",
    "/floor/",
)


# In each page from its beginning, after axe. `wrong(what, known, …)` answers [what axe finds, the texts looked at for
# their contrast, how far the page hangs over its edge]. Looked at is the "page"; or what is "changed": looks another
# way than the page did (at the other width), scrolls or is seen there only; or the "colours" alone. The contrast is
# looked at where all it hangs on (colour, size, weight and what is behind it; its class and that of what holds it) is
# not `known`, at one element for each.
LOOKS = """(() => {
  const seen = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const all = () => [...document.body.querySelectorAll("*")];
  const look = (element) => {
    if (!seen(element)) return "";
    const style = getComputedStyle(element);
    const parts = [style.color, style.backgroundColor, style.backgroundImage, style.opacity, style.fontSize];
    const scrolls = /auto|scroll/.test(style.overflow) &&
      (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight);
    return [...parts, style.fontWeight, scrolls].join();
  };
  let before = new Map();
  const remember = () => { before = new Map(all().map((element) => [element, look(element)])); };
  const otherThings = () => {
    const other = new Set(all().filter((element) => {
      const now = look(element);
      return now && now !== before.get(element);
    }));
    const within = (element) => element && (other.has(element) || within(element.parentElement));
    return [...other].filter((element) => !within(element.parentElement));
  };
  const behind = (element, known) => {
    if (!element) return "";
    if (!known.has(element)) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity].join();
      const covers = /^rgb\\(/.test(backgroundColor) && opacity === "1";
      const shows = own !== "rgba(0, 0, 0, 0),none,1";
      known.set(element, (covers ? "" : behind(element.parentElement, known)) + (shows ? `<${own}` : ""));
    }
    return known.get(element);
  };
  const holdsText = (element) => /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName) ||
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const numbered = (text) => {
    let number = 5381;
    for (let place = 0; place < text.length; place += 1) number = (number * 33 ^ text.charCodeAt(place)) | 0;
    return number;
  };
  const otherTexts = (known) => {
    const grounds = new Map(), texts = new Map(), numbers = new Set(known);
    for (const element of all().filter((element) => holdsText(element) && seen(element))) {
      const {color, fontSize, fontWeight} = getComputedStyle(element);
      const named = [element, element.parentElement].map((one) => [one.tagName, one.getAttribute("class")]);
      const text = [color, fontSize, fontWeight, named, behind(element, grounds)].join();
      if (!texts.has(text)) texts.set(text, element);
    }
    const other = [...texts].map(([text, element]) => [numbered(text), element]);
    return new Map(other.filter(([number]) => !numbers.has(number)));
  };

  for (const rule of axe._audit.rules) rule.enabled &&= GRAVE.includes(rule.impact);
  const contrast = axe._audit.rules.find(({id}) => id === "color-contrast"), {matches} = contrast;
  let texts = new Set();
  contrast.matches = (element, ...more) => texts.has(element) && matches.call(contrast, element, ...more);

  const until = async (come) => {
    for (const began = performance.now(); !come(); await new Promise(requestAnimationFrame)) {
      if (performance.now() - began > 60_000) throw new Error(`not within a minute: ${come}`);
    }
  };
  const isDark = () => document.documentElement.matches("html.dark, html[data-bs-theme=dark]");
  const run = async (what) => {
    const colours = what === "colours" && {runOnly: ["color-contrast"]};
    const include = what === "page" ? [document] : [...(what === "changed" ? otherThings() : []), ...texts];
    const options = {resultTypes: ["violations"], preload: false, ...colours};
    return include.length ? (await axe.run({include}, options)).violations : [];
  };
  window.wrong = async (what, known, {width, dark}) => {
    await until(() => innerWidth >= width && (!dark || isDark()));
    const other = otherTexts(known);
    texts = new Set(other.values());
    const found = await run(what);
    if (what === "page") remember();
    const {scrollWidth, clientWidth} = document.documentElement;
    return [found, [...other.keys()], scrollWidth - clientWidth];
  };
})()"""
WRONG = "async (asked) => JSON.stringify(await wrong(...JSON.parse(asked)))"
# Its entries are more than half of what most pages show. The one of this page stays.
NO_MENU = """for (const entry of document.querySelectorAll("#nav-sidebar-apps li:not(:has(.active))")) entry.remove()"""


class Look:
    """Opens pages, at a desk and on a phone, in light and in dark, and keeps what is wrong with them."""

    def __init__(self, page: Page):
        self.page, self.wrong, self.device = page, [], {}
        self.browser = page.context.new_cdp_session(page)
        page.add_init_script(f"{AXE_SCRIPT}; const GRAVE = {json.dumps(GRAVE)}; {LOOKS}")
        self.known: set[int] = set()  # texts as they looked on the pages before, in either light
        self.knows_menu = False  # it is the same on all pages of a person

    def at(self, path: str) -> None:
        self._be(DESKTOP)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.goto(path)
        self.here(path)

    def here(self, path: str) -> None:
        if self.knows_menu:
            self.page.evaluate(NO_MENU)
        self.knows_menu = self.knows_menu or path.startswith("/admin/")
        self._look("page", f"{path} at a desk")
        self._be(PHONE)
        self._look("changed", f"{path} on a phone")
        self._darken(path)
        self._look("colours", f"{path} on a phone in dark", dark=True)
        self._be(DESKTOP)
        self._look("colours", f"{path} at a desk in dark", dark=True)

    def _be(self, device: dict) -> None:
        """What Playwright does for the devices of a context, on a page that is open."""
        if device is self.device:
            return
        self.device = device
        mobile = device.get("is_mobile", False)
        metrics = {**device["viewport"], "deviceScaleFactor": 1, "mobile": mobile}
        self.browser.send("Emulation.setTouchEmulationEnabled", {"enabled": mobile})
        self.browser.send("Emulation.setDeviceMetricsOverride", metrics)

    def _darken(self, path: str) -> None:
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        if path == "/admin/":  # the theme looks once, when the page is loaded
            self.page.reload()
        elif path.startswith("/admin/"):  # it sets this and nothing else
            self.page.evaluate("document.documentElement.classList.add('dark')")

    def _look(self, what: str, where: str, *, dark: bool = False) -> None:
        # As text: Playwright would wrap each number for itself.
        asked = json.dumps([what, sorted(self.known), {"width": self.device["viewport"]["width"], "dark": dark}])
        found, texts, too_wide = json.loads(self.page.evaluate(WRONG, asked))
        self.known |= set(texts)
        self.wrong += [
            f"{where}: {rule['id']} at {node['target']} ({node['failureSummary'].splitlines()[-1].strip()})"
            for rule in found
            if rule["impact"] in GRAVE
            for node in rule["nodes"]
        ]
        if too_wide > 0 and not dark:
            self.wrong.append(f"{where} is {too_wide} px too wide")


@pytest.fixture
def world(house):  # noqa: F811
    """The world of the permission table, and the web that serves it."""
    with transaction.atomic():  # a thousand rows written to the disk once
        world = ground.build()
        connection.run_on_commit.clear()  # nobody works or listens
    world.house = house("web")
    return world


# Each line is wrong in one place only: in the light at a desk or on a phone, by its width, its name, in the dark.
SPECIMEN = """<!doctype html><html lang="en"><head><title>Specimen</title>
<meta name="viewport" content="width=device-width"><style>
  body { margin: 0; background: white; color: black } p { color: inherit } #desk { color: #ccc } #phone { color: #cdc }
  #wide { width: 30rem; max-width: 100% }
  @media (min-width: 641px) { #phone { display: none } }
  @media (max-width: 640px) {
    #desk { display: none } #wide { width: 60rem; max-width: none } #nameless { display: block }
  }
  @media (prefers-color-scheme: dark) { body { background: black; color: white } #desk, #phone { color: white } }
  @media (prefers-color-scheme: dark) and (max-width: 640px) { #dark { color: #222; font-size: 90% } }
  @media (prefers-color-scheme: dark) and (min-width: 641px) { #night { color: #222 } }
</style></head><body data-dark><main><h1>Specimen</h1><p id="desk">desk</p><p id="phone">phone</p>
<p id="dark">dark</p><p id="night">night</p><p id="wide">wide</p><button id="nameless" hidden></button></main><script>
  matchMedia("(prefers-color-scheme: dark)").onchange = () => { document.documentElement.className = "dark" };
</script></body></html>"""

ON_SLATE = SPECIMEN.replace("<main>", "<main style='background: #222'>")
FAINT = SPECIMEN.replace("</h1>", "</h1><style>.faint { color: #ddd }</style><p class='faint'>faint</p>")


@pytest.fixture
def shown(chromium):  # noqa: F811
    """shown(html) -> what is wrong with that page, opened by one who has seen those before."""
    context = chromium.new_context(**DESKTOP)
    page = context.new_page()
    look = Look(page)

    def show(html: str) -> list[str]:
        page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
        look.wrong = []
        look.at("http://specimen.example/")
        return [re.sub(r"http://specimen.example/| \(.*|\d+ px ", "", each) for each in look.wrong]

    yield show
    context.close()


def test_what_is_wrong_at_one_width_and_in_one_light_is_found(shown):
    assert shown(SPECIMEN) == [
        " at a desk: color-contrast at ['#desk']",
        " on a phone: button-name at ['#nameless']",
        " on a phone: color-contrast at ['#phone']",
        " on a phone is too wide",
        " on a phone in dark: color-contrast at ['#dark']",
        " at a desk in dark: color-contrast at ['#night']",
    ]


def test_a_text_is_looked_at_again_when_anything_its_contrast_hangs_on_is_different(shown):
    shown(SPECIMEN)
    assert shown(SPECIMEN) == [" on a phone: button-name at ['#nameless']", " on a phone is too wide"]
    assert " at a desk: color-contrast at ['h1']" in shown(ON_SLATE)
    assert " at a desk: color-contrast at ['.faint']" in shown(FAINT)


def test_everybody_can_use_every_page(world, tabs):  # noqa: F811
    people = tabs(world.house)
    people.expected = ("Failed to load resource",)  # pages that are not there are looked at too
    page = people.open(DESKTOP)
    look = Look(page)
    for who, paths in {
        "anonymous": ENTRANCE,
        "office": OFFICE,
        "admin": ADMINISTRATOR,
        "operator": OPERATOR,
        "client": BUYER,
    }.items():
        people.become(page, world.visitors[who].session)
        look.knows_menu = False
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
