"""Chat and SMS: a room is told once, signed, and no address inside is asked."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from accounts.models import Activity, MessageHook, OutgoingMail
from accounts.outbox import hooks, sending
from accounts.tests.mail import post
from crm.occasions import CONTACT_KNOWN


class Room:
    """A chat room that keeps what is posted and answers the next of `answers`."""

    def __init__(self):
        self.posted, self.answers = [], []
        room = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                room.posted.append((self.path, dict(self.headers), body))
                status = room.answers.pop(0) if room.answers else 200
                if status is None:
                    return  # hangs up without a word
                self.send_response(status)
                self.send_header("Location", "http://169.254.169.254/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/room?x=1"


@pytest.fixture
def room(settings):
    settings.HOOKS_INSIDE = True
    found = Room()
    yield found
    found.server.shutdown()
    found.server.server_close()


def hooked(workspace, room, body='{"text": "{subject}"}', **fields):
    names = [CONTACT_KNOWN.name]
    return MessageHook.objects.create(
        workspace=workspace, name="Shop", url=room.url, body=body, occasions=names, **fields
    )


@pytest.mark.usefixtures("scoped")
def test_a_room_is_told_once_signed_with_values_that_cannot_break_out(shop, workspace, room, run_work):
    hook = hooked(workspace, room, '{"text": "{client}: {subject}", "to": "{phone}"}')
    shop.client.name = 'A "quoted" \\ name'
    shop.contact.client = shop.client
    for _twice in range(2):
        post(shop.contact, phone="+27 82 1")
    post(shop.contact, "no phone")  # and none is known
    run_work()
    ((path, headers, body),) = room.posted
    assert (path, json.loads(body)) == (
        "/room?x=1", {"text": 'A "quoted" \\ name: Your access to Cutters', "to": "+27 82 1"},
    )  # fmt: skip
    at, signed = (part.partition("=")[2] for part in headers["X-LaserOS-Signature"].split(","))
    assert signed == hooks.signature(hook.secret, int(at), body)


@pytest.mark.usefixtures("scoped")
@pytest.mark.parametrize(
    ("answer", "expected"), [(503, "waiting"), (429, "waiting"), (404, "failed"), (302, "failed"), (None, "unclear")]
)
def test_what_a_room_answers_decides(shop, workspace, room, run_work, answer, expected):
    hooked(workspace, room)
    room.answers.append(answer)
    post(shop.contact)
    run_work()
    assert OutgoingMail.objects.get(hook__isnull=False).state == expected
    OutgoingMail.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    sending.sweep()
    assert len(room.posted) == (2 if expected == "waiting" else 1)


@pytest.mark.usefixtures("scoped")
@pytest.mark.parametrize("url", [
    "http://1.1.1.1/x", "https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/",
    "https://[::ffff:10.0.0.1]/", "https://2130706433/", "https://me:you@1.1.1.1/", "ftp://1.1.1.1/", "https:///x",
    "https://[64:ff9b::a00:1]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[2002:a00:1::]/",
])  # fmt: skip
def test_only_addresses_outside_and_over_tls(workspace, manager, log_in, url):
    data = {"name": "Room", "url": url, "occasions": ["ready"], "body": "{}", "is_active": "on"}
    answer = log_in(manager).post("/admin/accounts/messagehook/add/", data)
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {"url"}
    assert not MessageHook.objects.exists()


@pytest.mark.usefixtures("scoped")
@pytest.mark.parametrize("body", ['{"text": "{nonsense}"}', '{"text": }', '{"text": "{total}"}'])
def test_what_is_posted_is_json_with_known_places(workspace, manager, log_in, body):
    data = {"name": "Room", "url": "https://1.1.1.1/", "occasions": ["ready"], "body": body, "is_active": "on"}
    answer = log_in(manager).post("/admin/accounts/messagehook/add/", data)
    assert set(answer.context["adminform"].form.errors) == {"body"}
    log_in(manager).post("/admin/accounts/messagehook/add/", data | {"body": '{"text": "{job}: {subject}"}'})
    hook = MessageHook.objects.get()
    assert hook.occasions == ["ready"]
    secret = data | {"url": "https://1.1.1.1/services/T0KEN", "body": '{"key": "T0KEN"}'}
    log_in(manager).post(f"/admin/accounts/messagehook/{hook.pk}/change/", secret)
    hook.refresh_from_db()
    assert "T0KEN" in hook.url
    told = Activity.objects.get(verb="changed", target_id=hook.pk).details
    assert ("T0KEN" in str(told), "what" in told) == (False, True)


@pytest.mark.usefixtures("scoped")
def test_an_address_that_moved_inside_is_not_asked(shop, workspace, room, run_work, settings):
    hooked(workspace, room)
    settings.HOOKS_INSIDE = False
    post(shop.contact)
    run_work()
    assert (OutgoingMail.objects.get(hook__isnull=False).state, room.posted) == ("failed", [])
