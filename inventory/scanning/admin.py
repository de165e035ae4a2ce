"""Scans in the back office: what was done on the floor, and what needs a person."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.back_office import RoomAdmin, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from inventory.models import ScanEvent
from inventory.scanning import events

DECIDE = "inventory.change_scanevent"
COLOURS = {
    "done": "success",
    "conflict": "danger",
    "settled": "success",
    "dropped": "",
    "undone": "",
    "arriving": "info",
}


def settle(request, event):
    events.settle(event, request.user)


def drop(request, event):
    events.drop(event, request.user)


@admin.register(ScanEvent)
class ScanEventAdmin(RoomAdmin):
    list_display = ("at", "kind", "code", "state_shown", "reason", "by")
    list_select_related = ("by",)
    list_filter = ("state", "kind", ("at", BetweenDays))
    list_filter_submit = True
    search_fields = ("code", "lot__code", "by__name", "by__email")
    search_help_text = _("Code or person")
    paginator = InfinitePaginator
    fields = (("kind", "state_word"), ("code", "lot"), "said", "reason", ("by", "at"), ("received_at", "said_at"),
              ("settled_by", "settled_at"))  # fmt: skip
    readonly_fields = ("kind", "state_word", "code", "lot", "said", "reason", "by", "at", "received_at", "said_at",
                       "settled_by", "settled_at")  # fmt: skip
    export_fields = ("at", "kind", "code", "lot", "state", "reason", "by", "received_at")
    empty_text = _("What is weighed, moved and counted with the scanner on the shop floor appears here.")
    empty_icon = "qr_code_scanner"
    verbs = (
        Verb("settle", _("Do it now"), settle, DECIDE, lambda event: event.state == "conflict", primary=True,
             icon="done", done=_("Done.")),
        Verb("drop", _("Drop it"), drop, DECIDE, lambda event: event.state == "conflict", icon="delete",
             confirm=_("It is not done, and nobody is asked again."), done=_("Dropped.")),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False  # decided by its buttons

    def related_links(self, obj):
        return [
            to_record(obj.lot, icon="inventory_2"),
            to_list("inventory.scanevent", _("What needs a person"), icon="person_alert", state__exact="conflict"),
        ]

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, event):
        return event.state, event.get_state_display()

    @display(description=_("state"))
    def state_word(self, event):
        return event.get_state_display()

    @display(description=_("what was typed"))
    def said(self, event):
        names = {"gross_g": _("gross g"), "tare_g": _("empty spool g"), "from": _("from"), "place": _("place"),
                 "quantity": _("quantity"), "there": _("there"), "count": _("count")}  # fmt: skip
        parts = [f"{names[name]}: {value}" for name, value in event.data.items() if name in names]
        return " · ".join(parts) or "–"
