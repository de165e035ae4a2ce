"""What layers mean, as people said it once for all drawings of a client, or of everybody."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, Verb, to_record
from production import layer_rules
from production.models import LayerRule

FIELDS = (("client", "role"), ("layer", "color", "linetype"))


def _remove(request, rule):
    layer_rules.remove(rule, request.user)
    return reverse("admin:production_layerrule_changelist")


@admin.register(LayerRule)
class LayerRuleAdmin(RoomAdmin):
    list_display = ("what", "role", "whose", "created_by", "created_at")
    list_display_links = ("what",)
    list_select_related = ("client", "created_by")
    list_filter = ("role", "client")
    search_fields = ("layer", "linetype", "client__name")
    search_help_text = _("Layer, line type or client")
    autocomplete_fields = ("client",)
    readonly_fields = ("created_by", "created_at")
    fieldsets = (
        (None, {"fields": FIELDS}),
        (_("Said by"), {"fields": (("created_by", "created_at"),), "classes": ("collapse",)}),
    )
    add_fieldsets = ((None, {"fields": FIELDS}),)
    empty_text = _(
        "Say on a drawing what a layer is for, in every drawing of a client or of yours, and it is kept here."
    )
    empty_icon = "layers"
    verbs = (
        Verb("remove", _("Remove"), _remove, "production.change_layerrule", icon="delete", dangerous=True,
             confirm=_("Drawings measured from now on are taken without this rule."), done=_("Removed.")),
    )  # fmt: skip

    def create(self, request, obj):
        layer_rules.check(obj)
        obj.created_by = request.user
        super().create(request, obj)

    def save_model(self, request, obj, form, change):
        if change:
            layer_rules.check(obj)
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        return HttpResponseRedirect(reverse("admin:production_layerrule_changelist"))

    def related_links(self, obj):
        return [to_record(obj.client, icon="groups")]

    @display(description=_("layer"), ordering="layer")
    def what(self, rule):
        return ", ".join(filter(None, [rule.layer, rule.color and f"{_('colour')} {rule.color}", rule.linetype]))

    @display(description=_("drawings of"), ordering="client__name")
    def whose(self, rule):
        return rule.client or _("every client")
