"""What the script of a queue promises, in Chromium: work is put in order by hand, and nothing moves under the hand."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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
