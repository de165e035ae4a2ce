"""Invoices in the back office: checked, issued, paid; never edited afterwards."""

from decimal import Decimal

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import Related, Verb, to_list, to_messages, to_record
from accounts.day_filter import BetweenDays
from accounts.documents import download
from accounts.roles import SEE_MONEY
from billing import copies, discounts, documents, einvoice, invoices, law, payments, taxes
from billing.admin.ageing import AgeingDoors
from billing.admin.documents import (
    DocumentAdmin,
    DraftLines,
    amount,
    is_draft,
    once,
    prices_verb,
    standing_rows,
    to_seals,
)
from billing.admin.draft_form import SEEN, look_on_page
from billing.admin.money_forms import CurrencyForm, PaymentForm, RefundForm, WriteOffForm
from billing.admin.reminders import ON_INVOICES
from billing.documents import invoice_pdf
from billing.law import timely, turnover, united_states
from billing.law.treatments import EU
from billing.models import Delivery, Invoice, InvoiceLine
from billing.states import OWED
from inventory.lots_admin import trace_link
from laseros.core.errors import Refused
from laseros.core.money import ZERO

STATE_COLOURS = {
    "draft": "info",
    "issued": "warning",
    "partly_paid": "warning",
    "paid": "success",
    "overdue": "danger",
    "credited": "",
    "reversed": "",
    "booked": "success",
    "cancelled": "",
}


ELECTRONIC = {
    "xrechnung-cii": "XRechnung (CII)",
    "xrechnung-ubl": "XRechnung (UBL)",
    "facturx-xml": "Factur-X (XML)",
    "facturx-pdf": "ZUGFeRD (PDF)",
}


class InvoiceLineInline(DraftLines):
    model = InvoiceLine
    fields = ("position", "description", "quantity", "unit_price", "discount", "tax_percent", "amount_shown")
    fk_name = "invoice"
    readonly_fields = ("amount_shown", "unit_price_shown", "discount_shown", "tax_shown")
    money_fields = ("amount_shown", "unit_price_shown", "discount", "discount_shown")


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stands on the cancellation, for the client and the auditor")
    )


def _issue(request, invoice):
    if not invoices.issue_soon(invoice, request.user):
        messages.info(request, _("This one is long: it is being issued. Its number appears here in a moment."))
    elif invoices.address_of(invoice):
        messages.success(request, _("The credit note is issued and on its way.") if invoice.is_correction
                         else _("The invoice is issued and on its way."))  # fmt: skip
    else:
        messages.warning(request, _("It is issued. The client has no e-mail address: print the PDF."))


def _credit(request, invoice):
    return reverse("admin:billing_invoice_change", args=[invoices.credit(invoice, request.user).pk])


def _cancel(request, invoice, reason):
    return reverse("admin:billing_invoice_change", args=[invoices.cancel(invoice, request.user, reason).pk])


def _standing_fields(invoice, fields) -> tuple:
    """Without the days that a draft does not have yet."""
    if is_draft(invoice):
        fields = [row[0] if isinstance(row, tuple) and row[0] == "supplied_on" else row for row in fields]
    return standing_rows(invoice, fields)


def _is_draft_invoice(invoice) -> bool:
    return is_draft(invoice) and not invoice.is_correction


def _has_deposits(invoice) -> bool:
    if not _is_draft_invoice(invoice) or invoice.is_deposit or invoice.job is None:
        return False
    return bool(invoices.open_deposits(invoice.job, invoice.currency))


def _is_draft_correction(invoice) -> bool:
    return is_draft(invoice) and invoice.is_correction


def _refund(request, invoice, once, **facts):
    payments.refund(invoice, facts.pop("amount"), key=f"office:{once}", by=request.user, **facts)


def _receive(request, invoice, once, **facts):
    payments.receive(invoice, facts.pop("amount"), key=f"office:{once}", by=request.user, **facts)


def _write_off(request, invoice, once, **facts):
    payments.write_off(invoice, facts.pop("amount"), key=f"office:{once}", by=request.user, **facts)


def _use_credit(request, invoice):
    payments.use_credit(invoice, request.user)


def _keep_surplus(request, invoice):
    payments.keep_surplus(invoice, request.user)


