"""The outbox: one mail for each key whatever dies or is away, and the wishes of people."""

import ast
import os
import signal
import smtplib
import socket
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core.cache import cache
from django.utils import timezone

from accounts import adapters, outbox
from accounts.models import Activity, BackgroundTask, OutgoingMail, Workspace
from accounts.outbox import digest, people, sending
from accounts.tests.mail import Catcher, post, state
from inventory.occasions import LOW
from laseros.core.errors import Refused
from laseros.tests.processes import run_together
from machines.tests.peers.servers import free_port

NOON = datetime(2026, 11, 30, 12, tzinfo=ZoneInfo("Africa/Johannesburg"))


def wish(workspace, user, how="now", occasion=LOW, **hours):
    return people.prefer(workspace, user, choices={occasion.name: how}, **hours)


# --- what is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("scoped")
def test_a_server_that_is_away_for_an_hour_loses_nothing_and_gets_each_message_once(shop, run_work, caught):
    with time_machine.travel(NOON, tick=False) as clock:
        messages = [post(shop.contact, f"k{number}") for number in range(3)]
        run_work()
        assert {state(message) for message in messages} == {"waiting"}
        # The first found that nobody answers; the others did not ask.
        assert list(OutgoingMail.objects.order_by("id").values_list("tries", flat=True)) == [1, 0, 0]
        for _minute in range(60):
            clock.shift(timedelta(minutes=1))
            cache.clear()  # the file of the cache looks at the computer's own clock
            sending.sweep()
        assert {state(message) for message in messages} == {"waiting"}
        server = caught()
        for _minute in range(31):
            clock.shift(timedelta(minutes=1))
            cache.clear()
            sending.sweep()
    assert {state(message) for message in messages} == {"sent"}
    assert len(server.caught) == 3
    assert len({mail["Message-ID"] for mail in server.caught}) == 3
    assert not BackgroundTask.objects.filter(state="failed").exists()


@pytest.mark.django_db
def test_the_way_back_in_waits_for_the_server_too_and_arrives_once(caught):
    from django_q.models import Schedule

    later = Schedule.objects.filter(func="accounts.adapters.send_now").order_by("pk")
    adapters.send_now("Back in", "https://x.example/", "a@x.example", ["b@x.example"], "<p>Link</p>")
    adapters.send_now(*ast.literal_eval(later.last().args))  # an hour later, still nobody
    answers = ["451 later", "250 OK"]
    server = caught(answer=lambda envelope: answers.pop(0))
    for _each in range(2):
        adapters.send_now(*ast.literal_eval(later.last().args))
    assert later.count() == 3
    waits = [(row.next_run - timezone.now()).total_seconds() / 60 for row in later]
    assert [round(wait) for wait in waits] == [1, 2, 5]
    assert [mail["Subject"] for mail in server.caught] == ["Back in"] * 2  # the first was not taken
    with pytest.raises(smtplib.SMTPException):
        server.answer = lambda envelope: "550 never heard of"
        adapters.send_now(*ast.literal_eval(later.last().args))
    assert later.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("scoped")
def test_no_page_waits_for_the_server(shop, manager, office, log_in, client, settings, caught):
    """It takes the connection and says nothing: whoever spoke to it would wait for EMAIL_TIMEOUT."""
    with socket.create_server(("127.0.0.1", settings.EMAIL_PORT)) as silent:
        silent.settimeout(0.2)
        failed = post(shop.contact)
        OutgoingMail.objects.filter(pk=failed.pk).update(state="failed")
        assert client.post("/accounts/password/reset/", {"email": office.email}).status_code == 302
        invite = f"/admin/crm/contact/{shop.contact.pk}/do/invite/"
        assert log_in(manager).post(invite).status_code == 302
        again = f"/admin/accounts/outgoingmail/{failed.pk}/do/send/"
        assert log_in(manager).post(again, {"why": "try"}).status_code == 302
        with pytest.raises(TimeoutError):
            silent.accept()
    assert OutgoingMail.objects.filter(state="waiting").count() == 2


