"""The business of the bench: its machines as somebody would have registered them, and people who look at the board."""

from django.conf import settings
from django.test import Client as Browser
from django_scopes import scope

from accounts.models import Membership, User, Workspace
from machines import sealing
from machines.forms import settings_of
from machines.models import Machine, MachineStatus


def machines(workspace: Workspace, found: list[dict]) -> list[int]:
    """Their numbers, in the order of `found` ({"driver", and its settings})."""
    with scope(workspace=workspace):
        return [_register(workspace, number, dict(options)) for number, options in enumerate(found, 1)]


def _register(workspace: Workspace, number: int, options: dict) -> int:
    driver = options.pop("driver")
    secret = {setting.name for setting in settings_of(driver) if setting.secret}
    machine = Machine.objects.create(
        workspace=workspace, name=f"Printer {number:03d}", kind="printer", driver=driver, position=number,
        model="Bench", options={name: value for name, value in options.items() if name not in secret},
        sealed=sealing.sealed({name: value for name, value in options.items() if name in secret}),
    )  # fmt: skip
    return machine.pk


def cookies(workspace: Workspace, browsers: int) -> list[str]:
    """One log-in for each, of ten people."""
    people = []
    for number in range(min(10, browsers)):
        user = User.objects.create(email=f"bench-{number}@laseros.example", name=f"Bench {number}")
        Membership._base_manager.create(workspace=workspace, user=user, role="viewer")
        people.append(user)
    return [_log_in(people[number % len(people)]) for number in range(browsers)]


def _log_in(user: User) -> str:
    browser = Browser(HTTP_HOST="localhost")
    browser.force_login(user, backend="accounts.backends.WorkspaceRoleBackend")
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def versions(workspace: Workspace) -> dict[int, int]:
    """How often each machine's row was written."""
    rows = MachineStatus._base_manager.filter(workspace=workspace)
    return dict(rows.order_by("machine_id").values_list("machine_id", "version"))


def at_work(workspace: Workspace) -> int:
    return MachineStatus._base_manager.filter(workspace=workspace, current="running").count()
