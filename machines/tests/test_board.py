"""The board as a page: what each card says, who may see it, and that its price in queries does not grow."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from laseros.core.drivers import Reading, State
from machines import board, machine_jobs, reported, telemetry
from machines.models import Machine, MachineJob, PrintFile

pytestmark = pytest.mark.one_database

BOARD = reverse("board:board")


def machine(workspace, name="X3", driver="simulator", **fields):
    return Machine.objects.create(workspace=workspace, name=name, driver=driver, **fields)


def said(machine, reading, seconds_ago=0):
    return telemetry.ingest(machine, reading, timezone.now() - timedelta(seconds=seconds_ago))


def test_it_hangs_at_an_address_of_its_own():
    assert (BOARD, reverse("board:card", args=[7])) == ("/board/", "/board/machines/7/")


def test_every_machine_has_a_card(scoped, log_in, operator):
    said(
        machine(scoped, "Läser 🦊", model="Golden Laser X3"),
        Reading(State.RUNNING, job_key="run-1", job_name="<b>Flansch</b> 🦊", progress=0.42, seconds_left=700,
                values={"power_w": 2400, "gas_bar": 0.8, "secret_number": 5}),
    )  # fmt: skip
    said(machine(scoped, "Printer", kind="printer"), Reading(State.ERROR, message="Filament has run out"))
    machine(scoped, "New")
    html = log_in(operator).get(BOARD).content.decode()
    assert html.count('class="machine machine-') == 3
    assert "Läser 🦊" in html
    assert "&lt;b&gt;Flansch&lt;/b&gt; 🦊" in html
    assert 'data-progress="42.' in html
    assert "secret_number" not in html
    assert "Filament has run out" in html
    assert "Nothing heard yet" in html
    assert f'data-bell-url="/ws/bell/?workspace={scoped.pk}&amp;cards=1"' in html


def test_a_laser_that_only_reports_afterwards_is_not_unheard(scoped, log_in, operator):
    ended = timezone.now().replace(hour=12, minute=34) - timedelta(days=1)
    reading = Reading(None, raw={"reports": 1, "latest": ended.isoformat()})
    reported.note(machine(scoped, "Old laser", driver="cypcut"), reading, timezone.now())
    html = log_in(operator).get(BOARD).content.decode()
    assert "by report" in html
    assert f"Last work reported: {board.clock(ended, timezone.now())}" in html
    assert ["Nothing heard yet" in html, ">unknown<" in html] == [False, False]


@pytest.mark.parametrize("place", ["usb/clip.gcode", "/usb/clip.gcode"])
@pytest.mark.parametrize("said_as", ["usb/clip.gcode", "/usb/clip.gcode"])
def test_a_card_shows_what_is_being_made(scoped, log_in, operator, said_as, place):
    printer = machine(scoped, "Mini", kind="printer")
    said(printer, Reading(State.RUNNING, job_key="7", job_name="clip", file=said_as, progress=0.2), 9)
    file = PrintFile.objects.create(workspace=scoped, machine=printer, name="clip.gcode", path=place)
    address = reverse("board:picture", args=[file.pk])
    browser = log_in(operator)
    assert address not in browser.get(BOARD).content.decode()
    assert browser.get(address).status_code == 404
    file.sha256 = 64 * "a"
    file.picture.save("clip.png", ContentFile(b"PNG"))
    assert f'src="{address}"' in browser.get(BOARD).content.decode()
    assert f'src="{address}"' in browser.get(reverse("board:card", args=[printer.pk])).content.decode()
    picture = browser.get(address)
    assert (b"".join(picture.streaming_content), picture["Content-Type"]) == (b"PNG", "image/png")
    assert picture["Cache-Control"] == "private, max-age=300"
    said(printer, Reading(State.IDLE, file=said_as))
    assert address not in browser.get(BOARD).content.decode()


def test_the_picture_of_the_work_it_is_known_to_be_of_comes_first(scoped, log_in, operator):
    printer = machine(scoped, "Mini", kind="printer")
    said(printer, Reading(State.RUNNING, job_key="7", job_name="clip", file="clip.gcode", progress=0.2), 9)
    PrintFile.objects.create(
        workspace=scoped, machine=printer, name="clip.gcode", path="clip.gcode", picture="prints/clip.png"
    )
    machine_jobs.claim(MachineJob.objects.get(), "JB-1 Clip", picture="/floor/operations/9/drawing/")
    assert 'src="/floor/operations/9/drawing/"' in log_in(operator).get(BOARD).content.decode()


def test_only_what_lies_on_a_machine_has_a_picture_for_all(scoped, log_in, operator):
    file = PrintFile(workspace=scoped, name="own.gcode", sha256=64 * "b", state="local")
    file.picture.save("own.png", ContentFile(b"PNG"))
    assert log_in(operator).get(reverse("board:picture", args=[file.pk])).status_code == 404


def test_an_empty_board_says_what_to_do(workspace, log_in, person):
    page = log_in(person("manager", workspace)).get(BOARD).content.decode()
    assert "No machines yet" in page
    assert "/admin/machines/machine/add/" in page
    page = log_in(person("operator", workspace, "op@x.example")).get(BOARD).content.decode()
    assert "No machines yet" in page
    assert "/admin/machines/machine/add/" not in page


def test_television(scoped, log_in, operator):
    for n in range(5):
        machine(scoped, f"M{n}")
    page = log_in(operator).get(BOARD, {"tv": "1"}).content.decode()
    assert 'class="board board-tv"' in page
    assert "tv-cols-3 tv-rows-2" in page
    assert f'hx-get="{BOARD}?tv=1"' in page


@pytest.mark.parametrize(
    ("count", "shape"), [(0, (1, 1)), (1, (1, 1)), (2, (2, 1)), (4, (2, 2)), (9, (3, 3)), (60, (8, 8)), (200, (8, 8))]
)
def test_the_shape_of_a_television(count, shape):
    assert board.tv_shape(count) == shape


@pytest.mark.parametrize("machines", [1, 3])
def test_the_boards_queries(workspace, log_in, operator, django_assert_num_queries, machines):
    with scope(workspace=workspace):
        for n in range(machines):
            said(machine(workspace, f"M{n}"), Reading(State.IDLE))
    client = log_in(operator)
    with django_assert_num_queries(5):  # session, person, memberships, permissions, and one for all machines
        assert client.get(BOARD).status_code == 200


def test_who_may_see_it(workspace, other_workspace, log_in, client, person, operator):
    with scope(workspace=workspace):
        laser = machine(workspace, "Laser of cutters")
    card = reverse("board:card", args=[laser.pk])
    assert client.get(BOARD).headers["Location"] == f"/accounts/login/?next={BOARD}"
    for role in ("admin", "manager", "office", "viewer", "operator"):
        user = person(role, workspace, f"{role}@board.example")
        assert [log_in(user).get(url).status_code for url in (BOARD, card)] == [200, 200]
    assert "Laser of cutters" in client.get(BOARD).content.decode()
    stranger = log_in(person("admin", other_workspace))
    assert "Laser of cutters" not in stranger.get(BOARD).content.decode()
    assert stranger.get(card).status_code == 404
    nobody = log_in(person("nobody"))
    assert [nobody.get(url).status_code for url in (BOARD, card)] == [403, 403]
    assert nobody.post(BOARD).status_code == 405


def test_archived_machines_are_not_on_it(scoped, log_in, operator):
    old = machine(scoped, "Old", archived_at=timezone.now())
    client = log_in(operator)
    assert "No machines yet" in client.get(BOARD).content.decode()
    assert client.get(reverse("board:card", args=[old.pk])).status_code == 404


def test_a_single_card_fetches_itself_when_the_bell_rings(scoped, log_in, operator):
    laser = machine(scoped)
    said(laser, Reading(State.PAUSED, job_name="Flange", progress=0.5, seconds_left=90))
    html = log_in(operator).get(reverse("board:card", args=[laser.pk])).content.decode()
    assert f'data-bell="machine:{laser.pk}"' in html
    assert f'hx-get="/board/machines/{laser.pk}/"' in html
    assert "data-running" not in html
    assert 'data-version="1"' in html


# --- what a card says ---------------------------------------------------------------------------------------------


def card(machine) -> board.Card:
    return board.cards([machine.pk])[0]


def test_a_running_machine_goes_on_between_two_readings(scoped):
    laser = machine(scoped)
    said(laser, Reading(State.RUNNING, job_name="Flange", progress=0.5, seconds_left=100), seconds_ago=10)
    seen = card(laser)
    assert (round(seen.percent), round(seen.seconds_left), seen.is_live) == (55, 90, True)
    assert seen.ends


def test_a_paused_one_does_not(scoped):
    laser = machine(scoped)
    said(laser, Reading(State.PAUSED, job_name="Flange", progress=0.5, seconds_left=100), seconds_ago=10)
    seen = card(laser)
    assert (seen.percent, seen.seconds_left, seen.is_live, seen.ends) == (50.0, 100, False, "")


def test_nothing_gets_done_without_the_machine_saying_so(scoped):
    by_hand = machine(scoped, driver="manual")
    said(by_hand, Reading(State.RUNNING, job_name="Plates", progress=0.0, seconds_left=600), seconds_ago=3600)
    seen = card(by_hand)
    assert (seen.percent, seen.seconds_left, seen.is_stale, seen.is_live) == (99.0, 0.0, False, True)


def test_silence_makes_it_last_known(scoped, log_in, operator):
    laser = machine(scoped)
    said(laser, Reading(State.RUNNING, job_name="Flange", progress=0.5, seconds_left=900), seconds_ago=300)
    seen = card(laser)
    assert (seen.is_stale, seen.is_live, seen.percent, seen.ends, bool(seen.last_known)) == (
        True,
        False,
        50.0,
        "",
        True,
    )
    html = log_in(operator).get(BOARD).content.decode()
    with timezone.override("Africa/Johannesburg"):
        assert f"Last known at {card(laser).last_known}" in html
    assert "machine-off" in html
    assert "data-running" not in html


def test_an_offline_machine_keeps_its_work_on_the_card(scoped, log_in, operator):
    laser = machine(scoped)
    said(laser, Reading(State.RUNNING, job_name="Flange", progress=0.5), seconds_ago=20)
    telemetry.offline(laser, "Cannot be reached: no route")
    html = log_in(operator).get(BOARD).content.decode()
    assert "Flange" in html
    assert "Cannot be reached: no route" in html
    assert "Last known at" in html


def test_work_is_called_as_its_job_where_somebody_knows_it(scoped, log_in, operator):
    row = machine(scoped)
    said(row, Reading(State.RUNNING, job_key="7", job_name="clip_op12.gcode", progress=0.2))
    machine_jobs.claim(MachineJob.objects.get(), "JB-7 Clip", operator)
    assert board.cards()[0].work == "JB-7 Clip"
    html = log_in(operator).get(reverse("board:board")).content.decode()
    assert ("JB-7 Clip" in html, "clip_op12.gcode" in html) == (True, False)
    said(row, Reading(State.RUNNING, job_key="8", job_name="vase.gcode", progress=0.0))
    assert board.cards()[0].work == "vase.gcode"


def test_times_are_written_as_in_the_country(workspace, other_workspace):
    moment = timezone.make_aware(timezone.datetime(2026, 11, 5, 16, 30))
    with scope(workspace=workspace):
        assert board.clock(moment, moment) == "16:30"
        assert board.clock(moment + timedelta(days=1), moment) == "Fri 16:30"
    with scope(workspace=other_workspace):
        assert board.clock(moment + timedelta(days=30), moment).endswith("16:30")


def test_the_head_counts_what_needs_somebody_first(scoped):
    for n, state in enumerate((State.IDLE, State.RUNNING, State.ERROR, State.IDLE)):
        said(machine(scoped, f"M{n}"), Reading(state))
    assert [(state, count) for state, _word, count in board.summary(board.cards())] == [
        ("error", 1), ("running", 1), ("idle", 2),
    ]  # fmt: skip
