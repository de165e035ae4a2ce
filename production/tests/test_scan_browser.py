"""The scanner in a browser: a label held before the camera, a hand scanner, and two hours without a network."""

import time
from datetime import timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import expect, sync_playwright

from inventory import ledger, locations, lots
from inventory.labels import contents, formats, paper
from inventory.models import Item, Location, Lot, Material, Move, ScanEvent
from laseros.tests.browser import ARGUMENTS, PATIENCE, PHONE, eventually, executable, house  # noqa: F401 (fixtures)
from production import milestones
from production.tests.ground import new_job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery"


@pytest.fixture
def spools(workspace, shop):
    """Twelve spools of a kilogram on reels of 230 g, and a shelf."""
    with scope(workspace=workspace):
        material = Material.objects.create(
            workspace=workspace, code="PLA", name="PLA", kind="filament", density_kg_m3=1240
        )
        item = Item.objects.create(
            workspace=workspace, code="INV-PLA-001", name="PLA Galaxy Black", category="filament", unit="g",
            material=material, diameter_mm=Decimal("1.75"), colour_hex="#222233",
        )  # fmt: skip
        locations.store(Location(workspace=workspace, code="R2-S1", name="Shelf 1"), None)
        before = timezone.now() - timedelta(days=1)
        return [
            lots.receive(item, 1000, kind="spool", key=f"{n}", by=None, tare_g=230, at=before) for n in range(12)
        ]  # fmt: skip


