"""Electronic invoices that came in: uploaded as they are, checked, approved and paid, taken away unchanged."""

from decimal import Decimal

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, Sum
from django.http import FileResponse, Http404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from accounts.back_office import OnceForm, Related, RoomAdmin, Verb, to_record
from accounts.day_filter import BetweenDays
from accounts.documents import download
from accounts.roles import SEE_MONEY
from billing.admin.documents import amount, once, to_seals
from billing.models import ReceivedInvoice
from billing.received import deciding, judging, keeping, ordering, owing, paying
from billing.states import RECEIVED_OPEN
from laseros.core.money import NO_CURRENCY, cents
from laseros.core.stored import opened

DECIDE = "billing.decide_receivedinvoice"
STATE_COLOURS = {"to_check": "warning", "approved": "info", "paid": "success", "rejected": "", "overdue": "danger"}
TYPES = {"pdf": "application/pdf", "xml": "application/xml"}
OWED = {"open": owing.to_pay, "late": owing.late, "soon": owing.soon}
FIGURES = ("quantity", "price", "percent", "net")


class ReceivedForm(forms.ModelForm):
    """The file; what it says is read when it is stored."""

    upload = forms.FileField(
        label=_("electronic invoice"), widget=UnfoldAdminFileFieldWidget,
        help_text=_("XRechnung, Factur-X or ZUGFeRD: the XML, or the PDF that carries it"),
    )  # fmt: skip


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class OrderForm(forms.Form):
    for_record = True
    number = forms.CharField(
        label=_("Number of our purchase order"), max_length=30, required=False, help_text=_("Empty: of none")
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].initial = record.order.number if record.order else record.facts.get("order", "")


