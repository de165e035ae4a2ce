"""Statements of account in the back office: looked at for any while, as PDF, mailed to the client."""

from datetime import date

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from accounts.back_office import Related, RoomAdmin, to_list, to_messages, to_record
from accounts.day_filter import BetweenDays
from accounts.documents import download, file_name
from accounts.forms import bounded, dress
from accounts.models import BackgroundTask
from accounts.roles import SEE_MONEY
from billing import statements
from billing.admin.documents import amount, to_seals
from billing.models import AccountStatement
from billing.models.reminding import new_key
from billing.tasks import send_statement
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.stored import opened


class WhileForm(forms.Form):
    from_on = forms.DateField(label=_("From"), widget=forms.DateInput)
    until_on = forms.DateField(label=_("Until"), widget=forms.DateInput)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, *args, client, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(code, code) for code in statements.currencies_of(client)]


def _paper(row: AccountStatement) -> dict:
    """`failed`: why the worker gave up."""
    task = None
    if not row.pdf:
        tasks = BackgroundTask.objects.filter(name=send_statement.task_name, arguments=[row.pk])
        task = tasks.order_by("-id").first()
    return {"row": row, "failed": task.error if task is not None and task.state == "failed" else ""}


def this_year() -> tuple[date, date]:
    today = timezone.localdate()
    return today.replace(month=1, day=1), today


@admin.register(AccountStatement)
class AccountStatementAdmin(RoomAdmin):
    list_display = ("client", "from_on", "until_on", "balance_shown", "mailed_to", "created_at", "by")
    list_display_links = ("client",)
    list_select_related = ("client", "by")
    list_filter = (("created_at", BetweenDays),)
    list_filter_submit = True
    search_fields = ("client__name", "client__code")
    search_help_text = _("Client")
    money_fields = ("balance_shown", "paper")
    fields = (("client", "currency"), ("from_on", "until_on"), ("balance_shown", "paper"),
              ("mailed_to", "by", "created_at"))  # fmt: skip
    readonly_fields = ("client", "currency", "from_on", "until_on", "balance_shown", "paper", "mailed_to", "by",
                       "created_at")  # fmt: skip
    export_fields = ("client", "currency", "from_on", "until_on", "balance", "mailed_to", "created_at")
    empty_text = _("Statements of account are made on a client's page, mailed or printed, and stay here as they were.")
    empty_icon = "list_alt"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("of/<int:pk>/", view(self.of_view), name=f"{self.page_name}_of"),
            path("<int:pk>/pdf/", view(self.pdf_view), name=f"{self.page_name}_pdf"),
            path("<int:pk>/paper/", view(self.paper_view), name=f"{self.page_name}_paper"),
            *super().get_urls(),
        ]

    def of_view(self, request, pk):
        """A client's account: GET shows it; POST has the worker make the paper of it, and mail it where asked to."""
        client = Client.objects.filter(pk=pk).first()
        if client is None:
            raise Http404
        if not self.has_view_permission(request) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else request.GET
        form = bounded(WhileForm(data if "from_on" in data else None, client=client))
        from_on, until_on, currency = *this_year(), statements.currencies_of(client)[0]
        if form.is_bound and form.is_valid():
            chosen = form.cleaned_data
            from_on, until_on = chosen["from_on"], chosen["until_on"]
            currency = chosen["currency"] or currency
        elif form.is_bound:
            messages.error(request, next(iter(form.errors.values()))[0])
        account = None
        try:
            if request.method == "POST" and form.is_valid():  # what was asked for, or nothing
                return self._made(request, client, currency, from_on, until_on)
            account = statements.account_of(client, currency, from_on, until_on)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        form = form if form.is_bound else WhileForm(client=client, initial={"from_on": from_on, "until_on": until_on})
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Statement of account"),
            "subtitle": str(client),
            "opts": self.opts,
            "client": client,
            "account": account,
            "form": dress(form),
            "asked": {"from_on": f"{from_on}", "until_on": f"{until_on}", "currency": currency, "once": new_key()},
        }
        return TemplateResponse(request, "admin/billing/account.html", context)

    def _made(self, request, client, currency, from_on, until_on):
        """Pressed twice it is the same one: the page says under which key."""
        facts = (client, currency, from_on, until_on, request.user)
        once = request.POST.get("once", "")[:40]
        if "pdf" in request.POST:
            row = statements.prepare(*facts, key=f"pdf:{once}" if once else "")
        elif not request.user.has_perm("billing.receive_payment"):
            raise PermissionDenied
        else:
            row = statements.send(*facts, key=f"mail:{once}" if once else "")
            messages.success(request, _t("The statement is on its way to %(to)s.") % {"to": row.mailed_to})
        return redirect(reverse(f"admin:{self.page_name}_change", args=[row.pk]))

    def paper_view(self, request, pk):
        """The piece of the page that asks until the PDF is there."""
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        return TemplateResponse(request, "admin/billing/_paper.html", _paper(row))

    @display(description=_("PDF"))
    def paper(self, row):
        return render_to_string("admin/billing/_paper.html", _paper(row))

    def pdf_view(self, request, pk):
        row = self.get_object(request, str(pk))
        if row is None or not row.pdf:
            raise Http404
        if not self.has_view_permission(request, row) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        return download(FileResponse(opened(row.pdf)), file_name(row))

    def related_links(self, obj):
        page = reverse(f"admin:{self.page_name}_pdf", args=[obj.pk])
        return [
            Related(_("PDF"), page, "picture_as_pdf", SEE_MONEY) if obj.pdf else None,
            to_record(obj.client, icon="groups"),
            to_list("billing.invoice", icon="receipt_long", client__id__exact=obj.client_id, number__isnull=False),
            to_messages(obj) if obj.mailed_to else None,
            *to_seals(obj),
        ]

    @display(description=pgettext_lazy("money", "balance"), ordering="balance")
    def balance_shown(self, row):
        return amount(row.balance, row.currency)


def link_of(client) -> Related:
    """From a client's page to their account."""
    page = reverse("admin:billing_accountstatement_of", args=[client.pk])
    return Related(str(_("Statement of account")), page, "list_alt", SEE_MONEY)
