"""What the scripts promise, in Chromium, under the very content policy the pages are served with.

The pages are written here from the real templates and answered by Playwright itself: no server, no database.
"""

import json
import mimetypes
import re
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import expect

from laseros.tests.browser import PATIENCE, chromium  # noqa: F401 (a fixture)

pytestmark = pytest.mark.browser

STATIC = Path(settings.BASE_DIR) / "laseros" / "static"
HOME = "http://shop.test"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-n0nce'; img-src 'self' data: blob:; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class Shop:
    """One browser tab, the pages it may ask for, and what it sent."""

    def __init__(self, page):
        self.page = page
        self.answers = {}  # path → (status, body, headers) or a callable of the request giving one
        self.posts = []  # [(path, form values)]
        self.fetched = []
        self.complaints = []
        page.route("**/*", self._answer)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message):
        expected = (
            "Failed to load resource",
            "WebSocket",
            "Response Status Error",
            "htmx:",
        )  # failures a test provokes
        if message.type == "error" and not any(words in message.text for words in expected):
            self.complaints.append(message.text)

    def open(self, content, base="base.html", body="", scripts=""):
        request = RequestFactory().get("/page/")
        request.user, request.session, request.workspace = AnonymousUser(), {}, None
        request.csp_nonce = "n0nce"
        source = (
            f'{{% extends "{base}" %}}{{% load static %}}{{% block body_attributes %}}{body}{{% endblock %}}'
            f"{{% block content %}}<h1>Page</h1>{content}{{% endblock %}}"
        )
        if scripts:
            source += f"{{% block scripts %}}{{{{ block.super }}}}{scripts}{{% endblock %}}"
        html = engines["django"].from_string(source).render({}, request)
        self.answers["/page/"] = (200, html, {"Content-Security-Policy": POLICY})
        self.page.goto(f"{HOME}/page/")
        return self.page

    def until(self, look):
        """Until `look` answers yes; the browser goes on meanwhile, which it does not while Python sleeps."""
        end = time.monotonic() + PATIENCE
        while not look():
            assert time.monotonic() < end, f"not within {PATIENCE:.0f} s; posted were {self.posts}"
            self.page.wait_for_timeout(20)

    def posts_are(self, expected):
        """These, and nothing more comes after them."""
        self.until(lambda: len(self.posts) >= len(expected))
        self.page.wait_for_timeout(150)
        assert self.posts == expected

    def _answer(self, route):
        request, path = route.request, urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            return route.fulfill(
                body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "font/woff2"
            )
        self.fetched.append(path)
        if request.method == "POST":
            kind = request.headers.get("content-type", "")
            values = parse_qs(request.post_data or "", keep_blank_values=True) if "urlencoded" in kind else {}
            self.posts.append((path, {name: value[0] for name, value in values.items()}))
        answer = self.answers.get(path, (404, "", {}))
        if callable(answer):
            answer = answer(request)
        if answer is None:
            return route.abort()
        status, body, headers = answer
        return route.fulfill(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8", **headers})


@pytest.fixture
def shop(chromium):  # noqa: F811
    context = chromium.new_context(
        viewport={"width": 900, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE * 1000)
    tab = Shop(context.new_page())
    yield tab
    context.close()
    assert tab.complaints == []


# --- theme ------------------------------------------------------------------------------------------------------------


def test_the_theme_follows_the_device_until_somebody_chooses_and_the_back_office_knows(shop):
    page = shop.open("")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Light").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("localStorage.getItem('adminTheme')") == '"light"'
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_a_menu_closes_with_escape_and_gives_the_focus_back(shop):
    page = shop.open("")
    summary = page.locator("details.menu summary")
    summary.click()
    expect(page.locator("details.menu")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("details.menu")).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()


# --- questions, and one click is one deed -----------------------------------------------------------------------------


def test_what_cannot_be_undone_is_asked_first_and_done_once(shop):
    page = shop.open(
        '<form method="post" action="/cancel/"><button name="why" value="late" data-confirm="Cancel it?"'
        ' data-confirm-ok="Cancel the quote" data-confirm-tone="bad">Cancel</button></form>'
    )
    shop.answers["/cancel/"] = (200, "<p>cancelled</p>", {})
    opener = page.get_by_role("button", name="Cancel")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Cancel it?")
    expect(dialog.get_by_role("button", name="Cancel", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert shop.posts == []
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Cancel the quote").click()
    expect(page.get_by_text("cancelled")).to_be_visible()
    assert shop.posts == [("/cancel/", {"why": "late"})]


def test_a_button_pressed_twice_posts_once(shop):
    page = shop.open('<form method="post" action="/accept/"><button name="answer" value="yes">Accept</button></form>')
    shop.answers["/accept/"] = (204, "", {})  # the browser stays on the page
    button = page.get_by_role("button", name="Accept")
    button.dblclick()
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    shop.posts_are([("/accept/", {"answer": "yes"})])


def test_the_enter_key_pressed_twice_posts_once(shop):
    page = shop.open('<form method="post" action="/scan/"><input name="code" aria-label="Scan"></form>')
    shop.answers["/scan/"] = (204, "", {})
    page.get_by_label("Scan").fill("JB-1")
    page.get_by_label("Scan").press("Enter")
    shop.until(lambda: shop.posts)
    page.get_by_label("Scan").press("Enter")
    shop.posts_are([("/scan/", {"code": "JB-1"})])


def test_with_htmx_too_and_afterwards_it_can_be_pressed_again(shop):
    page = shop.open(
        '<form id="f" method="post" action="/start/" hx-post="/start/" hx-swap="none"><button>Start</button></form>'
    )
    tokens = []

    def slowly(request):
        tokens.append(request.headers.get("x-csrftoken"))
        page.wait_for_timeout(150)
        return 204, "", {}

    shop.answers["/start/"] = slowly
    button = page.get_by_role("button", name="Start")
    button.dblclick()
    shop.posts_are([("/start/", {})])
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    shop.posts_are([("/start/", {})] * 2)
    assert tokens[0] == page.locator('meta[name="csrf-token"]').get_attribute("content") != ""


# --- answers ----------------------------------------------------------------------------------------------------------


def test_a_refusal_is_shown_and_leaves_the_card_in_place(shop):
    page = shop.open(
        '<div id="card" data-bell="machine:1" hx-get="/card/" hx-trigger="bell" hx-target="#now" hx-swap="innerHTML">'
        '<span id="now">idle</span><form method="post" hx-post="/start/" hx-target="#card" hx-swap="outerHTML">'
        "<button>Start</button></form></div>"
    )
    shop.answers["/start/"] = (
        409,
        '<div class="notice notice-error" data-dismissable><p>Somebody was quicker.</p></div>',
        {},
    )
    shop.answers["/card/"] = (200, "running", {})
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#messages")).to_contain_text("Somebody was quicker.")
    expect(page.locator("#now")).to_have_text("running")  # what was out of date is fetched again
    page.locator("#messages").get_by_role("button", name="Close").click()
    expect(page.locator("#messages")).to_be_empty()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, "trace", {}), "wrong on our side"),
        ((403, "", {}), "may not"),
        ((404, "", {}), "not there"),
        (None, "No connection"),
    ],
)
def test_a_failure_says_what_it_was_and_stays_until_it_is_closed(shop, answer, words):
    page = shop.open('<button hx-post="/x/" hx-swap="outerHTML">Go</button>')
    shop.answers["/x/"] = (lambda request: None) if answer is None else answer
    page.get_by_role("button", name="Go").click()
    toast = page.get_by_role("alert")
    expect(toast).to_contain_text(words)
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)
    expect(page.get_by_role("button", name="Go")).to_be_visible()


