"""The bell: who may listen to a business's machines."""

import asyncio

import pytest

from laseros.tests import permissions_ground as ground
from laseros.tests import sockets

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


async def knock(visitor, query: str, **options):
    socket = sockets.bell(visitor.cookie(), query, **options)
    is_open, code = await socket.connect()
    await socket.disconnect()
    return LISTENS if is_open else code
