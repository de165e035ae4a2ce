"""The bank in the back office: a file is read in, its lines stand beside what they may be for, one tap books one."""

import base64
import binascii
import zlib

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from accounts.forms import bounded, dress, take_refusal
from accounts.roles import SEE_MONEY
from billing.admin import bank_words
from billing.admin.documents import amount
from billing.admin.received import DECIDE
from billing.bank import booking, columns, importing
from billing.bank.reading import MOST_BYTES
from billing.models import BankLine, BankStatement, Invoice, Payment, ReceivedInvoice
from billing.received import paying
from crm.models import Client
from laseros.core.errors import Refused

RECEIVE = "billing.receive_payment"
STATE_COLOURS = {"open": "warning", "booked": "success", "settled": "success", "ignored": ""}
PAGE = 20
COLUMNS = {
    "day": _("day"),
    "amount": _("amount, with its sign"),
    "credit": _("money in"),
    "debit": _("money out"),
    "name": _("from or to"),
    "iban": _("account number"),
    "text": _("what for"),
    "reference": _("reference"),
    "currency": _("currency"),
}


def packed(content: bytes) -> str:
    """A file as a field of the page it was looked at on: as it is, a large one would be more than a form may bring."""
    return base64.b64encode(zlib.compress(content)).decode()


def unpacked(text: str) -> bytes:
    reader = zlib.decompressobj()
    found = reader.decompress(base64.b64decode(text, validate=True), MOST_BYTES + 1)
    if not reader.eof or len(found) > MOST_BYTES:
        raise ValueError("a part of a file, or more than one may be")
    return found


