"""What every room's admin has in common: workspace, money, verbs drawn as buttons, history from the activity log.

A `RoomAdmin` edits plain records; everything that has rules is a `Verb`, which calls the same function as every other
door. Nothing that has history is deleted here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.views import ChangeList

from accounts import activity, saved_views, telling
from accounts.exporting import ExportMixin
from accounts.forms import InRow, InWorkspace, RoomFormSet, bounded, dress, take_refusal
from accounts.money_behind import MoneyListMixin, MoneyMixin
from accounts.old_tabs import AsOpened
from accounts.once import OnceForm
from accounts.related import Related, page_of, to_list, to_messages, to_record
from accounts.roles import SEE_MONEY
from laseros.core.errors import NotFound, Refused

__all__ = [
    "OnceForm",
    "Related",
    "RoomAdmin",
    "RoomInline",
    "RoomStackedInline",
    "Verb",
    "to_list",
    "to_messages",
    "to_record",
]


@dataclass(frozen=True)
class Verb:
    """A button on a record. `run(request, record, **form data)` calls the verb and may answer a URL to go to."""

    name: str
    label: object
    run: Callable
    permission: str
    applies: Callable = lambda record: True
    form: type[forms.Form] | None = None  # what has to be asked first
    done: object = ""  # said afterwards
    confirm: object = ""  # asked before
    primary: bool = False
    dangerous: bool = False
    icon: str = ""
    subject: object = ""  # the heading it stands under, where there are many
    says: object = ""  # what it does, in a sentence beside it where it is the next step
    # A text of the record that is another one whenever what its page showed is. Where a page carries one along, it is
    # done only as long as it is the same: what cannot be taken back is done to what was seen.
    look: Callable | None = None

    @property
    def asks(self) -> bool:
        """For templates, which would call the form's class and take one that wants to know the record for nothing."""
        return self.form is not None


class RoomInline(MoneyMixin, TabularInline):
    extra = 0
    hide_title = True  # the row's own fields say what it is
    show_change_link = False
    checks = InRow
    formset = RoomFormSet

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.workspace = request.workspace
        known = {"workspace": request.workspace, "reader": request.user}
        formset.form = type(formset.form.__name__, (self.checks, formset.form), known)
        return formset


class RoomStackedInline(RoomInline, StackedInline):
    checks = InWorkspace


