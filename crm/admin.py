"""Clients and the people at them, in the back office."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from accounts.back_office import Related, RoomAdmin, RoomInline, Verb, to_list, to_messages, to_record
from accounts.fieldsets import without_vat
from accounts.imports import page
from accounts.long_select import LongSelect, Prepared
from accounts.roles import SEE_MONEY
from crm import certificates_admin as certificates_admin  # registers its page
from crm import client_page, clients, diary, erasing
from crm import links_admin as links_admin  # registers its pages
from crm.families import family
from crm.imports import clients as imported
from crm.imports.large import store_later
from crm.merge_page import PERMISSION as MERGE
from crm.merge_page import MergeDoor
from crm.models import Address, Client, Contact, FollowUp
from crm.tags_admin import TagFilter, Tagged
from laseros.core.locales import countries
from laseros.core.tax_words import STATES, has_sales_tax
from laseros.core.templatetags.laseros import day


class ContactInline(RoomInline):
    model = Contact
    fields = ("name", "email", "phone", "role", "log_in")
    readonly_fields = ("log_in",)
    show_change_link = True

    @display(description=_("portal"), boolean=True)
    def log_in(self, contact):
        return contact.user_id is not None


class AddressForm(forms.ModelForm):
    """Countries by their names; what an import left there stays a choice."""

    country = forms.ChoiceField(label=_("country"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "state" in self.fields:
            self.fields["state"].widget = UnfoldAdminSelectWidget(choices=[("", "–"), *((c, c) for c in STATES)])
        choices = (("", "–"), *countries(get_language() or "en"))
        if self.instance.country not in dict(choices):
            choices = (choices[0], (self.instance.country, self.instance.country), *choices[1:])
        field = self.fields["country"]
        field.widget = LongSelect(attrs=field.widget.attrs)
        field.choices = Prepared(choices)  # the widget's too


class AddressInline(RoomInline):
    model = Address
    form = AddressForm
    fields = ("kind", "street", "postcode", "city", "country")

    def get_fields(self, request, obj=None):
        """The state decides about sales tax: asked for where there is such a tax."""
        fields = super().get_fields(request, obj)
        here = has_sales_tax(request.workspace.country)
        return ("kind", "street", "city", "state", "postcode", "country") if here else fields

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if has_sales_tax(request.workspace.country) and "postcode" in formset.form.base_fields:
            formset.form.base_fields["postcode"].label = _t("ZIP code")
        return formset


class InviteForm(forms.Form):
    """Which of the contacts who have an address and no log-in yet."""

    for_record = True
    contact = forms.ModelChoiceField(queryset=None, label=_("contact"))

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = invitable(record)


def invitable(client):
    return Contact.objects.filter(client=client, user=None).exclude(email="")


def _mine(client) -> dict:
    """What filters a list to a client, with what belongs to those merged into it."""
    if not client.takes_in:
        return {"client__id__exact": client.pk}
    pks = sorted(row["pk"] for row in family(client))
    return {"client__id__in": ",".join(map(str, pks))}


IMPORT = "crm.add_client"
TERMS = (
    ("payment_days", "discount_percent", "credit_limit"),
    ("invoice_format", "buyer_reference"),
    ("prices_with_tax",),
)


ERASED = _(
    "Name, addresses, log-in, links and messages are blanked, for ever. What was issued, booked and accepted stays as"
    " tax law wants it, and so do the mails that carried it."
)


class EraseForm(forms.Form):
    why = forms.CharField(
        label=_("Why"), max_length=120, help_text=_("It stands in the log: how, and when, it was asked for")
    )


@admin.register(Client)
class ClientAdmin(Tagged, MergeDoor, RoomAdmin):
    archivable = True
    list_display = ("code", "name", "kind", "email", "phone", "tag_marks", "created_at")
    list_before_template = "admin/crm/client_tools.html"
    list_display_links = ("code", "name")
    list_reads = ("code", "name", "kind", "email", "phone", "created_at")
    list_filter = ("kind", TagFilter)
    search_fields = ("code", "name", "email", "contacts__name", "contacts__email")
    search_help_text = _("Code, name, e-mail or contact")
    money_fields = ("discount_percent", "credit_limit")
    inlines = (ContactInline, AddressInline)
    readonly_fields = ("code", "created_at")
    fieldsets = (
        (
            None,
            {"fields": (("code", "name"), ("kind", "created_at"), ("email", "phone"), ("vat_number", "tags"), "notes")},
        ),
        (_("Terms"), {"fields": TERMS}),
    )
    add_fieldsets = (
        (None, {"fields": (("name", "kind"), ("email", "phone"), ("vat_number", "tags"), "notes")}),
        (_("Terms"), {"fields": TERMS}),
    )
    empty_text = _(
        "Everybody you write quotes for. A client gets a code by itself; contacts can be let into the portal."
    )
    empty_icon = "groups"
    export_fields = ("code", "name", "kind", "email", "phone", "vat_number", "tags", "payment_days", "invoice_format",
                     "buyer_reference", "prices_with_tax", "discount_percent", "credit_limit", "notes", "created_at",
                     "archived_at")  # fmt: skip
    verbs = (
        Verb("invite", _("Invite to the portal"),
             lambda request, client, contact: clients.invite(contact, request.user) and None,
             "crm.change_contact", lambda client: client.archived_at is None and invitable(client).exists(),
             form=InviteForm, done=_("The invitation is on its way."), icon="person_add"),
        Verb("erase", _("Erase this person"),
             lambda request, client, why: erasing.erase_client(client, request.user, why=why), "crm.delete_client",
             lambda client: client.kind == Client.Kind.PRIVATE and client.archived_at is not None, form=EraseForm,
             dangerous=True, icon="person_remove", confirm=ERASED, done=_("What no law keeps is blanked.")),
    )  # fmt: skip

    def get_urls(self):
        view = self.admin_site.admin_view(lambda request, pk: client_page.page(self.admin_site, request, pk))
        return [
            path("<int:pk>/timeline/", view, name="crm_client_timeline"),
            path("import/", self.admin_site.admin_view(self.import_view), name="crm_client_import"),
            *super().get_urls(),
        ]

    def import_view(self, request):
        if not all(request.user.has_perm(name) for name in (IMPORT, "crm.change_client", SEE_MONEY)):
            raise PermissionDenied

        def later(content, said):
            store_later(request.workspace, content, said, request.user)

        return page.answer(
            self.admin_site, self.opts, request, imported, title=_t("Import clients"), kind="clients", later=later,
            back=reverse("admin:crm_client_changelist"),
            note=_t("Clients are known by their number or e-mail, in this order; others are new.")
            if has_sales_tax(request.workspace.country)
            else _t("Clients are known by their number, VAT number or e-mail, in this order; others are new."),
        )  # fmt: skip

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "tags":  # a handful: boxes to tick, for keyboards and readers too
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        """One that was merged stays as it was: what is sealed names it so."""
        return super().has_change_permission(request, obj) and (obj is None or obj.merged_into_id is None)

    def changelist_view(self, request, extra_context=None):
        may = request.user.has_perm
        tools = (
            (IMPORT if may(SEE_MONEY) else SEE_MONEY, _t("Import clients"), "admin:crm_client_import", "upload"),
            (MERGE, _t("Duplicates"), "admin:crm_client_duplicates", "merge"),
            ("crm.view_tag", _t("Tags"), "admin:crm_tag_changelist", "sell"),
            *certificates_admin.tools(request),
        )
        shown = [(label, reverse(name), icon) for permission, label, name, icon in tools if may(permission)]
        return super().changelist_view(request, {"client_tools": shown, **(extra_context or {})})

    def get_fieldsets(self, request, obj=None):
        """Nobody has a VAT number where there is no VAT, and no price has the tax in it."""
        sets = super().get_fieldsets(request, obj)
        return without_vat(sets) if has_sales_tax(request.workspace.country) else sets

    def create(self, request, obj):
        clients.register(obj, request.user)

    def response_add(self, request, obj, post_url_continue=None):
        """Straight on to the client's page, where an enquiry can be opened; a small window just closes."""
        if "_popup" in request.POST or "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        super().response_add(request, obj, post_url_continue)  # says that it is stored
        return HttpResponseRedirect(reverse("admin:crm_client_change", args=[obj.pk]))

    def archive(self, request, obj):
        clients.archive(obj, request.user)

    def restore(self, request, obj):
        clients.restore(obj, request.user)

    def save_formset(self, request, form, formset, change):
        if formset.model is Contact and formset.is_valid():
            for gone in formset.deleted_forms:
                if gone.instance.pk:
                    clients.shut_out(gone.instance, request.user)  # a log-in ends with its contact
        super().save_formset(request, form, formset, change)

    def related_links(self, obj):
        if obj.merged_into_id:
            return [to_record(obj.merged_into, _("Merged into"), "merge")]
        mine = _mine(obj)
        enquiry = f"{reverse('admin:production_enquiry_add')}?client={obj.pk}"
        return [
            Related(
                str(_("Timeline")), reverse("admin:crm_client_timeline", args=[obj.pk]), "timeline", "crm.view_client"
            ),
            Related(str(_("New enquiry")), enquiry, "add", "production.add_enquiry"),
            to_list("production.enquiry", icon="mail", **mine),
            to_list("billing.quote", icon="request_quote", **mine),
            to_list("production.job", icon="work", **mine),
            to_list("billing.delivery", icon="local_shipping", **mine),
            to_list("billing.invoice", icon="receipt_long", **mine),
            to_list("billing.payment", icon="payments", **mine),
            to_list("crm.contact", icon="person", **mine),
            to_list("crm.accesslink", _("Links they were sent"), icon="link", **mine),
            Related(
                str(_("Their material with us")),
                reverse("admin:production_job_material", args=[obj.pk]),
                "handshake",
                "inventory.view_lot",
            ),
            certificates_admin.link_of(obj),
            self._to_merge(obj),
        ]

    def _to_merge(self, obj):
        if obj.archived_at is not None:
            return None
        address = f"{reverse('admin:crm_client_duplicates')}?of={obj.pk}"
        return Related(str(_("Merge with another")), address, "merge", MERGE)


