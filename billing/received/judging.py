"""What of a received invoice a person should look at twice before they pay it: sentences, none of them a refusal.

The file stays as it came, so nothing of this is stored: it is worked out each time the page is opened.
"""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from billing.bank.matching import alike
from billing.law.paper import vat_number_fits
from billing.models import ReceivedInvoice
from laseros.core.money import NO_CURRENCY, ZERO, show
from laseros.core.tax_words import has_sales_tax

CENT = Decimal("0.01")
EACH_SIDE = 20  # earlier invoices that are asked for their account number


def doubts(row: ReceivedInvoice) -> list[str]:
    return [*_sums(row), *_who(row), *_whom(row), *_account(row), *_order(row)]


def _figure(facts: dict, name: str) -> Decimal | None:
    return Decimal(facts[name]) if facts.get(name) else None


def _sums(row: ReceivedInvoice) -> Iterator[str]:
    """What EN 16931 wants of an invoice's sums, as far as they are said. A cent is rounding."""
    facts, locale, currency = row.facts, row.workspace.locale, row.currency or NO_CURRENCY

    def money(value: Decimal) -> str:
        return show(value, currency, locale)

    net, tax, total = (_figure(facts, name) for name in ("net", "tax", "total"))
    if net is not None and total is not None and abs(net + (tax or ZERO) - total) > CENT:
        words = _("Net and tax are %(sum)s, the invoice says %(total)s.")
        yield words % {"sum": money(net + (tax or ZERO)), "total": money(total)}
    nets = [_figure(line, "net") for line in facts.get("lines", ())]
    lines, less, more = (_figure(facts, name) for name in ("line_total", "allowances", "charges"))
    said = lines if lines is not None else net
    if nets and None not in nets and said is not None and abs(sum(nets, ZERO) - said) > CENT:
        words = _("Its lines add up to %(sum)s, the invoice says %(total)s.")
        yield words % {"sum": money(sum(nets, ZERO)), "total": money(said)}
    if lines is not None and net is not None:
        found = lines - (less or ZERO) + (more or ZERO)
        if abs(found - net) > CENT:
            words = _("Lines, discounts and charges add up to %(sum)s, the net amount is %(total)s.")
            yield words % {"sum": money(found), "total": money(net)}
    payable, prepaid, rounding = (_figure(facts, name) for name in ("payable", "prepaid", "rounding"))
    if payable is not None and total is not None:
        found = total - (prepaid or ZERO) + (rounding or ZERO)
        if abs(found - payable) > CENT:
            words = _("After what was paid before %(sum)s are left, the invoice asks for %(total)s.")
            yield words % {"sum": money(found), "total": money(payable)}


def _who(row: ReceivedInvoice) -> Iterator[str]:
    facts = row.facts
    number = facts.get("vat_number", "")
    country = facts.get("country", "").upper()
    if not number and row.tax and not has_sales_tax(row.workspace.country):
        yield _("It charges tax and names no VAT or tax number of the seller.")
    elif number[:2].isalpha() and not vat_number_fits(number, number[:2].upper()):
        words = _("%(number)s is no VAT number of %(country)s.")
        yield words % {"number": number, "country": country or number[:2].upper()}
    if not row.issued_on:
        yield _("It does not say which day it is of.")


def _whom(row: ReceivedInvoice) -> Iterator[str]:
    """An invoice to somebody else gives us no right to its tax."""
    facts, ours = row.facts, row.workspace
    number, name = facts.get("buyer_vat_number", ""), facts.get("buyer", "")
    if number and ours.vat_number and _plain(number) != _plain(ours.vat_number):
        words = _("It is made out to VAT number %(number)s, ours is %(ours)s.")
        yield words % {"number": number, "ours": ours.vat_number}
    elif name and not alike(name, ours.printed_name):
        words = _("It is made out to “%(name)s”, we are “%(ours)s”.")
        yield words % {"name": name, "ours": ours.printed_name}


def _account(row: ReceivedInvoice) -> Iterator[str]:
    """Whoever gets between a supplier and us changes the account number first."""
    iban = _plain(row.facts.get("iban", ""))
    earlier = ReceivedInvoice.objects.filter(seller=row.seller, pk__lt=row.pk or 0).exclude(state="rejected")
    known = {_plain(facts.get("iban", "")) for facts in earlier.values_list("facts", flat=True)[:EACH_SIDE]} - {""}
    if iban and known and iban not in known:
        yield _(
            "The account number %(iban)s is new: earlier invoices of them named another. Ask them by telephone."
        ) % {"iban": row.facts["iban"]}


def _order(row: ReceivedInvoice) -> Iterator[str]:
    if row.order is None:
        if said := row.facts.get("order", ""):
            yield _("It names the order “%(order)s”, which is none of ours.") % {"order": said}
        return
    if not alike(row.order.supplier.name, row.seller):
        words = _("%(order)s was sent to %(supplier)s, the invoice is from %(seller)s.")
        yield words % {"order": row.order.number, "supplier": row.order.supplier.name, "seller": row.seller}
    alongside = ReceivedInvoice.objects.filter(order=row.order, currency=row.order.currency, owed__gte=0)
    net = alongside.exclude(state="rejected").aggregate(net=Sum("net"))["net"] or ZERO
    if net - row.order.net > CENT:
        words = _("%(net)s net were invoiced for %(order)s, %(ordered)s were ordered.")
        yield words % {
            "net": show(net, row.order.currency, row.workspace.locale),
            "ordered": show(row.order.net, row.order.currency, row.workspace.locale),
            "order": row.order.number,
        }


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isalnum()).upper()
