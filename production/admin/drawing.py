"""Drawings in the back office: how they look, what was measured, what is wrong with them."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.back_office import Related, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from laseros.core.templatetags.laseros import number
from production import drawings, findings, serving, words
from production.admin.badges import (
    COLOURS,
    Untouched,
    badge,
    figures,
    measured,
    size,
    sliced,
    sliced_figures,
    thumbnail,
    unit_choices,
)
from production.admin.doctor import VERBS, DoctorPages
from production.models import DesignFile


class UnitForm(forms.Form):
    for_record = True
    unit = forms.ChoiceField(label=_("The numbers in the file are"), required=False)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        units = DesignFile._meta.get_field("unit").choices
        self.fields["unit"].choices = [("", _("find out")), *units]
        self.fields["unit"].initial = record.unit


def _measure_again(request, row, unit):
    drawings.measure_again(row, request.user, unit=unit)


@admin.register(DesignFile)
class DesignFileAdmin(DoctorPages, Untouched):
    list_display = ("picture", "name", "kind", "state_shown", "size_shown", "enquiry", "uploaded_at")
    list_display_links = ("picture", "name")
    list_select_related = ("enquiry", "measurement", "slicing")
    list_filter = ("state", "kind", ("uploaded_at", BetweenDays))
    list_filter_submit = True
    paginator = InfinitePaginator
    search_fields = ("name", "enquiry__number", "enquiry__client__name", "sha256")
    search_help_text = _("File name, enquiry or client")
    fields = (("name", "kind"), ("state_word", "bytes"), "reason", ("uploaded_by", "uploaded_at"), "sha256")
    readonly_fields = ("name", "kind", "state_word", "bytes", "reason", "uploaded_by", "uploaded_at", "sha256")
    change_form_outer_before_template = "admin/production/drawing.html"
    empty_text = _("Drawings come with enquiries: drop them there.")
    empty_icon = "architecture"
    verbs = (
        Verb("measure", _("Measure again"), _measure_again, "production.change_designfile",
             lambda row: row.kind in drawings.MEASURED_KINDS, form=UnitForm, icon="straighten",
             done=_("It is being measured again.")),
        *VERBS,
    )  # fmt: skip

    class Media:
        css = {"all": ("css/production_admin.css", "css/drawing_viewer.css", "css/drawing_page.css")}
        js = ("js/drawing-viewer.js",)

    def get_fields(self, request, obj=None):
        return [name for name in self.fields if name != "reason" or (obj is not None and obj.reason)]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return (
            rows.defer("measurement__preview", "measurement__findings", "slicing__facts")
            if self._is_list(request)
            else rows
        )

    def _is_list(self, request) -> bool:
        return request.resolver_match is not None and request.resolver_match.url_name.endswith("_changelist")

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["row"] = obj
            context["figures"] = figures(obj)
            context["picture"] = reverse("admin:production_designfile_picture", args=[obj.pk])
            context["at_work"] = obj.state in ("waiting", "measuring")
            context["units"] = unit_choices(obj) if request.user.has_perm("production.change_designfile") else []
            if found := measured(obj):
                context["doubts"] = [
                    words.said(text) for text in drawings.doubts(found, without=findings.SAID_AS_KINDS)
                ]
            context |= self.doctor(request, obj)
            context |= {"sliced": sliced(obj), "sliced_figures": sliced_figures(obj)}
        response = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if request.headers.get("HX-Request") and not context.get("at_work"):
            response.headers["HX-Refresh"] = "true"  # it waited for its figures: now the whole page knows them
        return response

    def related_links(self, obj):
        address = reverse("admin:production_designfile_download", args=[obj.pk])
        return [
            Related(str(_("Download the file")), address, "download"),
            to_record(obj.mended_from, label=_("Made from"), icon="healing"),
            to_record(obj.enquiry, icon="mail"),
            to_list("production.job", _("Jobs"), icon="work", lines__design_file__id__exact=obj.pk),
        ]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/drawing.svg", view(self.picture_view), name="production_designfile_picture"),
            path("<int:pk>/picture.png", view(self.sliced_picture_view), name="production_designfile_sliced_picture"),
            path("<int:pk>/download/", view(self.download_view), name="production_designfile_download"),
            *super().get_urls(),
        ]

    def _row(self, request, pk) -> DesignFile:
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row

    def picture_view(self, request, pk):
        found = measured(self._row(request, pk))
        if found is None or not found.preview:
            raise Http404
        return serving.picture(found.preview)

    def sliced_picture_view(self, request, pk):
        found = sliced(self._row(request, pk))
        if found is None or not found.picture:
            raise Http404
        return serving.png(found.picture)

    def download_view(self, request, pk):
        try:
            return serving.download(self._row(request, pk))
        except FileNotFoundError:
            raise Http404 from None

    @display(description=_("drawing"))
    def picture(self, row):
        if (found := sliced(row)) and found.picture:
            return thumbnail(reverse("admin:production_designfile_sliced_picture", args=[row.pk]), row.name)
        if measured(row) is None:
            return "–"
        return thumbnail(reverse("admin:production_designfile_picture", args=[row.pk]), row.name)

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, row):
        return badge(row)

    @display(description=_("state"))
    def state_word(self, row):
        return row.get_state_display()

    @display(description=_("size"))
    def size_shown(self, row):
        found = measured(row)
        if found is None and (print_of := sliced(row)) and print_of.grams:
            return f"{number(print_of.grams, 2)} g"
        return size(found) if found else "–"

    @display(description=_("file size"))
    def bytes(self, row):
        return filesizeformat(row.size)
