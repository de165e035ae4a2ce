"""Month end in the back office: issue, pay, remind, close, export, one step after the other on one page."""

from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts import activity
from accounts.back_office import RoomAdmin
from accounts.documents import download, pdf
from accounts.exporting import table_file
from accounts.forms import bounded
from accounts.roles import SEE_MONEY
from billing import closing
from billing.accounting import archive, datev, journal, procedure
from billing.law import timely, turnover
from billing.models import Archive, BankLine, Invoice, PeriodClose, ReceivedInvoice, Reminder, rules_of
from billing.models.reminding import new_key
from billing.states import OWED
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.stored import opened
from laseros.core.templatetags.laseros import day
from production import jobs

CLOSE, REOPEN = "billing.close_period", "billing.reopen_period"
DATEV_IN = ("DE", "AT")  # elsewhere for who has an accountant's number


class MonthForm(forms.Form):
    until = forms.DateField(required=False)
    reason = forms.CharField(required=False, max_length=300)
    once = forms.CharField(required=False, max_length=40)


def month_of(text: str) -> tuple[date, date]:
    """First and last day of the month that was asked for (2026-10); the one before this where that says nothing."""
    today = timezone.localdate()
    try:
        first = parse_date(f"{text}-01") if text else None
    except ValueError:
        first = None
    if first is None or not 2000 <= first.year < 2200:
        first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@admin.register(PeriodClose)
