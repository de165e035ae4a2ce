"""Products in the back office: what they are made of and how, through all levels, and what that can be built from."""

from django import forms
from django.contrib import admin
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.back_office import RoomAdmin, RoomInline, Verb, to_list, to_record
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import money_filter
from production import parts, products, recipes
from production.admin.badges import thumbnail
from production.admin.drawing import DesignFileAdmin
from production.admin.quality import ProductCheckInline
from production.models import Component, Product, ProductPicture, Step
from production.quality import planning

CHANGE = "production.change_product"
MOST_SHOWN = 60  # rows of a tree on one page


class RevisionForm(forms.Form):
    upload = forms.FileField(label=_("Drawing"))
    note = forms.CharField(label=_("What changed"), max_length=200, required=False)


class PictureForm(forms.Form):
    upload = forms.FileField(label=_("Picture"), help_text=_("PNG or JPEG"))
    caption = forms.CharField(label=_("Caption"), max_length=120, required=False)


class MakeForm(forms.Form):
    """Two clicks from a drawing: what it is made from is proposed by the part that was asked for."""

    for_record = True
    name = forms.CharField(label=_("Name"), max_length=160)
    item = forms.ModelChoiceField(None, label=_("Made from"))

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        line = record.enquiry_lines.exclude(item=None).first()
        self.fields["item"].queryset = parts.materials()
        self.fields["item"].initial = line.item_id if line else None
        self.fields["name"].initial = line.description if line else record.name.rpartition(".")[0]


def _make(request, row, name, item):
    product = products.make_from(row, request.user, item=item, name=name)
    return reverse("admin:production_product_change", args=[product.pk])


DesignFileAdmin.verbs = (
    *DesignFileAdmin.verbs,
    Verb("product", _("Make a product"), _make, "production.add_product", lambda row: row.state == "measured",
         form=MakeForm, icon="deployed_code"),
)  # fmt: skip


class _Rows(RoomInline):
    """Rows in an order of their own: dragged, moved by their buttons, or numbered."""

    ordering_field = "position"

    def get_formset(self, request, obj=None, **kwargs):
        """Choices are asked for once, not once for each row of the table."""
        formset = super().get_formset(request, obj, **kwargs)
        for name, rows in self.choices_of(obj).items():
            field = formset.form.base_fields.get(name)
            if field is not None:
                field.choices = [("", "–"), *((row.pk, str(row)) for row in rows)]
                getattr(field.widget, "widget", field.widget).attrs["aria-label"] = field.label
        return formset

    def choices_of(self, product) -> dict:
        return {}


class ComponentInline(_Rows):
    model = Component
    fk_name = "product"
    verbose_name, verbose_name_plural = _("component"), _("components")
    fields = ("position", "item", "part", "amount", "measure", "waste_percent")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("item", "part")

    def choices_of(self, product):
        used = product.components.all() if product else Component.objects.none()
        items = Item.objects.filter(archived_at=None) | Item.objects.filter(pk__in=used.values("item"))
        parts = Product.objects.filter(archived_at=None) | Product.objects.filter(pk__in=used.values("part"))
        parts = parts.exclude(pk=product.pk) if product else parts
        return {"item": items.order_by("category", "code"), "part": parts.order_by("sku")}


class StepInline(_Rows):
    model = Step
    fields = ("position", "name", "kind", "seconds", "starts")


