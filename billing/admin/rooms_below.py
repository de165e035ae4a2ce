"""Buttons that billing adds to pages of the rooms below, which know nothing of it."""

from django import forms
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.back_office import Verb, to_list, to_record
from accounts.roles import SEE_MONEY
from billing import completing, credit_limit, deliveries, invoices, order_papers, payments, product_cost, quotes
from billing.admin import recurring, statements
from billing.admin.documents import amount
from billing.admin.money_forms import ClientPaymentForm
from billing.invoices import deposits
from billing.invoices.drafting import currency_of
from billing.models import Kind, QuoteLine
from billing.price_book import PriceBook
from crm.models import Client
from inventory.models import PurchaseOrder
from laseros.core import tax_words
from laseros.core.money import ZERO
from laseros.core.templatetags.laseros import money_filter
from production.admin import job_template
from production.admin.job import JobAdmin, lines_of
from production.admin.parts import PartsTable
from production.admin.product import ProductAdmin
from production.models import Enquiry, Job

MONEY = _("Delivery and money")
BATCHES = (1, 10, 100)
MOST_BATCH = 1_000_000


def _quote(request, enquiry):
    return reverse("admin:billing_quote_change", args=[quotes.draw_up(enquiry, request.user).pk])


def _follow(request, enquiry):
    return reverse("admin:billing_quote_change", args=[quotes.follow(enquiry, request.user).pk])


def _invoice(request, job):
    return reverse("admin:billing_invoice_change", args=[invoices.draft_from(job, request.user).pk])


def _take(request, client, once, amount, invoices, **facts):
    payments.take(client, amount, invoices, key=f"office:{once}", by=request.user, **facts)


def _paper(kind: str):
    def write(request, job):
        return reverse("admin:billing_orderpaper_change", args=[order_papers.write_for_job(job, kind, request.user).pk])

    return write


class DepositForm(forms.Form):
    for_record = True
    percent = forms.DecimalField(label=_("Percent of the order"), max_digits=5, decimal_places=2, min_value=0,
                                 max_value=100, required=False)  # fmt: skip
    amount = forms.DecimalField(label=_("or an amount without tax"), max_digits=16, decimal_places=4, min_value=0,
                                required=False)  # fmt: skip

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        for name, value in deposits.terms_of(record).items():
            self.fields[name].initial = value
        currency, words = currency_of(record), _("Not invoiced yet, without tax: %(left)s")
        if record.tax_included:
            words = _("Not invoiced yet: %(left)s")
            self.fields["amount"].label = _("or an amount with tax")
        left = deposits.left_to_invoice(record, currency)[0].said
        self.fields["amount"].help_text = words % {"left": amount(left, currency)}

    def clean(self):
        data = super().clean()
        if bool(data.get("percent")) == bool(data.get("amount")):
            raise forms.ValidationError(_("Either a percentage or an amount."))
        return data


def _deposit(request, job, percent, amount):
    draft = invoices.draft_deposit(job, request.user, percent=percent or None, amount=amount or None)
    return reverse("admin:billing_invoice_change", args=[draft.pk])


def _may_ask_deposit(job) -> bool:
    """Something with a price is not invoiced yet, and no draft waits that would have to go first."""
    priced = any(line.parent_id is None and line.unit_price and line.invoiced < line.quantity for line in lines_of(job))
    return job.state != "cancelled" and priced and not job.invoices.filter(state="draft", kind=Kind.INVOICE).exists()


def _deliver(request, job):
    return reverse("admin:billing_delivery_change", args=[deliveries.draft_from(job, request.user).pk])


def _can_be_delivered(job) -> bool:
    """Made and still in the house; whether it stands in a parcel already is said when it is pressed."""
    if job.state == "cancelled":
        return False
    return any(line.parent_id is None and min(line.made_good, line.quantity) > line.delivered for line in lines_of(job))


def _draft(enquiry):
    """Asked once for one page."""
    if "_draft" not in enquiry.__dict__:
        enquiry._draft = quotes.draft_of(enquiry) if enquiry.state != "won" else None
    return enquiry._draft


def _can_be_quoted(enquiry) -> bool:
    return enquiry.state not in ("won", "basket") and _draft(enquiry) is None


def _can_be_invoiced(job) -> bool:
    return any(line.to_invoice for line in lines_of(job))


class CompleteForm(forms.Form):
    """Asks why only where something of the job was never invoiced."""

    for_record = True
    why = forms.CharField(label=_("Why nothing of it is invoiced"), max_length=200)

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        missing = completing.not_invoiced(lines_of(record))
        if missing:
            self.fields["why"].help_text = ", ".join(str(line) for line in missing)
        else:
            del self.fields["why"]


def _complete(request, job, why=""):
    completing.complete(job, request.user, why=why)


def _can_be_completed(job) -> bool:
    """Nothing is to be done with it any more, or nothing of it to be invoiced; payment completes the others."""
    if job.state != "made" or payments.unsettled(job):
        return False
    return not completing.not_invoiced(lines_of(job)) or not job.milestones.filter(state="open").exists()


def _price_of(row: QuoteLine) -> str:
    said, included = money_filter(row.unit_price, row.quote.currency), row.quote.tax_included
    return f"{said} {tax_words.included(row.workspace.country)}" if included else said


