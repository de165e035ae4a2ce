"""Every address there is, what a browser sends there, and who asks: for the permission table."""

import pickle
import re
from contextlib import contextmanager
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, get_resolver, reverse
from django_scopes import scope

from accounts import workspaces

PAGES = {"list": "changelist"}


# --- every address there is -------------------------------------------------------------------------------------------


def addresses(resolver=None, route: str = "", namespace: str = ""):
    """(name, route) of every address of the resolver, however deep; without a name the route is the name."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield (namespace + entry.name if entry.name else here), here
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, here, inner)


def office_address(model: str, page: str) -> str:
    """The name of a page of a model in the back office; the bare address has none and is called by its route."""
    if page == "bare":
        return f"admin/{model.replace('_', '/', 1)}/<path:object_id>/"
    return f"admin:{model}_{PAGES.get(page, page)}"


def address_of(world, name: str, records: tuple[str, ...]) -> str:
    """The path of a named address about these records."""
    arguments = [_key(world, record) for record in records]
    if name.endswith("<path:object_id>/"):
        return "/" + name.replace("<path:object_id>", "1")
    if name.startswith("admin/"):
        return f"/admin/{arguments[0]}"
    if name.endswith("_export"):
        arguments = ["csv"]
    if name.endswith("_verb"):
        arguments = [1, "nothing"]
    if name.endswith("_delete") and arguments == ["nothing"]:
        arguments = [1]
    return reverse(name, args=arguments)


def _key(world, record: str):
    found = getattr(world, record, record)
    return getattr(found, "pk", found)


def values(world, data: str) -> dict[str, str]:
    """The values of a line, with the number of a record for its {name}."""
    return {
        name: re.sub(r"\{(\w+)\}", lambda part: str(_key(world, part[1])), value) for name, value in parse_qsl(data)
    }


class _Form(HTMLParser):
    """The values a browser would send back."""

    def __init__(self):
        super().__init__()
        self.data, self.select, self.area = {}, None, None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        name = found.get("name")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in found or self.select not in self.data):
            self.data[self.select] = found.get("value", "")
        elif tag == "textarea" and name:
            self.area, self.data[name] = name, ""
        elif tag == "input" and name:
            self._input(name, found)

    def _input(self, name: str, found: dict) -> None:
        kind = found.get("type")
        if kind in ("checkbox", "radio") and "checked" not in found:
            return
        if kind not in ("file", "submit", "button", "image"):
            self.data[name] = found.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, text):
        if self.area:
            self.data[self.area] += text


def filled_form(html: str) -> dict[str, str]:
    form = _Form()
    form.feed(html)
    return {name: value for name, value in form.data.items() if "__prefix__" not in name and name != "action"}


# --- who asks ---------------------------------------------------------------------------------------------------------


class Door(ClientHandler):
    """All of the middleware, and behind it the views; whoever stands before it was looked up already.

    Django's own test client copies the context of every template for its tests to look at, which takes as long as a
    small page.
    """

    def __init__(self):
        super().__init__(enforce_csrf_checks=False)
        self.visitor, self.draws = None, True

    def load_middleware(self, is_async=False):
        super().load_middleware(is_async)
        self._template_response_middleware.insert(0, self._undrawn)

    def _undrawn(self, request, response):
        if not self.draws:
            response.content = b""  # so it counts as rendered
        return response

    def get_response(self, request):
        if self.visitor is not None:
            request._cached_user = self.visitor  # what `AuthenticationMiddleware` has found before
        return super().get_response(request)


class Visitor:
    """Somebody with a browser of their own, logged in once."""

    def __init__(self, user=None):
        self.user, self.session = user, None
        self.requests, self.door, self._looked_up = RequestFactory(), Door(), b""
        if user is not None:
            browser = Browser()
            browser.force_login(user, backend="accounts.backends.WorkspaceRoleBackend")
            self.session = browser.cookies[settings.SESSION_COOKIE_NAME].value

    def cookie(self) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={self.session}" if self.session else ""

    def looked_up(self):
        """The person with memberships and rights, as they were at the first request; a copy for each request."""
        if self.user is None:
            return None
        if not self._looked_up:
            user = get_user_model().objects.get(pk=self.user.pk)
            workspace, _membership = workspaces.open_for(user)
            with scope(workspace=workspace):
                user.get_all_permissions()
            self._looked_up = pickle.dumps(user)
        return pickle.loads(self._looked_up)

    def ask(self, method: str, path: str, data=None, *, draws: bool = True):
        """(answer, what was written): the request is made and undone again. The back office's page may stay undrawn."""
        cookie = {"HTTP_COOKIE": self.cookie()}
        request = getattr(self.requests, method.lower())(path, data or {}, **cookie)
        self.door.visitor, self.door.draws = self.looked_up(), draws
        with transaction.atomic(), noting_writes() as written:
            response = self.door(request.environ)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        return response, written


@contextmanager
def noting_writes():
    """The tables that are written to meanwhile; what a browser is remembered by does not count."""
    written = []

    def note(execute, sql, params, many, context):
        found = re.match(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"(\w+)"', sql, re.IGNORECASE)
        if found and found[1] != "django_session":
            written.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


def answer_of(response) -> str:
    """The status code; "login" for a redirection to the log-in."""
    if response.status_code == 302 and urlsplit(response["Location"]).path in ("/accounts/login/", "/admin/login/"):
        return "login"
    return str(response.status_code)