def _has_credit(invoice) -> bool:
    return invoice.state in OWED and payments.credit_of(invoice.client, invoice.currency) > 0


def _deduct(request, invoice):
    """Says what was taken off, and what of it waits."""
    invoices.deduct(invoice, request.user)
    off = sum((line.deposit_total for line in invoice.lines.exclude(deposit=None)), ZERO)
    messages.success(request, _t("Deposits of %(amount)s are taken off.") % {"amount": amount(off, invoice.currency)})
    taken: dict[int, Decimal] = {}
    for line in invoice.lines.exclude(deposit=None):
        taken[line.deposit_id] = taken.get(line.deposit_id, ZERO) + line.deposit_total
    for row in invoices.open_deposits(invoice.job, invoice.currency):
        left = row.total - row.deducted - row.credited - taken.get(row.pk, ZERO)
        if left > 0:
            messages.info(request, _t("Of %(deposit)s %(left)s wait for a later invoice: there is no room on this one.")
                          % {"deposit": row.number, "left": amount(left, row.currency)})  # fmt: skip


def _currency(request, invoice, currency):
    invoices.change_currency(invoice, currency, request.user)


def _billing(invoice):
    """The deliveries whose pieces it bills."""
    lines = invoice.lines.exclude(delivery_line=None).order_by().values("delivery_line__delivery")
    return Delivery.objects.filter(pk__in=lines).order_by("id")


def _taking_off(deposit):
    """The invoices that take this one off: asked line by line, as there are few lines and many invoices."""
    return deposit.deductions.order_by().values("invoice")


