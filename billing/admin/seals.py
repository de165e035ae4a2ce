"""The chain of what left the house or came in, and of money, to be read: which when, by whom, which print proves it."""

from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, to_record
from accounts.day_filter import BetweenDays
from billing.models import Seal
from billing.models.seal import DOCUMENTS


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(name, Seal._meta.get_field(name).verbose_name) for name in DOCUMENTS]

    def queryset(self, request, queryset):
        return queryset.filter(**{f"{self.value()}__isnull": False}) if self.value() in DOCUMENTS else queryset


@admin.register(Seal)
class SealAdmin(RoomAdmin):
    list_display = ("position", "kind_shown", "document_shown", "paper_shown", "at", "by", "print_shown")
    list_select_related = ("invoice", "delivery", "order_paper", "reminder__invoice", "statement__client",
                           "payment", "allocation__payment", "allocation__invoice", "allocation__refund",
                           "period_close", "received", "quote")  # fmt: skip
    list_filter = (KindFilter, ("at", BetweenDays))
    list_filter_submit = True
    search_fields = ("invoice__number", "delivery__number", "order_paper__number", "reminder__invoice__number",
                     "statement__client__code", "payment__number", "allocation__payment__number",
                     "received__number", "quote__number", "by", "link")  # fmt: skip
    search_help_text = _("Number, person or print")
    fields = (("position", "kind_shown", "document_shown"), ("at", "by", "is_paper"), "link", "previous")
    readonly_fields = ("position", "kind_shown", "document_shown", "is_paper", "at", "by", "link", "previous")
    export_fields = ("position", "invoice", "delivery", "order_paper", "reminder", "statement", "payment", "allocation",
                     "period_close", "received", "quote", "is_paper", "at", "by", "previous", "link")  # fmt: skip
    empty_text = _("Every document that leaves the house is sealed here: invoices, delivery notes, reminders and more.")
    empty_icon = "verified"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def related_links(self, obj):
        document = obj.allocation.payment if obj.allocation_id else obj.document  # what it settles stands on its page
        return [to_record(document, icon="description")]

    @display(description=_("kind"))
    def kind_shown(self, seal):
        document = seal.document
        has_kinds = hasattr(document, "get_kind_display") and not seal.payment_id  # "received" says less
        return document.get_kind_display() if has_kinds else capfirst(str(document._meta.verbose_name))

    @display(description=_("print of the PDF"))
    def paper_shown(self, seal):
        """A cross would say that something is wrong with all the others."""
        return "PDF" if seal.is_paper else "–"

    @display(description=_("document"))
    def document_shown(self, seal):
        return str(seal.document)

    @display(description=_("link"))
    def print_shown(self, seal):
        return f"{seal.link[:16]}…"