class PeriodCloseAdmin(RoomAdmin):
    list_display = ("at", "until_on", "reason", "by")
    list_display_links = ("at",)
    list_select_related = ("by",)
    search_fields = ("reason", "by__name")
    search_help_text = _("Reason or person")
    fields = (("until_on", "at"), "reason", "by")
    readonly_fields = ("until_on", "at", "reason", "by")
    export_fields = ("at", "until_on", "reason", "by")
    empty_text = _("Closed months appear here, with who closed them and who opened them again.")
    empty_icon = "lock"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view, name = self.admin_site.admin_view, self.page_name
        return [
            path("month-end/", view(self.month_view), name=f"{name}_month"),
            path("bookings/<slug:kind>/", view(self.bookings_view), name=f"{name}_bookings"),
            path("procedure/", view(self.procedure_view), name=f"{name}_procedure"),
            *super().get_urls(),
        ]

    def _may(self, request) -> None:
        if not request.user.has_perm("billing.receive_payment") or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied

    def month_view(self, request):
        """GET shows the steps of a month; POST closes it, opens books again, or asks for an archive."""
        self._may(request)
        first, last = month_of(request.GET.get("month", ""))
        if request.method == "POST":
            try:
                self._do(request, first, last)
            except Refused as refusal:
                messages.error(request, refusal.reason)  # and the page again, with what was typed
            else:
                return redirect(f"{reverse(f'admin:{self.page_name}_month')}?month={first:%Y-%m}")
        until = closing.closed_until()
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Month end"),
            "opts": self.opts,
            "first": first,
            "last": last,
            "month": f"{first:%Y-%m}",
            "steps": _steps(first, last),
            "warnings": [*filter(None, (turnover.warning(request.workspace), timely.waiting(request.workspace)))],
            "closed": until,
            "is_closed": until is not None and last <= until,
            "is_over": last < timezone.localdate(),
            "may_close": request.user.has_perm(CLOSE),
            "has_datev": request.workspace.country in DATEV_IN or rules_of(request.workspace).consultant_number,
            "may_reopen": request.user.has_perm(REOPEN) and until is not None,
            "archives": Archive.objects.order_by("-id")[:5],
            "once": new_key(),
            "typed": request.POST if request.POST.get("what") == "reopen" else None,
        }
        return TemplateResponse(request, "admin/billing/month_end.html", context)

    def _do(self, request, first: date, last: date) -> None:
        what, form = request.POST.get("what", ""), bounded(MonthForm(request.POST))
        needed = {"close": CLOSE, "reopen": REOPEN}.get(what, SEE_MONEY)
        if not request.user.has_perm(needed):
            raise PermissionDenied
        if not form.is_valid():  # a day that cannot be read is not "open all"
            raise Refused(next(iter(form.errors.values()))[0], code="form")
        if what == "close":
            closing.close(request.workspace, last, request.user)
            messages.success(request, _t("The books are closed until %(until)s.") % {"until": day(last)})
        elif what == "reopen":
            closing.reopen(request.workspace, form.cleaned_data["until"], form.cleaned_data["reason"], request.user)
            messages.success(request, _t("The books are open again. The reason stands in the log."))
        elif what == "archive":
            once = form.cleaned_data["once"]
            archive.order(request.workspace, first, last, request.user, key=f"page:{once}" if once else "")
            messages.success(request, _t("The archive is being made. It appears here when it is done."))

    def bookings_view(self, request, kind):
        """A month's bookings: `datev`, `csv` or `xlsx`."""
        self._may(request)
        first, last = month_of(request.GET.get("month", ""))
        found = journal.of(request.workspace, first, last)
        if kind != "datev":
            return table_file(request, kind, "bookings", last, _heads(), _rows(found), _t("bookings"))
        until = closing.closed_until()
        try:
            content = datev.written(
                found, rules_of(request.workspace), first, last, request.workspace.currency,
                at=timezone.localtime(), is_fixed=until is not None and last <= until,
            )  # fmt: skip
        except Refused as refusal:
            messages.error(request, refusal.reason)
            return redirect(f"{reverse(f'admin:{self.page_name}_month')}?month={first:%Y-%m}")
        activity.record("exported", request.workspace, request.user, details={"what": _t("bookings"), "form": "DATEV"})
        name = f"EXTF_Buchungsstapel_{first:%Y-%m}.csv"
        return download(HttpResponse(content), name, "text/csv; charset=windows-1252")

    def procedure_view(self, request):
        """The description of procedures, as a page or with `?pdf` as a paper."""
        if not self.has_view_permission(request) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        context = {"sections": procedure.sections(request.workspace), "business": request.workspace}
        if "pdf" in request.GET:
            from django.utils import translation

            with translation.override(request.workspace.language):
                context["sections"] = procedure.sections(request.workspace)
            content = pdf.render("billing/procedure.html", context, request.workspace.language)
            return download(HttpResponse(content), f"{request.workspace.slug}-procedures.pdf")
        context |= {
            **self.admin_site.each_context(request),
            "title": _t("Description of procedures"),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/billing/procedure.html", context)


def _steps(first: date, last: date) -> list[dict]:
    """What is left to do in each step, and where: (label, address, how many wait there)."""
    drafts = Invoice.objects.filter(state="draft").count()
    made = jobs.to_invoice().count()
    lines = BankLine.objects.filter(state="open", amount__gt=0, day__lte=last).count()
    unchecked = ReceivedInvoice.objects.filter(state="to_check").count()
    due = Reminder.objects.filter(state="proposed").count()
    late = Invoice.objects.filter(Q(state__in=OWED) & Q(due_on__lte=last)).count()
    invoices = reverse("admin:billing_invoice_changelist")
    return [
        {"title": _("Issue invoices"), "left": drafts + made, "icon": "receipt_long", "links": (
            (_("Drafts to issue: %(count)s") % {"count": drafts}, f"{invoices}?state__exact=draft", drafts),
            (_("Jobs made and not invoiced: %(count)s") % {"count": made},
             f"{reverse('admin:production_job_changelist')}?bill=open", made))},
        {"title": _("Book payments"), "left": lines + unchecked, "icon": "payments", "links": (
            (_("Read in a bank statement"), reverse("admin:billing_bankline_import"), 0),
            (_("Bank lines to book: %(count)s") % {"count": lines}, reverse("admin:billing_bankline_match"), lines),
            (_("Received invoices to check: %(count)s") % {"count": unchecked},
             f"{reverse('admin:billing_receivedinvoice_changelist')}?state__exact=to_check", unchecked))},
        {"title": _("Remind"), "left": due, "icon": "notification_important", "links": (
            (_("Reminders to send: %(count)s") % {"count": due}, reverse("admin:billing_reminder_look"), due),
            (_("Overdue at the end of the month: %(count)s") % {"count": late},
             f"{reverse('admin:billing_invoice_ageing')}?on={last:%Y-%m-%d}", 0))},
    ]  # fmt: skip


def _heads() -> tuple:
    return (_t("day"), _t("number"), _t("account"), _t("counter account"), _t("debit or credit"), _t("amount"),
            _t("currency"), _t("rate"), _t("in our books"), _t("tax %"), _t("text"), _t("due"),
            _t("date of supply"))  # fmt: skip


def _rows(bookings):
    for each in bookings:
        amount, rate = cents(each.amount, each.currency), Decimal(f"{each.rate.normalize():f}")
        yield (each.day, each.number, each.account, each.contra, each.side, amount, each.currency, rate,
               each.booked, each.percent, each.text, each.due_on, each.supplied_on)  # fmt: skip


@admin.register(Archive)
class ArchiveAdmin(RoomAdmin):
    list_display = ("from_on", "until_on", "progress", "created_at", "by")
    list_display_links = ("from_on",)
    list_select_related = ("by",)
    search_fields = ("sha256", "by__name")
    search_help_text = _("Print or person")
    fields = (("from_on", "until_on"), "progress", "sha256", ("by", "created_at", "made_at"))
    readonly_fields = ("from_on", "until_on", "progress", "sha256", "by", "created_at", "made_at")
    export_fields = ("from_on", "until_on", "total", "sha256", "created_at", "made_at")
    empty_text = _("Archives of documents are asked for at month end and stay here.")
    empty_icon = "folder_zip"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view(self.zip_view)
        return [path("<int:pk>/zip/", view, name=f"{self.page_name}_zip"), *super().get_urls()]

    def zip_view(self, request, pk):
        row = self.get_object(request, str(pk))
        if row is None or not row.file:
            raise Http404
        if not self.has_view_permission(request, row) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        name = f"{request.workspace.slug}-{row.from_on}-{row.until_on}.zip"
        return download(FileResponse(opened(row.file)), name, "application/zip")

    @display(description=_("progress"))
    def progress(self, row):
        return _t("done") if row.file else f"{row.done} / {row.total}"