@pytest.fixture
def device(tmp_path):
    """device(*arguments) -> a browser with a memory of its own; called again, the same one after it was killed."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        open_now = []

        def start(address, *arguments):
            while open_now:
                open_now.pop().close()
            context = playwright.chromium.launch_persistent_context(
                str(tmp_path / "device"), executable_path=executable(), args=[*ARGUMENTS, *arguments],
                base_url=address, locale="en-ZA", reduced_motion="reduce", **PHONE,
            )  # fmt: skip
            context.set_default_timeout(PATIENCE * 1000)
            open_now.append(context)
            return context, context.pages[0]

        yield start
        while open_now:
            open_now.pop().close()


def log_in(page, person):
    page.goto("/accounts/login/?next=/floor/scan/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    ready(page)


def ready(page):
    page.locator("#scanner[data-ready=yes]").wait_for()


def held_before_the_camera(label, path):
    """A film of the printed label, as Chromium's fake camera plays it: raw YUV frames of 640 × 480."""
    document = pypdfium2.PdfDocument(paper.pdf([label], formats.FORMATS["62x29"]))
    page = document[0]
    bitmap = page.render(scale=200 / 72, grayscale=True)
    shot = bitmap.to_pil().convert("L")
    bitmap.close()
    page.close()
    document.close()
    frame = shot.resize((560, round(560 * shot.height / shot.width)))
    from PIL import Image

    picture = Image.new("L", (640, 480), 140)
    picture.paste(frame, (40, 100))
    colours = bytes([128]) * (640 * 480 // 2)
    with open(path, "wb") as film:
        film.write(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n")
        for _frame in range(5):
            film.write(b"FRAME\n" + picture.tobytes() + colours)


def scanned(page, text):
    """Typed as fast as a scanner types, however slow the machine is: the keys carry a time of their own."""
    keyboard, began = page.context.new_cdp_session(page), time.time() - len(text) / 1000
    enter = {"key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}
    for number, letter in enumerate(text):
        key = {"timestamp": began + number / 1000, **(enter if letter == "\n" else {"key": letter, "text": letter})}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", **key})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key, "text": ""})
    keyboard.detach()


def quantity(workspace, lot):
    with scope(workspace=workspace):
        return Lot.objects.get(pk=lot.pk).quantity


def asked(page, text):
    """A code typed by fingers, with Enter."""
    page.locator("#scan-code").fill(text)
    page.keyboard.press("Enter")


def complaints_of(page) -> list[str]:
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    return complaints


def test_a_label_before_the_camera_and_a_scanner_that_types(house, device, spools, workspace, operator, tmp_path):  # noqa: F811
    film = tmp_path / "label.y4m"
    with scope(workspace=workspace):
        held_before_the_camera(contents.of_lot(spools[0]), film)
    _context, page = device(
        house("web").address, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )  # fmt: skip
    complaints = complaints_of(page)
    log_in(page, operator)
    weighed_before_the_camera(page, spools[0])
    assert quantity(workspace, spools[0]) == 612
    page.get_by_role("button", name="Undo").click()
    eventually(lambda: quantity(workspace, spools[0]) == 1000)
    page.get_by_role("button", name="Camera off").click()
    weighed_one_after_the_other(page, spools[1], spools[2])
    assert [quantity(workspace, lot) for lot in spools[1:4]] == [670, Decimal("700.5"), 1000]
    moved_by_scanning_the_place(page, spools[3])
    eventually(lambda: ScanEvent._base_manager.filter(kind="move", state="done").exists())
    moved_some_of_what_lies_in_no_lot(page)
    eventually(lambda: ScanEvent._base_manager.filter(kind="move", state="done").count() == 2)
    asked(page, "/q/printers/l/FIL-001")
    page.get_by_text("This label belongs to another business.").wait_for()
    assert complaints == []


def weighed_before_the_camera(page, spool):
    page.get_by_role("button", name="Camera").click()
    gross = page.get_by_label("On the scale")
    expect(page.locator(".scan-code")).to_have_text(spool.code)
    expect(gross).to_be_focused()
    page.keyboard.type("200")
    expect(page.locator(".scan-sum")).to_contain_text("Less than the empty spool")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    gross.fill("842")
    expect(page.locator(".scan-sum")).to_contain_text("842 − 230 = 612 g")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".scan-entry .state")).to_have_text("saved")


def weighed_one_after_the_other(page, first, second):
    """A hand scanner types the codes, fast and with Enter, into whatever has the focus; fingers type the weights."""
    page.get_by_role("button", name="Weigh many").click()
    page.locator("h1").evaluate("node => document.activeElement.blur()")
    scanned(page, f"]Q1HTTP://SHOP.EXAMPLE/Q/CUTTERS/L/{first.code}\n")
    expect(page.get_by_label("On the scale")).to_be_focused()
    page.keyboard.type("900", delay=90)
    page.wait_for_timeout(300)
    scanned(page, f"{second.code}\n")
    expect(page.locator(".scan-code")).to_have_text(second.code)
    page.keyboard.type("930,5\n", delay=90)
    weighed = page.locator(".scan-entry", has_text=second.code)  # not the one before it, which stands there first
    expect(weighed.locator(".state")).to_have_text("saved")


def moved_by_scanning_the_place(page, lot):
    """A place that is none is said so, and the lot still waits for its place."""
    page.locator("[data-mode=one]").click()
    asked(page, lot.code)
    page.get_by_role("button", name="Move").click()
    asked(page, "nonsense")
    page.get_by_text("“nonsense” is not known here.").wait_for()
    asked(page, "r2-s1")
    expect(page.locator(".scan-entry").first).to_contain_text("moved to Shelf 1")


def moved_some_of_what_lies_in_no_lot(page):
    """How much, and where it goes."""
    asked(page, "INV-MS-3MM-001")
    page.get_by_role("button", name="Move some of it").click()
    page.get_by_label("How much goes?").fill("11")
    page.get_by_text("Only 10 sheets lie there.").wait_for()
    page.get_by_label("How much goes?").fill("4")
    page.keyboard.press("Enter")
    asked(page, "r2-s1")
    expect(page.locator(".scan-entry").first).to_contain_text("4 sheets moved to Shelf 1")


WAITING = "#scan-state[data-waiting='{}']"
# What is in the device's store, seen without our scripts.
# Whose things are on the device: "me" while somebody is known to be at it, and the people by number.
LEFT = """async () => {
  if (!(await indexedDB.databases()).length) return [];
  const answer = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  const db = await answer(indexedDB.open("laseros-scan"));
  const all = (name) => answer(db.transaction(name).objectStore(name).getAll());
  const owners = (await all("events")).map((event) => event.owner);
  const kept = (await all("kept")).map((one) => (one.name === "me" ? "me" : one.name.split(":")[1]));
  db.close();
  return [...new Set([...owners.map((owner) => owner.split(":")[0]), ...kept])].sort();
}"""
# As the page saves it, at some minute of the two hours: [minutes ago, kind, code, data].
SAVE = """async (events) => {
  const me = await scanStore.get("me");
  for (const [ago, kind, code, data] of events)
    await scanStore.add({owner: scanStore.ownerOf(me), id: crypto.randomUUID(), kind, code, data, tried: false,
      at: new Date(Date.now() - ago * 60000).toISOString()});
  await scanSending.count();
}"""
# The server does it, and its answer never arrives.
LOSE_AN_ANSWER = """() => {
  const real = window.fetch;
  window.fetch = async (url, options) => {
    const answer = await real(url, options);
    if (String(url).includes("/events/") && answer.ok) { window.fetch = real; throw new TypeError("lost"); }
    return answer;
  };
}"""

SEND_NOTHING = """() => {
  const real = window.fetch;
  window.fetch = (url, options) =>
    String(url).includes("/events/") ? Promise.reject(new TypeError("lost")) : real(url, options);
}"""


def two_hours(spools):
    """Forty-nine deeds: each spool weighed, opened, carried and weighed again, and one code that never was."""
    events = []
    for number, lot in enumerate(spools):
        start = 119 - number * 4
        events += [
            (start, "weigh", lot.code, {"gross_g": str(1200 - number)}),
            (start - 1, "open", lot.code, {}),
            (start - 2, "move", lot.code, {"place": "R2-S1"}),
            (start - 3, "weigh", lot.code, {"gross_g": str(1100 - number)}),
        ]
    return [*events, (60, "weigh", "FIL-999", {"gross_g": "500"})]


def test_two_hours_without_a_network(house, device, spools, workspace, operator, manager, office):  # noqa: F811
    address = house("web").address
    context, page = device(address)
    log_in(page, operator)
    kept_on_the_device(context, page, spools)

    # Meanwhile in the shop: one spool is used, one is used up, the shelf of the last moves is still there.
    with scope(workspace=workspace):
        ledger.post(spools[4].item, -100, "usage", key="run", by=office, lot=spools[4])
        lots.use_up(spools[5], key="gone", by=office)

    # The tablet is dropped, and comes back when the session is over and the network is there.
    context, page = device(address)
    context.clear_cookies()
    page.goto("/floor/scan/")
    page.wait_for_url("**/accounts/login/**")
    log_in(page, manager)
    expect(page.locator("#scan-state")).to_contain_text("50 of somebody else")
    assert ScanEvent._base_manager.count() == 0
    context.clear_cookies()
    page.goto("/accounts/login/")
    page.evaluate("0")
    log_in_losing_an_answer(page, operator)
    page.locator(WAITING.format(0)).wait_for(timeout=2000 * PATIENCE)
    each_deed_arrived_once(spools)
    with scope(workspace=workspace):
        the_shop_is_as_it_was_left(spools)
    page.get_by_role("link", name="7 need a person").click()
    expect(page.locator(".unsettled")).to_have_count(7)
    logging_out_asks_about_what_waits(page, spools[0], operator)
    # What the manager's session left, who never logged out, stays until they are back.
    assert set(page.evaluate(LEFT)) <= {str(manager.pk)}


def kept_on_the_device(context, page, spools):
    """Fifty deeds without a network, the last one typed into the page."""
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    eventually(lambda: page.evaluate("caches.match('/floor/scan/').then((found) => !!found)"))
    context.set_offline(True)
    page.reload()
    ready(page)
    expect(page.locator("#scan-who")).to_contain_text("Operator")
    page.evaluate(SAVE, two_hours(spools))
    page.locator(WAITING.format(49)).wait_for()
    asked(page, spools[11].code)
    page.get_by_label("On the scale").fill("1230")
    expect(page.locator(".scan-sum")).to_contain_text("1 230 − 230 = 1 000 g")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#scan-state")).to_contain_text("No network: 50 kept on this device")


def each_deed_arrived_once(spools):
    """What became impossible meanwhile is a conflict and no other."""
    events = {(row.code, row.kind, row.data.get("gross_g")): row for row in ScanEvent._base_manager.all()}
    assert ScanEvent._base_manager.count() == 50 == len(events)
    conflicts = sorted((code, kind) for (code, kind, _gross), row in events.items() if row.state == "conflict")
    used, gone = spools[4].code, spools[5].code
    assert conflicts == sorted(
        [(used, "weigh"), (used, "weigh"), (gone, "weigh"), (gone, "weigh"), (gone, "open"), (gone, "move"),
         ("FIL-999", "weigh")]
    )  # fmt: skip
    assert {row.state for row in events.values()} == {"done", "conflict"}


def the_shop_is_as_it_was_left(spools):
    found = {lot.code: (lot.quantity, lot.location.code) for lot in Lot.objects.select_related("location")}
    for number, lot in enumerate(spools[:11]):
        if number not in (4, 5):
            assert found[lot.code] == (870 - number, "R2-S1")
    assert found[spools[11].code] == (1000, "R2-S1")  # what was typed last counts
    assert found[spools[4].code] == (900, "R2-S1")
    assert found[spools[5].code][0] == 0
    assert Move.objects.filter(kind="usage", lot=spools[0]).count() == 2


def logging_out_asks_about_what_waits(page, spool, person):
    """It is not taken away without a word."""
    page.goto("/floor/scan/")
    ready(page)
    page.evaluate(SEND_NOTHING)
    page.evaluate(SAVE, [(0, "open", spool.code, {})])
    page.locator(WAITING.format(1)).wait_for()
    page.goto("/accounts/logout/")
    said = []
    page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Log out").click()
    eventually(lambda: page.wait_for_timeout(50) or said)  # the browser speaks only while it is listened to
    assert said[0].startswith("1 scans have not been sent yet")
    assert {"me", str(person.pk)} <= set(page.evaluate(LEFT))
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/**")


def log_in_losing_an_answer(page, person):
    page.add_init_script(f"if (!sessionStorage.lost) {{ sessionStorage.lost = 1; ({LOSE_AN_ANSWER})(); }}")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    page.evaluate("sessionStorage.removeItem('lost')")
    page.goto("/floor/scan/")
    ready(page)


def test_a_milestone_is_said_without_a_network(house, device, workspace, shop, operator):  # noqa: F811
    with scope(workspace=workspace):
        job = new_job(shop, "scanned")
        first, second = [row for row in milestones.of(job) if row.state == "open"][:2]
    context, page = device(house("web").address)
    log_in(page, operator)
    context.set_offline(True)
    asked(page, job.number.lower())
    page.get_by_role("button", name=first.name).click()
    expect(page.locator(".scan-entry .state")).to_have_text("waits")
    asked(page, job.number)
    expect(page.get_by_role("button", name=second.name)).to_be_visible()  # the device knows what comes next
    context.set_offline(False)
    expect(page.locator(".scan-entry .state")).to_have_text("saved")
    with scope(workspace=workspace):
        first.refresh_from_db()
        second.refresh_from_db()
    assert (first.state, first.by, second.state) == ("reached", operator, "open")