@pytest.mark.usefixtures("scoped")
@pytest.mark.parametrize(
    ("answer", "expected"),
    [("451 later", ("waiting", 1)), ("550 never heard of", ("failed", 1)), ("250 OK", ("sent", 1))],
)
def test_what_the_server_says_decides(shop, run_work, caught, answer, expected):
    caught(answer=lambda envelope: answer)
    message = post(shop.contact)
    run_work()
    message.refresh_from_db()
    assert (message.state, message.tries) == expected
    assert Activity.objects.filter(verb="gave up").count() == (message.state == "failed")


@pytest.mark.usefixtures("scoped")
def test_it_is_given_up_after_two_days_and_sent_again_by_a_person_with_a_reason(shop, manager, run_work, caught):
    with time_machine.travel(NOON, tick=False) as clock:
        message = post(shop.contact)
        run_work()
        clock.shift(timedelta(days=2))
        cache.clear()
        sending.sweep()
        assert state(message) == "failed"
        server = caught()
        message.refresh_from_db()
        cache.clear()
        outbox.send_again(message, manager, why="the server is back")
        with pytest.raises(Refused):
            outbox.send_again(message, manager, why="twice")
        run_work()
    assert (state(message), len(server.caught)) == ("sent", 1)
    assert Activity.objects.get(verb="retried").details == {"why": "the server is back"}


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("scoped")
def test_a_worker_killed_while_it_hands_over_sends_one_mail_and_says_that_nobody_knows(shop, tmp_path):
    number = tmp_path / "number"

    def kill(envelope):
        os.kill(int(number.read_text()), signal.SIGKILL)
        return "250 OK"

    catcher = Catcher(answer=kill)
    controller = Controller(catcher, hostname="127.0.0.1", port=free_port())
    controller.start()
    message = post(shop.contact)
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    worker = "accounts.tests.at_once:sweep", [[controller.port, str(number)]]
    try:
        assert run_together(*worker, some_die=True) == [None]
        assert state(message) == "handing"
        run_together(*worker)
    finally:
        controller.stop()
    assert (state(message), len(catcher.caught)) == ("unclear", 1)


@pytest.mark.usefixtures("scoped")
def test_two_workers_with_the_same_message_hand_it_over_once(shop, run_work, caught):
    server = caught()
    message = post(shop.contact)
    first, second = (OutgoingMail.objects.get(pk=message.pk) for _worker in range(2))
    sending.LIFE.move(first, "take")
    sending.hand_over(first)
    with pytest.raises(sending.Taken):
        sending.hand_over(second)
    assert sending.attempt(second)  # finds nothing to take
    sending._try_later(second, OSError("slow"))  # and whatever it does about it is not about the first one's
    assert (state(message), server.caught) == ("handing", [])


# --- who wants what ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("scoped")
def test_a_person_is_told_at_once_once_a_day_or_never_and_not_at_night(
    shop, workspace, office, operator, person, run_work, caught
):
    manager, viewer = person("manager", workspace), person("viewer", workspace)
    server = caught()
    berlin = {"timezone": "Europe/Berlin", "quiet_from": time(22), "quiet_until": time(7)}
    wish(workspace, office)
    wish(workspace, manager, "daily", digest_at=time(6, 30))
    wish(workspace, viewer, "now", **berlin)
    wish(workspace, operator, "now")  # whose role does not see what to buy
    night = datetime(2026, 11, 30, 23, 30, tzinfo=ZoneInfo("Africa/Johannesburg"))  # 22:30 in Berlin
    need = _need(shop)
    with time_machine.travel(night, tick=False) as clock:
        for number in range(2):
            assert outbox.tell(LOW, need, key=f"n{number}", link="https://x.example/") == 3
        run_work()
        assert [mail["To"] for mail in server.caught] == [office.email] * 2
        clock.move_to(datetime(2026, 12, 1, 6, 31, tzinfo=ZoneInfo("Africa/Johannesburg")))
        sending.sweep()
        run_work()
        assert [mail["To"] for mail in server.caught[2:]] == [manager.email]
        assert server.caught[2]["Subject"] == "2 messages from Cutters"
        assert server.caught[2].get_body(("plain",)).get_content().count("Running low") == 2
        clock.move_to(datetime(2026, 12, 1, 7, 1, tzinfo=ZoneInfo("Europe/Berlin")))
        sending.sweep()
        sending.sweep()
    assert [mail["To"] for mail in server.caught[3:]] == [viewer.email] * 2
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent", "bundled"}
    assert digest.bundle_due() == 0


