"""Which businesses a person works in, and moving between them."""

from django.db import transaction
from django_scopes import scope, scopes_disabled

from accounts import activity
from accounts.models import Membership, Workspace
from laseros.core.errors import NotFound

SESSION_KEY = "workspace"


def open_for(user, wanted=None) -> tuple[Workspace | None, Membership | None]:
    """The workspace a request of `user` runs in: the wanted one if they may, else their first, else none."""
    memberships = _memberships(user)
    chosen = next((m for m in memberships if m.workspace_id == wanted), None)
    if chosen is None and user.is_superuser:
        rows = Workspace.objects.filter(is_active=True)
        workspace = rows.filter(pk=wanted).first() if wanted else None
        if workspace is not None:
            return workspace, None
    if chosen is None and memberships:
        chosen = memberships[0]
    if chosen is not None:
        return chosen.workspace, chosen
    if user.is_superuser:
        return Workspace.objects.filter(is_active=True).first(), None
    return None, None


def of(user) -> list[Workspace]:
    """Every workspace `user` can switch to, by name."""
    if user.is_superuser:
        return list(Workspace.objects.filter(is_active=True))
    return sorted((m.workspace for m in _memberships(user)), key=lambda workspace: workspace.name)


def switch(user, session, wanted) -> Workspace:
    """Remember another workspace for this session. Raises `NotFound` for one that is not theirs."""
    workspace = next((w for w in of(user) if str(w.pk) == str(wanted)), None)
    if workspace is None:
        raise NotFound("no such workspace", code="workspace")
    session[SESSION_KEY] = workspace.pk
    with transaction.atomic(), scope(workspace=workspace):
        activity.record("switched", workspace, user)
    return workspace


def _memberships(user) -> list[Membership]:
    if not hasattr(user, "_memberships"):  # not `__dict__`: the user of a request is a lazy wrapper
        with scopes_disabled():
            user._memberships = list(
                Membership.objects.filter(user=user, is_active=True, workspace__is_active=True)
                .select_related("workspace")
                .order_by("workspace__name")
            )
    return user._memberships