@admin.register(Invoice)
class InvoiceAdmin(AgeingDoors, DocumentAdmin):
    verbs_of = invoices
    render = invoice_pdf
    list_display = ("number_shown", "client", "job_number", "state_shown", "total_shown", "balance_shown",
                    "issued_on", "due_on")  # fmt: skip
    list_display_links = ("number_shown",)
    list_select_related = ("client", "job")
    list_reads = ("number", "kind", "is_deposit", "client", "client__code", "client__name", "job", "job__number",
                  "state", "currency", "total", "paid", "credited", "issued_on", "due_on")  # fmt: skip
    list_filter = ("kind", "is_deposit", "state", ("issued_on", BetweenDays), ("due_on", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "client__name", "client__code", "job__number")
    search_help_text = _("Number, client or job")
    money_fields = ("total_shown", "balance_shown", "sums", "received", "discount_percent")
    inlines = (InvoiceLineInline,)
    readonly_fields = ("number_shown", "called", "standing", "client", "issued_on", "due_on", "sums", "received",
                       "corrected")  # fmt: skip
    fieldsets = (
        (None, {"fields": (("number_shown", "standing"), ("called", "client"), "treatment",
                           ("supplied_on", "issued_on", "due_on"), ("discount_percent", "discount_amount"),
                           "note", "sums")}),
        (_("Payments"), {"fields": ("received",)}),
    )  # fmt: skip
    correction_fieldsets = (
        (None, {"fields": (("number_shown", "standing"), ("called", "corrected"), "client", "reason",
                           ("supplied_on", "issued_on"), ("discount_percent", "discount_amount"),
                           "note", "sums")}),
    )  # fmt: skip
    export_fields = ("number", "kind", "is_deposit", "origin", "client", "job", "state", "treatment", "issued_on",
                     "supplied_on", "due_on", "currency", "tax_included", "net", "tax", "total", "paid",
                     "credited")  # fmt: skip
    empty_text = _("Invoices are made from jobs: open a job that is made and press “Make an invoice”.")
    empty_icon = "receipt_long"
    money_warnings = (turnover.of_invoice, timely.of_invoice, united_states.of_document, taxes.doubt)
    verbs = (
        Verb("issue", _("Issue and send"), _issue,
             "billing.issue_invoice", _is_draft_invoice, primary=True, icon="send",
             confirm=_("It gets its number now and cannot be changed afterwards. The client gets it by e-mail."),
             look=look_on_page),
        Verb("issue-credit", _("Issue and send"), _issue,
             "billing.issue_invoice", _is_draft_correction, primary=True, icon="send",
             confirm=_("It gets its number now and is counted against the invoice. The client gets it by e-mail."),
             look=look_on_page),
        Verb("receive", _("Record a payment"), _receive, "billing.receive_payment",
             lambda invoice: invoice.state in OWED, form=PaymentForm, primary=True, icon="payments",
             done=_("The payment is booked.")),
        Verb("refund", _("Record what was paid back"), _refund, "billing.receive_payment",
             lambda invoice: bool(invoice.surplus), form=RefundForm, primary=True, icon="currency_exchange",
             done=_("What was paid back is booked.")),
        Verb("keep", _("Keep it as the client’s credit"), _keep_surplus, "billing.receive_payment",
             lambda invoice: bool(invoice.surplus), icon="savings",
             done=_("What was paid too much is the client’s credit now.")),
        Verb("use-credit", _("Use the client’s credit"), _use_credit, "billing.receive_payment", _has_credit,
             icon="savings", done=_("The credit is used.")),
        Verb("write-off", _("Write off"), _write_off, "billing.write_off", lambda invoice: invoice.state in OWED,
             form=WriteOffForm, dangerous=True, icon="money_off", done=_("It is written off.")),
        *ON_INVOICES,
        Verb("currency", _("Other currency"), _currency, "billing.change_invoice", _is_draft_invoice,
             form=CurrencyForm, icon="currency_exchange", done=_("The prices are at today’s rate.")),
        prices_verb(invoices.switch_prices, "billing.change_invoice", _is_draft_invoice),
        Verb("tax", _("Tax anew"), lambda request, invoice: taxes.follow_the_client(invoice, request.user),
             "billing.change_invoice", lambda invoice: bool(taxes.suggested(invoice)), icon="percent",
             done=_("The lines are as the client’s data say now.")),
        Verb("deduct", _("Deduct deposits"), _deduct, "billing.change_invoice", _has_deposits, icon="remove_circle"),
        Verb("discard", _("Discard draft"), lambda request, invoice: invoices.discard(invoice, request.user) and None,
             "billing.change_invoice", is_draft, dangerous=True, icon="delete", done=_("The draft is discarded."),
             confirm=_("What is made stays to be invoiced. No number is lost.")),
        Verb("credit", _("Make a credit note"), _credit, "billing.issue_invoice", invoices.may_be_credited,
             icon="assignment_return"),
        Verb("cancel", _("Cancel the invoice"), _cancel, "billing.issue_invoice", invoices.may_be_cancelled,
             form=CancelForm, dangerous=True, icon="block",
             done=_("The invoice is cancelled by this document. What it had invoiced can be invoiced again.")),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    def title_of(self, obj) -> str:
        return obj.called

    @display(description=_("kind"))
    def called(self, invoice):
        return invoice.called

    def get_urls(self):
        view = self.admin_site.admin_view(self.einvoice_view)
        name = f"{self.page_name}_einvoice"
        return [path("<int:pk>/einvoice/<slug:form>/", view, name=name), *super().get_urls()]

    def stored(self, request, record):
        if request.method == "HEAD":  # nobody has got it
            return super().stored(request, record)
        return HttpResponse(copies.hand_out(record, request.user))

    def einvoice_view(self, request, pk, form):
        """The issued document as an electronic one, or back with what is missing for it."""
        invoice = self.get_object(request, str(pk))
        if invoice is None or not invoice.number or form not in einvoice.FORMATS:
            raise Http404
        if not self.has_view_permission(request, invoice) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        try:
            content = einvoice.file_of(invoice, form)
        except Refused as refusal:
            messages.error(request, refusal.reason)
            return redirect(reverse(f"admin:{self.page_name}_change", args=[pk]))
        name = documents.file_name(invoice)
        if einvoice.FORMATS[form].pdf:
            return download(HttpResponse(content), name)
        return download(HttpResponse(content), f"{name.removesuffix('.pdf')}.xml", "application/xml")

    def _electronic(self, invoice) -> list[Related]:
        """Where they are asked for: in Europe."""
        if not invoice.number or invoice.workspace.country not in EU:
            return []
        page = f"admin:{self.page_name}_einvoice"
        return [
            Related(label, reverse(page, args=[invoice.pk, form]), "data_object", SEE_MONEY)
            for form, label in ELECTRONIC.items()
        ]

    def get_fieldsets(self, request, obj=None):
        if obj is None or not obj.is_correction:
            (name, first), *others = super().get_fieldsets(request, obj)
            return [(name, {**first, "fields": _standing_fields(obj, first["fields"])}), *others]
        name, first = self.correction_fieldsets[0]
        editable = self.has_change_permission(request, obj)
        fields = _standing_fields(obj, first["fields"])
        return [(name, {**first, "fields": (*fields, SEEN) if editable else fields})]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "reason" in form.base_fields:  # of a credit note, and asked for when it is issued
            form.base_fields["reason"].help_text = _("It stands on the document, for the client and the auditor")
        return form

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "treatment" in form.changed_data:
            invoices.treat(obj, request.user)
        elif "supplied_on" in form.changed_data:
            taxes.follow_the_day(obj, request.user)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """The reasons that the business's country knows."""
        if db_field.name == "treatment":
            kwargs["choices"] = law.choices(request.workspace.country)
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def related_links(self, obj):
        return [
            self.pdf_link(obj),
            *self._electronic(obj),
            to_record(obj.origin, _("Corrects"), icon="undo"),
            *(
                to_record(row, row.get_kind_display(), icon="assignment_return")
                for row in obj.corrections.exclude(state="cancelled")
            ),
            *(
                to_record(row, _("Deposit taken off"), icon="savings")
                for row in Invoice.objects.filter(pk__in=obj.lines.exclude(deposit=None).order_by().values("deposit"))
            ),
            *(
                to_record(row, _("Taken off"), icon="receipt_long")
                for row in Invoice.objects.filter(pk__in=_taking_off(obj)).exclude(state="cancelled")
            ),
            to_record(turn.recurring, icon="event_repeat") if (turn := getattr(obj, "recurring_turn", None)) else None,
            to_record(obj.client, icon="groups"),
            to_record(obj.job, icon="work"),
            *(to_record(row, icon="local_shipping") for row in _billing(obj)),
            *(to_record(row, icon="notification_important") for row in obj.reminders.exclude(state="dropped")),
            trace_link(f"invoice:{obj.pk}"),
            to_messages(obj),
            *to_seals(obj),
            None
            if obj.is_correction
            else to_list("billing.payment", icon="payments", allocations__invoice__id__exact=obj.pk),
            to_list("billing.paymentattempt", icon="credit_card", invoice__id__exact=obj.pk)
            if obj.number and not obj.is_correction and obj.attempts.exists()
            else None,
        ]

    @display(description=_("number"), ordering="number")
    def number_shown(self, invoice):
        return invoice.number or _("draft")

    @display(description=_("corrects"))
    def corrected(self, invoice):
        origin = invoice.origin
        url = reverse("admin:billing_invoice_change", args=[origin.pk])
        return format_html('<a href="{}">{}</a>, {}', url, origin.number, amount(origin.total, origin.currency))

    @display(description=_("job"), ordering="job__number")
    def job_number(self, invoice):
        return invoice.job.number if invoice.job else "–"

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, invoice):
        if invoice.state == "booked":
            return invoice.state, invoice.get_kind_display()
        return ("overdue", _("overdue")) if invoice.is_overdue else (invoice.state, invoice.get_state_display())

    @display(description=_("state"))
    def standing(self, invoice):
        return self.state_shown(invoice)[1]

    @display(description=_("total"), ordering="total")
    def total_shown(self, invoice):
        return amount(invoice.total, invoice.currency)

    @display(description=_("to be paid"))
    def balance_shown(self, invoice):
        return amount(invoice.balance, invoice.currency) if invoice.number and not invoice.is_correction else "–"

    @display(description=_("sums"))
    @once
    def sums(self, invoice):
        context = {"found": invoice, "currency": invoice.currency, "invoice": invoice,
                   "sums": discounts.of_document(invoice)}  # fmt: skip
        return render_to_string("admin/billing/sums.html", context)

    @display(description=_("received"))
    @once
    def received(self, invoice):
        rows = invoice.allocations.select_related("payment__reversal").order_by("payment__received_on", "id")
        return render_to_string("admin/billing/received.html", {"rows": rows, "currency": invoice.currency})
