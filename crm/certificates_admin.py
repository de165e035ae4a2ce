"""Exemption certificates in the back office: whose, where, until when, and the paper to take away."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.back_office import Related, RoomAdmin, Verb, to_list, to_record
from accounts.documents import download
from crm import certificates
from crm.models import ExemptionCertificate
from laseros.core.stored import opened
from laseros.core.tax_words import STATES, has_sales_tax

SEE = "crm.view_exemptioncertificate"
TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


def tools(request) -> list[tuple]:
    """Above the list of clients, where there is sales tax."""
    if not has_sales_tax(request.workspace.country):
        return []
    return [(SEE, _t("Exemption certificates"), "admin:crm_exemptioncertificate_changelist", "workspace_premium")]


def link_of(client) -> Related | None:
    """On a client's page, where there is sales tax: theirs, or the page to write the first one down."""
    if not has_sales_tax(client.workspace.country):
        return None
    if client.certificates.exists():
        return to_list("crm.exemptioncertificate", icon="workspace_premium", client__id__exact=client.pk)
    address = f"{reverse('admin:crm_exemptioncertificate_add')}?client={client.pk}"
    return Related(_t("New exemption certificate"), address, "workspace_premium", "crm.add_exemptioncertificate")


class RunsFilter(admin.SimpleListFilter):
    title = _("runs out")
    parameter_name = "runs"

    def lookups(self, request, model_admin):
        return [("out", _("Within 30 days, or has lately"))]

    def queryset(self, request, queryset):
        rows = certificates.expiring().order_by().values("pk")
        return queryset.filter(pk__in=rows) if self.value() == "out" else queryset


class UploadForm(forms.Form):
    upload = forms.FileField(label=_("certificate"), help_text=_("PDF, PNG or JPEG"))


def _keep(request, row: ExemptionCertificate, upload) -> None:
    row.file = certificates.paper_of(upload)
    row.save()


@admin.register(ExemptionCertificate)
class ExemptionCertificateAdmin(RoomAdmin):
    list_display = ("number", "client", "state", "valid_from", "valid_until")
    list_select_related = ("client",)
    list_filter = (RunsFilter, "state")
    search_fields = ("number", "client__name", "client__code")
    search_help_text = _("Number or client")
    autocomplete_fields = ("client",)
    fields = ("client", ("number", "state"), ("valid_from", "valid_until"), "paper")
    add_fieldsets = ((None, {"fields": ("client", ("number", "state"), ("valid_from", "valid_until"))}),)
    readonly_fields = ("paper",)
    export_fields = ("number", "client", "state", "valid_from", "valid_until")
    empty_text = _(
        "Who resells what they buy, or is exempt, gives you a certificate: while it is valid in the state you deliver"
        " to, quotes and invoices carry no sales tax and name its number."
    )
    empty_icon = "workspace_premium"
    verbs = (
        Verb("upload", _("Upload the paper"), _keep, "crm.change_exemptioncertificate", form=UploadForm,
             done=_("The paper is kept."), icon="upload"),
    )  # fmt: skip

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "state":
            return forms.ChoiceField(label=db_field.verbose_name, choices=[(code, code) for code in STATES],
                                     widget=UnfoldAdminSelectWidget)  # fmt: skip
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "client"] if obj is not None else fields

    def get_urls(self):
        view = self.admin_site.admin_view(self.paper_view)
        return [path("<int:pk>/paper/", view, name=f"{self.page_name}_paper"), *super().get_urls()]

    def paper_view(self, request, pk):
        row = self.get_object(request, str(pk))
        if row is None or not row.file:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        ending = row.file.name.rpartition(".")[2]
        return download(FileResponse(opened(row.file)), f"exemption-{row.pk}.{ending}", TYPES[ending])

    def related_links(self, obj):
        return [to_record(obj.client, icon="groups")]

    @display(description=_("paper"))
    def paper(self, row):
        if not row.file:
            return "–"
        url = reverse("admin:crm_exemptioncertificate_paper", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _t("Download"))
