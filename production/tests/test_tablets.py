"""A shop tablet: registered once, taken over by PIN or badge, and never more than an operator's."""

import re
from datetime import timedelta

import pytest
import time_machine
import zxingcpp
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts import cutting_rights
from accounts.floor_keys import badges, pins
from accounts.models import Activity, Badge, Membership, Pin
from accounts.telling import who
from laseros import matters
from laseros.core.errors import NotFound, Refused
from machines.models import Tablet
from machines.tablets import registering, sessions
from machines.tablets.middleware import COOKIE, said_by
from production.models import Run
from production.tests.ground import new_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def tablet(workspace, shop, manager):
    with scope(workspace=workspace):
        row = Tablet.objects.create(workspace=workspace, name="Laser 1", place="Hall")
        row.machines.add(shop.laser)
        return row


def member_of(user, workspace) -> Membership:
    with scope(workspace=workspace):
        return Membership.objects.get(user=user)


def with_pin(user, workspace, digits="4711"):
    member = member_of(user, workspace)
    with scope(workspace=workspace):
        pins.set_pin(member, digits)
    return member


@pytest.fixture
def device(client, tablet, workspace, manager):
    """A browser that is the tablet."""
    with scope(workspace=workspace):
        registering.invite(tablet, manager)
        tablet.refresh_from_db()
        key = registering.key_of(tablet)
    client.post(reverse("floor:tablet_register", args=[key]), HTTP_USER_AGENT="Chrome on Android")
    return client


def enter(device, member, digits="4711", **more):
    return device.post(reverse("floor:tablet_pin"), {"who": member.pk, "pin": digits, **more})


