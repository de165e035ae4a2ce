"""Sockets: who may listen to a business's machines, and to a client's job."""

import asyncio

import pytest
from django_scopes import scope

from crm import clients, links
from crm.models import Client
from laseros.tests import permissions_ground as ground
from laseros.tests import sockets
from portal.tests.ground import new_job

LISTENS, IS_TURNED_AWAY = "open", 4403
BELL = {
    "anonymous": IS_TURNED_AWAY,
    "client": IS_TURNED_AWAY,
    "operator": LISTENS,
    "viewer": LISTENS,
    "office": LISTENS,
    "manager": LISTENS,
    "admin": LISTENS,
    "elsewhere": IS_TURNED_AWAY,
}


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_for_members_of_the_business_only():
    workspace, visitors = ground.people_only()
    answers = {who: asyncio.run(knock(visitor, f"?workspace={workspace.pk}")) for who, visitor in visitors.items()}
    assert answers == BELL


@pytest.mark.django_db(transaction=True)
def test_another_site_cannot_listen_with_somebodys_log_in():
    _workspace, visitors = ground.people_only()
    assert asyncio.run(knock(visitors["admin"], "", origin="http://evil.example")) != LISTENS


# A job of the client's, to its contact and to whoever has the link to that very job.
JOB = dict.fromkeys(BELL, IS_TURNED_AWAY) | {"client": LISTENS}


@pytest.mark.django_db(transaction=True)
def test_a_job_is_followed_by_its_client_only():
    workspace, visitors = ground.people_only()
    with scope(workspace=workspace):
        client = Client.objects.get()
        other = clients.register(Client(workspace=workspace, name="Other buyer"), None)
    job, another, theirs = new_job(client), new_job(client), new_job(other)
    hear = lambda visitor, path: asyncio.run(knock(visitor, "", path=path))  # noqa: E731
    assert {who: hear(visitor, f"/ws/job/{job.pk}/") for who, visitor in visitors.items()} == JOB
    assert hear(visitors["client"], f"/ws/job/{theirs.pk}/") == IS_TURNED_AWAY
    assert hear(visitors["client"], "/ws/job/999999/") == IS_TURNED_AWAY
    with scope(workspace=workspace):
        token = links.token(links.make(job, client))
    nobody = visitors["anonymous"]
    assert hear(nobody, f"/ws/job/{job.pk}/{token}/") == LISTENS
    assert hear(nobody, f"/ws/job/{another.pk}/{token}/") == IS_TURNED_AWAY
    assert hear(nobody, f"/ws/job/{job.pk}/forged/") == IS_TURNED_AWAY
    with scope(workspace=workspace):
        links.revoke(job)
    assert hear(nobody, f"/ws/job/{job.pk}/{token}/") == IS_TURNED_AWAY


async def knock(visitor, query: str, **options):
    socket = sockets.bell(visitor.cookie(), query, **options)
    is_open, code = await socket.connect()
    await socket.disconnect()
    return LISTENS if is_open else code
