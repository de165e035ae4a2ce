"""Enquiries in the back office: drop the drawings, watch them being measured, choose material and quantity."""

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, RoomInline, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from crm.models import Contact
from production import enquiries, milestone_plan
from production.admin.badges import COLOURS, badge
from production.admin.parts import CHANGE, IN_TABLE, PartsTable, is_open
from production.models import Enquiry, EnquiryLine
from production.nests import making, searching
from production.parts import MATERIALS


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=200, required=False)


class EnquiryLineInline(RoomInline):
    model = EnquiryLine
    verbose_name = _("part without a drawing")
    verbose_name_plural = _("products, prints and other parts")
    fields = ("position", "drawing", "description", "item", "quantity", "grams_each", "minutes_each", "product")
    readonly_fields = ("drawing",)

    def get_queryset(self, request):
        """What the table above does not show: products, prints, work that has no drawing."""
        return super().get_queryset(request).exclude(IN_TABLE).select_related("design_file", "item", "product")

    def get_formset(self, request, obj=None, **kwargs):
        """Choices are asked for once, not once for each row of the table."""
        formset = super().get_formset(request, obj, **kwargs)
        lines = EnquiryLine.objects.filter(enquiry=obj) if obj else EnquiryLine.objects.none()
        stock = Q(archived_at=None, category__in=MATERIALS)
        _choose(formset, "item", stock | Q(pk__in=lines.values("item")), "category", "code")
        _choose(formset, "product", Q(archived_at=None) | Q(pk__in=lines.values("product")), "sku")
        return formset

    def has_add_permission(self, request, obj=None):
        return is_open(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return is_open(obj) and super().has_delete_permission(request, obj)

    @display(description=_("drawing"))
    def drawing(self, line):
        return line.design_file.name if line.design_file else "–"


def _has_others(enquiry) -> bool:
    """Whether there is a part without a drawing; asked once for one page."""
    if "_has_others" not in enquiry.__dict__:
        enquiry._has_others = enquiry.lines.exclude(IN_TABLE).exists()
    return enquiry._has_others


def _choose(formset, name: str, among: Q, *order: str) -> None:
    field = formset.form.base_fields.get(name)
    if field is None:
        return
    rows = field.queryset.filter(among).order_by(*order)
    field.choices = [("", "–"), *((row.pk, str(row)) for row in rows)]
    # The heading of the column is the only label, and the theme's wrapper keeps attributes to itself.
    getattr(field.widget, "widget", field.widget).attrs["aria-label"] = field.label


@admin.register(Enquiry)
class EnquiryAdmin(PartsTable, RoomAdmin):
    list_display = ("number", "title", "client", "state_shown", "origin", "wanted_by", "created_at")
    list_display_links = ("number", "title")
    list_select_related = ("client",)
    list_reads = ("number", "title", "client", "client__code", "client__name", "state", "origin", "wanted_by",
                  "created_at")  # fmt: skip
    list_filter = ("state", "origin", ("wanted_by", BetweenDays), ("created_at", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "title", "client__name", "client__code")
    search_help_text = _("Number, title or client")
    autocomplete_fields = ("client",)
    readonly_fields = ("number", "standing", "origin", "created_by", "created_at")
    inlines = (EnquiryLineInline,)
    fieldsets = (
        (
            None,
            {"fields": (("number", "standing"), ("client", "contact"), ("title", "wanted_by"), "milestones", "note")},
        ),
        (_("How it came in"), {"fields": (("origin", "created_by", "created_at"),), "classes": ("collapse",)}),
    )
    add_fieldsets = ((None, {"fields": ("client", ("title", "wanted_by"), "milestones", "note")}),)
    change_form_outer_before_template = "admin/production/enquiry.html"
    empty_text = _("What clients ask for comes here first: drop their drawings on an enquiry and they are measured.")
    empty_icon = "mail"
    verbs = (
        Verb("lose", _("Close as lost"), lambda request, enquiry, why: enquiries.lose(enquiry, request.user, why=why),
             CHANGE, lambda enquiry: enquiry.state in ("open", "quoted"), form=WhyForm, icon="thumb_down",
             done=_("Closed as lost.")),
        Verb("nest", _("Nest for the price"), lambda request, enquiry: _nest(request, enquiry), "production.add_nest",
             lambda enquiry: is_open(enquiry) and enquiry.lines.exclude(design_file=None).exclude(item=None).exists(),
             icon="dashboard_customize"),
        Verb("reopen", _("Open again"), lambda request, enquiry: enquiries.reopen(enquiry, request.user), CHANGE,
             lambda enquiry: enquiry.state == "lost", icon="undo", done=_("It is open again.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/dropzone.css", "css/production_admin.css", "css/parts.css")}
        js = ("js/dropzone.js", "js/parts.js")

    def create(self, request, obj):
        enquiries.take(obj, request.user)

    def save_model(self, request, obj, form, change):
        if change:
            enquiries.check(obj)
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """Straight on to where the drawings are dropped."""
        return HttpResponseRedirect(reverse("admin:production_enquiry_change", args=[obj.pk]))

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None and (is_open(obj) or _has_others(obj)) else ()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "contact" in form.base_fields:
            form.base_fields["contact"].queryset = Contact.objects.filter(client=obj.client_id)
        if "milestones" in form.base_fields:
            form.base_fields["milestones"].queryset = milestone_plan.to_choose(obj)
        return form

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context |= self.drawings_of(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        return [
            to_record(obj.client, icon="groups"),
            to_list("billing.quote", _("Quotes"), icon="request_quote", enquiry__id__exact=obj.pk),
            to_list("production.job", _("Jobs"), icon="work", enquiry__id__exact=obj.pk),
            to_list("production.nest", _("Nests"), icon="dashboard_customize", enquiry__id__exact=obj.pk),
        ]

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, enquiry):
        return badge(enquiry)

    @display(description=_("state"))
    def standing(self, enquiry):
        return enquiry.get_state_display()


def _nest(request, enquiry) -> str:
    """A nest for each material and thickness, searched at once; to the only one, or to the list of them."""
    nests = making.from_enquiry(enquiry, request.user)
    for nest in nests:
        searching.ask(nest, request.user)
    if len(nests) == 1:
        return reverse("admin:production_nest_change", args=[nests[0].pk])
    return f"{reverse('admin:production_nest_changelist')}?enquiry__id__exact={enquiry.pk}"
