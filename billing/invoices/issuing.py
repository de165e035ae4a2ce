"""Issuing: every field checked, the number drawn, all of it frozen, stored and sealed, or nothing at all.

Making a PDF takes longer than a transaction may stay open. So the papers are made first, with the number that comes
next, and stored under names of their own; the transaction that draws the number then looks whether it is that one and
whether the document still says the same. If not, the papers are thrown away and made again. `turns` lets one process at
a time try, so that this is rare; that it is right does not depend on it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, numbering, work
from accounts.models import User, Workspace
from billing import chain, closing, exchange, law, totals
from billing.corrected import sums_of
from billing.discounts import check_discounts
from billing.documents import papers
from billing.facts import address_of, frozen_facts
from billing.invoices import correcting, deposits
from billing.invoices.drafting import hold_draft
from billing.models import DeliveryLine, Invoice, InvoiceLine
from billing.states import INVOICE
from billing.tasks import send_invoice
from billing.turns import turn
from laseros.core import tax_words
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.retry import retried
from laseros.core.templatetags.laseros import day, number
from production import milestones
from production.models import Event, JobLine

ATTEMPTS = 6
LARGE = 60  # lines; more are issued by the worker
MOST_LINES = 1000


class Overtaken(Exception):
    """Somebody drew the number, or changed the draft, while its papers were made."""


@dataclass(frozen=True)
class Ready:
    """A draft as it would be issued: `invoice` carries number, dates, sums and facts, and is not stored."""

    invoice: Invoice
    lines: list[InvoiceLine]
    said: str


def issue(invoice: Invoice, by) -> Invoice:
    """Issue a draft. Raises `Refused` with what is missing; then no number is drawn and nothing is changed."""
    with turn(f"issue:{invoice.workspace_id}"):
        for attempt in range(ATTEMPTS):
            ready = _ready(invoice, numbering.coming)
            # Overtaken again and again, the papers are made while everybody else has to wait.
            stored = papers.store(ready.invoice, ready.lines) if attempt < ATTEMPTS - 1 else None
            try:
                _post(invoice, ready.said, stored, by)
            except Overtaken:
                papers.discard(stored)
            except BaseException:
                papers.discard(stored)
                raise
            else:
                break
    invoice.refresh_from_db()
    return invoice


def issue_soon(invoice: Invoice, by) -> bool:
    """Issue it, or have the worker do it where that takes longer than a page may. Answers whether it is issued."""
    if invoice.lines.count() <= LARGE:
        issue(invoice, by)
        return True
    _ready(invoice, numbering.coming)  # whoever presses the button hears what is missing
    with transaction.atomic():
        work.queue(issue_large, invoice.workspace, invoice.pk, by.pk if by else None, subject=invoice, by=by)
    return False


@work.task(gettext_noop("issue a long invoice"))
def issue_large(pk: int, by: int | None) -> None:
    invoice = Invoice.objects.get(pk=pk)
    if invoice.state == "draft":
        issue(invoice, User.objects.filter(pk=by).first())


def _ready(invoice: Invoice, number_of) -> Ready:
    """The draft as it would leave the house now. `number_of(workspace, series, day)` says under which number."""
    fresh = Invoice.objects.select_related("client", "job", "origin").get(pk=invoice.pk)
    if fresh.state != "draft":
        hold_draft(fresh)  # says why not
    # Our own name and number as they stand at this moment, not as they were when the page was opened.
    fresh.workspace = Workspace.objects.get(pk=fresh.workspace_id)
    lines = _lines_of(fresh)
    found = sums_of(fresh, lines)
    today = timezone.localdate()
    closing.check_open(today)
    days = fresh.client.payment_days
    fresh.net, fresh.tax, fresh.total = found.net, found.tax, found.total
    fresh.issued_on = today
    fresh.supplied_on = fresh.supplied_on or today
    if not fresh.is_correction:
        fresh.due_on = today + timedelta(days=fresh.workspace.payment_days if days is None else days)
    _check(law.Paper(fresh, lines, found, fresh.supplied_on))
    fresh.rate = fresh.origin.rate if fresh.origin else exchange.on(fresh.workspace, fresh.currency, today)
    fresh.number = number_of(fresh.workspace, "credit" if fresh.is_correction else "invoice", today)
    fresh.frozen = frozen_facts(fresh, found.rates, found.discounts)
    return Ready(fresh, lines, chain.written(chain.content_of(fresh, lines)))


@retried
@transaction.atomic
def _post(invoice: Invoice, expected: str, stored: papers.Stored | None, by) -> None:
    hold_draft(invoice)
    ready = _ready(invoice, numbering.draw)
    document, lines = ready.invoice, ready.lines
    if stored is None:
        stored = papers.store(document, lines)
    elif ready.said != expected:
        raise Overtaken
    if document.is_correction:
        correcting.take_back(document, lines)
    else:
        _count_as_invoiced(lines)
        deposits.count(lines)
    _let_followers_know(document, by)
    for line in lines:
        InvoiceLine._base_manager.filter(pk=line.pk).update(amount=totals.amount_of(line, document.currency))
    INVOICE.move(
        document,
        "book" if document.is_correction else "issue",
        **{
            name: getattr(document, name) for name in ("number", "issued_on", "supplied_on", "due_on", "rate", "frozen")
        },
        **{name: getattr(document, name) for name in ("net", "tax", "total")},
        issued_at=timezone.now(),
        **stored.fields,
    )
    if not document.total and not document.is_correction:
        INVOICE.move(document, "pay")  # its deposits were all of it
        correcting.complete_if_settled(document)
    chain.seal(document, by)
    details = {"to": address_of(document) or _("by hand")} | ({"due": document.due_on} if document.due_on else {})
    activity.record("issued", document, by, details=details, money={"total": cents(document.total, document.currency)})
    work.queue(send_invoice, document.workspace, document.pk, subject=document, by=by)


def _let_followers_know(document: Invoice, by) -> None:
    """Of a job with nothing left to be invoiced, or something again."""
    if document.job is None:
        return
    if JobLine.objects.filter(job=document.job_id, parent=None, invoiced__lt=F("quantity")).exists():
        milestones.no_longer(document.job, Event.INVOICED, by)
    else:
        milestones.happened(document.job, Event.INVOICED, by)


def _lines_of(invoice: Invoice) -> list[InvoiceLine]:
    """All of them; of more than a document can carry none is read in vain."""
    rows = invoice.lines.select_related("job_line")
    lines = list(rows[: MOST_LINES + 1])
    if len(lines) > MOST_LINES:
        words = _("%(count)s lines are more than one document can carry: make several.")
        raise Refused(words % {"count": rows.count()}, code="too-long")
    return lines


def _check(paper: law.Paper) -> None:
    if not paper.lines:
        raise Refused(_("There is nothing on this invoice yet."), code="no-lines")
    deposits.check_last(paper.invoice, paper.lines)
    if deposits.overdrawn(paper.lines, paper.found):
        raise Refused(
            _("More deposit is taken off than there is to pay at a rate: press “Deduct deposits” again."),
            code="deposit",
        )
    check_discounts(paper.invoice, paper.lines)
    if not paper.found.total and not any(line.deposit_id for line in paper.lines):
        raise Refused(_nothing_to_pay(paper.invoice), code="zero")
    if lacking := law.lacking(paper):
        raise Refused(
            _("An invoice must say more: %(missing)s is missing.") % {"missing": ", ".join(lacking)}, code="missing"
        )
    if (percent := law.wrong_rate(paper)) is not None:
        label = tax_words.label(paper.workspace.country, number(percent))
        words = _("%(rate)s does not apply on %(day)s, the date of supply.")
        raise Refused(words % {"rate": label, "day": day(paper.supplied_on)}, code="rate")


def _nothing_to_pay(invoice: Invoice) -> str:
    """Half a cent of a piece may be less than the smallest coin, and so may what a discount leaves."""
    if invoice.is_correction:
        return _("Nothing is given back with this: raise a quantity or a price, or discard the draft.")
    if invoice.job_id is None:
        return _("There is nothing to pay on this invoice: change a price or a discount, or discard the draft.")
    return _(
        "There is nothing to pay on this invoice: raise a quantity or a price, lower the discount, or discard the"
        " draft. What was made of the job then waits for the next invoice, with the pieces that follow."
    )


def _count_as_invoiced(lines: list[InvoiceLine]) -> None:
    """Never more than is made: each job line takes its pieces or the whole invoice is refused."""
    for line in sorted(lines, key=lambda line: (line.job_line_id or 0, line.delivery_line_id or 0)):
        if line.job_line is None:
            continue
        _count_of_delivery(line)
        rows = JobLine._base_manager.filter(
            pk=line.job_line_id, invoiced__lte=Least(F("made_good"), F("quantity")) - line.quantity
        )
        if not rows.update(invoiced=F("invoiced") + line.quantity):
            there = JobLine._base_manager.get(pk=line.job_line_id)
            raise Refused(
                _("“%(line)s”: only %(number)s are made and not yet invoiced.")
                % {"line": line.description, "number": there.to_invoice},
                code="more-than-made",
            )


def _count_of_delivery(line: InvoiceLine) -> None:
    """The pieces of a delivery stand on one invoice."""
    if line.delivery_line_id is None:
        return
    rows = DeliveryLine._base_manager.filter(
        pk=line.delivery_line_id,
        invoiced__lte=F("quantity") - line.quantity,
        delivery__state__in=("shipped", "delivered"),
    )
    if not rows.update(invoiced=F("invoiced") + line.quantity):
        there = DeliveryLine._base_manager.get(pk=line.delivery_line_id)
        raise Refused(
            _("“%(line)s”: only %(number)s of this delivery are not invoiced yet.")
            % {"line": line.description, "number": there.quantity - there.invoiced},
            code="more-than-delivered",
        )