class FileForm(forms.Form):
    """A file, or the content of one that has been looked through."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CAMT.053 (XML) or CSV of your bank, at most 5 MB"),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.txt"}),
    )  # fmt: skip
    account = forms.CharField(
        label=_("Account"), max_length=60, required=False, help_text=_("IBAN or a name; XML says it itself")
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)

    def clean(self):
        data = super().clean()
        file, content = data.get("file"), data.get("content") or ""
        if file is not None:
            if file.size > MOST_BYTES:
                raise forms.ValidationError(_("The file is too large: 5 MB at most."))
            data["bytes"], data["name"] = file.read(), file.name
        elif content:
            try:
                data["bytes"] = unpacked(content)
            except (ValueError, binascii.Error, zlib.error):
                raise forms.ValidationError(_("Choose a file.")) from None
        if not data.get("bytes"):
            raise forms.ValidationError(_("Choose a file."))
        return data


class BookForm(forms.Form):
    """For what no proposal fits: a client, and which of their invoices."""

    client = forms.ModelChoiceField(
        queryset=None, label=_("Client"), help_text=_("Type a part of the name or the number."),
        widget=AutocompleteSelect(
            Payment._meta.get_field("client"), admin.site, {"class": "unfold-admin-autocomplete admin-autocomplete"}
        ),
    )  # fmt: skip
    numbers = forms.CharField(
        label=_("Invoices"), max_length=500, required=False,
        help_text=_("Numbers with a comma between them, in the order they are to be settled. Empty: all is credit."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = self.fields["client"].widget.choices.queryset = Client.objects.filter(
            archived_at=None
        )

    def clean_numbers(self):
        wanted = [number.strip() for number in self.cleaned_data["numbers"].split(",") if number.strip()]
        found = {row.number: row for row in Invoice.objects.filter(number__in=wanted)}
        if missing := [number for number in wanted if number not in found]:
            raise forms.ValidationError(_("There is no invoice %(number)s."), params={"number": missing[0]})
        return [found[number] for number in dict.fromkeys(wanted)]


class SettleForm(forms.Form):
    """Money that left, or that a supplier gives back: for which of the invoices that were approved."""

    for_record = True
    received = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Received invoices"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Approved and not paid yet. Together they are what the line says; one may be paid in part."),
    )  # fmt: skip

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        rows = ReceivedInvoice.objects.filter(state="approved", currency=record.currency)
        rows = rows.filter(owed__gt=F("paid")) if record.amount < 0 else rows.filter(owed__lt=F("paid"))
        field = self.fields["received"]
        field.queryset = rows.order_by("due_on", "id")
        field.label_from_instance = lambda row: f"{row}: {amount(row.left, row.currency)}"


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=120)


def _book(request, line, client, numbers):
    booking.book(line, client, numbers, request.user)


def _waits() -> bool:
    """Whether there is a received invoice that a line could pay."""
    return ReceivedInvoice.objects.filter(state="approved").exists()


def _settle(request, line, received):
    paying.settle(line, list(received), request.user)


def _undo(request, line, reason):
    booking.undo(line, reason, request.user)


def _leave_out(request, line, reason):
    booking.leave_out(line, reason, request.user)


@admin.register(BankLine)
class BankLineAdmin(RoomAdmin):
    list_display = ("day", "name", "text", "amount_shown", "state_shown", "payment", "statement")
    list_display_links = ("day",)
    list_select_related = ("payment", "statement")
    list_filter = ("state", ("day", BetweenDays))
    list_filter_submit = True
    search_fields = ("name", "text", "iban", "reference", "payment__number")
    search_help_text = _("Name, text, account or payment")
    money_fields = ("amount_shown",)
    fields = (("day", "amount_shown", "state"), ("name", "iban"), ("text", "reference"), ("payment", "statement"),
              "note")  # fmt: skip
    readonly_fields = ("day", "amount_shown", "state", "name", "iban", "text", "reference", "payment",
                       "statement", "note")  # fmt: skip
    export_fields = ("day", "name", "iban", "text", "reference", "currency", "amount", "state", "payment")
    empty_text = _("Read in a statement of your bank: its lines appear here, each once.")
    empty_icon = "account_balance"
    list_before_template = "admin/billing/bank_links.html"
    verbs = (
        Verb("book", _("Book it"), _book, RECEIVE, lambda line: line.state == "open" and line.amount > 0,
             form=BookForm, primary=True, icon="payments", done=_("The payment is booked.")),
        Verb("settle", _("For received invoices"), _settle, DECIDE, lambda line: line.state == "open" and _waits(),
             form=SettleForm, icon="inbox", done=_("The received invoices are paid with it.")),
        Verb("undo", _("Take it back"), _undo, RECEIVE, lambda line: line.state in ("booked", "settled"), form=WhyForm,
             dangerous=True, icon="undo", done=_("The payment is taken back; the line is open again.")),
        Verb("leave-out", _("Leave it out"), _leave_out, RECEIVE, lambda line: line.state == "open",
             form=WhyForm, icon="block", done=_("The line is left out.")),
        Verb("take-up", _("Take it up again"), lambda request, line: booking.take_up(line, request.user), RECEIVE,
             lambda line: line.state == "ignored", icon="undo", done=_("The line is open again.")),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def related_links(self, obj):
        return [
            to_record(obj.payment, icon="payments"),
            to_record(obj.payment.client, icon="groups") if obj.payment else None,
            *(to_record(part.invoice, icon="inbox") for part in obj.settlements.select_related("invoice")),
            to_record(obj.statement, icon="account_balance"),
        ]

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, line):
        return amount(line.amount, line.currency)

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, line):
        return line.state, line.get_state_display()

    # --- beside what they may be for ------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("match/", view(self.match_view), name=f"{self.page_name}_match"),
            path("<int:pk>/accept/", view(self.accept_view), name=f"{self.page_name}_accept"),
            path("import/", view(self.import_view), name=f"{self.page_name}_import"),
            *super().get_urls(),
        ]

    def _may(self, request) -> None:
        if not request.user.has_perm(RECEIVE) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied

    def match_view(self, request):
        self._may(request)
        term, is_out = " ".join(request.GET.get("q", "").split())[:80], request.GET.get("way") == "out"
        still = BankLine.objects.filter(state="open")
        lines = still.filter(amount__lt=0) if is_out else still.filter(amount__gt=0)
        if term:
            lines = lines.filter(text__icontains=term) | lines.filter(name__icontains=term)
        page = Paginator(lines.order_by("-day", "-id"), PAGE).get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
        found = bank_words.proposed(page.object_list)
        for line in page.object_list:
            line.proposals = found[line.pk]
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Match the bank"),
            "opts": self.opts,
            "page": page,
            "term": term,
            "is_out": is_out,
            "counts": still.aggregate(came=Count("id", Q(amount__gt=0)), left=Count("id", Q(amount__lt=0))),
            "may_settle": request.user.has_perm(DECIDE) and _waits(),
        }
        return TemplateResponse(request, "admin/billing/bank_match.html", context)

    def accept_view(self, request, pk):
        """The one tap: a proposal of this line, named by its invoices."""
        self._may(request)
        line = self.get_object(request, str(pk))
        if line is None or request.method != "POST":
            raise Http404
        out = "received" in request.POST
        if out and not request.user.has_perm(DECIDE):
            raise PermissionDenied
        model = ReceivedInvoice if out else Invoice
        pks = [
            int(each) for each in request.POST.get("received" if out else "invoices", "").split(",") if each.isdecimal()
        ]
        rows = model.objects.in_bulk(dict.fromkeys(pks[:50]))
        try:
            if not rows or len(rows) != len(set(pks)):
                raise Refused(_t("These invoices are not there any more."), code="gone")
            if out:
                paying.settle(line, list(rows.values()), request.user)
            else:
                booking.book(line, rows[pks[0]].client, list(rows.values()), request.user)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, _t("%(line)s is booked.") % {"line": line})
        way = "?way=out" if line.amount < 0 else ""
        return redirect(reverse(f"admin:{self.page_name}_match") + way)

    # --- a file ---------------------------------------------------------------------------------------------------

    def import_view(self, request):
        """GET asks for a file; the first POST shows what it says and asks for the columns, `store` keeps it."""
        self._may(request)
        posted = request.method == "POST"
        usual = {"account": importing.usual_account(request.workspace)}
        form = bounded(FileForm(request.POST if posted else None, request.FILES or None, initial=usual))
        found, content, name, status = (), "", "", 200
        if posted and form.is_valid():
            data = form.cleaned_data
            content, name = packed(data["bytes"]), data["name"]
            try:
                chosen = _chosen(request.POST)
                found = importing.understood(
                    request.workspace, importing.read(data["bytes"]), data["account"].strip(), chosen
                )
                if "store" in request.POST:
                    return self._stored(request, name, data["bytes"], found)
            except Refused as refusal:
                take_refusal(form, refusal)
                status = 409
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Read in a bank statement"),
            "opts": self.opts,
            "form": dress(form),
            "found": found,
            "content": content,
            "name": name,
            "columns": COLUMNS.items(),
        }
        return TemplateResponse(request, "admin/billing/bank_import.html", context, status=status)

    def _stored(self, request, name, content, found):
        rows = importing.store_all(request.workspace, name, content, found, request.user)
        counts = {"new": sum(row.lines_new for row in rows), "known": sum(row.lines_known for row in rows)}
        messages.success(request, _t("%(new)s new lines, %(known)s known before.") % counts)
        return redirect(reverse(f"admin:{self.page_name}_match"))


def _chosen(posted) -> dict[str, int] | None:
    """The columns that were said; None when nobody was asked yet."""
    if "column-day" not in posted:
        return None
    places = {what: posted.get(f"column-{what}", "") for what in columns.WORDS}
    return {what: int(place) for what, place in places.items() if place.isdecimal() and int(place) < 100}


@admin.register(BankStatement)
class BankStatementAdmin(RoomAdmin):
    list_display = ("account", "from_on", "until_on", "lines_new", "lines_known", "name", "imported_at", "imported_by")
    list_display_links = ("account",)
    list_select_related = ("imported_by",)
    list_filter = ("account", ("imported_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("account", "name")
    search_help_text = _("Account or file")
    fields = (("account", "currency"), ("from_on", "until_on"), ("lines_new", "lines_known"), "name",
              ("imported_by", "imported_at"))  # fmt: skip
    readonly_fields = ("account", "currency", "from_on", "until_on", "lines_new", "lines_known", "name", "imported_by",
                       "imported_at")  # fmt: skip
    export_fields = ("account", "from_on", "until_on", "lines_new", "lines_known", "name", "imported_at")
    empty_text = _("Read in a statement of your bank: CAMT.053 or CSV.")
    empty_icon = "account_balance"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def related_links(self, obj):
        return [to_list("billing.bankline", icon="account_balance", statement__id__exact=obj.pk)]
