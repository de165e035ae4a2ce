"""Rights cut for one request: who works at a shop tablet has what an operator has and never more than their own."""

from accounts.roles import allows


def cut(user, role: str) -> None:
    """From here on this object of a person may do at most what `role` may. It is never stored with it."""
    # Not on the lazy wrapper of a request: both lines reach the person itself.
    user.is_superuser = user.is_staff = False
    user.cut_to = role
    user._role_permissions = {}


def within(user, permissions: set[str]) -> set[str]:
    role = getattr(user, "cut_to", "")
    return {permission for permission in permissions if allows(role, permission)} if role else permissions