def _prices_of(request, lines) -> dict | None:
    """What the newest quote says of each part asked for, as long as it is asked for in the same material; None for who
    may see no price."""
    if not request.user.has_perm(SEE_MONEY):
        return None
    found = {}
    rows = QuoteLine.objects.filter(enquiry_line__in=[line.pk for line in lines]).exclude(quote__state="withdrawn")
    asked = {line.pk: line for line in lines}
    for row in rows.select_related("quote").order_by("quote_id").defer("breakdown"):
        line = asked[row.enquiry_line_id]
        if line.item_id and line.item_id != row.item_id:
            continue
        note = row.quote.number if row.quantity == line.quantity else _("%(quote)s, for %(count)s pieces")
        priced = not row.unpriced or row.unit_price
        found[line.pk] = {
            "text": _price_of(row) if priced else "–",
            "note": str(note) % {"quote": row.quote.number, "count": row.quantity} if priced else row.unpriced,
        }
    return found


def _costs_of(request, product, tree) -> dict | None:
    """What one costs, by the batch asked for in the address; None for who may see no price."""
    if not request.user.has_perm(SEE_MONEY) or not (tree.items or tree.parts or tree.steps):
        return None
    asked = request.GET.get("batch", "")
    batch = min(max(int(asked), 1), MOST_BATCH) if asked.isdecimal() and len(asked) < 9 else 1
    book, currency = PriceBook(), request.workspace.currency
    rules, cost = book.rules, product_cost.of(tree, batch, book)
    offered = product_cost.price_of(cost, batch, book, ZERO, currency) if rules and not cost.missing else None
    return {
        "cost": cost,
        "slices": product_cost.slices(cost),
        "batches": BATCHES if batch in BATCHES else sorted((*BATCHES, batch)),
        "offered": offered,
        "currency": currency,
    }


ADDED = {
    Enquiry: (
        Verb("quote", _("Make a quote"), _quote, "billing.add_quote", _can_be_quoted,
             primary=True, icon="request_quote"),
        Verb("follow", _("Bring the draft quote up to date"), _follow, "billing.change_quote",
             lambda enquiry: _draft(enquiry) is not None, primary=True, icon="sync",
             done=_("The draft has the parts, materials and quantities of the enquiry.")),
    ),
    Client: (
        Verb("payment", _("Record a payment"), _take, "billing.receive_payment",
             lambda client: not client.merged_into_id, form=ClientPaymentForm, icon="payments",
             done=_("The payment is booked.")),
    ),
    Job: (
        Verb("deliver", _("Make a delivery"), _deliver, "billing.add_delivery", _can_be_delivered,
             primary=True, icon="local_shipping", subject=MONEY,
             says=_("Pieces are made and not delivered yet: this makes the delivery to be packed.")),
        Verb("invoice", _("Make an invoice"), _invoice, "billing.add_invoice", _can_be_invoiced,
             primary=True, icon="receipt_long", subject=MONEY,
             says=_("What is delivered is not invoiced yet: this makes a draft to be looked at.")),
        Verb("complete", _("Complete"), _complete, "billing.add_invoice", _can_be_completed, form=CompleteForm,
             primary=True, icon="task_alt", done=_("Completed."), subject=MONEY,
             says=_("It is made, and nothing is left to deliver or invoice here: this closes it."),
             confirm=_("Nothing more is to come of this job: it leaves the board and the lists of what is open.")),
        Verb("confirm-order", _("Order confirmation"), _paper("confirmation"), "billing.add_orderpaper",
             lambda job: job.state != "cancelled", icon="task", subject=MONEY,
             confirm=_("What was ordered, at which price and for when. It is kept, and the client gets it by e-mail.")),
        Verb("proforma", _("Pro forma invoice"), _paper("proforma"), "billing.add_orderpaper",
             lambda job: job.state != "cancelled", icon="description", subject=MONEY,
             confirm=_("It is no invoice and has no number of one. It is kept, and the client gets it by e-mail.")),
        Verb("deposit", _("Make a deposit invoice"), _deposit, "billing.add_invoice", _may_ask_deposit,
             form=DepositForm, icon="savings", subject=MONEY),
    ),
}  # fmt: skip


def _received_for(order):
    """The invoices a supplier sent for an order: one by its name, several as a list."""
    rows = list(order.received_invoices.all()[:2])
    if len(rows) > 1:
        return to_list("billing.receivedinvoice", icon="inbox", order__id__exact=order.pk)
    return to_record(rows[0], icon="inbox") if rows else None


LINKS = {PurchaseOrder: (_received_for,), Client: (statements.link_of, recurring.link_of, job_template.for_client)}
WARNINGS = {Job: (credit_limit.of_job,), Client: (credit_limit.warning,)}


class DeliverFilter(admin.SimpleListFilter):
    title = _("delivery")
    parameter_name = "deliver"

    def lookups(self, request, model_admin):
        return [("open", _("To be delivered"))]

    def queryset(self, request, queryset):
        rows = deliveries.to_deliver().order_by().values("pk")
        return queryset.filter(pk__in=rows) if self.value() == "open" else queryset


for model in {**ADDED, **LINKS}:
    try:
        room = type(admin.site.get_model_admin(model))
    except NotRegistered:
        continue
    room.verbs = (*room.verbs, *ADDED.get(model, ()))
    room.money_warnings = (*room.money_warnings, *WARNINGS.get(model, ()))
    room.more_links = (*room.more_links, *LINKS.get(model, ()))

JobAdmin.list_filter = (*JobAdmin.list_filter, DeliverFilter)
PartsTable.prices_of = staticmethod(_prices_of)
ProductAdmin.costs_of = staticmethod(_costs_of)