def _need(shop):
    from inventory import ledger
    from inventory.models import Need
    from inventory.reorder import work_out

    ledger.post(shop.sheet, -8, "usage", key="much")
    work_out(shop.workspace)
    return Need.objects.get()


@pytest.mark.parametrize(("now", "begin", "end", "quiet"), [
    (time(23), time(22), time(7), True), (time(6, 59), time(22), time(7), True), (time(7), time(22), time(7), False),
    (time(12), time(22), time(7), False), (time(13), time(12), time(14), True), (time(14), time(12), time(14), False),
])  # fmt: skip
def test_quiet_hours_go_over_midnight(now, begin, end, quiet):
    assert people.is_quiet(now, begin, end) is quiet


@pytest.mark.usefixtures("scoped")
def test_everybody_says_what_they_want_on_a_page_of_their_own(workspace, operator, office, log_in):
    browser = log_in(operator)
    page = browser.get("/accounts/messages/")
    assert f"{workspace.email} is told at once" in page.content.decode()
    Workspace.objects.filter(pk=workspace.pk).update(email="")
    assert "is told at once" not in browser.get("/accounts/messages/").content.decode()
    offered = {one.name for one in page.context["offered"]}
    assert ("machine" in offered, "needs" in offered, "quote_accepted" in offered) == (True, False, False)
    data = {
        "how_machine": "daily",
        "timezone": "Europe/Berlin",
        "quiet_from": "22:00",
        "quiet_until": "06:00",
        "digest_at": "07:30",
    }
    assert browser.post("/accounts/messages/", data).status_code == 302
    row = people.stored(workspace, operator)
    assert (row.choices["machine"], row.timezone, row.digest_at) == ("daily", "Europe/Berlin", time(7, 30))
    for wrong in ({"how_machine": "hourly"}, {"quiet_until": ""}, {"timezone": "Moon/Base"}):
        assert browser.post("/accounts/messages/", data | wrong).status_code == 422
    assert people.stored(workspace, operator).choices["machine"] == "daily"
    assert not people.stored(workspace, office).choices


# --- in the back office -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("scoped")
def test_the_list_asks_the_same_of_the_database_for_one_and_for_three(shop, manager, log_in, django_assert_num_queries):
    browser = log_in(manager)
    for number in range(3):
        post(shop.contact, f"k{number}")
        if number == 0:
            browser.get("/admin/accounts/outgoingmail/")
        with django_assert_num_queries(LIST_QUERIES):
            page = browser.get("/admin/accounts/outgoingmail/?kind=contact_known&way=mail")
    assert len(page.context["cl"].result_list) == 3
    about = browser.get(f"/admin/crm/contact/{shop.contact.pk}/change/").context["related"]
    link = next(link.url for link in about if "outgoingmail" in link.url)
    assert browser.get(link).context["cl"].result_count == 3
    message = OutgoingMail.objects.first()
    shown = browser.get(f"/admin/accounts/outgoingmail/{message.pk}/change/")
    assert f"/admin/crm/contact/{shop.contact.pk}/change/" in {link.url for link in shown.context["related"]}


LIST_QUERIES = 8
