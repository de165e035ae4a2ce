"""Purchase orders in the back office: drawn up, sent, received, ended."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from accounts import documents, work
from accounts.back_office import Related, RoomAdmin, RoomInline, Verb, to_list, to_messages, to_record
from accounts.day_filter import BetweenDays
from accounts.models import BackgroundTask
from accounts.roles import SEE_MONEY
from inventory.lots_admin import trace_link
from inventory.models import PurchaseLine, PurchaseOrder
from inventory.models.purchase import EXPECTED
from inventory.purchasing import expected, orders
from inventory.purchasing.admin.receive import ReceiveDoor
from inventory.purchasing.document import purchase_pdf
from inventory.purchasing.tasks import send_order
from laseros.core.templatetags.laseros import day, money_filter, number

SEND, RECEIVE = "inventory.send_purchaseorder", "inventory.receive_purchaseorder"
COLOURS = {"draft": "info", "sent": "warning", "partly_received": "warning", "received": "success", "cancelled": ""}


def is_draft(order) -> bool:
    return order is None or order.state == "draft"


class LateFilter(admin.SimpleListFilter):
    title = pgettext_lazy("deliveries", "late")
    parameter_name = "late"

    def lookups(self, request, model_admin):
        return [("yes", _("Should have been here"))]

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=expected.late().order_by().values("pk")) if self.value() == "yes" else queryset


class LineForm(forms.ModelForm):
    """What is left empty comes from the supplier's list."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("pack_size", "unit_price"):
            if name in self.fields:
                field = self.fields[name]
                field.required = False
                field.widget.attrs["placeholder"] = _t("from the list")
                if not self.instance.pk:
                    field.initial = self.initial[name] = None

    def _post_clean(self):
        super()._post_clean()
        for name in ("pack_size", "unit_price"):
            if name in self.fields and name not in self.errors:
                setattr(self.instance, name, self.cleaned_data.get(name))


class LineInline(RoomInline):
    model = PurchaseLine
    form = LineForm
    autocomplete_fields = ("item",)
    fields = ("item", "sku", "packs", "pack_size", "unit_price", "net_shown", "expected_on")
    money_fields = ("net_shown", "price_shown")
    readonly_fields = ("net_shown", "price_shown", "pack_shown", "received_shown")

    def get_fields(self, request, obj=None):
        if is_draft(obj):
            return self._without_money(request, self.fields)
        shown = ("item", "sku", "packs", "pack_shown", "price_shown", "net_shown", "expected_on", "received_shown")
        return self._without_money(request, shown)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("item", "order")

    def has_add_permission(self, request, obj=None):
        return is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return is_draft(obj) and super().has_delete_permission(request, obj)

    @display(description=_("net"))
    def net_shown(self, line):
        return money_filter(line.net, line.order.currency) if line.pk else "–"

    @display(description=_("price per pack"))
    def price_shown(self, line):
        return money_filter(line.unit_price, line.order.currency)

    @display(description=_("in a pack"))
    def pack_shown(self, line):
        return line.item.amount(line.pack_size)

    @display(description=_("received"))
    def received_shown(self, line):
        words = f"{number(line.received)} / {line.item.amount(line.quantity)}"
        if line.rejected:
            words += " · " + _t("%(count)s rejected") % {"count": number(line.rejected)}
        return words


class EndForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=200, required=False)


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(ReceiveDoor, RoomAdmin):
    list_display = ("number", "supplier_name", "state_shown", "sent", "expected", "net_shown")
    list_display_links = ("number", "supplier_name")
    list_select_related = ("supplier",)
    list_filter = ("state", LateFilter, ("expected_on", BetweenDays))
    list_filter_submit = True
    search_fields = ("number", "reference", "supplier__name", "supplier__code", "lines__sku", "lines__item__code",
                     "lines__item__name")  # fmt: skip
    search_help_text = _("Number, supplier or what was ordered")
    money_fields = ("net_shown", "rate")
    inlines = (LineInline,)
    autocomplete_fields = ("supplier",)
    readonly_fields = ("number", "standing", "net_shown", "sent_at", "closed_at", "reason")
    fieldsets = (
        (None, {"fields": (("number", "standing"), ("supplier", "net_shown"), ("expected_on", "reference"), "note")}),
        (_("So far"), {"fields": (("sent_at", "closed_at"), "reason"), "classes": ("collapse",)}),
    )
    add_fieldsets = ((None, {"fields": ("supplier", ("expected_on", "reference"), "note")}),)
    export_fields = ("number", "supplier", "state", "currency", "net", "created_at", "sent_at", "expected_on",
                     "reference", "closed_at", "reason")  # fmt: skip
    change_form_outer_before_template = "admin/inventory/purchase.html"
    change_form_outer_after_template = "admin/inventory/receipts.html"
    empty_text = _("Press “Buy” on an item or on the list of what to buy: the order is written for you.")
    empty_icon = "shopping_cart"
    verbs = (
        Verb("send", _("Send"), lambda request, order: orders.send(order, request.user) and None, SEND,
             lambda order: is_draft(order) and bool(orders.address_of(order)), primary=True, icon="send",
             confirm=_("The supplier gets it by e-mail as a PDF. From then on it cannot be changed."),
             done=_("The order is on its way.")),
        Verb("sent-otherwise", _("Ordered some other way"),
             lambda request, order: orders.send(order, request.user, by_mail=False) and None, SEND, is_draft,
             confirm=_("By phone, in their shop, on paper: it counts as ordered, and nothing is mailed."),
             done=_("It counts as ordered."), icon="call"),
        Verb("duplicate", _("Copy as a new draft"), lambda request, order: _page(orders.duplicate(order, request.user)),
             "inventory.add_purchaseorder", icon="content_copy"),
        Verb("close", _("Nothing more is coming"),
             lambda request, order, why: orders.close(order, request.user, why=why) and None, SEND,
             lambda order: order.state == "partly_received", form=EndForm, icon="task_alt", done=_("Closed."),
             confirm=_("What has not come is no longer expected.")),
        Verb("cancel", _("Cancel"), lambda request, order, why: orders.cancel(order, request.user, why=why) and None,
             SEND, lambda order: order.state in ("draft", "sent"), form=EndForm, dangerous=True, icon="block",
             confirm=_("Nothing can be received for it any more. The supplier is not told: call them."),
             done=_("Cancelled.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/purchasing.css",)}

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "lines__item__id__exact" or super().lookup_allowed(lookup, value, request)

    def create(self, request, obj):
        orders.open_draft(obj, request.user)

    def has_change_permission(self, request, obj=None):
        return is_draft(obj) and super().has_change_permission(request, obj)

    def get_inlines(self, request, obj):
        return () if obj is None else self.inlines

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "supplier"] if obj is not None else fields

    def get_fieldsets(self, request, obj=None):
        """An exchange rate is asked for where there is something to exchange."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or obj.currency == request.workspace.currency or not request.user.has_perm(SEE_MONEY):
            return sets
        return [(None, {"fields": (*sets[0][1]["fields"], "rate")}), *sets[1:]]

    def response_add(self, request, obj, post_url_continue=None):
        super().response_add(request, obj, post_url_continue)
        return HttpResponseRedirect(_page(obj))

    def save_model(self, request, obj, form, change):
        if not change:
            return super().save_model(request, obj, form, change)
        orders.hold_draft(obj)
        if form.changed_data:
            obj.save(update_fields=form.changed_data)
            self._record_change(request, obj, form)

    def save_formset(self, request, form, formset, change):
        formset.save(commit=False)
        changed = [*(record for record, _names in formset.changed_objects), *formset.new_objects]
        if changed or formset.deleted_objects:
            orders.change_lines(form.instance, changed, formset.deleted_objects, request.user)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["receipts"] = obj.receipts.prefetch_related("lines__line__item").select_related("by", "order")
            context["may_receive"] = obj.state in EXPECTED and request.user.has_perm(RECEIVE)
            context["is_late"] = orders.is_late(obj)
            context["no_address"] = is_draft(obj) and not orders.address_of(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(self.pdf_view)
        return [path("<int:pk>/pdf/", view, name=f"{self.page_name}_pdf"), *super().get_urls()]

    def pdf_view(self, request, pk):
        """The stored PDF as a download; a draft's is made for a look and not kept."""
        order = self.get_object(request, str(pk))
        if order is None:
            raise Http404
        if not self.has_view_permission(request, order) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        name = documents.file_name(order)
        if order.pdf:
            try:
                return documents.download(FileResponse(order.pdf.open("rb")), name)
            except FileNotFoundError:
                messages.error(request, _t("The stored PDF is missing. Please tell whoever runs the installation."))
        elif is_draft(order):
            return documents.download(HttpResponse(purchase_pdf(order)), name)
        else:
            self._ask_for_pdf(request, order)
            messages.info(request, _t("The PDF is being prepared. Try again in a moment."))
        return redirect(_page(order))

    def _ask_for_pdf(self, request, order) -> None:
        """One that was cancelled as a draft has none until somebody wants it; asked for often, it is made once."""
        waiting = BackgroundTask.objects.filter(state__in=("waiting", "running", "failed"), name=send_order.task_name)
        if not any(row.arguments[:1] == [order.pk] for row in waiting.order_by("-id")[:200]):
            work.queue(send_order, order.workspace, order.pk, "", subject=order, by=request.user)

    def related_links(self, obj):
        pdf = reverse("admin:inventory_purchaseorder_pdf", args=[obj.pk])
        label = _("PDF preview") if is_draft(obj) else _("PDF")
        return [
            Related(label, pdf, "picture_as_pdf", SEE_MONEY),
            to_record(obj.supplier, icon="local_shipping"),
            to_list("inventory.receipt", icon="move_to_inbox", order__id__exact=obj.pk),
            trace_link(f"po:{obj.pk}"),
            to_messages(obj),
        ]

    @display(description=_("supplier"), ordering="supplier__name")
    def supplier_name(self, order):
        return order.supplier.name

    @display(description=_("state"), ordering="state", label=COLOURS | {"late": "danger"})
    def state_shown(self, order):
        if orders.is_late(order):
            return "late", f"{order.get_state_display()} · {_t('late')}"
        return order.state, order.get_state_display()

    @display(description=_("state"))
    def standing(self, order):
        return self.state_shown(order)[1]

    @display(description=pgettext_lazy("purchase order", "ordered"), ordering="sent_at")
    def sent(self, order):
        return day(timezone.localdate(order.sent_at)) if order.sent_at else "–"

    @display(description=_("expected on"), ordering="expected_on")
    def expected(self, order):
        return day(order.expected_on) if order.expected_on else "–"

    @display(description=_("net"), ordering="net")
    def net_shown(self, order):
        return money_filter(order.net, order.currency)


def _page(order) -> str:
    return reverse("admin:inventory_purchaseorder_change", args=[order.pk])
