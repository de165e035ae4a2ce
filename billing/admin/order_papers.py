"""Order confirmations and pro forma invoices in the back office: read and printed."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import Related, RoomAdmin, to_list, to_messages, to_record
from accounts.day_filter import BetweenDays
from accounts.documents import download
from accounts.roles import SEE_MONEY
from billing import documents
from billing.admin.documents import amount, to_seals
from billing.documents.order_paper import order_paper_pdf
from billing.models import OrderPaper
from laseros.core.stored import opened


@admin.register(OrderPaper)
class OrderPaperAdmin(RoomAdmin):
    list_display = ("number", "kind", "client", "job", "total_shown", "created_at")
    list_select_related = ("client", "job")
    list_filter = ("kind", ("created_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "client__name", "client__code", "job__number", "quote__number")
    search_help_text = _("Number, client or job")
    money_fields = ("total_shown",)
    fields = (("number", "kind"), ("client", "job"), ("quote", "created_at"), "total_shown")
    readonly_fields = ("number", "kind", "client", "job", "quote", "created_at", "total_shown")
    export_fields = ("number", "kind", "client", "job", "quote", "currency", "net", "tax", "total", "created_at")
    empty_text = _(
        "They are made from jobs and quotes: open one and press “Order confirmation” or “Pro forma invoice”."
    )
    empty_icon = "task"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view(self.pdf_view)
        return [path("<int:pk>/pdf/", view, name=f"{self.page_name}_pdf"), *super().get_urls()]

    def pdf_view(self, request, pk):
        paper = self.get_object(request, str(pk))
        if paper is None:
            raise Http404
        if not self.has_view_permission(request, paper) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        documents.keep(paper, lambda: order_paper_pdf(paper))
        with opened(paper.pdf) as stored:
            return download(HttpResponse(stored.read()), documents.file_name(paper))

    def related_links(self, obj):
        url = reverse(f"admin:{self.page_name}_pdf", args=[obj.pk])
        return [
            Related(_("PDF"), url, "picture_as_pdf", SEE_MONEY),
            to_record(obj.client, icon="groups"),
            to_record(obj.quote, icon="request_quote"),
            to_record(obj.job, icon="work"),
            to_list("billing.invoice", icon="receipt_long", job__id__exact=obj.job_id) if obj.job_id else None,
            to_messages(obj),
            *to_seals(obj),
        ]

    @display(description=_("total"), ordering="total")
    def total_shown(self, paper):
        return amount(paper.total, paper.currency)
