"""Tags in the back office: their own list, and what the list of clients does with them."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Prefetch
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from accounts import activity
from accounts.back_office import RoomAdmin, Verb, to_list
from accounts.forms import bounded, dress
from crm import tags
from crm.models import Tag
from laseros.core.errors import Refused


def shown(tag: Tag):
    return format_html('<span class="lo-tag lo-tag-{}">{}</span>', tag.colour, tag.name)


def _forget(request, tag: Tag) -> str:
    """Gone with its clients' marks: a tag has no history of its own."""
    from django.urls import reverse

    activity.record("deleted", tag, request.user)
    tag.delete()
    return reverse("admin:crm_tag_changelist")


@admin.register(Tag)
class TagAdmin(RoomAdmin):
    list_display = ("mark", "colour", "many")
    list_display_links = ("mark",)
    search_fields = ("name",)
    fields = (("name", "colour"),)
    export_fields = ("name", "colour")
    empty_text = _("A word to sort clients by: trade, region, who looks after them. Put on many at once in their list.")
    empty_icon = "sell"
    verbs = (
        Verb("delete", _("Delete"), _forget, "crm.delete_tag", dangerous=True, icon="delete",
             confirm=_("It disappears from every client that has it."), done=_("Deleted.")),
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(many=Count("clients"))

    @display(description=_("tag"), ordering="name")
    def mark(self, tag):
        return shown(tag)

    @display(description=_("clients"), ordering="many")
    def many(self, tag):
        return tag.many

    def related_links(self, obj):
        return [to_list("crm.client", icon="groups", tag=obj.pk)]


class TagFilter(admin.SimpleListFilter):
    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request, model_admin):
        return list(Tag.objects.values_list("pk", "name"))

    def queryset(self, request, queryset):
        value = str(self.value() or "")  # a key as such where Django counts the choices
        return queryset.filter(tags=value) if value.isdecimal() and len(value) < 16 else queryset


class TagsForm(forms.Form):
    tag = forms.ModelChoiceField(queryset=None, label=_("tag"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tag"].queryset = Tag.objects.all()


class Tagged:
    """Mixed into the admin of clients: a column, a filter, and two actions on many."""

    actions = ("put_tag", "take_tag")

    def list_brings(self):
        return (*super().list_brings(), Prefetch("tags", to_attr="marked"))

    @display(description=_("tags"))
    def tag_marks(self, client):
        return format_html_join(" ", "{}", ((shown(tag),) for tag in client.marked))

    @action(description=_("Put a tag on them"), icon="sell", permissions=["change"])
    def put_tag(self, request, queryset):
        return self._tag_many(request, queryset, "put_tag", tags.put_on)

    @action(description=_("Take a tag off"), icon="label_off", permissions=["change"])
    def take_tag(self, request, queryset):
        return self._tag_many(request, queryset, "take_tag", tags.take_off)

    def _tag_many(self, request, queryset, name: str, verb):
        """Asks which, then does it; the list stays as it was filtered."""
        form = bounded(TagsForm(request.POST if "tag" in request.POST else None))
        if form.is_valid():
            try:
                count = verb(list(queryset), form.cleaned_data["tag"], request.user)
            except Refused as refusal:
                messages.error(request, refusal.reason)
            else:
                words = ngettext("%(count)s client changed.", "%(count)s clients changed.", count)
                messages.success(request, words % {"count": count})
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Put a tag on them") if name == "put_tag" else _t("Take a tag off"),
            "opts": self.opts,
            "form": dress(form),
            "action": name,
            "chosen": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
            "count": queryset.count(),
        }
        return TemplateResponse(request, "admin/crm/tag_many.html", context)
