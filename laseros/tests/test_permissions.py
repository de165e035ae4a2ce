"""Every address, opened as everybody: the answers are those of `permissions_table`, to the number.

A refused request has written nothing, a pressed button has written something; nobody finds a neighbour's name on any
page, and whoever may not see money finds no amount.
"""

from functools import partial

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path, reverse
from django.urls.resolvers import URLResolver
from django.views.defaults import page_not_found

from accounts.back_office import RoomAdmin
from laseros import urls
from laseros.forbidden import forbidden
from laseros.routing import websocket_urlpatterns
from laseros.tests import permissions_ground as ground
from laseros.tests.database import committed
from laseros.tests.ground import figures_joined
from laseros.tests.permissions_doors import address_of, addresses, answer_of, filled_form, office_address, values
from laseros.tests.permissions_table import BACK_OFFICE, INSTALLATION, PEOPLE, ROOMS, VERBS, Row, rows
from laseros.tests.typesetting import typeset_once

STAFF = ("viewer", "office", "manager", "admin", "elsewhere")
OUTSIDE = {name: "login" for name in PEOPLE if name not in STAFF}
REFUSED = {"login", "403", "404", "405"}
REMEMBERED = ("floor:machines", "portal:switch")  # in the session only
# Looking and exporting are noted, whichever the method; whoever is in the books for the first time gets a number there.
NOTED = {"accounts_activity", "billing_debtor"}
FORMS = ("change", "add", "milestones")  # filled in as the administrator finds them
OF_EVERY_MODEL = ("bare", "saved", "history", "export")  # by the same code, that asks the same of the database
COOKIES = "django.contrib.sessions.backends.signed_cookies"
NEIGHBOURS = ("other_client", "elsewhere")
SEES_NO_MONEY = ("operator", "viewer")
SEARCHED = (*NEIGHBOURS, *SEES_NO_MONEY)
# Whoever asks for all when one is enough: the first of these who gets the page.
FOR_ALL = ("admin", "superuser", "manager", "office", "client", "operator", "viewer", "elsewhere", "anonymous")


