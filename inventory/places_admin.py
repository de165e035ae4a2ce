"""Places where stock lies: a tree, and what lies at each."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, to_list, to_record
from accounts.labelled import Labelled
from inventory import locations
from inventory.models import Location
from laseros.core.templatetags.laseros import number


class LocationForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "parent" in self.fields and self.instance.pk:
            self.fields["parent"].queryset = self.fields["parent"].queryset.exclude(pk=self.instance.pk)


@admin.register(Location)
class LocationAdmin(Labelled, RoomAdmin):
    label_kind = "location"

    class Media:
        css = {"all": ("css/stock.css",)}

    form = LocationForm
    archivable = True
    list_display = ("path", "code", "items_there", "lots_there", "note")
    list_display_links = ("path",)
    search_fields = ("path", "code", "note")
    search_help_text = _("Place or code")
    fields = (("code", "name"), "parent", "note")
    change_form_outer_after_template = "admin/inventory/location.html"
    empty_text = _("Rooms, racks, shelves: where things lie. A place can lie in another one.")
    empty_icon = "shelves"

    def get_queryset(self, request):
        return locations.with_counts(super().get_queryset(request))

    def create(self, request, obj):
        locations.store(obj, request.user)

    def save_model(self, request, obj, form, change):
        if not change:
            return super().save_model(request, obj, form, change)
        locations.store(obj, request.user)

    def archive(self, request, obj):
        locations.archive(obj, request.user)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            rows = obj.balances.filter(quantity__gt=0).select_related("item").order_by("item__code")
            context["there"] = rows[:100]
            context["children"] = obj.children.filter(archived_at=None).order_by("path")
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        mine = {"location__id__exact": obj.pk}
        return [
            to_record(obj.parent, _("Lies in"), icon="shelves"),
            to_list("inventory.lot", icon="category", **mine),
        ]

    @display(description=_("items"))
    def items_there(self, location):
        return number(location.items_there) if location.items_there else "–"

    @display(description=_("lots"))
    def lots_there(self, location):
        return number(location.lots_there) if location.lots_there else "–"