def test_a_view_can_offer_to_undo(shop):
    page = shop.open('<button hx-post="/finish/" hx-swap="none">Finish</button>')
    told = {"toast": {"text": "Finished.", "tone": "good", "undo": "/undo/"}}
    shop.answers["/finish/"] = (204, "", {"HX-Trigger": json.dumps(told)})
    shop.answers["/undo/"] = (204, "", {})
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    shop.until(lambda: len(shop.posts) > 1)
    assert [path for path, _ in shop.posts] == ["/finish/", "/undo/"]


def test_what_a_script_has_drawn_is_renewed_without_a_style_of_htmx(shop):
    """htmx would write the old `style` into what comes, for a moment, and the policy of the pages forbids that."""
    page = shop.open('<div id="box" hx-get="/box/" hx-trigger="bell"><p id="bar" class="old">7 %</p></div>')
    shop.answers["/box/"] = (200, '<p id="bar" class="new">8 %</p>', {})
    page.locator("#bar").evaluate("(bar) => { bar.style.width = '7%' }")
    page.evaluate("htmx.trigger('#box', 'bell')")
    expect(page.locator("#bar")).to_have_text("8 %")
    expect(page.locator("#bar")).to_have_class("new")
    expect(page.locator("#bar")).not_to_have_attribute("style", re.compile("width"))


