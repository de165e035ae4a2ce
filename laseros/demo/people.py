"""Who works in the demo's businesses, and how they log in."""

from django_scopes import scope

from accounts.floor_keys import pins
from accounts.models import Membership, User

PASSWORD = "laser-os-demo"  # noqa: S105 — printed at start-up, for a demo only
PIN = "2580"  # of the operators, for a device that is made a shop tablet

STAFF = {
    "umlazi-laser": {
        "admin": ("Nomsa Dlamini", "admin@umlazi-laser.example"),
        "manager": ("Pieter Botha", "manager@umlazi-laser.example"),
        "office": ("Ayanda Zulu", "office@umlazi-laser.example"),
        "operator": ("Sipho Mkhize", "operator@umlazi-laser.example"),
        "viewer": ("Lerato Moloi", "viewer@umlazi-laser.example"),
    },
    "fadenwerk": {
        "admin": ("Katrin Vogel", "admin@fadenwerk.example"),
        "manager": ("Jonas Weber", "manager@fadenwerk.example"),
        "office": ("Mila Schuster", "office@fadenwerk.example"),
        "operator": ("Emre Yıldız", "operator@fadenwerk.example"),
        "viewer": ("Łukasz Nowak", "viewer@fadenwerk.example"),
    },
}
SMALL = {"harbor-plate": {"manager": ("Grace Holloway", "manager@harbor-plate.example")}}
BOTH = ("Ruth Adler", "both@laseros.example")
OWNER = ("Installation", "root@laseros.example")
CLIENTS = {
    "umlazi-laser": ("Thandi Nkosi", "client@umlazi-laser.example"),
    "fadenwerk": ("Dr. Sabine Krüger", "client@fadenwerk.example"),
}


def logins() -> list[tuple[str, str, str, str]]:
    """(role, e-mail, password, workspace) of one log-in per role and business, for the start-up message."""
    rows = [(role, email, PASSWORD, slug) for slug, people in STAFF.items() for role, (_name, email) in people.items()]
    rows += [("manager", people["manager"][1], PASSWORD, slug) for slug, people in SMALL.items()]
    rows += [("client", email, PASSWORD, slug) for slug, (_name, email) in CLIENTS.items()]
    return [*rows, ("manager", BOTH[1], PASSWORD, "both"), ("superuser", OWNER[1], PASSWORD, "all")]


def hire(workspace) -> dict[str, User]:
    """The people of one business, by role."""
    people = {}
    with scope(workspace=workspace):
        for role, (name, email) in (STAFF | SMALL)[workspace.slug].items():
            people[role] = _user(name, email)
            Membership.objects.get_or_create(workspace=workspace, user=people[role], defaults={"role": role})
        if workspace.slug in SMALL:
            return people
        pins.set_pin(Membership.objects.get(user=people["operator"]), PIN)
        Membership.objects.get_or_create(workspace=workspace, user=_user(*BOTH), defaults={"role": "manager"})
    return people


def installation_owner() -> User:
    name, email = OWNER
    user = _user(name, email)
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    return user


def _user(name: str, email: str) -> User:
    return User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
