"""Materials, items and the ledger in the back office. Quantities change by booking, never by editing."""

from django import forms
from django.contrib import admin
from django.db.models import F
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.back_office import OnceForm, RoomAdmin, Verb, to_list, to_record
from accounts.day_filter import BetweenDays
from accounts.labelled import Labelled
from accounts.roles import SEE_MONEY
from inventory import ledger, lots_admin, places_admin, stock, trace
from inventory.counting import admin as counting_admin
from inventory.imports.admin import ImportDoor
from inventory.imports.admin import links as import_links
from inventory.items_admin import PictureForm, ReceiveForm, TransferForm, picture, receive, transfer
from inventory.lots_admin import swatch
from inventory.models import Item, Material, Move, Reservation
from inventory.models.item import HEX
from inventory.models.lot import IN_STOCK
from inventory.purchasing.admin import on_items
from inventory.reorder import admin as reorder_admin
from inventory.scanning import admin as scanning_admin
from inventory.value_admin import ValueDoors
from laseros.core.templatetags.laseros import money_filter, number

# They register themselves.
__all__ = ["counting_admin", "places_admin", "reorder_admin", "scanning_admin"]

POST = "inventory.post_move"
IN = (Move.Kind.PURCHASE, Move.Kind.RETURN, Move.Kind.OPENING, Move.Kind.ADJUSTMENT)
OUT = (Move.Kind.USAGE, Move.Kind.WASTE, Move.Kind.RETURN, Move.Kind.ADJUSTMENT)


def kinds(among):
    return [(kind.value, kind.label) for kind in among]


class BookingForm(OnceForm):
    for_record = True
    quantity = forms.DecimalField(label=_("quantity"), min_value=0, max_digits=14, decimal_places=3)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quantity"].help_text = _("In %(unit)s. On hand %(there)s, of it free %(free)s.") % {
            "unit": record.get_unit_display(),
            "there": number(record.on_hand),
            "free": number(record.available),
        }


class BookInForm(BookingForm):
    kind = forms.ChoiceField(label=_("why"), choices=lambda: kinds(IN))
    unit_cost = forms.DecimalField(
        label=_("cost per unit"), min_value=0, max_digits=16, decimal_places=4, required=False,
        help_text=_("Empty: the item's price"),
    )  # fmt: skip
    reason = forms.CharField(label=_("note"), max_length=200, required=False)


class BookOutForm(BookingForm):
    kind = forms.ChoiceField(label=_("why"), choices=lambda: kinds(OUT))
    reason = forms.CharField(label=_("note"), max_length=200, required=False)


class CountForm(BookingForm):
    seen = forms.DecimalField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("note"), max_length=200, required=False)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["quantity"].label = _("counted")
        self.fields["seen"].initial = record.on_hand


def book_in(request, item, *, once, quantity, kind, unit_cost, reason):
    key = f"hand:{item.pk}:{once}"
    stock.book(item, quantity, kind, key=key, by=request.user, reason=reason, unit_cost=unit_cost)


def book_out(request, item, *, once, quantity, kind, reason):
    stock.book(item, -quantity, kind, key=f"hand:{item.pk}:{once}", by=request.user, reason=reason)


def count(request, item, *, once, quantity, seen, reason):
    stock.count(item, quantity, seen=seen, key=f"hand:{item.pk}:{once}", by=request.user, reason=reason)


class StockFilter(admin.SimpleListFilter):
    title = _("stock")
    parameter_name = "stock"

    def lookups(self, request, model_admin):
        return [("low", _("Below minimum")), ("none", _("None left")), ("there", _("In stock"))]

    def queryset(self, request, queryset):
        match self.value():
            case "low":
                return queryset.filter(pk__in=stock.low().order_by().values("pk"))
            case "none":
                return queryset.filter(on_hand=0)
            case "there":
                return queryset.filter(on_hand__gt=0)
        return queryset


