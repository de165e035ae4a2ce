"""What a line of the bank may be for, in words: of clients' invoices, and of those that others sent us."""

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from billing.admin.documents import amount
from billing.bank import booking, matching, purchases
from billing.models import Invoice, ReceivedInvoice

REASONS = {
    "number": _("names the invoice"),
    "all_numbers": _("names all of these invoices"),
    "amount": _("exactly what is owed"),
    "sum": _("exactly what they add up to"),
    "only_one": _("no other invoice has this amount"),
    "part": _("a part of what is owed"),
    "over": _("more than is owed"),
    "name": _("the name is like the client’s"),
    "account": _("they paid from this account before"),
    "client": _("names the client number"),
}
OF_SUPPLIERS = {
    **REASONS,
    "name": _("the name is like the seller’s"),
    "account": _("the account number stands on the invoice"),
}
RECEIVED = "admin:billing_receivedinvoice_change"
TONES = {
    "sure": pgettext_lazy("match", "Surely"),
    "likely": pgettext_lazy("match", "Probably"),
    "perhaps": pgettext_lazy("match", "Perhaps"),
}


def proposed(lines: list) -> dict[int, list[dict]]:
    """{line: proposals in words, the surest first}. Money that left is for what others sent us; money that came is for
    our invoices, or what a supplier gives back."""
    received = purchases.proposals(lines)
    incoming = [line for line in lines if line.amount > 0]
    sold = booking.proposals(incoming) if incoming else {}
    mine = _rows(Invoice.objects.select_related("client").defer("frozen"), sold)
    theirs = _rows(ReceivedInvoice.objects.defer("facts"), received)
    found = {}
    for line in lines:
        each = [_of_clients(proposal, mine) for proposal in sold.get(line.pk, ())]
        each += [_of_suppliers(proposal, theirs) for proposal in received[line.pk]]
        found[line.pk] = sorted(each, key=lambda said: -said["certainty"])[: matching.MOST]
    return found


def _rows(queryset, found: dict) -> dict:
    pks = {pk for proposals in found.values() for each in proposals for pk in each.invoices}
    return queryset.in_bulk(pks) if pks else {}


def _of_clients(proposal: matching.Proposal, invoices: dict[int, Invoice]) -> dict:
    rows = [invoices[pk] for pk in proposal.invoices]
    return {
        **_said(proposal, rows, REASONS),
        "invoices": [_shown(row, "admin:billing_invoice_change", row.balance) for row in rows],
        "field": "invoices",
        "who": rows[0].client.name,
    }


def _of_suppliers(proposal: matching.Proposal, invoices: dict[int, ReceivedInvoice]) -> dict:
    rows = [invoices[pk] for pk in proposal.invoices]
    unchecked = next((row for row in rows if row.state == "to_check"), None)
    return {
        **_said(proposal, rows, OF_SUPPLIERS),
        "invoices": [_shown(row, RECEIVED, row.left) for row in rows],
        "field": "received",
        "who": rows[0].seller,
        "check_first": reverse(RECEIVED, args=[unchecked.pk]) if unchecked else "",
    }


def _said(proposal: matching.Proposal, rows: list, reasons: dict) -> dict:
    certainty = proposal.certainty
    tone = "sure" if certainty >= matching.SURE else "likely" if certainty >= matching.LIKELY else "perhaps"
    return {
        "pks": ",".join(str(row.pk) for row in rows),
        "certainty": certainty,
        "tone": tone,
        "word": TONES[tone],
        "reasons": [reasons[reason] for reason in proposal.reasons],
        "afterwards": _afterwards(proposal, rows),
    }


def _shown(row, address: str, left) -> dict:
    return {"url": reverse(address, args=[row.pk]), "number": row.number, "left": amount(left, row.currency)}


def _afterwards(proposal: matching.Proposal, rows: list) -> str:
    """What booking it does, in words: what is paid, what stays open, what becomes the client's credit."""
    currency, left = rows[0].currency, proposal.left_over
    if left < 0:
        return _t("Booked, %(amount)s stay open.") % {"amount": amount(-left, currency)}
    paid = ngettext("Booked, the invoice is paid.", "Booked, all %(count)s invoices are paid.", len(rows))
    paid %= {"count": len(rows)}
    if left > 0:
        more = _t("%(amount)s more become the client’s credit.") % {"amount": amount(left, currency)}
        return f"{paid} {more}"
    return paid