def test_a_device_is_registered_once_by_an_address_a_manager_makes(client, tablet, workspace, manager, log_in):
    log_in(manager)
    page = client.post(reverse("admin:machines_tablet_verb", args=[tablet.pk, "register"]), follow=True)
    address = re.search(r"<code>http://[^/]+(/floor/tablet/register/[^<]+)</code>", page.content.decode())[1]
    assert client.get(address).status_code == 200  # looking at it uses nothing up
    with scope(workspace=workspace):
        assert Tablet.objects.get(pk=tablet.pk).digest == ""
    answer = client.post(address, HTTP_USER_AGENT="Chrome on Android")
    assert answer.url == "/floor/tablet/"
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 400 * 86400)
    with scope(workspace=workspace):
        row = Tablet.objects.get(pk=tablet.pk)
        assert row.device == "Chrome on Android"
        assert len(row.digest) == 64
        assert row.digest not in cookie.value
        told = Activity.objects.filter(verb="registered").get()
        assert (told.actor, told.station) == (None, "Laser 1")
    assert client.post(address).status_code == 404  # used
    assert client.get("/floor/", follow=True).redirect_chain[0][0].startswith("/floor/tablet/?next=")
    with scope(workspace=workspace):
        registering.invite(row, manager)
        row.refresh_from_db()
        key = registering.key_of(row)
        Tablet.objects.filter(pk=row.pk).update(invited_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        registering.invited(key)


def test_an_operator_takes_over_by_pin_works_and_hands_over(device, tablet, workspace, shop, operator, office):
    member = with_pin(operator, workspace)
    with scope(workspace=workspace):
        job = new_job(shop, "one")
        operation = job.lines.get().operations.get()
    assert operator.name in device.get("/floor/tablet/").content.decode()
    assert "data-keypad" in device.get(f"/floor/tablet/?who={member.pk}").content.decode()
    answer = enter(device, member, next="/floor/machines/")
    assert answer.url == "/floor/machines/"
    page = device.get("/floor/").content.decode()
    assert "data-tablet-over" in page
    assert "<h1>X3</h1>" in page  # at its one machine without asking
    assert enter(device, member, next="https://evil.example/").url == "/floor/"
    device.post(reverse("floor:start", args=[operation.pk]), {"machine": shop.laser.pk})
    with scope(workspace=workspace):
        run = Run.objects.get()
        assert (run.operator, run.station) == (operator, "Laser 1")
        told = Activity.objects.get(verb="started")
        assert (told.actor, told.station, who(told)) == (operator, "Laser 1", "Operator (Laser 1)")
        assert Tablet.objects.get().person == operator
    device.post(reverse("floor:hand_over"))
    assert device.get("/floor/").status_code == 302
    with scope(workspace=workspace):
        verbs = Activity.objects.filter(verb__in=["took over", "handed over"]).order_by("id")
        assert [told.verb for told in verbs] == ["took over", "took over", "handed over"]
        assert {(told.actor, told.station) for told in verbs} == {(operator, "Laser 1")}


@pytest.mark.parametrize("role", ["manager", "admin", "superuser"])
def test_nobody_can_do_more_at_a_tablet_than_an_operator(device, workspace, person, role):
    user = person(role, workspace, "boss@cutters.example")
    member = member_of(user, workspace)
    if role == "superuser":
        with scope(workspace=workspace):
            Membership.objects.filter(pk=member.pk).update(role="admin")
    assert enter(device, with_pin(user, workspace)).url == "/floor/"
    for closed in ("/admin/", "/admin/billing/invoice/", "/portal/", "/accounts/password/change/", "/accounts/pin/"):
        assert device.get(closed).status_code == 403, closed
    for page in ("/floor/", "/board/", "/floor/scan/me/"):
        answer = device.get(page)
        assert answer.status_code == 200
        seen = answer.wsgi_request.user
        with scope(workspace=workspace):
            assert seen.has_perm("production.run_operation")
            for right in ("accounts.see_money", "production.skip_milestone", "machines.change_machine"):
                assert not seen.has_perm(right)
        assert (seen.is_superuser, seen.is_staff) == (False, False)
    user.refresh_from_db()
    assert user.is_superuser is (role == "superuser")  # cut for the request, not for the person
    assert sessions.admits(device.session, user, said_by({COOKIE: device.cookies[COOKIE].value}))  # and on a socket
    assert not user.is_superuser


@pytest.mark.every_database
def test_five_wrong_pins_lock_person_and_tablet_until_time_or_a_manager(device, tablet, workspace, operator, manager):
    member = with_pin(operator, workspace)
    for _number in range(5):
        assert enter(device, member, "9999").status_code == 409
    answer = enter(device, member)  # the right one
    assert answer.status_code == 409
    assert "locked" in answer.content.decode()
    looked = device.get(reverse("floor:tablet"))  # whoever comes next is told before they try
    assert (looked.status_code, "This tablet is locked" in looked.content.decode()) == (200, True)
    with scope(workspace=workspace):
        pin, row = Pin.objects.get(), Tablet.objects.get()
        assert (pin.failed, row.failed) == (5, 5)
        assert timedelta(seconds=50) < pin.locked_until - timezone.now() <= timedelta(minutes=1)
        assert Activity.objects.filter(verb="locked").count() == 2
        assert matters.counts(manager, {"locked_pins", "locked_tablets"}) == {"locked_pins": 1, "locked_tablets": 1}
        registering.unlock(row, manager)
        with pytest.raises(Refused) as refused:
            pins.tried(member, "4711")
        assert refused.value.code == "locked"
        Pin.objects.update(locked_until=timezone.now(), failed=9)
        assert not pins.tried(member, "9999")
        pin.refresh_from_db()
        assert timedelta(minutes=4) < pin.locked_until - timezone.now()  # the wait grows
        pins.unlock(member, manager)
    assert enter(device, member).url == "/floor/"
    with scope(workspace=workspace):
        assert matters.counts(manager, {"locked_pins", "locked_tablets"}) == {"locked_pins": 0, "locked_tablets": 0}


def test_a_badge_takes_over_even_from_somebody_and_opens_nothing_elsewhere(
    device, workspace, operator, manager, client
):
    member, boss = with_pin(operator, workspace), member_of(manager, workspace)
    with scope(workspace=workspace):
        badge = badges.make(member, manager)
        old = badges.address(badge)
        badge = badges.make(member, manager)
        text = badges.address(badge)
    enter(device, member)
    answer = device.post(reverse("floor:tablet_badge"), {"code": text, "next": "/floor/scan/"})
    assert answer.url == "/floor/scan/"
    as_german = text.translate(str.maketrans(":/-YZ", "Ö-ßZY")).replace("HTTP", "http")
    assert device.post(reverse("floor:tablet_badge"), {"code": as_german}).url == "/floor/"
    device.post(reverse("floor:hand_over"))
    for nothing in (old, text[:-1] + ("0" if text[-1] != "0" else "1"), "", "FIL-001", text.replace("CUTTERS", "X")):
        assert device.post(reverse("floor:tablet_badge"), {"code": nothing}).status_code == 409
    with scope(workspace=workspace):
        registering.unlock(Tablet.objects.get(), manager)
        badges.revoke(member, manager)
    assert device.post(reverse("floor:tablet_badge"), {"code": text}).status_code == 409
    with scope(workspace=workspace):
        assert Badge.objects.filter(revoked_at=None).count() == 0
        badges.make(boss, manager)
    device.cookies.pop(COOKIE)
    assert device.post(reverse("floor:tablet_badge"), {"code": text}).status_code == 404  # no tablet


def test_a_session_is_worth_nothing_without_its_tablet_and_ends_when_nobody_is_there(
    device, tablet, workspace, operator, manager
):
    member = with_pin(operator, workspace)
    enter(device, member)
    session = device.session
    session[sessions.TOUCHED] -= 11 * 60
    session.save()
    assert device.get("/floor/", HTTP_HX_REQUEST="true").headers["HX-Redirect"] == "/floor/tablet/"
    with scope(workspace=workspace):
        told = Activity.objects.filter(verb="handed over").get()
        assert (told.actor, told.details) == (operator, {"why": "nobody touched it"})
    enter(device, member)
    kept = device.cookies.pop(COOKIE)
    assert device.get("/floor/").url.startswith("/accounts/login/")  # the session taken to another browser
    device.cookies[COOKIE] = kept.value
    enter(device, member)
    session, user = device.session, operator
    with scope(workspace=workspace):
        registering.revoke(tablet, manager)
    assert not sessions.admits(session, user, said_by({COOKIE: device.cookies[COOKIE].value}))
    assert device.get("/floor/").url.startswith("/accounts/login/")
    assert device.get("/floor/tablet/").status_code == 404


def test_a_pin_is_set_by_its_owner_alone_and_not_a_silly_one(client, log_in, operator, workspace, manager):
    log_in(operator)
    address = reverse("own_pin")
    assert client.get(address).url.startswith("/accounts/reauthenticate/")  # who they are, once more
    client.post(client.get(address).url, {"password": "correct horse battery"})
    for silly in ("1234", "9876", "0000", "1212", "12", "12a4", "1234567"):
        assert client.post(address, {"pin": silly, "again": silly}).status_code == 422, silly
    assert client.post(address, {"pin": "4711", "again": "4712"}).status_code == 422
    with scope(workspace=workspace):
        assert not Pin.objects.exists()
    assert client.post(address, {"pin": "4711", "again": "4711"}).url == "/"
    with scope(workspace=workspace):
        pin = Pin.objects.get()
        assert pin.digest.startswith("md5$")  # the tests' own quick hasher
        assert "4711" not in pin.digest
        member = pin.membership
    client.logout()
    log_in(manager)
    page = reverse("admin:accounts_membership_change", args=[member.pk])
    assert "set on" in client.get(page).content.decode()
    client.post(reverse("admin:accounts_membership_verb", args=[member.pk, "reset_pin"]))
    answer = client.post(reverse("admin:accounts_membership_verb", args=[member.pk, "badge"]), follow=True)
    with scope(workspace=workspace):
        assert not Pin.objects.exists()
        text = badges.address(Badge.objects.get())
        verbs = Activity.objects.filter(target_id=member.pk).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["set PIN", "removed PIN", "printed"]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert [each.text for each in _codes(answer.content)] == [text]


def _codes(pdf: bytes):
    import pypdfium2

    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=4).to_pil()
    return zxingcpp.read_barcodes(picture)


