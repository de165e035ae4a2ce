"""Lots in the back office: what is left of each, where it lies, what it is worth, and what became of it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import OnceForm, Related, RoomAdmin, Verb, to_list, to_record
from accounts.labelled import Labelled
from inventory import lots, trace
from inventory.imports.admin import links as import_links
from inventory.lots.grams import grams_of
from inventory.models import Item, Location, Lot
from inventory.models.lot import IN_STOCK
from laseros.core.errors import Refused
from laseros.core.stored import opened
from laseros.core.templatetags.laseros import day, money_filter, number

__all__ = ["POST", "LotAdmin", "RemnantForm", "keep", "swatch"]

POST = "inventory.post_move"
COLOURS = {"free": "success", "reserved": "info", "quarantined": "warning", "used": "", "scrapped": "danger"}
HELD = ("free", "quarantined")  # in stock and promised whole to nobody
OPENED = (Lot.Kind.SPOOL, Lot.Kind.BATCH)
LARGEST_MM = 20_000


class RemnantForm(OnceForm):
    """A rectangle somebody found or measured."""

    width = forms.DecimalField(label=_("width mm"), min_value=1, max_value=LARGEST_MM, decimal_places=1)
    height = forms.DecimalField(label=_("height mm"), min_value=1, max_value=LARGEST_MM, decimal_places=1)
    place = forms.CharField(label=_("place"), max_length=60, required=False)
    booked = forms.BooleanField(
        label=_("the stock still counts it"), required=False,
        help_text=_("Ticked: it is a part of the sheets on hand. Otherwise its share is booked in."),
    )  # fmt: skip


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=120, required=False)


class MustSayWhyForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=120)


class PlaceField(forms.ModelChoiceField):
    def __init__(self, **options):
        super().__init__(Location.objects.none(), **options)


class PlacesForm(OnceForm):
    """Its choices of places are those of the business that is open."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PlaceField):
                field.queryset = Location.objects.filter(archived_at=None)


