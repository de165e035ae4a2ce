"""A business sets itself up: brand, numbers, language, and nobody else's."""

import io
import struct
import zlib
from pathlib import PurePosixPath

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django_scopes import scope
from PIL import Image

from accounts import logos, numbering
from accounts.models import Activity, Workspace
from laseros.core import numbering as formats
from laseros.core.errors import Refused

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("scoped")]


@pytest.fixture
def browser(manager, log_in):
    return log_in(manager)


@pytest.fixture
def page(workspace):
    return f"/admin/accounts/workspace/{workspace.pk}/change/"


def filled(browser, page, **changes) -> dict:
    form = browser.get(page).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: "" if value is None else value for name, value in (data | changes).items() if name != "logo"}


def picture(form="PNG", size=(40, 20), **options) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, "#1d5fbf").save(drawn, form, **options)
    return drawn.getvalue()


def test_the_list_leads_to_ones_own_business(browser, page, other_workspace):
    assert browser.get("/admin/accounts/workspace/").headers["Location"] == page
    assert browser.get(f"/admin/accounts/workspace/{other_workspace.pk}/change/").status_code == 404
    assert browser.get("/admin/accounts/workspace/add/").status_code == 403


def test_office_may_not_change_the_business(office, log_in, page):
    assert log_in(office).get(page).status_code == 403


def test_settings_are_stored_and_told(browser, page, workspace):
    data = filled(browser, page, name="Cutters & Co", currency="EUR", timezone="Europe/Berlin", modules=["laser"])
    answer = browser.post(page, data)
    assert answer.status_code == 302
    workspace.refresh_from_db()
    assert (workspace.name, workspace.currency, workspace.timezone) == ("Cutters & Co", "EUR", "Europe/Berlin")
    assert workspace.modules == ["laser"]
    assert workspace.number_formats == {}
    assert Activity.objects.get(verb="changed").details["name"] == ["Cutters", "Cutters & Co"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "XXZ"),
        ("timezone", "Mars/Olympus"),
        ("country", "QQ"),
        ("colour", "blue"),
        ("modules", ["piracy"]),
        ("language", "xx"),
        ("number_invoice", "INV-{yyyy}"),
        ("number_invoice", "INV-{planet}-{n}"),
        ("number_invoice", "INV<b>-{n}"),
        ("number_quote", "{n}{n}"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(browser, page, workspace, field, value):
    before = Workspace.objects.filter(pk=workspace.pk).values().get()
    answer = browser.post(page, filled(browser, page, name="Changed", **{field: value}))
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert Workspace.objects.filter(pk=workspace.pk).values().get() == before


def test_only_formats_that_differ_are_kept_and_used(browser, page, workspace):
    browser.post(page, filled(browser, page, number_quote="AN{yyyy}/{n:5}"))
    workspace.refresh_from_db()
    assert workspace.number_formats == {"quote": "AN{yyyy}/{n:5}"}
    with transaction.atomic():
        first = numbering.draw(workspace, "quote")
    assert first.endswith("/00001")
    browser.post(page, filled(browser, page, number_quote=formats.DEFAULTS["quote"]))
    workspace.refresh_from_db()
    assert workspace.number_formats == {}


def test_the_next_number_is_shown_while_one_types(browser, workspace):
    with transaction.atomic():
        numbering.draw(workspace, "client")

    def ask(kind, form):
        return browser.get("/admin/accounts/workspace/number/", {"kind": kind, "form": form}).json()

    assert ask("client", "CL-{n:4}") == {"example": "Next: CL-0002", "reason": ""}
    assert ask("client", "K{n}") == {"example": "Next: K1", "reason": ""}
    assert ask("sheet", "{material}/{thickness}/{n:2}") == {"example": "Next: MS/3/01", "reason": ""}
    assert "{n}" in ask("client", "CL-")["reason"]
    assert ask("client", "{client}{n}")["reason"] == "{client} is not known here. Possible are: {n}."
    assert ask("planet", "{n}") == {"example": "", "reason": ""}


def test_the_number_page_is_for_those_who_may_change_it(office, log_in):
    answer = log_in(office).get("/admin/accounts/workspace/number/", {"kind": "client", "form": "{n}"})
    assert answer.status_code == 403


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_logo_is_drawn_anew(browser, page, workspace, form):
    upload = SimpleUploadedFile("my logo.svg", picture(form, size=(3000, 1000)), content_type="image/svg+xml")
    browser.post(page, filled(browser, page) | {"logo": upload})
    workspace.refresh_from_db()
    with workspace.logo.open() as handle:
        stored = Image.open(handle)
        assert (stored.format, stored.size) == ("PNG", (1200, 400))
    shown = browser.get(page).content.decode()
    assert 'src="data:image/png;base64,' in shown
    assert f'value="{PurePosixPath(workspace.logo.name).name}"' in shown
    assert f"/{workspace.logo.name}" not in shown  # nothing is served there


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


HUGE = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture("GIF"),
        picture("PNG")[:60],
        HUGE,
        b"x" * (logos.MOST_BYTES + 1),
    ],
    ids=["empty", "svg", "gif", "cut off", "bomb", "too large"],
)
def test_what_is_no_logo_is_refused(browser, page, workspace, content):
    upload = SimpleUploadedFile("logo.png", content, content_type="image/png")
    answer = browser.post(page, filled(browser, page) | {"logo": upload})
    assert "logo" in answer.context["adminform"].form.errors
    workspace.refresh_from_db()
    assert not workspace.logo


@pytest.mark.parametrize("kind", formats.DEFAULTS)
def test_every_usual_format_is_one(kind):
    formats.check(kind, formats.DEFAULTS[kind])
    with pytest.raises(Refused):
        formats.check(kind, "{n}" * 2)


def test_ones_own_language(office, log_in):
    browser = log_in(office)
    answer = browser.post("/accounts/language/", {"language": "de", "next": "/admin/crm/client/"})
    assert answer.headers["Location"] == "/admin/crm/client/"
    assert browser.get("/admin/crm/client/").headers["Content-Language"] == "de"
    assert browser.post("/accounts/language/", {"language": "xx"}).status_code == 409
    assert (
        browser.post("/accounts/language/", {"language": "en", "next": "https://evil.example/"}).headers["Location"]
        == "/"
    )
    office.refresh_from_db()
    assert office.language == "en"


def test_a_new_business_starts_with_its_own_first_page(person, log_in, workspace):
    root = person("admin", workspace)
    type(root).objects.filter(pk=root.pk).update(is_superuser=True)
    browser = log_in(type(root).objects.get(pk=root.pk))
    shown = browser.get("/admin/accounts/workspace/add/").content.decode()
    for usual in ("ZA", "ZAR", "Africa/Johannesburg"):
        assert f'<option value="{usual}" selected>' in shown
    assert 'value="ADP"' not in shown  # the peseta of Andorra went with the euro
    data = {"name": "Cape Cut", "slug": "cape-cut", "country": "ZA", "timezone": "Africa/Johannesburg",
            "currency": "ZAR", "language": "en"}  # fmt: skip
    answer = browser.post("/admin/accounts/workspace/add/", data)
    assert answer.headers["Location"] == "/admin/"
    page = browser.get("/admin/")
    assert page.wsgi_request.workspace.slug == "cape-cut"
    assert [step["done"] for step in page.context["first_steps"]].count(True) == 0
    assert "you are in it" in page.content.decode()
    with scope(workspace=page.wsgi_request.workspace):
        assert list(Activity.objects.order_by("id").values_list("verb", flat=True)) == ["created", "switched"]
