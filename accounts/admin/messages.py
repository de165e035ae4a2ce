"""Messages: what was sent, to whom and about what; and the chat rooms and SMS services that are told."""

from django import forms
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts import activity, outbox
from accounts.admin.work import ReadOnly
from accounts.back_office import Related, RoomAdmin, Verb
from accounts.models import MessageHook, OutgoingMail
from accounts.outbox import hooks, occasions
from laseros.core.errors import Refused

CHANGE = "accounts.change_outgoingmail"


class ByOccasion(admin.SimpleListFilter):
    title = _("occasion")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(one.name, one.label) for one in occasions.every()]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ByWay(admin.SimpleListFilter):
    title = _("way")
    parameter_name = "way"

    def lookups(self, request, model_admin):
        return [("mail", _("E-mail")), ("hook", _("Chat or SMS"))]

    def queryset(self, request, queryset):
        return queryset.filter(hook__isnull=self.value() == "mail") if self.value() in ("mail", "hook") else queryset


class AgainForm(forms.Form):
    why = forms.CharField(label=_("why"), max_length=200, help_text=_("It stands in the log"))


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnly):
    list_display = ("subject", "kind_shown", "to", "state_shown", "created_at", "sent_at", "error_short")
    list_filter = ("state", ByOccasion, ByWay)
    search_fields = ("subject", "to")
    list_before_template = "admin/work/refresh.html"
    fields = (
        ("subject", "to"),
        ("kind_shown", "reply_to"),
        ("state", "tries", "due_at"),
        ("created_at", "sent_at"),
        "error_shown",
        "text_shown",
        "attached",
    )
    readonly_fields = ("subject", "to", "kind_shown", "reply_to", "state", "tries", "due_at", "created_at", "sent_at",
                       "error_shown", "text_shown", "attached")  # fmt: skip
    empty_text = _("Quotes, invoices, invitations and everything else that was sent appears here with its text.")
    empty_icon = "outgoing_mail"
    verbs = (
        Verb("send", _("Send again"), lambda request, message, why: outbox.send_again(message, request.user, why=why),
             CHANGE, lambda message: message.state in ("failed", "unclear", "sent"), form=AgainForm, primary=True,
             done=_("It is being sent again."), icon="send"),
        Verb("arrived", _("It has arrived"), lambda request, message: outbox.arrived(message, request.user),
             CHANGE, lambda message: message.state == "unclear", icon="mark_email_read"),
    )  # fmt: skip

    def related_links(self, obj):
        """Whatever it is about, where that has a page."""
        model = obj.about_type.model_class() if obj.about_type else None
        if model is None:
            return []
        meta = model._meta
        try:
            url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[obj.about_id])
        except NoReverseMatch:
            return []
        label = f"{capfirst(str(meta.verbose_name))}: {obj.about}"
        return [Related(label, url, "link", f"{meta.app_label}.view_{meta.model_name}")]

    @display(description=_("occasion"), ordering="kind")
    def kind_shown(self, message):
        return occasions.label_of(message.kind) or "–"

    @display(description=_("text"))
    def text_shown(self, message):
        return format_html('<span class="lo-pre">{}</span>', message.text)

    @display(description=_("attachments"))
    def attached(self, message):
        return ", ".join(attachment["name"] for attachment in message.attachments) or "–"


class HookForm(forms.ModelForm):
    occasions = forms.MultipleChoiceField(
        label=_("on these occasions"), widget=UnfoldAdminCheckboxSelectMultipleWidget, choices=()
    )

    class Meta:
        model = MessageHook
        fields = ("name", "url", "occasions", "body", "is_active")
        help_texts = {
            "url": _("Begins with https://. Whoever runs the installation can allow addresses inside this network."),
            "body": _(
                'JSON with places in braces, like {"text": "{subject}"}. {subject}, {text}, {phone} and whatever all '
                "the chosen occasions know. With {phone} nothing is posted where no number is known."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "occasions" in self.fields:
            self.fields["occasions"].choices = [(one.name, one.label) for one in occasions.every()]
        if not self.instance.pk and "body" in self.fields:
            self.fields["body"].initial = '{"text": "{subject}"}'

    def clean(self):
        found = super().clean()
        if all(found.get(name) for name in ("url", "body", "occasions")):
            try:
                hooks.check(found["url"], found["body"], found["occasions"])
            except Refused as refusal:
                self.add_error(refusal.details.get("field"), str(refusal.reason))
        return found


@admin.register(MessageHook)
class MessageHookAdmin(RoomAdmin):
    form = HookForm
    exports = False
    list_display = ("name", "host", "occasions_shown", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "url")
    fields = ("name", "url", "occasions", "body", "is_active", "secret_shown")
    add_fieldsets = ((None, {"fields": ("name", "url", "occasions", "body", "is_active")}),)
    readonly_fields = ("secret_shown",)
    empty_text = _("A chat room that hears of accepted quotes, or a service that sends an SMS when a job is ready.")
    empty_icon = "forum"

    def _record_change(self, request, obj, form):
        """What was changed, not to what: address and text may hold the key of a service, and many read the log."""
        if form.changed_data:
            what = ", ".join(str(form.fields[name].label) for name in form.changed_data)
            activity.record("changed", obj, request.user, details={"what": what})

    def related_links(self, obj):
        url = f"{reverse('admin:accounts_outgoingmail_changelist')}?way=hook&hook__id__exact={obj.pk}"
        return [Related(str(_("Messages")), url, "outgoing_mail", "accounts.view_outgoingmail")]

    @display(description=_("computer"))
    def host(self, hook):
        return hook.url.split("/")[2] if hook.url.count("/") > 1 else hook.url

    @display(description=_("occasions"))
    def occasions_shown(self, hook):
        return Truncator(", ".join(occasions.label_of(name) for name in hook.occasions)).chars(90)

    @display(description=_("secret"))
    def secret_shown(self, hook):
        words = _("The header X-LaserOS-Signature holds t and v1: HMAC-SHA256 of “t.body” under it, in hexadecimal.")
        return format_html('<code class="lo-pre">{}</code><br><span class="lo-note">{}</span>', hook.secret, words)
