"""Printer files in the back office: what lies on the machines and what lies here, in one list."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from accounts.back_office import Related, RoomAdmin, Verb, to_record
from accounts.day_filter import BetweenDays
from laseros.core.templatetags.laseros import duration, number
from machines import commands
from machines.files import finding, moving
from machines.files_moving_admin import MOST, MovingPages, targets
from machines.files_space_admin import SpacePages
from machines.models import PrintFile
from machines.serving import served

CHANGE = "machines.change_printfile"
TONES = {"available": "info", "downloaded": "success", "local": "", "fetching": "warning", "sending": "warning"}


class BringForm(forms.ModelForm):
    """A file of the person's own."""

    upload = forms.FileField(label=_("file"), help_text=_("G-code, binary G-code or .gcode.3mf"))

    class Meta:
        model = PrintFile
        fields = ()

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if not upload.name.lower().endswith(finding.ENDINGS):
            raise forms.ValidationError(_("No machine prints files of this kind."))
        return upload


class TargetForm(forms.Form):
    machine = forms.ModelChoiceField(label=_("Machine"), queryset=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["machine"].queryset = targets()


class FilamentFilter(admin.SimpleListFilter):
    title = _("filament")
    parameter_name = "filament"

    def lookups(self, request, model_admin):
        kinds = set()
        for found in PrintFile.objects.exclude(facts={}).values_list("facts__filament_type", flat=True)[:2000]:
            kinds.update(found or ())
        return [(kind, kind) for kind in sorted(kinds)]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        rows = queryset.values_list("pk", "facts__filament_type")
        wanted = [pk for pk, kinds in rows if self.value() in (kinds or ())]
        return queryset.filter(pk__in=wanted)


def _print(request, file):
    key = f"print-file:{file.pk}:{request.POST.get('csrfmiddlewaretoken', '')[:20]}"
    commands.request(file.machine, "print", {"file": file.path}, key=key, by=request.user)


def _send(request, file, machine):
    row = moving.send(file, machine, request.user)
    return reverse("admin:machines_printfile_change", args=[row.pk])


def _remove(request, file):
    moving.remove(file, request.user)
    return reverse("admin:machines_printfile_changelist")


@admin.register(PrintFile)
class PrintFileAdmin(SpacePages, MovingPages, RoomAdmin):
    paginator = InfinitePaginator
    form = BringForm
    list_display = ("picture_shown", "name", "machine", "state_shown", "bytes", "time", "filament", "modified_at")
    list_display_links = ("picture_shown", "name")
    list_select_related = ("machine",)
    list_filter = ("state", "machine", FilamentFilter, ("modified_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("name", "path", "machine__name", "sha256")
    search_help_text = _("Name, folder, machine or checksum")
    readonly_fields = ("name", "machine", "path", "state_word", "bytes", "modified_at", "seen_at", "sha256", "reason",
                       "slicer", "time", "filament", "layers", "made_for")  # fmt: skip
    export_fields = ("name", "machine", "path", "state", "size", "sha256", "modified_at")
    actions = ("fetch_all", "send_all", "cancel_all")
    list_before_template = "admin/machines/file_links.html"
    change_form_outer_before_template = "admin/machines/file.html"

    class Media:
        css = {"all": ("css/production_admin.css",)}

    empty_text = _("What lies on your printers appears here by itself; a file of your own can be added.")
    empty_icon = "folder_open"
    verbs = (
        Verb("fetch", _("Fetch"), lambda request, file: moving.fetch(file, request.user), CHANGE,
             lambda file: file.state == "available", icon="download", primary=True, done=_("It is being fetched.")),
        Verb("cancel", _("Cancel"), lambda request, file: moving.cancel(file, request.user), CHANGE,
             lambda file: file.state in ("fetching", "sending"), icon="cancel", done=_("Cancelled.")),
        Verb("send", _("Send to a machine"), _send, CHANGE, lambda file: bool(file.content), form=TargetForm,
             icon="upload", done=_("It is being sent.")),
        Verb("print", _("Print it"), _print, "machines.change_machine",
             lambda file: bool(file.path) and commands.can(file.machine, "print"), icon="print",
             done=_("Asked to print. Its answer stands on the machine’s page."),
             confirm=_("Is the plate empty? The machine begins at once.")),
        Verb("forget", _("Delete our copy"), lambda request, file: moving.forget(file, request.user), CHANGE,
             lambda file: file.state == "downloaded", icon="delete", dangerous=True, done=_("Deleted here."),
             confirm=_("The file stays on the machine.")),
        Verb("remove", _("Delete"), _remove, CHANGE, lambda file: file.state == "local", icon="delete", dangerous=True,
             done=_("Deleted."), confirm=_("It lies nowhere else.")),
    )  # fmt: skip

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return ((None, {"fields": ("upload",)}),)
        return (
            (None, {"fields": (("name", "machine"), ("path", "state_word"), ("bytes", "modified_at"), "reason")}),
            (_("Slicer"), {"fields": (("slicer", "made_for"), ("time", "filament"), "layers")}),
            (_("Checksum"), {"fields": ("sha256", "seen_at"), "classes": ("collapse",)}),
        )

    def get_readonly_fields(self, request, obj=None):
        return () if obj is None else self.readonly_fields

    def has_change_permission(self, request, obj=None):
        return False  # it is fetched, sent and deleted, never edited

    def save_form(self, request, form, change):
        return moving.add(request.workspace, form.cleaned_data["upload"], request.user)

    def save_model(self, request, obj, form, change):
        """Stored already: `save_form` has its content."""

    def save_related(self, request, form, formsets, change):
        """There is nothing beside it."""

    # --- many at once -----------------------------------------------------------------------------------------------

    @action(description=_("Fetch"), icon="download", permissions=["add"])
    def fetch_all(self, request, queryset):
        rows = list(queryset.filter(state="available")[:500])
        for row in rows:
            moving.fetch(row, request.user)
        messages.success(request, _("%(count)s files are being fetched.") % {"count": len(rows)})
        return redirect(reverse("admin:machines_printfile_moving"))

    @action(description=_("Send to machines"), icon="upload", permissions=["add"])
    def send_all(self, request, queryset):
        asked = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:MOST])
        return redirect(f"{reverse('admin:machines_printfile_send')}?files={asked}")

    @action(description=_("Cancel what is on its way"), icon="cancel", permissions=["add"])
    def cancel_all(self, request, queryset):
        rows = list(queryset.filter(state__in=("fetching", "sending")))
        for row in rows:
            moving.cancel(row, request.user)
        messages.success(request, _("%(count)s were cancelled.") % {"count": len(rows)})

    # --- files and pictures -------------------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/picture.png", view(self.picture_view), name="machines_printfile_picture"),
            path("<int:pk>/download/", view(self.download_view), name="machines_printfile_download"),
            *super().get_urls(),
        ]

    def _row(self, request, pk) -> PrintFile:
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row

    def picture_view(self, request, pk):
        return served(self._row(request, pk).picture, "image/png")

    def download_view(self, request, pk):
        row = self._row(request, pk)
        return served(row.content, "application/octet-stream", as_attachment=True, filename=row.name)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["file"] = obj
        response = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if request.headers.get("HX-Request") and obj is not None and obj.state not in ("fetching", "sending"):
            response.headers["HX-Refresh"] = "true"  # it has arrived: now more can be done with it
        return response

    def related_links(self, obj):
        address = reverse("admin:machines_printfile_download", args=[obj.pk])
        return [
            Related(str(_("Save it on this computer")), address, "download") if obj.content else None,
            to_record(obj.machine, icon="precision_manufacturing"),
        ]

    # --- columns ------------------------------------------------------------------------------------------------------

    @display(description=_("picture"))
    def picture_shown(self, file):
        if not file.picture:
            return "–"
        address = reverse("admin:machines_printfile_picture", args=[file.pk])
        return format_html(
            '<img class="lo-thumb" src="{}" alt="{}" width="56" height="56" loading="lazy">', address, file.name
        )

    @display(description=_("state"), ordering="state", label=TONES)
    def state_shown(self, file):
        words = file.get_state_display()
        if file.state in ("fetching", "sending") and file.percent is not None:
            words = f"{words} · {file.percent} %"
        return file.state, words

    @display(description=_("state"))
    def state_word(self, file):
        return self.state_shown(file)[1]

    @display(description=_("file size"), ordering="size")
    def bytes(self, file):
        return "–" if file.size is None else filesizeformat(file.size)

    @display(description=_("print time"))
    def time(self, file):
        seconds = file.facts.get("seconds")
        return duration(seconds) if seconds else "–"

    @display(description=_("filament"))
    def filament(self, file):
        kinds, grams = ", ".join(file.facts.get("filament_type") or ()), file.facts.get("grams")
        return " · ".join(filter(None, (kinds, f"{number(grams, 1)} g" if grams else ""))) or "–"

    @display(description=_("layers"))
    def layers(self, file):
        return file.facts.get("layers") or "–"

    @display(description=_("slicer"))
    def slicer(self, file):
        return " ".join(filter(None, (file.facts.get("slicer"), file.facts.get("version")))) or "–"

    @display(description=_("printer and nozzle"))
    def made_for(self, file):
        model, nozzle = file.facts.get("printer_model"), file.facts.get("nozzle")
        return " · ".join(filter(None, (model, f"{number(nozzle)} mm" if nozzle else ""))) or "–"
