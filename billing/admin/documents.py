"""What quotes and invoices share in the back office: lines while they are drafts, the PDF, money behind permission."""

from collections.abc import Iterable
from decimal import Decimal
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import get_scope
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.back_office import Related, RoomAdmin, RoomInline, Verb, to_record
from accounts.documents import download
from accounts.roles import SEE_MONEY
from billing import documents, printing
from billing.admin.draft_form import SEEN, DraftForm
from billing.admin.line_form import LineForm
from billing.models import TaxRate
from billing.taxes import rate_for, usual_tax
from laseros.core import tax_words
from laseros.core.money import ZERO, rate_text
from laseros.core.templatetags.laseros import money_filter, number, price

PREVIEW_LINES = 60  # more would take longer than a page may


def is_draft(record) -> bool:
    return record is None or record.state == "draft"


def standing_rows(document, rows) -> tuple:
    """The rows of its page; without a discount or a deposit that it has not, once nobody can give it one."""
    return tuple(row for row in rows if is_draft(document) or not _is_nothing(document, row))


def _is_nothing(document, row) -> bool:
    """Whether a row is of a share and an amount, and the document has neither."""
    names = row if isinstance(row, tuple) else (row,)
    return all(name.startswith(("discount_", "deposit_")) and not getattr(document, name) for name in names)


def once(shown):
    """The theme asks a read-only field for its content several times a page: work it out once per record."""

    @wraps(shown)
    def remembered(self, record):
        kept = record.__dict__.setdefault("_shown", {})
        if shown.__name__ not in kept:
            kept[shown.__name__] = shown(self, record)
        return kept[shown.__name__]

    return remembered


def prices_verb(switch, permission: str, applies) -> Verb:
    """Brings a draft's prices to ones with tax, or without, and says what its total was and is."""

    def turn(request, document):
        before = getattr(document, "total", None)
        document = switch(document, request.user) or document
        said = _t("Prices include tax now.") if document.tax_included else _t("Tax is added to the prices now.")
        if before is not None and request.user.has_perm(SEE_MONEY):
            totals = {"before": amount(before, document.currency), "now": amount(document.total, document.currency)}
            said += " " + _t("The total was %(before)s and is %(now)s.") % totals
        messages.success(request, said)

    return Verb(
        "prices", _("Prices with or without tax"), turn, permission,
        lambda document: applies(document) and tax_words.may_include_tax(document.workspace.country),
        icon="price_change",
        confirm=_("Prices without tax become ones that include it, or the other way round. What was calculated is"
                  " calculated again, what was typed is converted."),
    )  # fmt: skip


def named_prices(form, document, *names: str) -> None:
    """What is typed as an amount is in the document's prices: its fields say which these are."""
    labels = {"discount_amount": (_("or discount with tax"), _("or discount without tax")),
              "deposit_amount": (_("or deposit with tax"), _("or deposit without tax")),
              "unit_price": (_("unit price with tax"), _("unit price"))}  # fmt: skip
    for name in names:
        if name in form.base_fields:
            with_tax, without = labels[name]
            form.base_fields[name].label = with_tax if document.tax_included else without


def new_prices() -> str:
    """What the prices of a document that is begun are, as long as nobody is chosen whose it is."""
    workspace = get_scope()["workspace"]
    if not tax_words.may_include_tax(workspace.country):
        return _t("Tax is added to the prices.")
    if workspace.small_business or not (workspace.vat_number or workspace.tax_number):
        return _t("No tax is charged: the prices are what is paid.")
    return {
        "never": _t("Tax is added to the prices, unless the client's page says that theirs include it."),
        "private": _t("They include tax for private clients, and for others it is added. What a client's page says"
                      " comes before that."),
        "all": _t("They include tax, unless the client's page says that theirs do not."),
    }[workspace.prices_with_tax]  # fmt: skip


def tax_choices(there: Iterable[Decimal]) -> list[tuple[str, str]]:
    """The rates there are by their names, and `there` by their figures; the highest first."""
    rates = {percent: f"{number(percent)} %" for percent in there}
    rates |= {rate.percent: str(rate) for rate in TaxRate.objects.all()}
    return [(rate_text(percent), label) for percent, label in sorted(rates.items(), reverse=True)]


