"""What the scripts promise, in Chromium, under the very content policy the pages are served with.

The pages are written here from the real templates and answered by Playwright itself: no server, no database.
"""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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


def test_a_refusal_while_the_card_is_being_fetched_fetches_it_once_more(shop):
    """What is on its way was written before the refusal and replaces the card: the ring must not go with it."""
    card = (
        '<div id="card" data-bell="machine:1" hx-get="/card/" hx-trigger="bell" hx-swap="outerHTML">'
        '<p>%s</p><form method="post" hx-post="/start/" hx-swap="none"><button>Start</button></form></div>'
    )
    held = []
    page = shop.open(card % "idle")
    page.route("**/card/", lambda route: held.append(route))
    shop.answers["/start/"] = (409, '<div class="notice"><p>Somebody was quicker.</p></div>', {})
    page.evaluate("htmx.trigger('#card', 'bell')")
    shop.until(lambda: len(held) == 1)
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#messages")).to_contain_text("Somebody was quicker.")
    page.wait_for_timeout(50)
    assert len(held) == 1
    held[0].fulfill(body=card % "older", content_type="text/html")
    shop.until(lambda: len(held) == 2)
    held[1].fulfill(body=card % "running", content_type="text/html")
    expect(page.locator("#card p")).to_have_text("running")
    page.wait_for_timeout(150)
    assert len(held) == 2


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
