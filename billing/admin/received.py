"""Electronic invoices that came in: uploaded as they are, shown in words, taken away unchanged."""

from decimal import Decimal

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from accounts.back_office import Related, RoomAdmin
from accounts.day_filter import BetweenDays
from accounts.documents import download
from accounts.roles import SEE_MONEY
from billing.admin.documents import amount, once
from billing.models import ReceivedInvoice
from billing.received import keeping
from laseros.core.stored import opened

TYPES = {"pdf": "application/pdf", "xml": "application/xml"}


class ReceivedForm(forms.ModelForm):
    """The file; what it says is read when it is stored."""

    upload = forms.FileField(
        label=_("electronic invoice"), widget=UnfoldAdminFileFieldWidget,
        help_text=_("XRechnung, Factur-X or ZUGFeRD: the XML, or the PDF that carries it"),
    )  # fmt: skip


@admin.register(ReceivedInvoice)
class ReceivedInvoiceAdmin(RoomAdmin):
    form = ReceivedForm
    list_display = ("number", "seller", "total_shown", "issued_on", "due_on", "received_at")
    list_display_links = ("number",)
    list_filter = (("issued_on", BetweenDays), ("due_on", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "seller")
    search_help_text = _("Number or who sent it")
    money_fields = ("total_shown", "said")
    fields = (("seller", "number"), ("issued_on", "due_on"), "said", ("received_at", "by"), "sha256")
    readonly_fields = ("seller", "number", "issued_on", "due_on", "said", "received_at", "by", "sha256")
    add_fieldsets = ((None, {"fields": ("upload",)}),)
    export_fields = ("number", "seller", "issued_on", "due_on", "currency", "net", "tax", "total", "received_at",
                     "sha256")  # fmt: skip
    empty_text = _("Invoices that suppliers send as XRechnung or ZUGFeRD are read here and kept as they came.")
    empty_icon = "inbox"

    class Media:
        css = {"all": ("css/stock.css", "css/billing.css")}

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.has_perm(SEE_MONEY)

    def create(self, request, obj):
        keeping.receive(obj, request.FILES["upload"], request.user)

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

    def related_links(self, obj):
        url = reverse(f"admin:{self.page_name}_file", args=[obj.pk])
        return [Related(_("File as it came"), url, "download", SEE_MONEY)]

    @display(description=_("total"), ordering="total")
    def total_shown(self, row):
        return amount(-row.total if row.facts.get("credit") else row.total, row.currency or NO_CURRENCY)

    @display(description=_("what it says"))
    @once
    def said(self, row):
        lines = [{**line, **{name: Decimal(line[name]) if line[name] else None for name in FIGURES}}
                 for line in row.facts["lines"]]  # fmt: skip
        context = {"row": row, "facts": row.facts, "lines": lines, "currency": row.currency or NO_CURRENCY}
        return render_to_string("admin/billing/received_invoice.html", context)


NO_CURRENCY = "XXX"  # as ISO 4217 writes it
FIGURES = ("quantity", "price", "percent", "net")