# --- time -------------------------------------------------------------------------------------------------------------


def test_progress_ticks_by_itself_and_never_claims_to_be_done(shop):
    shop.page.clock.install()
    page = shop.open(
        '{% include "components/progress.html" with percent=50 seconds_left=100 running=True label="Laser" %}'
    )
    page.clock.run_for(51_000)
    expect(page.locator("[data-show=percent]")).to_have_text(re.compile("7[56] %"))
    expect(page.locator("[data-show=left]")).to_have_text(re.compile("4[89] s|50 s"))
    page.clock.run_for(100_000)
    expect(page.locator("[data-show=percent]")).to_have_text("99 %")
    expect(page.locator("[data-show=left]")).to_have_text("any moment")


def test_what_does_not_run_does_not_tick(shop):
    shop.page.clock.install()
    page = shop.open('{% include "components/progress.html" with percent=50 seconds_left=100 label="Laser" %}')
    page.clock.run_for(20_000)
    expect(page.locator("[data-show=percent]")).to_have_text("50 %")


# --- the bell ---------------------------------------------------------------------------------------------------------

CARD = '<div id="m{0}" data-bell="machine:{0}" data-version="1" hx-get="/card/{0}/" hx-trigger="bell">old</div>'


class Bell:
    """The other end of the socket."""

    def __init__(self, page):
        self.sockets = []
        self.refuse = False
        page.route_web_socket(re.compile(".*"), self._connected)

    def _connected(self, socket):
        if self.refuse:
            socket.close()
        else:
            self.sockets.append(socket)

    def ring(self, **message):
        self.sockets[-1].send(json.dumps(message))


def test_the_bell_fetches_what_changed_and_nothing_twice(shop):
    bell = Bell(shop.page)
    page = shop.open(CARD.format(1) + CARD.format(2), body='data-bell-url="/ws/"')
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    shop.answers["/card/1/"] = (200, "new", {})
    bell.ring(machine=1, version=5)
    expect(page.locator("#m1")).to_have_text("new")
    bell.ring(machine=1, version=5)
    bell.ring(machine=1, version=4)
    bell.ring(machine=3, version=1)
    page.wait_for_timeout(200)
    assert shop.fetched.count("/card/1/") == 1
    assert "/card/2/" not in shop.fetched
    bell.ring(machine=1, version=6)
    shop.until(lambda: shop.fetched.count("/card/1/") == 2)


def test_pushed_cards_replace_older_ones_and_run_no_scripts(shop):
    bell = Bell(shop.page)
    page = shop.open(CARD.format(1), body='data-bell-url="/ws/"')
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    bell.ring(
        html='<div id="m1" data-version="3">three<script>document.title = "owned"</script></div><p id="stranger"></p>'
    )
    expect(page.locator("#m1")).to_have_text("three")
    bell.ring(html='<div id="m1" data-version="2">two</div>')
    page.wait_for_timeout(150)
    expect(page.locator("#m1")).to_have_text("three")
    expect(page.locator("#stranger")).to_have_count(0)
    assert page.title() != "owned"


