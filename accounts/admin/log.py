"""The activity log as a page: who did what, searchable, never to be changed."""

from functools import cache, partial
from operator import itemgetter

import tablib
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts import telling
from accounts.activity import VERBS
from accounts.back_office import RoomAdmin
from accounts.day_filter import BetweenDays
from accounts.models import Activity, Membership
from accounts.roles import SEE_MONEY
from accounts.templatetags.room_story import as_changes
from laseros.core.export import cell


class ByPerson(admin.SimpleListFilter):
    title = _("person")
    parameter_name = "who"

    def lookups(self, request, model_admin):
        members = Membership.objects.select_related("user")[:200]
        return [*((member.user_id, str(member.user)) for member in members), ("nobody", _("Clients and the system"))]

    def queryset(self, request, queryset):
        value = str(self.value() or "")  # a key as such where Django counts the choices
        if value == "nobody":
            return queryset.filter(actor=None)
        return queryset.filter(actor=value) if value.isdigit() else queryset


class ByVerb(admin.SimpleListFilter):
    title = _("deed")
    parameter_name = "verb"

    def lookups(self, request, model_admin):
        return _verbs(get_language())

    def queryset(self, request, queryset):
        return queryset.filter(verb=self.value()) if self.value() in VERBS else queryset


class ByKind(admin.SimpleListFilter):
    title = _("kind of record")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        words = _kinds(get_language())
        kinds = ContentType.objects.get_for_models(*words)  # it remembers them
        return [(kinds[model].pk, word) for model, word in words.items()]

    def queryset(self, request, queryset):
        value = str(self.value() or "")  # a key as such where Django counts the choices
        return queryset.filter(target_type=value) if value.isdigit() else queryset


@cache
def _verbs(language: str) -> list[tuple[str, str]]:
    return sorted(((verb, str(words)) for verb, words in VERBS.items()), key=itemgetter(1))


@cache
def _kinds(language: str) -> dict[type, str]:
    """{model: its name}, by name."""
    ours = [model for model in apps.get_models() if hasattr(model, "workspace")]
    return dict(sorted(((model, capfirst(str(model._meta.verbose_name))) for model in ours), key=itemgetter(1)))


class Story:
    """The log as a table: one line a deed."""

    def __init__(self, sees_money: bool):
        self.sees_money = sees_money

    def export(self, rows) -> tablib.Dataset:
        headers = [_("When"), _("Who"), _("Deed"), _("Kind"), _("Record"), _("Details")]
        table = tablib.Dataset(headers=[str(header) for header in headers])
        for line in rows.select_related("target_type"):
            told = telling.told(line, sees_money=self.sees_money)
            details = telling.facts_as_text(line, sees_money=self.sees_money)
            values = (line.at, told["who"], told["verb"], told["kind"], line.target_label, details)
            table.append([cell(value) for value in values])
        return table


@admin.register(Activity)
class ActivityAdmin(RoomAdmin):
    list_display = ("at", "who_and_where")
    list_display_links = None
    list_filter = (ByPerson, ByVerb, ByKind, ("at", BetweenDays))
    list_filter_submit = True
    list_select_related = ("target_type",)
    search_fields = ("target_label", "actor_name", "station")
    search_help_text = _("Name or number of a record, or of a person")
    paginator = InfinitePaginator
    # By time: a planner takes the key of the whole table for the order of a business's own rows, and leafs through it.
    ordering = ("-at", "-id")
    empty_text = _("Everything anybody does here is written down: it will appear in this list.")
    empty_icon = "history"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_list_display(self, request):
        # One object serves all requests at once, so what this reader may see goes into the column, not into `self`.
        sees_money = request.user.has_perm(SEE_MONEY)

        @display(description=_("details"))
        def facts(line):
            return as_changes(telling.facts(line, sees_money=sees_money))

        may_see = cache(partial(telling.may_see, request.user))  # fifty lines tell of the same few kinds

        @display(description=_("deed"))
        def deed(line):
            return _sentence(telling.headline(line, may_see))

        return (*super().get_list_display(request), deed, facts)

    @display(description=_("who"), ordering="actor_name")
    def who_and_where(self, line):
        return telling.who(line)

    def get_export_fields(self, request):
        return []

    def export_resource(self, request):
        return Story(request.user.has_perm(SEE_MONEY))


def _sentence(told: dict):
    record = format_html('<a href="{}">{}</a>', told["link"], told["label"]) if told["link"] else told["label"]
    # Where the verb stands is a matter of the language.
    words = {"verb": escape(told["verb"]), "kind": escape(told["kind"]), "what": conditional_escape(record)}
    sentence = gettext('%(verb)s <span class="lo-kind">%(kind)s</span> %(what)s') % words
    return mark_safe(f'<span class="lo-told">{sentence}</span>')  # noqa: S308 escaped above