@admin.register(Contact)
class ContactAdmin(RoomAdmin):
    list_display = ("name", "client", "email", "phone", "role", "log_in")
    list_select_related = ("client",)
    search_fields = ("name", "email", "phone", "client__name", "client__code")
    search_help_text = _("Name, e-mail, phone or client")
    autocomplete_fields = ("client",)
    fields = ("client", ("name", "role"), ("email", "phone"), "log_in_shown",
              ("sees_money", "may_order", "manages_people"))  # fmt: skip
    add_fieldsets = ((None, {"fields": ("client", ("name", "role"), ("email", "phone"))}),)
    readonly_fields = ("log_in_shown",)
    export_fields = ("name", "client", "email", "phone", "role")
    empty_icon = "person"
    verbs = (
        Verb("invite", _("Invite to the portal"),
             lambda request, contact: clients.invite(contact, request.user) and None,
             "crm.change_contact", lambda contact: contact.user_id is None and bool(contact.email),
             primary=True, done=_("The invitation is on its way."), icon="person_add"),
        Verb("shut-out", _("Take the log-in away"), lambda request, contact: clients.shut_out(contact, request.user),
             "crm.change_contact", lambda contact: contact.user_id is not None, dangerous=True, icon="person_off",
             confirm=_("They can no longer log in for this client, and the links they were sent end."),
             done=_("The log-in was taken away.")),
        Verb("erase", _("Erase this person"),
             lambda request, contact, why: erasing.erase_contact(contact, request.user, why=why),
             "crm.delete_contact", form=EraseForm, dangerous=True, icon="person_remove", confirm=ERASED,
             done=_("What no law keeps is blanked.")),
    )  # fmt: skip

    def related_links(self, obj):
        mine = {"contact__id__exact": obj.pk}
        return [
            to_messages(obj),
            to_record(obj.client, icon="groups"),
            to_list("production.enquiry", icon="mail", **mine),
            to_list("billing.quote", icon="request_quote", **mine),
            to_list("crm.accesslink", _("Links they were sent"), icon="link", **mine),
        ]

    @display(description=_("portal"), boolean=True)
    def log_in(self, contact):
        return contact.user_id is not None

    @display(description=_("portal"))
    def log_in_shown(self, contact):
        if contact.user is None:
            return _t("no log-in")
        seen = contact.user.last_login
        return _t("has a log-in, used last on %(day)s") % {"day": day(localtime(seen))} if seen else _t("invited")