def test_a_lost_connection_is_told_then_dated_and_caught_up(shop):
    shop.page.clock.install(time="2026-01-05T10:00:00Z")
    bell = Bell(shop.page)
    page = shop.open(CARD.format(1), body='data-bell-url="/ws/"')
    badge, body = page.locator("#connection"), page.locator("body")
    expect(body).to_have_attribute("data-connection", "live")
    expect(badge).to_be_hidden()
    page.evaluate("document.documentElement.dataset.timeZone = 'Asia/Tokyo'")
    bell.refuse = True
    bell.sockets[-1].close()
    expect(body).to_have_attribute("data-connection", "reconnecting")
    expect(badge).to_have_text("Reconnecting…")
    page.clock.run_for(17_000)
    expect(body).to_have_attribute("data-connection", "stale")
    expect(badge).to_have_text(re.compile(r"Last known at 7:00:\d\d PM"))  # the shop's clock, not the screen's
    shop.answers["/card/1/"] = (200, "caught up", {})
    bell.refuse = False
    shop.until(lambda: page.clock.run_for(1000) or body.get_attribute("data-connection") == "live")
    expect(page.locator("#m1")).to_have_text("caught up")
    expect(badge).to_be_hidden()


def test_a_socket_that_never_opens_is_not_a_connection(shop):
    """A network that went away just then: no answer, not even a refusal."""
    shop.page.clock.install()
    page = shop.open(CARD.format(1))
    page.evaluate(
        """() => {
          window.WebSocket = class extends EventTarget { static OPEN = 1; readyState = 0; close() {} };
          document.body.dataset.bellUrl = "/ws/";
          const script = document.createElement("script");
          script.src = "/static/js/bell.js";
          document.body.append(script);
        }"""
    )
    expect(page.locator("body")).to_have_attribute("data-bell-url", "/ws/")
    shop.until(lambda: page.clock.run_for(1000) or page.locator("body").get_attribute("data-connection") == "stale")


def test_where_no_socket_gets_through_the_page_asks_by_itself(shop):
    shop.page.clock.install()
    bell = Bell(shop.page)
    bell.refuse = True
    shop.answers["/card/1/"] = (200, "asked", {})
    page = shop.open(CARD.format(1), body='data-bell-url="/ws/"')
    shop.until(lambda: page.clock.run_for(1000) or page.locator("#m1").inner_text() == "asked")
    expect(page.locator("body")).to_have_attribute("data-connection", "polling")


# --- keyboard and scanner ---------------------------------------------------------------------------------------------


def test_single_keys_work_are_listed_and_can_be_switched_off(shop):
    page = shop.open(
        '<button data-key="s" hx-post="/start/" hx-swap="none">Start the next</button><input aria-label="Note">'
    )
    shop.answers["/start/"] = (204, "", {})
    page.get_by_label("Note").press("s")
    page.locator("h1").click()
    page.keyboard.press("s")
    shop.posts_are([("/start/", {})])
    page.locator("h1").click()
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_).to_contain_text("Start the next")
    help_.get_by_role("switch").uncheck()
    help_.get_by_role("button", name="Close").click()
    page.locator("h1").click()
    page.keyboard.press("s")
    page.wait_for_timeout(200)
    assert len(shop.posts) == 1


def test_a_scanner_fills_the_scan_field_and_presses_no_shortcuts(shop):
    page = shop.open(
        '<button data-key="J" hx-post="/wrong/">Wrong</button>'
        '<form action="/scan/" method="post"><input name="code" data-scan aria-label="Scan"></form>'
    )
    shop.answers["/scan/"] = (200, "<p>found</p>", {})
    page.locator("h1").click()
    page.keyboard.type("JB-2026-11-CL0001-001")
    page.keyboard.press("Enter")
    expect(page.get_by_text("found")).to_be_visible()
    assert [(path, values["code"]) for path, values in shop.posts] == [("/scan/", "JB-2026-11-CL0001-001")]


# --- the queue --------------------------------------------------------------------------------------------------------

QUEUE = (
    '<ol class="queue" id="queue" data-sortable data-url="/order/">'
    + "".join(
        f'<li class="queue-item" data-id="{number}" data-name="Job {number}">'
        f'<span class="queue-handle" data-handle>::</span><span>Job {number}</span></li>'
        for number in (1, 2, 3)
    )
    + "</ol>"
)


