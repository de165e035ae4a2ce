"""Order confirmations and pro forma invoices: from a job or a quote, numbered, kept, mailed. Neither is owed."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering, work
from billing import chain, law, prices, totals
from billing.facts import frozen_facts
from billing.invoices.drafting import currency_of
from billing.models import OrderPaper, Quote, Treatment
from billing.quotes import offers
from billing.tasks import send_order_paper
from crm.families import living
from laseros.core.discounts import line_discount
from laseros.core.errors import Refused
from laseros.core.money import ZERO, rate_text
from laseros.core.retry import retried
from production import jobs
from production.models import Job


@retried
@transaction.atomic
def write_for_job(job: Job, kind: str, by) -> OrderPaper:
    """The paper of a job as it is now. Asked again while nothing has changed, it is the same one."""
    jobs.lock(job)
    job.refresh_from_db()
    if job.state == "cancelled":
        raise Refused(_("%(job)s is %(state)s.") % {"job": job, "state": job.get_state_display()}, code="state")
    lines = list(job.lines.filter(parent=None))
    treatment = law.proposed(job.workspace, job.client)
    facts = {
        "title": job.title,
        "order": job.number,
        "due": job.due_on.isoformat() if job.due_on else "",
        "contact": job.contact.name if job.contact else "",
    }
    return _write(kind, job.client, lines, currency_of(job), treatment, facts, by, job=job)


@retried
@transaction.atomic
def write_for_quote(quote: Quote, kind: str, by) -> OrderPaper:
    """The paper of an offer that stands: a pro forma to pay or to show at customs before there is a job."""
    quote = Quote.objects.select_for_update().get(pk=quote.pk)
    if quote.state not in ("sent", "accepted"):
        raise Refused(_("Only a quote that was sent and stands has such a paper."), code="state")
    lines = [row for row in offers.ordered(quote, list(quote.lines.all())) if row.quantity]
    facts = {
        "title": quote.title,
        "order": quote.number,
        "due": "",
        "contact": quote.contact.name if quote.contact else "",
    }
    client = living(quote.client)
    treatment = law.proposed(quote.workspace, client)
    return _write(kind, client, lines, quote.currency, treatment, facts, by, quote=quote, job=quote.job)


def _write(kind, client, lines, currency: str, treatment: str, facts: dict, by, *, quote=None, job=None) -> OrderPaper:
    if not lines:
        raise Refused(_("There is nothing on it yet."), code="no-lines")
    order = job or quote
    rows, said = [_Line(line) for line in lines], _Said(order)
    if treatment == Treatment.STANDARD:
        law.charge(rows, client, timezone.localdate())
    else:
        if order.tax_included and treatment in prices.LEAVES:
            prices.turn(said, rows, currency, tax_included=False)
        for row in rows:
            row.tax_percent = ZERO
    found = totals.of(rows, currency, said)
    paper = OrderPaper(
        workspace=client.workspace, kind=kind, client=client, job=job, quote=quote, currency=currency,
        tax_included=said.tax_included, net=found.net, tax=found.tax, total=found.total,
        created_by=by if getattr(by, "pk", None) else None,
    )  # fmt: skip
    paper.frozen = {
        **frozen_facts(_Treated(paper, treatment), found.rates, found.discounts),
        **facts,
        "discount_percent": f"{order.discount_percent:f}",
        "lines": [row.said(currency) for row in rows],
    }
    there = OrderPaper.objects.filter(kind=kind, job=job, quote=quote).order_by("-id").first()
    if there is not None and there.frozen == paper.frozen:
        return there
    paper.number = numbering.draw(client.workspace, kind)
    paper.save()
    chain.seal(paper, by)
    activity.record("issued", paper, by, details={"for": facts["order"]}, money={"total": found.total})
    work.queue(send_order_paper, paper.workspace, paper.pk, subject=paper, by=by)
    return paper


class _Treated:
    """A paper as `frozen_facts` asks for one, with the VAT that its client is charged."""

    def __init__(self, paper: OrderPaper, treatment: str):
        self.workspace, self.client = paper.workspace, paper.client
        self.currency, self.treatment = paper.currency, treatment


class _Said:
    """The discount and the kind of prices of an order, as they will be on the invoice."""

    def __init__(self, order):
        self.tax_included = order.tax_included
        self.discount_percent, self.discount_amount = order.discount_percent, order.discount_amount


class _Line:
    """A line of a job or a quote, at the VAT that will be on the invoice."""

    def __init__(self, line):
        self.description = getattr(line, "line", line).description  # of a quote, what was taken of a line
        self.quantity, self.unit_price = line.quantity, line.unit_price
        self.discount_percent, self.discount_amount = line.discount_percent, line.discount_amount
        self.tax_percent = line.tax_percent

    def __str__(self):
        return f"{self.quantity} × {self.description}"

    def said(self, currency: str) -> dict:
        return {
            "description": self.description,
            "quantity": self.quantity,
            "unit_price": f"{self.unit_price:f}",
            "tax_percent": rate_text(self.tax_percent),
            "discount": f"{line_discount(self, currency):f}",
            "discount_percent": f"{self.discount_percent:f}",
            "amount": f"{totals.amount_of(self, currency):f}",
        }
