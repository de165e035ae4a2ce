"""Taking goods in: every open line of an order on one page, filled by hand or by scanner, stored in one press."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import FileExtensionValidator
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.back_office import OnceForm
from accounts.forms import bounded, dress, take_refusal
from accounts.roles import SEE_MONEY
from accounts.typed_numbers import plain, typed, written
from inventory.models import Item, Location, PurchaseLine, SupplierItem
from inventory.models.purchase import EXPECTED
from inventory.purchasing import receiving
from inventory.purchasing.receiving import Arrival
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import number

RECEIVE = "inventory.receive_purchaseorder"
LARGEST_CERTIFICATE = 10 * 1024 * 1024
CERTIFICATES = ("pdf", "png", "jpg", "jpeg")


class ArrivedForm(OnceForm):
    received_on = forms.DateField(label=_("Received on"), widget=forms.DateInput)
    delivery_note = forms.CharField(label=_("Delivery note"), max_length=60, required=False)
    location = forms.ModelChoiceField(
        queryset=None, label=_("Goes to"), required=False, empty_label=_("the usual place of each")
    )
    take_prices = forms.BooleanField(
        label=_("The items cost this from now on"), required=False,
        help_text=_("Ticked: what was paid here becomes the items' price, which your own prices are made of."),
    )  # fmt: skip

    def __init__(self, *args, sees_money: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = timezone.localdate
        self.fields["location"].queryset = Location.objects.filter(archived_at=None)
        if not sees_money:
            del self.fields["take_prices"]

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("That day is still to come."))
        return day


HALF = Decimal("0.5")


class RowForm(forms.Form):
    """One line: how many packs came well, how many did not, at what price, under which heat number."""

    good = forms.DecimalField(label=_("Came"), min_value=0, max_digits=12, decimal_places=3, required=False)
    bad = forms.DecimalField(label=_("Wrong or damaged"), min_value=0, max_digits=12, decimal_places=3, required=False)
    pack_price = forms.DecimalField(
        label=_("Price per pack"), min_value=0, max_digits=16, decimal_places=4, required=False
    )
    heat = forms.CharField(label=_("Heat or batch number"), max_length=60, required=False)
    certificate = forms.FileField(
        label=_("Certificate"), required=False, validators=[FileExtensionValidator(CERTIFICATES)],
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip
    reason = forms.CharField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, *args, line: PurchaseLine, sees_money: bool, **kwargs):
        super().__init__(*args, prefix=f"line-{line.pk}", **kwargs)
        self.line = line
        for field in self.fields.values():
            typed(field)
        left = line.outstanding / line.pack_size
        self.fields["good"].widget.attrs |= {
            "placeholder": number(left), "data-left": written(left.normalize()), "data-point": written(HALF)[1],
        }  # fmt: skip
        if sees_money:
            self.fields["pack_price"].widget.attrs["placeholder"] = number(line.unit_price)
        else:
            del self.fields["pack_price"]
        if line.item.category in (Item.Category.GAS, Item.Category.TOOL):
            del self.fields["certificate"]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {line.item}"

    def clean_certificate(self):
        file = self.cleaned_data.get("certificate")
        if file and file.size > LARGEST_CERTIFICATE:
            raise forms.ValidationError(_("A certificate may have 10 MB at most."))
        return file

    def arrival(self, location) -> Arrival:
        data = self.cleaned_data
        return Arrival(
            line=self.line,
            good=(data["good"] or Decimal(0)) * self.line.pack_size,
            bad=(data["bad"] or Decimal(0)) * self.line.pack_size,
            pack_price=data.get("pack_price"),
            heat=data["heat"],
            certificate=data.get("certificate"),
            reason=data["reason"],
            location=location,
        )


class ReceiveDoor:
    """`<pk>/receive/` beside the pages of purchase orders."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.receive_view)
        return [path("<int:pk>/receive/", view, name=f"{self.page_name}_receive"), *super().get_urls()]

    def receive_view(self, request, pk):
        """GET shows what is still to come; POST takes it in, or with `scan` counts one pack of what was scanned."""
        order = self.get_object(request, str(pk))
        if order is None:
            raise Http404
        if not request.user.has_perm(RECEIVE):
            raise PermissionDenied
        page = reverse("admin:inventory_purchaseorder_change", args=[pk])
        posted = request.method == "POST"
        if not posted and order.state not in EXPECTED:
            messages.warning(request, _t("There is nothing to receive for this order."))
            return redirect(page)
        sees_money = request.user.has_perm(SEE_MONEY)
        scanned, data = "", None
        if posted:
            data = request.POST.copy()
            if "scan" in data:
                scanned = self._scan(request, order, data)
        lines = order.lines.select_related("item", "supplier_item")
        head = bounded(ArrivedForm(data, sees_money=sees_money))
        rows = [RowForm(data, request.FILES or None, line=line, sees_money=sees_money) for line in lines]
        status = 200
        if posted and "scan" not in data and all([head.is_valid(), *(row.is_valid() for row in rows)]):
            try:
                return self._take_in(request, order, head, rows)
            except Refused as refusal:
                wrong = next((row for row in rows if row.line.pk == refusal.details.get("line")), None)
                if wrong is not None:
                    wrong.add_error("reason", str(refusal.reason))
                else:
                    take_refusal(head, refusal)
                status = 409
        context = {
            **self.admin_site.each_context(request),
            "title": _t("Receive goods"),
            "subtitle": str(order),
            "opts": self.opts,
            "original": order,
            "form": dress(head),
            "rows": [{"line": row.line, "form": dress(row), "codes": codes_of(row.line)} for row in rows],
            "scanned": scanned,
            "sees_money": sees_money,
            "back": page,
        }
        return TemplateResponse(request, "admin/inventory/receive.html", context, status=status)

    def _take_in(self, request, order, head, rows):
        data = head.cleaned_data
        receipt = receiving.receive(
            order, [row.arrival(data["location"]) for row in rows], key=f"receive:{order.pk}:{data['once']}",
            by=request.user, delivery_note=data["delivery_note"], received_on=data["received_on"],
            take_prices=data.get("take_prices", False),
        )  # fmt: skip
        messages.success(request, _t("Taken in."))
        return redirect(reverse("admin:inventory_receipt_change", args=[receipt.pk]))

    def _scan(self, request, order, data) -> str:
        """Count one pack of what was scanned in the form that is being filled; the word that is said about it."""
        code = data.get("code", "").strip()
        data["code"] = ""
        line = found_by(order, code)
        if line is None:
            return _t("“%(code)s” is on none of these lines.") % {"code": code[:60]}
        name = f"line-{line.pk}-good"
        try:
            count = Decimal(plain(data.get(name) or "0")) + 1
        except (ArithmeticError, forms.ValidationError):
            count = Decimal(1)
        data[name] = written(count.normalize())
        return _t("%(item)s: %(count)s") % {"item": line.item, "count": data[name]}


def codes_of(line: PurchaseLine) -> list[str]:
    """Everything a scanner may read for a line: our code, their number, the barcode on the pack."""
    barcode = line.supplier_item.barcode if line.supplier_item else ""
    return [code for code in (line.item.code, line.sku, barcode) if code]


def found_by(order, code: str) -> PurchaseLine | None:
    """The line a scanned code is about: the first that is not complete yet. Labels of ours carry an address."""
    code = code.rstrip("/").rsplit("/", 1)[-1] if "://" in code else code
    if not code:
        return None
    lines = list(order.lines.select_related("item", "supplier_item"))
    wanted = code.casefold()
    hits = [line for line in lines if wanted in (known.casefold() for known in codes_of(line))]
    if not hits:  # a pack that is bought from somebody else too may carry another number
        sold = SupplierItem.objects.filter(barcode__iexact=code).values_list("item_id", flat=True)
        hits = [line for line in lines if line.item_id in set(sold)]
    return next((line for line in hits if line.outstanding), hits[0] if hits else None)