def drag_first_below_the_last(page):
    handle, last = (
        page.locator("[data-id='1'] [data-handle]").bounding_box(),
        page.locator("[data-id='3']").bounding_box(),
    )
    page.mouse.move(handle["x"] + 10, handle["y"] + 20)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(
            handle["x"] + 20, handle["y"] + 20 + (last["y"] + last["height"] - handle["y"] - 25) * step / 10
        )
        page.wait_for_timeout(20)
    page.mouse.up()


def order(page):
    return page.locator("#queue li").evaluate_all("rows => rows.map(row => row.dataset.id).join('')")


def test_dragging_says_between_whom(shop):
    page = shop.open(QUEUE, base="base_floor.html")
    shop.answers["/order/"] = (204, "", {})
    drag_first_below_the_last(page)
    expect(page.locator("#announcer")).to_have_text("Job 1: now 3 of 3")
    shop.posts_are([("/order/", {"item": "1", "after": "3", "before": ""})])
    assert order(page) == "231"


def test_a_refused_order_goes_back_with_the_reason(shop):
    page = shop.open(QUEUE, base="base_floor.html")
    shop.answers["/order/"] = (409, '<div class="notice"><p>Job 1 runs already.</p></div>', {})
    drag_first_below_the_last(page)
    expect(page.locator("#messages")).to_contain_text("Job 1 runs already.")
    shop.until(lambda: order(page) == "123")


# --- files ------------------------------------------------------------------------------------------------------------

ZONE = """<form method="post" enctype="multipart/form-data" action="/files/">
<div class="dropzone" data-dropzone data-max-mb="1">
<label class="dropzone-target" for="files">Drop drawings here</label>
<input type="file" id="files" name="drawing" accept=".dxf,.svg" multiple></div>
<button data-dropzone-fallback>Upload</button></form>"""
ZONE_SCRIPT = '<script defer src="{% static "js/dropzone.js" %}"></script>'


def file(name, size=10):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": b"0" * size}


def test_files_go_up_one_by_one_each_with_its_own_end(shop):
    page = shop.open(ZONE, scripts=ZONE_SCRIPT)
    bodies = []

    def answer(request):
        body = (request.post_data_buffer or b"").decode()
        bodies.append(body)
        if "bad.dxf" in body:
            return 422, json.dumps({"reason": "This is not a drawing."}), {"Content-Type": "application/json"}
        return 200, json.dumps({"text": "12 parts"}), {"Content-Type": "application/json"}

    shop.answers["/files/"] = answer
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_hidden()
    page.get_by_label("Drop drawings here").set_input_files(
        [file("good.dxf"), file("bad.dxf"), file("huge.dxf", 1024 * 1024 + 1), file("photo.png"), file("empty.svg", 0)]
    )
    rows = page.locator(".dropzone-file")
    expect(rows).to_have_count(5)
    expect(rows.nth(0)).to_contain_text("12 parts")
    expect(rows.nth(1)).to_contain_text("This is not a drawing.")
    expect(rows.nth(2)).to_contain_text("at most 1 MB")
    expect(rows.nth(3)).to_contain_text("not a kind we can use: .dxf, .svg")
    expect(rows.nth(4)).to_contain_text("empty")
    assert len(bodies) == 2
    assert all('name="drawing"' in body for body in bodies)


def test_a_lost_upload_can_be_tried_again(shop):
    page = shop.open(ZONE, scripts=ZONE_SCRIPT)
    shop.answers["/files/"] = lambda request: None
    page.get_by_label("Drop drawings here").set_input_files([file("part.dxf")])
    row = page.locator(".dropzone-file")
    expect(row).to_contain_text("connection lost")
    shop.answers["/files/"] = (200, "", {})
    row.get_by_role("button", name="Try part.dxf again").click()
    expect(row).to_contain_text("uploaded")


# --- where the focus goes ---------------------------------------------------------------------------------------------