@admin.register(Product)
class ProductAdmin(RoomAdmin):
    archivable = True
    costs_of = None  # billing adds what it costs: costs_of(request, product, tree) -> context of its template
    list_display = (
        "drawing",
        "sku",
        "name",
        "revision",
        "material",
        "thickness_mm",
        "item",
        "price_shown",
        "created_at",
    )
    list_display_links = ("sku", "name")
    list_select_related = ("material", "item", "design_file")
    list_filter = ("material",)
    search_fields = ("sku", "name", "material__name", "material__code")
    search_help_text = _("SKU, name or material")
    money_fields = ("price", "price_shown")
    autocomplete_fields = ("item", "design_file")
    readonly_fields = ("sku", "drawing", "revision")
    inlines = (ComponentInline, StepInline, ProductCheckInline)
    fieldsets = (
        (None, {"fields": (("sku", "name"), ("material", "thickness_mm"), ("item", "revision"))}),
        (_("Making and selling"), {"fields": (("grams_each", "minutes_each"), "price")}),
    )
    add_fieldsets = (
        (None, {"fields": ("name", ("material", "thickness_mm"), ("item", "design_file"))}),
        (_("Making and selling"), {"fields": (("grams_each", "minutes_each"), "price")}),
    )
    change_form_outer_after_template = "admin/production/product.html"
    empty_text = _("What you make again and again. Quickest from a drawing: open it and press “Make a product”.")
    empty_icon = "deployed_code"
    verbs = (
        Verb("revise", _("New revision"),
             lambda request, product, upload, note: products.revise_by(
                 product, upload, request.user, note=note) and None,
             CHANGE, lambda product: product.archived_at is None, form=RevisionForm, icon="upload_file",
             done=_("From now on it is made by the new drawing. Jobs opened before keep theirs.")),
        Verb("picture", _("Add a picture"), lambda request, product, upload, caption: products.add_picture(
             product, upload, request.user, caption=caption) and None,
             CHANGE, form=PictureForm, icon="add_a_photo", done=_("The picture is there.")),
    )  # fmt: skip

    class Media:
        css = {"all": ("css/production_admin.css", "css/products.css")}

    def create(self, request, obj):
        products.register(obj, request.user)

    def save_related(self, request, form, formsets, change):
        """The recipe is stored whole or not at all: what it may not be is said in the form, with what was typed."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            recipes.check(form.instance)
            planning.check_steps(form.instance)

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None else ()

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context |= self._recipe(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _recipe(self, request, product) -> dict:
        found = {
            "product": product,
            "pictures": list(product.pictures.all()),
            "revisions": list(product.revisions.select_related("design_file", "by")),
            "where_used": [row.product for row in product.used_in.select_related("product").order_by("product__sku")],
        }
        try:
            tree = recipes.tree(product)
            count, limits = recipes.can_build(tree)
        except Refused as refusal:
            return {**found, "recipe_problem": refusal.reason}
        places = list(tree.walk())
        found |= {
            "can_build": count,
            "limits": limits,
            "needs": sorted(recipes.needs(tree).items(), key=lambda row: row[0].code),
            "places": places[1 : MOST_SHOWN + 1],
            "more_places": max(len(places) - 1 - MOST_SHOWN, 0),
        }
        if type(self).costs_of is not None:
            found |= type(self).costs_of(request, product, tree) or {}
        return found

    def related_links(self, obj):
        return [
            to_record(obj.design_file, icon="architecture"),
            to_record(obj.item, icon="inventory_2"),
            to_list("production.job", _("Jobs"), icon="work", lines__product__id__exact=obj.pk),
        ]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/pictures/<int:picture>/", view(self.photo_view), name="production_product_photo"),
            *super().get_urls(),
        ]

    def photo_view(self, request, pk, picture):
        product = self.get_object(request, str(pk))
        row = ProductPicture.objects.filter(product=pk, pk=picture).first() if product is not None else None
        if row is None or not self.has_view_or_change_permission(request, product):
            raise Http404
        with row.content.open("rb") as stored:
            response = HttpResponse(stored.read(), content_type="image/png")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, max-age=300"
        return response

    @display(description=_("drawing"))
    def drawing(self, product):
        if product.design_file is None or product.design_file.state != "measured":
            return "–"
        return thumbnail(reverse("admin:production_designfile_picture", args=[product.design_file_id]), product.name)

    @display(description=_("price"), ordering="price")
    def price_shown(self, product):
        return money_filter(product.price, product.workspace.currency) or "–"
