"""What the script of the bell promises, in Chromium: cards that change by themselves, and a connection that is lost."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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


def test_what_is_rung_while_it_asks_asks_once_more(shop):
    """The first answer was written before the second change and replaces what asked: the second must not go with it."""
    bell, held = Bell(shop.page), []
    card = CARD.format(1).replace("<div", '<div hx-swap="outerHTML"')
    page = shop.open(card + CARD.format(2), body='data-bell-url="/ws/"')
    expect(page.locator("body")).to_have_attribute("data-connection", "live")
    page.route("**/card/1/", lambda route: held.append(route))
    bell.ring(machine=1, version=5)
    shop.until(lambda: len(held) == 1)
    bell.ring(machine=1, version=6)
    bell.ring(machine=2, version=6)
    shop.until(lambda: "/card/2/" in shop.fetched)  # so the ring before it has been heard
    assert len(held) == 1
    held[0].fulfill(body=card.replace("old", "first"), content_type="text/html")
    expect(page.locator("#m1")).to_have_text("first")
    shop.until(lambda: len(held) == 2)
    held[1].fulfill(body=card.replace("old", "second"), content_type="text/html")
    expect(page.locator("#m1")).to_have_text("second")
    page.wait_for_timeout(150)
    assert len(held) == 2


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
