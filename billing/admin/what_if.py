"""What if: fields for one line of a draft that show the new price through the server, and store it when asked to."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import bounded, dress, take_refusal
from accounts.roles import SEE_MONEY
from billing import extras, quotes, totals, words
from billing.admin.prices import explained
from billing.choices import MOST_EACH, Choices
from billing.models import PriceRules, QuoteLine
from billing.price_book import PriceBook
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import number
from production.models import CuttingParameter, EnquiryLine

MOST_PIECES = 1_000_000
MOST_ON_SLIDER = 200


class WhatIfForm(forms.Form):
    """Quantity and choices of one line; each extra operation of the shop is a field of its own."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_PIECES)
    margin = forms.DecimalField(
        label=_("margin or markup %"), max_digits=6, decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(99)],
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("material is charged by"), choices=PriceRules.Material.choices, required=False)
    machine = forms.ChoiceField(label=_("Machine"), required=False)
    gas = forms.ChoiceField(label=_("Gas"), required=False)

    def __init__(self, data, line: QuoteLine, rules: PriceRules):
        self.line, self.rules = line, rules
        asked = line.enquiry_line
        design, item = _made_of(asked)
        self.book = book = PriceBook([asked])
        self.choices = Choices.read(line.choices)
        self.proposals = extras.of(book.measurement(design) if design else None, self.choices, book)
        super().__init__(data if data else self._now())
        rows = CuttingParameter.objects.none()
        if item is not None and item.material_id and item.thickness_mm:
            rows = CuttingParameter.objects.filter(material=item.material_id, thickness_mm=item.thickness_mm)
        rows = rows.exclude(confirmed_at=None).filter(machine__archived_at=None)
        self._choose(
            "machine", [(str(pk), name) for pk, name in rows.values_list("machine", "machine__name").distinct()]
        )
        self._choose("gas", [(gas, gas) for gas in rows.values_list("gas", flat=True).distinct()])
        if not rows:
            for name in ("machine", "gas", "mode"):
                del self.fields[name]
        for one in self.proposals:
            label = f"{one.operation.name} ({words.unit(one.operation.unit, 2)})"
            self.fields[f"operation_{one.operation.pk}"] = forms.DecimalField(
                label=label, required=False, min_value=0, max_value=MOST_EACH, max_digits=10, decimal_places=4,
                help_text=_("proposed: %(count)s") % {"count": number(one.proposed, most=4)},
            )  # fmt: skip

    def _choose(self, name: str, found: list) -> None:
        self.fields[name].choices = [("", _t("as the tables say")), *sorted(set(found))]

    def _now(self) -> dict:
        now = {
            "quantity": self.line.quantity,
            "margin": self.rules.margin_percent if self.choices.margin is None else self.choices.margin,
            "mode": self.choices.mode or self.rules.material_mode,
            "machine": str(self.choices.machine or ""),
            "gas": self.choices.gas,
        }
        return now | {f"operation_{one.operation.pk}": one.count.normalize() for one in self.proposals}

    def chosen(self) -> Choices:
        """Only what differs from the rules is a choice."""
        data = self.cleaned_data
        operations = {}
        for one in self.proposals:
            count = data.get(f"operation_{one.operation.pk}")
            if count is not None and count != one.proposed:
                operations[one.operation.pk] = count
        mode, machine = data.get("mode") or "", data.get("machine") or ""
        return Choices(
            "" if mode == self.rules.material_mode else mode,
            int(machine) if machine else None,
            data.get("gas") or "",
            None if data["margin"] == self.rules.margin_percent else data["margin"],
            operations,
        )


def _made_of(asked: EnquiryLine):
    product = asked.product
    design = asked.design_file or (product.design_file if product else None)
    return design, asked.item or (product.item if product else None)


class WhatIf:
    """The address of one line's page under its quote."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.what_if_view)
        return [path("<int:pk>/what-if/<int:line>/", view, name=f"{self.page_name}_what_if"), *super().get_urls()]

    def what_if_view(self, request, pk, line):
        """GET shows the price of what stands in the fields and stores nothing; POST stores it as it was shown."""
        quote = self.get_object(request, str(pk))
        if quote is None:
            raise Http404
        if not self.has_change_permission(request, quote) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        row = get_object_or_404(
            QuoteLine.objects.select_related(
                "quote__client", "enquiry_line__design_file", "enquiry_line__item__material",
                "enquiry_line__product__item__material", "enquiry_line__enquiry__client", "enquiry_line__workspace",
            ).exclude(enquiry_line=None), pk=line, quote=quote,
        )  # fmt: skip
        rules = PriceRules.objects.first()
        if rules is None:
            raise Http404
        back = reverse("admin:billing_quote_change", args=[pk])
        form = dress(bounded(WhatIfForm(request.POST or request.GET, row, rules)))
        found, status = None, 200
        if form.is_valid():
            try:
                if request.method == "POST":
                    self._choose(request, row, form)
                    return redirect(back)
                found = quotes.tried(row, form.cleaned_data["quantity"], form.chosen(), form.book)
            except Refused as refusal:
                take_refusal(form, refusal)
                status = 409
        context = {"form": form, "quote": quote, "line": row, "currency": quote.currency, "found": found}
        if found is not None and not found.unpriced:
            context |= _compared(row, form.cleaned_data["quantity"], found)
        if request.headers.get("X-Part") == "price":
            return TemplateResponse(request, "admin/billing/what_if_price.html", context)
        context |= {
            **self.admin_site.each_context(request),
            "title": _t("What if …"), "subtitle": str(row), "opts": self.opts, "back": back,
            "most": max(MOST_ON_SLIDER, 2 * row.quantity),
        }  # fmt: skip
        return TemplateResponse(request, "admin/billing/what_if.html", context, status=status)

    def _choose(self, request, row, form):
        seen = request.POST.get("seen", "")
        seen = Decimal(seen) if seen.replace(".", "", 1).isdigit() else None
        quotes.choose(row, form.cleaned_data["quantity"], form.chosen(), request.user, seen=seen)
        messages.success(request, _t("The line is priced as you chose."))


def _compared(row: QuoteLine, quantity: int, found) -> dict:
    """The new price taken apart, and how it differs from the one that stands."""
    line = QuoteLine(
        quote=row.quote, enquiry_line=row.enquiry_line, description=row.description, quantity=quantity,
        unit_price=found.unit_price, breakdown=found.breakdown,
        discount_percent=row.discount_percent, discount_amount=row.discount_amount,
    )  # fmt: skip
    line.amount = totals.amount_of(line, row.quote.currency)
    return {"price": explained(line), "new": line, "less": line.amount - row.amount}