class DraftLines(RoomInline):
    """Lines that may be edited as long as their document is a draft."""

    form = LineForm
    ordering_field = "position"
    hide_ordering_field = True
    hide_title = True

    def get_formset(self, request, obj=None, **kwargs):
        """Tax is chosen among the rates there are, and those that already stand on the document."""
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get("tax_percent")
        if field is not None:
            there = obj.lines.values_list("tax_percent", flat=True) if obj is not None else ()
            field.widget = UnfoldAdminSelectWidget(choices=tax_choices(there) or [("0.00", "0 %")])
            field.initial = usual_tax() if obj is None else rate_for(obj.client)
        if obj is not None:
            named_prices(formset.form, obj, "unit_price")
        return formset

    def get_fields(self, request, obj=None):
        """Once it is frozen, and for whoever only reads, prices are amounts and rates percent."""
        fields = super().get_fields(request, obj)
        shown = {"unit_price": "unit_price_shown", "tax_percent": "tax_shown", "discount": "discount_shown"}
        return fields if self.has_change_permission(request, obj) else [shown.get(name, name) for name in fields]

    @display(description=_("unit price"))
    def unit_price_shown(self, line):
        return price(line.unit_price, self.document_of(line).currency)

    @display(description=_("tax %"))
    def tax_shown(self, line):
        return f"{number(line.tax_percent)} %"

    @display(description=_("discount"))
    def discount_shown(self, line):
        if line.discount_percent:
            return f"{number(line.discount_percent)} %"
        return amount(line.discount_amount, self.document_of(line).currency) if line.discount_amount else "–"

    @display(description=pgettext_lazy("money", "amount"))
    def amount_shown(self, line):
        if not line.pk:
            return "–"
        currency = self.document_of(line).currency
        shown = amount(line.amount, currency)
        if not getattr(line, "rounding", ZERO):
            return shown
        words = _t("with %(amount)s of rounding, so that all parts are the whole")
        return format_html("{}<br><small>{}</small>", shown, words % {"amount": amount(line.rounding, currency)})

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(self.fk_name)

    def document_of(self, line):
        return getattr(line, self.fk_name)

    def has_add_permission(self, request, obj=None):
        return is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return is_draft(obj) and super().has_delete_permission(request, obj)


class DocumentAdmin(RoomAdmin):
    """A document with lines: editable as a draft, afterwards only read. `verbs_of` is the module with its verbs."""

    form = DraftForm
    verbs_of = None
    render = None  # makes a draft's PDF for a look at it

    class Media:
        css = {"all": ("css/billing.css",)}

    def has_change_permission(self, request, obj=None):
        return is_draft(obj) and super().has_change_permission(request, obj)

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is not None and not is_draft(obj):  # what to type helps nobody who reads
            kwargs["help_texts"] = {field.name: "" for field in self.model._meta.fields}
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None:
            named_prices(form, obj, "discount_amount", "deposit_amount")
        return form

    def get_fieldsets(self, request, obj=None):
        sets = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return sets
        name, first = sets[0]
        return [(name, {**first, "fields": (*first["fields"], SEEN)}), *sets[1:]]

    def save_model(self, request, obj, form, change):
        if not change:
            return super().save_model(request, obj, form, change)
        self.verbs_of.hold_draft(obj)
        if form.changed_data:
            obj.save(update_fields=form.changed_data)
            self._record_change(request, obj, form)
        if {"discount_percent", "discount_amount"} & {*form.changed_data}:
            self.verbs_of.recount(obj, request.user)

    def save_formset(self, request, form, formset, change):
        formset.save(commit=False)
        changed = [*(record for record, _fields in formset.changed_objects), *formset.new_objects]
        if changed or formset.deleted_objects:
            self.verbs_of.change_lines(form.instance, changed, formset.deleted_objects, request.user)

    def get_urls(self):
        view = self.admin_site.admin_view(self.pdf_view)
        return [path("<int:pk>/pdf/", view, name=f"{self.page_name}_pdf"), *super().get_urls()]

    def pdf_view(self, request, pk):
        """The stored PDF as a download; a draft's is made for a look and not kept."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        record = self.get_object(request, str(pk))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record) or not request.user.has_perm(SEE_MONEY):
            raise PermissionDenied
        name = documents.file_name(record)
        if record.pdf:
            try:
                return download(self.stored(request, record), name)
            except FileNotFoundError:
                messages.error(request, _t("The stored PDF is missing. Please tell whoever runs the installation."))
        elif is_draft(record) and record.lines.count() <= PREVIEW_LINES:
            return download(HttpResponse(type(self).render(record)), name)
        else:
            printing.ask_for(record, request.user)
            messages.info(request, _t("The PDF is being prepared. Try again in a moment."))
        return redirect(reverse(f"admin:{self.page_name}_change", args=[pk]))

    def stored(self, request, record):
        """The PDF that was kept, for a download."""
        return FileResponse(record.pdf.open("rb"))

    def pdf_link(self, record) -> Related:
        label = _("PDF preview") if is_draft(record) else _("PDF")
        url = reverse(f"admin:{self.page_name}_pdf", args=[record.pk])
        return Related(label, url, "picture_as_pdf", SEE_MONEY)


def to_seals(record) -> list[Related | None]:
    """Links to the chain, where it says what the record said and which print its PDF had."""
    label = pgettext_lazy("chain", "Seal")
    return [to_record(seal, label, icon="verified") for seal in record.seals.order_by("position")]


def amount(value, currency: str) -> str:
    """As the reader's locale writes it."""
    return money_filter(value, currency)