class LotForm(PlacesForm):
    for_record = True

    def __init__(self, *args, record: Lot, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = record
        if "quantity" in self.fields:
            self.fields["quantity"].help_text = _("In %(unit)s. In it: %(there)s.") % {
                "unit": record.item.get_unit_display(), "there": number(record.quantity),
            }  # fmt: skip


class MoveForm(LotForm):
    location = PlaceField(label=_("location"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = self.fields["location"].queryset.exclude(pk=self.record.location_id)


class SplitForm(LotForm):
    quantity = forms.DecimalField(label=_("quantity"), min_value=0, max_digits=14, decimal_places=3)
    location = PlaceField(label=_("location"), required=False, help_text=_("Empty: where the rest lies"))


class WeighForm(LotForm):
    gross_g = forms.DecimalField(label=_("on the scales, g"), min_value=0, max_digits=9, decimal_places=1)
    tare_g = forms.DecimalField(label=_("empty spool g"), min_value=0, max_digits=9, decimal_places=1, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["gross_g"].widget.attrs["autofocus"] = True
        self.fields["tare_g"].initial = self.record.tare_g


class MergeForm(LotForm):
    others = forms.ModelMultipleChoiceField(
        Lot.objects.none(), label=_("put into it"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["others"].queryset = lots.like(self.record)


def keep(request, item: Item, *, once, width, height, place, booked) -> str:
    width, height = float(width), float(height)
    outline = [[0, 0], [width, 0], [width, height], [0, height]]
    lot = lots.keep(
        item, outline=outline, rectangle=[0, 0, width, height], place=place, booked=booked,
        key=f"hand:{item.pk}:{once}", by=request.user,
    )  # fmt: skip
    return reverse("admin:inventory_lot_change", args=[lot.pk])


def _key(lot, once) -> str:
    return f"hand:lot:{lot.pk}:{once}"


def open_it(request, lot):
    lots.open(lot, by=request.user)


def dry(request, lot):
    lots.dry(lot, by=request.user)


def move(request, lot, *, once, location):
    lots.move(lot, location, key=_key(lot, once), by=request.user)


def split(request, lot, *, once, quantity, location) -> str:
    part = lots.split(lot, quantity, location=location, key=_key(lot, once), by=request.user)
    return reverse("admin:inventory_lot_change", args=[part.pk])


def merge(request, lot, *, once, others):
    lots.merge([lot, *others], key=_key(lot, once), by=request.user)


def weigh(request, lot, *, once, gross_g, tare_g):
    lots.weigh(lot, gross_g, tare_g=tare_g, key=_key(lot, once), by=request.user)


def use_up(request, lot, *, once):
    lots.use_up(lot, key=_key(lot, once), by=request.user)


def swatch(item: Item) -> str:
    """Every colour of an item as small fields, for what stands before its name; empty without any."""
    return format_html(
        '<span class="lo-swatches" aria-hidden="true">{}</span>',
        format_html_join("", '<span style="background:{}"></span>', ((colour,) for colour in item.swatches)),
    ) if item.swatches else ""  # fmt: skip


def gauge(lot: Lot) -> str:
    """What is left of a lot as a bar with its share in words."""
    tone = "low" if lot.percent < 20 else "fine"
    return format_html(
        '<span class="lo-gauge lo-gauge-{}"><span class="lo-gauge-bar"><span style="width:{}%"></span></span>'
        "<span>{} %</span></span>",
        tone, lot.percent, lot.percent,
    )  # fmt: skip


def outline(lot: Lot) -> str:
    if not lot.outline:
        return "–"
    points = [(float(x), float(y)) for x, y in lot.outline]
    width, height = (max(point[axis] for point in points) for axis in (0, 1))
    corners = " ".join(f"{x:.1f},{height - y:.1f}" for x, y in points)
    return format_html(
        '<svg class="lo-thumb" role="img" aria-label="{}" viewBox="0 0 {} {}"><polygon points="{}" fill="#e8f1e9"'
        ' stroke="#2e7d32" stroke-width="2" vector-effect="non-scaling-stroke"/></svg>',
        lot.size, f"{width:.0f}", f"{height:.0f}", corners,
    )  # fmt: skip


class OwnerFilter(admin.SimpleListFilter):
    title = _("belongs to")
    parameter_name = "owner"

    def lookups(self, request, model_admin):
        return [("us", _("Us")), ("clients", _("Clients"))]

    def queryset(self, request, queryset):
        match self.value():
            case "us":
                return queryset.filter(owner_key="")
            case "clients":
                return queryset.exclude(owner_key="")
        return queryset


class ThereFilter(admin.SimpleListFilter):
    """What is used up is out of the way until it is asked for."""

    title = _("in stock")
    parameter_name = "there"

    def lookups(self, request, model_admin):
        return [("gone", _("Used up")), ("all", _("Both"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": _("In stock")}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "all" or "state__exact" in request.GET:
            return queryset
        return queryset.exclude(state__in=IN_STOCK) if self.value() == "gone" else queryset.filter(state__in=IN_STOCK)


@admin.register(Lot)
class LotAdmin(Labelled, RoomAdmin):
    label_kind = "lot"
    list_display = ("code", "kind", "what", "left", "size_shown", "location", "heat", "state_shown", "opened", "costs")
    list_display_links = ("code",)
    list_select_related = ("item__material", "location")
    list_filter = (ThereFilter, "kind", "state", "item__material", "location", OwnerFilter)
    search_fields = ("code", "item__code", "item__name", "heat", "place", "note", "reserved_for", "owner_label",
                     "supplier_text")  # fmt: skip
    search_help_text = _("Code, item, heat number, place, client or nest")
    money_fields = ("costs", "unit_cost")
    fieldsets = (
        (None, {"fields": (("code", "state_word"), ("item", "picture"), ("left_shown", "size_shown"),
                           ("location", "place"), ("reserved_shown", "owner_label"), ("costs", "unit_cost"))}),
        (_("Where it is from"), {"fields": (("supplier_text", "heat"), ("certificate_link", "parent"),
                                            ("gross_g", "tare_g"))}),
        (_("What happened to it"), {"fields": (("created_at", "opened_at"), ("dried_at", "gone_at"), "quarantine_why",
                                               "note")}),
    )  # fmt: skip
    readonly_fields = ("code", "state_word", "item", "picture", "left_shown", "size_shown", "location", "costs",
                       "unit_cost", "reserved_shown", "owner_label", "certificate_link", "gross_g", "parent",
                       "created_at", "opened_at", "dried_at", "gone_at", "quarantine_why")  # fmt: skip
    list_before_template = "admin/accounts/import_links.html"
    change_form_outer_after_template = "admin/inventory/lot.html"
    empty_text = _(
        "Spools, sheets with a heat number, batches, and what is left of a sheet: each has a code, a place and a story."
        " They come with goods received, or open an item and take one in."
    )
    empty_icon = "category"
    verbs = (
        Verb("weigh", _("Weigh"), weigh, POST, lambda lot: _weighs(lot), form=WeighForm, primary=True, icon="scale",
             done=_("Weighed.")),
        Verb("open", _("Open"), open_it, POST,
             lambda lot: lot.state in IN_STOCK and lot.opened_at is None and lot.kind in OPENED,
             icon="package_2", done=_("Opened: it is used first.")),
        Verb("dry", _("Dried"), dry, POST,
             lambda lot: lot.state in IN_STOCK and lot.kind == Lot.Kind.SPOOL, icon="dry", done=_("Noted.")),
        Verb("move", _("Move"), move, POST, lambda lot: lot.state in IN_STOCK, form=MoveForm, icon="move_item",
             done=_("Moved.")),
        Verb("split", _("Split"), split, POST, lambda lot: lot.state in HELD and lot.tells_amounts, form=SplitForm,
             icon="call_split", done=_("This is the new one.")),
        Verb("merge", _("Put together"), merge, POST, lambda lot: lot.state in HELD and lot.tells_amounts,
             form=MergeForm, icon="call_merge", done=_("Put together.")),
        Verb("quarantine", _("Quarantine"), lambda request, lot, why: lots.quarantine(lot, why, request.user), POST,
             lambda lot: lot.state in ("free", "reserved"), form=MustSayWhyForm, icon="block",
             confirm=_("Nothing is made of it until it is released. Promises that need it give way."),
             done=_("In quarantine.")),
        Verb("clear", _("Release from quarantine"), lambda request, lot: lots.release_quarantine(lot, request.user),
             POST, lambda lot: lot.state == "quarantined", icon="check_circle", done=_("It may be used again.")),
        Verb("release", _("Release"), lambda request, lot: lots.release(lot, request.user), POST,
             lambda lot: lot.state == "reserved", icon="bookmark_remove", done=_("Released."),
             confirm=_("The nest it is reserved for may find another one on the rack.")),
        Verb("use-up", _("Used up"), use_up, POST, lambda lot: lot.state == "free" and lot.tells_amounts,
             form=OnceForm, icon="remove_done", confirm=_("What is left of it is booked as used."), done=_("Used up.")),
        Verb("scrap", _("Scrap"), lambda request, lot, why: lots.scrap(lot, request.user, why=why), POST,
             lambda lot: lot.state in HELD, form=WhyForm, dangerous=True, icon="delete",
             confirm=_("What is left of it is booked out as waste."), done=_("Scrapped.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/stock.css",)}

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {**import_links(request, "lots", "spoolman"), **(extra_context or {})})

    def get_export_fields(self, request):
        names = ("code", "kind", "item", "quantity", "initial", "unit_cost", "area_mm2", "location", "place",
                 "supplier_text", "heat", "owner_label", "note", "state", "reserved_for", "opened_at", "created_at",
                 "gone_at")  # fmt: skip
        return list(self._without_money(request, list(names)))

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("trace/", view(self.trace_view), name="inventory_lot_trace"),
            path("<int:pk>/certificate/", view(self.certificate_view), name="inventory_lot_certificate"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request):
        return False  # received, kept from a run, or from its item by the button there

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["lot"] = obj
            context["moves"] = obj.moves.select_related("by", "location")[:20]
            context["weighings"] = obj.weighings.select_related("by")[:10]
            context["reservations"] = obj.reservations.filter(state="active")[:12]
            context["parts"] = obj.parts.order_by("pk")[:12]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def related_links(self, obj):
        return [
            to_record(obj.item, icon="inventory_2"),
            trace_link(f"lot:{obj.pk}"),
            to_list("inventory.move", icon="swap_vert", lot__id__exact=obj.pk),
            to_record(obj.parent, _("Taken from"), icon="call_split"),
        ]

    def trace_view(self, request):
        """Everything before and after one thing: ?of=lot:5."""
        name = request.GET.get("of", "")
        if not trace.knows(name):
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        thing, before, after = trace.around(name)
        if thing is None or not request.user.has_perm(thing.permission):
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Trace"),
            "subtitle": thing.label,
            "opts": self.opts,
            "thing": thing,
            "before": [_visible(request, step) for step in reversed(before)],
            "after": [_visible(request, step) for step in after],
        }
        return TemplateResponse(request, "admin/inventory/trace.html", context)

    def certificate_view(self, request, pk):
        lot = self.get_object(request, str(pk))
        if lot is None or not lot.certificate:
            raise Http404
        return download(request, lot.certificate, lot.code)

    @display(description=_("item"), ordering="item__code")
    def what(self, lot):
        return format_html("{}{}", swatch(lot.item), lot.item)

    @display(description=_("left"), ordering="quantity")
    def left(self, lot):
        amount = lot.item.amount(lot.quantity)
        return format_html("{} {}", amount, gauge(lot)) if lot.kind == Lot.Kind.SPOOL else amount

    @display(description=_("left"))
    def left_shown(self, lot):
        words = [lot.item.amount(lot.quantity)]
        try:
            grams = lot.quantity * grams_of(lot.item)
            if lot.item.unit != Item.Unit.GRAM:
                words.append(f"{number(round(grams))} g")
            if lot.item.unit != Item.Unit.METRE and lot.item.grams_per_metre:
                words.append(f"{number(round(grams / lot.item.grams_per_metre))} m")
        except Refused:
            pass  # not kept by weight
        return format_html("{} {}", " · ".join(words), gauge(lot))

    @display(description=_("usable size"), ordering="area_mm2")
    def size_shown(self, lot):
        return lot.size or "–"

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_shown(self, lot):
        return lot.state, lot.get_state_display()

    @display(description=_("state"))
    def state_word(self, lot):
        return lot.get_state_display()

    @display(description=_("opened"), ordering="opened_at")
    def opened(self, lot):
        return day(lot.opened_at) if lot.opened_at else ""

    @display(description=_("reserved"))
    def reserved_shown(self, lot):
        return lot.reserved_for or (number(lot.reserved) if lot.reserved else "–")

    @display(description=_("worth"), ordering="unit_cost")
    def costs(self, lot):
        return money_filter(lot.cost, lot.workspace.currency)

    @display(description=_("shape"))
    def picture(self, lot):
        return outline(lot)

    @display(description=_("certificate"))
    def certificate_link(self, lot):
        if not lot.certificate:
            return "–"
        where = reverse("admin:inventory_lot_certificate", args=[lot.pk])
        return format_html('<a href="{}">{}</a>', where, _t("Download"))


def _weighs(lot: Lot) -> bool:
    return (
        lot.kind in (Lot.Kind.SPOOL, Lot.Kind.BATCH) and lot.state != "scrapped" and lot.item.unit in ("g", "kg", "m")
    )


def _visible(request, step: list) -> list:
    return [(thing, request.user.has_perm(thing.permission)) for thing in step]


def trace_link(name: str) -> Related:
    return Related(_t("Trace"), f"{reverse('admin:inventory_lot_trace')}?of={name}", "timeline", "inventory.view_lot")


def download(request, file, name: str):
    """A stored file to take away, never shown as a page of ours."""
    ending = file.name.rpartition(".")[2].lower()[:8]
    response = FileResponse(opened(file), as_attachment=True, filename=f"{name}.{ending}",
                            content_type="application/octet-stream")  # fmt: skip
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
