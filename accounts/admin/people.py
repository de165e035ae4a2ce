"""Who works here, and as what."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts import people
from accounts.back_office import RoomAdmin, Verb
from accounts.documents import badge as badge_card
from accounts.floor_keys import badges, pins
from accounts.models import Membership
from accounts.roles import Role

CHANGE = "accounts.change_membership"
KEYS = "accounts.hand_out_floor_keys"

COLOURS = {"admin": "danger", "manager": "warning", "office": "info", "operator": "", "viewer": ""}


class InviteForm(forms.ModelForm):
    email = forms.EmailField(label=_("e-mail"), widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(label=_("name"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget)
    role = forms.ChoiceField(
        label=_("role"),
        choices=Role.choices,
        initial=Role.OFFICE,
        widget=UnfoldAdminSelectWidget(choices=Role.choices),
        help_text=_(
            "Administrator: everything, people too. Manager: everything but people. Office: clients to payments. "
            "Operator: the shop floor, no prices. Viewer: sees, without prices."
        ),
    )

    class Meta:
        model = Membership
        fields = ("role",)


class RoleForm(forms.Form):
    for_record = True
    role = forms.ChoiceField(label=_("role"), choices=Role.choices)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = record.role


def _pin(member):
    return getattr(member, "pin", None)


def _new_badge(request, member) -> str:
    badges.make(member, request.user)
    return reverse("admin:accounts_membership_badge", args=[member.pk])


@admin.register(Membership)
class MembershipAdmin(RoomAdmin):
    list_display = ("person", "email", "role_shown", "active_shown", "last_login", "created_at")
    list_filter = ("role", "is_active")
    search_fields = ("user__email", "user__name")
    search_help_text = _("Name or e-mail")
    list_select_related = ("user",)
    ordering = ("-is_active", "user__email")
    fields = (("person", "email"), ("role", "is_active"), ("last_login", "created_at"), ("pin_shown", "badge_shown"))
    add_fieldsets = ((None, {"fields": (("email", "name"), "role")}),)
    readonly_fields = (
        "person", "email", "role", "is_active", "last_login", "created_at", "pin_shown", "badge_shown",
    )  # fmt: skip
    export_fields = ("user", "role", "is_active", "created_at")
    empty_icon = "badge"
    verbs = (
        Verb("role", _("Change role"), lambda request, member, role: people.change_role(member, role, request.user),
             CHANGE, lambda member: member.is_active, form=RoleForm, done=_("The role was changed."), icon="badge"),
        Verb("invite", _("Invite again"), lambda request, member, **asked: people.invite_again(member, request.user),
             CHANGE, lambda member: member.is_active, done=_("The invitation is on its way."), icon="forward_to_inbox"),
        Verb("deactivate", _("Shut out"), lambda request, member: people.deactivate(member, request.user),
             CHANGE, lambda member: member.is_active, dangerous=True, icon="person_off", done=_("Shut out."),
             confirm=_("They can no longer work in this business. What they did stays in the log under their name.")),
        Verb("reactivate", _("Let in again"), lambda request, member: people.reactivate(member, request.user),
             CHANGE, lambda member: not member.is_active, done=_("They can work here again."), icon="person_check"),
        Verb("badge", _("Print a badge"), lambda request, member: _new_badge(request, member), KEYS,
             lambda member: member.is_active, icon="badge",
             confirm=_("For the shop tablets. A badge they had before opens nothing from now on.")),
        Verb("revoke_badge", _("Revoke the badge"), lambda request, member: badges.revoke(member, request.user), KEYS,
             lambda member: badges.of(member) is not None, icon="credit_card_off",
             done=_("The badge opens nothing now.")),
        Verb("reset_pin", _("Reset the PIN"), lambda request, member: pins.reset(member, request.user), KEYS,
             lambda member: _pin(member) is not None, icon="pin", done=_("The PIN is gone. They set a new one."),
             confirm=_("They set a new one on their own page. Nobody can read a PIN.")),
        Verb("unlock_pin", _("Unlock the PIN"), lambda request, member: pins.unlock(member, request.user), KEYS,
             lambda member: (pin := _pin(member)) is not None and pin.failed > 0, primary=True, icon="lock_open",
             done=_("Unlocked.")),
    )  # fmt: skip

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = InviteForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return () if obj is None else super().get_readonly_fields(request, obj)

    def get_urls(self):
        view = self.admin_site.admin_view(self.badge_view)
        return [path("<int:pk>/badge.pdf", view, name="accounts_membership_badge"), *super().get_urls()]

    def badge_view(self, request, pk):
        """The badge that is good now, for the printer."""
        if not request.user.has_perm(KEYS):
            raise PermissionDenied
        member = self.get_object(request, str(pk))
        badge = badges.of(member) if member is not None else None
        if badge is None:
            raise Http404
        response = HttpResponse(badge_card.card(badge), content_type="application/pdf")
        response.headers["Content-Disposition"] = 'inline; filename="badge.pdf"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "pin__locked_until__isnull" or super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request, obj=None):
        return False  # a role is changed by its verb, never by the form

    def save_model(self, request, obj, form, change):
        asked = form.cleaned_data
        member = people.invite(request.workspace, asked["email"], asked["role"], request.user, name=asked["name"])
        obj.pk, obj.user, obj.workspace = member.pk, member.user, member.workspace

    @display(description=_("person"), ordering="user__name")
    def person(self, member):
        return str(member.user)

    @display(description=_("e-mail"), ordering="user__email")
    def email(self, member):
        return member.user.email

    @display(description=_("role"), ordering="role", label=COLOURS)
    def role_shown(self, member):
        return member.role, member.get_role_display()

    @display(description=_("access"), ordering="is_active", label={"yes": "success", "no": "danger"})
    def active_shown(self, member):
        return ("yes", _("works here")) if member.is_active else ("no", _("shut out"))

    @display(description=_("PIN for the tablets"))
    def pin_shown(self, member):
        pin = _pin(member)
        if pin is None:
            return _("none yet")
        if pin.locked_until is not None:
            return _("locked after %(count)s wrong ones") % {"count": pin.failed}
        return _("set on %(day)s") % {"day": date_format(localtime(pin.set_at), "SHORT_DATE_FORMAT")}

    @display(description=_("badge"))
    def badge_shown(self, member):
        badge = badges.of(member)
        if badge is None:
            return _("none yet")
        made = date_format(localtime(badge.made_at), "SHORT_DATE_FORMAT")
        used = date_format(localtime(badge.used_at), "SHORT_DATETIME_FORMAT") if badge.used_at else _("never")
        return _("of %(day)s, last used: %(used)s") % {"day": made, "used": used}

    @display(description=_("last log-in"), ordering="user__last_login")
    def last_login(self, member):
        seen = member.user.last_login
        return date_format(localtime(seen), "DATETIME_FORMAT") if seen else "–"