def test_the_focus_stays_in_reach_when_what_was_pressed_is_gone(shop):
    page = shop.open(
        '<div id="floor"><form hx-post="/up/" hx-target="#floor" hx-swap="outerHTML">'
        '<button id="up">Up</button><button id="down" type="button">Down</button></form></div>'
    )
    shop.answers["/up/"] = (
        200,
        '<div id="floor"><form hx-post="/start/" hx-target="#floor" hx-swap="outerHTML">'
        '<button id="up" disabled>Up</button><button id="down">Down</button></form></div>',
        {},
    )
    shop.answers["/start/"] = (200, '<div id="floor"><a id="finish" href="/x/" data-focus>Finish</a></div>', {})
    page.get_by_role("button", name="Up").press("Enter")
    expect(page.get_by_role("button", name="Up")).to_be_disabled()
    expect(page.get_by_role("button", name="Down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Finish")).to_be_focused()


def test_what_asks_by_itself_fails_without_a_word(shop):
    page = shop.open('<div data-bell="queue:1" hx-get="/queue/" hx-trigger="load, every 200ms"><p>as it was</p></div>')
    shop.answers["/queue/"] = (500, "trace", {})
    shop.until(lambda: shop.fetched.count("/queue/") >= 2)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("as it was")).to_be_visible()


# --- counting ---------------------------------------------------------------------------------------------------------

OUTCOME = (
    '<form method="post" data-outcome="50" data-fill-up>'
    '<input type="number" name="good" value="50" aria-label="Good">'
    '<input type="number" name="scrap" value="0" aria-label="Scrap"><p data-short="{count} are short" hidden></p>'
    '<div class="field"><label>Why<span class="field-optional">optional</span>'
    '<select name="reason"><option value=""></option><option>Bent</option></select></label></div>'
    '<input name="note" aria-label="Note"><button>Finish</button></form>'
)


def test_short_is_what_is_not_good_and_scrap_wants_a_reason(shop):
    shop.answers["/page/finish"] = (204, "", {})
    page = shop.open(OUTCOME, scripts="<script defer src=\"{% static 'js/production.js' %}\"></script>")
    why, short = page.get_by_label("Why"), page.locator("[data-short]")
    expect(why).to_be_hidden()
    expect(short).to_be_hidden()
    page.get_by_label("Scrap").fill("3")
    expect(page.get_by_label("Good")).to_have_value("47")
    expect(short).to_have_text("3 are short")
    page.get_by_label("Good").fill("45")
    expect(short).to_have_text("5 are short")
    expect(why).to_be_visible()
    expect(page.get_by_text("optional")).to_have_count(0)
    page.get_by_role("button", name="Finish").click()
    page.wait_for_timeout(100)
    assert shop.posts == []
    page.get_by_label("Note").fill("bent by the forklift")
    assert why.evaluate("select => select.checkValidity()")
    page.get_by_label("Scrap").fill("0")
    expect(why).to_be_hidden()


# --- a queue that renews itself ---------------------------------------------------------------------------------------


def test_a_queue_does_not_renew_itself_under_a_hand(shop):
    box = (
        '<section id="queue-box" data-bell="queue:1" hx-get="/queue/" hx-trigger="bell" hx-swap="outerHTML">'
        '<details class="queue-filter" open><summary>Narrow</summary>'
        '<input aria-label="Part"></details><p>%s</p></section>'
    )
    shop.answers["/queue/"] = (200, (box % "new").replace(" open", ""), {})
    page = shop.open(box % "old", scripts="<script defer src=\"{% static 'js/production.js' %}\"></script>")
    page.get_by_label("Part").fill("flan")
    page.evaluate("htmx.trigger('#queue-box', 'bell')")
    page.wait_for_timeout(200)
    expect(page.get_by_text("old")).to_be_visible()
    expect(page.get_by_label("Part")).to_have_value("flan")
    page.get_by_label("Part").blur()
    page.evaluate("htmx.trigger('#queue-box', 'bell')")
    expect(page.get_by_text("new")).to_be_visible()
    expect(page.locator("details.queue-filter")).to_have_attribute("open", "")
