"""Permissions come from the role a person has in the workspace that is open, and from nowhere else."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django_scopes import get_scope

from accounts import cutting_rights
from accounts.models import Membership


class LogIn(AuthenticationBackend):
    """Checks who somebody is. It grants nothing, not even what stands on the account itself."""

    def get_all_permissions(self, user_obj, obj=None):
        return set()

    def has_perm(self, user_obj, perm, obj=None):
        return False

    def has_module_perms(self, user_obj, app_label):
        return False


class WorkspaceRoleBackend(AuthenticationBackend):
    """Answers `has_perm` from the group of the member's role; superusers are answered by Django itself."""

    def authenticate(self, request, **credentials):
        return None  # logging in is the next backend's

    def get_all_permissions(self, user_obj, obj=None):
        if obj is not None or not user_obj.is_active or user_obj.is_anonymous:
            return set()
        workspace = get_scope().get("workspace")
        if workspace is None:
            return set()
        cache = user_obj.__dict__.setdefault("_role_permissions", {})
        if workspace.pk not in cache:
            cache[workspace.pk] = cutting_rights.within(user_obj, _permissions(user_obj, workspace))
        return cache[workspace.pk]

    def has_perm(self, user_obj, perm, obj=None):
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj, app_label):
        return any(name.startswith(f"{app_label}.") for name in self.get_all_permissions(user_obj))


def _permissions(user, workspace) -> set[str]:
    if user.is_superuser:
        rows = Permission.objects.all()
    else:
        rows = Permission.objects.filter(group__name__in=_roles(user, workspace))
    rows = rows.order_by().values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def _roles(user, workspace):
    """A request has read the memberships already: `accounts.workspaces`."""
    known = user.__dict__.get("_memberships")
    if known is None:
        return Membership.objects.filter(workspace=workspace, user=user, is_active=True).values("role")
    return [membership.role for membership in known if membership.workspace_id == workspace.pk]
