"""Client and shop talk about a job: both ways, live, mailed to whoever is away; notes stay in the shop."""

import asyncio
import json
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from channels.db import database_sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connections
from django.utils import timezone
from django_scopes import scope
from PIL import Image

from accounts.models import Activity, OutgoingMail
from accounts.outbox import sending
from laseros import matters
from laseros.core import sandbox
from laseros.core.errors import Refused
from laseros.tests import sockets
from portal.tests.ground import let_in, link_to, new_contact, new_job
from production import conversation
from production.models import JobMessage, JobMessageFile

SHOP, CLIENT = conversation.SHOP, conversation.CLIENT


def picture() -> SimpleUploadedFile:
    content = BytesIO()
    image = Image.new("RGB", (40, 30), "red")
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    image.save(content, "JPEG", exif=exif)
    return SimpleUploadedFile("plate.jpg", content.getvalue())


@pytest.mark.django_db
def test_both_sides_write_and_a_note_stays_in_the_shop(client, buyer, office):
    job = new_job(buyer)
    address = link_to(job)[1]
    page = client.get(address)
    once = page.context["write"]["once"].value()
    for _twice in range(2):
        answer = client.post(f"{address}jobs/{job.pk}/messages/", {"text": "<b>When?</b>", "once": once})
        assert answer.headers["Location"] == f"{address}#talk"
    with scope(workspace=buyer.workspace):
        assert list(JobMessage.objects.values_list("side", "text", "by_name")) == [
            ("client", "<b>When?</b>", buyer.name)
        ]
        assert [row.pk for row in conversation.unanswered()] == [job.pk]
        assert matters.counts(office, ["unread_messages"]) == {"unread_messages": 1}
    browser = type(client)()
    browser.force_login(office, backend="accounts.backends.WorkspaceRoleBackend")
    talk = f"/admin/production/job/{job.pk}/messages/"
    shown = browser.get(talk)
    assert "&lt;b&gt;When?" in shown.content.decode()
    browser.post(talk, {"text": "Friday", "once": "a"})
    browser.post(talk, {"text": "SECRET margin is thin", "internal": "on", "once": "b", "files": [picture()]})
    seen = " ".join(client.get(address).content.decode().split())
    assert ("Friday" in seen, "SECRET" in seen, "&lt;b&gt;When?" in seen) == (True, False, True)
    with scope(workspace=buyer.workspace):
        hidden = JobMessageFile.objects.get()
        assert not conversation.unanswered().exists()
        assert JobMessage.objects.get(text="Friday").seen_at is not None
        told = Activity.objects.filter(verb__in=("wrote", "noted")).order_by("id")
        assert list(told.values_list("verb", flat=True)) == ["wrote", "wrote", "noted"]
    assert client.get(f"{address}jobs/{job.pk}/messages/{hidden.pk}/").status_code == 404
    assert "SECRET" not in client.get(f"{address}jobs/{job.pk}/messages/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("in_memory", [True, False])
def test_files_go_both_ways_without_what_the_camera_wrote_and_nonsense_is_refused(
    client, buyer, other_buyer, settings, monkeypatch, in_memory
):  # fmt: skip
    """A picture that lies on disk is read by the child alone: what travels to it is where it lies."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20 if in_memory else 0
    run, told = sandbox.run, []
    monkeypatch.setattr(sandbox, "run", lambda *asked, **limits: told.append(asked) or run(*asked, **limits))
    job, other = new_job(buyer), new_job(other_buyer)
    address = link_to(job)[1]
    pdf = SimpleUploadedFile("../drawing.pdf", b"%PDF-1.7 x")
    client.post(f"{address}jobs/{job.pk}/messages/", {"text": "", "once": "1", "files": [picture(), pdf]})
    with scope(workspace=buyer.workspace):
        first, second = JobMessageFile.objects.all()
    assert (first.name, second.name) == ("plate.jpg", "drawing.pdf")
    shown = client.get(f"{address}jobs/{job.pk}/messages/{first.pk}/")
    content = b"".join(shown.streaming_content)
    assert (shown["Content-Type"], b"SECRET-CAMERA" in content) == ("image/jpeg", False)
    assert [name.endswith("_at") and source.endswith(".jpg") for name, source in told] == [not in_memory]
    saved = client.get(f"{address}jobs/{job.pk}/messages/{second.pk}/")
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")
    assert client.get(f"{link_to(other)[1]}jobs/{other.pk}/messages/{first.pk}/").status_code == 404
    for name, body in (("x.html", b"<html>"), ("x.png", b"\x89PNG\r\n\x1a\nnonsense"), ("x.pdf", b"<script>")):
        bad = SimpleUploadedFile(name, body)
        client.post(f"{address}jobs/{job.pk}/messages/", {"text": "look", "once": name, "files": [bad]})
    client.post(f"{address}jobs/{job.pk}/messages/", {"text": " ", "once": "empty"})
    buyer.workspace.portal_uploads = 3  # in a day; two are here
    buyer.workspace.save(update_fields=["portal_uploads"])
    more = [SimpleUploadedFile(name, b"%PDF-1.7 x") for name in ("a.pdf", "b.pdf")]
    refused = client.post(f"{address}jobs/{job.pk}/messages/", {"once": "2", "files": more}, follow=True)
    assert "More than 3 files a day" in refused.content.decode()
    with scope(workspace=buyer.workspace):
        assert JobMessage.objects.count() == 1
        with pytest.raises(Refused):
            conversation.write(job, "x" * 5001, side=CLIENT, by=None, key="long")


@pytest.mark.django_db
def test_a_link_writes_no_more_than_a_person_can_and_a_log_in_not_less(client, buyer, contact):
    job, user = new_job(buyer), let_in(contact)
    address = f"{link_to(job)[1]}jobs/{job.pk}/messages/"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(conversation.MOST_BY_LINK + 2):
            client.post(address, {"text": "Hello?", "once": f"k{number}"})
        client.post(address, {"text": "Hello?", "once": "k0"})
        with scope(workspace=buyer.workspace):
            assert JobMessage.objects.count() == 10
            with pytest.raises(Refused) as refusal:
                conversation.write(job, "More", side=CLIENT, by=None, key="more")
            assert refusal.value.code == "pace"
            unread = SimpleUploadedFile("photo.png", b"no picture")
            with pytest.raises(Refused) as refusal:  # nobody draws pictures of what is refused anyway
                conversation.write(job, "More", side=CLIENT, by=None, key="more", files=[unread])
            assert (refusal.value.code, unread.tell()) == ("pace", 0)
            conversation.write(job, "With a name", side=CLIENT, by=user, key="named")
            conversation.write(job, "From us", side=SHOP, by=user, key="ours")
            assert OutgoingMail.objects.filter(kind="client_message").count() == 11
            clock.shift(conversation.PACE + timedelta(seconds=1))
            conversation.write(job, "Later", side=CLIENT, by=None, key="more")
            assert JobMessage.objects.filter(side=CLIENT).count() == 12


@pytest.mark.django_db
def test_a_large_file_is_never_held_whole(buyer):
    class Piecewise(TemporaryUploadedFile):
        def read(self, size=-1):
            assert 0 <= size <= 2**20, "read at once"
            return self.file.read(size)

    job = new_job(buyer)
    with scope(workspace=buyer.workspace):
        upload = Piecewise("large.pdf", "application/pdf", 3_000_009, None)
        upload.file.write(b"%PDF-1.7 " + b"x" * 3_000_000)
        upload.seek(0)
        message = conversation.write(job, "", side=SHOP, by=None, key="large", files=[upload])
        row = message.files.get()
        assert (row.size, row.content.size) == (3_000_009, 3_000_009)


@pytest.mark.django_db
def test_whoever_is_away_is_mailed_and_whoever_looked_is_not(client, buyer, office, run_work):
    job = new_job(buyer)
    contact = new_contact(buyer)
    type(job)._base_manager.filter(pk=job.pk).update(contact=contact)
    with scope(workspace=buyer.workspace):
        job.refresh_from_db()
        now = timezone.now()
        with time_machine.travel(now, tick=False) as clock:
            conversation.write(job, "Is blue all right?", side=SHOP, by=office, key="1")
            run_work()
            assert OutgoingMail.objects.get().state == "waiting"
            clock.shift(timedelta(minutes=3))
            sending.sweep()
            mail = OutgoingMail.objects.get()
            assert (mail.state, mail.to, mail.subject) == ("sent", contact.email, f"{job.number}: Office has written")
            assert "> Is blue all right?" in mail.text
            conversation.write(job, "Never mind", side=SHOP, by=office, key="2")
            assert conversation.seen(job, CLIENT) == 2
            clock.shift(timedelta(minutes=3))
            sending.sweep()
            assert sorted(OutgoingMail.objects.values_list("state", flat=True)) == ["sent", "withdrawn"]
            conversation.write(job, "Green", side=CLIENT, by=None, name="Thandi", key="3")
            told = OutgoingMail.objects.get(kind="client_message")
            assert (told.to, told.state) == ("office@cutters.example", "waiting")


@pytest.mark.django_db
def test_the_portal_counts_what_is_new_with_the_same_queries(buyer, client, office, django_assert_num_queries):
    client.force_login(let_in(new_contact(buyer)), backend="accounts.backends.WorkspaceRoleBackend")
    jobs = [new_job(buyer) for _number in range(3)]
    with scope(workspace=buyer.workspace):
        for number, job in enumerate(jobs):
            for each in range(number):
                conversation.write(job, "News", side=SHOP, by=office, key=str(each))
    client.get("/portal/jobs/")
    with django_assert_num_queries(8):
        page = client.get("/portal/jobs/")
    assert sorted(job.unread for job in page.context["page"].object_list) == [0, 1, 2]
    assert "2 new messages" in page.content.decode()
    client.get(f"/portal/jobs/{jobs[2].pk}/")
    assert sorted(job.unread for job in client.get("/portal/jobs/").context["page"].object_list) == [0, 0, 1]


@pytest.mark.django_db
def test_a_client_says_what_they_want_to_be_mailed(client, buyer, office, run_work):
    person = let_in(new_contact(buyer))
    client.force_login(person, backend="accounts.backends.WorkspaceRoleBackend")
    offered = {one.name for one in client.get("/portal/messages/").context["offered"]}
    assert ({"milestone", "ready", "shipped", "job_message"} <= offered, offered & {"invoice", "quote", "machine"}) == (
        True,
        set(),
    )
    client.post("/portal/messages/", {"how_job_message": "never", "digest_at": "08:00"})
    job = new_job(buyer)
    with scope(workspace=buyer.workspace):
        type(job)._base_manager.filter(pk=job.pk).update(contact=buyer.contacts.get(user=person))
        job.refresh_from_db()
        conversation.write(job, "News", side=SHOP, by=office, key="1")
        assert not OutgoingMail.objects.filter(kind="job_message").exists()


@pytest.mark.django_db(transaction=True)
def test_a_message_rings_the_page_that_is_open(buyer, office):
    job = new_job(buyer)
    path = f"/ws/job/{job.pk}/{link_to(job)[1].rstrip('/').rsplit('/', 1)[-1]}/"

    def write():
        with scope(workspace=buyer.workspace):
            conversation.write(job, "Ready on Friday", side=SHOP, by=office, key="1")

    async def listen():
        socket = sockets.bell(path=path)
        assert (await socket.connect())[0]
        first = json.loads(await socket.receive_from())
        await database_sync_to_async(write)()
        second = json.loads(await socket.receive_from())
        await socket.disconnect()
        await database_sync_to_async(connections.close_all)()  # of the thread that looked
        return second["version"] - first["version"]

    assert asyncio.run(listen()) == 1
