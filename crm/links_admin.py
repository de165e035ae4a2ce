"""Links that clients were sent, in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, Verb, to_record
from accounts.day_filter import BetweenDays
from crm import links
from crm.models import AccessLink


@admin.register(AccessLink)
class AccessLinkAdmin(RoomAdmin):
    """What was sent, until when it opens, when it was opened last. The address itself stands in the mail alone."""

    list_display = ("opens", "client", "contact", "created_at", "expires_at", "opened_at", "revoked_at")
    list_display_links = ("opens",)
    list_select_related = ("client", "contact", "target_type")
    list_filter = (("opened_at", BetweenDays), ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("client__name", "client__code", "contact__name")
    search_help_text = _("Client or contact")
    fields = (("opens", "client"), ("contact", "created_at"), ("expires_at", "opened_at"), "revoked_at")
    readonly_fields = ("opens", "client", "contact", "created_at", "expires_at", "opened_at", "revoked_at")
    export_fields = ("client", "contact", "created_at", "expires_at", "opened_at", "revoked_at")
    empty_text = _("A link comes with every quote, invoice and job that is mailed to a client.")
    empty_icon = "link"
    verbs = (
        Verb("revoke", _("Revoke"), lambda request, link: links.revoke_one(link, request.user), "crm.change_accesslink",
             lambda link: link.revoked_at is None, dangerous=True, icon="link_off",
             confirm=_("Whoever has this link sees nothing with it any more."), done=_("Revoked.")),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("target")

    def related_links(self, obj):
        return [to_record(obj.client, icon="groups"), to_record(obj.contact, icon="person"), to_record(obj.target)]

    @display(description=_("opens"))
    def opens(self, link):
        return str(link.target or link)