class ArchivedFilter(admin.SimpleListFilter):
    """Archived records are out of the way until they are asked for."""

    title = _("archived")
    parameter_name = "archived"

    def lookups(self, request, model_admin):
        return [("yes", _("Archived")), ("all", _("Both"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": _("In use")}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != "yes")


class RoomList(ChangeList):
    """A list that reads of its rows and of what is joined to them only what it shows."""

    VALUE = "-the-value-"  # stands for one in an address

    def get_query_string(self, new_params=None, remove=None):
        """The same for many values of one parameter: what stands around the value is put together once.

        The kinds of deed in the log are a hundred, and each choice has an address of its own.
        """
        (name, value), *others = (new_params or {"": None}).items()
        if others or not isinstance(value, str | int):
            return super().get_query_string(new_params, remove)
        around = self.__dict__.setdefault("_around", {})
        key = (name, tuple(remove or ()))
        before, after = around.get(key) or super().get_query_string({name: self.VALUE}, remove).split(self.VALUE)
        around[key] = before, after
        return f"{before}{quote_plus(str(value))}{after}"

    def get_results(self, request):
        if self.model_admin.list_reads:
            self.queryset = self.queryset.only("workspace", *self.model_admin.list_reads)
        self.queryset = self.queryset.prefetch_related(*self.model_admin.list_brings())
        super().get_results(request)


class RoomAdmin(MoneyListMixin, ExportMixin, ModelAdmin):
    verbs: tuple[Verb, ...] = ()
    money_warnings: tuple[Callable, ...] = ()  # record → a sentence above it, or nothing; for who may see money
    more_links: tuple[Callable, ...] = ()  # record → a link that a room above adds
    archivable = False  # the model has `archived_at`; override `archive` and `restore` where a room has rules for it
    empty_text = ""  # what the list says before there is anything in it
    empty_icon = "inbox"
    list_per_page = 50
    list_reads: tuple[str, ...] = ()  # the columns a row of the list shows, and those of `list_select_related`; or all
    list_fullwidth = True
    show_full_result_count = False
    compressed_fields = True
    warn_unsaved_form = True
    change_form_outer_before_template = "admin/room/verbs.html"
    change_list_template = "admin/room/change_list.html"

    # --- permission and scope -------------------------------------------------------------------------------------

    def has_delete_permission(self, request, obj=None):
        return False

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        known = {"workspace": request.workspace, "refusal": getattr(request, "refusal", None)}
        return type(form.__name__, (AsOpened, InWorkspace, form), known)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Django goes to the start page with a message; here "not yours" and "not there" are the same 404."""
        raise Http404

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and object_id and self._went_on(request, object_id):
            return HttpResponseRedirect(request.get_full_path())
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            return self._with_refusal(request, refusal, object_id, form_url, extra_context)

    def _with_refusal(self, request, refusal, *where):
        """The form again, with everything typed in it and the verb's reason. What was saved before it is undone."""
        if where[0] and self._went_on(request, where[0]):
            return HttpResponseRedirect(request.get_full_path())
        request.refusal = refusal
        response = super().changeform_view(request, *where)
        response.status_code = 409
        return response

    def _went_on(self, request, object_id) -> bool:
        """A form from an old tab: the person may edit such records, this one has been sent or decided meanwhile."""
        if not self.has_change_permission(request):
            return False
        obj = self.get_object(request, object_id)
        if obj is None or self.has_change_permission(request, obj) or not self.has_view_permission(request, obj):
            return False
        messages.error(request, _("%(record)s can no longer be edited. Nothing was stored.") % {"record": obj})
        return True

    def save_model(self, request, obj, form, change):
        """Plain records are stored as they are; a room with a verb for it overrides `create`."""
        if change:
            obj.save()
            self._record_change(request, obj, form)
        else:
            obj.workspace = request.workspace
            self.create(request, obj)

    def create(self, request, obj):
        obj.save()
        activity.record("created", obj, request.user)

    def save_formset(self, request, form, formset, change):
        for record in formset.save(commit=False):
            if hasattr(record, "workspace_id") and record.workspace_id is None:
                record.workspace = request.workspace
            record.save()
        for record in formset.deleted_objects:
            record.delete()
        formset.save_m2m()
        if change and formset.has_changed():
            details = {"what": str(formset.model._meta.verbose_name_plural)}
            activity.record("changed", form.instance, request.user, details=details)

    def message_user(self, request, message, *args, **kwargs):
        """Sentences begin with a capital, also those that begin with the name of a kind of record."""
        told = capfirst(str(message))
        super().message_user(request, mark_safe(told) if hasattr(message, "__html__") else told, *args, **kwargs)  # noqa: S308

    def _record_change(self, request, obj, form):
        before = {name: _shown(form, name, form.initial.get(name)) for name in form.changed_data}
        after = {name: _shown(form, name, form.cleaned_data.get(name)) for name in form.changed_data}
        changed = activity.changes(before, after)
        hidden = self.all_money_fields()
        money = {name: changed.pop(name) for name in list(changed) if name in hidden}
        if changed or money:
            activity.record("changed", obj, request.user, details=changed, money=money)

    # Django's own log is not kept: it knows no workspace. The activity log is the history.
    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None

    # --- lists ----------------------------------------------------------------------------------------------------

    def list_brings(self) -> tuple:
        """What is prefetched for the rows of the list, and for nothing else."""
        return ()

    @property
    def page_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_changelist(self, request, **kwargs):
        return RoomList

    def get_list_filter(self, request):
        filters = list(super().get_list_filter(request))
        return [*filters, ArchivedFilter] if self.archivable else filters

    def get_search_results(self, request, queryset, search_term):
        if self.archivable and request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(archived_at=None)
        return super().get_search_results(request, queryset, search_term)

    def changelist_view(self, request, extra_context=None):
        query = saved_views.plain(request.META.get("QUERY_STRING", ""))
        views = list(saved_views.of(request.user, self.page_name))
        context = {
            "title": capfirst(str(self.opts.verbose_name_plural)),
            "saved_views": [{"view": view, "current": view.query == query} for view in views],
            "current_query": query,
            "query_is_saved": any(view.query == query for view in views),
            "can_export": self.exports,
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def save_view(self, request):
        """POST keeps the list as it is now under a name, or forgets one."""
        if request.method != "POST" or not self.has_view_or_change_permission(request):
            raise PermissionDenied
        back, query = reverse(f"admin:{self.page_name}_changelist"), request.POST.get("query", "")
        if request.POST.get("forget", "").isdigit():
            saved_views.forget(request.user, self.page_name, int(request.POST["forget"]))
        else:
            try:
                label = request.POST.get("label", "")
                query = saved_views.keep(request.workspace, request.user, self.page_name, label, query).query
            except Refused as refusal:
                messages.error(request, refusal.reason)
        return HttpResponseRedirect(f"{back}?{saved_views.plain(query)}")

    # --- history --------------------------------------------------------------------------------------------------

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        sees_money = request.user.has_perm(SEE_MONEY)
        story = activity.of(obj).select_related("target_type")[:200]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(obj),
            "opts": self.opts,
            "original": obj,
            "object": obj,
            "story": [telling.told(line, sees_money=sees_money) for line in story],
            "back": page_of(f"{self.page_name}_change", obj.pk),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/room/history.html", context)

    # --- verbs ----------------------------------------------------------------------------------------------------

    def archive(self, request, obj) -> None:
        with transaction.atomic():
            rows = type(obj)._base_manager.filter(pk=obj.pk, archived_at=None)
            if rows.update(archived_at=timezone.now()):
                activity.record("archived", obj, request.user)

    def restore(self, request, obj) -> None:
        with transaction.atomic():
            rows = type(obj)._base_manager.filter(pk=obj.pk).exclude(archived_at=None)
            if rows.update(archived_at=None):
                activity.record("restored", obj, request.user)

    def all_verbs(self) -> tuple[Verb, ...]:
        if not self.archivable:
            return tuple(self.verbs)
        permission = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return (
            *self.verbs,
            Verb("archive", _("Archive"), self.archive, permission, lambda record: record.archived_at is None,
                 confirm=_("It disappears from lists and choices; its history stays, and it can be restored."),
                 done=_("Archived."), icon="archive"),
            Verb("restore", _("Restore"), self.restore, permission,
                 lambda record: record.archived_at is not None and not getattr(record, "merged_into_id", None),
                 done=_("Restored."), icon="unarchive"),
        )  # fmt: skip

    def open_verbs(self, request, obj) -> list[Verb]:
        """The verbs this person may use on this record now: what comes next first, what ends it last."""
        if obj is None:
            return []
        found = [verb for verb in self.all_verbs() if request.user.has_perm(verb.permission) and verb.applies(obj)]
        return sorted(found, key=lambda verb: (not verb.primary, verb.dangerous))

    def deeds(self, request, obj) -> dict:
        """What admin/room/verbs.html shows: what can be done with `obj` now, and what it came from and led to."""
        found = [*self.related_links(obj), *(link(obj) for link in self.more_links)] if obj is not None else []
        links = [link for link in found if link]
        related = [link for link in links if not link.permission or request.user.has_perm(link.permission)]
        warned = obj is not None and request.user.has_perm(SEE_MONEY)
        warnings = [text for warn in self.money_warnings if (text := warn(obj))] if warned else []
        return {"verbs": self.open_verbs(request, obj), "related": related, "warnings": warnings}

    def related_links(self, obj) -> list[Related | None]:
        """What `obj` came from and what it led to: `to_record` and `to_list` make the links."""
        return []

    def title_of(self, obj) -> str:
        """What a record is, over its page: its own name stands before it."""
        return capfirst(str(self.opts.verbose_name))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        name = str(self.opts.verbose_name)
        # The record's own name stands before it; one that is made is called as the button that leads here.
        context["title"] = capfirst(_("New %(name)s") % {"name": name}) if obj is None else self.title_of(obj)
        context |= self.deeds(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/do/<slug:name>/", view(self.verb_view), name=f"{self.page_name}_verb"),
            path("saved/", view(self.save_view), name=f"{self.page_name}_saved"),
            *super().get_urls(),
        ]

    def verb_view(self, request, pk, name):
        """GET asks what the verb needs to know, POST does it. A refusal is a message; nothing has changed."""
        obj = self.get_object(request, str(pk))
        verb = next((verb for verb in self.all_verbs() if verb.name == name), None)
        if obj is None or verb is None:
            raise Http404
        if not request.user.has_perm(verb.permission) or not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        back = reverse(f"admin:{self.page_name}_change", args=[pk])
        posted = request.method == "POST"
        if not posted and not verb.applies(obj):
            messages.warning(request, _("This is no longer possible."))
            return HttpResponseRedirect(back)
        if posted and _is_stale(request, verb, obj):
            words = _(
                "Somebody changed this meanwhile, perhaps you on another page. This is how it is now: look, and press"
                " again."
            )
            messages.error(request, words)
            return HttpResponseRedirect(back)
        form = None
        if verb.form is not None:
            form = bounded(verb.form(request.POST if posted else None, request.FILES or None, **_for(verb, obj)))
        if not posted or (form is not None and not form.is_valid()):
            return self._ask(request, obj, verb, form, back)
        once = form if isinstance(form, OnceForm) else None
        if once and once.wants_asking(request.session, request.path):
            return self._ask(request, obj, verb, form, back, status=409)
        answers = {} if form is None else form.cleaned_data if once is None else once.facts()
        try:
            target = verb.run(request, obj, **answers)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            if form is not None:
                take_refusal(form, refusal)
                return self._ask(request, obj, verb, form, back, status=409)
            messages.error(request, refusal.reason)
        else:
            if once:
                once.was_done(request.session, request.path)
            if verb.done:
                messages.success(request, verb.done)
            back = target or back
        return HttpResponseRedirect(back)

    def _ask(self, request, obj, verb, form, back, status=200):
        context = {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "subtitle": str(obj),
            "opts": self.opts,
            "original": obj,
            "verb": verb,
            "form": dress(form),
            "back": back,
        }
        return TemplateResponse(request, "admin/room/verb_form.html", context, status=status)


def _is_stale(request, verb: Verb, record) -> bool:
    """Whether the page it was pressed on showed another record. What is over says so by itself."""
    seen = request.POST.get("seen")
    return seen is not None and verb.look is not None and verb.applies(record) and seen != verb.look(record)


def _for(verb: Verb, record) -> dict:
    """Forms that want to know the record say so with `for_record = True`."""
    return {"record": record} if getattr(verb.form, "for_record", False) else {}


def _shown(form, name: str, value):
    """A form value as a person reads it in the log: names for keys, labels for choices."""
    field = form.fields.get(name)
    if isinstance(field, forms.ModelMultipleChoiceField):
        value = ", ".join(str(one) for one in value or ())
    elif isinstance(field, forms.ModelChoiceField) and value not in (None, "") and not hasattr(value, "_meta"):
        value = field.queryset.model._base_manager.filter(pk=value).first() or value
    elif isinstance(field, forms.MultipleChoiceField):
        labels = dict(field.choices)
        value = ", ".join(str(labels.get(one, one)) for one in value or ())
    elif isinstance(field, forms.ChoiceField):
        value = dict(field.choices).get(value, value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)
