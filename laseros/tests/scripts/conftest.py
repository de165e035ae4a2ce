"""Pages written from the real templates, for tests of the scripts on them: no server, no database.

Playwright answers them itself, under the very content policy the pages are served with.
"""

import mimetypes
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory

from laseros.tests.browser import PATIENCE, chromium  # noqa: F401 (a fixture)

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
