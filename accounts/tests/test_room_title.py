"""The line over a page of the back office says where one is, and each part but the last leads there."""

import re

import pytest
from django.test import RequestFactory
from django.urls import resolve
from django.utils.safestring import mark_safe

from accounts.templatetags.room_title import room_title
from crm import clients
from crm.models import Client

pytestmark = pytest.mark.django_db

NASTY = "Éclair <b>& Co"


@pytest.fixture
def parts(workspace, office, log_in):
    """Address → [(name, where it leads)] of the line, as a browser reads it."""
    office.language = "en"
    office.save()
    browser = log_in(office)

    def read(address: str) -> list[tuple[str, str]]:
        page = browser.get(address).content.decode()
        line = page[page.index('<h1 class="lo-title-line') : page.index("</h1>")]
        found = re.findall(r'<(?:a href="([^"]*)"|span) class="lo-crumb(?: [^"]*)?">(.*?)</(?:a|span)>', line)
        assert line.count("chevron_right") == len(found) - 1
        assert line.count("lo-crumb-here") == 1 or address.endswith(("/add/", "/labels/"))
        return [(name, leads) for leads, name in found]

    return read


@pytest.fixture
def eclair(workspace):
    return clients.register(Client(workspace=workspace, name=NASTY), None)


def test_a_list_a_record_and_its_history(parts, eclair):
    page, written = f"/admin/crm/client/{eclair.pk}/change/", "Éclair &lt;b&gt;&amp; Co"
    assert parts("/admin/crm/client/") == [("Clients", "")]  # the room and its list have one name
    assert parts("/admin/crm/tag/") == [("Clients", "/admin/crm/"), ("Tags", "")]
    name = f"{eclair.code} {written}"
    assert parts(page) == [("Clients", "/admin/crm/client/"), (name, "")]
    assert parts(page.replace("change", "history")) == [("Clients", "/admin/crm/client/"), (name, page)]


def test_a_new_record_and_a_page_of_its_own(parts):
    assert parts("/admin/crm/client/add/") == [("Clients", "/admin/crm/client/"), ("New", "")]
    assert parts("/admin/") == [("Today", "")]


def test_where_a_link_goes_in_another_list(parts):
    """What was searched for is not part of where one is."""
    assert parts("/admin/crm/client/?q=ecl") == [("Clients", "")]


def test_a_title_drawn_by_its_page_is_escaped_once():
    request = RequestFactory().get("/admin/labels/")
    request.resolver_match = resolve("/admin/labels/")
    drawn = room_title({"request": request, "content_title": mark_safe("Cut &amp; &lt;b&gt; it&#x27;s")})
    assert drawn == '<span class="lo-crumb lo-crumb-here">Cut &amp; &lt;b&gt; it&#x27;s</span>'
