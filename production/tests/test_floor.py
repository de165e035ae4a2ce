"""The shop floor through its doors, as the operator's tablet asks for them."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django_scopes import scope

from laseros.core.drivers import Reading, State
from laseros.tests.ground import stock_shop
from machines import telemetry
from machines.models import Command, Machine
from production import drawings, jobs, queue, runs, traveller
from production.models import Operation, Run
from production.tests.ground import line, new_enquiry, new_job, operation_of, order, upload
from production.tests.pages import HTMX, text_of


def test_the_only_machine_is_mine(tablet, shop, operation):
    page = text_of(tablet.get(reverse("floor:queue")))
    assert "<h1>X3</h1>" in page
    assert "Other machine" not in page
    assert "20 × Bracket" in page
    assert operation.job_line.job.number in page
    assert "Nothing is running" in page


def test_of_several_machines_one_is_chosen_and_remembered(tablet, shop, operation, workspace, other_workspace):
    with scope(workspace=workspace):
        other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
    assert "Which machine do you stand at?" in text_of(tablet.get(reverse("floor:queue")))
    assert tablet.post(reverse("floor:machines"), {"machine": other.pk}).url == reverse("floor:queue")
    assert "<h1>X4</h1>" in text_of(tablet.get(reverse("floor:queue")))
    assert "Other machine" in text_of(tablet.get(reverse("floor:queue")))
    assert "The queue is empty" in text_of(tablet.get(reverse("floor:queue")))
    assert "1 waits" in text_of(tablet.get(reverse("floor:machines")))
    with scope(workspace=other_workspace):
        theirs = Machine.objects.create(workspace=other_workspace, name="P1", kind="printer")
    for wrong in (theirs.pk, 999999, "x", "", "9" * 30):
        assert tablet.post(reverse("floor:machines"), {"machine": wrong}).status_code == 404
    assert "<h1>X4</h1>" in text_of(tablet.get(reverse("floor:queue")))


def test_no_price_anywhere(tablet, shop, run, workspace):
    new_job(shop, "b", lines=[line(shop, unit_price=Decimal(4711))])
    with scope(workspace=workspace):
        pages = [
            reverse("floor:queue"),
            reverse("floor:machines"),
            reverse("floor:operation", args=[run.operation_id]),
            reverse("floor:finish", args=[run.pk]),
            reverse("floor:traveller", args=[run.operation.job_line.job_id]),
            reverse("floor:run_card", args=[shop.laser.pk]),
            reverse("floor:queue_list", args=[shop.laser.pk]),
        ]
    for address in pages:
        response = tablet.get(address)
        assert response.status_code == 200
        for amount in ("45.5", "45,5", "4711.", "4711,", "4 711", "910.0", "910,0", "1850.", "1850,", "1 850"):
            page = response.content.decode().replace("\xa0", " ")
            assert not re.search(rf"(?<![\d:]){re.escape(amount)}", page), address  # 10:32:45.51 is a time


def test_start_pause_resume_finish(tablet, shop, operation, operator):
    assert tablet.post(reverse("floor:start", args=[operation.pk])).url == reverse("floor:queue")
    with scope(workspace=shop.workspace):
        run = Run.objects.get()
    page = text_of(tablet.get(reverse("floor:queue")))
    assert "Pause" in page
    assert "The queue is empty" in page
    tablet.post(reverse("floor:pause", args=[run.pk]))
    assert "Resume" in text_of(tablet.get(reverse("floor:queue")))
    tablet.post(reverse("floor:resume", args=[run.pk]))
    form = text_of(tablet.get(reverse("floor:finish", args=[run.pk])))
    assert 'name="good" id="id_good" value="20"' in form
    done = tablet.post(
        reverse("floor:finish", args=[run.pk]),
        {"good": "18", "scrap": "1", "reason": "Burr or dross", "note": "left corner"},
        follow=True,
    )
    assert "18 good, 1 scrap. 2 short: back at the front of the queue." in text_of(done)
    run.refresh_from_db()
    assert (run.state, run.good, run.scrap, run.note) == ("finished", 18, 1, "Burr or dross: left corner")
    assert order(shop) == [operation.pk]


def test_htmx_gets_the_living_part_only(tablet, shop, operation):
    response = tablet.post(reverse("floor:start", args=[operation.pk]), {"machine": shop.laser.pk}, **HTMX)
    page = text_of(response)
    assert page.startswith('<div id="floor"')
    assert "<html" not in page
    assert "Finish" in page


@pytest.mark.every_database
def test_start_pressed_twice_is_one_run(tablet, shop, operation):
    for _time in range(2):
        assert tablet.post(reverse("floor:start", args=[operation.pk])).status_code == 302
    with scope(workspace=shop.workspace):
        assert Run.objects.count() == 1


@pytest.mark.parametrize("how", [{}, HTMX])
def test_two_operators_start_one_operation(client, log_in, person, shop, workspace, run, operation, how):
    log_in(person("operator", workspace, "sipho@cutters.example"))
    response = client.post(reverse("floor:start", args=[operation.pk]), **how)
    assert response.status_code == 409
    assert "Operator is already running Bracket" in text_of(response)
    assert ("<html" in response.content.decode()) == (not how)
    with scope(workspace=workspace):
        assert Run.objects.count() == 1


def test_started_from_a_page_that_is_out_of_date(tablet, shop, operation, workspace, operator):
    with scope(workspace=workspace):
        other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
        queue.move(operation, other, operator)
    response = tablet.post(reverse("floor:start", args=[operation.pk]), {"machine": shop.laser.pk}, **HTMX)
    assert response.status_code == 409
    assert "This work has moved to X4." in text_of(response)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"good": "21", "scrap": "0"}, "at most 20"),
        ({"good": "15", "scrap": "6", "reason": "Other"}, "at most 20"),
        ({"good": "-1"}, "greater than or equal to 0"),
        ({"good": "many"}, "Enter a whole number"),
        ({"good": ""}, "This field is required"),
        ({"good": "19", "scrap": "1"}, "Please say why there is scrap"),
        ({"good": "20", "material_used": "-3"}, "greater than or equal to 0"),
        ({"good": "20", "material_used": "NaN"}, "Enter a number"),
        ({"good": "20", "note": "x" * 400}, "at most 240 characters"),
    ],
)
def test_an_outcome_that_cannot_be_is_asked_again(tablet, shop, run, said, words):
    response = tablet.post(reverse("floor:finish", args=[run.pk]), said)
    assert response.status_code == 422
    assert words in text_of(response)
    run.refresh_from_db()
    shop.sheet.refresh_from_db()
    assert (run.state, shop.sheet.on_hand) == ("running", 10)


@pytest.mark.every_database
def test_finished_twice(tablet, shop, run):
    for _time in range(2):
        assert tablet.post(reverse("floor:finish", args=[run.pk]), {"good": "20", "scrap": "0"}).status_code == 302
    shop.sheet.refresh_from_db()
    assert shop.sheet.on_hand == 9
    response = tablet.post(reverse("floor:finish", args=[run.pk]), {"good": "10", "scrap": "0"})
    assert response.status_code == 409
    assert "over already, with 20 good and 0 scrap" in text_of(response)


def test_aborting_asks_and_puts_it_back(tablet, shop, run, operation):
    assert 'name="good" id="id_good" value="0"' in text_of(tablet.get(reverse("floor:abort", args=[run.pk])))
    said = {"good": "0", "scrap": "2", "reason": "Not cut through"}
    assert tablet.post(reverse("floor:abort", args=[run.pk]), said).status_code == 302
    run.refresh_from_db()
    shop.sheet.refresh_from_db()
    assert (run.state, run.scrap, shop.sheet.on_hand) == ("aborted", 2, Decimal("9.900"))
    assert order(shop) == [operation.pk]


def test_an_operation_with_its_drawing(tablet, shop, office, run_work):
    with scope(workspace=shop.workspace):
        row = drawings.receive(shop.workspace, upload(), enquiry=new_enquiry(shop), item=shop.sheet, by=office)
    run_work()
    operation = operation_of(new_job(shop, lines=[line(shop, design_file=row)], note="deburr all edges"))
    page = text_of(tablet.get(reverse("floor:operation", args=[operation.pk])))
    for words in ("20 × Bracket", "Mild steel 3 mm", "100,0 × 100,0 mm", "0,228 kg", "deburr all edges", "Start on X3"):
        assert words in page
    picture = tablet.get(reverse("floor:drawing", args=[operation.pk]))
    assert picture["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert picture["Content-Security-Policy"].startswith("sandbox")
    assert b"<svg" in picture.content
    board, shown = reverse("board:board"), f'src="{reverse("floor:drawing", args=[operation.pk])}"'
    assert shown not in tablet.get(board).content.decode()
    tablet.post(reverse("floor:start", args=[operation.pk]))
    assert shown in tablet.get(board).content.decode()  # by the operator's word: this laser says nothing itself
    with scope(workspace=shop.workspace):
        telemetry.ingest(shop.laser, Reading(State.RUNNING, job_key="another", job_name="by hand"))
    assert shown not in tablet.get(board).content.decode()


def test_the_job_sheet_opens_the_work_when_scanned(tablet, shop, operation, settings):
    settings.BASE_URL = "https://shop.example"
    page = text_of(tablet.get(reverse("floor:traveller", args=[operation.job_line.job_id])))
    assert operation.job_line.job.number in page
    assert page.count("<svg:svg") + page.count('<svg width="') >= 1
    address = f"https://shop.example/floor/operations/{operation.pk}/"
    with scope(workspace=shop.workspace):
        assert [leaf.address for leaf in traveller.leaves(operation.job_line.job)] == [address]
    assert tablet.get(reverse("floor:find"), {"q": address}).url == reverse("floor:operation", args=[operation.pk])


def test_without_a_drawing_or_material_it_says_so(tablet, shop):
    operation = operation_of(new_job(shop, lines=[line(shop, quantity=900)]))
    page = text_of(tablet.get(reverse("floor:operation", args=[operation.pk])))
    assert "No drawing to show" in page
    assert "is not reserved" in page
    assert tablet.get(reverse("floor:drawing", args=[operation.pk])).status_code == 404
    assert "material missing" in text_of(tablet.get(reverse("floor:queue")))


def test_on_hold_cannot_be_started(tablet, shop, operation, office):
    with scope(workspace=shop.workspace):
        jobs.hold(operation.job_line.job, office, why="wrong hole")
    page = text_of(tablet.get(reverse("floor:operation", args=[operation.pk])))
    assert "wrong hole" in page
    assert "Start on X3" not in page
    response = tablet.post(reverse("floor:start", args=[operation.pk]))
    assert response.status_code == 409
    assert "on hold" in text_of(response)


def test_to_another_machine(tablet, shop, operation, workspace):
    with scope(workspace=workspace):
        other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
        printer = Machine.objects.create(workspace=workspace, name="P1", kind="printer")
    address = reverse("floor:move", args=[operation.pk])
    assert "Moved to X4." in text_of(tablet.post(address, {"machine": other.pk}, follow=True))
    assert tablet.post(address, {"machine": printer.pk}).status_code == 409
    operation.refresh_from_db()
    assert operation.machine_id == other.pk


def test_the_card_says_what_the_machine_says(tablet, shop, operation, operator, django_capture_on_commit_callbacks):
    with scope(workspace=shop.workspace):
        Machine.objects.filter(pk=shop.laser.pk).update(driver="simulator")
        shop.laser.refresh_from_db()
        telemetry.ingest(shop.laser, Reading(State.IDLE))
        run = runs.start(operation, shop.laser, operator)
        telemetry.ingest(shop.laser, Reading(State.RUNNING, job_key=run.job_key, progress=0.4, seconds_left=90))
    address = reverse("floor:run_card", args=[shop.laser.pk])
    page = text_of(tablet.get(address))
    assert f'data-bell="machine:{shop.laser.pk}"' in page
    assert 'data-progress="40.00"' in page
    assert 'data-seconds-left="90"' in page
    assert tablet.get(address, {"run": run.pk}).headers.get("HX-Trigger") is None
    assert tablet.get(address, {"run": ""}).headers["HX-Trigger"] == "queue-changed"
    with scope(workspace=shop.workspace), django_capture_on_commit_callbacks(execute=True):
        Command.objects.filter(key=run.job_key).delete()
        telemetry.ingest(shop.laser, Reading(State.FINISHED, job_key=run.job_key, progress=1.0))
    page = text_of(tablet.get(address))
    assert "X3 says it is done" in page
    assert ["to be counted" in page, ">running<" in page] == [True, False]
    assert "data-running" not in page


def test_a_machine_that_would_not_start_is_named(tablet, shop, operation, operator):
    with scope(workspace=shop.workspace):
        Machine.objects.filter(pk=shop.laser.pk).update(driver="simulator")
        shop.laser.refresh_from_db()
        telemetry.ingest(shop.laser, Reading(State.IDLE))
        runs.start(operation, shop.laser, operator)
        from laseros.core.drivers import Ack
        from machines import commands

        command = Command.objects.get()
        commands.take(command)
        commands.answered(command, Ack(False, "the door is open"))
    assert "X3 did not start: the door is open" in text_of(tablet.get(reverse("floor:queue")))


# --- who may ----------------------------------------------------------------------------------------------------------


def addresses(shop, operation, run) -> dict[str, str]:
    one = {name: reverse(f"floor:{name}", args=[operation.pk]) for name in ("operation", "shift", "move", "start")}
    of_machine = {name: reverse(f"floor:{name}", args=[shop.laser.pk]) for name in ("run_card", "queue_list", "order")}
    of_run = {name: reverse(f"floor:{name}", args=[run.pk]) for name in ("pause", "resume", "finish", "abort")}
    one["traveller"] = reverse("floor:traveller", args=[operation.job_line.job_id])
    return {"queue": reverse("floor:queue"), "machines": reverse("floor:machines"), **one, **of_machine, **of_run}


LOOKING = {"queue", "machines", "operation", "traveller", "run_card", "queue_list"}


def test_nobody_unknown(client, shop, operation, run):
    for address in addresses(shop, operation, run).values():
        assert client.get(address).status_code == 302
        assert client.get(address).url.startswith("/accounts/login/")


@pytest.mark.parametrize("role", ["viewer"])
def test_who_may_only_look(log_in, person, workspace, shop, operation, run, role):
    browser = log_in(person(role, workspace))
    for name, address in addresses(shop, operation, run).items():
        assert browser.get(address).status_code == (200 if name in LOOKING else 403), name
        if name not in LOOKING:
            assert browser.post(address).status_code == 403, name
    page = text_of(browser.get(reverse("floor:queue")))
    assert "Pause" not in page
    assert "Finish" not in page
    run.refresh_from_db()
    assert run.state == "running"


def test_somebody_elses_shop_is_not_there(log_in, person, other_workspace, shop, operation, run):
    with scope(workspace=other_workspace):
        stock_shop(other_workspace)
    stranger = log_in(person("operator", other_workspace))
    for name, address in addresses(shop, operation, run).items():
        if name in ("queue", "machines"):
            assert "Bracket" not in text_of(stranger.get(address))
            continue
        method = stranger.get if name in (*LOOKING, "finish", "abort") else stranger.post
        assert method(address, {"machine": shop.laser.pk, "item": operation.pk}).status_code == 404, name
    run.refresh_from_db()
    operation.refresh_from_db()
    assert (run.state, operation.state) == ("running", "in_progress")


def test_deeds_are_not_done_by_looking(tablet, shop, operation, run):
    for name in ("shift", "move", "start", "order", "pause", "resume"):
        assert tablet.get(addresses(shop, operation, run)[name]).status_code == 405


# --- how often it asks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_machines(tablet, shop, operator, rows, django_assert_num_queries):
    with scope(workspace=shop.workspace):
        for number in range(rows):
            machine = Machine.objects.create(workspace=shop.workspace, name=f"L{number}", kind="laser")
            operation = operation_of(new_job(shop, str(number)))
            Operation.objects.filter(pk=operation.pk).update(machine=machine)
            runs.start(Operation.objects.get(pk=operation.pk), machine, operator)
    tablet.get(reverse("floor:machines"))
    with django_assert_num_queries(6):
        tablet.get(reverse("floor:machines"))


@pytest.mark.parametrize("deed", ["finish", "abort"])
def test_a_run_that_is_over_is_not_asked_about(tablet, workspace, run, operator, deed):
    with scope(workspace=workspace):
        runs.finish(run, good=18, scrap=1, note="bent", by=operator)
    answer = tablet.get(reverse(f"floor:{deed}", args=[run.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("floor:operation", args=[run.operation_id]), 302)]
    assert "This run is over already: 18 good, 1 scrap." in text_of(answer)