class WhoseFilter(admin.SimpleListFilter):
    title = _("whose")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", _("Mine"))]

    def queryset(self, request, queryset):
        return queryset.filter(person=request.user) if self.value() == "mine" else queryset


class DueFilter(admin.SimpleListFilter):
    title = _("due")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("now", _("Due or overdue")), ("open", _("Not done"))]

    def queryset(self, request, queryset):
        if self.value() == "now":
            return queryset.filter(pk__in=diary.overdue().order_by().values("pk"))
        return queryset.filter(done_at=None) if self.value() == "open" else queryset


class PostponeForm(forms.Form):
    due_on = forms.DateField(label=_("due"), widget=forms.DateInput)


@admin.register(FollowUp)
class FollowUpAdmin(RoomAdmin):
    list_display = ("what", "client", "due_shown", "person", "done_at")
    list_select_related = ("client", "person")
    list_filter = (WhoseFilter, DueFilter)
    search_fields = ("what", "client__name", "client__code")
    search_help_text = _("What it is about, or client")
    fields = (("what", "client"), ("due_on", "person"), ("done_at", "done_by"))
    readonly_fields = ("what", "client", "due_on", "person", "done_at", "done_by")
    export_fields = ("what", "client", "due_on", "person", "done_at")
    empty_text = _("On a client’s timeline you say what to come back to, and when. It stands here until it is done.")
    empty_icon = "event_repeat"
    verbs = (
        Verb("done", _("Done"), lambda request, row: diary.done(row, request.user) and None, "crm.change_followup",
             lambda row: row.done_at is None, primary=True, done=_("It is done."), icon="task_alt"),
        Verb("postpone", _("Another day"), lambda request, row, due_on: diary.postpone(row, due_on, request.user),
             "crm.change_followup", lambda row: row.done_at is None, form=PostponeForm, icon="event"),
    )  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False  # it is done or put off by its verbs: there is nothing to type and to save

    @display(description=_("due"), ordering="due_on")
    def due_shown(self, row):
        if row.done_at is None and row.due_on < timezone.localdate():
            return format_html('<span class="lo-late">{} · {}</span>', day(row.due_on), _("late"))
        return row.due_on

    def related_links(self, obj):
        story = reverse("admin:crm_client_timeline", args=[obj.client_id])
        return [to_record(obj.client, icon="groups"), Related(str(_("Timeline")), story, "timeline", "crm.view_client")]
