"""A client follows a job: milestones on the page, and a ring the moment something changes."""

import asyncio
import json
from io import BytesIO

import pytest
from channels.db import database_sync_to_async
from django.db import connections
from django.utils import timezone
from django_scopes import scope
from pypdf import PdfReader

from crm import links
from laseros.tests import sockets
from machines.tablets.sessions import OF_TABLET
from portal.consumers import JobConsumer
from portal.tests.ground import give_milestones, link_to, new_job
from production import jobs, milestones


@pytest.mark.django_db
def test_the_shown_ones_stand_there_in_order_with_time_and_picture(client, buyer):
    job = new_job(buyer)
    give_milestones(job)
    address = link_to(job)[1]
    text = " ".join(client.get(address).content.decode().split())
    assert text.index("Material in") < text.index("Packed")
    with scope(workspace=buyer.workspace):
        photo = job.milestones.get(name="Material in").photos.get().pk
    assert f"{address}jobs/{job.pk}/photos/{photo}/" in text
    assert f"planned for {timezone.localdate():%d %B %Y}" in text
    assert client.get(f"{address}jobs/{job.pk}/photos/{photo}/")["Content-Type"] == "image/jpeg"


@pytest.mark.django_db
def test_a_picture_of_what_is_not_shown_or_taken_back_is_not_there(client, buyer, other_buyer):
    job, other = new_job(buyer), new_job(other_buyer)
    give_milestones(job)
    give_milestones(other)
    address = link_to(job)[1]
    with scope(workspace=buyer.workspace):
        row = job.milestones.get(name="Material in")
        photo, theirs = row.photos.get().pk, other.milestones.get(name="Material in").photos.get().pk
    assert client.get(f"{address}jobs/{job.pk}/photos/{theirs}/").status_code == 404
    with scope(workspace=buyer.workspace):
        milestones.undo(row, times=0, by=None)
    assert client.get(f"{address}jobs/{job.pk}/photos/{photo}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_queries_for_many_milestones(client, buyer, rows, django_assert_num_queries):
    job = new_job(buyer)
    for _row in range(rows):
        give_milestones(job)
    address = f"{link_to(job)[1]}jobs/{job.pk}/progress/"
    client.get(address)
    with django_assert_num_queries(7):
        client.get(address)


@pytest.mark.django_db(transaction=True)
def test_it_rings_when_the_job_changes_and_not_for_another(buyer, office):
    job, other = new_job(buyer), new_job(buyer)
    give_milestones(job)
    with scope(workspace=buyer.workspace):
        token, row = links.token(links.make(job, buyer)), job.milestones.get(name="Packed")

    def change():
        with scope(workspace=buyer.workspace):
            jobs.hold(other, office, why="x")
            milestones.reach(row, office)

    async def walk():
        socket = sockets.bell(path=f"/ws/job/{job.pk}/{token}/")
        assert (await socket.connect())[0]
        first = json.loads(await socket.receive_from())
        await database_sync_to_async(change)()
        second = json.loads(await socket.receive_from())
        await database_sync_to_async(revoke)()
        closed = await socket.receive_output(sockets.PATIENCE)
        await database_sync_to_async(connections.close_all)()  # of the thread that looked
        return first, second, closed

    def revoke():
        with scope(workspace=buyer.workspace):
            links.revoke(job)
            jobs.hold(job, office, why="y")

    first, second, closed = asyncio.run(walk())
    assert (first, second) == ({"version": 0}, {"version": 2})
    assert (closed["type"], closed["code"]) == ("websocket.close", 4403)


@pytest.mark.django_db
def test_the_work_order_says_what_for_when_and_the_milestones_and_has_no_code(client, buyer):
    job = new_job(buyer)
    give_milestones(job)
    answer = client.get(f"{link_to(job)[1]}jobs/{job.pk}/pdf/")
    assert (answer["Content-Type"], job.number in answer["Content-Disposition"]) == ("application/pdf", True)
    pages = PdfReader(BytesIO(answer.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    said = (job.number, "Pump house brackets", "Bracket, mild steel 3 mm", "Umgeni Pumps", "Material in", "Packed")
    assert [words for words in said if words not in text] == []
    # The drawing is lines; a code would be a picture.
    assert [image.name for page in pages for image in page.images] == []


@pytest.mark.django_db
def test_a_shop_tablet_hears_of_no_job_of_a_client(buyer, contact, buyer_logged_in):
    job = new_job(buyer)
    listener = JobConsumer()
    listener.scope, listener.job, listener.token = {"session": buyer_logged_in.session}, job.pk, ""
    assert listener._may_look()
    session = buyer_logged_in.session
    session[OF_TABLET] = 1
    session.save()
    assert not listener._may_look()
