"""Deliveries in the back office: what can leave, what is packed, what is under way, and the papers for it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from accounts.back_office import Related, RoomAdmin, RoomInline, Verb, to_list, to_messages, to_record
from accounts.day_filter import BetweenDays
from accounts.documents import download
from billing import deliveries, documents, invoices
from billing.admin.documents import to_seals
from billing.carriers import CHOICES, page_of
from billing.deliveries.boards import columns
from billing.deliveries.origin import lots_of
from billing.documents import parcel_labels
from billing.models import Delivery, DeliveryLine, Invoice, InvoiceLine, Parcel
from billing.models.delivery import ON_THE_WAY_OUT
from inventory.lots_admin import trace_link
from laseros.core.templatetags.laseros import number
from production import serving

SHIP, PACK, LOTS = "billing.ship_delivery", "billing.pack_delivery", "inventory.view_lot"
STATE_COLOURS = {
    "draft": "info",
    "packed": "warning",
    "checked": "warning",
    "shipped": "info",
    "delivered": "success",
    "returned": "danger",
    "cancelled": "",
}
WAY = ("planned_on", "carrier", "tracking", "tracking_page")


class DeliveryLineInline(RoomInline):
    model = DeliveryLine
    fields = ("position", "description", "quantity", "ordered", "ready", "ticks")
    readonly_fields = ("ordered", "ready", "ticks")
    ordering_field = "position"
    hide_ordering_field = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("job_line", "delivery")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return (obj is None or obj.state == "draft") and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return (obj is None or obj.state == "draft") and super().has_delete_permission(request, obj)

    @display(description=_("ordered"))
    def ordered(self, line):
        return number(line.job_line.quantity)

    @display(description=_("made, not delivered"))
    def ready(self, line):
        return number(max(min(line.job_line.made_good, line.job_line.quantity) - line.job_line.delivered, 0))

    @display(description=_("ticked"))
    def ticks(self, line):
        ticked = [_t("packed")] if line.is_packed else []
        ticked += [_t("checked")] if line.is_checked else []
        return ", ".join(ticked) or "–"


class ParcelInline(RoomInline):
    model = Parcel
    fields = ("position", "weight_kg", "length_cm", "width_cm", "height_cm", "tracking")
    ordering_field = "position"
    hide_ordering_field = True

    def _open(self, obj) -> bool:
        return obj is None or obj.state in ON_THE_WAY_OUT

    def has_add_permission(self, request, obj=None):
        return self._open(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._open(obj) and super().has_delete_permission(request, obj)


class WayForm(forms.Form):
    """Who carries it, and where it is followed."""

    for_record = True
    carrier = forms.ChoiceField(label=_("Carrier"), choices=[("", "–"), *CHOICES], required=False)
    tracking = forms.CharField(label=_("Tracking number"), max_length=80, required=False)
    tracking_page = forms.URLField(label=_("Tracking link"), required=False, assume_scheme="https",
                                   help_text=_("Empty: made from the carrier and the number"))  # fmt: skip

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("carrier", "tracking", "tracking_page"):
            self.fields[name].initial = getattr(record, name)


class ShipForm(WayForm):
    shipped_on = forms.DateField(label=_("Left on"), widget=forms.DateInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["shipped_on"].initial = timezone.localdate


class ArriveForm(forms.Form):
    received_by = forms.CharField(label=_("Taken by"), max_length=120)
    at = forms.DateTimeField(label=_("When"), required=False, help_text=_("Empty: now"))
    picture = forms.FileField(
        label=_("Photograph or signature"), required=False, help_text=_("PNG or JPEG, as proof of delivery")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class AddressForm(forms.Form):
    for_record = True
    address = forms.ModelChoiceField(label=_("Address"), queryset=None)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["address"].queryset = record.client.addresses.all()


def _arrive(request, delivery, received_by, at, picture):
    shown = deliveries.picture_of(picture) if picture else None
    deliveries.arrive(delivery, request.user, received_by=received_by, at=at, picture=shown)


def _invoice(request, delivery):
    draft = invoices.draft_from(delivery.job, request.user, delivery=delivery)
    return reverse("admin:billing_invoice_change", args=[draft.pk])


def _can_be_invoiced(delivery) -> bool:
    return delivery.state in ("shipped", "delivered") and any(
        line.invoiced < line.quantity for line in delivery.lines.all()
    )


def _is(*states):
    return lambda delivery: delivery.state in states


def _floor(delivery) -> str:
    return reverse("deliveries:page", args=[delivery.pk])


def _lots_page(delivery) -> str:
    return reverse("admin:billing_delivery_lots", args=[delivery.pk])


def _billed_by(delivery):
    """The invoices its pieces stand on."""
    lines = InvoiceLine.objects.filter(delivery_line__delivery=delivery).order_by().values("invoice")
    rows = Invoice.objects.filter(pk__in=lines).exclude(state="cancelled")
    return rows.only("workspace", "number", "kind").order_by("id")


@admin.register(Delivery)
class DeliveryAdmin(RoomAdmin):
    list_display = ("number_shown", "client", "job_number", "state_shown", "pieces_shown", "carrier", "tracking_shown",
                    "planned_on", "shipped_on")  # fmt: skip
    list_display_links = ("number_shown",)
    list_select_related = ("client", "job")
    list_reads = ("number", "client", "client__code", "client__name", "job", "job__number", "state", "carrier",
                  "tracking", "tracking_page", "planned_on", "shipped_on")  # fmt: skip
    list_filter = ("state", "carrier", ("planned_on", BetweenDays), ("shipped_on", BetweenDays))
    list_filter_submit = True
    list_before_template = "admin/billing/delivery_ways.html"
    search_fields = ("number", "client__name", "client__code", "job__number", "tracking", "parcels__tracking")
    search_help_text = _("Number, client, job or tracking number")
    inlines = (DeliveryLineInline, ParcelInline)
    readonly_fields = ("number_shown", "standing", "client", "tracking_shown", "story")
    fieldsets = (
        (None, {"fields": (("number_shown", "standing"), ("client", "recipient"), ("address", "note"),
                           ("planned_on", "carrier"), ("tracking", "tracking_page"), "tracking_shown", "story")}),
    )  # fmt: skip
    export_fields = ("number", "client", "job", "state", "recipient", "address", "carrier", "tracking", "planned_on",
                     "shipped_on", "delivered_at", "received_by", "reason")  # fmt: skip
    empty_text = _("Deliveries are made from jobs: open a job with pieces made and press “Make a delivery”.")
    empty_icon = "local_shipping"
    verbs = (
        Verb("pack", _("Packed"), lambda request, delivery: deliveries.pack(delivery, request.user) and None,
             PACK, _is("draft"), primary=True, icon="inventory_2", done=_("It is packed and has its number."),
             confirm=_("Everything on it lies in its parcels. It gets its number, which stands on them.")),
        Verb("ship", _("Ship"),
             lambda request, delivery, **way: deliveries.ship(delivery, request.user, **way) and None, SHIP,
             _is("packed", "checked"), form=ShipForm, primary=True, icon="local_shipping",
             done=_("It is under way: counted on its job, and its note is kept as it is.")),
        Verb("arrive", _("It has arrived"), _arrive, SHIP, _is("shipped"), form=ArriveForm, primary=True,
             icon="done_all", done=_("It has arrived.")),
        Verb("invoice", _("Make an invoice"), _invoice, "billing.add_invoice", _can_be_invoiced, icon="receipt_long"),
        Verb("take-in", _("Take in what is ready"),
             lambda request, delivery: deliveries.take_in(delivery, request.user) and None,
             "billing.change_delivery", _is("draft"), icon="playlist_add",
             done=_("The draft has all that is made and not delivered.")),
        Verb("send-to", _("Another address"),
             lambda request, delivery, address: deliveries.send_to(delivery, address, request.user) and None,
             "billing.change_delivery", _is("draft"), form=AddressForm, icon="edit_location"),
        Verb("way", _("Carrier and tracking"),
             lambda request, delivery, **way: deliveries.change_way(delivery, request.user, **way) and None,
             "billing.change_delivery", _is("shipped", "delivered"), form=WayForm, icon="conversion_path"),
        Verb("unpack", _("Unpack"), lambda request, delivery: deliveries.unpack(delivery, request.user) and None,
             PACK, _is("packed", "checked"), icon="unarchive", done=_("It can be changed again and keeps its number.")),
        Verb("come-back", _("It came back"),
             lambda request, delivery, reason: deliveries.come_back(delivery, request.user, reason=reason) and None,
             SHIP, _is("shipped", "delivered"), form=ReasonForm, dangerous=True, icon="assignment_return",
             done=_("The goods are back: they can be delivered again.")),
        Verb("cancel", pgettext_lazy("delivery", "Cancel"),
             lambda request, delivery, reason: deliveries.cancel(delivery, request.user, reason=reason) and None,
             SHIP, _is("draft", "packed", "checked", "shipped"), form=ReasonForm, dangerous=True, icon="block",
             done=_("Cancelled. What it had counted and taken out of stock is given back.")),
    )  # fmt: skip

    change_form_outer_after_template = "admin/billing/delivery_after.html"

    class Media:
        css = {"all": ("css/billing.css",)}

    def has_add_permission(self, request):
        return False

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context["sets"] = deliveries.sets_of(list(obj.job.lines.all())) if obj.state in ON_THE_WAY_OUT else []
            context["lots_page"] = _lots_page(obj) if request.user.has_perm(LOTS) else ""
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def has_change_permission(self, request, obj=None):
        return (obj is None or obj.state in ON_THE_WAY_OUT) and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        """What stands on the parcels is fixed once they are packed."""
        fields = super().get_readonly_fields(request, obj)
        packed = obj is not None and obj.state != "draft"
        return (*fields, "recipient", "address", "note") if packed else fields

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        match = getattr(request, "resolver_match", None)
        if match is not None and "object_id" in match.kwargs:
            rows = rows.select_related("client", "job", "packed_by", "checked_by")
        return rows

    def list_brings(self):
        return (Prefetch("lines", DeliveryLine.objects.order_by().only("workspace", "delivery", "quantity")),)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "tracking_page":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        names = form.changed_data
        if not names:
            return
        if set(names) - set(WAY):
            deliveries.hold_draft(obj)
        obj.save(update_fields=names)
        self._record_change(request, obj, form)

    def save_formset(self, request, form, formset, change):
        formset.save(commit=False)
        changed = [*(record for record, _fields in formset.changed_objects), *formset.new_objects]
        if changed or formset.deleted_objects:
            verb = deliveries.change_lines if formset.model is DeliveryLine else deliveries.set_parcels
            verb(form.instance, changed, formset.deleted_objects, request.user)

    def get_urls(self):
        view, name = self.admin_site.admin_view, self.page_name
        return [
            path("board/", view(self.board_view), name=f"{name}_board"),
            path("<int:pk>/pdf/", view(self.pdf_view), name=f"{name}_pdf"),
            path("<int:pk>/labels/<slug:size>/", view(self.labels_view), name=f"{name}_labels"),
            path("<int:pk>/proof/", view(self.proof_view), name=f"{name}_proof"),
            path("<int:pk>/lots/", view(self.lots_view), name=f"{name}_lots"),
            *super().get_urls(),
        ]

    def board_view(self, request):
        """What can leave, what is packed, checked and under way: each delivery in the column of its state."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("To be delivered"),
            "opts": self.opts,
            "way": "board",
            "may_make": request.user.has_perm("billing.add_delivery"),
            **columns(),
        }
        return TemplateResponse(request, "admin/billing/delivery_board.html", context)

    def _seen(self, request, pk) -> Delivery:
        record = self.get_object(request, str(pk))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        return record

    def pdf_view(self, request, pk):
        """The note as it was kept; before it is shipped as it is now."""
        record = self._seen(request, pk)
        return download(HttpResponse(documents.note_of(record)), documents.file_name(record))

    def labels_view(self, request, pk, size):
        record = self._seen(request, pk)
        if size not in parcel_labels.SIZES:
            raise Http404
        return download(HttpResponse(parcel_labels.labels_pdf(record, size)), f"labels-{record.pk}.pdf")

    def proof_view(self, request, pk):
        record = self._seen(request, pk)
        if not record.proof:
            raise Http404
        return serving.photograph(record.proof)

    def lots_view(self, request, pk):
        """What it was made of, for the page that is there already: the walk back to the lots is a long one."""
        record = self._seen(request, pk)
        if not request.user.has_perm(LOTS):
            raise PermissionDenied
        return TemplateResponse(request, "admin/billing/delivery_lots.html", {"lots": lots_of(record)})

    def related_links(self, obj):
        page = f"admin:{self.page_name}"
        labels = [
            Related(f"{_t('Parcel labels')}: {size.label}", reverse(f"{page}_labels", args=[obj.pk, name]), "qr_code_2")
            for name, size in parcel_labels.SIZES.items()
            if obj.number
        ]
        proof = Related(_("Proof of delivery"), reverse(f"{page}_proof", args=[obj.pk]), "draw") if obj.proof else None
        follow = page_of(obj.carrier, obj.tracking, obj.tracking_page)
        return [
            Related(_("Pack and check"), _floor(obj), "smartphone", PACK) if obj.state in ON_THE_WAY_OUT else None,
            Related(_("Delivery note"), reverse(f"{page}_pdf", args=[obj.pk]), "picture_as_pdf"),
            *labels,
            proof,
            Related(_("Follow the parcel"), follow, "open_in_new") if follow else None,
            to_record(obj.client, icon="groups"),
            to_record(obj.job, icon="work"),
            *(to_record(row, icon="receipt_long") for row in _billed_by(obj)),
            to_list("billing.invoice", icon="receipt_long", job__id__exact=obj.job_id),
            trace_link(f"delivery:{obj.pk}"),
            to_messages(obj),
            *to_seals(obj),
        ]

    @display(description=_("number"), ordering="number")
    def number_shown(self, delivery):
        return delivery.number or _("draft")

    @display(description=_("job"), ordering="job__number")
    def job_number(self, delivery):
        return delivery.job.number

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_shown(self, delivery):
        return delivery.state, delivery.get_state_display()

    @display(description=_("state"))
    def standing(self, delivery):
        state = delivery.get_state_display()
        return f"{state}: {delivery.reason}" if delivery.reason else state

    @display(description=_("pieces"))
    def pieces_shown(self, delivery):
        return number(delivery.pieces)

    @display(description=_("tracking"), ordering="tracking")
    def tracking_shown(self, delivery):
        page = page_of(delivery.carrier, delivery.tracking, delivery.tracking_page)
        label = delivery.tracking or (_("Follow the parcel") if page else "–")
        if not page:
            return label
        return format_html('<a class="lo-link" href="{}" rel="noopener noreferrer" target="_blank">{}</a>', page, label)

    @display(description=_("what happened"))
    def story(self, delivery):
        return render_to_string("admin/billing/delivery_story.html", {"delivery": delivery})
