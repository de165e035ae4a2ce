"""Nests in the back office: what is asked, how far the search is, what each sheet looks like, and what comes of it."""

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import Related, RoomAdmin, RoomInline, Verb, to_list, to_record
from inventory.models import Item
from laseros.core.templatetags.laseros import number
from machines.models import Machine
from production.admin import nest_views
from production.admin.badges import COLOURS, badge
from production.models import DesignFile, Enquiry, Nest, NestingRules, NestPart
from production.models.nesting_rules import PRESETS
from production.nests import deciding, making, searching
from production.states import OPEN_NEST

CHANGE = "production.change_nest"
AT_WORK = ("waiting", "searching")


def is_open(nest) -> bool:
    return nest is None or nest.state in OPEN_NEST


class DrawingForm(forms.Form):
    """The last drawings that were measured; any other one is a part of its enquiry and nested from there."""

    drawing = forms.ModelChoiceField(label=_("drawing"), queryset=None)
    quantity = forms.IntegerField(label=_("quantity"), min_value=1, max_value=making.MOST_PIECES, initial=1)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = DesignFile.objects.filter(state="measured").order_by("-id")
        self.fields["drawing"].queryset = rows
        newest = [(row.pk, row.name) for row in rows.only("name")[:200]]
        self.fields["drawing"].choices = [("", "–"), *newest]


