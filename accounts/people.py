"""Verbs about people: inviting, changing a role, shutting out and letting in again.

Nobody changes their own role, nobody gives away more than they have, and a workspace always keeps an administrator.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity, outbox, password_links
from accounts.models import Membership, User, Workspace
from accounts.occasions import PERSON_KNOWN, PERSON_NEW
from accounts.roles import Role
from laseros.core.errors import Refused
from laseros.core.retry import retried

RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.OFFICE: 2, Role.MANAGER: 3, Role.ADMIN: 4}


@retried
@transaction.atomic
def invite(workspace: Workspace, email: str, role: str, by, *, name: str = "") -> Membership:
    """Let somebody work here: with a new account, or with the one they have. A mail tells them how to get in."""
    email = _address(email)
    _check_rank(workspace, role, by)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=" ".join(name.split())[:120], language="")
    elif not user.is_active:
        raise Refused(_("This account was closed by those who run the installation."), code="closed", field="email")
    membership, created = Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
    if not created and membership.is_active:
        raise Refused(_("%(person)s works here already.") % {"person": user}, code="member", field="email")
    if not created:
        _check_rank(workspace, membership.role, by)
        Membership.objects.filter(pk=membership.pk).update(is_active=True, role=role)
        membership.refresh_from_db()
    _send_invitation(membership, by)
    return membership


@retried
@transaction.atomic
def invite_again(membership: Membership, by) -> None:
    if not membership.is_active:
        raise Refused(_("%(person)s is shut out.") % {"person": membership.user}, code="inactive")
    _send_invitation(membership, by)


@retried
@transaction.atomic
def change_role(membership: Membership, role: str, by) -> None:
    there = _locked(membership)
    if there.user_id == getattr(by, "pk", None) and not by.is_superuser:
        raise Refused(_("Nobody changes their own role."), code="own-role")
    _check_rank(there.workspace, there.role, by)
    _check_rank(there.workspace, role, by)
    if there.role == role:
        return
    old = there.get_role_display()
    Membership.objects.filter(pk=there.pk).update(role=role)
    _check_an_admin_is_left(there.workspace)
    membership.refresh_from_db()
    activity.record("changed", membership, by, details={"role": [old, membership.get_role_display()]})


@retried
@transaction.atomic
def deactivate(membership: Membership, by) -> None:
    """Shut somebody out of this workspace. Their name stays in the log; other workspaces are not touched."""
    there = _locked(membership)
    if there.user_id == getattr(by, "pk", None):
        raise Refused(_("Nobody shuts themselves out."), code="own-role")
    _check_rank(there.workspace, there.role, by)
    if Membership.objects.filter(pk=there.pk, is_active=True).update(is_active=False):
        _check_an_admin_is_left(there.workspace)
        membership.refresh_from_db()
        activity.record("deactivated", membership, by)


@retried
@transaction.atomic
def reactivate(membership: Membership, by) -> None:
    there = _locked(membership)
    _check_rank(there.workspace, there.role, by)
    if Membership.objects.filter(pk=there.pk, is_active=False).update(is_active=True):
        membership.refresh_from_db()
        activity.record("reactivated", membership, by)


def speak(user: User, language: str) -> None:
    """A person chooses the language of their own screens."""
    if language not in dict(User._meta.get_field("language").choices):
        raise Refused(_("This language is not spoken here."), code="language")
    User.objects.filter(pk=user.pk).update(language=language)


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(
            _("%(email)s is not an e-mail address.") % {"email": email}, code="e-mail", field="email"
        ) from None
    return email


def _send_invitation(membership: Membership, by) -> None:
    details = {"e-mail": membership.user.email, "role": membership.get_role_display()}
    line = activity.record("invited", membership, by, details=details)
    user = membership.user
    # Each invitation is a message of its own: the line in the log makes its key.
    outbox.post(
        PERSON_KNOWN if user.has_usable_password() else PERSON_NEW, membership, key=f"person:{line.pk}", to=user.email,
        name=user.get_short_name(), link=settings.BASE_URL, values={"password_link": password_links.PLACE},
        language=user.language, by=by,
    )  # fmt: skip


def _locked(membership: Membership) -> Membership:
    """As it is now, with nobody else changing roles here until we are done: two admins cannot remove each other."""
    Workspace.objects.filter(pk=membership.workspace_id).update(is_active=F("is_active"))
    return Membership.objects.select_related("user", "workspace").get(pk=membership.pk)


def _check_rank(workspace: Workspace, role: str, by) -> None:
    if role not in RANK:
        raise Refused(_("There is no such role."), code="role", field="role")
    if by is None or getattr(by, "is_superuser", False):
        return
    own = Membership.objects.filter(workspace=workspace, user=by, is_active=True).values_list("role", flat=True).first()
    if own is None or RANK[own] < RANK[role]:
        raise Refused(_("Nobody gives or takes a role above their own."), code="rank", field="role")


def _check_an_admin_is_left(workspace: Workspace) -> None:
    admins = Membership.objects.filter(workspace=workspace, role=Role.ADMIN, is_active=True, user__is_active=True)
    if not admins.exists():
        raise Refused(_("The last administrator stays: make somebody else one first."), code="last-admin")
