"""The chain of issued documents, to be read: which was issued when, by whom, and the print that proves it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, to_record
from accounts.day_filter import BetweenDays
from billing.models import Seal


@admin.register(Seal)
class SealAdmin(RoomAdmin):
    list_display = ("position", "invoice", "at", "by", "print_shown")
    list_select_related = ("invoice",)
    list_filter = (("at", BetweenDays),)
    list_filter_submit = True
    search_fields = ("invoice__number", "by", "link")
    search_help_text = _("Number, person or print")
    fields = (("position", "invoice"), ("at", "by"), "link", "previous")
    readonly_fields = ("position", "invoice", "at", "by", "link", "previous")
    export_fields = ("position", "invoice", "at", "by", "previous", "link")
    empty_text = _("Every invoice and credit note is sealed here when it is issued.")
    empty_icon = "verified"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def related_links(self, obj):
        return [to_record(obj.invoice, icon="receipt_long")]

    @display(description=_("link"))
    def print_shown(self, seal):
        return f"{seal.link[:16]}…"
