"""The board of what to buy: each figure explained, one press for the orders, worked out anew at once."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.back_office import OnceForm, RoomAdmin, Verb, to_list, to_record
from accounts.forms import bounded
from inventory.models import Item, Need, ReorderRules, Supplier
from inventory.purchasing import expected, wants
from inventory.reorder import needs, ordering
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import day, number

LIST = "admin:inventory_need_changelist"
ORDER, CHANGE = "inventory.add_purchaseorder", "inventory.change_need"


class LowFilter(admin.SimpleListFilter):
    """What is low, unless somebody asks for all."""

    title = _("stock")
    parameter_name = "low"

    def lookups(self, request, model_admin):
        return [("all", _("All items")), ("late", _("Runs out before a delivery"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": _("To buy now")}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        rows = queryset.filter(is_low=True)
        if self.value() == "late":
            return rows.filter(pk__in=[need.pk for need in rows if need.too_late])
        return rows


class RulesForm(forms.ModelForm):
    class Meta:
        model = ReorderRules
        fields = ("safety_days", "cover_days")


class OnceMore(OnceForm):
    """Asks nothing: pressed twice it orders once."""


def buy(request, need, *, once) -> str:
    rows = Need.objects.filter(pk=need.pk)
    return _ordered(request, rows, f"need:{need.pk}:{once}")


def _ordered(request, rows, key: str) -> str:
    """Where to go on: the order, when it is one."""
    bought = ordering.order(request.workspace, rows, key=key, by=request.user)
    messages.success(request, wants.told(bought))
    if len(bought.orders) == 1:
        return reverse("admin:inventory_purchaseorder_change", args=[bought.orders[0].pk])
    return f"{reverse('admin:inventory_purchaseorder_changelist')}?state__exact=draft"


@admin.register(Need)
class NeedAdmin(RoomAdmin):
    list_display = ("label", "standing", "free", "coming", "lasts", "a_day", "point", "buying", "where")
    list_display_links = ("label",)
    list_select_related = ("item", "source__supplier")
    list_filter = (LowFilter, "item__category", "source__supplier")
    search_fields = ("label", "item__code", "item__name", "source__supplier__name", "source__sku")
    search_help_text = _("Item, supplier or their number")
    fields = (
        ("label", "standing"),
        ("free", "coming"),
        ("lasts", "a_day"),
        ("point", "buying"),
        ("where", "worked_out_at"),
    )
    readonly_fields = ("label", "standing", "free", "coming", "lasts", "a_day", "point", "buying", "where",
                       "worked_out_at")  # fmt: skip
    export_fields = ("label", "item", "is_low", "available", "on_order", "expected_on", "days_left", "use_30", "use_90",
                     "lead_days", "safety_days", "minimum", "target", "reorder_at", "packs", "suggested",
                     "worked_out_at")  # fmt: skip
    list_before_template = "admin/inventory/needs_tools.html"
    change_form_outer_after_template = "admin/inventory/need.html"
    actions = ("order_ticked",)
    empty_text = _(
        "Nothing is low. An item comes here when what is free and on order falls to its minimum, or to what is used"
        " while a delivery is under way."
    )
    empty_icon = "task_alt"
    verbs = (
        Verb("order", _("Put it on an order"), buy, ORDER, lambda need: need.is_low and need.suggested > 0,
             form=OnceMore, primary=True, icon="add_shopping_cart",
             confirm=_("It is put on the open draft for this supplier, or on a new one.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/purchasing.css",)}

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_order_permission(self, request):
        return request.user.has_perm(ORDER)

    @action(description=_("Order the ticked ones"), permissions=["order"], icon="add_shopping_cart")
    def order_ticked(self, request, queryset):
        try:
            target = _ordered(request, Need.objects.filter(pk__in=queryset.values("pk")), _once(request))
        except Refused as refusal:
            messages.error(request, refusal.reason)
            target = reverse(LIST)
        return redirect(target)

    def changelist_view(self, request, extra_context=None):
        rules = needs.rules_of(request.workspace)
        low = needs.low()
        ready = low.filter(suggested__gt=0).exclude(source=None)
        tools = {
            "may_order": request.user.has_perm(ORDER),
            "may_change": request.user.has_perm(CHANGE),
            "ready": ready.count(),
            "unsold": (unsold := low.filter(source=None).count()),
            "sellers": list(Supplier.objects.filter(archived_at=None)[:100]) if unsold else (),
            "may_say_seller": request.user.has_perm("inventory.add_supplieritem"),
            "rules": rules,
            "rules_form": bounded(RulesForm(instance=rules)),
            "mails_me": ordering.mails_me(request.workspace, request.user),
            "once": get_random_string(16),
            "last": Need.objects.order_by("-worked_out_at").values_list("worked_out_at", flat=True).first(),
            "no_items": not Item.objects.filter(archived_at=None).exists(),
        }
        return super().changelist_view(request, {**tools, **(extra_context or {})})

    def get_urls(self):
        view = self.admin_site.admin_view(self.do_view)
        return [path("do/", view, name=f"{self.page_name}_do"), *super().get_urls()]

    def do_view(self, request):
        """POST `what`: order all of it, work it out anew, mail me or not, other rules."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        deed = {"order": self._order, "recalculate": self._recalculate, "mail": self._mail, "rules": self._rules,
                "seller": self._seller}  # fmt: skip
        target = deed.get(request.POST.get("what", ""), lambda request: None)(request)
        return redirect(target or LIST)

    def _order(self, request):
        if not request.user.has_perm(ORDER):
            raise PermissionDenied
        try:
            return _ordered(request, needs.low(), _once(request))
        except Refused as refusal:
            messages.error(request, refusal.reason)

    def _recalculate(self, request):
        self._only_who_may_change(request)
        low = needs.work_out(request.workspace)
        messages.success(request, _t("Worked out anew: %(count)s to buy.") % {"count": low})

    def _seller(self, request):
        if not request.user.has_perm("inventory.add_supplieritem"):
            raise PermissionDenied
        pk = request.POST.get("supplier", "")
        supplier = Supplier.objects.filter(pk=pk if pk.isdigit() else 0, archived_at=None).first()
        if supplier is None:
            messages.error(request, _t("Choose a supplier."))
            return
        count = ordering.sold_by(supplier, Need.objects.all(), request.user)
        said = _t("%(supplier)s sells %(count)s more of your items. Prices are those of the items: correct them there.")
        messages.success(request, said % {"supplier": supplier, "count": count})

    def _mail(self, request):
        wanted = request.POST.get("wanted") == "yes"
        ordering.mail_me(request.workspace, request.user, wanted)
        said = _t("You will get a mail in the morning when something has run low.") if wanted else _t("No more mails.")
        messages.success(request, said)

    def _rules(self, request):
        self._only_who_may_change(request)
        form = bounded(RulesForm(request.POST))
        if not form.is_valid():
            messages.error(request, _t("Days are whole numbers from 0 to 365."))
            return
        ordering.change_rules(request.workspace, request.user, **form.cleaned_data)
        needs.work_out(request.workspace)
        messages.success(request, _t("Worked out anew with these days."))

    def _only_who_may_change(self, request):
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["need"] = obj
            context["draft"] = expected.in_drafts([obj.item]).get(obj.item_id, 0)
            context["horizon"] = obj.lead_days + obj.safety_days
            context["used"] = obj.daily * (obj.lead_days + obj.safety_days)
            context["position"] = obj.available + obj.on_order
            context["fill_to"] = max(obj.target, obj.reorder_at + obj.daily * obj.cover_days)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        together = ",".join(str(pk) for pk in obj.members)
        return [
            to_record(obj.item, icon="inventory_2"),
            to_list("inventory.item", icon="inventory_2", id__in=together) if len(obj.members) > 1 else None,
            to_record(obj.source.supplier, icon="local_shipping") if obj.source else None,
            to_record(obj.source, icon="sell"),
            to_list("inventory.purchaseorder", icon="shopping_cart", lines__item__id__exact=obj.item_id),
            to_list("inventory.move", icon="swap_vert", item__id__exact=obj.item_id),
        ]

    @display(description=_("state"), ordering="is_low",
             label={"late": "danger", "low": "warning", "fine": "success"})  # fmt: skip
    def standing(self, need):
        if need.too_late:
            return "late", _t("runs out before a delivery")
        return ("low", _t("low")) if need.is_low else ("fine", _t("enough"))

    @display(description=_("free"), ordering="available")
    def free(self, need):
        return need.item.amount(need.available)

    @display(description=_("on order"), ordering="on_order")
    def coming(self, need):
        if not need.on_order:
            return "–"
        return f"{number(need.on_order)} ({day(need.expected_on)})" if need.expected_on else number(need.on_order)

    @display(description=_("lasts (days)"), ordering="days_left")
    def lasts(self, need):
        return number(need.days_left, most=0) if need.days_left is not None else "–"

    @display(description=_("use a day"), ordering="use_30")
    def a_day(self, need):
        return number(need.daily, most=2) if need.daily else "–"

    @display(description=_("order at"), ordering="reorder_at")
    def point(self, need):
        return number(need.reorder_at) if need.reorder_at else "–"

    @display(description=_("to buy"), ordering="suggested")
    def buying(self, need):
        if not need.suggested:
            return "–"
        total = need.item.amount(need.suggested)
        return f"{number(need.packs)} × {number(need.suggested / need.packs)}" if need.packs > 1 else total

    @display(description=_("bought from"), ordering="source__supplier__name")
    def where(self, need):
        return need.source.supplier.name if need.source else _t("nobody yet")


def _once(request) -> str:
    return f"needs:{request.user.pk}:{request.POST.get('once', '')[:40] or get_random_string(16)}"
