"""Accounts and groups of the whole installation: for superusers only. Workspaces manage their people as members."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, OrmQ, Schedule, Success
from guardian.admin import GuardedModelAdmin
from unfold.admin import ModelAdmin

from accounts.models import User


class ForSuperusers(ModelAdmin):
    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_change_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # The log of workspaces knows no installation, and Django's own is not kept.
    def log_change(self, request, obj, message):
        return None


@admin.register(User)
class AccountAdmin(ForSuperusers, GuardedModelAdmin):
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    fields = (("email", "name"), "language", ("is_active", "is_superuser"), ("last_login", "date_joined"))
    readonly_fields = ("last_login", "date_joined")


# What packages bring along is no page of ours: the queue's own records would go around the log and the verbs.
for foreign in (EmailAddress, Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(foreign):
        admin.site.unregister(foreign)
admin.site.unregister(Group)


@admin.register(Group)
class RoleGroupAdmin(ForSuperusers):
    """Made from the matrix in accounts/roles.py after every migration, so there is nothing to edit."""

    list_display = ("name",)
    search_fields = ("name",)
    fields = ("name", "permissions_shown")
    readonly_fields = ("name", "permissions_shown")

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("permissions"))
    def permissions_shown(self, group):
        return ", ".join(sorted(f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()))
