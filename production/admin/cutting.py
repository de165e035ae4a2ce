"""The cutting table in the back office: values price nothing until somebody answers for them."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from accounts.back_office import Related, RoomAdmin, Verb, to_record
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import number
from production import parameters
from production.admin.cutting_table import TableDoors
from production.admin.learning import LearningDoors
from production.models import CuttingParameter

# Who may set up a machine answers for how it cuts.
CONFIRM = "machines.change_machine"
VALUES = (
    ("machine", "material"),
    ("thickness_mm", "gas", "power_w"),
    ("feed_mm_min", "pierce_s", "kerf_mm"),
    ("gas_pressure_bar", "nozzle_mm", "corner_mm"),
    ("lead_in_mm", "lead_out_mm"),
    ("micro_joints", "common_line_percent"),
    "source",
)


class ConfirmedFilter(admin.SimpleListFilter):
    title = _("confirmed")
    parameter_name = "confirmed"

    def lookups(self, request, model_admin):
        return [("yes", _("Confirmed")), ("no", _("Not confirmed"))]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(confirmed_at__isnull=self.value() == "no")


@admin.register(CuttingParameter)
class CuttingParameterAdmin(LearningDoors, TableDoors, RoomAdmin):
    list_display = (
        "material", "thickness", "gas", "machine", "power_w", "feed_mm_min", "pierce_s", "version", "confirmed",
    )  # fmt: skip
    list_before_template = "admin/production/parameters_tools.html"
    actions = ("confirm_selected",)
    list_display_links = ("material", "thickness")
    list_select_related = ("machine", "material")
    list_filter = (ConfirmedFilter, "machine", "material", "gas")
    search_fields = ("material__name", "material__code", "machine__name", "gas")
    search_help_text = _("Material, machine or gas")
    readonly_fields = ("version", "confirmed_at", "confirmed_by")
    fieldsets = (
        (None, {"fields": VALUES}),
        (_("Confirmed"), {"fields": (("version", "confirmed_at", "confirmed_by"),)}),
    )  # fmt: skip
    add_fieldsets = ((None, {"fields": VALUES}),)
    empty_text = _("How fast your laser cuts each material and thickness. Prices are made from confirmed values only.")
    empty_icon = "tune"

    class Media:
        css = {"all": ("css/production_admin.css",)}

    verbs = (
        Verb("confirm", _("Confirm these values"), lambda request, row: parameters.confirm(row, request.user), CONFIRM,
             lambda row: row.confirmed_at is None, primary=True, icon="verified",
             done=_("Confirmed. Prices are made from these values from now on.")),
    )  # fmt: skip

    def related_links(self, obj):
        runs = reverse("admin:production_cuttingparameter_runs", args=[obj.pk])
        return [Related(_("Estimates and runs"), runs, "monitoring"), to_record(obj.machine)]

    def has_confirm_permission(self, request):
        return request.user.has_perm(CONFIRM)

    @action(description=_("Confirm the selected values"), permissions=["confirm"], icon="verified")
    def confirm_selected(self, request, queryset):
        try:
            count = parameters.confirm_all(queryset.select_related("machine", "material"), request.user)
        except Refused as refusal:
            messages.error(request, refusal.reason)
            return
        done = ngettext("%(count)s row confirmed.", "%(count)s rows confirmed.", count) % {"count": count}
        messages.success(request, done)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.workspace = request.workspace
            parameters.add(obj, request.user)
        else:
            parameters.change(obj, request.user)

    @display(description=_("thickness"), ordering="thickness_mm")
    def thickness(self, row):
        return f"{number(row.thickness_mm)} mm"

    @display(description=_("confirmed"), ordering="confirmed_at", label={"yes": "success", "no": "warning"})
    def confirmed(self, row):
        return ("yes", _("confirmed")) if row.confirmed_at else ("no", _("not confirmed"))