class ItemForm(forms.ModelForm):
    """A sheet without its size can neither be priced nor reserved: that is asked for here and not found out there."""

    colours_text = forms.CharField(
        label=_("all colours"), required=False, max_length=200,
        help_text=_("Of a spool in several colours: #d32f2f, #1d5fbf, …"),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "target" in self.fields:
            self.fields["target"].required = False
        if "colours_text" in self.fields:
            self.fields["colours_text"].initial = ", ".join(self.instance.colours or ())

    def clean_target(self):
        return self.cleaned_data["target"] or 0

    def clean_colours_text(self):
        words = self.cleaned_data["colours_text"].replace(",", " ").split()
        for word in words:
            HEX(word)
        if len(words) > 8:
            raise forms.ValidationError(_("Eight colours at most."))
        return words

    def clean(self):
        cleaned = super().clean()
        if "colours_text" in cleaned:
            self.instance.colours = cleaned["colours_text"]
        category = cleaned.get("category") or self.instance.category
        if category == Item.Category.SHEET:
            for name in ("material", "thickness_mm", "width_mm", "height_mm"):
                if name in self.fields and name not in self.errors and not cleaned.get(name):
                    self.add_error(name, _("A sheet needs this to be priced."))
        return cleaned


FILAMENT = (("brand", "diameter_mm"), ("colour", "swatches"), ("colour_hex", "colours_text"),
            ("density", "pack_size"), ("nozzle_min_c", "nozzle_max_c"), ("bed_min_c", "bed_max_c"))  # fmt: skip
KEEPING = (("minimum", "target"), ("price", "default_location"), "is_offered")


@admin.register(Item)
class ItemAdmin(ImportDoor, ValueDoors, Labelled, RoomAdmin):
    class Media:
        css = {"all": ("css/stock.css",)}

    label_kind = "item"
    form = ItemForm
    archivable = True
    list_display = ("code", "named", "category", "material", "there", "promised", "free", "at_least", "costs", "worth")
    list_display_links = ("code", "named")
    list_select_related = ("material",)
    list_filter = ("category", StockFilter, "material", "is_offered")
    search_fields = ("code", "name", "material__name", "material__code", "colour", "brand", "grade")
    search_help_text = _("Code, name, material, colour, brand or grade")
    money_fields = ("costs", "worth", "value", "last_value")
    readonly_fields = ("code", "on_hand_shown", "reserved_shown", "free_shown", "in_lots_shown", "swatches", "worth",
                       "barred_shown")  # fmt: skip
    fieldsets = (
        (None, {"fields": (("code", "name"), ("on_hand_shown", "free_shown"), ("reserved_shown", "in_lots_shown"),
                           ("barred_shown", "worth"), ("category", "unit"))}),
        (_("What it is"), {"fields": (("material", "grade"), ("thickness_mm", "grain"), ("width_mm", "height_mm"))}),
        (_("Filament"), {"classes": ("collapse",), "fields": FILAMENT}),
        (_("Keeping"), {"fields": KEEPING}),
    )  # fmt: skip
    add_fieldsets = (
        (None, {"fields": ("name", ("category", "unit"))}),
        (_("What it is"), {"fields": (("material", "grade"), ("thickness_mm", "grain"), ("width_mm", "height_mm"))}),
        (_("Filament"), {"classes": ("collapse",), "fields": FILAMENT}),
        (_("Keeping"), {"fields": KEEPING}),
    )  # fmt: skip
    change_form_outer_after_template = "admin/inventory/moves.html"
    empty_text = _(
        "Sheets, spools, gas, screws: everything you keep. An item gets its code from material and thickness."
    )
    empty_icon = "inventory_2"
    verbs = (
        Verb("book-in", _("Book in"), book_in, POST, lambda item: item.archived_at is None,
             form=BookInForm, done=_("Booked in."), primary=True, icon="add_box"),
        Verb("book-out", _("Book out"), book_out, POST, lambda item: item.archived_at is None and item.on_hand > 0,
             form=BookOutForm, done=_("Booked out."), icon="indeterminate_check_box"),
        Verb("receive", _("Take in a lot"), receive, POST, lambda item: item.archived_at is None,
             form=ReceiveForm, done=_("It has its number."), icon="qr_code_2_add"),
        Verb("transfer", _("Transfer"), transfer, POST, lambda item: item.loose > 0, form=TransferForm,
             done=_("Transferred."), icon="move_item"),
        Verb("count", _("Correct after counting"), count, POST, lambda item: item.archived_at is None,
             form=CountForm, done=_("Corrected."), icon="fact_check"),
        on_items.BUY,
        Verb("remnant", _("Keep a remnant"), lots_admin.keep, POST,
             lambda item: item.archived_at is None and item.category == Item.Category.SHEET and item.unit == "sheet",
             form=lots_admin.RemnantForm, done=_("On the rack."), icon="recycling"),
        Verb("picture", _("Picture"), picture, "inventory.change_item", lambda item: item.archived_at is None,
             form=PictureForm, done=_("The picture is there."), icon="add_a_photo"),
    )  # fmt: skip

    list_before_template = "admin/accounts/import_links.html"

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {**import_links(request, "items", "lots"), **(extra_context or {})})

    def create(self, request, obj):
        stock.register(obj, request.user)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change:
            stock.needs_changed(obj)

    def archive(self, request, obj):
        stock.archive(obj, request.user)
        stock.needs_changed(obj)

    def restore(self, request, obj):
        stock.restore(obj, request.user)

    def get_readonly_fields(self, request, obj=None):
        names = super().get_readonly_fields(request, obj)
        # Ten sheets do not become ten kilograms.
        return (*names, "unit") if obj is not None and obj.moves.exists() else names

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["moves"] = obj.moves.select_related("by", "location", "lot")[:12]
            context["reservations"] = obj.reservations.filter(state="active").select_related("lot")[:12]
            context["balances"] = (
                obj.balances.filter(quantity__gt=0).select_related("location").order_by("-quantity")[:30]
            )
            rows = obj.lots.filter(state__in=IN_STOCK).select_related("location", "workspace")
            context["lots"] = [(lot, lots_admin.gauge(lot), lots_admin.outline(lot) if lot.outline else "")
                               for lot in rows[:24]]  # fmt: skip
            context["shows_money"] = request.user.has_perm(SEE_MONEY)
            context |= on_items.shown(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        mine = {"item__id__exact": obj.pk}
        return [
            to_record(obj.material, icon="layers"),
            to_list("inventory.move", icon="swap_vert", **mine),
            to_list("inventory.reservation", icon="bookmark", **mine),
            to_list("inventory.lot", icon="category", **mine),
            to_list("inventory.purchaseorder", icon="shopping_cart", lines__item__id__exact=obj.pk),
            to_list("production.product", icon="deployed_code", **mine),
        ]

    @display(description=_("name"), ordering="name")
    def named(self, item):
        return format_html("{}{}", swatch(item), item.name)

    @display(description=_("colours"))
    def swatches(self, item):
        return swatch(item) or "–"

    @display(description=_("value"), ordering="value")
    def worth(self, item):
        return money_filter(item.value, item.workspace.currency)

    @display(description=_("of clients / quarantined"))
    def barred_shown(self, item):
        return f"{number(item.owned)} / {number(item.quarantined)}"

    @display(description=_("on hand"), ordering="on_hand")
    def there(self, item):
        return item.amount(item.on_hand)

    @display(description=_("reserved"), ordering="reserved")
    def promised(self, item):
        return number(item.reserved) if item.reserved else "–"

    @display(description=_("free"), label={"low": "danger", "fine": "success"})
    def free(self, item):
        return ("low" if item.available < item.minimum else "fine"), number(item.available)

    @display(description=_("minimum"), ordering="minimum")
    def at_least(self, item):
        return number(item.minimum) if item.minimum else "–"

    @display(description=_("price per unit"), ordering="price")
    def costs(self, item):
        return money_filter(item.price, item.workspace.currency)

    @display(description=_("on hand"))
    def on_hand_shown(self, item):
        return item.amount(item.on_hand)

    @display(description=_("reserved"))
    def reserved_shown(self, item):
        return number(item.reserved)

    @display(description=_("of it in lots"))
    def in_lots_shown(self, item):
        return number(item.in_lots)

    @display(description=_("free"))
    def free_shown(self, item):
        return number(item.available)


@admin.register(Material)
class MaterialAdmin(RoomAdmin):
    list_display = ("code", "name", "kind", "density")
    list_display_links = ("code", "name")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    fields = (("code", "name"), ("kind", "density_kg_m3"))
    empty_text = _(
        "What your items are made of: mild steel, aluminium, PLA. The density turns areas and grams into mass."
    )
    empty_icon = "layers"

    def related_links(self, obj):
        mine = {"material__id__exact": obj.pk}
        return [
            to_list("inventory.item", icon="inventory_2", **mine),
            to_list("production.cuttingparameter", icon="tune", **mine),
            to_list("production.product", icon="deployed_code", **mine),
        ]

    @display(description=_("density kg/m³"), ordering="density_kg_m3")
    def density(self, material):
        return number(material.density_kg_m3)


class Booked(RoomAdmin):
    """What the ledger wrote: read, searched and exported, never edited."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Move)
class MoveAdmin(Booked):
    list_display = ("at", "item", "kind", "change", "lot", "location", "costs", "worth", "reason", "by")
    list_select_related = ("item", "lot", "location", "by")
    list_reads = (
        "at", "kind", "quantity", "unit_cost", "value", "reason", "item", "item__code", "item__name", "item__unit",
        "lot", "lot__code", "lot__rectangle", "location", "location__path", "location__name",
        "by", "by__name", "by__email",
    )  # fmt: skip
    list_filter = ("kind", ("at", BetweenDays))
    list_filter_submit = True
    search_fields = ("item__code", "item__name", "reason", "lot__code")
    search_help_text = _("Item, lot or reason")
    paginator = InfinitePaginator
    money_fields = ("costs", "worth", "unit_cost", "value")
    fields = (("at", "kind"), ("item", "lot"), ("quantity", "location"), ("costs", "worth"), "reason", "by")
    readonly_fields = ("at", "kind", "item", "lot", "location", "quantity", "costs", "worth", "reason", "by")
    export_fields = ("at", "item", "kind", "quantity", "lot", "location", "unit_cost", "value", "reason", "by")
    empty_text = _("Every quantity that comes or goes is one line here.")
    empty_icon = "swap_vert"

    def related_links(self, obj):
        return [
            to_record(obj.item, icon="inventory_2"),
            to_record(obj.lot, icon="category"),
            lots_admin.trace_link(obj.source) if trace.knows(obj.source) else None,
        ]

    @display(description=_("value"), ordering="value")
    def worth(self, move):
        return money_filter(move.value, move.workspace.currency) if move.value else "–"

    @display(description=_("quantity"), ordering="quantity", label={"in": "success", "out": "warning"})
    def change(self, move):
        sign = "+" if move.quantity > 0 else "−"
        return ("in" if move.quantity > 0 else "out"), f"{sign}{move.item.amount(abs(move.quantity))}"

    @display(description=_("unit cost"), ordering="unit_cost")
    def costs(self, move):
        return money_filter(move.unit_cost, move.workspace.currency)


class WaitingFilter(admin.SimpleListFilter):
    title = _("waits for stock")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [("yes", _("Waits for stock"))]

    def queryset(self, request, queryset):
        short = F("quantity") - F("used")
        return queryset.filter(state="active", held__lt=short) if self.value() == "yes" else queryset


@admin.register(Reservation)
class ReservationAdmin(Booked):
    list_display = ("created_at", "item", "amount", "left", "waits", "label", "due_on", "state_shown")
    list_select_related = ("item",)
    list_reads = ("created_at", "item", "item__code", "item__name", "item__unit", "quantity", "used", "held", "label",
                  "due_on", "state")  # fmt: skip
    list_filter = ("state", WaitingFilter)
    search_fields = ("item__code", "item__name", "label")
    search_help_text = _("Item, job or what it is for")
    fields = (("created_at", "state"), ("item", "lot"), ("amount", "left"), ("priority", "due_on"), "label", "despite")
    readonly_fields = ("created_at", "state", "item", "lot", "amount", "left", "priority", "due_on", "label", "despite")
    export_fields = ("created_at", "item", "quantity", "used", "held", "label", "due_on", "despite", "state")
    empty_text = _("Material promised to jobs appears here until it is used or given back.")
    empty_icon = "bookmark"
    verbs = (
        Verb("release", _("Release"), lambda request, promise: ledger.release(promise, request.user), POST,
             lambda promise: promise.state == "active", dangerous=True, icon="bookmark_remove", done=_("Released."),
             confirm=_("The material is free for others; the job it was for may find none.")),
    )  # fmt: skip

    def related_links(self, obj):
        return [to_record(obj.item, icon="inventory_2"), to_list("production.operation", reservation__id__exact=obj.pk)]

    @display(description=_("quantity"), ordering="quantity")
    def amount(self, promise):
        return promise.item.amount(promise.quantity)

    @display(description=_("still reserved"))
    def left(self, promise):
        return number(promise.open_quantity)

    @display(description=_("waits for"), label={"waits": "warning"})
    def waits(self, promise):
        return ("waits", number(promise.waiting)) if promise.waiting else ("", "–")

    @display(description=_("state"), ordering="state", label={"active": "info", "used": "success", "released": ""})
    def state_shown(self, promise):
        return promise.state, promise.get_state_display()
