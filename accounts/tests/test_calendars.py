"""A calendar of one's own: an address that can be taken back, read by a library and line by line; no price in it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope
from icalendar import Calendar

from accounts import calendars
from accounts.models import Activity, CalendarFeed, Membership
from crm import diary
from production.models import Job

pytestmark = pytest.mark.usefixtures("scoped")
PAGE = "/accounts/calendar/"
NASTY = "Plates; 3 mm, \\ back\r\nATTACH:http://evil.example/ – äöü ✂ " + "x" * 90


@pytest.fixture
def job(shop, office):
    from billing import quotes
    from billing.tests.ground import sent_quote

    return quotes.accept(sent_quote(shop, office), name="Thandi Nkosi")


def address(browser, do="make") -> str:
    browser.post(PAGE, {"do": do})
    return browser.get(PAGE).context["address"]


def read(client, url):
    client.logout()
    return client.get(url[url.index("/accounts/") :])


def test_what_is_due_is_read_back_as_it_is(shop, job, office, manager, log_in, client):
    today = timezone.localdate()
    diary.follow_up(shop.client, "Ring them", due_on=today + timedelta(days=2), key="1", by=office)
    diary.follow_up(shop.client, "Not mine", due_on=today, key="2", by=office, person=manager)
    Job._base_manager.filter(pk=job.pk).update(title=NASTY[:150])
    answer = read(client, address(log_in(office)))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert (lines[0], lines[-2], lines[-1]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"")
    assert max(map(len, lines)) <= 75  # octets, folded
    assert not any(b"\n" in line or line.startswith(b"ATTACH") for line in lines)
    events = {str(event["UID"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    event = events[f"job:{job.pk}@cutters.laseros"]
    assert event["DTSTART"].dt == job.due_on
    assert event["DTEND"].dt == job.due_on + timedelta(days=1)
    assert str(event["SUMMARY"]).replace("\r", "") == f"{job.number} {NASTY[:150]}".replace("\r", "")
    assert event["URL"].endswith(f"/floor/jobs/{job.pk}/")
    milestones = [event for uid, event in events.items() if uid.startswith("milestone:")]
    planned = set(job.milestones.filter(state="open", planned_on__isnull=False).values_list("planned_on", flat=True))
    assert {event["DTSTART"].dt for event in milestones} == planned
    assert [str(event["SUMMARY"]) for uid, event in events.items() if uid.startswith("followup:")] == [
        "Ring them · Umgeni Pumps"
    ]
    assert "427" not in answer.content.decode()
    Job._base_manager.filter(pk=job.pk).update(due_on=None)
    assert f"job:{job.pk}@" not in read(client, calendars.url(CalendarFeed.objects.get())).content.decode()


def test_a_new_address_ends_the_old_one_and_taken_back_there_is_none(job, office, log_in, client):
    first = address(log_in(office))
    second = address(log_in(office))
    assert first != second
    assert (read(client, first).status_code, read(client, second).status_code) == (404, 200)
    assert read(client, second[:-6] + "xx.ics").status_code == 404
    assert address(log_in(office), "revoke") == ""
    assert read(client, second).status_code == 404
    told = Activity.objects.filter(target_type__model="calendarfeed").order_by("id")
    assert list(told.values_list("verb", flat=True)) == ["created", "withdrawn", "created", "withdrawn"]


def test_it_says_what_the_role_may_see_and_ends_with_the_membership(job, operator, other_workspace, log_in, client):
    url = address(log_in(operator))
    text = read(client, url).content.decode()
    assert (f"UID:job:{job.pk}@" in text, "followup:" in text) == (True, False)
    with scope(workspace=other_workspace):
        assert calendars.current(other_workspace, operator) is None
    Membership.objects.filter(user=operator).update(is_active=False)
    assert read(client, url).status_code == 404