class PayForm(OnceForm):
    for_record = True
    amount = forms.DecimalField(label=pgettext_lazy("money", "Amount"), max_digits=16, decimal_places=4)
    paid_on = forms.DateField(label=_("Paid on"), widget=forms.DateInput)
    note = forms.CharField(
        label=pgettext_lazy("payment", "How"),
        max_length=120,
        required=False,
        help_text=_("Cash, card, another account"),
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = cents(record.left, record.currency)
        self.fields["amount"].help_text = _("Still to be paid: %(balance)s") % {"balance": _money(record.left, record)}
        self.fields["paid_on"].initial = timezone.localdate


def _approve(request, row):
    deciding.approve(row, request.user)


def _reject(request, row, reason):
    deciding.reject(row, reason, request.user)


def _look_again(request, row):
    deciding.look_again(row, request.user)


def _link(request, row, number):
    ordering.link(row, number, request.user)


def _pay(request, row, once, amount, paid_on, note):
    paying.pay(row, amount, paid_on, note, request.user)


def _forgo(request, row, reason):
    paying.forgo(row, reason, request.user)


def _take_back(request, row, reason):
    paying.take_back(row, reason, request.user)


def _by_hand(row) -> bool:
    parts = row.settlements.values_list("line", flat=True)
    return bool(parts) and not any(parts)


def _money(value, row) -> str:
    return amount(value, row.currency or NO_CURRENCY)


class OwedFilter(admin.SimpleListFilter):
    """What is still to be paid; in the order it is due."""

    title = _("to pay")
    parameter_name = "owed"

    def lookups(self, request, model_admin):
        return [("open", _("Not paid yet")), ("late", _("Overdue")), ("soon", _("Due within 7 days"))]

    def queryset(self, request, queryset):
        if self.value() not in OWED:
            return queryset
        return queryset.filter(pk__in=OWED[self.value()]().order_by().values("pk"))


@admin.register(ReceivedInvoice)
class ReceivedInvoiceAdmin(RoomAdmin):
    form = ReceivedForm
    list_display = ("number", "seller", "total_shown", "left_shown", "issued_on", "due_on", "state_shown",
                    "order_shown", "received_at")  # fmt: skip
    list_display_links = ("number",)
    list_select_related = ("order",)
    list_filter = ("state", OwedFilter, ("issued_on", BetweenDays), ("due_on", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "seller", "order__number")
    search_help_text = _("Number, who sent it or our order")
    money_fields = ("total_shown", "left_shown", "said")
    fields = (("seller", "number"), ("issued_on", "due_on"), ("standing", "decided_by", "decided_at"), "reason",
              "order_shown", "said", ("received_at", "by"), "sha256")  # fmt: skip
    readonly_fields = ("seller", "number", "issued_on", "due_on", "standing", "decided_by", "decided_at",
                       "reason", "order_shown", "said", "received_at", "by", "sha256")  # fmt: skip
    add_fieldsets = ((None, {"fields": ("upload",)}),)
    export_fields = ("number", "seller", "issued_on", "due_on", "currency", "net", "tax", "total", "owed", "paid",
                     "state", "reason", "decided_by", "decided_at", "order", "received_at", "sha256")  # fmt: skip
    empty_text = _("Invoices that suppliers send as XRechnung or ZUGFeRD are read here and kept as they came.")
    empty_icon = "inbox"
    list_before_template = "admin/billing/received_sums.html"
    verbs = (
        Verb("approve", _("Approve"), _approve, DECIDE, lambda row: row.state == "to_check", primary=True,
             icon="check_circle", confirm=_("It is right, what it charges for has come, and it may be paid."),
             done=_("It may be paid.")),
        Verb("pay", _("Record a payment"), _pay, DECIDE, lambda row: row.state == "approved" and row.left,
             form=PayForm, primary=True, icon="payments", done=_("The payment is recorded.")),
        Verb("forgo", _("The rest is not paid"), _forgo, DECIDE,
             lambda row: row.state == "approved" and row.left and row.paid, form=WhyForm, icon="percent",
             done=_("Nothing more is to be paid of it.")),
        Verb("order", _("Name the purchase order"), _link, DECIDE, lambda row: row.state != "rejected",
             form=OrderForm, icon="link", done=_("The order is named.")),
        Verb("reject", _("Reject"), _reject, DECIDE, lambda row: row.state in RECEIVED_OPEN and not row.paid,
             form=WhyForm, dangerous=True, icon="block", done=_("It is not paid. Tell the seller why.")),
        Verb("look-again", _("Check it again"), _look_again, DECIDE,
             lambda row: row.state in ("approved", "rejected") and not row.paid, icon="undo",
             done=_("It is to be checked again.")),
        Verb("take-back", _("Take the payment back"), _take_back, DECIDE, _by_hand, form=WhyForm, dangerous=True,
             icon="undo", done=_("What was paid of it is owed again.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/stock.css", "css/billing.css")}

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.has_perm(SEE_MONEY)

    def create(self, request, obj):
        keeping.receive(obj, request.FILES["upload"], request.user)

    def get_ordering(self, request):
        return (F("due_on").asc(nulls_last=True), "id") if request.GET.get("owed") else ("-id",)

    def changelist_view(self, request, extra_context=None):
        sums = _owed() if request.user.has_perm(SEE_MONEY) and "_export" not in request.GET else []
        return super().changelist_view(request, {"owed": sums, **(extra_context or {})})

    def get_urls(self):
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/", view, name=f"{self.page_name}_file"), *super().get_urls()]

    def file_view(self, request, pk):
        """The file as it came: to be taken away, never a page of ours."""
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        ending = "pdf" if row.facts["pdf"] else "xml"
        return download(FileResponse(opened(row.file)), f"received-{row.pk}.{ending}", TYPES[ending])

    def deeds(self, request, obj) -> dict:
        """Above one that is still to be decided or paid stands what is odd about it."""
        found = super().deeds(request, obj)
        if obj is not None and obj.state in RECEIVED_OPEN and request.user.has_perm(SEE_MONEY):
            found["warnings"] = [*found["warnings"], *judging.doubts(obj)]
        return found

    def related_links(self, obj):
        url = reverse(f"admin:{self.page_name}_file", args=[obj.pk])
        return [
            Related(_("File as it came"), url, "download", SEE_MONEY),
            to_record(obj.order, icon="shopping_cart"),
            *(to_record(part.line, icon="account_balance") for part in _parts(obj) if part.line_id),
            *to_seals(obj),
        ]

    @display(description=_("total"), ordering="total")
    def total_shown(self, row):
        return _money(-row.total if row.facts.get("credit") else row.total, row)

    @display(description=_("to pay"), ordering="owed")
    def left_shown(self, row):
        return _money(row.left, row) if row.state in RECEIVED_OPEN else "–"

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, row):
        late = row.state == "approved" and row.is_overdue
        return ("overdue", _("overdue")) if late else (row.state, row.get_state_display())

    @display(description=_("state"))
    def standing(self, row):
        return self.state_shown(row)[1]

    @display(description=_("purchase order"), ordering="order__number")
    def order_shown(self, row):
        return row.order.number if row.order else "–"

    @display(description=_("what it says"))
    @once
    def said(self, row):
        lines = [{**line, **{name: Decimal(line[name]) if line[name] else None for name in FIGURES}}
                 for line in row.facts["lines"]]  # fmt: skip
        context = {"row": row, "facts": row.facts, "lines": lines, "currency": row.currency or NO_CURRENCY,
                   "parts": _parts(row)}  # fmt: skip
        return render_to_string("admin/billing/received_invoice.html", context)


def _parts(row) -> list:
    if "_parts" not in row.__dict__:
        row._parts = list(row.settlements.select_related("line", "by"))
    return row._parts


def _owed() -> list[dict]:
    """What is owed in each currency, what of it is late and what is due soon: what comes back to us taken off."""
    left = Sum(F("owed") - F("paid"))
    sums: dict[str, dict] = {}
    for name, rows in OWED.items():
        for each in rows().order_by().values("currency").annotate(left=left):
            sums.setdefault(each["currency"], {})[name] = each["left"]
    return [{"currency": code or NO_CURRENCY, **found} for code, found in sorted(sums.items())]