class NestPartInline(RoomInline):
    model = NestPart
    fields = ("drawing", "description", "quantity", "turning", "priority", "due_on")
    readonly_fields = ("drawing",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("design_file")

    def has_add_permission(self, request, obj=None):
        return False  # a part is a drawing's: see the button

    def has_change_permission(self, request, obj=None):
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return is_open(obj) and super().has_change_permission(request, obj)

    @display(description=_("drawing"))
    def drawing(self, part):
        if part.pk is None:
            return "–"
        address = reverse("admin:production_designfile_picture", args=[part.design_file_id])
        return format_html(
            '<img class="lo-thumb" src="{}" alt="{}" width="56" height="56">', address, part.design_file.name
        )


@admin.register(Nest)
class NestAdmin(nest_views.NestViews, RoomAdmin):
    list_display = ("number", "what", "machine", "state_shown", "parts_shown", "sheets_shown", "used", "created_at")
    list_select_related = ("material", "machine")
    list_filter = ("state", "machine", "material")
    search_fields = ("number", "parts__description", "parts__operation__job_line__job__number", "enquiry__number")
    search_help_text = _("Number, part, job or enquiry")
    readonly_fields = ("number", "standing", "stuff", "enquiry", "created_by", "created_at")
    inlines = (NestPartInline,)
    fieldsets = (
        (None, {"fields": (("number", "standing"), ("stuff", "machine"), ("gap_mm", "margin_mm"),
                           ("turning", "seconds"), ("use_remnants", "only_stock"), "clamps",
                           ("enquiry", "created_by"))}),
    )  # fmt: skip
    add_fieldsets = (
        (None, {"fields": ("item", "machine", ("gap_mm", "margin_mm"), ("turning", "seconds"),
                           ("use_remnants", "only_stock"), "clamps")}),
    )  # fmt: skip
    change_form_outer_before_template = "admin/production/nest.html"
    change_list_template = "admin/production/nest_list.html"
    empty_text = _("Choose work that waits for a laser: it is laid out on sheets and remnants, several jobs together.")
    empty_icon = "dashboard_customize"
    verbs = (
        Verb("search", _("Search"), lambda request, nest: searching.ask(nest, request.user), CHANGE,
             lambda nest: nest.state in ("draft", "failed"), primary=True, icon="search"),
        Verb("again", _("Search again"), lambda request, nest: searching.ask(nest, request.user), CHANGE,
             lambda nest: nest.state == "ready", icon="refresh"),
        Verb("stop", _("Enough searched"), lambda request, nest: searching.stop(nest, request.user), CHANGE,
             lambda nest: nest.state in AT_WORK, icon="stop", done=_("The best so far is kept.")),
        Verb("add", _("Add a drawing"),
             lambda request, nest, drawing, quantity: _add(request, nest, drawing, quantity), CHANGE, is_open,
              form=DrawingForm, icon="add", done=_("Added.")),
        Verb("approve", _("Approve"), lambda request, nest: deciding.approve(nest, request.user), CHANGE,
             lambda nest: nest.state == "ready" and nest.enquiry_id is None, primary=True, icon="check",
             done=_("Its sheets stand in the queue of the machine.")),
        Verb("take-back", _("Take out of the queue"), lambda request, nest: deciding.take_back(nest, request.user),
             CHANGE, lambda nest: nest.state == "approved", icon="undo",
             confirm=_("Its sheets leave the queue; the pieces not cut yet wait there by themselves again."),
             done=_("Taken out of the queue.")),
        Verb("discard", _("Discard"), lambda request, nest: deciding.discard(nest, request.user), CHANGE,
             lambda nest: nest.state in (*OPEN_NEST, *AT_WORK), dangerous=True, icon="delete",
             confirm=_("The layout is thrown away; the work it was made for waits as before."), done=_("Discarded.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/production_admin.css", "css/nest.css")}

    def has_change_permission(self, request, obj=None):
        return is_open(obj) and super().has_change_permission(request, obj)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "machine" in form.base_fields:
            form.base_fields["machine"].queryset = Machine.objects.filter(kind="laser", archived_at=None)
        if "clamps" in form.base_fields:
            form.base_fields["clamps"].widget.attrs["rows"] = 2
        if "item" in form.base_fields:
            sheets = Item.objects.filter(category="sheet", archived_at=None, unit="sheet").exclude(material=None)
            form.base_fields["item"].queryset = sheets.exclude(thickness_mm=None)
            form.base_fields["item"].required = obj is None
        return form

    def get_changeform_initial_data(self, request):
        rules = NestingRules.of(request.workspace)
        return {name: getattr(rules, name) for name in making.FIELDS} | super().get_changeform_initial_data(request)

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None else ()

    def create(self, request, obj):
        making.register(obj, request.user)
        obj.item = None  # said material and thickness; other sizes of it may be used too
        obj.save(update_fields=["item"])

    def save_formset(self, request, form, formset, change):
        making.check_open(form.instance)
        super().save_formset(request, form, formset, change)

    def response_add(self, request, obj, post_url_continue=None):
        return HttpResponseRedirect(reverse("admin:production_nest_change", args=[obj.pk]))

    def changelist_view(self, request, extra_context=None):
        context = {"plan_url": reverse("admin:production_nest_plan"), **(extra_context or {})}
        asked = request.GET.get("enquiry__id__exact", "")
        if asked.isdecimal() and len(asked) < 19:
            enquiry = Enquiry.objects.filter(pk=asked).first()
            at_work = Nest.objects.filter(enquiry=enquiry, state__in=AT_WORK).exists() if enquiry else False
            context |= {"enquiry": enquiry, "at_work": at_work}
        return super().changelist_view(request, context)

    def related_links(self, obj):
        files = [
            Related(str(label), reverse("admin:production_nest_file", args=[obj.pk, kind]), icon)
            for kind, label, icon in nest_views.FILES
            if obj.sheets.exists()
        ]
        label = _("Make the quote on the enquiry") if obj.enquiry_id and obj.state == "ready" else ""
        return [
            to_record(obj.enquiry, label, icon="request_quote" if label else "mail"),
            *files,
            to_list("production.operation", _("Sheets in the queue"), icon="list_alt", which="all", q=obj.number),
        ]

    @display(description=_("material"), ordering="material__name")
    def what(self, nest):
        return f"{nest.material} {number(nest.thickness_mm.normalize())} mm"

    @display(description=_("material"))
    def stuff(self, nest):
        return self.what(nest)

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, nest):
        return badge(nest)

    @display(description=_("state"))
    def standing(self, nest):
        return f"{nest.get_state_display()}: {nest.reason}" if nest.reason else nest.get_state_display()

    @display(description=_("pieces"))
    def parts_shown(self, nest):
        return number(nest.pieces or 0)

    @display(description=_("sheets"))
    def sheets_shown(self, nest):
        return number(nest.sheet_count or 0) if nest.sheet_count else "–"

    @display(description=_("utilisation"), ordering="utilisation")
    def used(self, nest):
        return f"{number(nest.utilisation * 100, 1)} %" if nest.utilisation else "–"


def _add(request, nest, drawing, quantity):
    making.add_drawing(nest, drawing, quantity, request.user)


@admin.register(NestingRules)
class NestingRulesAdmin(RoomAdmin):
    """One row: the list leads to it."""

    fieldsets = (
        (_("Nesting"), {"fields": (("gap_mm", "margin_mm"), ("turning", "seconds"), "clamps")}),
        (_("Remnants that are kept"), {"fields": (("remnant_short_mm", "remnant_long_mm"),)}),
        (_("Layers of the files for the cutter"), {"fields": (
            ("layer_outer", "colour_outer"), ("layer_inner", "colour_inner"), ("layer_mark", "colour_mark"),
            ("layer_sheet", "colour_sheet"), ("draws_sheet", "labels_parts"))}),
    )  # fmt: skip
    exports = False
    empty_text = _("Without rules of your own: 5 mm between parts, 10 mm at the edge, layers CUT_OUTER and CUT_INNER.")
    empty_icon = "dashboard_customize"
    verbs = tuple(
        Verb(f"preset-{name}", label, lambda request, rules, name=name: _use_preset(request, rules, name),
             "production.change_nestingrules", icon="layers", done=_("These layers and colours are used from now on."))
        for name, (label, _layers, _colours) in PRESETS.items()
    )  # fmt: skip

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not NestingRules.objects.exists()

    def changelist_view(self, request, extra_context=None):
        rules = NestingRules.objects.first()
        if rules is not None and self.has_view_permission(request):
            return redirect(reverse("admin:production_nestingrules_change", args=[rules.pk]))
        if self.has_add_permission(request):
            return redirect(reverse("admin:production_nestingrules_add"))
        return super().changelist_view(request, extra_context)


def _use_preset(request, rules, name):
    from accounts import activity

    rules.use_preset(name)
    rules.save()
    activity.record("changed", rules, request.user, details={"what": str(PRESETS[name][0])})