def test_rights_are_cut_to_a_role_and_to_ones_own(workspace, person):
    viewer = person("viewer", workspace)
    cutting_rights.cut(viewer, "operator")
    with scope(workspace=workspace):
        assert viewer.has_perm("production.view_job")
        assert not viewer.has_perm("production.run_operation")  # a viewer works nowhere
        assert not viewer.has_perm("billing.view_invoice")  # and an operator sees no invoices


def test_the_list_of_tablets_asks_the_same_however_many(log_in, manager, tablet, workspace, django_assert_num_queries):
    client, page = log_in(manager), reverse("admin:machines_tablet_changelist")
    client.get(page)
    for extra in ((), ("Laser 2", "Laser 3")):
        with scope(workspace=workspace):
            for name in extra:
                Tablet.objects.create(workspace=workspace, name=name).machines.set(tablet.machines.all())
        with django_assert_num_queries(10):
            assert client.get(page).status_code == 200


def test_a_socket_asks_for_the_device_and_for_somebody_who_is_there(device, operator, tablet, workspace):
    """A session that was copied has no cookie of the tablet; one that nobody touched for long rings no more."""
    enter(device, with_pin(operator, workspace))
    session, said = device.session, said_by({COOKIE: device.cookies[COOKIE].value})
    assert sessions.admits(session, operator, said)
    for wrong in ("", f"{tablet.pk}.x", f"{tablet.pk + 1}.{said.partition('.')[2]}"):
        assert not sessions.admits(session, operator, wrong)
    assert said_by({COOKIE: said}) == said_by({}) == ""
    with time_machine.travel(timezone.now() + timedelta(minutes=tablet.idle_minutes, seconds=5)):
        assert not sessions.admits(session, operator, said)
    with scope(workspace=workspace):
        registering.revoke(tablet, operator)
    assert not sessions.admits(session, operator, said)