@pytest.fixture(scope="module")
def world(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once; nothing of it is left behind.

    Thousands of requests ask the same dozen people. What they are remembered by is in their cookie, the same paper is
    typeset once, and pages of refusals, all the same, are not drawn (`test_a_refusal_has_its_page`).
    """
    with (
        django_db_blocker.unblock(),
        ground.files_in(tmp_path_factory.mktemp("files")) as folder,
        override_settings(SESSION_ENGINE=COOKIES, DEBUG_PROPAGATE_EXCEPTIONS=True),
        pytest.MonkeyPatch.context() as patch,
        committed(ground.build) as world,
        typeset_once(),
        transaction.atomic(),
    ):
        for status in (403, 404):
            patch.setattr(urls, f"handler{status}", partial(bare, status), raising=False)
        world.folder = folder
        world.asks_all = not request.config.option.another_database
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def db(world):
    """What `world` has opened. A request is undone by itself; another transaction for each test would undo nothing."""


def bare(status: int, request, exception=None) -> HttpResponse:
    return HttpResponse(status=status)


@pytest.fixture(autouse=True)
def _files(request, settings, _files_of_their_own):
    """The files of the world are there for each test."""
    if "world" in request.fixturenames:
        settings.MEDIA_ROOT = request.getfixturevalue("world").folder
        settings.SIMULATED_CARDS = True  # so that somebody can pay


def models() -> dict[str, RoomAdmin]:
    """Every page of a model in the back office that is a room's: "crm_client" → its admin."""
    found = {f"{model._meta.app_label}_{model._meta.model_name}": room for model, room in admin.site._registry.items()}
    return {name: room for name, room in found.items() if isinstance(room, RoomAdmin)}


def office_rows() -> list[Row]:
    """The back office's lines with "*" written out and the columns of those who are never let in."""
    found = []
    for row in rows(BACK_OFFICE, STAFF, named_by=2):
        model, page = row.name.split()
        for each in sorted(models()) if model == "*" else [model]:
            found.append(row._replace(name=f"{each} {page}", answers={**OUTSIDE, **row.answers}))
    return found


def verb_rows() -> list[Row]:
    return rows(VERBS, STAFF, named_by=2, method="POST")


ROOM_ROWS, OFFICE_ROWS, VERB_ROWS = rows(ROOMS, PEOPLE), office_rows(), verb_rows()
INSTALLATION_ROWS = rows(INSTALLATION, ("everybody", "superuser"))


def named(row: Row) -> str:
    return f"{row.method} {row.name}".replace(" ", "-")


# --- nothing is left out ----------------------------------------------------------------------------------------------


def listed() -> set[str]:
    """The names of all addresses the table speaks of."""
    found = {row.name for row in ROOM_ROWS} | {row.name for row in INSTALLATION_ROWS}
    for row in OFFICE_ROWS:
        model, page = row.name.split()
        found.add(office_address(model, page))
    return found


def unlisted(resolver=None) -> list[str]:
    return sorted({name for name, _route in addresses(resolver)} - listed())


def test_every_address_is_in_the_table():
    missing = unlisted()
    assert not missing, "who may open these? Write a line each in laseros/tests/permissions_table/: " + ", ".join(
        missing
    )


def test_every_line_of_the_table_is_about_an_address():
    assert listed() - {name for name, _route in addresses()} == set()


def test_an_address_that_nobody_listed_is_found():
    deep = path("deeper/", ([path("forgotten/", lambda request: None, name="forgotten")], "cellar", "cellar"))
    shallow = path("nameless/", lambda request: None)
    assert unlisted(URLResolver(deep.pattern, [deep, shallow])) == ["cellar:forgotten", "nameless/"]


def test_every_button_of_the_back_office_is_in_the_table_once():
    buttons = [f"{name} {verb.name}" for name, room in models().items() for verb in room.all_verbs()]
    assert sorted(row.name for row in VERB_ROWS) == sorted(buttons)


def test_every_socket_has_its_test():
    assert [str(route.pattern) for route in websocket_urlpatterns] == [
        "ws/bell/",
        "ws/job/<int:pk>/",
        "ws/job/<int:pk>/<str:token>/",
    ]


# --- the table --------------------------------------------------------------------------------------------------------


def check(world, method: str, address: str, data: dict, expected: dict, *, deed: bool = False) -> None:
    """Ask as everybody and compare all answers at once.

    Pages are drawn that are searched for what nobody may find, and one more. Who may what hangs on no database: on a
    second one a single person asks who may, for what the page asks of the database.
    """
    wrong, for_all = [], first_let_in(expected)
    for who, right in expected.items() if world.asks_all else [(for_all, expected[for_all])]:
        draws = who == for_all or who in SEARCHED
        response, written = world.visitors[who].ask(method, address, data, draws=draws)
        answer = answer_of(response)
        if answer != right:
            wrong.append(f"{who}: {answer} instead of {right}")
        if answer in REFUSED and written:
            wrong.append(f"{who} was refused, and yet written were {written}")
        if deed and answer == "302" and not written:
            wrong.append(f"{who} was let in and did nothing")
        if answer == "200":
            wrong += [f"{who} finds {what}" for what in leaks(who, response)]
    assert not wrong, f"{method} {address}: " + "; ".join(wrong)


def first_let_in(answers: dict) -> str | None:
    """Who gets the page or whose deed is done; nobody where all are refused."""
    let_in = [who for who in FOR_ALL if answers.get(who, "404") not in REFUSED]
    return min(let_in, key=lambda who: answers[who], default=None)  # a page before a redirection before a complaint


def lines(table: list[Row]) -> list:
    """For `parametrize`: a second database is asked what no line before has asked it."""
    sent = {row.name for row in table if page_of(row) in FORMS and is_done(row)}
    asked, found = {None}, []
    for row in table:
        question = question_of(row, sent)
        found.append(pytest.param(row, marks=pytest.mark.one_database) if question in asked else row)
        asked.add(question)
    return found


def question_of(row: Row, sent: set[str]) -> tuple | None:
    """What a line wants of a database; nothing where all are refused, or where it is asked on the way to a deed."""
    page, let_in = page_of(row), first_let_in(row.answers)
    if let_in is None:
        return None
    if page in FORMS and row.method == "GET" and row.name in sent:  # opened before it is sent
        return None
    if page in FORMS and row.method == "POST" and row.answers[let_in] == "200":  # it comes back, as it was opened
        return None
    if page in OF_EVERY_MODEL:
        return row.method, page
    return row.method, row.name, row.records, row.data


def page_of(row: Row) -> str:
    """Of the back office, or a button there; nothing for what is a room's."""
    return row.name.partition(" ")[2]


def is_done(row: Row) -> bool:
    let_in = first_let_in(row.answers)
    return row.method == "POST" and let_in is not None and row.answers[let_in] == "302"


def leaks(who: str, response) -> list[str]:
    """What stands on the page and is not for the one who looks."""
    if response.streaming or "pdf" in response["Content-Type"] or "javascript" in response["Content-Type"]:
        return []
    text = response.content.decode(errors="replace")
    found = []
    if response.wsgi_request.path.startswith(("/portal/link/", "/pay/simulated/")):  # opens for whoever has it
        return []
    if who in NEIGHBOURS and ground.CLIENT in text:
        found.append(ground.CLIENT)
    if who in SEES_NO_MONEY and shows_money(text):
        found.append("an amount")
    return found


def shows_money(text: str) -> bool:
    """Whether the amount that all our money columns hold stands there, however it is written."""
    return ground.AMOUNT in figures_joined(text)


@pytest.mark.parametrize("row", lines(ROOM_ROWS), ids=named)
def test_rooms(db, world, row):
    address = address_of(world, row.name, row.records)
    deed = row.method == "POST" and row.name.startswith(("floor:", "portal:")) and row.name not in REMEMBERED
    check(world, row.method, address, values(world, row.data), row.answers, deed=deed)


@pytest.mark.parametrize("row", lines(OFFICE_ROWS), ids=named)
def test_back_office(db, world, row):
    model, page = row.name.split()
    address = address_of(world, office_address(model, page), row.records)
    data = values(world, row.data)
    if row.method == "POST" and page in FORMS:
        response, _written = world.visitors["admin"].ask("GET", address)
        data = {**filled_form(response.content.decode()), **data}
    deed = row.method == "POST" and page in (*FORMS, "saved")
    check(world, row.method, address, data, row.answers, deed=deed)


# They open a form, and write nothing by themselves.
LEADING = {"production_jobtemplate open"}


@pytest.mark.parametrize("row", lines(VERB_ROWS), ids=named)
def test_buttons(db, world, row, settings):
    settings.SIMULATED_CARDS = True  # so that something goes back to a card
    model, verb = row.name.split()
    address = reverse(f"admin:{model}_verb", args=[getattr(world, row.records[0]).pk, verb])
    answers = {**OUTSIDE, **row.answers}
    if world.asks_all:
        opened = {who: "200" if answer in ("302", "409") else answer for who, answer in answers.items()}
        check(world, "GET", address, {}, opened)
    response, _written = world.visitors["superuser"].ask("GET", address)
    data = {**filled_form(response.content.decode()), **values(world, row.data)}
    check(world, "POST", address, data, answers, deed=row.name not in LEADING)


@pytest.mark.parametrize("row", lines(INSTALLATION_ROWS), ids=named)
def test_installation(db, world, row):
    address = address_of(world, row.name, row.records)
    outside = dict.fromkeys(OUTSIDE, "login")
    staff = dict.fromkeys(STAFF, row.answers["everybody"])
    check(world, row.method, address, {}, {**outside, **staff, "superuser": row.answers["superuser"]})


def pages() -> list[Row]:
    deeds = {row.name for row in (*ROOM_ROWS, *OFFICE_ROWS) if row.method == "POST"}
    return [row for row in (*ROOM_ROWS, *OFFICE_ROWS) if row.method == "GET" and row.name not in deeds]


@pytest.mark.one_database
def test_what_is_no_deed_changes_nothing_when_it_is_posted_to(db, world):
    wrong = []
    for row in pages():
        name = office_address(*row.name.split()) if " " in row.name else row.name
        address = address_of(world, name, row.records)
        for who in ("client", "admin"):
            response, written = world.visitors[who].ask("POST", address, values(world, row.data), draws=False)
            if set(written) - NOTED:
                wrong.append(f"{who} {response.status_code} {address}: {written}")
    assert wrong == []


@pytest.mark.one_database
def test_the_amount_and_the_name_are_found_where_they_may_be_seen(db, world):
    """What the table's pages are searched for is really there for those who may see it."""
    quote = reverse("admin:billing_quote_change", args=[world.sent.pk])
    for who, address in (("office", quote), ("client", reverse("portal:quote", args=[world.sent.pk]))):
        text = world.visitors[who].ask("GET", address)[0].content.decode()
        assert shows_money(text)
        assert ground.CLIENT in world.visitors["office"].ask("GET", quote)[0].content.decode()


@pytest.mark.one_database
def test_a_refusal_has_its_page(db, world, monkeypatch):
    monkeypatch.setattr(urls, "handler403", forbidden)
    monkeypatch.setattr(urls, "handler404", page_not_found)
    quote = reverse("admin:billing_quote_delete", args=[world.sent.pk])
    for who, address, answer, words in [
        *((who, reverse("floor:queue"), 403, "You may not see this") for who in ("client", "other_client")),
        *((who, quote, 403, "You may not see this") for who in STAFF if who != "elsewhere"),
        *((who, "/nowhere/", 404, "This page is not here") for who in PEOPLE),
    ]:
        response, written = world.visitors[who].ask("GET", address)
        assert (who, response.status_code, written) == (who, answer, [])
        assert words in response.content.decode(), who
