"""Everybody who might ask, their clocks and their tablets."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import Group
from django_scopes import scope

from accounts.floor_keys import badges
from accounts.models import Pin
from crm import clients
from crm.models import Client, Contact
from laseros.tests.ground import new_person, new_workspace
from laseros.tests.permissions_doors import Visitor
from laseros.tests.permissions_ground.names import CLIENT, MEMBERS
from machines.models import (
    Tablet,
)
from machines.tablets import registering
from production.labour import clocks
from production.models import (
    LabourTime,
)


def people_only():
    """(business, visitors) for what is no page, with nothing in it."""
    workspace, elsewhere = new_workspace("cutters"), new_workspace("printers")
    with scope(workspace=workspace):
        client = clients.register(Client(workspace=workspace, name=CLIENT), None)
        contact = Contact.objects.create(
            workspace=workspace, client=client, name="Thandi", email="thandi@umgeni.example"
        )
        visitors = {"anonymous": Visitor(), "client": Visitor(clients.invite(contact, None))}
    visitors |= {role: Visitor(new_person(role, workspace)) for role in MEMBERS}
    return workspace, visitors | {"elsewhere": Visitor(new_person("admin", elsewhere))}


def lay_people(world, workspace, elsewhere) -> None:
    people = {role: new_person(role, workspace) for role in MEMBERS}
    world.person = world.stranger_user = people["office"]
    world.operator = people["operator"]
    world.group = Group.objects.get(name="office")
    world.users = {"client": clients.invite(world.shop.contact, None)}
    world.contact = world.shop.contact
    other = clients.register(Client(workspace=workspace, name="Other buyer"), None)
    stranger = Contact.objects.create(workspace=workspace, client=other, name="Zola", email="zola@other.example")
    world.users["other_client"] = clients.invite(stranger, None)
    world.newcomer = Contact.objects.create(
        workspace=workspace, client=world.shop.client, name="Sipho", email="sipho@umgeni.example"
    )
    world.users |= people
    world.users["elsewhere"] = new_person("admin", elsewhere)
    world.users["superuser"] = new_person("superuser")
    user = new_person("viewer", workspace, email="left@cutters.example")
    world.member = user.memberships.get()
    gone = new_person("viewer", workspace, email="gone@cutters.example").memberships.get()
    gone.is_active = False
    gone.save()
    world.gone = gone
    Pin.objects.create(workspace=workspace, membership=world.member, digest="!", failed=5)
    badges.make(world.member, None)
    world.uid, world.key = user_pk_to_url_str(user), default_token_generator.make_token(user)


def lay_times(world) -> None:
    """A clock that runs, one that is over, and one that was forgotten."""
    world.over_clock = clocks.stop(clocks.start(world.operator, world.job), world.operator)
    world.clock = clocks.start(world.operator, world.job, world.operation)
    world.old_clock = clocks.start(world.member.user, world.job)
    LabourTime.objects.filter(pk=world.old_clock.pk).update(started_at="2020-01-01T00:00Z")


def lay_tablets(world) -> None:
    """One that stands there and may be registered anew, one without a device."""
    world.tablet, world.new_tablet = (
        Tablet.objects.create(workspace=world.workspace, name=name) for name in ("T1", "T2")
    )
    registering.invite(world.tablet, None)
    Tablet.objects.filter(pk=world.tablet.pk).update(digest="ab" * 32, failed=5)
    world.tablet.refresh_from_db()
    world.tablet_key = registering.key_of(world.tablet)
