"""Reminders in the back office: what the night proposed is looked at and sent, many at once; what stops them."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from accounts.back_office import Related, RoomAdmin, RoomList, Verb, to_messages, to_record
from accounts.day_filter import BetweenDays
from accounts.documents import download, file_name
from accounts.roles import SEE_MONEY
from billing import reminding
from billing.admin.documents import amount, to_seals
from billing.facts import address_of
from billing.models import Invoice, Reminder, ReminderHold
from billing.states import OWED
from laseros.core.stored import opened

SEND = "billing.send_reminder"
STATE_COLOURS = {"proposed": "warning", "sent": "success", "dropped": ""}
PAGE = 50


class HoldForm(forms.Form):
    kind = forms.ChoiceField(label=_("Why"), choices=ReminderHold.Kind.choices)
    until = forms.DateField(
        label=_("Promised until"), required=False, widget=forms.DateInput, help_text=_("Only for a promise")
    )
    note = forms.CharField(label=_("Note"), max_length=300, help_text=_("What was said, and by whom"))


def _hold(request, invoice, kind, until, note):
    reminding.hold(invoice, kind, note, until, request.user)


def _lift(request, invoice):
    reminding.lift(invoice, request.user)


def _stopped(invoice) -> bool:
    if "_stopped" not in invoice.__dict__:
        invoice._stopped = reminding.held_on(timezone.localdate()).filter(invoice=invoice).exists()
    return invoice._stopped


ON_INVOICES = (
    Verb("hold", _("Stop reminders"), _hold, SEND, lambda invoice: invoice.state in OWED and not _stopped(invoice),
         form=HoldForm, icon="notifications_off", done=_("Nobody is reminded of this invoice.")),
    Verb("lift", _("Remind again"), _lift, SEND, lambda invoice: invoice.state in OWED and _stopped(invoice),
         icon="notifications", done=_("Reminders of this invoice go on.")),
)  # fmt: skip


def _send(request, reminder):
    sent, refused = reminding.send([reminder], request.user)
    _say(request, sent, refused)


def _say(request, sent, refused) -> None:
    if sent:
        words = ngettext("%(count)s reminder is on its way.", "%(count)s reminders are on their way.", len(sent))
        messages.success(request, words % {"count": len(sent)})
        by_hand = [str(each.invoice) for each in sent if not address_of(each.invoice)]
        if by_hand:
            messages.warning(request, _t("No e-mail address, to be printed: %(what)s") % {"what": ", ".join(by_hand)})
    for reason in refused[:5]:
        messages.error(request, reason)


def _look_again(request) -> None:
    before = reminding.waiting().count()
    new = reminding.propose(request.workspace)
    words = _t("No other invoice is late enough to be reminded of.")
    if new:
        words = ngettext(
            "%(count)s more invoice is to be reminded of.", "%(count)s more invoices are to be reminded of.", new
        ) % {"count": new}  # fmt: skip
    messages.success(request, words)
    if gone := before + new - reminding.waiting().count():
        words = ngettext(
            "%(count)s proposal was dropped: it is paid, or its reminders are stopped.",
            "%(count)s proposals were dropped: they are paid, or their reminders are stopped.",
            gone,
        )
        messages.info(request, words % {"count": gone})


def _brought_to_today(rows) -> list:
    """Proposals as they stand now: what was paid since is not open. The others as they were sent."""
    rows = list(rows)
    wanted = [row.invoice_id for row in rows if row.state == "proposed"]
    found = Invoice.objects.select_related("client", "workspace").in_bulk(wanted) if wanted else {}
    for row in rows:
        if row.invoice_id in found:
            row.invoice = found[row.invoice_id]
    reminding.as_of_today(rows)
    return rows


class ReminderList(RoomList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = _brought_to_today(self.result_list)


@admin.register(Reminder)
class ReminderAdmin(RoomAdmin):
    list_display = ("invoice_shown", "client", "step", "state_shown", "open_shown", "asked_shown", "proposed_on",
                    "sent_on", "pay_by")  # fmt: skip
    list_reads = ("invoice", "step", "state", "proposed_on", "sent_on", "pay_by", "open", "fee", "flat", "interest")
    list_filter = ("state", "step", ("sent_on", BetweenDays))
    list_filter_submit = True
    search_fields = ("invoice__number", "invoice__client__name", "invoice__client__code")
    search_help_text = _("Invoice or client")
    money_fields = ("open_shown", "asked_shown", "extra_shown")
    fields = (("invoice", "client", "step"), ("state", "proposed_on"), ("sent_on", "pay_by"),
              ("open_shown", "extra_shown", "asked_shown"), "by")  # fmt: skip
    readonly_fields = ("invoice", "client", "step", "state", "proposed_on", "sent_on", "pay_by", "open_shown",
                       "extra_shown", "asked_shown", "by")  # fmt: skip
    export_fields = ("invoice", "step", "state", "proposed_on", "sent_on", "pay_by", "open", "fee", "flat", "interest")
    empty_text = _("Every night the invoices that are late are proposed here. Nothing is sent before you have looked.")
    empty_icon = "notification_important"
    list_before_template = "admin/billing/reminder_links.html"
    verbs = (
        Verb("send", _("Send it"), _send, SEND, lambda reminder: reminder.state == "proposed", primary=True,
             icon="send", confirm=_("The client gets it by e-mail. A step is sent once.")),
        Verb("drop", _("Not this time"), lambda request, reminder: reminding.drop(reminder, request.user), SEND,
             lambda reminder: reminder.state == "proposed", icon="block", done=_("It is not sent.")),
    )  # fmt: skip

    def get_queryset(self, request):
        """What a row says of its invoice and client is four words: no record of either is made for it."""
        words = {"of_number": "number", "of_currency": "currency", "of_code": "client__code", "of_name": "client__name"}
        rows = super().get_queryset(request)
        return rows.annotate(**{name: F(f"invoice__{field}") for name, field in words.items()})

    def get_changelist(self, request, **kwargs):
        return ReminderList

    def export_resource(self, request):
        resource = super().export_resource(request)
        resource.iter_queryset = _brought_to_today
        return resource

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            reminding.as_of_today([found])
        return found

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("look/", view(self.look_view), name=f"{self.page_name}_look"),
            path("<int:pk>/pdf/", view(self.pdf_view), name=f"{self.page_name}_pdf"),
            *super().get_urls(),
        ]

    def look_view(self, request):
        """What is proposed, each with its tick; POST sends the ticked ones, or looks again for what is late."""
        if not request.user.has_perm(SEND) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        if request.method == "POST" and "again" in request.POST:
            _look_again(request)
            return redirect(reverse(f"admin:{self.page_name}_look"))
        if request.method == "POST":
            pks = [int(pk) for pk in request.POST.getlist("reminder") if pk.isdecimal()]
            _say(request, *reminding.send(list(reminding.waiting().filter(pk__in=pks)), request.user))
            return redirect(reverse(f"admin:{self.page_name}_look"))
        page = Paginator(reminding.waiting(), PAGE).get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
        reminding.as_of_today(page.object_list)
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Reminders to send"),
            "opts": self.opts,
            "page": page,
        }
        return TemplateResponse(request, "admin/billing/reminders.html", context)

    def pdf_view(self, request, pk):
        reminder = self.get_object(request, str(pk))
        if reminder is None or not reminder.pdf:
            raise Http404
        if not self.has_view_permission(request, reminder) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        return download(FileResponse(opened(reminder.pdf)), file_name(reminder))

    def related_links(self, obj):
        page = reverse(f"admin:{self.page_name}_pdf", args=[obj.pk])
        return [
            Related(_("PDF"), page, "picture_as_pdf", SEE_MONEY) if obj.pdf else None,
            to_record(obj.invoice, icon="receipt_long"),
            to_record(obj.invoice.client, icon="groups"),
            *(
                to_record(row, icon="notification_important")
                for row in obj.invoice.reminders.exclude(pk=obj.pk).exclude(state="dropped").order_by("step")
            ),
            to_messages(obj.invoice),
            *to_seals(obj),
        ]

    @display(description=_("invoice"), ordering="invoice")
    def invoice_shown(self, reminder):
        return reminder.of_number

    @display(description=_("client"), ordering="invoice__client__name")
    def client(self, reminder):
        return f"{reminder.of_code} {reminder.of_name}"

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, reminder):
        return reminder.state, reminder.get_state_display()

    @display(description=_("open"), ordering="open")
    def open_shown(self, reminder):
        return amount(reminder.open, reminder.of_currency)

    @display(description=_("fee and interest"))
    def extra_shown(self, reminder):
        return amount(reminder.asked - reminder.open, reminder.of_currency)

    @display(description=_("asked for"))
    def asked_shown(self, reminder):
        return amount(reminder.asked, reminder.of_currency)
