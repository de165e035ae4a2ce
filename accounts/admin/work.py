"""What the worker does: what waits, what failed and why, and trying again."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts import work
from accounts.back_office import RoomAdmin, Verb
from accounts.models import BackgroundTask

COLOURS = {
    "waiting": "warning",
    "running": "info",
    "held": "info",
    "sending": "info",
    "handing": "info",
    "bundled": "success",
    "unclear": "warning",
    "withdrawn": "",
    "done": "success",
    "sent": "success",
    "failed": "danger",
}


class ReadOnly(RoomAdmin):
    exports = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, record):
        return record.state, record.get_state_display()

    @display(description=_("what went wrong"))
    def error_short(self, record):
        return Truncator(record.error).chars(90) or "–"

    @display(description=_("what went wrong"))
    def error_shown(self, record):
        return format_html('<span class="lo-pre">{}</span>', record.error or "–")


class ByName(admin.SimpleListFilter):
    """From the names registered, not from the rows there are: a busy shop has a hundred thousand."""

    title = _("task")
    parameter_name = "name"

    def lookups(self, request, model_admin):
        return [(name, gettext(name)) for name in sorted(work.registered())]

    def queryset(self, request, queryset):
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(BackgroundTask)
class BackgroundTaskAdmin(ReadOnly):
    list_display = ("name_shown", "subject", "state_shown", "tries", "queued_at", "finished_at", "error_short")
    list_filter = ("state", ByName)
    search_fields = ("name", "subject", "error")
    list_before_template = "admin/work/refresh.html"
    fields = (
        ("name_shown", "subject"),
        ("state", "tries"),
        "error_shown",
        ("queued_at", "started_at", "finished_at"),
        "by",
    )
    readonly_fields = ("name_shown", "subject", "state", "tries", "error_shown", "queued_at", "started_at",
                       "finished_at", "by")  # fmt: skip
    empty_text = _("Measuring drawings, making documents and sending mail happen in the background and appear here.")
    empty_icon = "sync"
    verbs = (
        Verb("retry", _("Try again"), lambda request, task: work.retry(task, request.user),
             "accounts.change_backgroundtask", lambda task: task.state == "failed",
             primary=True, done=_("It is tried again."), icon="replay"),
    )  # fmt: skip

    @display(description=_("task"), ordering="name")
    def name_shown(self, task):
        return gettext(task.name)
